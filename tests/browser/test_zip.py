"""The site as one zip: unpacked anywhere and opened from the folder, it works as it does online."""

import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tools.testing.sources import PAGES, ROOT

NAME = "cross-entropy-interactively"


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory):
    """The folder of the unpacked zip, at a path that needs escapes in an address."""
    folder = tmp_path_factory.mktemp("zip") / "Bücher & #1 100%"
    zipfile.ZipFile(site / f"{NAME}.zip").extractall(folder)
    return folder / NAME


@pytest.fixture
def opened(browser, unpacked):
    """A page that opens files of the folder; nothing may go wrong on it."""
    wrong = []
    context = browser.new_context()
    page = context.new_page()

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # by who left the page meanwhile
            wrong.append(f"failed: {request.url}")

    page.on("pageerror", lambda error: wrong.append(f"exception: {error}"))
    page.on("requestfailed", failed)
    page.on("console", lambda m: m.type == "error" and wrong.append(f"console: {m.text}"))
    page.on("request", lambda r: r.url.startswith("http") and wrong.append(f"asks: {r.url}"))
    yield lambda name: page.goto((unpacked / name).as_uri()) and page
    context.close()
    assert wrong == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_the_folder_and_its_figures_move(opened, name):
    page = opened(f"{name}.html")
    expect(page.locator("article h1")).to_be_visible()
    for figure in page.locator(".ce-figure").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_class(re.compile("ce-ready"))
    fonts = "document.fonts.ready.then(all => [...all].filter(f => f.status == 'error').length)"
    assert page.evaluate(fonts) == 0
    for slider in page.locator(".ce input[type=range]").all()[:1]:
        before = slider.input_value()
        slider.press("ArrowRight" if before != slider.get_attribute("max") else "ArrowLeft")
        expect(slider).not_to_have_value(before)


def test_the_state_of_a_figure_is_in_the_address_and_comes_from_it(opened):
    page = opened("index.html")
    forecast = page.locator(".ce-figure").first
    forecast.get_by_role("slider", name="chance of rain").press("End")
    expect(page).to_have_url(re.compile(r"\?forecast\.percent=100$"))
    said = forecast.locator(".ce-says").text_content()
    page.reload()
    expect(page.locator(".ce-figure").first.locator(".ce-says")).to_have_text(said)


def test_a_reader_finds_their_way_from_page_to_page(opened):
    page = opened("index.html")
    page.locator("article a[href='chapters/entropy.html']").first.click()
    page.locator(".ce-quiz").first.get_by_role("radio").first.check()
    page.locator("a[href='../index.html']").first.click()
    for _ in range(5):  # one time in twenty Chromium gives a file:// page what was stored before
        if page.locator(".ce-done").first.text_content():
            break
        page.reload()
    expect(page.locator(".ce-done").first).to_have_text(re.compile("of 1 answered"))


def test_the_search_finds(opened):
    page = opened("search.html?q=surprise".partition("?")[0])
    page.goto(f"{page.url}?q=surprise")
    expect(page.locator("#search-results li").first).to_be_visible()


def test_every_link_inside_the_zip_leads_somewhere(unpacked):
    for page in unpacked.rglob("*.html"):
        html = page.read_text("utf-8")
        for address in re.findall(r'\b(?:href|src)="([^"#?]+)', html):
            if not re.match(r"[a-z]+:", address):
                assert (page.parent / address).exists(), f"{page.name}: {address}"


def test_the_zip_is_one_folder_without_what_needs_a_server(site, unpacked):
    names = zipfile.ZipFile(site / f"{NAME}.zip").namelist()
    assert {name.split("/")[0] for name in names} == {NAME}
    assert names == sorted(names)
    for file in ("sw.js", "site.webmanifest", f"{NAME}.zip", ".buildinfo"):
        assert not (unpacked / file).exists()
    assert {p.name for p in (ROOT / "chapters").glob("*.ipynb")} == {
        p.name for p in (unpacked / "chapters").glob("*.ipynb")
    }


def test_the_same_site_gives_the_same_zip(site, tmp_path, monkeypatch):
    from engine import offline

    copy = shutil.copytree(site, tmp_path / "html", copy_function=shutil.copyfile)  # other times
    os.chmod(copy / "index.html", 0o600)
    assert offline.write_zip(copy).read_bytes() == (site / f"{NAME}.zip").read_bytes()


def test_the_page_for_teachers_offers_the_zip(page, site):
    page.goto("chapters/teaching.html")
    with page.expect_download() as download:
        page.get_by_role("link", name="the whole site as a zip").click()
    assert Path(download.value.path()).read_bytes() == (site / f"{NAME}.zip").read_bytes()
