"""The site without a network: after a visit, after an update, on a slow line, on a home screen."""

import functools
import gzip
import http.server
import json
import os
import re
import shutil
import threading
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import expect

from engine import offline
from tools.testing.page_python import press
from tools.testing.sources import PAGES

CHAPTER = "chapters/entropy.html"
# `ready` alone waits for ever where an install fails.
READY = """Promise.race([
    navigator.serviceWorker.ready,
    new Promise((_, fail) => setTimeout(() => fail(Error("the worker is not installed")), 60_000)),
]).then(() => null)"""
KEYS = "async () => (await (await caches.open((await caches.keys())[0])).keys()).map(r => r.url)"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files; remembers what was asked, and lets a page wait while the line is slow."""

    asked, line = [], threading.Event()

    def do_GET(self):
        Handler.asked.append(self.path)
        if ".html" in self.path:
            Handler.line.wait(60)
        super().do_GET()

    def end_headers(self):
        if "/_static/python/" in self.path:
            self.send_header("Cache-Control", "no-store")  # the browser's own cache is no merit
        super().end_headers()

    def log_message(self, *args):
        pass


class Host:
    """A server under a sub-path, as of a project page, that can go away and come back."""

    def __init__(self, site, folder):
        self.root = folder
        self.site = shutil.copytree(site, folder / "book")
        Handler.line.set()
        self.server = None
        self.start()
        self.url = f"http://127.0.0.1:{self.port}/book/"

    def start(self):
        handler = functools.partial(Handler, directory=str(self.root))
        address = ("127.0.0.1", getattr(self, "port", 0))
        self.server = http.server.ThreadingHTTPServer(address, handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def listed(self):
        """What the worker of this site keeps: path → [hash, version]."""
        worker = (self.site / "sw.js").read_text("utf-8")
        return json.loads(re.search(r"const FILES = (\{.*?\});", worker, re.DOTALL)[1])

    def kept(self):
        """The names of a full cache."""
        return sorted(f"{self.url}{path}?{digest}" for path, (digest, _) in self.listed().items())

    def update(self):
        """Changes a chapter's text and a script, as a new build would."""
        chapter = (self.site / CHAPTER).read_text("utf-8")
        path, version = re.search(
            r'<script [^>]*src="\.\./(_static/[^"?]+)(\?v=\w+)"', chapter
        ).groups()
        script = self.site / path
        news = "\ndocument.documentElement.dataset.build = 'new';\n"
        script.write_text(script.read_text("utf-8") + news, "utf-8")
        for page in self.site.rglob("*.html"):
            text = page.read_text("utf-8").replace(f"{path}{version}", f"{path}?v=new")
            page.write_text(text.replace("<h1>", "<h1>News: "), "utf-8")
        return path


@pytest.fixture
def host(site, tmp_path):
    Handler.asked.clear()
    started = Host(site, tmp_path)
    yield started
    started.stop()
    Handler.line.set()


@pytest.fixture
def visitor(browser, host):
    """A page that has been here before: the worker has all it needs."""
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"exception: {error}"))
    page.goto(f"{host.url}index.html")
    page.evaluate(READY)
    yield page
    context.close()


def built(page):
    """Which build's text and which build's script the page has."""
    text = "new" if page.locator("article h1").text_content().startswith("News: ") else "old"
    page.wait_for_load_state("load")
    return text, page.locator("html").get_attribute("data-build") or "old"


