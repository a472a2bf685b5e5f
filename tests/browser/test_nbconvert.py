"""A notebook that nbconvert ran and saved as HTML, opened where no other host answers."""

import re
import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect

from engine import ROOT

TWIN = ROOT / "chapters" / "entropy.ipynb"


@pytest.mark.parametrize("state", [True, False], ids=["state-saved", "state-not-saved"])
def test_each_figure_is_its_still_picture_and_nothing_stands_above_it(
    state, tmp_path, serve, browser
):
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", TWIN]
    options = [f"--output-dir={tmp_path}", f"--ExecutePreprocessor.store_widget_state={state}"]
    subprocess.run([*convert, *options], check=True)
    cells = [cell.source for cell in nbformat.read(TWIN, as_version=4).cells]
    figures = sum(bool(re.search(r"^widgets\.[A-Z]", cell, re.MULTILINE)) for cell in cells)
    assert (tmp_path / "entropy.html").stat().st_size < 2e6  # its own styles are 0.3 MB of it
    page = browser.new_page()
    page.goto(f"{serve(tmp_path)}entropy.html")
    stills = page.locator("[data-spare]")
    expect(stills).to_have_count(figures)
    for still in stills.all():
        expect(still.locator("img, details").first).to_be_visible()
    for picture in stills.locator("img").all():
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    expect(page.locator(".jupyter-widgets")).to_have_count(figures if state else 0)
    for widget in page.locator(".jupyter-widgets").all():
        assert widget.bounding_box()["height"] == 0  # no box and no line
    expect(page.get_by_text("object at 0x")).to_have_count(0)
    assert page.locator("[data-mime-type$=stderr], [data-mime-type$=error]").count() == 0
    page.close()
