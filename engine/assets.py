"""The files that pages load: one or two scripts and the fonts of the maths, beside theme/static/.

The style of all pages is one text, which stands in each page.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sphinx.errors import ExtensionError

from engine import ROOT, faces
from engine.maths import KATEX, NODE
from engine.outputs import digest

ESBUILD = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
THEME = ROOT / "engine" / "theme"
KIT = ROOT / "ce_lib" / "widgets" / "kit"
SCRIPTS = {
    "site.js": THEME / "js" / "site.mjs",
    "figures.js": KIT / "host.js",
    "search.js": THEME / "js" / "search.mjs",
}
STYLES = ["base", "layout", "content", "landing", "parts", "cells", "search", "slides", "print"]
BROWSERS = "--target=chrome99,firefox100,safari15.4"


def esbuild(*options, **more):
    """Run esbuild and return its output."""
    command = [str(NODE), str(ESBUILD), "--minify", "--log-level=warning", BROWSERS, *options]
    made = subprocess.run(command, capture_output=True, encoding="utf-8", **more)
    if made.returncode or made.stderr:
        raise ExtensionError(f"esbuild could not make a part of the site:\n{made.stderr}")
    return made.stdout


def style():
    """Return the style of all pages."""
    maths = (KATEX / "dist" / "katex.min.css").read_text("utf-8")
    maths = re.sub(r",url\([^)]*\.(?:woff|ttf)\) format\(\"\w+\"\)", "", maths)
    version = json.loads((KATEX / "package.json").read_text("utf-8"))["version"]
    maths = maths.replace(".woff2)", f".woff2?v={version})")
    maths = maths.replace("url(fonts/", "url(_static/katex/fonts/")
    text = faces.STYLE.replace("url(", "url(_static/")
    text = text.replace(".woff2)", f".woff2?v={faces.folder().name})")
    parts = [
        text,
        maths,
        *((THEME / "css" / f"{name}.css").read_text("utf-8") for name in STYLES),
        (KIT / "figure.css").read_text("utf-8"),
    ]
    return esbuild("--loader=css", input="\n".join(parts)).strip()


def configure(app, config):
    """Note the style and a hash of the files that pages load: if they change, so do all pages."""
    files = [file for folder in (THEME, ROOT / "ce_lib") for file in folder.rglob("*")]
    config.ce_static = digest([ROOT / "package-lock.json", *sorted(files)])
    config.ce_css = style()


def write(app):
    """Write the files that pages load, unless a build with the same tools has done so."""
    folder = Path(app.outdir) / "_static"
    for style in folder.glob("*.css"):  # of other extensions: pages hold their own
        style.unlink()
    if (folder / "katex").exists():
        return
    for name, source in SCRIPTS.items():
        esbuild(str(source), "--bundle", "--format=iife", f"--outfile={folder / name}")
    wheel = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    made = subprocess.run(wheel, cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        raise ExtensionError(f"The wheel of ce_lib could not be built:\n{made.stderr}")
    shutil.copytree(faces.folder(), folder / "faces")
    fonts = folder / "katex" / "fonts"
    fonts.mkdir(parents=True)
    for font in (KATEX / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, fonts)
