"""A Chromium that sees what a page asks of other hosts, and the built site on a server."""

import pytest
from playwright.sync_api import sync_playwright

from tools.chromium import path
from tools.serve import Server
from tools.testing.sources import PAGES

every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="session")
def serve():
    """A function that serves a folder of pages and returns its address."""
    servers = []

    def start(folder):
        servers.append(Server(folder).start())
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def site_url(site, serve):
    """The address of the built pages, with a slash at its end."""
    return serve(site)


@pytest.fixture(scope="module")  # Playwright's event loop must not outlive it: others need theirs
def browser():
    """A Chromium that reaches this machine only."""
    options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    options.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost")
    with sync_playwright() as playwright:  # without one on the PATH, Playwright's own
        chromium = playwright.chromium.launch(executable_path=path(), args=options)
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


SCREENS = [(w, s) for w in (1280, 360) for s in ("light", "dark")]
SCREEN_IDS = [f"{w}-{s}" for w, s in SCREENS]


@pytest.fixture(params=SCREENS, ids=SCREEN_IDS)
def screen(request, open_page):
    """A page of each width and theme, of a device that has a finger."""
    width, scheme = request.param
    size = {"width": width, "height": 800}
    return open_page(viewport=size, color_scheme=scheme, has_touch=True)
