"""The figures of the built site, used as readers do: keys, mouse, finger, address, paper."""

import re

import pytest
from playwright.sync_api import expect

from tools.testing.figures import (
    BINARY,
    CLAMP,
    CODE,
    ENTROPY,
    FIGURES,
    HOSTILE,
    LENS,
    LIKELIHOOD,
    MULTI,
    SAMPLING,
    SMOOTHED,
    SOFTMAX,
    TEXT,
    THERMOMETER,
    bars,
    drag_by_finger,
    hands,
    inside,
    numbers,
    ready,
    show,
    value,
)

# ------------------------------------------------------------------ keys


def test_the_keyboard_alone_works_the_lens(screen):
    lens = show(screen, LENS)
    z = lens.get_by_role("slider", name="logit z")
    expect(value(lens, "loss")).to_have_text("3.049 nats")
    z.focus()
    for _ in range(10):
        screen.keyboard.press("ArrowRight")
    expect(value(lens, "loss")).to_have_text("2.127 nats")
    screen.keyboard.press("End")
    expect(value(lens, "loss")).to_have_text("3.35·10⁻⁴ nats")
    screen.keyboard.press("Tab")
    expect(lens.get_by_role("slider", name="probability q")).to_be_focused()
    screen.keyboard.press("Tab")
    expect(lens.get_by_role("radio", name="y = 1")).to_be_focused()
    screen.keyboard.press("ArrowDown")
    expect(value(lens, "loss")).to_have_text("8.000 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("1.000")
    screen.keyboard.press("Tab")
    expect(lens.get_by_role("button", name="Reset")).to_be_focused()
    screen.keyboard.press("Enter")
    expect(value(lens, "loss")).to_have_text("3.049 nats")


def test_the_keyboard_alone_works_the_bars(screen):
    figure = show(screen, CODE)
    field = figure.get_by_label("model q of symbol a")
    field.focus()
    field.select_text()
    screen.keyboard.type("0.25")
    screen.keyboard.press("ArrowDown")
    screen.keyboard.press("Tab")
    assert numbers(bars(figure, "model q")) == [0.24, 0.38, 0.19, 0.19]
    expect(figure.get_by_label("model q of symbol b")).to_be_focused()
    figure.get_by_role("radio", name="bits").focus()
    screen.keyboard.press("ArrowRight")
    expect(value(figure, "H(p)")).to_have_text("1.213 nats")


def test_the_keyboard_alone_works_the_likelihood(screen):
    figure = show(screen, LIKELIHOOD)
    expect(value(figure, "product in float32")).to_have_text("9.77·10⁻⁴")
    figure.get_by_role("slider", name="flips n").focus()
    screen.keyboard.press("End")
    expect(value(figure, "product in float32")).to_have_text("0")
    expect(figure.locator("[data-chart=product]")).to_contain_text("every product is 0 in float32")
    expect(value(figure, "mean −log")).to_have_text("0.693 nats")
    figure.get_by_role("slider", name="probability q").focus()
    screen.keyboard.press("Home")
    expect(value(figure, "mean −log")).to_have_text("3.227 nats")


def test_a_clamp_ends_the_loss_in_a_flat_line(page):
    lens = show(page, CLAMP)
    expect(value(lens, "loss")).to_have_text("4.605 nats")  # −ln 0.01
    expect(value(lens, "slope dℓ/dz")).to_have_text("0.000")
    lens.get_by_role("radio", name="none").check()
    expect(value(lens, "loss")).to_have_text("6.002 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("−0.998")
    lens.get_by_role("radio", name="0.1", exact=True).check()
    lens.get_by_role("slider", name="logit z").fill("-2")
    expect(value(lens, "slope dℓ/dz")).to_have_text("−0.881")  # q = 0.119: the clamp is idle
    expect(show(page, LENS).get_by_role("radio", name="none")).to_have_count(0)


# ------------------------------------------------------------------ mouse and finger


@hands
def test_a_hand_drags_the_point_of_the_lens(screen, hand):
    lens = show(screen, LENS)
    chart = lens.locator("[data-chart=z]")
    dot = lens.locator("[data-chart=z] .ce-dot")
    before = float(dot.get_attribute("cx"))
    hand(screen, inside(chart, 0.4, 0.5), inside(chart, 0.8, 0.5))
    expect(value(lens, "loss")).not_to_have_text("3.049 nats")
    z = float(value(lens, "logit z").inner_text().replace("−", "-"))
    assert 2 < z < 7
    assert float(dot.get_attribute("cx")) > before


@hands
def test_a_hand_drags_a_bar_and_the_bars_still_sum_to_1(screen, hand):
    figure = show(screen, CODE)
    chart = figure.locator("[data-chart=bars]")
    chart.scroll_into_view_if_needed()
    bar = figure.locator("[data-chart=bars] .ce-bar.ce-q").first.bounding_box()
    start = bar["x"] + bar["width"] / 2, bar["y"] + 4
    hand(screen, start, (start[0], start[1] + 40))
    p, q = numbers(bars(figure, "truth p")), numbers(bars(figure, "model q"))
    assert p == [0.5, 0.25, 0.125, 0.125]
    assert 0.1 < q[0] < 0.4
    assert round(sum(q), 9) == 1
    expect(value(figure, "KL(p‖q)")).not_to_have_text("0.000 bits")


@hands
def test_a_hand_drags_the_probability_of_the_likelihood(screen, hand):
    figure = show(screen, LIKELIHOOD)
    chart = figure.locator("[data-chart=mean]")
    hand(screen, inside(chart, 0.55, 0.5), inside(chart, 0.75, 0.5))
    expect(value(figure, "mean −log")).not_to_have_text("0.693 nats")
    slider = figure.get_by_role("slider", name="probability q")
    assert 0.6 < float(slider.input_value()) < 0.9


# Within the plots of these a finger takes hold of something that goes up and down.
HELD = {("code_length", "bars"), ("softmax_lens", "logits"), ("focal_mass", "focal")}


@pytest.mark.parametrize("where", FIGURES.values(), ids=FIGURES)
def test_a_finger_scrolls_the_page_on_whatever_it_cannot_hold(open_page, where):
    page = open_page(viewport={"width": 360, "height": 800}, has_touch=True)
    figure = show(page, where)
    kind = figure.get_attribute("data-figure")
    for chart in figure.locator(".ce-chart, .ce-image").all():
        held = (kind, chart.get_attribute("data-chart")) in HELD
        for x in (10 / chart.bounding_box()["width"], *([] if held else [0.5])):
            chart.evaluate("chart => chart.scrollIntoView({block: 'center', behavior: 'instant'})")
            start, before = inside(chart, x, 0.6), page.evaluate("scrollY")
            drag_by_finger(page, start, (start[0], start[1] - 150))
            page.wait_for_function("before => scrollY > before + 100", arg=before)


def test_whatever_is_typed_the_bars_sum_to_1(page):
    figure = show(page, CODE)
    for symbol, text in (("a", "0.901"), ("d", "1"), ("b", "0.333"), ("c", "7"), ("a", "-1")):
        field = figure.get_by_label(f"model q of symbol {symbol}")
        field.fill(text)
        field.press("Tab")
        assert round(sum(numbers(bars(figure, "model q"))), 9) == 1


def test_what_is_typed_is_kept_where_paints_come_late(page):
    page.add_init_script(
        "const frame = requestAnimationFrame;"
        "window.requestAnimationFrame = call => setTimeout(() => frame(call), 500);"
    )
    figure = show(page, CODE)
    page.wait_for_timeout(1000)  # the first paints are over
    fields = [figure.get_by_label(f"model q of symbol {symbol}") for symbol in "abc"]
    fields[0].focus()
    fields[0].select_text()
    for text in ("0.5", "0.125", "0.25"):  # left to right
        page.keyboard.type(text)
        page.keyboard.press("Tab")
        page.wait_for_timeout(1000)  # what was typed is painted when the next field is entered
    expect(figure.get_by_label("model q of symbol d")).to_have_value("0.125")
    assert numbers(bars(figure, "model q")) == [0.5, 0.125, 0.25, 0.125]
    for field, text in zip(fields, ("0.1", "0.2", "0.3"), strict=True):
        field.fill(text)  # selects the text before it leaves the field before
    expect(figure.get_by_label("model q of symbol d")).to_have_value("0.4")


def test_a_code_without_a_name_for_what_happens_costs_infinity(page):
    figure = show(page, CODE)
    figure.get_by_label("model q of symbol a").fill("0")
    expect(value(figure, "H(p, q)")).to_have_text("∞ bits")
    figure.get_by_label("truth p of symbol a").fill("0")
    expect(value(figure, "H(p, q)")).not_to_have_text("∞ bits")


def test_the_swapped_codes_of_the_chapter(page):
    figure = show(page, (ENTROPY, 3))
    expect(value(figure, "H(p, q)")).to_have_text("2.375 bits")
    figure.get_by_role("button", name="Swap p and q").click()
    expect(value(figure, "H(p, q)")).to_have_text("2.250 bits")
    expect(value(figure, "perplexity of q on p")).to_have_text("4.76")  # 2 to the 2.250
    figure.get_by_role("button", name="Make q equal p").click()
    expect(value(figure, "KL(p‖q)")).to_have_text("0.000 bits")


# ------------------------------------------------------------------ what it says


@pytest.mark.parametrize("where", FIGURES.values(), ids=FIGURES)
def test_every_control_has_a_name_and_the_figure_too(page, where):
    figure = show(page, where)
    expect(figure.locator(".ce")).to_have_attribute("role", "group")
    assert figure.locator(".ce").get_attribute("aria-label")
    controls = figure.locator("input, button")
    assert controls.count() >= 3
    for control in controls.all():
        expect(control).to_have_accessible_name(re.compile(r"\w"))


def test_the_live_text_says_the_result_once_it_has_settled(page):
    lens = show(page, LENS)
    live = lens.get_by_role("status")
    expect(live).to_have_text("")  # nothing has changed yet
    lens.get_by_role("slider", name="logit z").fill("0")
    expect(live).to_have_text(
        "At logit 0.00, probability 0.5000, target 1: loss 0.693 nats, "
        "slope in q −2.000, slope in z −0.500."
    )
    expect(lens.get_by_role("slider", name="logit z")).to_have_attribute("aria-valuetext", "0.0")


@pytest.mark.parametrize("where", FIGURES.values(), ids=FIGURES)
def test_the_data_table_comes_on_request(page, where):
    figure = show(page, where)
    table = figure.locator("details table").first
    expect(table).to_be_hidden()
    figure.get_by_text("Data table").click()
    expect(table).to_be_visible()
    assert table.get_by_role("row").count() >= 3
    assert table.get_by_role("columnheader").count() >= 3


def test_the_data_table_follows_the_figure(page):
    lens = show(page, LENS)
    lens.get_by_text("Data table").click()
    row = lens.get_by_role("row", name=re.compile("^−8 "))
    expect(row).to_contain_text("8.0003")
    lens.get_by_role("radio", name="y = 0").check()
    expect(row).to_contain_text("0.0003")


def test_the_read_out_names_what_it_shows_now(page):
    lens = show(page, SOFTMAX)
    lens.get_by_role("radio", name="fox").check()
    expect(value(lens, "probability of fox")).to_have_text("0.0900")
    figure = show(page, LIKELIHOOD)
    figure.get_by_role("radio", name="float64").check()
    expect(value(figure, "product in float64")).to_have_text("9.77·10⁻⁴")
    digit = show(page, FIGURES["blurred-digit"])
    digit.get_by_role("radio", name="7", exact=True).check()
    expect(value(digit, "loss of the 7")).to_have_text(re.compile("nats$"))


def test_the_slider_the_read_out_and_the_sentence_say_one_probability(page):
    for z, q in (("-6", "0.0025"), ("8", "0.9997"), ("-8", "0.0003")):
        lens = show(page, LENS, f"loss-lens.z={z}")
        expect(value(lens, "probability q")).to_have_text(q)
        slider = lens.get_by_role("slider", name="probability q")
        expect(slider).to_have_attribute("aria-valuetext", q)
        picture = lens.locator(".ce").get_by_role("img")
        expect(picture).to_have_accessible_name(re.compile(f"probability {q},"))


# ------------------------------------------------------------------ the address


def test_a_situation_is_in_the_address_and_comes_back_from_it(page):
    lens = show(page, LENS)
    lens.get_by_role("slider", name="logit z").fill("2")
    lens.get_by_role("radio", name="y = 0").check()
    expect(page).to_have_url(re.compile(r"\?loss-lens\.y=0&loss-lens\.z=2$|z=2&loss-lens\.y=0$"))
    page.reload()
    lens = ready(page, 0)
    expect(value(lens, "loss")).to_have_text("2.127 nats")
    lens.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(re.compile(r"index\.html$"))


def test_the_copied_link_opens_at_the_figure_with_its_state(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    figure = show(page, CODE)
    figure.get_by_label("model q of symbol a").fill("0.25")
    figure.get_by_role("button", name="Copy link").click()
    expect(figure.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"\?code-length\.q=0\.25,[\d.]+,[\d.]+,[\d.]+#figure-code-length$", link)
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(".ce-figure").nth(1)).to_be_in_viewport(ratio=0.5)
    assert numbers(bars(ready(page, 1), "model q"))[0] == 0.25


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_makes_no_sense_in_the_address_is_ignored(page, text):
    traits = {
        LENS: ["loss-lens.z", "loss-lens.y", "loss-lens.clamp", "loss-lens.__proto__"],
        CLAMP: ["loss-lens-2.clamp", "loss-lens-2.constructor"],
        CODE: ["code-length.p", "code-length.q", "code-length.unit", "code-length.labels"],
        LIKELIHOOD: ["likelihood.q", "likelihood.n", "likelihood.dtype", "likelihood.share"],
        TEXT: ["text-cost.model", "text-cost.models", "text-cost.symbols"],
        SAMPLING: ["sampling.n", "sampling.seed"],
        SOFTMAX: ["softmax-lens.z", "softmax-lens.smoothing", "softmax-lens.temperature"],
        THERMOMETER: ["thermometer.loss", "thermometer.classes"],
        FIGURES["weighted-lens"]: ["loss-lens.weight", "loss-lens.gamma", "loss-lens.knobs"],
        FIGURES["boundary"]: ["boundary.weight", "boundary.corrected", "boundary.seed"],
        FIGURES["focal-lens"]: ["loss-lens-2.gamma", "loss-lens-2.weight"],
        FIGURES["focal-mass"]: ["focal-mass.gamma", "focal-mass.p"],
    }
    for where, names in traits.items():
        figure = show(page, where)
        before = figure.locator(".ce-values").inner_text()
        figure = show(page, where, "&".join(f"{name}={text}" for name in names))
        assert figure.locator(".ce-values").inner_text() == before


def test_two_copies_on_one_page_are_two_figures(page):
    query = "likelihood.q=0.7&likelihood-2.n=200"
    first = show(page, LIKELIHOOD, query)
    second = ready(page, 3)
    expect(first.get_by_role("slider", name="probability q")).to_have_value("0.7")
    expect(first.get_by_role("slider", name="flips n")).to_have_value("10")
    expect(second.get_by_role("slider", name="probability q")).to_have_value("0.5")
    expect(second.get_by_role("slider", name="flips n")).to_have_value("200")
    second.get_by_role("radio", name="float32").check()
    expect(first.get_by_role("radio", name="float32")).to_be_checked()
    first.get_by_role("radio", name="float64").check()
    expect(second.get_by_role("radio", name="float32")).to_be_checked()


# ------------------------------------------------------------------ a prediction


def test_a_guess_is_committed_before_the_answer_comes(screen):
    guess = show(screen, (ENTROPY, 0))
    commit = guess.get_by_role("button", name="Commit to this guess")
    verdict = guess.get_by_role("status")
    expect(commit).to_be_disabled()
    slider = guess.get_by_role("slider", name="my guess")
    expect(slider).to_have_attribute("aria-valuetext", "no guess")
    slider.focus()
    screen.keyboard.press("Home")
    expect(verdict).to_have_text("")
    commit.click()
    expect(verdict).to_have_text(re.compile(r"^✗ Not quite\. You said 0\.50 bits, it is 1\.75"))
    guess.get_by_role("button", name="Guess again").click()
    slider.fill("1.75")
    commit.click()
    expect(verdict).to_have_text(re.compile("^✓ Close"))


def test_the_first_moving_figure_of_a_chapter_follows_a_prediction(page):
    for name in (ENTROPY, BINARY, MULTI):
        page.goto(name)
        expect(page.locator(".ce-figure").first).to_have_attribute("data-figure", "prediction")


# ------------------------------------------------------------------ less than a whole browser


@pytest.mark.parametrize("where", FIGURES.values(), ids=FIGURES)
@pytest.mark.parametrize("width", [1280, 360])
def test_without_scripts_a_picture_stands_in_and_fits(open_page, where, width):
    page = open_page(java_script_enabled=False, viewport={"width": width, "height": 800})
    name, n = where
    page.goto(name)
    picture = page.locator(".ce-figure").nth(n).get_by_role("img")
    expect(picture).to_be_visible()
    assert len(picture.get_attribute("aria-label")) > 30
    box = picture.bounding_box()
    assert box["width"] > 0.6 * min(width, 700)
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("where", FIGURES.values(), ids=FIGURES)
def test_on_paper_the_picture_stands_in(page, where):
    figure = show(page, where)
    picture = figure.locator(".ce-fallback").get_by_role("img")
    expect(picture).to_be_hidden()
    page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(figure.get_by_role("button", name="Reset")).to_be_hidden()


def test_nothing_moves_by_itself(open_page):
    page = open_page(reduced_motion="reduce")
    lens = show(page, LENS)
    lens.get_by_role("slider", name="logit z").fill("3")
    expect(value(lens, "logit z")).to_have_text("3.00")
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("where", FIGURES.values(), ids=FIGURES)
def test_a_figure_has_the_ground_and_the_ink_of_the_page(open_page, where):
    page = open_page(color_scheme="dark")
    figure = show(page, where)
    ink, ground = figure.evaluate(
        """figure => {
            let box = figure, ground = "rgba(0, 0, 0, 0)";
            for (; box && ground === "rgba(0, 0, 0, 0)"; box = box.parentElement)
                ground = getComputedStyle(box).backgroundColor;
            return [getComputedStyle(figure).color, ground];
        }"""
    )
    light, dark = (sum(map(int, re.findall(r"\d+", c)[:3])) / 3 for c in (ink, ground))
    assert light > 180
    assert dark < 60


@pytest.mark.parametrize("where", FIGURES.values(), ids=FIGURES)
def test_a_figure_never_leaves_a_narrow_screen(open_page, where):
    page = open_page(viewport={"width": 360, "height": 800})
    figure = show(page, where)
    figure.get_by_text("Data table").click()
    for part in figure.locator(".ce > *, .ce-chart, input, button").all():
        box = part.bounding_box()
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 360, part


WORDS = """figure => [...figure.querySelectorAll(".ce-chart")].flatMap(chart => {
    const box = chart.getBoundingClientRect();
    const words = [...chart.querySelectorAll(".ce-axes text, .ce-label")]
        .filter(node => node.textContent)
        .map(node => [node.textContent, node.getBoundingClientRect()]);
    const out = words.filter(([, { left, right }]) => left < box.left - 1 || right > box.right + 1);
    const over = words.flatMap(([one, a], i) => words.slice(i + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1)
        .filter(([, b]) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3) // air
        .map(([two]) => [one, two]));
    return [...out.map(([text]) => text), ...over];
})"""
LONG = {  # the longest numbers, and a label at each of its places
    "likelihood-float32": (LIKELIHOOD, "likelihood.n=130"),
    "likelihood-float64": (LIKELIHOOD, "likelihood.n=1070&likelihood.dtype=float64"),
    "likelihood-gone": (LIKELIHOOD, "likelihood.n=2000&likelihood.dtype=float64"),
    **{
        f"thermometer-{K}": (THERMOMETER, f"thermometer.classes={K}")
        for K in (2, 10, 100, 1000, 50257)
    },
}


@pytest.mark.parametrize(
    ("where", "query"),
    [*((where, "") for where in FIGURES.values()), *LONG.values()],
    ids=[*FIGURES, *LONG],
)
@pytest.mark.parametrize("width", [1280, 360])
def test_the_words_of_a_chart_are_clear_of_each_other_and_within_it(open_page, where, query, width):
    figure = show(open_page(viewport={"width": width, "height": 800}), where, query)
    assert figure.evaluate(WORDS) == []


# ------------------------------------------------------------------ a text and a die


def test_a_typed_text_costs_what_its_letters_cost(screen):
    figure = show(screen, TEXT)
    field = figure.get_by_label("your text (up to 40 letters)", exact=True)
    field.fill("")
    expect(value(figure, "symbols")).to_have_text("0")
    for name in ("per symbol: H(p, q)", "best for these letters: H(p)"):
        expect(value(figure, name)).to_have_text("–")
    expect(figure.get_by_role("status")).to_have_text(re.compile("^0 symbols .*: 0.00 bits.$"))
    field.press_sequentially("Zebra, quiz!")
    expect(value(figure, "symbols")).to_have_text("10")
    figure.get_by_role("radio", name="nothing known").check()
    expect(value(figure, "per symbol: H(p, q)")).to_have_text("4.75 bits")  # log₂ 27
    expect(value(figure, "whole text")).to_have_text("47.55 bits")
    figure.get_by_role("radio", name="its first page").check()
    expect(value(figure, "whole text")).to_have_text("∞ bits")
    figure.get_by_role("radio", name="the story").check()
    expect(value(figure, "whole text")).not_to_have_text("∞ bits")
    expect(screen).to_have_url(re.compile(r"text-cost\.text=Zebra%2C\+quiz%21|text=Zebra,\+quiz"))


def test_a_die_thrown_again_gives_other_counts_and_the_same_truth(screen):
    figure = show(screen, SAMPLING)
    first = value(figure, "plug-in H(p̂)").inner_text()
    expect(value(figure, "truth H(p)")).to_have_text("2.585 bits")
    figure.get_by_role("button", name="Throw again").click()
    expect(value(figure, "plug-in H(p̂)")).not_to_have_text(first)
    figure.get_by_role("slider", name="throws N").focus()
    screen.keyboard.press("End")
    expect(value(figure, "throws N")).to_have_text("500")
    expect(value(figure, "plug-in H(p̂)")).to_have_text(re.compile(r"^2\.5[678]\d bits"))
    figure.get_by_role("button", name="Reset").click()
    expect(value(figure, "plug-in H(p̂)")).to_have_text(first)


# ------------------------------------------------------------------ several classes


def row(figure, name):
    """The numbers of a row of the data table."""
    cells = figure.get_by_role("row", name=re.compile(f"^{name} ")).get_by_role("cell")
    expect(cells).to_have_count(4)
    return [float(text.replace("−", "-")) for text in cells.all_inner_texts()]


def test_the_keyboard_alone_works_the_logits(screen):
    lens = show(screen, SOFTMAX)
    expect(value(lens, "loss")).to_have_text("0.408 nats")
    lens.get_by_role("slider", name="logit of cat").focus()
    screen.keyboard.press("End")
    expect(value(lens, "probability of cat")).to_have_text("0.9966")
    lens.get_by_role("radio", name="cat").focus()
    screen.keyboard.press("ArrowDown")
    expect(value(lens, "loss")).to_have_text("6.003 nats")
    lens.get_by_text("Data table").click()
    assert [row(lens, name)[3] for name in ("cat", "dog", "fox")] == [0.9966, -0.9975, 0.0009]
    lens.get_by_role("button", name="Reset").click()
    expect(value(lens, "loss")).to_have_text("0.408 nats")


@hands
def test_a_hand_drags_a_logit(screen, hand):
    lens = show(screen, SOFTMAX)
    chart = lens.locator("[data-chart=logits]")
    hand(screen, inside(chart, 0.53, 0.45), inside(chart, 0.53, 0.1))
    slider = lens.get_by_role("slider", name="logit of dog")
    assert float(slider.input_value()) > 3
    expect(lens.get_by_role("slider", name="logit of cat")).to_have_value("1")
    expect(value(lens, "the model's choice")).to_have_text("dog")


def test_a_smoothed_target_is_lost_again_beyond_its_floor(page):
    lens = show(page, SMOOTHED)
    expect(value(lens, "floor H(target)")).to_have_text("0.291 nats")
    logit = lens.get_by_role("slider", name="logit of cat")
    losses = []
    for z in ("2", "3.3", "6"):
        logit.fill(z)
        losses.append(float(value(lens, "loss").inner_text().split()[0]))
    assert losses[0] > losses[1] < losses[2]
    assert losses[1] == 0.291
    expect(show(page, SOFTMAX).get_by_role("slider", name="smoothing ε")).to_have_count(0)


def test_the_thermometer_reads_one_loss_four_ways(screen):
    figure = show(screen, THERMOMETER)
    figure.get_by_role("slider", name="loss").fill("0.69")
    expect(value(figure, "in bits")).to_have_text("0.995 bits")
    expect(value(figure, "probability of the truth")).to_have_text("50.2 %")
    expect(value(figure, "as unsure as among")).to_have_text("1.99 choices")
    figure.get_by_role("radio", name="50,257").check()
    expect(value(figure, "ln K")).to_have_text("10.825 nats")
    expect(screen).to_have_url(re.compile(r"thermometer\.classes=50257"))
