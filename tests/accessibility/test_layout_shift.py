"""Nothing jumps: on arrival, while a figure comes to life, or while its numbers change."""

import re

import pytest
from playwright.sync_api import expect

from tools.testing.sources import WITH_FIGURES
from tools.testing.visits import WATCH, arrive, every_visit

MOST = 0.02  # of the cumulative layout shift; browsers call up to 0.1 good
IN_SIGHT = """all => all.map((figure) => {
    const { top, bottom } = figure.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
})"""


def assert_still(shifts):
    assert sum(value for value, _ in shifts) <= MOST, shifts


@every_visit
def test_nothing_jumps_while_a_reader_scrolls(visit, name, screen):
    assert_still(visit(name, screen)["shifts"])


@every_visit
def test_the_fonts_of_the_maths_are_asked_for_before_the_text(visit, name, screen):
    seen = visit(name, screen)
    assert set(seen["fonts"]) <= set(seen["fonts asked for first"])


@pytest.mark.parametrize("name", WITH_FIGURES)
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_jumps_for_who_follows_a_link_to_a_section(open_page, name, width):
    page = open_page(viewport={"width": width, "height": 800})
    page.add_init_script(WATCH)
    page.goto(f"{name}.html")
    sections = page.locator("section[id]:has(> .cell .ce-figure, > .ce-quiz)").evaluate_all(
        "all => all.map((section) => section.id)"
    )
    assert sections or name == "chapters/project"
    for section in sections[width == 360 :: 2]:  # the others in the other width
        arrive(page, f"{name}.html#{section}")
        figures = page.locator(".ce-figure")
        for figure, seen in zip(figures.all(), figures.evaluate_all(IN_SIGHT), strict=True):
            if seen:
                expect(figure).to_have_class(re.compile("ce-ready"))
        assert_still(page.evaluate("shifts()"))


def test_a_quiz_has_its_height_before_its_script_has_run(open_page):
    heights = []
    for blocked in ("**/site.js*", "**/nothing"):
        page = open_page(viewport={"width": 360, "height": 800})
        page.route(blocked, lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.goto("chapters/entropy.html")
        quizzes = page.locator(".ce-quiz")
        assert quizzes.first.get_by_role("radio").count() == 3 * (blocked == "**/nothing")
        heights.append(quizzes.evaluate_all("all => all.map((quiz) => quiz.offsetHeight)"))
    assert heights[0] == heights[1]


@every_visit
def test_a_figure_keeps_its_height_whatever_is_set(visit, name, screen):
    for heights in visit(name, screen)["heights"]:
        assert len(heights) == 1, heights


def test_a_figure_costs_nothing_until_it_is_near(open_page):
    page = open_page(viewport={"width": 1280, "height": 800})
    page.goto("chapters/entropy.html")
    figures = page.locator(".ce-figure")
    near = figures.evaluate_all(
        "all => all.map((figure) => figure.getBoundingClientRect().top < innerHeight + 600)"
    )
    assert 0 < sum(near) < len(near)
    for figure, is_near in zip(figures.all(), near, strict=True):
        expect(figure).to_have_class(re.compile(r"ce-ready$" if is_near else r"^ce-figure$"))
        assert figure.locator(".ce-still").count() == (not is_near)  # no part of it is made
    page.evaluate(
        """() => {
            window.asked = 0;
            const given = requestAnimationFrame;
            window.requestAnimationFrame = (call) => given(call, asked++);
        }"""
    )
    page.evaluate("new Promise((done) => requestIdleCallback(done))")
    assert page.evaluate("asked") == 0  # and those that stand still draw nothing
