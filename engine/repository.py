"""The repository of the book: its address, and the links from a page to other places.

One setting says where the repository is. A page leads to Colab, to the repository, to the editor
of the forge, to its notebook and to its source.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from engine import ROOT

# https://host/owner/name.git, git@host:owner/name.git, …: EDIT knows the addresses of these forges.
# ssh.host is where a forge takes ssh on port 443; an alias like github.com-work is not an address.
REMOTE = re.compile(
    r"(?:https?://|ssh://|git@)(?:[^@/]+@)?(?:(?:alt)?ssh\.)?"
    r"((?:[\w-]+\.)*(?:github|gitlab|bitbucket)(?:\.[\w-]+)*\.[a-zA-Z]+)"
    r"(?::\d+)?[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)
EDIT = {  # forge → where it edits a file of a branch
    "bitbucket": "{url}/src/{branch}/{file}?mode=edit",
    "github": "{url}/edit/{branch}/{file}",
    "gitlab": "{url}/-/edit/{branch}/{file}",
}
COLAB = "https://colab.research.google.com/github/"
GITHUB = "https://github.com/"  # Colab opens notebooks of no other forge


def address(configured):
    """Return the repository's web address, or "" if it is not known."""
    command = ["git", "remote", "get-url", "origin"]
    try:
        remote = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    except OSError:  # git is not installed
        remote = ""
    for known in (os.environ.get("CE_REPOSITORY", ""), remote, configured):
        if found := REMOTE.fullmatch(known):
            return f"https://{found[1]}/{found[2]}"
    return ""


def configure(app, config):
    """Move Jupyter Book's settings of the repository out of the options of its own theme."""
    options = config.html_theme_options
    config.ce_repository = address(options.get("repository_url", ""))
    config.ce_notebook_branch = options.get("repository_branch", "")
    config.html_theme_options = {"extra_footer": options.get("extra_footer", "")}


def has_notebook(page):
    """Return whether the page has a notebook, made by tools/notebooks.py."""
    return (ROOT / f"{page}.ipynb").exists()


def edit_url(repository, file):
    """Return the address that edits a file on the branch from which the pages are made."""
    host = repository.split("/")[2]
    forge = next(forge for forge in EDIT if forge in host)
    branch = os.environ.get("CE_BRANCH") or "main"
    return EDIT[forge].format(url=repository, branch=branch, file=file)


def links(app, page, context):
    """Return the links to the page in other forms, and those to what it is made from."""
    config, pathto = app.config, context["pathto"]
    url, source = config.ce_repository, context.get("page_source_suffix")
    forms, sources = [], []

    def add(to, text, url, download=False):
        to.append({"text": text, "url": url, "download": download})

    if url.startswith(GITHUB) and has_notebook(page):
        at = f"{url.removeprefix(GITHUB)}/blob/{config.ce_notebook_branch}/{config.ce_folder}"
        add(forms, "Open in Colab", f"{COLAB}{at}{page}.ipynb")
    if url:
        add(sources, "Repository", url)
    if url and source:
        add(sources, "Edit", edit_url(url, f"{page}{source}"))
    if has_notebook(page):
        add(forms, "Notebook", pathto(f"{page}.ipynb", 1), download=True)
    if source:
        add(sources, "Source", pathto(f"_sources/{context['sourcename']}", 1), download=True)
    return forms, sources


def copy_notebooks(app):
    """Put the notebooks beside the pages."""
    for notebook in (ROOT / "chapters").glob("*.ipynb"):
        shutil.copy(notebook, Path(app.outdir) / "chapters")
