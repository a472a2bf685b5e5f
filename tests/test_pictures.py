"""Colours that figures and pictures share, and pictures: their text, the same each time."""

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
CSS = Path(figures.__file__).parents[1] / "widgets" / "kit" / "figure.css"


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


def test_figures_and_pictures_have_the_same_colours_on_a_page():
    css = CSS.read_text(encoding="utf-8")
    axes = lines()
    axes.bar([0, 1, 2], [1, 1, 1], color=[style.P, style.Q, style.GAP])
    svg = figures.show(axes, alt="Bars.").svg
    for name, token, colour in (
        ("p", "truth", style.P),
        ("q", "model", style.Q),
        ("loss", "loss", style.GAP),
    ):
        assert f"fill: var(--{token}, {colour})" in svg
        assert f"--ce-{name}: var(--{token}, " in css


def lines():
    """Axes with a line, a hatched area and words: what gets ids from matplotlib."""
    with plt.rc_context(style.RC):
        axes = plt.figure().add_subplot()
        axes.plot([0, 1], label="one")
        axes.fill_between([0, 1], [0, 1], hatch="//")
        axes.legend()
    return axes


def test_a_picture_is_the_same_twice_and_its_ids_are_its_own():
    one, same = (figures.show(lines(), alt="One.").svg for _ in range(2))
    assert one == same
    used = set(re.findall(r'(?:url\(#|href="#)([\w.-]+)', one))
    assert set(re.findall(r' id="([^"]+)"', one)) == used
    assert not plt.get_fignums()


def test_two_pictures_on_a_page_share_no_id():
    one, other = (set(re.findall(r' id="([^"]+)"', figures.show(lines(), alt=a).svg)) for a in "ab")
    assert one and not one & other


def test_ink_becomes_the_text_colour_of_the_page():
    picture = figures.show(lines(), alt="A & B.")
    assert style.INK not in picture.svg
    assert "currentColor" in picture.svg
    assert 'aria-label="A &amp; B."' in picture._repr_html_()


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_a_picture_without_alt_text_is_refused(alt):
    axes = plt.figure().add_subplot()
    with pytest.raises(ValueError, match="alt must say what one should see, got"):
        figures.show(axes, alt=alt)
    plt.close()
