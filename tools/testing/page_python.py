"""Python in the page, as the tests drive it; what was seen when every cell of a page ran."""

import pytest

from ce_lib.exercises import answer_name, exercises, solution_code
from engine import ROOT
from tools.testing.browser import Watched
from tools.testing.sources import PAGES

WITH_CODE = [page for page in PAGES if "{code-cell}" in (ROOT / f"{page}.md").read_text("utf-8")]

# Presses a button of a cell, waits until it has answered, and returns what the cell shows.
PRESS = """async (cell, name) => {
    const [said, bar] = [cell.querySelector(".cell-said"), cell.querySelector(".cell-bar")];
    const shown = (kinds) => [...cell.querySelectorAll(`.output:is(${kinds})`)];
    const texts = (kinds) => shown(kinds).map((it) => it.textContent);
    said.textContent = "";
    [...bar.children].find((it) => it.textContent === name).click();
    while (/^(Starting|Running|$)/.test(said.textContent)) {
        await new Promise((changed) => {
            new MutationObserver(changed).observe(said, { childList: true });
        });
    }
    const output = cell.querySelector(":scope > .cell_output");
    return {
        code: cell.querySelector("pre").textContent.trimEnd(),
        said: said.textContent,
        printed: texts(".text, .warning, .verdict").join("\\n"),
        verdicts: texts(".verdict"),
        errors: texts(".error"),
        figures: [...(output?.querySelectorAll(".ce-figure") ?? [])]
            .map(({ dataset }) => [dataset.figure, dataset.state]),
    };
}"""
FIGURES = """(cells) => cells.map((cell) => [...cell.querySelectorAll(".ce-figure")]
    .map(({ dataset }) => [dataset.figure, dataset.state]))"""
LOADED = """performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname)
    .filter((path) => /_static.(python|run)/.test(path))"""
OPEN = "all => all.forEach(fold => (fold.open = true))"
WIDE = "document.documentElement.scrollWidth"


@pytest.fixture(scope="session")
def python_in_page(site):
    """Skips what needs Python in the page where the site was built without it."""
    if "data-python=" not in (site / "index.html").read_text("utf-8"):
        pytest.skip("no NumPy wheel for the page: set CE_NUMPY_WHEEL")


def press(cell, name):
    """Presses a button of a cell, and returns what the cell then shows."""
    return cell.evaluate(PRESS, name)


def run(cell, code, button="Run"):
    """Types code into a cell and runs it; returns what the cell then shows."""
    cell.locator("pre").first.fill(code)
    return press(cell, button)


def trap_code(label):
    """An answer that falls into the first trap of an exercise, as code for its cell."""
    wrong = f'find("{label}").traps[0].wrong'
    called = f"{answer_name(label)} = partial({wrong}) if callable({wrong}) else {wrong}"
    return f"from functools import partial\nfrom ce_lib.exercises import find\n{called}"


def solve(answer):
    """Answers an exercise: nothing, a trap, the solution; then asks for every hint."""
    label = answer.get_attribute("id").removeprefix("answer-")
    seen = {"empty": press(answer, "Check")}
    seen["wrong"] = run(answer, trap_code(label), "Check")
    seen["right"] = run(answer, solution_code(label), "Check")
    seen["hints"] = [press(answer, "Hint") for _ in range(len(exercises()[label].hints) + 1)]
    return label, seen


def record(page, name):
    """Runs every cell of a page on a telephone and solves its exercises on a laptop."""
    page.goto(f"{name}.html")
    cells = page.locator(".cell.runs:not(.answer)")
    seen = {"built": cells.evaluate_all(FIGURES), "loaded before": page.evaluate(LOADED)}
    page.locator("article details").evaluate_all(OPEN)
    seen["cells"] = [press(cell, "Run") for cell in cells.all()]
    seen["loaded"] = page.evaluate(LOADED)
    seen["widths"] = {390: page.evaluate(WIDE)}
    page.set_viewport_size({"width": 1280, "height": 900})
    seen["answers"] = dict(solve(answer) for answer in page.locator(".cell.answer").all())
    seen["widths"][1280] = page.evaluate(WIDE)
    page.set_viewport_size({"width": 390, "height": 800})
    seen["widths"]["390 with answers"] = page.evaluate(WIDE)
    return seen


@pytest.fixture
def ran(python_in_page, browser, site_url, once):
    """A function that returns what was seen when all of a page ran, which happens once."""

    def make(name):
        with Watched(browser, site_url) as watched:
            page = watched.open(viewport={"width": 390, "height": 800}, has_touch=True)
            seen = record(page, name)
        return seen | {"wrong": watched.wrong}

    def ran(name):
        return once(f"python {name.replace('/', ' ')}", lambda: make(name))

    return ran
