"""A matplotlib picture as inline SVG: follows the theme of the page and carries its alt text."""

import hashlib
import html
import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt

from . import style


class Picture:
    """Inline SVG with its text alternative; notebooks and the book show it as it is."""

    def __init__(self, svg, alt):
        self.svg = svg
        self.alt = alt

    def _repr_html_(self):
        return self.svg

    def __repr__(self):
        return f"Picture: {self.alt}"


def show(figure, *, alt):
    """Turns a matplotlib figure (or the axes in it) into a picture with a text alternative.

    Args:
        figure: a matplotlib figure, or an axes of it. It is closed.
        alt: what one should see, in a sentence or two; required, since some readers only hear it.

    Returns:
        A ``Picture``: inline SVG whose text and axes take the text colour of the page.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must say what one should see, got {alt!r}")
    figure = getattr(figure, "figure", figure)
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": alt, "svg.fonttype": "none"}):
        figure.savefig(
            buffer,
            format="svg",
            bbox_inches="tight",
            transparent=True,
            metadata=dict.fromkeys(["Creator", "Date", "Format", "Type"]),
        )
    plt.close(figure)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub("|".join(style.ON_PAGE), lambda colour: style.ON_PAGE[colour[0]], svg)
    svg = re.sub(r' (?:d|x|y)="[^"]*"', _rounded, svg)
    svg = _own_ids(svg)
    attributes = f'class="ce-picture" role="img" aria-label="{html.escape(alt)}"'
    return Picture(svg.replace("<svg", f"<svg {attributes}", 1).strip(), alt)


def _rounded(places):
    """Rounds to a hundredth of a point, which halves a picture of curves."""
    return re.sub(
        r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), places[0]
    )


def _own_ids(svg):
    """Drops the ids that nothing refers to and makes the others unique to this picture."""
    used = set(re.findall(r"#([\w.-]+)", svg))
    prefix = "ce" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r' id="([\w.-]+)"', lambda m: m[0] if m[1] in used else "", svg)
    svg = re.sub(r' id="([\w.-]+)"', rf' id="{prefix}\1"', svg)
    return re.sub(r'(url\(#|href="#)([\w.-]+)', rf"\1{prefix}\2", svg)
