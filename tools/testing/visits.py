"""Each page opened once on a laptop and once on a telephone; many tests read what was seen.

A visit starts all figures, then opens and answers all that a reader can, and notes what it finds.
"""

import re

import pytest
from playwright.sync_api import expect

from engine import ROOT
from tools.testing.browser import Watched
from tools.testing.sources import PAGES

SCREENS = {
    "laptop-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone-dark": {
        "viewport": {"width": 360, "height": 800},
        "color_scheme": "dark",
        "has_touch": True,
    },
}
PARTS = ":is(.ce-figure, .ce-quiz, .ce-progress, .ce-links, .parsons)"
CONTROLS = f"{PARTS} :is(button, input, summary, select, [tabindex])"

# The controls as large as they are pressed: a radio button is pressed by its label.
SIZES = """controls => [...document.querySelectorAll(controls)]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0)
    .map((node) => (node.type === "radio" ? node.closest("label") : node))
    .map((node) => [node.offsetWidth, node.offsetHeight, node.outerHTML.slice(0, 120)])"""

RINGS = """controls => [...document.querySelectorAll(controls)]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled)
    .map((node) => {
        node.focus({ preventScroll: true });
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(node);
        return [outlineStyle, parseFloat(outlineWidth), outlineColor, node.outerHTML.slice(0, 99)];
    })"""

MOVING = """[...document.querySelectorAll(".ce-figure *, .ce-quiz *")].filter((node) => {
    const { animationName, transitionDuration } = getComputedStyle(node);
    return animationName !== "none" || parseFloat(transitionDuration) > 0.01;
}).map((node) => node.outerHTML.slice(0, 99))"""

