"""The faces of the pages: Source Serif and Source Sans, cut down to what a page needs.

They come from npm. Their licence, the SIL Open Font License, reserves the name "Source" for the
unchanged files, so the files that are made here have names of their own.
"""

import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from engine import ROOT
from engine.made_once import kept
from engine.outputs import digest

NPM = ROOT / "node_modules" / "@fontsource-variable"
SERIF = NPM / "source-serif-4" / "files" / "source-serif-4-latin-opsz-{}.woff2"
SANS = NPM / "source-sans-3" / "files" / "source-sans-3-latin-wght-normal.woff2"

ASCII = range(0x20, 0x7F)
LATIN = [*ASCII, *range(0xA0, 0x100), *map(ord, "ıŒœ–—‘’‚“”„†•…′″‹›⁄€™↑↓−∕")]
TITLE = [*ASCII, *map(ord, "\u00a0·éöü–—‘’“”…−")]
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "frac", "numr", "dnom", "pnum", "tnum"]
FACES = {  # file → source, what is left of its axes, its signs
    "serif": (str(SERIF).format("normal"), {"opsz": 20, "wght": (400, 650)}, LATIN),
    "italic": (str(SERIF).format("italic"), {"opsz": 20, "wght": 400}, LATIN),
    "title": (str(SERIF).format("normal"), {"opsz": 44, "wght": 460}, TITLE),
    "sans": (str(SANS), {"wght": (400, 700)}, LATIN),
}

# The stand-ins have the same widths and heights, so that nothing moves when the faces arrive.
STYLE = """
@font-face{font-family:Book;src:url(faces/serif.woff2);font-weight:400 650;font-display:swap}
@font-face{font-family:Book;src:url(faces/italic.woff2);font-style:italic;font-display:swap}
@font-face{font-family:Title;src:url(faces/title.woff2);font-display:swap}
@font-face{font-family:Sans;src:url(faces/sans.woff2);font-weight:400 700;font-display:swap}
@font-face{font-family:Book2;src:local("Times New Roman"),local("Liberation Serif");
size-adjust:110.9%;ascent-override:93.4%;descent-override:30.2%}
@font-face{font-family:Book2;font-style:italic;src:local("Times New Roman Italic"),
local("Liberation Serif Italic");size-adjust:102.6%;ascent-override:101%;descent-override:32.6%}
@font-face{font-family:Title2;src:local("Times New Roman"),local("Liberation Serif");
size-adjust:105.3%;ascent-override:98.4%;descent-override:31.8%}
@font-face{font-family:Sans2;src:local("Arial"),local("Liberation Sans");
size-adjust:93.5%;ascent-override:109.5%;descent-override:42.8%}
"""


def cut(source, axes, signs, name):
    """Return the bytes of a face with these axes and signs."""
    made = io.BytesIO()
    font = instantiateVariableFont(TTFont(source), axes)
    font.flavor = None
    font.save(made)  # the subsetter reads some tables wrongly before
    font = TTFont(made, recalcTimestamp=False)
    options = subset.Options(
        hinting=False, layout_features=FEATURES, name_IDs=[0, 2, 5, 13, 14], notdef_outline=True
    )
    options.drop_tables += ["BASE", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=signs)
    cutter.subset(font)
    for key, text in {1: name, 3: f"{name} 1", 4: name, 6: name.replace(" ", "")}.items():
        font["name"].setName(text, key, 3, 1, 0x409)
    font.flavor = "woff2"
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def folder():
    """Return the folder of the faces, made once for each state of what they come from."""

    def make(made):
        for name, (source, axes, signs) in FACES.items():
            face = cut(source, axes, signs, f"Book {name.title()}")
            (made / f"{name}.woff2").write_bytes(face)

    return kept(f"faces/{digest([Path(__file__), ROOT / 'package-lock.json'])}", make)
