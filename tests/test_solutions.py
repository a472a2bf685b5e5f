"""Solutions: on the page under a fold, nowhere else, and not there where a course is graded."""

import shutil

from bs4 import BeautifulSoup


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
    course = tmp_path / "course"
    made = shutil.ignore_patterns("html", ".doctrees", "class", "pdf")
    shutil.copytree(book, course, ignore=made)
    built = build(course, CE_SOLUTIONS="0")
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    made = course / "_build" / "html"
    chapter = (made / "chapters" / "binary-cross-entropy.html").read_text("utf-8")
    page = BeautifulSoup(chapter, "html.parser")
    assert page.select(".solution") == []
    assert page.select(".exercise")
    sections = "_static/search-sections.js"
    assert (made / sections).read_bytes() == (book / "_build/html" / sections).read_bytes()