def update(page):
    """Has the browser ask for a new worker, and returns what has become of it."""
    return page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration();
            await registration.update();
            const worker = registration.installing ?? registration.waiting ?? registration.active;
            while (!["activated", "redundant"].includes(worker.state)) {
                await new Promise(next => worker.addEventListener("statechange", next));
            }
            return worker.state;
        }"""
    )


# After a visit


def test_after_one_visit_every_page_works_without_a_network(visitor, host):
    host.stop()
    for name in PAGES:
        visitor.goto(f"{host.url}{name}.html")
        expect(visitor.locator("h1").last).to_be_visible()
        for figure in visitor.locator(".ce-figure").all():
            figure.scroll_into_view_if_needed()
            expect(figure).to_have_class(re.compile("ce-ready"))
        broken = "all => all.filter(img => img.complete && !img.naturalWidth).map(img => img.src)"
        assert visitor.locator("img").evaluate_all(broken) == []
        fonts = "document.fonts.ready.then(all => [...all].filter(f => f.status == 'error').length)"
        assert visitor.evaluate(fonts) == 0


def test_without_a_network_a_figure_moves_and_a_quiz_answers(visitor, host):
    host.stop()
    visitor.goto(host.url)  # the folder alone
    lens = visitor.locator(".ce-figure").first
    lens.get_by_role("slider", name="chance of rain").press("ArrowLeft")
    expect(lens.locator(".ce-says")).to_contain_text("89 % rain")
    visitor.goto(
        f"{host.url}{CHAPTER}?next-letter.text=own&next-letter.own=abc#a-real-text-encoded"
    )
    visitor.locator("[data-figure=next_letter]").scroll_into_view_if_needed()
    text = visitor.get_by_role("textbox", name="your own text")
    expect(text).to_have_value("abc")
    quiz = visitor.locator(".ce-quiz").first
    quiz.get_by_role("radio").first.check()
    expect(quiz.get_by_role("status")).to_have_text(re.compile("^[✓✗]"))


def test_without_a_network_the_search_finds(visitor, host):
    host.stop()
    visitor.goto(f"{host.url}search.html?q=surprise")
    expect(visitor.locator("#search-results li").first).to_be_visible()


def test_a_released_version_in_its_folder_and_the_latest_keep_apart(visitor, host):
    released = host.site / "v0.1.0"
    shutil.copytree(host.site, released)
    for page in released.rglob("*.html"):
        text = page.read_text("utf-8")
        page.write_text(text.replace("<h1>", "<h1>Released: "), "utf-8")
    offline.write_worker(released)
    answer = visitor.goto(f"{host.url}v0.1.0/index.html")
    assert not answer.from_service_worker  # that of the latest leaves it alone
    visitor.evaluate(READY)
    (host.site / "versions.json").write_text('["latest", "v0.1.0"]')
    assert visitor.evaluate("fetch('../versions.json').then(r => r.json())") == ["latest", "v0.1.0"]
    aside = released.rename(host.root / "v0.1.0")  # a build knows nothing of what was released
    host.update()
    offline.write_worker(host.site)
    aside.rename(released)
    visitor.goto(f"{host.url}index.html")
    assert update(visitor) == "activated"
    host.stop()
    for folder, begins in (("", "News: "), ("v0.1.0/", "Released: ")):
        visitor.goto(f"{host.url}{folder}{CHAPTER}")
        expect(visitor.locator("article h1")).to_have_text(re.compile(f"^{begins}"))


def test_what_is_not_of_the_book_is_left_to_the_browser(visitor, host):
    answer = visitor.goto(f"{host.url}chapters/entropy.ipynb?x=1".replace(".ipynb", ".txt"))
    assert answer.status == 404
    assert not answer.from_service_worker
    assert visitor.evaluate("fetch('no/such.js').then(r => r.status)") == 404


@pytest.fixture
def python_run(python_in_page, visitor, host):
    """A function that runs the first cell of the chapter, and says what came of it."""

    def run():
        visitor.goto(f"{host.url}{CHAPTER}")
        return press(visitor.locator(".cell.runs").first, "Run")["said"]

    return run


PARTS = "caches.keys().then(all => all.filter(name => name.startsWith('ce-python ')))"


def test_python_comes_with_the_first_run_and_then_needs_no_network(visitor, host, python_run):
    assert visitor.evaluate(PARTS) == []
    assert not [path for path in Handler.asked if "/_static/python/" in path]
    assert python_run() == "Done, nothing to show."
    host.stop()
    assert python_run() == "Done, nothing to show."


def test_an_update_of_python_replaces_what_was_stored(visitor, host, python_run):
    assert python_run() == "Done, nothing to show."
    (old,) = (host.site / "_static" / "python").iterdir()
    new = old.rename(old.with_name("0" * 12))
    for page in host.site.rglob("*.html"):
        page.write_text(page.read_text("utf-8").replace(old.name, new.name), "utf-8")
    offline.write_worker(host.site)
    assert python_run() == "Done, nothing to show."
    assert visitor.evaluate(PARTS) == [f"ce-python {host.url}_static/python/{new.name}/"]


# After an update


def test_an_update_is_there_at_once_and_old_and_new_never_mix(visitor, host):
    path = host.update()  # the worker and its list are still those of the old build
    visitor.goto(f"{host.url}{CHAPTER}")
    assert built(visitor) == ("new", "new")
    host.stop()
    visitor.goto(f"{host.url}{CHAPTER}")
    assert built(visitor) == ("old", "old")
    assert visitor.evaluate("url => fetch(url).catch(e => 'none')", f"{host.url}{path}?v=new") == (
        "none"  # better no script than that of another build
    )
    host.start()
    offline.write_worker(host.site)
    visitor.evaluate("caches.open('of another site')")
    visitor.goto(f"{host.url}{CHAPTER}")
    assert built(visitor) == ("new", "new")
    assert update(visitor) == "activated"
    assert sorted(visitor.evaluate(KEYS)) == host.kept()  # of the old build nothing is left
    host.stop()
    visitor.goto(f"{host.url}{CHAPTER}")
    assert built(visitor) == ("new", "new")
    assert visitor.evaluate("caches.keys()") == [f"ce-book {host.url}", "of another site"]


def test_an_update_fetches_only_what_has_changed(visitor, host):
    page = host.site / CHAPTER
    page.write_text(page.read_text("utf-8").replace("<h1>", "<h1>News: "), "utf-8")
    offline.write_worker(host.site)
    Handler.asked.clear()
    assert update(visitor) == "activated"
    assert sorted(Handler.asked) == ["/book/chapters/entropy.html", "/book/sw.js"]


def test_an_update_within_a_tick_of_the_server_s_clock_is_fetched(visitor, host):
    page = host.site / CHAPTER
    seen = page.stat().st_mtime_ns  # the server says "not modified" as long as this stays
    page.write_text(page.read_text("utf-8").replace("<h1>", "<h1>News: "), "utf-8")
    os.utime(page, ns=(seen, seen))
    offline.write_worker(host.site)
    assert update(visitor) == "activated"
    host.stop()
    visitor.goto(f"{host.url}{CHAPTER}")
    assert built(visitor) == ("new", "old")


def test_files_of_another_build_than_the_list_are_refused(visitor, host):
    host.update()
    offline.write_worker(host.site)
    before = visitor.evaluate(KEYS)
    page = host.site / "search.html"  # a server that is in the middle of an update
    page.write_text(page.read_text("utf-8") + "<!-- later -->", "utf-8")
    assert update(visitor) == "redundant"
    assert set(before) <= set(visitor.evaluate(KEYS))
    host.stop()
    visitor.goto(f"{host.url}{CHAPTER}")
    assert built(visitor) == ("old", "old")


# On a slow line, a careful one, a failing server


def test_a_line_that_does_not_answer_gives_way_to_what_is_stored(visitor, host):
    Handler.line.clear()
    visitor.goto(f"{host.url}{CHAPTER}", timeout=20_000)
    expect(visitor.locator("h1").last).to_be_visible()


def test_a_server_that_fails_gives_way_to_what_is_stored(visitor, host, monkeypatch):
    monkeypatch.setattr(Handler, "do_GET", lambda self: self.send_error(503))
    assert visitor.goto(f"{host.url}{CHAPTER}").status == 200


@pytest.mark.parametrize("save", [True, False], ids=["saves-data", "does-not"])
def test_a_reader_who_saves_data_is_sent_nothing_in_the_background(browser, host, save):
    context = browser.new_context()
    page = context.new_page()
    connection = f"Object.defineProperty(navigator.connection, 'saveData', {{get: () => {save}}});"
    page.add_init_script(
        connection.replace("True", "true").replace("False", "false")
        + "window.calls = []; ServiceWorkerContainer.prototype.register ="
        + " function (url) { calls.push(String(url)); return Promise.reject(); };"
    )
    page.goto(f"{host.url}{CHAPTER}")
    page.evaluate("new Promise((done) => requestIdleCallback(done))")  # what waits for load has run
    assert page.evaluate("calls") == ([] if save else [f"{host.url}sw.js"])
    context.close()


# What is kept, and how it is installed


def test_the_worker_keeps_the_pages_and_what_they_load_and_nothing_else(host):
    kept = host.listed()
    assert {f"{name}.html" for name in PAGES} < set(kept)
    kinds = {".html", ".js", ".css", ".json", ".webmanifest", ".svg", ".png", ".woff2"}
    assert {Path(path).suffix for path in kept} <= kinds
    assert not [path for path in kept if path == "sw.js" or path.startswith("_static/cards")]
    assert all((host.site / path).is_file() for path in kept)


def test_all_that_is_fetched_in_the_background_is_light(host):
    total = sum(len(gzip.compress((host.site / path).read_bytes())) for path in host.listed())
    assert total <= 1_300_000  # the whole book, each figure drawn for three screens


def test_chromium_would_install_the_book(browser, host, tmp_path):
    chromium = browser.browser_type
    options = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
    context = chromium.launch_persistent_context(str(tmp_path / "profile"), **options)
    page = context.pages[0]
    page.goto(f"{host.url}{CHAPTER}")
    page.evaluate(READY)
    session = context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{host.url}site.webmanifest"
    assert manifest["manifest"]["startUrl"] == manifest["manifest"]["scope"] == host.url
    assert session.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    context.close()


@pytest.mark.parametrize("size", [192, 512])
def test_the_icon_is_the_favicon(page, site, site_url, size, tmp_path):
    page.set_viewport_size({"width": size, "height": size})
    page.goto(f"{site_url}_static/favicon.svg")
    page.screenshot(path=tmp_path / "svg.png", omit_background=True)
    seen = Image.open(tmp_path / "svg.png").convert("RGBA")
    icon = Image.open(site / "_static" / f"icon-{size}.png").convert("RGBA")
    assert icon.size == seen.size
    apart = ImageChops.difference(
        *(
            Image.alpha_composite(Image.new("RGBA", i.size, "gray"), i).convert("RGB")
            for i in (seen, icon)
        )
    )
    assert max(ImageStat.Stat(apart).mean) < 1  # of 255: edges are smoothed in two ways
