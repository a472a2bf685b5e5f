"""A notebook that nbconvert ran and saved as HTML, opened where no other host answers."""

import json
import os
import re
import subprocess
import sys
from urllib.parse import parse_qsl, urlsplit

import nbformat
import pytest
from playwright.sync_api import expect

from engine import ROOT

TWIN = ROOT / "chapters" / "entropy.ipynb"


def convert(folder, state=True, **environment):
    """Runs the notebook and saves it as HTML in a folder."""
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", TWIN]
    options = [f"--output-dir={folder}", f"--ExecutePreprocessor.store_widget_state={state}"]
    subprocess.run([*command, *options], check=True, env={**os.environ, **environment})


def number_of_figures():
    cells = [cell.source for cell in nbformat.read(TWIN, as_version=4).cells]
    return sum(bool(re.search(r"^widgets\.[A-Z]", cell, re.MULTILINE)) for cell in cells)


@pytest.mark.parametrize(
    "state",
    [True, pytest.param(False, marks=pytest.mark.weekly)],
    ids=["state-saved", "state-not-saved"],
)
def test_each_figure_is_a_sentence_and_nothing_stands_above_it(state, tmp_path, serve, browser):
    convert(tmp_path, state)
    assert (tmp_path / "entropy.html").stat().st_size < 2e6  # its own styles are 0.3 MB of it
    page = browser.new_page()
    page.goto(f"{serve(tmp_path)}entropy.html")
    sentences = page.locator("[data-spare]")
    expect(sentences).to_have_count(number_of_figures())
    for sentence in sentences.all():
        expect(sentence).to_be_visible()
        expect(sentence).to_contain_text("run its cell again, or open this chapter on the site")
        expect(sentence.get_by_role("link")).to_have_count(0)  # nothing says where the site is
    expect(page.locator(".jp-OutputArea-output img")).to_have_count(0)
    expect(page.locator(".jupyter-widgets")).to_have_count(number_of_figures() if state else 0)
    for widget in page.locator(".jupyter-widgets").all():
        assert widget.bounding_box()["height"] == 0  # no box and no line
    expect(page.get_by_text("object at 0x")).to_have_count(0)
    assert page.locator("[data-mime-type$=stderr], [data-mime-type$=error]").count() == 0
    page.close()


def test_each_figure_links_to_the_same_state_on_the_site(tmp_path, site_url, page):
    chapter = f"{site_url}chapters/entropy.html"
    convert(tmp_path, CE_CHAPTER=chapter)
    html = (tmp_path / "entropy.html").read_text("utf-8")
    links = re.findall(rf'<a href="({re.escape(chapter)}[^"]*)"', html)
    assert len(links) == number_of_figures()
    assert len([link for link in links if "#figure-" in link]) >= 7
    page.goto(chapter)
    for link in links:
        url = urlsplit(link.replace("&amp;", "&"))
        if not url.fragment:  # a prediction has no state in the address
            continue
        figure = page.locator(f"#{url.fragment}")
        there = json.loads(figure.get_attribute("data-state"))
        for name, text in parse_qsl(url.query):
            key, _, trait = name.partition(".")
            assert url.fragment == f"figure-{key}"
            said = there[trait]
            said = str(said).lower() if isinstance(said, bool) else said
            assert text == (",".join(map(str, said)) if isinstance(said, list) else str(said))
