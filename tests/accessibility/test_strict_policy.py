"""Figures, quizzes, progress and links work where a page may run and style by its own files only."""

import re

import pytest
from playwright.sync_api import expect

POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'"
PARTS = ".ce-figure, .ce-quiz, .ce-progress, .ce-links"
# What a policy refused to the book's own scripts and within what they make.
HEAR = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) => {
    const { violatedDirective, sourceFile, target, sample, blockedURI } = event;
    const own = /\\/ce\\/|\\.mjs/.test(sourceFile) || target.closest?.("%s");
    if (own) refused.push([violatedDirective, blockedURI, sourceFile, sample]);
});
"""


@pytest.fixture
def strict(browser, site_url):
    context = browser.new_context(base_url=site_url)
    context.add_init_script(HEAR % PARTS)

    def guard(route):
        answer = route.fetch()
        policy = {"content-security-policy": POLICY}
        route.fulfill(response=answer, headers=answer.headers | policy)

    context.route("**/*.html*", guard)
    yield context.new_page()
    context.close()


def test_every_figure_and_quiz_works(strict, page_with_figures):
    strict.goto(f"{page_with_figures}.html")
    for figure in strict.locator(".ce-figure").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_class(re.compile("ce-ready"))
        control = figure.locator("input").first
        if control.get_attribute("type") == "range":
            control.press("End")
        elif control.get_attribute("type") == "number":
            control.fill("0.3")
        else:
            control.press("ArrowDown")
        for play in figure.get_by_role("button", name="Step").all():
            play.click()
        if not figure.get_by_role("group", name=re.compile("prediction")).count():
            expect(figure.get_by_role("status")).not_to_have_text("")
    for quiz in strict.locator(".ce-quiz").all():
        quiz.get_by_role("radio").first.check()
        expect(quiz.get_by_role("status")).to_have_text(re.compile("^[✓✗]"))
    assert strict.evaluate("refused") == []


def test_links_are_copied_and_answers_exported(strict):
    strict.context.grant_permissions(["clipboard-read", "clipboard-write"])
    strict.goto("index.html")
    figure = strict.locator(".ce-figure").first
    figure.get_by_role("button", name="Copy link").click()
    expect(figure.get_by_role("button", name="Link copied")).to_be_visible()
    expect(figure.get_by_role("status")).to_have_text("Link copied")
    with strict.expect_download() as download:
        strict.locator(".ce-progress").get_by_role("button", name="Export").click()
    assert download.value.path().stat().st_size > 0
    assert strict.evaluate("refused") == []
    strict.goto("chapters/teaching.html")
    form = strict.locator(".ce-links")
    form.get_by_label("Repository").fill("https://github.com/you/book")
    form.get_by_role("button").click()
    expect(form.get_by_text("Copied.")).to_be_visible()
    assert strict.evaluate("refused") == []
