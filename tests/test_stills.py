"""The still pictures: their colours, their text, and that they are the same each time."""

import itertools
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from ce_lib import figures
from ce_lib.figures import style
from tools.testing.colours import contrast, difference

COLOURS = {"p": style.P, "q": style.Q, "gap": style.GAP}
PAGES = {"light": "#ffffff", "dark": "#14181e"}  # the theme's backgrounds
CSS = Path(figures.__file__).parents[1] / "widgets" / "figure.css"


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("colour", COLOURS.values(), ids=COLOURS)
def test_each_colour_stands_out_on_both_pages(colour, page):
    assert contrast(colour, page) >= 3  # WCAG 1.4.11, graphics


@pytest.mark.parametrize("deficiency", [None, "deuteranomaly", "protanomaly", "tritanomaly"])
def test_the_colours_differ_to_every_eye(deficiency):
    apart = {
        frozenset((a, b)): difference(COLOURS[a], COLOURS[b], deficiency)
        for a, b in itertools.combinations(COLOURS, 2)
    }
    assert apart[frozenset("pq")] > 20  # 1 is just noticeable
    assert min(apart.values()) > 10  # what lies between p and q is dotted besides


def test_lines_of_two_colours_never_have_the_same_dashes():
    css = CSS.read_text(encoding="utf-8")
    dashes = {
        name: re.findall(rf"\.{name} \{{[^}}]*stroke-dasharray: ([\d ]+);", css)
        for name in ("ce-line", "ce-tangent", "ce-floor", "ce-endless")
    }
    assert dashes["ce-line"] == []  # of p: full
    assert len({tuple(dash) for dash in dashes.values()}) == len(dashes)
    cycle = list(style.RC["axes.prop_cycle"])
    assert [line["color"] for line in cycle] == [style.P, style.Q, style.GAP]
    assert len({line["linestyle"] for line in cycle}) == 3


def test_the_moving_and_the_still_figures_have_the_same_colours():
    css = CSS.read_text(encoding="utf-8")
    for name, colour in COLOURS.items():
        assert re.search(rf"--ce-{name}: (#\w+);", css)[1] == colour


DRAW = {
    "code-length": lambda: figures.code_length([0.5, 0.5, 0], [0.25, 0.75, 0]),
    "code-length-inf": lambda: figures.code_length([0.5, 0.5], [0, 1], "nats", ["x", "y"]),
    "text-cost": lambda: figures.text_cost("Ab, c!", [0.5, 0.25, 0.25] + [0] * 24),
    "text-cost-empty": lambda: figures.text_cost("", [1 / 27] * 27),
    "sampling": lambda: figures.sampling(),
    "loss-lens": lambda: figures.loss_lens(-8.0, 1.0)[0],
    "clamp-lens": lambda: figures.loss_lens(-6.0, 1.0, 0.01)[0],
    "soft-loss-lens": lambda: figures.loss_lens(8.0, 0.3)[0],
    "softmax-lens": lambda: figures.softmax_lens([2, 1, 0], 0, ["a", "b", "c"], 0.1, 2.0)[0][0],
    "thermometer": lambda: figures.thermometer(1.0, 50257),
    "float-microscope": lambda: figures.float_microscope("bfloat16", -8.0, 3.0)[0],
    "blurred-digit": lambda: figures.blurred_digit([8] * 64, [[0.1] * 10] * 64, [0] * 10, 1.5)[0][
        0
    ],
    "boundary": lambda: figures.boundary(),
    "focal-mass": lambda: figures.focal_mass([0.2, 0.95, 0.99])[0],
    "focal-loss-lens": lambda: figures.loss_lens(1.0, 1, weight=10.0, gamma=2.0)[0],
    "slopes": lambda: figures.slopes(-3.0, 1, "log"),
    "race": lambda: figures.race(2.0, 2.0, 0.15),
    "surface": lambda: figures.surface([-1, 1], [0, 1], -4.0, 4.0)[0],
    "reliability": lambda: figures.reliability([[2, 0], [0, 1], [1, 0]], [0, 1, 1])[0],
    "likelihood": lambda: figures.likelihood()[0],
    "likelihood-underflow": lambda: figures.likelihood(0.5, 2000, 0.7, "float64")[0],
}


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_a_picture_is_the_same_twice_and_its_ids_are_its_own(draw):
    one, same = (figures.show(draw(), alt="One.").svg for _ in range(2))
    assert one == same
    used = set(re.findall(r'(?:url\(#|href="#)([\w.-]+)', one))
    assert set(re.findall(r' id="([^"]+)"', one)) == used
    assert not plt.get_fignums()


def test_two_pictures_on_a_page_share_no_id():
    ids = [set(re.findall(r' id="([^"]+)"', figures.show(d(), alt=n).svg)) for n, d in DRAW.items()]
    for one, other in itertools.combinations(ids, 2):
        assert not one & other


def test_the_legend_of_the_left_axes_is_clear_of_the_label_of_the_right_ones():
    with plt.rc_context(style.RC):
        left, right = figures.focal_mass([0.2, 0.95, 0.99])
        left.figure.canvas.draw()
        legend, label = left.get_legend().get_window_extent(), right.yaxis.label.get_window_extent()
        plt.close()
    assert not legend.overlaps(label)


def test_ink_becomes_the_text_colour_of_the_page():
    with plt.rc_context(style.RC):
        picture = figures.show(figures.loss_lens()[0], alt="A & B.")
    assert style.INK not in picture.svg
    assert "currentColor" in picture.svg
    assert 'aria-label="A &amp; B."' in picture._repr_html_()


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_a_picture_without_alt_text_is_refused(alt):
    axes = plt.figure().add_subplot()
    with pytest.raises(ValueError, match="alt must say what one should see, got"):
        figures.show(axes, alt=alt)
    plt.close()
