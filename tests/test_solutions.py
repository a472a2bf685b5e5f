"""Solutions: on the page under a fold, nowhere else, and not there where a course is graded."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from sphinx.search.en import SearchEnglish

SHOWN_LATER = ".solution, .ce-quiz > details"


def words(text):
    return set(re.findall(r"[a-z]{6,}", text.lower()))


@pytest.fixture(scope="module")
def pages(site):
    """Of each chapter with exercises: the words that only its solutions have, and the others."""
    found = {}
    for path in sorted((site / "chapters").glob("*.html")):
        article = BeautifulSoup(path.read_text("utf-8"), "html.parser").article
        folded = [fold.extract() for fold in article.select(SHOWN_LATER)]
        if any("solution" in fold.get("class", []) for fold in folded):
            elsewhere = words(article.get_text())
            inside = words(" ".join(fold.get_text() for fold in folded))
            found[f"chapters/{path.stem}"] = inside - elsewhere
    assert len(found) >= 6
    return found


def test_the_search_knows_no_word_that_only_solutions_have(site, pages):
    stem = SearchEnglish({}).stem
    source = (site / "searchindex.js").read_text("utf-8")
    index = json.loads(source[source.index("(") + 1 : source.rindex(")")])
    places = {
        term: [index["docnames"][i] for i in ([at] if isinstance(at, int) else at)]
        for part in ("terms", "titleterms")
        for term, at in index[part].items()
    }
    assert sum(map(len, pages.values())) > 100
    for page, only in pages.items():
        article = BeautifulSoup((site / f"{page}.html").read_text("utf-8"), "html.parser").article
        for fold in article.select(SHOWN_LATER):
            fold.extract()
        known = {stem(word) for word in re.findall(r"\w+", article.get_text().lower())}
        hidden = {stem(word) for word in only} - known
        assert [word for word in hidden if page in places.get(word, [])] == []


def test_nothing_that_a_reader_can_take_away_has_a_solution(site):
    taken = [
        path
        for path in site.rglob("*")
        if path.suffix in (".ipynb", ".md", ".txt", ".rst") and path.is_file()
    ]
    assert any(path.suffix == ".ipynb" for path in taken)
    for path in taken:
        text = path.read_text("utf-8", "replace")
        assert "{solution}" not in text, path
        assert "assert ce.check(" not in text, path


def test_a_site_for_a_graded_course_has_no_solutions(book, build, tmp_path):
    import shutil

    course = tmp_path / "course"
    shutil.copytree(book, course, ignore=shutil.ignore_patterns("html", ".doctrees"))
    built = build(course, CE_SOLUTIONS="0")
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    made = course / "_build" / "html" / "chapters"
    page = BeautifulSoup((made / "binary-cross-entropy.html").read_text("utf-8"), "html.parser")
    assert page.select(".solution") == []
    assert page.select(".exercise")
