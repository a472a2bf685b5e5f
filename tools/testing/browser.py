"""A Chromium that sees what a page asks of other hosts, and the built site on a server."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tools.chromium import SHELL, path
from tools.serve import Server
from tools.testing.sources import PAGES

PATIENCE = 60_000  # milliseconds; only a test that fails waits so long, however busy the machine
expect.set_options(timeout=PATIENCE / 2)
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
        chromium = playwright.chromium.launch(executable_path=path(SHELL), args=options)
        yield chromium
        chromium.close()


class Watched:
    """Pages on which nothing may go wrong: what they ask of other hosts, and what they complain of.

    `wrong` says it, when the pages are closed.
    """

    def __init__(self, browser, site_url):
        self.browser, self.site_url = browser, site_url
        self.wrong, self.contexts = [], []

    def asked(self, request):
        if not request.url.startswith((self.site_url, "data:", "blob:")):
            self.wrong.append(f"asks another host: {request.url}")

    def heard(self, message):
        if message.type == "error":
            self.wrong.append(f"console: {message.text} ({message.location.get('url')})")

    def open(self, **options):
        # The worker would fetch the whole book behind each test; test_offline.py lets it.
        options = {"service_workers": "block"} | options
        self.contexts.append(self.browser.new_context(base_url=self.site_url, **options))
        self.contexts[-1].set_default_timeout(PATIENCE)
        page = self.contexts[-1].new_page()
        page.on("request", self.asked)  # no route: one would keep the browser from caching
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.wrong.append(f"exception: {error}"))
        return page

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        for context in self.contexts:
            context.close()


@pytest.fixture
def open_page(browser, site_url):
    """A function that makes a page (its options: those of Playwright's contexts).

    No page may ask another host for anything, write an error to the console or raise one.
    """
    with Watched(browser, site_url) as watched:
        yield watched.open
    assert watched.wrong == []


@pytest.fixture
def page(open_page):
    """A page of the width of a laptop."""
    return open_page(viewport={"width": 1280, "height": 900})


# Both widths and both themes: a figure that works in these two works in the other two.
SCREENS = {"1280-light": (1280, "light"), "360-dark": (360, "dark")}


@pytest.fixture(params=SCREENS.values(), ids=SCREENS)
def screen(request, open_page):
    """A page of each width and theme, of a device that has a finger."""
    width, scheme = request.param
    size = {"width": width, "height": 800}
    return open_page(viewport=size, color_scheme=scheme, has_touch=True)
