"""The figures of the chapter on cross-entropy or squared error, used as readers do."""

from playwright.sync_api import expect

from tools.testing.figures import hands, inside, show, value

MSE = "chapters/cross-entropy-or-mse.html"
SLOPES, RACE, SURFACE, RELIABILITY = ((MSE, n) for n in (1, 2, 3, 4))


def test_the_address_sets_the_race_and_nonsense_in_it_is_ignored(screen):
    race = show(screen, RACE, "race.steps=232&race.rate=junk&race.w=99")
    expect(value(race, "cross-entropy below 0.5")).to_have_text("step 17")
    expect(value(race, "½MSE below 0.5")).to_have_text("step 232")


def test_play_step_and_reset_run_the_race(screen):
    race = show(screen, RACE)
    race.get_by_role("button", name="Step").press("Enter")
    expect(value(race, "step")).to_have_text("1")
    race.get_by_role("button", name="Play").click()
    expect(value(race, "cross-entropy below 0.5")).to_have_text("step 17")
    race.get_by_role("button", name="Reset").click()
    expect(race.get_by_role("button", name="Play")).to_be_visible()
    expect(value(race, "step")).to_have_text("0")


def test_the_keyboard_finds_the_slopes_of_the_text(screen):
    slopes = show(screen, SLOPES)
    slopes.get_by_role("slider", name="logit z").press("Home")
    expect(value(slopes, "slope of cross-entropy")).to_have_text("−0.99995")
    expect(value(slopes, "ratio")).to_have_text("22,028")


def test_what_the_text_calls_a_the_slopes_call_a(page):
    slopes = show(page, SLOPES)
    expect(value(slopes, "output a")).to_have_text("0.0474")
    expect(slopes.locator(".ce-chart")).to_contain_text("a = 1/3")
    slopes.get_by_text("Data table").click()
    expect(slopes.get_by_role("columnheader", name="output a")).to_be_visible()


def test_a_weight_of_almost_0_is_0(page):
    surface = show(page, SURFACE, "surface.steps=1000")
    expect(value(surface, "● w, b")).to_have_text("1.35, 0.00")
    surface.get_by_text("Data table").click()
    expect(surface.get_by_role("row", name="cross-entropy 1.3511")).to_contain_text("0.0000")


def test_the_last_step_is_after_both_losses_have_found_their_lowest_point(open_page):
    page = open_page(reduced_motion="reduce")
    surface = show(page, SURFACE)
    surface.get_by_role("button", name="Play").click()  # to the end at once
    expect(value(surface, "● w, b")).to_have_text("1.35, 0.00")
    expect(value(surface, "■ w, b")).to_have_text("1.03, 0.00")


@hands
def test_the_start_on_the_surface_follows_a_hand(screen, hand):
    surface = show(screen, SURFACE)
    start = inside(surface.locator(".ce-outline").first, 0.5, 0.5)
    hand(screen, start, inside(surface.locator(".ce-chart").first, 0.75, 0.5))
    expect(value(surface, "● w, b")).not_to_have_text("−4.00, 4.00")
    assert float(surface.get_by_role("slider", name="start w").input_value()) > 0


@hands
def test_the_logit_of_the_slopes_follows_a_hand(screen, hand):
    slopes = show(screen, SLOPES)
    chart = slopes.locator(".ce-chart").first
    hand(screen, inside(chart, 0.4, 0.5), inside(chart, 0.8, 0.5))
    assert float(slopes.get_by_role("slider", name="logit z").input_value()) > 2


def test_a_higher_temperature_mends_the_calibration(screen):
    figure = show(screen, RELIABILITY)
    before = float(value(figure, "ECE").inner_text())
    figure.get_by_role("slider", name="temperature T").focus()
    for _ in range(20):
        screen.keyboard.press("ArrowRight")
    expect(value(figure, "temperature T")).to_have_text("1.58")
    assert float(value(figure, "ECE").inner_text()) < before / 2
