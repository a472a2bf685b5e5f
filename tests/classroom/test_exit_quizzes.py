"""The exit quizzes ask what the pages ask, and mark the same option as right."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from tools.classroom import exit_quizzes
from tools.classroom.__main__ import with_exercises

QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
every_chapter = pytest.mark.parametrize("chapter", [c.name for c in with_exercises()])


def words(html):
    """The words of a text outside its formulas."""
    soup = BeautifulSoup(html, "html.parser")
    for formula in soup.select("img, .math, a"):
        formula.extract()
    text = re.sub(r"\\\(.*?\\\)", " ", soup.get_text().translate(str.maketrans("’", "'")))
    return re.findall(r"[a-zA-Z]{3,}", text)


def on_the_page(site, chapter):
    """Of each quiz of a built page: the question; of each option, whether right, and the words."""
    page = BeautifulSoup((site / "chapters" / f"{chapter}.html").read_text("utf-8"), "html.parser")
    for quiz in page.select(".ce-quiz"):
        *options, answers = (fold.find_all("li", recursive=False) for fold in quiz.select("ol"))
        options = options[0] if options else [""] * len(answers)  # of numbers the page has no list
        yield (
            words(str(quiz.p)),
            [
                (said.get_text().strip().startswith("✓"), words(str(option)), words(str(said)))
                for option, said in zip(options, answers, strict=True)
            ],
        )


@every_chapter
def test_moodle_gets_the_quizzes_of_the_page(kit, site, chapter):
    quiz = ElementTree.parse(kit / "quizzes" / f"{chapter}.xml").getroot()
    asked = [one for one in quiz.findall("question") if one.get("type") != "category"]
    want = list(on_the_page(site, chapter))
    assert len(asked) == len(want) >= 4
    for question, (text, options) in zip(asked, want, strict=True):
        assert words(question.findtext("questiontext/text"))[: len(text)] == text
        answers = question.findall("answer")
        got = [
            (
                a.get("fraction") == "100",
                words(a.findtext("text")),
                words(a.findtext("feedback/text")),
            )
            for a in answers
        ]
        assert [g[:2] for g in got] == [o[:2] for o in options]
        for (*_, said), (*_, shown) in zip(got, options, strict=True):
            assert said
            assert said == shown
        everything = "".join(question.itertext())
        assert not re.search(r"\$|\]\(#|:::", everything)


@pytest.mark.weekly
@every_chapter
def test_canvas_gets_the_quizzes_of_the_page(otter_kit, site, chapter):
    with zipfile.ZipFile(otter_kit / "quizzes" / f"{chapter}.zip") as made:
        names = made.namelist()
        ElementTree.fromstring(made.read("imsmanifest.xml"))
        inside = next(n for n in names if Path(n).name.startswith("text2qti_assessment_"))
        items = list(ElementTree.fromstring(made.read(inside)).iter(f"{QTI}item"))
    want = list(on_the_page(site, chapter))
    assert len(items) == len(want)
    for item, (text, options) in zip(items, want, strict=True):
        assert words(item.findtext(f".//{QTI}mattext"))[: len(text)] == text
        if item.find(f".//{QTI}vargte") is not None:  # a number, which has no options
            continue
        labels = item.findall(f".//{QTI}response_label")
        assert [words(one.findtext(f".//{QTI}mattext")) for one in labels] == [
            o[1] for o in options
        ]
        right = [
            condition.findtext(f".//{QTI}varequal")
            for condition in item.iter(f"{QTI}respcondition")
            if condition.findtext(f"{QTI}setvar") == "100"
        ]
        ids = [one.get("ident") for one in labels]
        assert [ids.index(one) for one in right] == [[o[0] for o in options].index(True)]
        said = {one.get("ident"): one for one in item.iter(f"{QTI}itemfeedback")}
        for ident, (*_, shown) in zip(ids, options, strict=True):
            assert words(said[f"{ident}_fb"].findtext(f".//{QTI}mattext")) == shown


def test_what_a_platform_cannot_show_is_refused(tmp_path):
    page = tmp_path / "x.md"
    for text, said in (
        ("One?\n\n✓ {glue:text}`x`\n: Yes.\n\nno\n: No.\n", "must not use a role"),
        ("One?\n\nyes\n: Yes.\n\nno\n: No.\n", "has two options or more, and one that begins"),
        ("One?\n\n✓ yes\n: Yes.\n\nno\n: No.\n\nWhy?\n", "ends with its options, got Why?"),
    ):
        page.write_text(f":::{{quiz}} one\n{text}:::\n", "utf-8")
        with pytest.raises(ValueError, match=re.escape(f"quiz one {said}")):
            list(exit_quizzes.questions(page))
