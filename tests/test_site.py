"""The built site: every page, by itself, without scripts, on a phone; its buttons; its failures."""

import re
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from tools.testing.browser import every_page
from tools.testing.sources import CHAPTERS, PAGES, ROOT
from tools.testing.visits import every_visit

STRANGERS = r"MathJax|mathjax[@./]|require\.?js|html-manager|thebe|THEBE|widget-state|jsdelivr"


def article(site, name):
    html = (site / f"{name}.html").read_text("utf-8")
    return BeautifulSoup(html, "html.parser").article


# Each page


@every_visit
def test_a_page_loads_from_this_site_alone_and_without_an_error(visit, name, screen):
    seen = visit(name, screen)
    assert seen["wrong"] == []
    assert seen["asleep"] == []  # each figure has started
    assert (seen["headings"], seen["language"]) == (1, "en")


@every_visit
def test_a_page_never_scrolls_sideways(visit, name, screen):
    for width, needed in visit(name, screen)["widths"].items():
        assert needed <= int(width)


@every_page
def test_a_page_loads_nothing_from_another_host_and_no_stranger(site, name):
    html = (site / f"{name}.html").read_text("utf-8")
    loads = re.findall(r"<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=\"([^\"]*)\"", html)
    assert [address for address in loads if re.match(r"(https?:)?//", address)] == []
    parts = re.findall(r"<script.*?</script>|<link\b[^>]*>", html, re.DOTALL)
    assert re.findall(STRANGERS, "".join(parts)) == []  # the text may speak of them


@every_page
def test_maths_is_printed_before_the_page_arrives(site, name):
    text = article(site, name)
    source = (ROOT / f"{name}.md").read_text("utf-8")
    if re.search(r"^[^`]*\$[^`$]+\$", source, re.MULTILINE):
        assert text.select(".katex")
    assert text.select(".katex-error") == []
    for formula in text.select(".math"):
        assert len(formula.select(".katex")) == 1
    for part in text.select("pre, code, .katex, .ce-figure, script"):
        part.decompose()
    assert re.findall(r"\$|\\[(\[]|\\frac|\\log", text.get_text()) == []


@every_page
def test_a_page_has_one_search_field_which_leads_to_the_search(site, name):
    page = BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
    (field,) = page.select("input[type=search]")
    form = field.find_parent("form")
    assert field["name"] == "q"
    assert ((site / f"{name}.html").parent / form["action"]).resolve() == site / "search.html"


@pytest.mark.parametrize("name", ["index", "chapters/entropy"])
def test_the_keyboard_alone_searches(page, name):
    page.goto(f"{name}.html")
    page.keyboard.press("Control+k")
    field = page.locator("input[type=search]")
    expect(field).to_be_focused()
    field.fill("surprise")
    field.press("Enter")
    expect(page.locator("#search-results li").first).to_be_visible()


@every_page
def test_without_scripts_text_maths_code_and_pictures_are_there(open_page, name):
    page = open_page(java_script_enabled=False)
    page.goto(f"{name}.html")
    expect(page.locator("article h1")).to_be_visible()
    if page.locator(".katex").count():
        expect(page.locator(".katex:not(details *)").first).to_be_visible()
    for still in page.locator(".ce-still").all():
        expect(still.locator("svg, legend").locator("visible=true").first).to_be_visible()
    if page.locator("div.cell_output pre").count():
        expect(page.locator("div.cell_output pre").first).to_be_visible()


def test_wide_equations_scroll_inside_their_box(open_page):
    page = open_page(viewport={"width": 360, "height": 800})
    wide = 0
    for name in CHAPTERS:
        page.goto(f"{name}.html")
        for box in page.locator("div.math .katex-display").all():
            inner, shown = box.evaluate("e => [e.scrollWidth, e.clientWidth]")
            if inner > shown:
                wide += 1
                assert box.evaluate("e => getComputedStyle(e).overflowX") == "auto"
    assert wide > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_system_and_its_text_stands_out(open_page, scheme):
    page = open_page(color_scheme=scheme)
    page.goto("index.html")
    style = "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    text, ground = page.locator("article p").first.evaluate(style)

    def brightness(colour):
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    assert (brightness(ground) > brightness(text)) == (scheme == "light")
    assert abs(brightness(ground) - brightness(text)) > 400


def test_the_site_holds_the_wheel_of_the_library(site):
    wheels = list((site / "_static").glob("ce_lib-*.whl"))
    assert len(wheels) == 1


def test_the_site_has_no_page_that_the_book_does_not_list(site):
    pages = {str(file.relative_to(site).with_suffix("")) for file in site.rglob("*.html")}
    extra = {name for name in pages if not name.startswith("_static")} - set(PAGES)
    assert extra <= {"search"}


