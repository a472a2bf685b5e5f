"""The lines of a solution are put in order by keys, by tap and by drag, and checked in the page."""

import json
import re

import pytest
from playwright.sync_api import expect

from ce_lib.exercises import by_chapter, exercises, parsons
from engine import chapters

NAME = "entropy-perplexity"
CHAPTERS = {c.key: c.name for c in chapters.CHAPTERS}
OF_CHAPTER = {key: CHAPTERS[key] for key in by_chapter()}
RIGHT = [line.text for line in parsons.right_lines(NAME)]
[TOTAL] = [line.text for _, line in parsons.wrong_lines(NAME) if line.text.startswith("cost = ")]


def step_on(page, name=NAME):
    key = next(key for key, found in by_chapter().items() if name in found)
    page.goto(f"chapters/{CHAPTERS[key]}.html")
    if not page.locator("html[data-python]").count():
        pytest.skip("this site was built without Python in the page, and so without these steps")
    return page.locator(f".parsons[data-exercise='{name}']")


def bank(step):
    return step.get_by_role("list", name="Lines to choose from").get_by_role("button")


def answer(step):
    return step.get_by_role("list", name="Your lines, in order").get_by_role("button")


def line(step, text):
    return step.get_by_role("button").filter(has=step.page.get_by_text(text, exact=True))


def check(step):
    step.get_by_role("button", name="Check").click()
    return step.locator(".verdict")


def assert_order(step, texts):
    expect(answer(step).locator("code")).to_have_text(texts)
    expect(bank(step)).to_have_count(len(parsons.shuffled(NAME)) - len(texts))


def stored(page):
    text = page.evaluate("localStorage.getItem('ce-progress')")
    found = json.loads(text)["answers"] if text else {}
    return {name: one["right"] for name, one in found.items()}


@pytest.mark.parametrize("key", OF_CHAPTER)
def test_each_code_exercise_has_a_step_before_its_answer(page, key):
    names = list(by_chapter()[key])
    step_on(page, names[0])
    for name in names:
        expect(page.locator(f".parsons[data-exercise='{name}'] + #answer-{name}")).to_have_count(1)
        given = page.locator(f".parsons[data-exercise='{name}'] li code").all_text_contents()
        assert given == [line.text for line in parsons.shuffled(name)]


def tab_to(page, text):
    for _ in range(20):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"Tab does not reach {text}")


def test_the_keyboard_alone_solves_it_and_each_move_is_said(page):
    step = step_on(page)
    said = step.locator("output")
    first, second, last = RIGHT
    for text, key in ((last, "ArrowRight"), (first, "Enter"), (TOTAL, "Space")):
        step.locator("summary").focus()
        tab_to(page, text)
        page.keyboard.press(key)
        expect(line(step, text)).to_be_focused()
    expect(said).to_have_text(f"Line 3 of 3: {TOTAL}")
    page.keyboard.press("ArrowLeft")
    expect(said).to_have_text(f"Put back: {TOTAL}")
    step.locator("summary").focus()
    tab_to(page, second)
    page.keyboard.press("ArrowRight")
    assert_order(step, [last, first, second])
    page.keyboard.press("ArrowUp")
    expect(said).to_have_text(f"Line 2 of 3: {second}")
    page.keyboard.press("ArrowDown")
    step.locator("summary").focus()
    tab_to(page, last)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # there is nothing below
    assert_order(step, RIGHT)
    tab_to(page, "Check")
    page.keyboard.press("Enter")
    expect(step.locator(".verdict")).to_have_text(re.compile("^✓ Right"))


