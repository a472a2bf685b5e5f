"""Figures and quizzes as a reader has set the browser: motion, contrast, colours, size, spacing."""

import re

import pytest
from playwright.sync_api import expect

from tools.testing.colours import contrast

PHONE = {"width": 320, "height": 800}  # what is left of 1280 pixels at 400 %
MSE = "chapters/cross-entropy-or-mse"
SPACING = """* {
    line-height: 1.5 !important;
    letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important;
}
p { margin-bottom: 2em !important; }"""  # WCAG 1.4.12
PARTS = ":is(.ce-figure, .ce-quiz, .ce-progress, .ce-links)"
CONTROLS = f"{PARTS} :is(button, input, summary, select, [tabindex])"


def figure_of(page, kind):
    return page.locator(f".ce-figure[data-figure={kind}]").first


# ------------------------------------------------------------------ motion


@pytest.mark.parametrize("kind", ["race", "surface"])
def test_who_wants_no_motion_sees_the_end_at_once(started, kind):
    page = started(MSE, reduced_motion="reduce")
    figure = figure_of(page, kind)
    figure.get_by_role("button", name="Play").click()
    expect(figure.get_by_role("status")).to_have_text(re.compile("^Step (600|2000): "))
    expect(figure.get_by_role("button", name="Play")).to_be_visible()  # never "Pause"
    figure.get_by_role("button", name="Reset").click()
    figure.get_by_role("button", name="Step").click()
    expect(figure.get_by_role("status")).to_have_text(re.compile("^Step 1: "))


def test_no_figure_moves_by_itself(started, page_with_figures):
    page = started(page_with_figures, reduced_motion="reduce")
    assert (
        page.evaluate(
            """[...document.querySelectorAll(".ce-figure *, .ce-quiz *")].filter((node) => {
            const { animationName, transitionDuration } = getComputedStyle(node);
            return animationName !== "none" || parseFloat(transitionDuration) > 0.01;
        }).length"""
        )
        == 0
    )


# ------------------------------------------------------------------ size and spacing

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


def test_at_400_percent_and_spaced_nothing_is_cut_and_the_page_scrolls_one_way(
    started, page_with_figures
):
    page = started(page_with_figures, viewport=PHONE, bypass_csp=True)
    page.add_style_tag(content=SPACING)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(CUT, PARTS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# ------------------------------------------------------------------ fingers


SMALL = """([controls, least]) => // a radio button is pressed by its label
    [...document.querySelectorAll(controls)]
        .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0)
        .map((node) => (node.type === "radio" ? node.closest("label") : node))
        .map((node) => [node.offsetWidth, node.offsetHeight, node.outerHTML.slice(0, 120)])
        .filter(([width, height]) => width < 24 || height < least)"""


@pytest.mark.parametrize(("touch", "height"), [(False, 24), (True, 44)], ids=["mouse", "finger"])
def test_what_is_pressed_is_large_enough(started, page_with_figures, touch, height):
    page = started(page_with_figures, has_touch=touch, is_mobile=touch)
    assert page.evaluate(SMALL, [CONTROLS, height]) == []


# ------------------------------------------------------------------ focus


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_seen_on_every_control(started, page_with_figures, scheme):
    page = started(page_with_figures, color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("Tab")  # from here on the browser shows the focus
    rings = page.evaluate(
        """controls => [...document.querySelectorAll(controls)]
            .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled)
            .map((node) => {
                node.focus({ preventScroll: true });
                const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(node);
                return [outlineStyle, parseFloat(outlineWidth), outlineColor, node.outerHTML];
            })""",
        CONTROLS,
    )
    assert rings
    for style, width, colour, node in rings:
        assert style != "none" and width >= 2, node[:99]
        assert contrast(colour, ground) >= 3, node[:99]


# ------------------------------------------------------------------ contrast, the reader's colours


def looks(page, kind, *marks):
    """How each mark is drawn: fill, stroke, dashes and opacity, and the colour of the page."""
    return figure_of(page, kind).evaluate(
        """(figure, marks) => marks.map((mark) => {
            const style = getComputedStyle(figure.querySelector(mark));
            const names = ["fill", "fillOpacity", "stroke", "strokeDasharray"];
            return Object.fromEntries(names.map((name) => [name, style[name]]));
        })""",
        marks,
    )


GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_is_more_contrast(started, scheme):
    page = started("chapters/entropy", color_scheme=scheme, contrast="more")
    bar_p, bar_q = looks(page, "code_length", ".ce-bar.ce-p", ".ce-bar.ce-q")
    ground = page.evaluate(GROUND)
    assert contrast(bar_p["fill"], ground) >= 5
    assert contrast(bar_q["fill"], ground) >= 4.5
    assert bar_q["fillOpacity"] == "1"
    plain = started("chapters/entropy", color_scheme=scheme)
    before, _ = looks(plain, "code_length", ".ce-bar.ce-p", ".ce-bar.ce-q")
    assert contrast(bar_p["fill"], ground) > contrast(before["fill"], ground) + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_readers_own_colours_each_mark_is_seen_and_told_from_the_others(started, scheme):
    options = {"color_scheme": scheme, "forced_colors": "active"}
    page = started("chapters/entropy", **options)
    ground = page.evaluate(GROUND)
    bar_p, bar_q = looks(page, "code_length", ".ce-bar.ce-p", ".ce-bar.ce-q")
    assert contrast(bar_p["fill"], ground) >= 4.5
    assert bar_q["fill"] == ground and contrast(bar_q["stroke"], ground) >= 4.5  # hollow
    swatches = page.locator(".ce-swatch:visible").evaluate_all(
        "all => all.map((node) => { const style = getComputedStyle(node);"
        " return style.backgroundImage + style.backgroundColor + style.borderStyle; })"
    )
    assert len(set(swatches)) == 3 and "rgba(0, 0, 0, 0)nonenone" not in swatches
    page = started(MSE, **options)
    lines = looks(page, "slopes", ".ce-line", ".ce-tangent", ".ce-floor")
    assert len({line["strokeDasharray"] for line in lines}) == 3
    for line in lines:
        assert contrast(line["stroke"], ground) >= 3
    field = figure_of(page, "slopes").get_by_role("radio").first
    field.focus()
    assert field.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2
