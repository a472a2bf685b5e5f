"""The browser of the measurements: a phone for which every host's name leads to our server."""

import contextlib
import time

from playwright.sync_api import expect, sync_playwright

from tools import chromium as installed

PHONE = {"viewport": {"width": 360, "height": 640}, "device_scale_factor": 2, "is_mobile": True}
PHONE |= {"has_touch": True, "ignore_https_errors": True}
FIGURES = {"ours": ".ce-figure", "stock": "script[type*=widget-view]"}
STARTED = {"ours": ".ce-figure.ce-ready", "stock": ".widget-subarea:has(.ce)"}
QUIET_S = 0.5
PATIENCE_S = 120


@contextlib.contextmanager
def chromium(server):
    """A Chromium for which every name leads to the server."""
    options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    here = f"MAP * 127.0.0.1:{server.server_port}, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed.path(), args=[*options, f"--host-resolver-rules={here}"]
        )
        yield browser
        browser.close()


def version():
    """The browser's version."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed.path(), args=["--no-sandbox"]
        )
        found = browser.version
        browser.close()
    return found


class Reader:
    """A reader without a cache, who opens pages of one build in one tab."""

    def __init__(self, browser, server, build="ours", workers="block"):
        self.server, self.build = server, build
        self.context = browser.new_context(**PHONE, service_workers=workers)
        self.page = self.context.new_page()
        self.asked, self.last = set(), 0.0
        self.page.on("request", self.asks)
        self.page.on("requestfinished", self.has)
        self.page.on("requestfailed", self.has)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()

    def asks(self, request):
        self.asked.add(request)

    def has(self, request):
        self.asked.discard(request)
        self.last = time.monotonic()

    def open(self, name):
        """Opens a page and waits until all that it loads at first is there."""
        address = f"{self.server.url}{name}.html"
        self.page.goto(address, wait_until="commit", timeout=1000 * PATIENCE_S)
        self.until_idle()

    def idle(self):
        waited = time.monotonic() - self.last > QUIET_S
        return waited and not self.asked and self.server.quiet(QUIET_S)

    def until_idle(self):
        """Waits until half a second has passed without a request, and the scripts rest."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.page.wait_for_timeout(100)
            if self.idle():
                self.page.evaluate("new Promise(done => requestIdleCallback(done))")
                if self.idle():  # and no script has asked for more
                    return
        raise TimeoutError(f"{self.page.url} was still loading after {PATIENCE_S} s")

    def read_to_the_end(self):
        """Scrolls by half screens, as a reader does, until every figure has started."""
        end = "innerHeight + scrollY >= document.documentElement.scrollHeight - 2"
        while not self.page.evaluate(end):
            self.page.evaluate("scrollBy({ top: innerHeight / 2, behavior: 'instant' })")
            self.page.wait_for_timeout(50)
        number = self.page.locator(FIGURES[self.build]).count()
        expect(self.started()).to_have_count(number, timeout=1000 * PATIENCE_S)
        self.until_idle()

    def started(self):
        """The figures that run."""
        return self.page.locator(STARTED[self.build])
