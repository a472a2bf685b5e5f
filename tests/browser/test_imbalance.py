"""The figures of the chapter on class weights and the focal loss, used as readers do."""

from playwright.sync_api import expect

from tools.testing.figures import FIGURES, hands, inside, painted, show, value


def number(figure, name):
    return float(value(figure, name).inner_text().split()[0])


def test_a_weight_multiplies_the_loss_of_yes_and_leaves_no_alone(screen):
    lens = show(screen, FIGURES["weighted-lens"], "loss-lens.weight=10")
    expect(value(lens, "loss")).to_have_text("6.931 nats")
    expect(value(lens, "plain loss")).to_have_text("0.693 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("−5.000")
    lens.get_by_role("radio", name="y = 0").check()
    expect(value(lens, "loss")).to_have_text("0.693 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("0.500")


def test_the_keyboard_raises_the_weight_and_the_prediction_with_it(screen):
    figure = show(screen, FIGURES["boundary"])
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
    figure = show(page, FIGURES["boundary"])
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


def test_an_address_with_the_mended_logit_opens_it(screen):
    figure = show(screen, FIGURES["boundary"], "boundary.corrected=true&boundary.weight=19")
    expect(figure.get_by_role("radio", name="minus ln w")).to_be_checked()
    expect(value(figure, "weight w")).to_have_text("19.0")
    figure = show(screen, FIGURES["boundary"], "boundary.corrected=yes")
    expect(figure.get_by_role("radio", name="as trained")).to_be_checked()


def test_other_data_give_another_line(screen):
    figure = show(screen, FIGURES["boundary"])
    line = figure.locator("[data-chart=plane] .ce-line")
    before = line.get_attribute("d")
    figure.get_by_role("slider", name="other data").press("ArrowRight")
    expect(line).not_to_have_attribute("d", before)


@hands
def test_a_hand_pulls_gamma_up_in_the_curves(screen, hand):
    figure = show(screen, FIGURES["focal-mass"])
    chart = figure.locator("[data-chart=focal]")
    hand(screen, inside(chart, 0.5, 0.7), inside(chart, 0.5, 0.3))
    expect(value(figure, "γ")).not_to_have_text("0.0")
    assert 1 < number(figure, "γ") < 5


def test_gamma_turns_the_easy_examples_down(screen):
    lens = show(screen, FIGURES["focal-lens"])
    expect(value(lens, "loss")).to_have_text("0.001 nats")
    lens.get_by_role("slider", name="focal γ").press("Home")
    expect(value(lens, "loss")).to_have_text("0.105 nats")
    mass = show(screen, FIGURES["focal-mass"])
    share = value(mass, "their share of the loss")
    expect(share).to_have_text("17.0 %")
    mass.get_by_role("slider", name="focal γ").fill("2")
    expect(share).to_have_text("0.023 %")  # as in the text
    mass.get_by_role("slider", name="focal γ").press("End")
    expect(share).to_have_text("4.14·10⁻⁶ %")
    mass.get_by_role("button", name="Reset").click()
    expect(share).to_have_text("17.0 %")
