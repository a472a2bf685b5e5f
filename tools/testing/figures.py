"""How a test finds a figure of the built site, reads it and moves it."""

import re

import pytest
from playwright.sync_api import expect

HOME, ENTROPY, BINARY = "index.html", "chapters/entropy.html", "chapters/binary-cross-entropy.html"
# Each kind of figure where the book shows it first: page and position among the page's figures.
LENS, CODE, LIKELIHOOD = (HOME, 0), (ENTROPY, 1), (BINARY, 1)
TEXT, SAMPLING, CLAMP, SOFT = (ENTROPY, 4), (ENTROPY, 7), (BINARY, 4), (BINARY, 5)
MULTI = "chapters/multiclass-cross-entropy.html"
SOFTMAX, THERMOMETER, SMOOTHED = (MULTI, 1), (MULTI, 2), (MULTI, 4)
WEIGHTS = "chapters/weights-and-focal-loss.html"
STABILITY, MSE = "chapters/softmax-and-stability.html", "chapters/cross-entropy-or-mse.html"
FIGURES = {
    "lens": LENS,
    "code-length": CODE,
    "likelihood": LIKELIHOOD,
    "clamp-lens": CLAMP,
    "soft-lens": SOFT,
    "text-cost": TEXT,
    "sampling": SAMPLING,
    "softmax-lens": SOFTMAX,
    "thermometer": THERMOMETER,
    "weighted-lens": (WEIGHTS, 1),
    "boundary": (WEIGHTS, 2),
    "focal-lens": (WEIGHTS, 3),
    "focal-mass": (WEIGHTS, 4),
    "temperature-lens": (STABILITY, 3),
    "blurred-digit": (STABILITY, 4),
    "float-microscope": (STABILITY, 5),
    "slopes": (MSE, 1),
    "race": (MSE, 2),
    "surface": (MSE, 3),
    "reliability": (MSE, 4),
}


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
    "long": "9" * 2000,
}


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


def bars(figure, key):
    """The fields of a distribution."""
    painted(figure.page)
    return figure.get_by_role("spinbutton", name=re.compile(f"^{key} of symbol"))


def numbers(fields):
    return [float(field.input_value()) for field in fields.all()]


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
