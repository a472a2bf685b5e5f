"""Nothing jumps: on arrival, while a figure comes to life, or while its numbers change."""

import re

import pytest
from playwright.sync_api import expect

MOST = 0.02  # of the cumulative layout shift; browsers call up to 0.1 good
WATCH = """
window.shifted = [];
const note = (entries) => entries.filter((entry) => !entry.hadRecentInput).forEach((entry) =>
    shifted.push([entry.value, entry.sources.map(({ node }) => node?.textContent.slice(0, 40))]));
const watch = new PerformanceObserver((list) => note(list.getEntries()));
watch.observe({ type: "layout-shift", buffered: true });
window.nextPaint = () =>
    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
window.shifts = async () => {
    await nextPaint();
    note(watch.takeRecords());
    return shifted;
};
"""
SCROLL = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 200) {
        scrollTo({ top: y, behavior: "instant" });
        await nextPaint();
    }
}"""

IN_SIGHT = """all => all.map((figure) => {
    const { top, bottom } = figure.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
})"""


@pytest.fixture(params=[1280, 360])
def watched(request, open_page):
    """A page that notes what moves by itself."""
    page = open_page(viewport={"width": request.param, "height": 800})
    page.add_init_script(WATCH)
    return page


def assert_still(page):
    shifts = page.evaluate("shifts()")
    assert sum(value for value, _ in shifts) <= MOST, shifts


def test_nothing_jumps_while_a_reader_scrolls(watched, every_page):
    watched.goto(f"{every_page}.html")  # brings the fonts, which a busy machine serves late
    watched.goto("about:blank")
    watched.goto(f"{every_page}.html")
    watched.evaluate(SCROLL)
    expect(watched.locator(".ce-figure:not(.ce-ready)")).to_have_count(0)
    assert_still(watched)


def test_the_fonts_of_the_maths_are_asked_for_before_the_text(page, every_page):
    page.goto(f"{every_page}.html")
    asked = page.evaluate(
        """document.fonts.ready.then(() => performance.getEntriesByType("resource")
            .map((entry) => entry.name).filter((name) => name.includes(".woff2")))"""
    )
    links = page.locator("link[rel=preload][as=font]")
    assert set(asked) <= set(links.evaluate_all("all => all.map((link) => link.href)"))


def test_nothing_jumps_for_who_follows_a_link_to_a_section(watched, page_with_figures):
    watched.goto(f"{page_with_figures}.html")
    sections = watched.locator("section[id]:has(> .cell .ce-figure, > .ce-quiz)").evaluate_all(
        "all => all.map((section) => section.id)"
    )
    assert sections or page_with_figures == "chapters/project"
    for section in sections:
        watched.goto("about:blank")
        watched.goto(f"{page_with_figures}.html#{section}")
        figures = watched.locator(".ce-figure")
        for figure, seen in zip(figures.all(), figures.evaluate_all(IN_SIGHT), strict=True):
            if seen:
                expect(figure).to_have_class(re.compile("ce-ready"))
        assert_still(watched)


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


# What a hand can set, to its ends and between; the height of the figure after each.
SETTINGS = """async (figure) => {
    const heights = new Map();
    const note = async (what) => {
        await nextPaint();
        const height = figure.offsetHeight;
        heights.set(height, [...(heights.get(height) ?? []), what]);
    };
    for (const input of figure.querySelectorAll("input")) {
        const set = async (value) => {
            input.value = value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
            await note(`${input.ariaLabel} ${value}`);
        };
        const [low, high] = [Number(input.min), Number(input.max)];
        const way = { range: [0, 0.25, 0.55, 1], number: [0, 1] }[input.type];
        if (way) for (const t of way) await set(low + t * (high - low));
        else if (input.type === "text") for (const text of ["", "zzz zzz"]) await set(text);
        else { input.click(); await note(input.parentNode.textContent); }
    }
    return [...heights];
}"""


def test_a_figure_keeps_its_height_whatever_is_set(started, page_with_figures):
    for width in (1280, 360):
        page = started(page_with_figures, viewport={"width": width, "height": 800})
        page.evaluate(WATCH)
        for figure in page.locator(".ce-figure").all():
            heights = figure.evaluate(SETTINGS)
            assert len(heights) == 1, (width, heights)


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
