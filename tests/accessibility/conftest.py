"""What the tests of accessibility share: a page whose figures have all started."""

import re

import pytest
from playwright.sync_api import expect


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