# WCAG 1.4.12, as a reader's own style sheet, which no policy of the page forbids
SPACE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* {
        line-height: 1.5 !important;
        letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important;
    }
    p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets.push(sheet);
}"""

# What does not fit: text that leaves the window or the box that hides it, and fields too narrow.
CUT = """parts => {
    const cut = [];
    for (const node of document.querySelectorAll(`${parts} *`)) {
        if (!node.checkVisibility({ visibilityProperty: true })) continue;
        if (node.closest("details > div, .ce-live, .katex")) continue; // these scroll
        const own = [...node.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
        const box = node.getBoundingClientRect();
        const out = own && (box.left < -1 || box.right > innerWidth + 1);
        const short = node.type === "number" && node.scrollWidth > node.clientWidth;
        if (out || short) cut.push(node.outerHTML.slice(0, 150));
    }
    return cut;
}"""

USE = """() => {
    document.querySelectorAll("article details").forEach((fold) => (fold.open = true));
    document.querySelectorAll(".parsons li:first-child > button").forEach((line) => line.click());
    document.querySelectorAll(".ce-quiz").forEach((quiz, i) => { // some right, some wrong
        const options = quiz.querySelectorAll("input");
        if (quiz.dataset.numbers) {
            options[0].value = i;
            quiz.querySelector("button").click();
            return;
        }
        options[i % options.length].click();
    });
    for (const guess of document.querySelectorAll("fieldset.ce-prediction")) {
        const first = guess.querySelector("input");
        first.click(); // an option
        first.dispatchEvent(new Event("input")); // or the slider as it stands
        guess.querySelector("button").click();
    }
}"""
# What moves by itself, from before anything is shown.
WATCH = """
window.shifted = [];
const note = (entries) => entries.filter((entry) => !entry.hadRecentInput).forEach((entry) =>
    shifted.push([entry.value, entry.sources.map(({ node }) => node?.textContent.slice(0, 40))]));
const watch = new PerformanceObserver((list) => note(list.getEntries()));
watch.observe({ type: "layout-shift", buffered: true });
window.nextFrame = () => new Promise(requestAnimationFrame);
window.shifts = async () => {
    await nextFrame();
    await nextFrame();
    note(watch.takeRecords());
    return shifted;
};
"""
SCROLL = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 400) {
        scrollTo({ top: y, behavior: "instant" });
        await nextFrame();
    }
}"""
FONTS = """document.fonts.ready.then(() => performance.getEntriesByType("resource")
    .map((entry) => entry.name).filter((name) => name.includes(".woff2")))"""
ASKED_FIRST = """[...document.querySelectorAll("link[rel=preload][as=font]")]
    .map((link) => link.href)"""

# Sets what a hand can set, to its ends and between; the height of the figure after each.
SETTINGS = """async (figure) => {
    const heights = new Map();
    const note = async (what) => {
        await nextFrame(); // in which the figure paints, before this goes on
        const height = figure.offsetHeight;
        heights.set(height, [...(heights.get(height) ?? []), what]);
    };
    for (const input of figure.querySelectorAll("input")) {
        const set = async (value) => {
            input.value = value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
            await note(`${input.ariaLabel} ${value}`);
        };
        const [low, high] = [Number(input.min), Number(input.max)];
        const way = { range: [0, 0.25, 0.55, 1], number: [0, 1] }[input.type];
        if (way) for (const t of way) await set(low + t * (high - low));
        else if (input.type === "text") for (const text of ["", "zzz zzz"]) await set(text);
        else { input.click(); await note(input.parentNode.textContent); }
    }
    [...figure.querySelectorAll("button")].find((node) => node.textContent === "Reset")?.click();
    return [...heights];
}"""
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (rules) => {
    const found = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`));
}"""
WIDE = "document.documentElement.scrollWidth"


def examine(page):
    """What axe-core finds wrong with a page as it stands."""
    page.evaluate(AXE.read_text("utf-8"))  # as the browser's console does: no policy forbids that
    return page.evaluate(RUN, RULES)


def painted(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def width_at(page, width):
    """How wide a page is in a window of that width."""
    page.set_viewport_size({"width": width, "height": 800})
    painted(page)
    return page.evaluate(WIDE)


def arrive(page, address):
    """Opens a page as on a second visit, whose fonts come before its first paint.

    On a busy machine even a font that the browser keeps may come later, and then all text moves:
    the page is opened again. What moves of the page's own making moves each time.
    """
    for _ in range(8):
        page.goto("about:blank")
        page.goto(address)
        page.evaluate(FONTS)
        if sum(value for value, _ in page.evaluate("shifts()")) < 0.01:
            return


def record(page, name):
    """Reads a page from top to bottom, uses it, and returns what was seen."""
    page.add_init_script(WATCH)
    arrive(page, f"{name}.html")
    size = page.viewport_size
    page.evaluate(SCROLL)
    figures, asleep = page.locator(".ce-figure").all(), []
    for n, figure in enumerate(figures):
        try:
            expect(figure).to_have_class(re.compile("ce-ready"))
        except AssertionError:
            asleep.append(n)
    seen = {
        "asleep": asleep,  # figures that did not start
        "shifts": page.evaluate("shifts()"),
        "fonts": page.evaluate(FONTS),
        "fonts asked for first": page.evaluate(ASKED_FIRST),
        "headings": page.locator("article h1").count(),
        "language": page.locator("html").get_attribute("lang"),
        "widths": {size["width"]: page.evaluate(WIDE)},
        "sizes": page.evaluate(SIZES, CONTROLS),
    }
    seen["heights"] = [figure.evaluate(SETTINGS) for figure in figures]
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.keyboard.press("Tab")  # from here on the browser shows the focus
    seen["ground"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    seen["rings"] = page.evaluate(RINGS, CONTROLS)
    if size["width"] == 1280:
        seen["widths"][768] = width_at(page, 768)
        page.set_viewport_size(size)
    page.evaluate(USE)
    painted(page)
    seen["axe"] = examine(page)
    page.emulate_media(reduced_motion="reduce")
    seen["moving"] = page.evaluate(MOVING)
    if size["width"] < 400:
        page.evaluate(SPACE)
        seen["spaced width"] = width_at(page, 320)  # what is left of 1280 pixels at 400 %
        seen["cut"] = page.evaluate(CUT, PARTS)
    return seen


@pytest.fixture
def visit(browser, site_url, once):
    """A function that returns what was seen on a page, which one worker visits once."""

    def make(name, screen):
        with Watched(browser, site_url) as watched:
            seen = record(watched.open(**SCREENS[screen]), name)
        return seen | {"wrong": watched.wrong}

    def visit(name, screen):
        return once(f"visit {name.replace('/', ' ')} {screen}", lambda: make(name, screen))

    return visit


every_visit = pytest.mark.parametrize(
    ("name", "screen"), [(name, screen) for name in PAGES for screen in SCREENS]
)
