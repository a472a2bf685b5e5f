"""The race of cross-entropy and ½MSE."""

from playwright.sync_api import expect

from ce_lib.widgets import Race
from tools.testing.figures import assert_heard, place, show, value

WHERE = place("race")
EXAMPLES = {"plain": lambda: Race()}
REFUSED = [(lambda: Race(steps=601), "steps")]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Race of cross-entropy and ½MSE: output and loss, step by step",
        [
            ("button", "Step", "Enter", r"^Step 1: output 0\.9\d+ with cross-entropy, 0\.98"),
            ("slider", "learning rate", "End", r"^Step 0: output 0\.982"),
        ],
    )


def test_the_address_sets_the_race_and_nonsense_in_it_is_ignored(page):
    race = show(page, WHERE, "race.steps=232&race.rate=junk&race.w=99")
    expect(value(race, "cross-entropy below 0.5")).to_have_text("step 17")
    expect(value(race, "½MSE below 0.5")).to_have_text("step 232")


def test_play_step_and_reset_run_the_race(screen):
    race = show(screen, WHERE)
    race.get_by_role("button", name="Step").press("Enter")
    expect(value(race, "step")).to_have_text("1")
    race.get_by_role("button", name="Play").click()
    expect(value(race, "cross-entropy below 0.5")).to_have_text("step 17")
    race.get_by_role("button", name="Reset").click()
    expect(race.get_by_role("button", name="Play")).to_be_visible()
    expect(value(race, "step")).to_have_text("0")
