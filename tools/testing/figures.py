"""How a test finds a figure of the built site, reads it and moves it."""

import re

import pytest
from playwright.sync_api import expect

from tools.testing.sources import PAGES, ROOT


def _places():
    """Each figure that the pages show, in their order: (page, position, folder, copy)."""
    for page in PAGES:
        text = (ROOT / f"{page}.md").read_text("utf-8")
        names = re.findall(r"^widgets\.(\w+)\(", text, re.MULTILINE)
        kinds = [re.sub(r"\B([A-Z])", r"_\1", name).lower() for name in names]
        for n, kind in enumerate(kinds):
            yield f"{page}.html", n, kind, kinds[: n + 1].count(kind)


PLACES = list(_places())


def place(folder, page="", copy=1):
    """Returns where the book shows a figure first, or the page its n-th copy: (page, position)."""
    return next(
        (address, n)
        for address, n, kind, k in PLACES
        if kind == folder and k == copy and page in address
    )


# Where the figures that draw stand on each page.
DRAWING = {
    page: [n for on, n, kind, _ in PLACES if on == page and kind != "prediction"]
    for page in dict.fromkeys(page for page, *_ in PLACES)
}
every_page_of_figures = pytest.mark.parametrize("name", [page for page in DRAWING if DRAWING[page]])
# One of each folder: for what is the same in all its copies.
KINDS = {kind: place(kind) for _, _, kind, _ in PLACES if kind != "prediction"}
every_kind = pytest.mark.parametrize("where", KINDS.values(), ids=KINDS)


def show(page, where, query=""):
    """Opens the page at one of its figures, and returns the figure when it moves."""
    name, n = where
    page.goto(f"{name}?{query}" if query else name)
    return ready(page, n)


def ready(page, n):
    figure = page.locator(".ce-figure").nth(n)
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_class(re.compile("ce-ready"))
    return figure


def show_all(page, name):
    """Opens a page, and returns its figures when they move."""
    page.goto(name)
    return ready_all(page, name)


def ready_all(page, name):
    return [ready(page, n) for n in DRAWING[name]]


def painted(page):
    """Waits for the next frame, in which a figure paints what was done to it."""
    page.evaluate("() => new Promise(requestAnimationFrame)")


def value(figure, name):
    """The number beside a name in the read-out."""
    painted(figure.page)
    box = figure.locator(".ce-values > div").filter(
        has=figure.page.locator("dt", has_text=re.compile(f"^{re.escape(name)}$"))
    )
    return box.locator("dd")


def number(figure, name):
    """The same as a number, without its unit."""
    return float(value(figure, name).inner_text().split()[0].replace("−", "-"))


def open_table(figure):
    """Opens the data table, which stands behind "More" where a figure has one."""
    opener = figure.get_by_text(re.compile("^(Data table|More)$")).first
    opener.press("Enter")


def follow(page, query, key):
    """Clicks a link that moves the figure of a key, as one of the text would."""
    page.evaluate(
        """href => {
            const link = document.createElement("a");
            link.className = "ce-set";
            link.href = href;
            document.querySelector(".ce-figure").parentElement.prepend(link);
            link.click();
            link.remove();
        }""",
        f"?{query}#figure-{key}",
    )


def drag_by_mouse(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()
    painted(page)


def drag_by_finger(page, start, end):
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    touch("touchStart", start)
    for k in range(1, 7):
        touch("touchMove", tuple(a + (b - a) * k / 6 for a, b in zip(start, end, strict=True)))
    touch("touchEnd")
    painted(page)


hands = pytest.mark.parametrize("hand", [drag_by_mouse, drag_by_finger], ids=["mouse", "finger"])


def inside(chart, x, y):
    """The point at fractions x and y of a chart's box, once the chart is all in sight."""
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def assert_heard(page, where, called, tries):
    """Works a figure by its accessibility tree alone: keys go in, sentences come out.

    Args:
        page: a page of the browser.
        where: the figure's place.
        called: its name.
        tries: the role and the name of a control, the key pressed there, and what is then read out.
    """
    figure = show(page, where).get_by_role("group").first
    expect(figure).to_have_accessible_name(called)
    live, picture = figure.get_by_role("status"), figure.get_by_role("img")
    expect(live).to_have_text("")  # nothing has changed yet
    open_table(figure)
    data = figure.get_by_role("group", name=f"Data table: {called}")
    for table in data.get_by_role("table").all():
        columns = table.get_by_role("columnheader").count()
        rows = table.get_by_role("row").all()[1:]
        assert columns >= 2 and len(rows) >= 2
        for row in rows:
            expect(row.get_by_role("rowheader")).to_have_text(re.compile(r"\S"))
            expect(row.get_by_role("cell")).to_have_text([re.compile(r"\S")] * (columns - 1))
    before = data.inner_text()
    changed = called.startswith("Loss thermometer")  # its table turns units, whatever is set
    for role, name, key, told in tries:
        figure.get_by_role(role, name=name, exact=True).press(key)
        expect(live).to_have_text(re.compile(told))
        expect(picture).to_have_accessible_name(live.inner_text())
        changed = changed or data.inner_text() != before
    assert changed
