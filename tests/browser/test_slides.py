"""A chapter as slides: what they show, how one moves, on paper, without a script."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from engine import ROOT

CHAPTERS = sorted(twin.stem for twin in (ROOT / "chapters").glob("*.ipynb"))
SCREEN = {"viewport": {"width": 1280, "height": 720}}
CODE = ".cell.runs:not(.tag_hide-input, .answer)"  # what the page shows, and can run
UNSEEN = f".highlight:not({CODE} *), details.hide, "
UNSEEN += ".exercise, .ce-quiz, .site-header, .neighbours, .headerlink"


def laws(name):
    """How many paragraphs of a chapter, without its exercises, begin with a sentence in bold."""
    text = (ROOT / "chapters" / f"{name}.md").read_text("utf-8").partition("\n## Exercises")[0]
    text = re.sub(r"^(```|:::).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return len(re.findall(r"(?:^#.*\n|\n\n|^\$\$.*\n)\*\*(?!Try it)", text, re.MULTILINE))


@pytest.mark.parametrize("name", CHAPTERS)
def test_slides_have_each_law_each_figure_and_the_code_that_runs(open_page, name):
    page = open_page(**SCREEN)
    page.goto(f"chapters/{name}.html")
    figures, code = page.locator(".ce-figure").count(), page.locator(CODE).count()
    page.get_by_role("link", name="Slides").click()
    expect(page.locator(".slides-bar")).to_be_visible()
    slides = page.locator(".slide")
    expect(page.locator(".slides-bar output")).to_have_text(f"1 of {slides.count()}")
    assert page.locator(f":is({UNSEEN}):visible").count() == 0
    for slide in slides.all():
        assert slide.inner_text().strip()
        assert slide.locator(".ce-figure:visible").count() <= 1
        assert slide.bounding_box()["height"] >= 720
    assert page.locator(".slide .ce-figure:visible").count() == figures
    assert page.locator(f".slide > {CODE} > .cell_input:visible").count() == code
    assert page.locator(".slide > p:visible > strong").count() == laws(name) + 1  # the question


def test_keys_and_buttons_go_from_slide_to_slide_and_a_figure_keeps_its_own(open_page):
    page = open_page(**SCREEN)
    page.goto("chapters/binary-cross-entropy.html?slides")
    at = page.locator(".slides-bar output")
    last = int(at.text_content().split()[-1])
    for key, number in (
        ("PageDown", 2),
        ("ArrowRight", 3),
        (" ", 4),
        ("PageUp", 3),
        ("ArrowLeft", 2),
    ):
        page.keyboard.press(key)
        expect(at).to_have_text(f"{number} of {last}")
    page.get_by_role("button", name="Next").click()
    expect(at).to_have_text(f"3 of {last}")
    lens = page.locator(".slide:has([data-figure=base_rate])").first
    number = 1 + lens.evaluate("slide => [...document.querySelectorAll('.slide')].indexOf(slide)")
    for _ in range(number - 3):
        page.get_by_role("button", name="Next").click()
    expect(lens).to_be_in_viewport(ratio=0.8)
    slider = lens.get_by_role("slider", name="share of positives")
    slider.press("PageUp")
    expect(lens.locator(".ce-says")).not_to_contain_text("The share itself, 1 %")
    expect(at).to_have_text(f"{number} of {last}")
    page.get_by_role("link", name="Leave").click()
    expect(page.get_by_role("link", name="Slides")).to_be_visible()


def test_printed_each_slide_is_a_page(open_page):
    page = open_page(**SCREEN)
    page.goto("chapters/multiclass-cross-entropy.html?slides")
    slides = page.locator(".slide").count()
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(printed) == slides
    assert all(paper.mediabox.width > paper.mediabox.height for paper in printed)
    assert "Next" not in printed[0].extract_text()


def test_a_page_that_is_no_chapter_has_no_slides(open_page):
    page = open_page(**SCREEN)
    page.goto("chapters/notation.html?slides")
    expect(page.get_by_role("link", name="Slides")).to_have_count(0)
    expect(page.locator(".slide")).to_have_count(0)


def test_without_scripts_nothing_promises_slides(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("chapters/entropy.html?slides")
    expect(page.get_by_role("link", name="Slides")).to_have_count(0)
    expect(page.locator("#summary")).to_be_visible()
