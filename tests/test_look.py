"""The look of a page: its columns, its notes, the steps beside a figure, the strip, the stills."""

import re

import pytest
from playwright.sync_api import expect

PARTS = """
A paragraph before its note.

:::{container} note
The note of this paragraph, long enough for a line or two in the margin of the page.
:::

The next paragraph.

```{code-cell} ipython3
:tags: [hide-input]
from ce_lib import widgets
widgets.LossLens()
```

:::{container} steps
1. The first step, {set}`z = 1 <loss-lens?z=1>`.
2. The second step, {set}`z = 2 <loss-lens?z=2>`.
3. The third step, {set}`z = 3 <loss-lens?z=3>`.
:::

| symptom | cause | cure |
|---|---|---|
| a | b | c |

## One

Text.

## Two

Text.

## Three

Text.
"""
BOX = """node => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return [left, right, top, bottom];
}"""


@pytest.fixture
def page_of(small_book, build, serve, browser):
    """A function that opens a page with the parts, at a width."""
    book = small_book(text=PARTS)
    built = build(book)
    assert built.returncode == 0, built.stderr
    address = f"{serve(book / '_build' / 'html')}chapters/one.html"

    def open_at(width, **options):
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        page.goto(address)
        return page

    return open_at


def test_the_columns_of_a_page_at_each_width(page_of):
    page = page_of(1280)

    def box(what):
        return page.locator(what).first.evaluate(BOX)

    text, note = box("article p:text('A paragraph')"), box(".note")
    assert text[1] - text[0] == 608 and note[1] - note[0] == 320
    assert note[0] - text[1] == 56 and abs(note[2] - text[2]) < 12  # beside its paragraph
    steps = box(".steps")
    assert steps[1] - steps[0] == 984
    figure, items = box(".steps > .cell"), box(".steps > ol")
    assert figure[1] - figure[0] == 544 and items[1] - items[0] == 384
    assert box(".steps li:last-child")[2] > figure[2]
    assert page.locator(".steps > .cell").evaluate("e => getComputedStyle(e).position") == "sticky"
    page.set_viewport_size({"width": 390, "height": 900})
    text, note = box("article p:text('A paragraph')"), box(".note")
    assert text[:2] == [20, 370] and note[2] >= text[3]  # under its paragraph
    cards = page.locator(".steps > ol")
    assert cards.evaluate("e => e.scrollWidth > e.clientWidth")
    expect(cards).to_have_attribute("tabindex", "0")
    page.close()


def test_nothing_scrolls_sideways_at_any_width(page_of):
    for width in (320, 390, 900, 1199, 1200, 1440):
        page = page_of(width)
        expect(page.locator(".ce-figure")).to_have_class(re.compile("ce-ready"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


@pytest.mark.parametrize("width", [390, 900, 1280])
def test_a_still_is_as_high_as_the_figure_that_takes_its_place(page_of, width):
    still = page_of(width, java_script_enabled=False)
    figure = page_of(width)
    expect(figure.locator(".ce-figure")).to_have_class(re.compile("ce-ready"))
    charts = ".ce-charts:visible"
    heights = [p.locator(charts).first.evaluate("e => e.offsetHeight") for p in (still, figure)]
    assert still.locator(charts).count() == 1
    assert abs(heights[0] - heights[1]) <= 1
    widths = [p.locator(charts).first.evaluate("e => e.offsetWidth") for p in (still, figure)]
    assert widths[0] == widths[1]
    drawn = still.locator(f"{charts} svg.ce-chart").first
    box = drawn.evaluate("e => [e.clientWidth, e.viewBox.baseVal.width]")
    assert abs(box[0] - box[1]) <= box[0] / 5  # drawn for about this width
    still.close()
    figure.close()


def test_a_card_that_is_swiped_into_place_moves_the_figure(page_of):
    page = page_of(390)
    expect(page.locator(".ce-figure")).to_have_class(re.compile("ce-ready"))
    page.locator(".steps > ol").evaluate("cards => cards.scrollTo({ left: cards.scrollWidth })")
    expect(page).to_have_url(re.compile("loss-lens.z=3"))
    page.close()


@pytest.mark.parametrize("name", ["entropy", "binary-cross-entropy"])
def test_the_strip_of_a_chapter_runs_off_the_page_and_comes_back_read(page, name):
    page.goto(f"chapters/{name}.html")
    strips = page.locator(".strip")
    expect(strips).to_have_count(2)
    for strip in strips.all():
        expect(strip.get_by_role("img")).to_have_accessible_name(re.compile(r"\w+ \w+"))
        assert strip.locator("svg").evaluate("e => e.clientHeight") <= 40
        assert strip.evaluate("e => e.getBoundingClientRect().right") == 1280
    expect(strips.last).to_have_class("strip read")
    heading = page.locator("section section > h2").first
    number = heading.locator(".section-number").evaluate("e => e.getBoundingClientRect().right")
    assert number < heading.evaluate("e => e.getBoundingClientRect().left")  # it hangs
