"""axe-core finds nothing: every page, both themes, two widths, all figures and quizzes in use."""

from pathlib import Path

import pytest

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
AXE = (NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


USE = """() => {
    document.querySelectorAll("article details").forEach((fold) => (fold.open = true));
    document.querySelectorAll(".ce-quiz").forEach((quiz, i) => { // some right, some wrong
        const options = quiz.querySelectorAll("input");
        options[i % options.length].click();
    });
    for (const guess of document.querySelectorAll("fieldset.ce-prediction")) {
        const first = guess.querySelector("input");
        first.click(); // an option
        first.dispatchEvent(new Event("input")); // or the slider as it stands
        guess.querySelector("button").click();
    }
}"""
RUN = """async (rules) => {
    const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(started, every_page, scheme):
    page = started(every_page, color_scheme=scheme)
    page.evaluate(USE)
    examine(page)


def test_axe_finds_nothing_on_slides(started):
    examine(started("chapters/softmax-and-stability", "?slides"))


def examine(page):
    page.evaluate(AXE)  # as the browser's console does: no policy of the page forbids that
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        found = page.evaluate(RUN, RULES)
        assert found == [], f"at {width} pixels"
