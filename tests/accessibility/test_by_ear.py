"""Each figure by its accessibility tree alone: keys go in, names, values and sentences come out."""

import re

import pytest
from playwright.sync_api import expect

ENTROPY, BINARY, MULTI, WEIGHTS, STABILITY, MSE = (
    f"chapters/{name}.html"
    for name in (
        "entropy",
        "binary-cross-entropy",
        "multiclass-cross-entropy",
        "weights-and-focal-loss",
        "softmax-and-stability",
        "cross-entropy-or-mse",
    )
)
# Each kind of figure: where it is, what it is called, and what one tries in it: the role and the
# name of a control, the keys pressed there, and what is read out when they have been.
FIGURES = {
    "loss-lens": (
        ("index.html", 0),
        "Loss lens: binary cross-entropy against probability and logit",
        [
            ("slider", "logit z", "End", r"^At logit 8\.00, .*: loss 3\.35·10⁻⁴ nats"),
            ("slider", "probability q", "PageDown", r"^At logit 2\.19, probability 0\.899"),
            ("radio", "y = 1", "ArrowDown", r"target 0: loss 2\.\d+ nats, slope in q"),
        ],
    ),
    "code-length": (
        (ENTROPY, 1),
        "Code length: drag the bars of p and q",
        [
            ("spinbutton", "model q of symbol a", "PageDown", r"q is 0\.4, .* KL 0\.029 bits\.$"),
            ("spinbutton", "model q of symbol a", "ArrowUp", r"q is 0\.41, "),
            ("radio", "bits", "ArrowDown", r"entropy of p 1\.213 nats"),
            ("button", "Make q equal p", "Enter", r"q is 0\.5, .* difference KL 0\.000 nats"),
            ("button", "Reset", "Enter", r"entropy of p 1\.750 bits"),
        ],
    ),
    "likelihood": (
        (BINARY, 1),
        "Likelihood of coin flips: the product and the sum of logs",
        [
            ("slider", "flips n", "End", r"1400 heads in 2000 flips: .* float32 is 0, .* −1386\.3"),
            ("radio", "float32", "ArrowDown", r"the product in float64 is 0"),
            ("slider", "probability q", "Home", r"^q 0\.01, .* mean loss 3\.\d+ nats"),
        ],
    ),
    "clamped-lens": (
        (BINARY, 4),
        "Loss lens: binary cross-entropy against probability and logit",
        [("radio", "0.01", "ArrowDown", r"loss 6\.002 nats, .* slope in z −0\.998")],
    ),
    "soft-lens": (
        (BINARY, 5),
        "Loss lens: binary cross-entropy against probability and logit",
        [("slider", "target y", "Home", r"target 0\.00: loss 0\.693 nats")],
    ),
    "text-cost": (
        (ENTROPY, 4),
        "Cost of a text: type one and choose a code",
        [
            (
                "textbox",
                "your text (up to 40 letters)",
                "a",
                r"^35 symbols in the code made for the story",
            ),
            ("radio", "the story", "ArrowDown", r"^35 symbols in the code made for its first page"),
        ],
    ),
    "sampling": (
        (ENTROPY, 7),
        "Throws of a fair die: entropy from counts",
        [
            ("button", "Throw again", "Enter", r"^10 throws, faces"),
            (
                "slider",
                "throws N",
                "ArrowRight",
                r"^11 throws, faces 1 to 6 came [\d, ]+ times: .*",
            ),
            ("slider", "throws N", "End", r"^500 throws.* say 2\.5\d+ bits, the truth is 2\.585"),
        ],
    ),
    "softmax-lens": (
        (MULTI, 1),
        "Softmax lens: drag the logits, see softmax and slope",
        [
            ("slider", "logit of cat", "Home", r"^True class cat, loss .* chooses dog\.$"),
            (
                "radio",
                "cat",
                "ArrowDown",
                r"^True class dog, loss 0\.\d+ nats; probabilities cat 0",
            ),
        ],
    ),
    "smoothed-lens": (
        (MULTI, 4),
        "Softmax lens: drag the logits, see softmax and slope",
        [("slider", "smoothing ε", "End", r"^True class cat, loss 1\.\d+ nats")],
    ),
    "thermometer": (
        (MULTI, 2),
        "Loss thermometer: one loss in nats, in bits, as a probability and as a number of choices",
        [
            ("slider", "loss", "End", r"^Loss 12\.00 nats, 17\.31 bits, .* worse than knowing"),
            ("radio", "10", "ArrowDown", r"worse than knowing nothing of 100 classes"),
        ],
    ),
    "weighted-lens": (
        (WEIGHTS, 1),
        "Loss lens: binary cross-entropy against probability and logit",
        [("slider", "weight w of y = 1", "Home", r"target 1: loss 0\.069 nats")],
    ),
    "focal-lens": (
        (WEIGHTS, 3),
        "Loss lens: binary cross-entropy against probability and logit",
        [("slider", "focal γ", "Home", r"loss 0\.105 nats")],
    ),
    "boundary": (
        (WEIGHTS, 2),
        "Decision boundary of rare events as their weight moves",
        [
            ("slider", "weight w of +", "End", r"^Weight 99\.0: the line crosses x₂ = 0 at x₁ = −"),
            (
                "radio",
                "as trained",
                "ArrowDown",
                r"logit minus ln w: .* recall 0\.30, precision 1\.00",
            ),
            ("slider", "other data", "ArrowRight", r"x₂ = 0 at x₁ = 1\.90, recall 0\.50"),
        ],
    ),
    "focal-mass": (
        (WEIGHTS, 4),
        "Focal loss, and which examples make up its sum",
        [
            (
                "slider",
                "focal γ",
                "End",
                r"^γ 5\.0: the easy examples, [\d.]+ % of all, make 4\.14·10⁻⁶ %",
            )
        ],
    ),
    "temperature-lens": (
        (STABILITY, 3),
        "Softmax lens: drag the logits, see softmax and slope",
        [("slider", "temperature T", "Home", r"probabilities cat 1\.000, dog 4\.54·10⁻⁵")],
    ),
    "blurred-digit": (
        (STABILITY, 4),
        "Blurred digit: a picture, its logits and their softmax",
        [
            ("slider", "blur", "End", r"^A 4, blurred by 4\.00 pixels, .* with probability 0\.\d+"),
            ("slider", "temperature T", "Home", r"temperature 0\.10: "),
            ("radio", "4", "ArrowDown", r"^A 7, blurred by 4\.00 pixels"),
        ],
    ),
    "float-microscope": (
        (STABILITY, 5),
        "Float microscope: how many digits four formulas of the cross-entropy get right",
        [
            (
                "button",
                "First loss of 0",
                "Enter",
                r"^float32, margin 17: .* max: 0, silent 0; log1p",
            ),
            (
                "radio",
                "float32",
                "ArrowDown",
                r"^float16, margin 17: .* naive: nan, nan; log Σ: inf",
            ),
            ("slider", "margin", "Home", r"margin −1000: exact loss 1000\.0000 nats"),
            ("spinbutton", "margin, typed", "ArrowUp", r"margin −999: exact loss 999\.0000 nats"),
        ],
    ),
    "slopes": (
        (MSE, 1),
        "Slopes of cross-entropy and of ½MSE in the logit",
        [
            ("slider", "logit z", "Home", r"^At logit −10\.0, label 1: .* ratio 22,028\.$"),
            ("radio", "y = 1", "ArrowDown", r"^At logit −10\.0, label 0"),
        ],
    ),
    "race": (
        (MSE, 2),
        "Race of cross-entropy and ½MSE: output and loss, step by step",
        [
            ("button", "Step", "Enter", r"^Step 1: output 0\.9\d+ with cross-entropy, 0\.98"),
            ("slider", "learning rate", "End", r"^Step 0: output 0\.982"),
        ],
    ),
    "surface": (
        (MSE, 3),
        "Loss surface over w and b: drag the start",
        [
            ("button", "Step", "Enter", r"^Step 1: cross-entropy 4\.\d+ nats on its own path"),
            ("slider", "start w", "End", r"^Step 0: cross-entropy \d\.\d+ nats on its own path"),
        ],
    ),
    "reliability": (
        (MSE, 4),
        "Reliability diagram with a temperature",
        [("slider", "temperature T", "End", r"^Temperature 10\.00: .* error 0\.\d+, mean")],
    ),
}
every_figure = pytest.mark.parametrize(("where", "called", "tries"), FIGURES.values(), ids=FIGURES)


