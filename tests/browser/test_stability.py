"""The float microscope and the blurred digit, driven as readers do."""

import re

import pytest
from playwright.sync_api import expect

from tools.testing.figures import HOSTILE, hands, inside, ready, show, value

PAGE = "chapters/softmax-and-stability.html"
TEMPERATURE, DIGIT, NAN, ZERO = (PAGE, 3), (PAGE, 4), (PAGE, 5), (PAGE, 6)
BOTH = pytest.mark.parametrize("where", [DIGIT, NAN], ids=["digit", "microscope"])


def cell(figure, formula, column):
    """What the table of formulas says: loss in column 0, slope in column 1."""
    row = figure.locator(".ce-verdicts").get_by_role("row", name=re.compile(f"^{formula}"))
    return row.get_by_role("cell").nth(column)


def test_the_reason_for_a_nan_is_found_by_keys(screen):
    figure = show(screen, NAN)
    expect(cell(figure, "naive", 0)).to_have_text(re.compile("nan.*✗ nan"))
    expect(cell(figure, "log Σ", 0)).to_have_text(re.compile("inf.*✗ inf"))
    expect(cell(figure, "max", 0)).to_have_text(re.compile("0.*✗ silent 0"))
    expect(cell(figure, "log1p", 0)).to_have_text(re.compile("2.23·10⁻³⁹.*✓ all 7 digits"))
    figure.get_by_role("radio", name="float32").focus()
    screen.keyboard.press("ArrowRight")
    expect(figure.get_by_role("radio", name="float16", exact=True)).to_be_checked()
    figure.get_by_role("button", name="First nan").press("Enter")
    expect(value(figure, "true logit, as stored")).to_have_text("12")
    figure.get_by_role("button", name="First loss of 0").press("Enter")
    expect(value(figure, "true logit, as stored")).to_have_text("8")
    figure.get_by_role("slider", name="margin").focus()
    screen.keyboard.press("Home")
    expect(cell(figure, "naive", 0)).to_have_text(re.compile("✗ inf"))
    expect(cell(figure, "max", 0)).to_have_text(re.compile("1000.0000.*✓ all 3 digits"))
    figure.get_by_role("button", name="Reset").press("Enter")
    expect(cell(figure, "naive", 0)).to_have_text(re.compile("✗ nan"))


@pytest.mark.parametrize(
    ("dtype", "zero", "nan"),
    [("float64", 37, 710), ("float32", 17, 89), ("float16", 8, 12), ("bfloat16", 6, 89)],
    ids=["float64", "float32", "float16", "bfloat16"],
)
def test_each_dtype_has_the_margins_of_the_chapter(page, dtype, zero, nan):
    figure = show(page, ZERO)
    figure.get_by_role("radio", name=dtype, exact=True).check()
    figure.get_by_role("button", name="First loss of 0").click()
    expect(figure.get_by_role("spinbutton")).to_have_value(str(zero))
    expect(cell(figure, "max", 1)).to_have_text(re.compile("0.*✗ silent 0"))
    expect(cell(figure, "log1p", 1)).to_have_text(re.compile("✓ all"))
    figure.get_by_role("button", name="First nan").click()
    expect(figure.get_by_role("spinbutton")).to_have_value(str(nan))


def test_a_shift_that_changes_nothing_ends_the_naive_loss(page):
    figure = show(page, NAN)
    figure.get_by_role("spinbutton", name="margin, typed").fill("0")
    expect(cell(figure, "naive", 0)).to_have_text(re.compile("✓ all 7 digits"))
    figure.get_by_role("slider", name="shift of both").fill("2.004")  # about 100
    expect(cell(figure, "naive", 0)).to_have_text(re.compile("✗ nan"))
    expect(cell(figure, "max", 0)).to_have_text(re.compile("0.6931.*✓ all 7 digits"))


@hands
def test_a_hand_drags_the_margin(screen, hand):
    figure = show(screen, ZERO)
    chart = figure.locator("[data-chart=slope]")
    hand(screen, inside(chart, 0.9, 0.5), inside(chart, 0.55, 0.5))
    assert -10 < float(figure.get_by_role("spinbutton").input_value()) < 10
    expect(cell(figure, "max", 1)).to_have_text(re.compile("digits"))


