"""What the site needs beyond Jupyter Book.

One setting for the repository, the notebooks that a reader may take away, and builds that do not
forget a change of the library.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

from docutils import nodes
from jupyter_client import KernelManager

from engine import ROOT

# https://host/owner/name.git, git@host:owner/name.git, …: the theme knows the ways of these forges.
# ssh.host is where a forge takes ssh on port 443; an alias such as github.com-work is no address.
REMOTE = re.compile(
    r"(?:https?://|ssh://|git@)(?:[^@/]+@)?(?:(?:alt)?ssh\.)?"
    r"((?:[\w-]+\.)*(?:github|gitlab|bitbucket)(?:\.[\w-]+)*\.[a-zA-Z]+)"
    r"(?::\d+)?[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def repository(configured):
    """Returns the repository's web address, or "" where nothing says it."""
    command = ["git", "remote", "get-url", "origin"]
    try:
        remote = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    except OSError:  # no git here
        remote = ""
    for address in (os.environ.get("CE_REPOSITORY", ""), remote, configured):
        if known := REMOTE.fullmatch(address):
            return f"https://{known[1]}/{known[2]}"
    return ""


def version_of_outputs():
    """A hash of what the outputs of the cells depend on besides their code."""
    files = [
        file
        for file in (ROOT / "ce_lib").rglob("*")
        if file.suffix not in (".js", ".mjs", ".css") and not file.name.startswith("test_")
    ]
    files += [
        file for file in (ROOT / "chapters").rglob("*") if file.suffix not in (".md", ".ipynb")
    ]
    key = hashlib.sha256(sys.version.encode())
    return digest(key, [ROOT / "requirements.lock", *sorted(files)])


def digest(key, files):
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            key.update(file.read_bytes())
    return key.hexdigest()[:16]


def configure(app, config):
    """Fills in what depends on where the book is built."""
    options = config.html_theme_options
    url = options["repository_url"] = repository(options.get("repository_url", ""))
    options["use_repository_button"] = bool(url)  # better no button than a dead one
    options["use_edit_page_button"] = bool(url)
    if not url.startswith("https://github.com/"):
        options["launch_buttons"] = {}  # Colab opens notebooks of no other forge

    os.environ["CE_PAGE"] = "1"  # for the kernels: a figure is one output, which becomes the page's
    # Else each kernel warns the reader that it could be overheard, on the reader's own machine.
    KernelManager.class_traits()["transport_encryption"].default_value = "auto"
    config.hide_solutions = os.environ.get("CE_SOLUTIONS") == "0"  # for a graded course
    # The cache knows the outputs by the code of the cells alone.
    cache = ROOT / "_build" / ".jupyter_cache"
    key = version_of_outputs()
    config.nb_execution_cache_path = str(cache / key)
    for old in cache.glob("*"):
        if old.name != key and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)


def figure_links(app, doctree, docname):
    """Resolves fig:entropy?lens.z=1#figure-lens: a chapter, opened at a figure set up."""
    for link in doctree.findall(nodes.reference):
        if link.get("refuri", "").startswith("fig:"):
            page, rest = re.fullmatch(r"fig:([\w-]+)(.*)", link["refuri"]).groups()
            target = app.builder.get_relative_uri(docname, f"chapters/{page}")
            link["refuri"], link["internal"] = target + unescape(rest), True  # & came escaped


def edited(app, page, template, context, doctree):
    """Pages are edited on the branch that they are made from, not on the one they are put on."""
    branch = os.environ.get("CE_BRANCH") or "main"
    context |= {f"{forge}_version": branch for forge in ("github", "gitlab", "bitbucket")}
    context["doc_path"] = ""


def buttons(app, page, template, context, doctree):
    """Colab and the download get the page's notebook, made by tools/notebooks.py; else nothing."""
    notebook = ROOT / f"{page}.ipynb"
    header = context.get("header_buttons", [])
    if not notebook.exists():
        header[:] = [button for button in header if button.get("label") != "launch-buttons"]
    for group in header:
        if group.get("label") == "download-buttons":
            group["buttons"] = [
                button
                for button in group["buttons"]
                if button.get("label") != "download-notebook-button"  # it has the solutions
            ]
            if notebook.exists():
                entry = {"type": "link", "text": ".ipynb", "icon": "fas fa-code"}
                entry |= {"tooltip": "Download notebook file", "label": "download-notebook-button"}
                group["buttons"].insert(0, entry | {"url": context["pathto"](f"{page}.ipynb", 1)})


def finish(app, exception):
    """Copies the notebooks."""
    if exception:
        return
    if app.builder.format == "html":
        for notebook in (ROOT / "chapters").glob("*.ipynb"):
            shutil.copy(notebook, Path(app.outdir) / "chapters")
        for executed in (Path(app.outdir) / "_sources").rglob("*.ipynb"):
            executed.unlink()  # the theme's own download, with the solutions


def setup(app):
    app.connect("config-inited", configure)
    app.connect("doctree-resolved", figure_links)
    app.connect("html-page-context", edited, priority=100)  # before the theme makes its own
    app.connect("html-page-context", buttons, priority=900)  # after the theme has made its own
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
