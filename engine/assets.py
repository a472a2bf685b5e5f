"""What pages load: one style, one or two scripts, the fonts of the maths, and nothing else.

The theme's own scripts, styles and fonts, 5 MB of them, are not copied.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from pygments.formatters import HtmlFormatter
from sphinx.errors import ExtensionError

from engine.book_site import ROOT, digest
from engine.maths import KATEX, NODE

ESBUILD = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
KIT = ROOT / "ce_lib" / "widgets" / "kit"
SCRIPTS = {
    "site.js": ROOT / "engine" / "theme" / "site.mjs",
    "figures.js": KIT / "host.js",
    "search.js": ROOT / "engine" / "theme" / "search.mjs",
}
STYLES = ["base", "layout", "content", "parts", "search", "slides", "print"]
BROWSERS = "--target=chrome99,firefox100,safari15.4"


def esbuild(*options, **more):
    """Runs esbuild and returns what it prints."""
    command = [str(NODE), str(ESBUILD), "--minify", "--log-level=warning", BROWSERS, *options]
    made = subprocess.run(command, capture_output=True, encoding="utf-8", **more)
    if made.returncode or made.stderr:
        raise ExtensionError(f"esbuild could not make a part of the site:\n{made.stderr}")
    return made.stdout


def style():
    """Returns the style of all pages."""
    maths = (KATEX / "dist" / "katex.min.css").read_text("utf-8")
    maths = re.sub(r",url\([^)]*\.(?:woff|ttf)\) format\(\"\w+\"\)", "", maths)
    version = json.loads((KATEX / "package.json").read_text("utf-8"))["version"]
    maths = maths.replace(".woff2)", f".woff2?v={version})")
    light = HtmlFormatter(style="a11y-high-contrast-light").get_style_defs(".highlight")
    dark = HtmlFormatter(style="a11y-high-contrast-dark")
    parts = [
        maths,
        light,
        "@media (prefers-color-scheme: dark) {",
        dark.get_style_defs(':root:not([data-theme="light"]) .highlight'),
        "}",
        dark.get_style_defs(':root[data-theme="dark"] .highlight'),
        *((ROOT / "engine" / "theme" / f"{name}.css").read_text("utf-8") for name in STYLES),
        (KIT / "figure.css").read_text("utf-8"),
    ]
    return esbuild("--loader=css", input="\n".join(parts)).strip()


def version():
    """Returns a hash of what the pages load besides what is theirs."""
    folders = [ROOT / "engine" / "theme", ROOT / "ce_lib"]
    parts = [ROOT / "package-lock.json", *(f for folder in folders for f in folder.rglob("*"))]
    return digest(hashlib.sha256(), sorted(parts))


def configure(app, config):
    config.ce_static = version()
    config.ce_css = style()


def copy_static_files(folder):
    """Puts what pages load into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "katex" / "fonts").mkdir(parents=True)
    for font in (KATEX / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, folder / "katex" / "fonts")
    shutil.copy(ROOT / "engine" / "theme" / "favicon.svg", folder)
    for name, source in SCRIPTS.items():
        esbuild(str(source), "--bundle", "--format=iife", f"--outfile={folder / name}")
    wheel = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    made = subprocess.run(wheel, cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        raise ExtensionError(f"The wheel of ce_lib could not be built:\n{made.stderr}")


def begin(app):
    """Takes the copying of static files out of Sphinx's hands, which would copy the theme's."""
    if app.builder.format == "html":
        app.builder.copy_static_files = lambda: copy_static_files(Path(app.outdir) / "_static")


def finish(app, exception):
    """Removes the styles that extensions have put there themselves: pages hold their own."""
    if app.builder.format == "html" and not exception:
        for style in (Path(app.outdir) / "_static").glob("*.css"):
            style.unlink()


def setup(app):
    # Sphinx writes an unchanged page again where a value like these has changed.
    app.add_config_value("ce_static", "", "html", str)
    app.add_config_value("ce_css", "", "html", str)
    app.connect("config-inited", configure)
    app.connect("builder-inited", begin)
    app.connect("build-finished", finish, priority=900)  # after theirs
    return {"parallel_read_safe": True, "parallel_write_safe": True}