# Small books, to see the engine itself


def test_a_failing_cell_fails_this_build_and_the_next_until_it_is_repaired(small_book, build):
    book = small_book(code="1 / 0")
    for attempt in ("clean", "incremental"):
        built = build(book)
        assert built.returncode != 0, attempt
        assert "ZeroDivisionError" in built.stdout + built.stderr, attempt
    small_book(code="1 / 1")
    assert build(book).returncode == 0


def test_a_reference_a_formula_and_a_picture_that_are_wrong_are_named(small_book, build):
    mistakes = ["{ref}`nowhere`", "{cite:t}`nobody1900`", "$\\mispelled{x}$", "![](nothing.png)"]
    book = small_book(text=" and ".join(mistakes))
    built = build(book)
    assert built.returncode != 0
    for named in ("nowhere", "nobody1900", "mispelled", "nothing.png"):
        assert named in built.stderr, named


def test_a_change_of_the_library_reaches_the_outputs(small_book, build):
    book = small_book(code="import ce_lib\nprint(ce_lib.__doc__.splitlines()[0])")
    assert build(book).returncode == 0
    init = book / "ce_lib" / "__init__.py"
    init.write_text(init.read_text("utf-8").replace('"""', '"""Fresh. ', 1), "utf-8")
    assert build(book).returncode == 0
    assert "Fresh. " in (book / "_build" / "html" / "chapters" / "one.html").read_text("utf-8")


def buttons(book):
    """The addresses outside the site that the frame of the chapter's page leads to."""
    html = (book / "_build" / "html" / "chapters" / "one.html").read_text("utf-8")
    parts = re.findall(r'<header class="opening">.*?</header>|<footer.*?</footer>', html, re.DOTALL)
    return re.findall(r'href="(https?://[^"]*)"', "".join(parts))


def test_where_no_repository_is_known_there_is_no_button(small_book, build, site):
    book = small_book()
    assert build(book).returncode == 0
    assert buttons(book) == []
    for name in PAGES:
        html = (site / f"{name}.html").read_text("utf-8")
        assert "Open in Colab</a>" not in html, name
        assert "Repository</a>" not in html, name


def test_the_repository_setting_feeds_every_button(small_book, build):
    book = small_book()
    built = build(book, CE_REPOSITORY="https://github.com/a-teacher/my-book")
    assert built.returncode == 0, built.stderr
    home = "https://github.com/a-teacher/my-book"
    links = buttons(book)
    colab = "https://colab.research.google.com/github/a-teacher/my-book"
    assert f"{colab}/blob/gh-pages/chapters/one.ipynb" in links
    assert home in links
    assert [link for link in links if not link.startswith((home, colab))] == []
    html = book / "_build" / "html"
    assert "colab.research" not in (html / "index.html").read_text("utf-8")  # it has no notebook
    notebooks = [file.relative_to(html).as_posix() for file in html.rglob("*.ipynb")]
    assert notebooks == ["chapters/one.ipynb"]  # the twin, not what was executed


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/a-teacher/my-book.git", "https://github.com/a-teacher/my-book"),
        ("https://github.com/a-teacher/my-book/", "https://github.com/a-teacher/my-book"),
        ("https://me:token@github.com/a-teacher/my.book", "https://github.com/a-teacher/my.book"),
        ("git@github.com:a-teacher/my-book.git", "https://github.com/a-teacher/my-book"),
        ("ssh://git@gitlab.com:22/a-teacher/my-book.git", "https://gitlab.com/a-teacher/my-book"),
        ("ssh://git@ssh.github.com:443/me/my-book.git", "https://github.com/me/my-book"),
        ("git@github.com-work:a-teacher/my-book.git", ""),
        ("https://gitlab.my-school.edu/me/my-book", "https://gitlab.my-school.edu/me/my-book"),
        ("/srv/books/my-book", ""),
        ("../my-book.git", ""),
        ("C:\\books\\my-book", ""),
        ("file:///srv/books/my-book.git", ""),
        ("https://forge.example.org/a-teacher/my-book", ""),
        ("", ""),
    ],
    ids=[
        "git",
        "slash",
        "token",
        "scp",
        "ssh",
        "ssh-on-443",
        "alias",
        "own-forge",
        "path",
        "relative",
        "windows",
        "file",
        "forge",
        "none",
    ],
)
def test_a_remote_is_a_repository_only_where_it_is_on_a_forge(monkeypatch, remote, address):
    from engine import repository

    monkeypatch.setenv("CE_REPOSITORY", remote)
    monkeypatch.setattr(repository, "ROOT", Path(sys.prefix).anchor)  # a folder without a remote
    assert repository.address("") == address