def show(page, where):
    name, n = where
    page.goto(name)
    figure = page.locator(".ce-figure").nth(n)
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_class(re.compile("ce-ready"))
    return figure.get_by_role("group").first


def test_every_kind_of_figure_of_the_book_is_tried_here(site):
    used = {
        kind
        for page in site.rglob("*.html")
        for kind in re.findall(r'data-figure="(\w+)"', page.read_text("utf-8"))
    }
    names = {re.sub(r"^(clamped|soft|weighted|focal)-lens$", "loss-lens", name) for name in FIGURES}
    names = {re.sub(r"^(smoothed|temperature)-lens$", "softmax-lens", name) for name in names}
    assert {name.replace("-", "_") for name in names} | {"prediction"} == used


@every_figure
def test_what_one_tries_is_told_in_a_sentence_and_in_the_table(page, where, called, tries):
    figure = show(page, where)
    expect(figure).to_have_accessible_name(called)
    live, picture = figure.get_by_role("status"), figure.get_by_role("img")
    expect(live).to_have_text("")
    figure.get_by_text("Data table", exact=True).press("Enter")
    data = figure.get_by_role("group", name=f"Data table: {called}")
    for table in data.get_by_role("table").all():
        columns = table.get_by_role("columnheader").count()
        rows = table.get_by_role("row").all()[1:]
        assert columns >= 2 and len(rows) >= 2
        for row in rows:
            expect(row.get_by_role("rowheader")).to_have_text(re.compile(r"\S"))
            expect(row.get_by_role("cell")).to_have_text([re.compile(r"\S")] * (columns - 1))
    before = data.inner_text()
    changed = called.startswith("Loss thermometer")  # its table turns units, whatever is set
    for role, name, key, told in tries:
        figure.get_by_role(role, name=name, exact=True).press(key)
        expect(live).to_have_text(re.compile(told))
        expect(picture).to_have_accessible_name(live.inner_text())
        changed = changed or data.inner_text() != before
    assert changed


