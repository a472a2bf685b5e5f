"""What the tests of accessibility share: the pages, and their figures all started."""

import re

import pytest
from playwright.sync_api import expect

from tools.testing.sources import PAGES, WITH_FIGURES


def pytest_generate_tests(metafunc):
    if "every_page" in metafunc.fixturenames:
        metafunc.parametrize("every_page", PAGES)
    if "page_with_figures" in metafunc.fixturenames:
        metafunc.parametrize("page_with_figures", WITH_FIGURES)


@pytest.fixture
def started(open_page):
    """A function that opens a page and starts its figures, one after the other."""

    def start(name, query="", **options):
        page = open_page(**({"viewport": {"width": 1280, "height": 900}} | options))
        page.goto(f"{name}.html{query}")
        for figure in page.locator(".ce-figure").all():
            figure.scroll_into_view_if_needed()
            expect(figure).to_have_class(re.compile("ce-ready"))
        return page

    return start
