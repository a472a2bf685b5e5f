"""The worksheets: variants that differ, a key with all of them, the same bytes each time."""

import re
import subprocess
import sys
from itertools import chain

import numpy as np
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from engine import ROOT
from engine.chapters import CHAPTERS
from tools.classroom import __main__ as program
from tools.classroom import worksheets
from tools.classroom.questions import QUESTIONS
from tools.pdf.printer import reproducible

OF_KEY = {chapter.key: chapter for chapter in CHAPTERS}
ENTROPY, STABILITY = OF_KEY["entropy"], OF_KEY["stability"]
every_chapter = pytest.mark.parametrize(
    "chapter", program.with_exercises(), ids=lambda chapter: chapter.key
)


def test_there_is_one_for_each_chapter():
    assert QUESTIONS.keys() == {chapter.key for chapter in program.with_exercises()}


@every_chapter
def test_no_two_variants_have_the_same_answers_to_a_question(chapter):
    for seed in range(20):
        for answers in zip(*worksheets.draw(chapter, 6, seed), strict=True):
            assert len({question.answer for question in answers}) == 6
            assert len({question.ask for question in answers}) == 6


@every_chapter
def test_there_is_a_variant_for_each_letter(chapter):
    assert len(worksheets.draw(chapter, len(worksheets.LETTERS), 1)) == 26


def test_a_question_with_too_few_answers_is_named(monkeypatch):
    (one, *_) = QUESTIONS["entropy"]

    def always_the_same(rng):
        return one(np.random.default_rng(0))

    monkeypatch.setitem(QUESTIONS, "entropy", [always_the_same])
    with pytest.raises(ValueError, match="always_the_same must have 2 variants, got 1"):
        worksheets.draw(ENTROPY, 2, 1)


@every_chapter
def test_a_seed_gives_the_same_sheets_and_another_one_others(chapter):
    four, six, other = (worksheets.draw(chapter, n, s) for n, s in ((4, 1), (6, 1), (4, 2)))
    asks = [[question.ask for question in variant] for variant in six]
    assert [[question.ask for question in variant] for variant in four] == asks[:4]
    known = set(chain(*asks))
    for variant in other:  # few numbers are decent: some come again, a sheet does not
        assert sum(question.ask in known for question in variant) <= 2


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder of all sheets as HTML, made where no Chromium can print them."""
    folder = tmp_path_factory.mktemp("sheets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CE_CHROMIUM", str(folder / "none"))
        assert not worksheets.write(folder, program.with_exercises(), 2, 1)
    return folder / "html"


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The folder of one chapter's sheets, printed."""
    folder = tmp_path_factory.mktemp("printed")
    assert worksheets.write(folder, [STABILITY], 3, 1)
    return folder


def read(page):
    return BeautifulSoup(page.read_text("utf-8"), "html.parser")


def test_without_a_chromium_there_are_pages_and_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CE_CHROMIUM", str(tmp_path / "none"))
    monkeypatch.setattr(program, "KIT", tmp_path)
    own = ENTROPY._replace(name="of-my-own", key="of-my-own")
    monkeypatch.setattr(program, "with_exercises", lambda: [own, ENTROPY])
    (tmp_path / "worksheets").mkdir()
    (tmp_path / "worksheets" / "entropy.pdf").write_bytes(b"of another seed")
    program.worksheets("1", "1")
    said = capsys.readouterr().out
    assert said.startswith("No Chromium was found to print the worksheets: they are in ")
    assert said.count("\n") == 1
    assert {p.name for p in (tmp_path / "worksheets").iterdir()} == {"html"}
    made = {p.name for p in (tmp_path / "worksheets" / "html").glob("*.html")}
    assert made == {"entropy.html", "entropy-key.html"}
    sheet = read(tmp_path / "worksheets" / "html" / "entropy.html")
    assert sheet.h1.get_text().startswith("1 Entropy")


def test_a_page_needs_nothing_outside_its_folder(pages):
    made = sorted(pages.glob("*.html"))
    assert len(made) == 12
    for page in made:
        soup = read(page)
        assert not soup.select("script, [src]")
        (link,) = soup.select("[href]")
        css = pages / link["href"]
        fonts = re.findall(r"url\((fonts/[^)]+\.woff2)\)", css.read_text("utf-8"))
        assert fonts and all((css.parent / font).exists() for font in fonts)


def test_outside_its_formulas_a_page_is_plain_words(pages):
    for page in pages.glob("*.html"):
        soup = read(page)
        for element in soup.select(".katex, code"):
            element.decompose()
        left = re.search(r"[$\\{}`*_]|None|\d\.\d{4}", soup.body.get_text())
        assert not left, (page.name, left)


