"""A page printed from the browser: no navigation, no buttons, still figures, all of it readable."""

import pytest
from playwright.sync_api import expect

from tools.testing.sources import PAGES

OF_THE_SCREEN = ["nav", "button", "form", ".headerlink", "details.hide", ".ce-controls"]
ON_PAPER = {"width": 642, "height": 971}  # A4 less the margins, in pixels

# The texts of the article that are not black or stand past the edge of the paper.
ASTRAY = """() => {
  const range = document.createRange();
  const nodes = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (nodes.nextNode()) {
    const { data, parentElement } = nodes.currentNode;
    if (!data.trim() || !parentElement.checkVisibility() || parentElement.closest(".katex-mathml"))
      continue;
    range.selectNodeContents(nodes.currentNode);
    if ([...range.getClientRects()].some((box) => box.right > innerWidth + 1))
      found.push(`past the edge: ${data}`);
    if (getComputedStyle(parentElement).color !== "rgb(0, 0, 0)") found.push(`pale: ${data}`);
  }
  return found;
}"""


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_is_its_text_black_on_white(open_page, name):
    page = open_page(color_scheme="dark", viewport=ON_PAPER)
    page.goto(f"{name}.html")
    page.emulate_media(media="print", color_scheme="dark")
    for part in OF_THE_SCREEN:
        expect(page.locator(f"{part}:visible")).to_have_count(0)
    for figure in page.locator(".ce-figure").all():
        expect(figure.locator("svg, legend").locator("visible=true").first).to_be_visible()
    assert page.evaluate(ASTRAY) == []


def test_what_a_reader_has_opened_and_answered_is_printed(open_page):
    page = open_page(viewport=ON_PAPER)
    page.goto("chapters/entropy.html")
    quiz = page.locator(".ce-quiz").first
    quiz.get_by_role("radio").first.check()
    page.emulate_media(media="print")
    expect(quiz.get_by_text("Surprise is not").locator("visible=true")).to_have_count(1)
