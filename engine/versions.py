"""The version of the book, and where a released one is published: in a folder of its name."""

import os
import re
from pathlib import Path

from sphinx.errors import ExtensionError

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
VERSION = re.search(r'(?m)^version = "(.+)"', PROJECT.read_text("utf-8"))[1]


def folder(site, version):
    """Returns the folder of a released version, v1.2.3/, from the address of the site, or ""."""
    found = re.search(r"/(v\d+\.\d+\.\d+)/$", site)
    if found and found[1] != f"v{version}":
        raise ExtensionError(f"CE_SITE ends in {found[1]}, but pyproject.toml says {version}")
    return f"{found[1]}/" if found else ""


def configure(app, config):
    config.release = VERSION
    config.ce_folder = folder(config.html_baseurl, config.release)
    config.html_theme_options["path_to_docs"] = config.ce_folder  # where Colab finds the notebooks


def prepare(app, page, template, context, doctree):
    """Says which version a page is of, and to a published one where the others are listed."""
    published, released = "CE_SITE" in os.environ, app.config.ce_folder
    root = context["pathto"]("", 1) + ("../" if released else "")
    context |= {
        "latest": published and not released,
        "versions": f"{root}versions.json" if published else "",
        "page_address": app.builder.get_target_uri(page),
    }


def setup(app):
    app.add_config_value("ce_folder", "", "html", str)
    app.connect("config-inited", configure, priority=700)  # after the address is known
    app.connect("html-page-context", prepare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