# What has the focus, as a screen reader names it: the controls in their order, each once.
FOCUS = """() => {
    const at = document.activeElement;
    return at.closest(".ce") ? [at.type ?? at.localName, at.name ?? ""] : null;
}"""


@every_figure
def test_the_tab_key_meets_each_control_once_in_reading_order(page, where, called, tries):
    figure = show(page, where)
    figure.get_by_text("Data table", exact=True).press("Enter")
    controls = figure.locator("input, button, summary, [tabindex]")
    in_order = controls.evaluate_all(
        """all => {
            const groups = new Set(); // of radio buttons one has the focus
            return all.filter(({ type, name }) =>
                type !== "radio" || !(groups.has(name) || !groups.add(name)))
                .map((node) => [node.type ?? node.localName, node.name ?? ""]);
        }"""
    )
    controls.first.focus()
    if in_order[0][0] == "radio":
        figure.locator("input:checked").first.focus()
    met = []
    while (at := page.evaluate(FOCUS)) is not None and len(met) <= len(in_order):
        met.append(at)
        page.keyboard.press("Tab")
    assert met == in_order
    above = controls.evaluate_all(  # as they are read: none stands above the one before it
        """all => all.map((node) => node.getBoundingClientRect())
            .filter((box, i, boxes) => i && box.bottom <= boxes[i - 1].top).length"""
    )
    assert above == 0


@every_figure
def test_the_keys_of_a_slider_move_it_and_its_value_is_said(page, where, called, tries):
    figure = show(page, where)
    for slider in figure.get_by_role("slider").all():
        expect(slider).to_have_accessible_name(re.compile(r"\w"))
        said = []
        for key in ("Home", "ArrowRight", "PageUp", "End", "ArrowLeft", "PageDown"):
            slider.press(key)
            page.evaluate(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            said.append(slider.get_attribute("aria-valuetext"))
        low, right, up, high, left, down = said
        assert all(re.search(r"\d", text) for text in said)
        assert low != right != up and high != left != down and low != high, said


# Live text says each thing once: a burst of keys, the table opened, nothing else.
COUNT = """live => {
    window.told = [];
    new MutationObserver(() => told.push(live.textContent)).observe(live, { childList: true });
}"""


def test_a_burst_of_keys_is_told_once_and_the_same_never_twice(page):
    figure = show(page, FIGURES["loss-lens"][0])
    live, slider = figure.get_by_role("status"), figure.get_by_role("slider", name="logit z")
    live.evaluate(COUNT)
    slider.evaluate(
        """async (slider) => { // as a key that is held down does
            for (let n = 0; n < 20; n++) {
                slider.stepUp();
                slider.dispatchEvent(new Event("input"));
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    figure.get_by_text("Data table", exact=True).press("Enter")  # repaints, and says nothing
    expect(live).to_have_text(re.compile("^At logit −1.00"))
    slider.press("ArrowLeft")
    slider.press("ArrowRight")  # back where it was
    slider.press("End")
    expect(live).to_have_text(re.compile("^At logit 8.00"))
    assert page.evaluate("told.map((text) => text.slice(0, 14))") == [
        "At logit −1.00",
        "At logit 8.00,",
    ]


# ------------------------------------------------------------------ a guess, a quiz


def test_a_guess_is_made_and_judged_by_keys_and_the_focus_stays(page):
    page.goto(ENTROPY)
    guess = page.get_by_role("group", name=re.compile("^Your prediction")).first
    slider = guess.get_by_role("slider", name="my guess")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0\.50 bits$"))
    page.keyboard.press("Tab")
    expect(guess.get_by_role("button", name="Commit to this guess")).to_be_focused()
    page.keyboard.press("Enter")
    expect(guess.get_by_role("status")).to_have_text(re.compile(r"^✗ Not quite\. You said 0\.50"))
    expect(guess.get_by_role("button", name="Guess again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(slider).to_be_focused()


def test_a_formula_in_a_quiz_has_a_name_that_says_it(page):
    page.goto(ENTROPY)
    quiz = page.locator("#quiz-entropy-surprise")
    expect(quiz.get_by_role("radiogroup")).to_have_accessible_name(
        "Something of probability ¼ happens. How large is the surprise?"
    )
    radio = quiz.get_by_role("radio", name="¾", exact=True)
    radio.press("Space")
    expect(radio).to_be_checked()
    expect(quiz.get_by_role("status").get_by_role("img", name="1 − p")).to_be_visible()