def test_a_thumb_solves_it_and_it_is_kept(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    step = step_on(page)
    for text in (TOTAL, *RIGHT):
        line(step, text).tap()
    assert_order(step, [TOTAL, *RIGHT])
    line(step, TOTAL).tap()
    assert_order(step, RIGHT)
    expect(step.get_by_role("button", name="Copy")).to_be_hidden()
    step.get_by_role("button", name="Check").tap()
    expect(step.locator(".verdict")).to_have_text(re.compile("^✓ Right"))
    assert stored(page) == {f"parsons-{NAME}": True}

    cell = page.locator(f"#answer-{NAME}")
    code = "\n".join([parsons.head(NAME), *(f"    {text}" for text in RIGHT)])
    step.get_by_role("button", name="Copy").tap()
    expect(cell.get_by_role("textbox")).to_have_text(code, use_inner_text=True)
    page.reload()
    expect(step.locator("summary")).to_have_text("Put the lines in order✓ solved")
    expect(cell.get_by_role("textbox")).to_have_text(code, use_inner_text=True)
    assert_order(step, [])
    cell.get_by_role("button", name="Check").tap()
    expect(cell.locator(".verdict")).to_have_text(re.compile("^✓ Right"))
    assert stored(page) == {f"parsons-{NAME}": True, f"code-{NAME}": True}
    page.reload()
    expect(cell.locator("output")).to_have_text("✓ Solved.")


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=12)
    page.mouse.up()


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_mouse_drags_lines_into_their_places(page):
    step = step_on(page)
    other = page.locator(".parsons").first
    given = other.locator("li").all_text_contents()
    step.scroll_into_view_if_needed()
    for text in (RIGHT[2], RIGHT[0]):
        drag(page, middle(line(step, text)), middle(step.locator(".parsons-answer")))
    first = [*answer(step).locator("code").all_text_contents()]
    assert sorted(first) == sorted([RIGHT[2], RIGHT[0]])
    x, y = middle(line(step, RIGHT[2]))
    drag(page, (x, y), (x, y + 200))
    x, y = middle(line(step, RIGHT[2]))
    drag(page, middle(line(step, RIGHT[1])), (x, y - 5))
    assert_order(step, RIGHT)
    drag(page, middle(line(step, RIGHT[1])), middle(bank(step).first))
    assert_order(step, [RIGHT[0], RIGHT[2]])
    line(step, RIGHT[1]).click()
    assert_order(step, [RIGHT[0], RIGHT[2], RIGHT[1]])
    x, y = middle(line(step, RIGHT[1]))
    drag(page, (x, y), (x, middle(line(step, RIGHT[2]))[1] - 5))
    expect(check(step)).to_have_text(re.compile("^✓ Right"))
    assert other.locator("li").all_text_contents() == given


def test_a_finger_drags_by_the_dots_and_scrolls_elsewhere(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    step = step_on(page)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    line(step, RIGHT[0]).tap()
    line(step, RIGHT[1]).tap()
    step.scroll_into_view_if_needed()
    finger = page.context.new_cdp_session(page)

    def swipe(x, y, down):
        points = [[x, y + down * k / 10] for k in range(11)]
        for kind, (px, py) in [("touchStart", points[0]), *(("touchMove", p) for p in points)]:
            finger.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py}]}
            )
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    before = page.evaluate("scrollY")
    swipe(*middle(line(step, RIGHT[0]).locator(".parsons-grip")), 90)
    assert_order(step, [RIGHT[1], RIGHT[0]])
    assert page.evaluate("scrollY") == before
    swipe(*middle(line(step, RIGHT[0])), -120)
    page.wait_for_function("before => scrollY > before + 50", arg=before)
    assert_order(step, [RIGHT[1], RIGHT[0]])


def test_a_wrong_line_gets_the_words_of_its_trap_and_lines_astray_need_no_python(page):
    step = step_on(page)
    for text in (RIGHT[0], TOTAL, RIGHT[2]):
        line(step, text).click()
    [trap] = [trap for trap in exercises()[NAME].traps if trap.line == TOTAL]
    expect(check(step)).to_have_text(f"✗ {trap.message}")
    assert stored(page) == {f"parsons-{NAME}": False}
    step.get_by_role("button", name="Reset").click()
    assert_order(step, [])
    expect(step.locator(".verdict")).to_have_count(0)
    step.get_by_role("button", name="Check").click()
    expect(step.locator("output")).to_have_text("Take a line first.")

    step = step_on(page, "mse-rate")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for text in ("for _ in range(17):", "if w + b < 0:"):
        line(step, text).click()
    step.get_by_role("button", name="Check").click()
    expect(step.locator("output")).to_have_text(re.compile("^Line 1 cannot stand under"))
    assert asked == []


def test_a_value_is_found_by_lines_too(page):
    step = step_on(page, "mse-rate")
    for found in parsons.right_lines("mse-rate"):
        line(step, found.text).click()
    expect(check(step)).to_have_text("✓ Right: 2.2.")


def test_what_was_typed_is_replaced_only_if_asked_twice(page):
    step = step_on(page)
    for text in RIGHT:
        line(step, text).click()
    code = page.locator(f"#answer-{NAME}").get_by_role("textbox")
    code.fill("mine")
    expect(check(step)).to_have_text(re.compile("^✓ Right"))
    copy = step.get_by_role("button", name="Copy")
    copy.click()
    expect(code).to_have_text("mine")
    copy.click()
    expect(code).to_contain_text(RIGHT[0])


def test_without_scripts_and_on_paper_there_is_no_step(open_page):
    page = open_page(java_script_enabled=False)
    expect(step_on(page)).to_be_hidden()
    page = open_page()
    step = step_on(page)
    expect(step).to_be_visible()
    page.emulate_media(media="print")
    expect(step).to_be_hidden()


def test_a_step_has_its_height_before_its_script_has_run(open_page):
    heights = []
    for blocked in ("**/site.js*", "**/nothing"):
        page = open_page(viewport={"width": 360, "height": 800})
        page.route(blocked, lambda route: route.fulfill(body="", content_type="text/javascript"))
        step_on(page)
        steps = page.locator(".parsons")
        heights.append(steps.evaluate_all("all => all.map((step) => step.offsetHeight)"))
    assert heights[0] == heights[1]
