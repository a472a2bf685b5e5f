"""What every figure of the built site does: each test here tries all that the chapters show."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from engine import ROOT
from tools.testing.figures import (
    PLACES,
    drag_by_finger,
    every_kind,
    every_page_of_figures,
    inside,
    open_table,
    painted,
    place,
    ready,
    ready_all,
    show,
    show_all,
    value,
)
from tools.testing.sources import PAGES

LENS, CODE = place("loss_lens"), place("code_length")
CONTROLS = ".ce-controls input, .ce-buttons button"


def test_the_pages_show_the_figures_that_the_tests_know(site):
    for page in PAGES:
        kinds = re.findall(r'data-figure="(\w+)"', (site / f"{page}.html").read_text("utf-8"))
        assert kinds == [kind for name, _, kind, _ in PLACES if name == f"{page}.html"]
    folders = {file.parent.name for file in (ROOT / "ce_lib" / "widgets").glob("*/widget.py")}
    assert folders == {kind for _, _, kind, _ in PLACES}


# ------------------------------------------------------------------ what it shows

WORDS = """figure => [...figure.querySelectorAll(".ce-chart")].flatMap(chart => {
    const box = chart.getBoundingClientRect();
    const words = [...chart.querySelectorAll(".ce-axes text, .ce-label")]
        .filter(node => node.textContent)
        .map(node => [node.textContent, node.getBoundingClientRect()]);
    const out = words.filter(([, { left, right }]) => left < box.left - 1 || right > box.right + 1);
    const over = words.flatMap(([one, a], i) => words.slice(i + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1)
        .filter(([, b]) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3) // air
        .map(([two]) => [one, two]));
    return [...out.map(([text]) => text), ...over];
})"""
PAINT = """figure => {
    let box = figure, ground = "rgba(0, 0, 0, 0)";
    for (; box && ground === "rgba(0, 0, 0, 0)"; box = box.parentElement)
        ground = getComputedStyle(box).backgroundColor;
    return [getComputedStyle(figure).color, ground];
}"""

SPANS = """figure => {
    const parts = figure.querySelectorAll(".ce > *, .ce-chart, .ce-image, input, button");
    return [...parts].map((part) => {
        const { left, right } = part.getBoundingClientRect();
        return [part.getAttribute("class") ?? part.localName, left, right];
    });
}"""


@every_page_of_figures
def test_each_figure_says_what_it_is_and_fits(screen, name):
    width = screen.viewport_size["width"]
    figures = show_all(screen, name)
    for figure in figures:
        group = figure.locator(".ce")
        expect(group).to_have_attribute("role", "group")
        expect(group).to_have_accessible_name(re.compile(r"\w"))
        assert figure.locator("input, button").count() >= 3
        for control in figure.locator("input, button").locator("visible=true").all():
            expect(control).to_have_accessible_name(re.compile(r"\w"))
        assert figure.evaluate(WORDS) == []

        table = figure.locator(":is(details, .ce-tables) table").first
        expect(table).to_be_hidden()
        open_table(figure)
        expect(table).to_be_visible()
        assert table.get_by_role("row").count() >= 3
        assert table.get_by_role("columnheader").count() >= 3

        for part, left, right in figure.evaluate(SPANS):
            assert left >= 0 and right <= width, part

        ink, ground = (
            sum(map(int, re.findall(r"\d+", colour)[:3])) / 3 for colour in figure.evaluate(PAINT)
        )
        assert (ink > 180 and ground < 60) if width == 360 else (ink < 60 and ground > 240)

    screen.emulate_media(media="print")
    for figure in figures:
        expect(figure.get_by_role("img")).to_be_visible()
        expect(figure.locator(CONTROLS).locator("visible=true")).to_have_count(0)


LONG = {  # the longest numbers, and a label at each of its places
    **{
        f"thermometer-{K}": (place("thermometer"), f"thermometer.classes={K}")
        for K in (2, 10, 100, 1000, 50257)
    },
}


@pytest.mark.parametrize(("where", "query"), LONG.values(), ids=LONG)
def test_the_longest_words_of_a_chart_are_clear_of_each_other(screen, where, query):
    assert show(screen, where, query).evaluate(WORDS) == []


# ------------------------------------------------------------------ what it does


@every_page_of_figures
def test_every_control_works_by_keys_and_the_address_follows(page, name):
    page.emulate_media(reduced_motion="reduce")  # what is set is there at once, and stays
    first, said = [], []
    for figure in show_all(page, name):
        picture, live = figure.get_by_role("img"), figure.get_by_role("status")
        expect(live).to_have_text("")  # nothing has changed yet
        first.append((picture.get_attribute("aria-label"), drawing(figure)))
        for control in figure.locator(":is(.ce-controls, .ce-hands) input:not([type=radio])").all():
            address = page.url
            if control.get_attribute("type") == "text":
                control.fill("other words")
            else:
                at_its_end = float(control.input_value()) <= float(control.get_attribute("min"))
                control.press("ArrowUp" if at_its_end else "ArrowDown")
            expect(page).not_to_have_url(address)
        for group in figure.locator("fieldset").all():
            group.locator("input:checked").press("ArrowDown")
            painted(page)
        said.append(picture.get_attribute("aria-label"))
        assert said[-1] != first[-1][0] and drawing(figure) != first[-1][1]
        expect(live).to_have_text(said[-1])
        expect(page).to_have_url(own_address(figure))

    page.reload()
    for figure, (label, drawn), after in zip(ready_all(page, name), first, said, strict=True):
        picture = figure.get_by_role("img")
        expect(picture).to_have_accessible_name(after)
        figure.get_by_role("button", name="Reset").press("Enter")
        expect(picture).to_have_accessible_name(label)
        assert drawing(figure) == drawn
        expect(page).not_to_have_url(own_address(figure))


def own_address(figure):
    """What an address has where a figure is not as it was at first."""
    key = figure.get_attribute("id").removeprefix("figure-")
    return re.compile(rf"[?&]{key}\.")


def said(figure):
    """The read-out of a figure, or the sentence in its picture."""
    return figure.locator(".ce-values, .ce-says").first.inner_text()


def drawing(figure):
    """All that a figure has drawn, as text."""
    painted(figure.page)
    return figure.locator(".ce-charts").inner_html()


ON_A_KNOB = "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.ce-handle'))"

# Within the plots of these a finger takes hold of something that goes up and down.
HELD = {("focal_mass", "focal")}


@every_kind
def test_a_finger_scrolls_the_page_on_whatever_it_cannot_hold(open_page, where):
    page = open_page(viewport={"width": 360, "height": 800}, has_touch=True)
    figure = show(page, where)
    kind = figure.get_attribute("data-figure")
    for chart in figure.locator(".ce-chart, .ce-image").all():
        held = (kind, chart.get_attribute("data-chart")) in HELD
        for x in (10 / chart.bounding_box()["width"], *([] if held else [0.5])):
            chart.evaluate("chart => chart.scrollIntoView({block: 'center', behavior: 'instant'})")
            start, before = inside(chart, x, 0.6), page.evaluate("scrollY")
            if page.evaluate(ON_A_KNOB, start):
                continue
            drag_by_finger(page, start, (start[0], start[1] - 150))
            page.wait_for_function("before => scrollY > before + 100", arg=before)


def test_the_live_text_says_the_result_once_it_has_settled(page):
    lens = show(page, LENS)
    live = lens.get_by_role("status")
    expect(live).to_have_text("")  # nothing has changed yet
    lens.get_by_role("slider", name="logit z").fill("0")
    expect(live).to_have_text(
        "Not sure: it is a yes, and had been given 50 %. That costs 0.69, and pulls with 0.5."
    )
    expect(lens.get_by_role("slider", name="logit z")).to_have_attribute("aria-valuetext", "0.0")


def test_nothing_moves_by_itself(open_page):
    page = open_page(reduced_motion="reduce")
    lens = show(page, LENS)
    lens.get_by_role("slider", name="logit z").fill("3")
    expect(value(lens, "logit z")).to_have_text("3.00")
    assert page.evaluate("document.getAnimations().length") == 0


# ------------------------------------------------------------------ the address


def test_the_copied_link_opens_at_the_figure_with_its_state(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    figure = show(page, CODE)
    open_table(figure)
    first = re.compile("^model q of symbol")
    figure.get_by_label(first).first.fill("0.25")
    figure.get_by_role("button", name="Copy link").click()
    expect(figure.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"\?code-length\.q=0\.25,[\d.]+,[\d.]+,[\d.]+#figure-code-length$", link)
    page.goto("about:blank")
    page.goto(link)
    n = CODE[1]
    expect(page.locator(".ce-figure").nth(n)).to_be_in_viewport(ratio=0.5)
    expect(ready(page, n).get_by_label(first).first).to_have_value("0.25")


HOSTILE = {
    "text": "abc",
    "empty": "",
    "nan": "NaN",
    "infinite": "Infinity",
    "too-large": "1e9",
    "markup": "%3Cimg%20src=x%20onerror=alert(1)%3E",
    "list": "1,2,3,4,5",
    "broken-escape": "%E0%A4%A",
    "not-a-sum": "0.9,0.9,0.9,0.9",
    "negative": "-1,1,0.5,0.5",
    "long": "9" * 500,
}
FREE = {"next-letter.own", "budget.lengths"}  # any text; 0.9 of a click is a length, too


@every_page_of_figures
def test_what_makes_no_sense_in_the_address_is_ignored(page, name):
    figures = show_all(page, name)
    read = [said(figure) for figure in figures]
    names = [
        f"{figure.get_attribute('id').removeprefix('figure-')}.{trait}"
        for figure in figures
        for trait in [
            *figure.evaluate("el => Object.keys(JSON.parse(el.dataset.state))"),
            "__proto__",
        ]
    ]
    names = [trait for trait in names if trait not in FREE]
    for first in range(0, len(HOSTILE), 3):  # in each round another text for each
        texts = itertools.islice(itertools.cycle(HOSTILE.values()), first, None)
        query = "&".join(f"{trait}={text}" for trait, text in zip(names, texts, strict=False))
        page.goto(f"{name}?{query}")
        for figure, values in zip(ready_all(page, name), read, strict=True):
            assert said(figure) == values, query


def test_two_copies_on_one_page_are_two_figures(page):
    query = "loss-lens.z=1&loss-lens-2.z=2&loss-lens-2.clamp=0.1"
    first = show(page, LENS, query)
    second = ready(page, place("loss_lens", copy=2)[1])
    expect(first.get_by_role("slider", name="logit z")).to_have_value("1")
    expect(second.get_by_role("slider", name="logit z")).to_have_value("2")
    expect(second.get_by_role("radio", name="0.1", exact=True)).to_be_checked()
    second.get_by_role("radio", name="y = 0").check(force=True)
    expect(first.get_by_role("radio", name="y = 1")).to_be_checked()
    first.get_by_role("radio", name="y = 0").check(force=True)
    second.get_by_role("radio", name="y = 1").check(force=True)
    expect(first.get_by_role("radio", name="y = 0")).to_be_checked()


# ------------------------------------------------------------------ its still


# A still is drawn for three screens, of 1280, 900 and 390 pixels, and scaled to others.
@pytest.mark.parametrize("name", dict.fromkeys(page for page, *_ in PLACES))
@pytest.mark.parametrize("width", [1280, 390])
def test_without_scripts_each_figure_is_its_own_first_drawing(open_page, name, width):
    page = open_page(java_script_enabled=False, viewport={"width": width, "height": 800})
    live = open_page(viewport={"width": width, "height": 800})
    page.goto(name)
    live.goto(name)
    for n, kind in [(n, kind) for page_of, n, kind, _ in PLACES if page_of == name]:
        still, moving = page.locator(".ce-figure").nth(n), ready(live, n)
        expect(still.locator("input:visible, button:visible")).to_have_count(0)
        if kind == "prediction":
            expect(still.get_by_text("Answer", exact=True)).to_be_visible()
            continue
        picture = still.get_by_role("img")
        expect(picture).to_be_visible()
        alone = moving.get_by_role("img")
        assert picture.get_attribute("aria-label") == alone.get_attribute("aria-label")
        assert said(still) == said(moving)
        box, other = picture.bounding_box(), alone.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert abs(box["width"] - other["width"]) <= 1 and abs(box["height"] - other["height"]) <= 1
        assert picture.inner_text() == alone.inner_text()  # the words of axes and legends