@every_chapter
def test_a_sheet_has_the_questions_and_its_key_the_answers(pages, chapter):
    def formulas(*texts):
        return [" ".join(tex.split()) for tex in re.findall(r"\$([^$]+)\$", " ".join(texts))]

    sheet, key = (
        [
            " ".join(m["aria-label"].split())
            for m in read(pages / f"{chapter.name}{kind}.html").select(".katex")
        ]
        for kind in ("", "-key")
    )
    variants = worksheets.draw(chapter, 2, 1)
    asks = [[worksheets.RULES, *(q.ask for q in variant)] for variant in variants]
    assert sheet == formulas(*chain(*asks))
    every = list(chain(*variants))
    assert key == formulas(*(q.answer for q in every), *(q.steps for q in every))


def test_a_formula_that_cannot_be_read_stops_the_sheets():
    with pytest.raises(ValueError, match="a formula: KaTeX parse error"):
        worksheets.html(r"$\frac{1$")


def test_on_paper_each_variant_is_a_leaf(printed):
    pdf = PdfReader(printed / f"{STABILITY.name}.pdf")
    texts = [" ".join(page.extract_text().split()) for page in pdf.pages]
    assert len(texts) == 6
    for at, text in enumerate(texts):
        assert f"Variant {'ABC'[at // 2]}, page {at % 2 + 1} of 2" in text
        assert ("Name" in text) == (at % 2 == 0)
        assert re.findall(r"Question (\d)", text) == [["1", "2"], ["3", "4", "5"]][at % 2]
    assert "A student wrote" in texts[1]
    (width, height) = pdf.pages[0].mediabox[2:]
    assert (round(width), round(height)) == (595, 842)


def test_the_key_on_paper_has_every_answer(printed):
    text = "".join(p.extract_text() for p in PdfReader(printed / f"{STABILITY.name}-key.pdf").pages)
    text = re.sub(r"\s", "", text).replace("−", "-")
    assert "seed1." in text
    for letter, variant in zip("ABC", worksheets.draw(STABILITY, 3, 1), strict=True):
        assert f"Variant{letter}" in text
        for question in variant:
            for number in re.findall(r"\d+\.\d+", question.answer):
                assert number in text


@pytest.mark.parametrize("name", [STABILITY.name, f"{STABILITY.name}-key"])
def test_a_reader_of_the_pdf_hears_its_headings_and_formulas(printed, name):
    pdf = PdfReader(printed / f"{name}.pdf")
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en"
    kinds, spoken, waiting = [], [], [root["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, dict):
            kinds.append(element.get("/S"))
            spoken += [element["/Alt"]] if "/Alt" in element else []
            inside = element.get("/K", [])
            waiting += inside if isinstance(inside, list) else [inside]
    assert {"/H1", "/H2", "/P"} <= set(kinds)
    assert ("/Table" in kinds) == name.endswith("-key")
    assert len(spoken) == len(read(printed / "html" / f"{name}.html").select(".katex"))


def test_a_seed_gives_the_same_bytes(printed, tmp_path):
    worksheets.write(tmp_path, [STABILITY], 3, 1)
    for path in printed.rglob("*.*"):
        assert (tmp_path / path.relative_to(printed)).read_bytes() == path.read_bytes(), path.name


def test_what_a_browser_counts_while_it_runs_is_not_in_the_bytes():
    heads = b"<</ID (node%08d)>> <</ID (node%08d)>> <</ID (node%08d)>> /Headers [(node%08d)]"
    tree = b" <</Limits [(node%08d) (node%08d)]\n/Names [%s]>>"
    prints = []
    for year, (one, two, three) in ((2026, (7, 8, 9)), (2027, (1013, 999, 1015))):
        names = sorted([(one, 25), (two, 4), (three, 107)])
        entries = b" ".join(b"(node%08d) %d 0 R" % name for name in names)
        prints.append(
            b"/CreationDate (D:%d0102030405+00'00') " % year
            + heads % (one, two, three, two)
            + tree % (names[0][0], names[-1][0], entries)
        )
    first, second = map(reproducible, prints)
    assert first == second
    assert len(first) == len(prints[0])  # a PDF says at which byte its parts begin
    entries = b"(node00000000) 25 0 R (node00000001) 4 0 R (node00000002) 107 0 R"
    assert first.endswith(b"[(node00000001)]" + tree % (0, 2, entries))


@pytest.mark.parametrize(
    "variants, seed, said",
    [
        ("0", "1", "VARIANTS must be a whole number from 1 to 26, got 0"),
        ("27", "1", "VARIANTS must be a whole number from 1 to 26, got 27"),
        ("four", "1", "VARIANTS must be a whole number from 1 to 26, got four"),
        ("4", "x", "SEED must be a whole number from 0 to 1000000000, got x"),
        ("4", "-1", "SEED must be a whole number from 0 to 1000000000, got -1"),
    ],
)
def test_a_wrong_number_is_one_sentence(variants, seed, said):
    command = [sys.executable, "-m", "tools.classroom", "worksheets"]
    ran = subprocess.run(
        [*command, "--variants", variants, "--seed", seed],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert (ran.returncode, ran.stderr.strip()) == (1, said)
