"""The surface of a loss over weight and bias, and the descent on it."""

from playwright.sync_api import expect

from ce_lib.widgets import Surface
from tools.testing.figures import assert_heard, hands, inside, place, show, value

WHERE = place("surface")
EXAMPLES = {"plain": lambda: Surface()}
REFUSED = [
    (lambda: Surface(steps=2001), "steps"),
    (lambda: Surface(x=[1.0]), "x and y must have one length, got 1 and 6"),
]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Loss surface over w and b: drag the start",
        [
            ("button", "Step", "Enter", r"^Step 1: cross-entropy 4\.\d+ nats on its own path"),
            ("slider", "start w", "End", r"^Step 0: cross-entropy \d\.\d+ nats on its own path"),
        ],
    )


def test_a_weight_of_almost_0_is_0(page):
    surface = show(page, WHERE, "surface.steps=1000")
    expect(value(surface, "● w, b")).to_have_text("1.35, 0.00")
    surface.get_by_text("Data table").click()
    expect(surface.get_by_role("row", name="cross-entropy 1.3511")).to_contain_text("0.0000")


def test_the_last_step_is_after_both_losses_have_found_their_lowest_point(open_page):
    page = open_page(reduced_motion="reduce")
    surface = show(page, WHERE)
    surface.get_by_role("button", name="Play").click()  # to the end at once
    expect(value(surface, "● w, b")).to_have_text("1.35, 0.00")
    expect(value(surface, "■ w, b")).to_have_text("1.03, 0.00")


def test_the_field_is_that_of_the_chosen_loss(page):
    surface = show(page, WHERE)
    band = surface.locator(".ce-field").last
    before = band.get_attribute("d")
    surface.get_by_role("radio", name="½MSE").check()
    expect(band).not_to_have_attribute("d", before)


@hands
def test_the_start_on_the_surface_follows_a_hand(screen, hand):
    surface = show(screen, WHERE)
    start = inside(surface.locator(".ce-outline").first, 0.5, 0.5)
    hand(screen, start, inside(surface.locator(".ce-chart").first, 0.75, 0.5))
    expect(value(surface, "● w, b")).not_to_have_text("−4.00, 4.00")
    assert float(surface.get_by_role("slider", name="start w").input_value()) > 0
