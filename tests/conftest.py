"""The site built from scratch, and a Chromium that sees what a page asks of other hosts."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading

import pytest
import torch
from playwright.sync_api import sync_playwright

from tools.testing.sources import BUILD, NETWORK_HOOK, copy_book

if not torch.cuda.is_available():  # before anything imports Triton, as torch's own inputs do
    os.environ["TRITON_INTERPRET"] = "1"

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def build():
    """A function that builds the book of a folder as `make book` does, and says what came of it."""

    def run(folder, **environment):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CE_")}
        return subprocess.run(
            [sys.executable, "-c", BUILD, "build", str(folder), "-W", "-n", "--keep-going"],
            env=clean | {"PYTHONPATH": str(folder)} | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    return run


@pytest.fixture(scope="session")
def book(tmp_path_factory, build):
    """A copy of the sources, built from scratch with warnings as errors."""
    folder = copy_book(tmp_path_factory.mktemp("site") / "the book")  # a path with a space
    stray = folder / ".pytest_cache" / "README.md"  # what a reader's folder holds after `make test`
    stray.parent.mkdir()
    stray.write_text("# Stray\n", "utf-8")
    path = os.pathsep.join([str(NETWORK_HOOK), str(folder)])
    built = build(folder, PYTHONPATH=path, ADDRESSES=str(folder.with_name("addresses.txt")))
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-4000:]
    assert "WARNING" not in built.stderr, built.stderr[-4000:]  # nor does a kernel warn the reader
    return folder


CHAPTER = """---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{display_name: Python 3, name: python3}}
---
# One

{text}

```{{code-cell}} ipython3
{code}
```
"""


@pytest.fixture
def small_book(book, tmp_path):
    """The engine with an index alone: a function that writes a chapter, and returns the folder."""
    folder, names = tmp_path / "small", []
    shutil.copytree(book, folder, ignore=shutil.ignore_patterns("_build", "chapters", "index.md"))
    (folder / "chapters").mkdir()
    (folder / "index.md").write_text("# Index\n", "utf-8")
    config = (folder / "_config.yml").read_text("utf-8")
    assert "      - stale_twins\n" in config  # these chapters have no true twin
    (folder / "_config.yml").write_text(config.replace("      - stale_twins\n", ""), "utf-8")

    def write(code="1 + 1", text="Text.", name="one"):
        names.extend({name} - set(names))
        toc = "format: jb-book\nroot: index\nchapters:\n"
        toc += "".join(f"- file: chapters/{name}\n" for name in names)
        (folder / "_toc.yml").write_text(toc, "utf-8")
        chapter = CHAPTER.format(code=code, text=text)
        (folder / "chapters" / f"{name}.md").write_text(chapter, "utf-8")
        (folder / "chapters" / f"{name}.ipynb").write_text("{}", "utf-8")
        return folder

    write()
    return write


@pytest.fixture(scope="session")
def site(book):
    """The folder of the built pages."""
    return book / "_build" / "html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def serve():
    """A function that serves a folder of pages and returns its address."""
    servers = []

    def start(folder):
        handler = functools.partial(Quiet, directory=str(folder))
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site_url(site, serve):
    """The address of the built pages, with a slash at its end."""
    return serve(site)


@pytest.fixture(scope="module")  # Playwright's event loop must not outlive it: others need theirs
def browser():
    """A Chromium that reaches this machine only."""
    options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    options.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost")
    found = os.environ.get("CE_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    with sync_playwright() as playwright:  # without one on the PATH, Playwright's own
        chromium = playwright.chromium.launch(executable_path=found, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, site_url):
    """A function that makes a page (its options: those of Playwright's contexts).

    No page may ask another host for anything, write an error to the console or raise one.
    """
    wrong, contexts = [], []

    def local(route):
        address = route.request.url
        if address.startswith((site_url, "data:", "blob:")):
            return route.continue_()
        wrong.append(f"asks another host: {address}")
        return route.abort()

    def heard(message):
        if message.type == "error":
            wrong.append(f"console: {message.text} ({message.location.get('url')})")

    def opened(**options):
        # The worker would fetch the whole book behind each test; test_offline.py lets it.
        options = {"service_workers": "block"} | options
        contexts.append(browser.new_context(base_url=site_url, **options))
        page = contexts[-1].new_page()
        page.route("**/*", local)
        page.on("console", heard)
        page.on("pageerror", lambda error: wrong.append(f"exception: {error}"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_page):
    """A page of the width of a laptop."""
    return open_page(viewport={"width": 1280, "height": 900})
