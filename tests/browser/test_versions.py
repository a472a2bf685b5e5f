"""The versions at the foot of a published page; without one, and against a hostile list."""

import json

import pytest
from playwright.sync_api import expect

VERSIONS = '<div data-versions="{up}versions.json" data-page="index.html">Version 0.1.0</div>'


@pytest.fixture
def published(site, serve, tmp_path):
    """A function that puts two versions of a page and a list on a server."""

    def put(listed):
        page = (site / "index.html").read_text("utf-8")
        assert "<div>Version 0.1.0</div>" in page
        for folder, up in ((tmp_path, ""), (tmp_path / "v0.1.0", "../")):
            (folder / "_static").mkdir(parents=True)
            (folder / "_static" / "site.js").write_bytes((site / "_static/site.js").read_bytes())
            text = page.replace("<div>Version 0.1.0</div>", VERSIONS.format(up=up))
            (folder / "index.html").write_text(text, "utf-8")
        if listed is not None:
            (tmp_path / "versions.json").write_text(listed, "utf-8")
        return serve(tmp_path)

    return put


@pytest.fixture
def foot(browser):
    """A function that opens a page, and returns it and its foot."""
    contexts = []

    def opened(address, **options):
        contexts.append(browser.new_context(service_workers="block", **options))
        page = contexts[-1].new_page()
        page.goto(address)
        return page, page.locator(".site-footer > div")

    yield opened
    for context in contexts:
        context.close()


def test_the_foot_of_a_page_leads_to_the_other_versions(published, foot):
    address = published(json.dumps(["latest", "v0.1.0"]))
    page, end = foot(f"{address}v0.1.0/index.html")
    end.get_by_text("Version 0.1.0").press("Enter")
    expect(end.get_by_role("link")).to_have_text(["latest", "v0.1.0"])
    end.get_by_role("link", name="latest").press("Enter")
    expect(page).to_have_url(f"{address}index.html")


@pytest.mark.parametrize(
    "listed",
    [None, "", '["v0.1', "{}", "null", '["<img src=x>", "../v1.0.0", "javascript:0", 7, []]'],
    ids=["missing", "empty", "torn", "object", "null", "hostile"],
)  # fmt: skip
def test_what_is_no_list_of_versions_makes_no_link(published, foot, listed):
    _, end = foot(published(listed))
    end.get_by_text("Version 0.1.0").click()
    expect(end.get_by_role("status")).to_have_text("The other versions cannot be listed now.")
    expect(end.locator("a, img")).to_have_count(0)


def test_a_page_that_a_version_does_not_have_leads_to_its_start(published, foot):
    address = published(json.dumps(["v0.1.0"]))
    page, end = foot(address)
    page.locator("[data-page]").evaluate("e => (e.dataset.page = 'chapters/new.html')")
    end.get_by_text("Version 0.1.0").click()
    end.get_by_role("link", name="v0.1.0").click()
    expect(page).to_have_url(f"{address}v0.1.0/")


def test_without_a_script_the_version_is_text(published, foot):
    _, end = foot(published("[]"), java_script_enabled=False)
    expect(end.get_by_text("Version 0.1.0")).to_be_visible()
    expect(end.locator("summary")).to_have_count(0)
