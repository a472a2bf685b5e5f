"""The boundary of a classifier of rare events, as their weight moves."""

from playwright.sync_api import expect

from ce_lib.widgets import Boundary
from tools.testing.figures import assert_heard, number, painted, place, show, value

WHERE = place("boundary")
EXAMPLES = {"plain": lambda: Boundary(weight=19.0)}
REFUSED = [(lambda: Boundary(weight=0.5), "weight")]


def test_each_control_is_heard(page):
    mended = r"logit minus ln w: .* recall 0\.30, precision 1\.00"
    assert_heard(
        page,
        WHERE,
        "Decision boundary of rare events as their weight moves",
        [
            ("slider", "weight w of +", "End", r"^Weight 99\.0: the line crosses x₂ = 0 at x₁ = −"),
            ("radio", "as trained", "ArrowDown", mended),
            ("slider", "other data", "ArrowRight", r"x₂ = 0 at x₁ = 1\.90, recall 0\.50"),
        ],
    )


def test_the_keyboard_raises_the_weight_and_the_prediction_with_it(screen):
    figure = show(screen, WHERE)
    expect(value(figure, "mean prediction")).to_have_text("0.050")
    expect(value(figure, "share of positives")).to_have_text("0.050")
    few = number(figure, "found (recall)")
    line = figure.locator("[data-chart=plane] .ce-line").get_attribute("d")
    figure.get_by_role("slider", name="weight w of +").press("End")
    expect(value(figure, "weight w")).to_have_text("99.0")
    assert number(figure, "mean prediction") > 0.25
    assert number(figure, "found (recall)") > few
    assert figure.locator("[data-chart=plane] .ce-line").get_attribute("d") != line
    plain = number(figure, "plain loss")
    figure.get_by_role("radio", name="minus ln w").check()
    expect(value(figure, "plain loss")).not_to_have_text(f"{plain:.3f} nats")
    assert number(figure, "plain loss") < plain / 3
    assert abs(number(figure, "mean prediction") - 0.05) < 0.01


def test_keys_and_mouse_set_the_weights_of_the_text(page):
    figure = show(page, WHERE)
    slider = figure.get_by_role("slider", name="weight w of +")
    slider.press("Home")
    for _ in range(99):
        slider.press("ArrowRight")
    expect(value(figure, "weight w")).to_have_text("19.0")
    box = slider.bounding_box()
    met = set()
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    for x in range(int(box["width"])):
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
        painted(page)
        met.add(slider.get_attribute("aria-valuetext"))
    assert {"1.0", "5.0", "10.0", "19.0", "50.0", "99.0"} <= met


def test_an_address_with_the_mended_logit_opens_it(page):
    figure = show(page, WHERE, "boundary.corrected=true&boundary.weight=19")
    expect(figure.get_by_role("radio", name="minus ln w")).to_be_checked()
    expect(value(figure, "weight w")).to_have_text("19.0")
    figure = show(page, WHERE, "boundary.corrected=yes")
    expect(figure.get_by_role("radio", name="as trained")).to_be_checked()


def test_other_data_give_another_line(page):
    figure = show(page, WHERE)
    line = figure.locator("[data-chart=plane] .ce-line")
    before = line.get_attribute("d")
    figure.get_by_role("slider", name="other data").press("ArrowRight")
    expect(line).not_to_have_attribute("d", before)
