"""The links of the page for teachers open what they say."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

PAGE = "chapters/teaching.html"


@pytest.mark.parametrize("width", [1280, 360])
def test_each_link_opens_at_its_figure_and_changes_it(open_page, width):
    size = {"width": width, "height": 800}
    page = open_page(permissions=["clipboard-read", "clipboard-write"], viewport=size)
    page.goto(PAGE)
    links = page.locator("a[href*='.html?']").evaluate_all("all => all.map(a => a.href)")
    assert len(links) >= 18
    for link in links[width == 360 :: 2]:  # the others in the other width
        page.goto("about:blank")  # of the page that is open only the hash would change
        page.goto(link)
        wanted = parse_qs(urlsplit(link).query)
        for key in {name.split(".")[0] for name in wanted}:
            stem, n = re.fullmatch(r"([a-z-]+?)(?:-(\d+))?", key).groups()
            figure = page.locator(f".ce-figure[data-key={stem}]").nth(int(n or 1) - 1)
            expect(figure).to_have_class(re.compile("ce-ready"))  # nobody has scrolled
            assert 0 <= figure.bounding_box()["y"] < 80  # below the wire
            assert page.evaluate("document.activeElement === document.body")
            figure.get_by_role("button", name="Copy link").click()
            expect(figure.get_by_role("button", name="Link copied")).to_be_visible()
            copied = parse_qs(urlsplit(page.evaluate("navigator.clipboard.readText()")).query)
            # a figure's own link names what was taken and differs from the figure as it stands
            of_figure = {name for name in wanted if name.split(".")[0] == key}
            assert {name: copied.get(name) for name in of_figure} == {
                name: wanted[name] for name in of_figure
            }
