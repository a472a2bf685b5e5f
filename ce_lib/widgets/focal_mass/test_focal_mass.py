"""The focal loss, and which examples make up its sum."""

from playwright.sync_api import expect

from ce_lib.widgets import FocalMass
from tools.testing.figures import assert_heard, hands, inside, number, place, show, value

WHERE = place("focal_mass")
EXAMPLES = {"plain": lambda: FocalMass([0.2, 0.95, 0.99], gamma=2.0)}
REFUSED = [(lambda: FocalMass([]), "p"), (lambda: FocalMass([1.0]), "p")]


def test_each_control_is_heard(page):
    told = r"^γ 5\.0: the easy examples, [\d.]+ % of all, make 4\.14·10⁻⁶ %"
    called = "Focal loss, and which examples make up its sum"
    assert_heard(page, WHERE, called, [("slider", "focal γ", "End", told)])


@hands
def test_a_hand_pulls_gamma_up_in_the_curves(screen, hand):
    figure = show(screen, WHERE)
    chart = figure.locator("[data-chart=focal]")
    hand(screen, inside(chart, 0.5, 0.7), inside(chart, 0.5, 0.3))
    expect(value(figure, "γ")).not_to_have_text("0.0")
    assert 1 < number(figure, "γ") < 5


def test_gamma_turns_the_easy_examples_down(screen):
    figure = show(screen, WHERE)
    share = value(figure, "their share of the loss")
    expect(share).to_have_text("17.0 %")
    figure.get_by_role("slider", name="focal γ").fill("2")
    expect(share).to_have_text("0.023 %")  # as in the text
    figure.get_by_role("slider", name="focal γ").press("End")
    expect(share).to_have_text("4.14·10⁻⁶ %")
    figure.get_by_role("button", name="Reset").click()
    expect(share).to_have_text("17.0 %")
