"""The triangle: three probabilities as a point, what they cost, and what pulls them."""

import re

import pytest
from playwright.sync_api import expect

from ce_lib.widgets import Triangle
from tools.testing.figures import assert_heard, hands, place, show

WHERE = place("triangle")
EXAMPLES = {
    "plain": lambda: Triangle(),
    "walked": lambda: Triangle(q=[0.05, 0.9, 0.05], steps=9, view=1),
    "smoothed": lambda: Triangle(q=[0.97, 0.02, 0.01], smoothing=0.3),
}
REFUSED = [
    (lambda: Triangle(q=[0.5, 0.5]), "q must be three probabilities"),
    (lambda: Triangle(q=[1.0, 0.0, 0.0]), "of at least 1e-05 that sum to 1, got [1.0, 0.0, 0.0]"),
    (lambda: Triangle(y=3), "y"),
    (lambda: Triangle(labels=["cat", "dog"]), "labels"),
]
SURE_AND_WRONG = "triangle.q=0.05,0.9,0.05"


def says(figure):
    return figure.locator(".ce-says")


def probabilities(figure):
    sliders = figure.get_by_role("slider", name=re.compile("^probability of"))
    return [float(slider.input_value()) for slider in sliders.all()]


def drag(page, figure, hand, across, down, which=0):
    """Drags a handle, and waits until it is where the hand is: the plane has a second one."""
    knob = figure.locator(".ce-handle .ce-knob").nth(which)
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand(page, (x, y), (x + across, y + down))
    page.wait_for_function(
        """([knob, x, y]) => {
            const box = knob.getBoundingClientRect();
            return Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) < 3;
        }""",
        arg=[knob.element_handle(), x + across, y + down],
    )


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "The triangle of three probabilities",
        [
            ("slider", "probability of 4", "ArrowUp", r"0\.13 and pays −ln 0\.13 = 2\.04"),
            ("slider", "probability of 9", "End", r"of 0\.00\d+ .* sure and wrong"),
            ("slider", "label smoothing", "End", r"the least that anybody can pay is 0\.95"),
            ("button", "Step", "Enter", r"^The model pays [12]\.\d\d nats"),
            ("radio", "probabilities", "ArrowDown", r"the valley has a floor"),
            ("radio", "4", "ArrowDown", r"^The model pays 1\.\d\d nats.* Too sure"),
            ("button", "Reset", "Enter", r"0\.12 and pays −ln 0\.12 = 2\.12"),
        ],
    )


def test_the_keyboard_alone_walks_down_to_the_target(screen):
    figure = show(screen, WHERE)
    expect(says(figure)).to_contain_text("= 2.12 nats")
    step = figure.get_by_role("button", name="Step")
    step.focus()
    screen.keyboard.press("Enter")
    expect(says(figure)).to_contain_text("= 1.03 nats")
    for _ in range(3):
        screen.keyboard.press("Enter")
    expect(screen).to_have_url(re.compile(r"triangle\.steps=4"))
    expect(says(figure)).to_contain_text("= 0.22 nats")
    cat = figure.get_by_role("slider", name="probability of 4")
    cat.focus()
    screen.keyboard.press("End")  # a new answer is a new start
    expect(screen).not_to_have_url(re.compile(r"triangle\.steps"))
    assert probabilities(figure)[0] == 0.98


@hands
def test_a_hand_drags_the_answer(screen, hand):
    figure = show(screen, WHERE)
    figure.locator(".ce-charts").scroll_into_view_if_needed()
    drag(screen, figure, hand, 40, -60)
    q = probabilities(figure)
    assert q[0] > 0.2 and q[2] > 0.22 and q[1] < 0.5
    assert round(sum(q), 9) == 1


@hands
def test_in_the_plane_of_logits_the_answer_goes_where_the_hand_goes(screen, hand):
    figure = show(screen, WHERE, "triangle.view=1")
    figure.locator(".ce-charts").scroll_into_view_if_needed()
    expect(says(figure)).to_contain_text("the valley has no end")
    which = int(figure.locator(".ce-charts").bounding_box()["width"] >= 600)
    drag(screen, figure, hand, 0, -50, which)
    expect(says(figure)).to_contain_text(re.compile(r"gives 4 a probability of 0\.[34]"))


def test_a_corner_that_is_clicked_becomes_the_right_class(page):
    figure = show(page, WHERE)
    figure.locator("tspan.ce-big", has_text=re.compile("^8$")).first.click()
    expect(says(figure)).to_contain_text("The model gives 8 a probability of 0.22")
    expect(figure.get_by_role("radio", name="8", include_hidden=True)).to_be_checked()


def test_too_sure_for_a_smoothed_target_is_pulled_back(page):
    figure = show(page, WHERE, "triangle.q=0.97,0.02,0.01&triangle.smoothing=0.3")
    expect(says(figure)).to_contain_text("points back")
    expect(figure.locator(".ce-chart")).to_contain_text("lowest, 0.64")
    smoothing = figure.get_by_role("slider", name="label smoothing")
    smoothing.fill("0")
    expect(says(figure)).to_contain_text("hardly pulled")


def test_at_the_smoothed_target_nothing_pulls(page):
    figure = show(page, WHERE, "triangle.q=0.8,0.1,0.1&triangle.smoothing=0.3")
    expect(says(figure)).to_contain_text("no answer is cheaper, and a surer one costs more")


@pytest.mark.parametrize(
    "bad",
    ["q=1,0,0", "q=0.5,0.5", "q=0.5,0.6,0.1", "y=3", "y=0.5", "steps=61", "view=2", "smoothing=1"],
)
def test_an_address_that_makes_no_sense_is_ignored(page, bad):
    figure = show(page, WHERE, f"triangle.{bad}")
    expect(says(figure)).to_contain_text("gives 4 a probability of 0.12 and pays")


def test_a_link_of_the_text_walks_the_nine_steps(page):
    figure = show(page, WHERE, SURE_AND_WRONG)
    expect(says(figure)).to_contain_text("= 3.00 nats. It is sure and wrong")
    link = page.locator('a.ce-set[href*="triangle.steps=9"]').first
    link.focus()
    page.keyboard.press("Enter")
    expect(says(figure)).to_contain_text("= 0.08 nats")
    expect(link).to_have_attribute("aria-current", "true")
