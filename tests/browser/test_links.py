"""The form on the page for teachers makes the links that Colab, nbgitpuller and Binder read."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from engine import ROOT

PAGE = "chapters/teaching.html"
BOOK = "https://github.com/school/book"


@pytest.fixture
def form(page):
    page.goto(PAGE)
    return page.locator(".ce-links")


def fill(form, where, repository=BOOK, branch="", hub="https://hub.example.org/"):
    form.get_by_label("opened in").select_option(where)
    form.get_by_label("Repository").fill(repository)
    if where != "colab":
        form.get_by_label("Branch").fill(branch)
    if where == "hub":
        form.get_by_label("Address of the hub").fill(hub)
    return form.locator("output")


def test_it_offers_every_notebook_of_the_book_in_its_order(form):
    offered = form.get_by_label("Notebook").locator("option")
    values = offered.evaluate_all("all => all.map(option => option.value)")
    assert set(values) == {f"chapters/{p.name}" for p in (ROOT / "chapters").glob("*.ipynb")}
    assert values[0] == "chapters/entropy.ipynb"
    assert values[-1] == "chapters/project.ipynb"
    assert all(re.match("[A-Z]", text) for text in offered.all_text_contents())


def test_colab_opens_what_is_published_as_that_alone_knows_its_library(form):
    fill(form, "binder", branch="autumn")
    start = "https://colab.research.google.com/github/school/book/blob"
    expect(fill(form, "colab")).to_have_text(f"{start}/gh-pages/chapters/entropy.ipynb")
    expect(form.get_by_label("Branch")).to_be_hidden()


def test_a_hub_gets_the_repository_and_the_notebook_in_its_folder(form):
    for repository in (BOOK, f"{BOOK}.git", f"{BOOK}/"):
        url = urlsplit(fill(form, "hub", repository, "2026").text_content())
        assert f"{url.scheme}://{url.netloc}" == "https://hub.example.org"
        assert url.path == "/hub/user-redirect/git-pull"
        assert parse_qs(url.query) == {
            "repo": [BOOK],
            "branch": ["2026"],
            "urlpath": ["lab/tree/book/chapters/entropy.ipynb"],
        }
    assert "branch" not in fill(form, "hub").text_content()


def test_a_released_version_leads_to_its_own_tag(form):
    fill(form, "colab")
    form.evaluate("form => { form.dataset.folder = 'v1.2.3/' }")
    colab = "https://colab.research.google.com/github/school/book/blob/gh-pages/v1.2.3"
    expect(fill(form, "colab")).to_have_text(f"{colab}/chapters/entropy.ipynb")
    no_tag = "A hub follows a branch, not a tag or a commit: make a branch of v1.2.3, and name it"
    expect(fill(form, "hub")).to_contain_text(no_tag)
    expect(fill(form, "hub", branch="course")).to_have_text(re.compile(r"branch=course&"))
    expect(form.get_by_label("Branch")).to_have_attribute("placeholder", "v1.2.3")
    expect(fill(form, "binder")).to_have_text(re.compile(r"/gh/school/book/v1\.2\.3\?"))
    expect(fill(form, "binder", branch="b")).to_have_text(re.compile(r"/gh/school/book/b\?"))


def test_binder_knows_two_forges(form):
    path = "urlpath=lab%2Ftree%2Fchapters%2Fentropy.ipynb"
    binder = "https://mybinder.org/v2"
    expect(fill(form, "binder")).to_have_text(f"{binder}/gh/school/book/HEAD?{path}")
    expect(fill(form, "binder", branch="a/b")).to_have_text(f"{binder}/gh/school/book/a%2Fb?{path}")
    lab = "https://gitlab.com/school/book"
    expect(fill(form, "binder", lab)).to_have_text(f"{binder}/gl/school%2Fbook/HEAD?{path}")


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"repository": ""}, "Repository must be like https://github.com/you/book; it is empty."),
        ({"repository": "javascript:alert(1)"}, "Repository must .* got javascript:alert"),
        ({"repository": "https://github.com/one"}, "Repository must be .* got https"),
        ({"repository": "https://gitlab.com/a/b"}, "Colab opens .* only; .* gitlab.com"),
        ({"where": "binder", "branch": "<b>"}, "Branch must be .* got <b>"),
        ({"where": "hub", "branch": "0bf3262"}, "A hub follows a branch, .* make a branch of 0bf"),
        (
            {"where": "binder", "repository": "https://git.example.org/a/b"},
            "This form knows Binder",
        ),
        ({"where": "hub", "hub": ""}, "Address of the hub must .* it is empty"),
        ({"where": "hub", "hub": "javascript:alert(1)"}, "Address of the hub must .* got javascr"),
    ],
)
def test_what_makes_no_link_is_told_in_one_sentence(form, filled, sentence):
    output = fill(form, **{"where": "colab", **filled})
    expect(output).to_have_text(re.compile(sentence))
    assert output.locator("*").count() == 0
    expect(form.get_by_role("button")).to_be_disabled()


def test_the_hub_is_asked_for_only_where_there_is_one(form):
    fill(form, "colab")
    expect(form.get_by_label("Address of the hub")).to_be_hidden()
    form.get_by_label("opened in").select_option("hub")
    expect(form.get_by_label("Address of the hub")).to_be_visible()


def test_the_link_is_copied(form, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made = fill(form, "colab").text_content()
    form.get_by_role("button").press("Enter")
    expect(form.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == made


def test_without_scripts_the_text_says_how_the_links_are_made(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(PAGE)
    expect(page.locator(".ce-links")).to_be_hidden()
    expect(page.get_by_text("git-pull?repo=")).to_be_visible()
