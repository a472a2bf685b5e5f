"""The book on paper: its numbers, contents, key and links; nothing past the page's edge."""

import re
import subprocess
import sys
from copy import copy
from itertools import pairwise
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from tools.testing.sources import PAGES, TITLE, TOC

ANSWERS = ".solution, .ce-quiz > details, .ce-prediction > details"
FOOT = 90  # points above the edge: the margin, and a line after the heading


@pytest.fixture(scope="module")
def printed(book, once):
    """The folder of the book, with its PDF."""

    def make():
        made = subprocess.run(
            [sys.executable, "-m", "tools.pdf"],
            cwd=book,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert made.returncode == 0, made.stdout + made.stderr

    once("pdf", make)
    return book / "_build"


@pytest.fixture(scope="module")
def pdf(printed):
    return PdfReader(printed / "book.pdf")


@pytest.fixture(scope="module")
def document(printed):
    """The HTML that was printed."""
    html = (printed / "pdf" / "book.html").read_text("utf-8")
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def texts(pdf):
    """The text of each page without its spaces."""
    return [squeezed(page.extract_text()) for page in pdf.pages]


@pytest.fixture(scope="module")
def headings(pdf):
    """Of each entry of the outline its level, its title, its page and how high it stands there."""

    def read(entries, level):
        for entry in entries:
            if isinstance(entry, list):
                yield from read(entry, level + 1)
            else:
                number = pdf.get_destination_page_number(entry) + 1
                yield level, squeezed(entry.title), number, float(entry.top)

    return list(read(pdf.outline, 1))


def squeezed(text):
    return re.sub(r"\s+", "", text)


def plain_words(element):
    """The longest stretch of an element's text without a formula, a link or a new line."""
    element = copy(element)
    for other in element.select("a, summary, .katex, .admonition-title"):
        other.replace_with("|")
    for line in element.select("li, p, pre"):
        line.append("|")
    return max(squeezed(element.get_text()).split("|"), key=len)


@pytest.fixture(scope="module")
def articles(site):
    """The article of each page of the site."""
    return [
        BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser").article
        for name in PAGES
    ]


def title_of(article):
    return squeezed(article.h1.get_text().removesuffix("#"))


def test_the_outline_has_every_chapter_and_then_the_key(headings, articles):
    chapters = [title for level, title, _, _ in headings if level == 1]
    assert chapters == ["Contents", *map(title_of, articles), "Exercisekey"]


def test_the_table_of_contents_says_the_page_of_every_chapter_and_section(pdf, headings):
    first = next(number for _, title, number, _ in headings if title != "Contents")
    contents = [page.extract_text() for page in pdf.pages[1 : first - 1]]
    lines = [re.fullmatch(r"(.+) (\d+)", line) for page in contents for line in page.splitlines()]
    said = [(squeezed(line[1]), int(line[2])) for line in lines if line]
    assert said == [(title, page) for level, title, page, _ in headings[1:] if level <= 2]


def test_each_page_but_the_first_has_its_number_and_the_title_of_its_chapter(texts, headings):
    chapters = [(title, page) for level, title, page, _ in headings if level == 1]
    chapters.append(("", len(texts) + 1))
    assert len(texts) > 60
    for (title, first), (_, after) in pairwise(chapters):
        for number in range(first, after):
            running = "" if title == "Contents" else title
            assert texts[number - 1].startswith(f"{number}{running}"), number
            assert len(texts[number - 1]) > len(f"{number}{running}"), f"{number} is blank"


def test_no_heading_is_stranded_at_the_foot_of_a_page(headings):
    assert [heading for heading in headings if heading[3] < FOOT] == []


def test_the_key_has_every_answer_once_and_the_chapters_have_none(
    texts, headings, articles, document
):
    start = next(page for _, title, page, _ in headings if title == "Exercisekey")
    key = "".join(t.removeprefix(f"{n}Exercisekey") for n, t in enumerate(texts, 1) if n >= start)
    chapters = "".join(texts[: start - 1])
    answers = [answer for article in articles for answer in article.select(ANSWERS)]
    telling = [w[:40] for w in map(plain_words, answers) if len(w) > 12]  # few are formulas only
    assert len(telling) > 60
    assert [w for w in telling if (key.count(w), chapters.count(w)) != (1, 0)] == []
    assert len(document.select("#key > .answer")) == len(answers)
    assert document.select(".chapter:not(#key) :is(.answer, .solution, details)") == []


def test_each_question_says_where_its_answer_is_and_the_answer_where_its_question(document):
    for answer in document.select("#key .answer"):
        question = document.find(id=answer.h3.a["href"][1:])
        assert question.select_one(".to-key")["href"] == f"#{answer.h3['id']}"
        assert answer.h3.a.get_text() in question.get_text()
    assert len(document.select("#key .answer")) == len(document.select(".to-key"))


def test_every_link_leads_to_one_place_in_the_book_or_shows_its_address(pdf, document):
    ids = [element["id"] for element in document.select("[id]")]
    assert len(ids) == len(set(ids))
    for link in document.select("a[href]"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids
        else:
            shown = link.get_text().replace("doi:", "https://doi.org/")
            assert unquote(link["href"]) in shown
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    outside = [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]
    assert [address for address in outside if not re.match("https?:", address)] == []
    assert {note["/Dest"] for note in notes if "/Dest" in note} <= set(pdf.named_destinations)


def test_the_file_says_its_title_and_language_is_tagged_and_does_not_know_the_time(pdf):
    root = pdf.trailer["/Root"]
    assert pdf.metadata.title == TITLE
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.creation_date is None  # the copy is in no repository


def test_nothing_runs_out_of_the_page(browser, printed):
    page = browser.new_page(viewport={"width": 635, "height": 900})  # 210 mm less the margins
    page.emulate_media(media="print")
    page.goto((printed / "pdf" / "book.html").as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    outside = page.evaluate("""() => {
      const range = document.createRange();
      const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const boxes = document.querySelectorAll("img, svg:not(.katex svg, svg svg), table, pre");
      const wide = [...boxes]
        .filter((box) => box.getBoundingClientRect().right > innerWidth + 1)
        .map((box) => box.outerHTML.slice(0, 80));
      while (nodes.nextNode()) {
        range.selectNodeContents(nodes.currentNode);
        if ([...range.getClientRects()].some((box) => box.right > innerWidth + 1))
          wide.push(nodes.currentNode.data);
      }
      return wide;
    }""")
    page.close()
    assert outside == []


def test_a_book_without_solutions_says_so(site, tmp_path, monkeypatch):
    from tools.pdf.document import WITHOUT_SOLUTIONS, whole_book

    for name in PAGES:
        soup = BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for solution in soup.select(".solution"):
            solution.decompose()
        page = tmp_path / f"{name}.html"
        page.parent.mkdir(exist_ok=True)
        page.write_text(str(soup), "utf-8")
    about = {"title": "T", "author": "A", "version": "1", "date": "", "licence": "L"}
    key = BeautifulSoup(whole_book(tmp_path, TOC, about), "html.parser").find(id="key")
    assert WITHOUT_SOLUTIONS in key.get_text()
    assert key.find(string=re.compile("^Quiz")) and not key.find(string=re.compile("^Exercise 1"))
