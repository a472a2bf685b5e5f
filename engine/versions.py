"""The version of the book. A released version is published in a folder of its name."""

import os
import re

from sphinx.errors import ExtensionError

from engine import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
VERSION = re.search(r'(?m)^version = "(.+)"', PROJECT)[1]


def folder(site, version):
    """Return the folder of a released version, like v1.2.3/, from the site's address, or ""."""
    found = re.search(r"/(v\d+\.\d+\.\d+)/$", site)
    if found and found[1] != f"v{version}":
        raise ExtensionError(f"CE_SITE ends in {found[1]}, but pyproject.toml says {version}")
    return f"{found[1]}/" if found else ""


def configure(app, config):
    config.release = VERSION
    config.ce_folder = folder(config.html_baseurl, config.release)


def prepare(app, page, template, context, doctree):
    """Give a page its version, and the address of the list of versions if it is published."""
    published, released = "CE_SITE" in os.environ, app.config.ce_folder
    root = context["pathto"]("", 1) + ("../" if released else "")
    context |= {
        "latest": published and not released,
        "versions": f"{root}versions.json" if published else "",
        "page_address": app.builder.get_target_uri(page),
    }