def test_a_blurred_digit_is_less_sure_and_a_temperature_hides_it(screen):
    figure = show(screen, DIGIT)
    expect(value(figure, "its probability")).to_have_text("0.999")
    blur = figure.get_by_role("slider", name="blur")
    blur.focus()
    screen.keyboard.press("End")
    expect(value(figure, "the model's choice")).to_have_text("4")
    expect(value(figure, "its probability")).to_have_text(re.compile(r"0\.[23]\d\d"))
    figure.get_by_role("slider", name="temperature T").fill("-1")
    expect(value(figure, "its probability")).to_have_text(re.compile(r"0\.9\d\d|1\.000"))
    figure.get_by_role("radio", name="3", exact=True).check()
    expect(value(figure, "the model's choice")).not_to_have_text("3")
    blur.fill("0")
    expect(value(figure, "the model's choice")).to_have_text("3")


@hands
def test_a_hand_blurs_the_picture(screen, hand):
    figure = show(screen, DIGIT)
    image = figure.locator(".ce-image")
    hand(screen, inside(image, 0.1, 0.5), inside(image, 0.75, 0.5))
    expect(figure.get_by_role("slider", name="blur")).to_have_value("3")


def test_the_lens_opens_at_the_temperature_of_the_chapter(page):
    lens = show(page, TEMPERATURE)
    expect(value(lens, "probability of cat")).to_have_text("0.4442")
    lens.get_by_role("slider", name="temperature T").fill("-1")
    expect(value(lens, "probability of cat")).to_have_text("1.0000")
    expect(lens.get_by_role("slider", name="smoothing ε")).to_have_count(0)


def test_a_situation_comes_back_from_the_address_and_each_copy_has_its_own(page):
    query = "float-microscope.dtype=bfloat16&float-microscope-2.margin=-5.5&blurred-digit.blur=2"
    first = show(page, NAN, query)
    second, digit = ready(page, ZERO[1]), ready(page, DIGIT[1])
    expect(first.get_by_role("radio", name="bfloat16")).to_be_checked()
    expect(second.get_by_role("radio", name="float32")).to_be_checked()
    expect(second.get_by_role("spinbutton")).to_have_value("-5.5")
    expect(first.get_by_role("spinbutton")).to_have_value("89")
    expect(digit.get_by_role("slider", name="blur")).to_have_value("2")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nonsense_in_the_address_is_ignored(page, text):
    names = ["float-microscope." + n for n in ("dtype", "margin", "shift", "__proto__")]
    names += ["blurred-digit." + n for n in ("digit", "blur", "temperature", "weights")]
    for where in (DIGIT, NAN):
        before = show(page, where).locator(".ce-values").inner_text()
        figure = show(page, where, "&".join(f"{name}={text}" for name in names))
        assert figure.locator(".ce-values").inner_text() == before


@BOTH
def test_every_control_has_a_name_and_the_table_comes_on_request(page, where):
    figure = show(page, where)
    for control in figure.locator("input, button").all():
        expect(control).to_have_accessible_name(re.compile(r"\w"))
    table = figure.locator("details table")
    expect(table).to_be_hidden()
    figure.get_by_text("Data table").click()
    expect(table).to_be_visible()
    assert table.get_by_role("row").count() >= 10


@BOTH
def test_no_part_leaves_a_narrow_screen_and_a_picture_stands_in_on_paper(open_page, where):
    page = open_page(viewport={"width": 360, "height": 800})
    figure = show(page, where)
    figure.get_by_text("Data table").click()
    for part in figure.locator(".ce > *, .ce-chart, .ce-image, input, button").all():
        box = part.bounding_box()
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 360, part
    page.emulate_media(media="print")
    expect(figure.get_by_role("img").first).to_be_visible()


@pytest.mark.parametrize("control", ["margin", "shift of both"])
def test_a_drag_costs_a_quarter_of_a_frame_at_most(page, control):
    slider = show(page, ZERO).get_by_role("slider", name=control, exact=True)
    spent = slider.evaluate(
        """async slider => {
            const frame = () =>
                new Promise(done => requestAnimationFrame(() => done(performance.now())));
            const times = [];
            for (let k = 0; k < 60; k++) {
                slider.value = k / 40 - 1;
                const before = frame();
                slider.dispatchEvent(new Event("input"));  // the figure paints between the two
                const after = frame();
                times.push(-(await before) + (await after));
            }
            return times.sort((a, b) => a - b)[30];
        }"""
    )
    assert spent < 4


def test_the_chapter_asks_before_it_shows(page):
    guess = show(page, (PAGE, 0))
    guess.get_by_role("slider", name="my guess").fill("89")
    guess.get_by_role("button", name="Commit to this guess").click()
    expect(guess.get_by_role("status")).to_have_text(re.compile("^✓ Close"))
