"""Colours and sizes of the matplotlib pictures.

On a page of the book ``show`` puts the page's own colours in their place (``ON_PAGE``). Elsewhere
each has a contrast of at least 3:1 against white and against a dark ground, so one palette serves
both themes, and the pairs differ in lightness as well as in hue (tests/test_pictures.py
computes both). Text is drawn in ``INK``, which ``show`` turns into the page's own text colour.
"""

import matplotlib as mpl

P = "#3b7dd8"  # the truth p
Q = "#d9730d"  # the model q
GAP = "#a64ca6"  # what lies between them, the loss
INK = "#0b0c0d"  # a marker, not a colour: becomes currentColor

ON_PAGE = {  # as the styles of a page name them
    INK: "currentColor",
    P: f"var(--truth, {P})",
    Q: f"var(--model, {Q})",
    GAP: f"var(--loss, {GAP})",
}

RC = {
    "figure.figsize": (5, 3.2),  # inches; wider, its words would be too small on a phone
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.prop_cycle": mpl.cycler(color=[P, Q, GAP], linestyle=["-", "--", ":"]),
    "grid.color": INK,
    "hatch.color": INK,
    "legend.facecolor": "none",
    "legend.frameon": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 11,
    "lines.linewidth": 2,
    "svg.fonttype": "none",  # text stays text: smaller, searchable, readable by a screen reader
}


def use():
    """Draws every later picture of the session in the book's style."""
    mpl.rcParams.update(RC)
