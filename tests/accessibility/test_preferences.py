"""Figures and quizzes as a reader has set the browser: motion, contrast, colours, size, spacing."""

import re

import pytest
from playwright.sync_api import expect

from tools.testing.colours import contrast
from tools.testing.sources import PAGES, WITH_FIGURES
from tools.testing.visits import every_visit

MSE = "chapters/cross-entropy-or-mse"
BARS = "chapters/softmax-and-stability"


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


@every_visit
def test_no_figure_moves_by_itself(visit, name, screen):
    assert visit(name, screen)["moving"] == []


# ------------------------------------------------------------------ size and spacing


@pytest.mark.parametrize("name", PAGES)
def test_at_400_percent_and_spaced_nothing_is_cut_and_the_page_scrolls_one_way(visit, name):
    seen = visit(name, "phone-dark")
    assert seen["cut"] == []
    assert seen["spaced width"] <= 320


# ------------------------------------------------------------------ fingers, focus


@every_visit
def test_what_is_pressed_is_large_enough(visit, name, screen):
    least = 44 if screen == "phone-dark" else 24  # a finger, a mouse
    sizes = visit(name, screen)["sizes"]
    assert [size for size in sizes if size[0] < 24 or size[1] < least] == []


@every_visit
def test_the_focus_is_seen_on_every_control(visit, name, screen):
    seen = visit(name, screen)
    assert seen["rings"] or name not in WITH_FIGURES
    for style, width, colour, node in seen["rings"]:
        assert style != "none" and width >= 2, node
        assert contrast(colour, seen["ground"]) >= 3, node


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
    page = started(BARS, color_scheme=scheme, contrast="more")
    bar_p, bar_q = looks(page, "blurred_digit", ".ce-bar.ce-p", ".ce-bar.ce-q")
    ground = page.evaluate(GROUND)
    assert contrast(bar_p["fill"], ground) >= 5
    assert contrast(bar_q["fill"], ground) >= 4.5
    assert bar_q["fillOpacity"] == "1"
    plain = started(BARS, color_scheme=scheme)
    before, _ = looks(plain, "blurred_digit", ".ce-bar.ce-p", ".ce-bar.ce-q")
    assert contrast(bar_p["fill"], ground) > contrast(before["fill"], ground) + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_readers_own_colours_each_mark_is_seen_and_told_from_the_others(started, scheme):
    options = {"color_scheme": scheme, "forced_colors": "active"}
    page = started(BARS, **options)
    ground = page.evaluate(GROUND)
    bar_p, bar_q = looks(page, "blurred_digit", ".ce-bar.ce-p", ".ce-bar.ce-q")
    assert contrast(bar_p["fill"], ground) >= 4.5
    assert bar_q["fill"] == ground and contrast(bar_q["stroke"], ground) >= 4.5  # hollow
    page = started("chapters/entropy", **options)
    best, saved, net = looks(page, "code_length", ".ce-p.ce-drawn", ".ce-grad.ce-drawn", ".ce-full")
    for line in (best, saved):
        assert contrast(line["stroke"], ground) >= 4.5
    assert best["stroke"] != saved["stroke"] and contrast(net["fill"], ground) >= 4.5
    page = started(MSE, **options)
    lines = looks(page, "slopes", ".ce-line", ".ce-tangent", ".ce-floor")
    assert len({line["strokeDasharray"] for line in lines}) == 3
    for line in lines:
        assert contrast(line["stroke"], ground) >= 3
    field = figure_of(page, "slopes").get_by_role("radio").first
    field.focus()
    assert field.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2
