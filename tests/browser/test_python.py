"""Python in the page: every cell and exercise of every page, and what a reader does with a cell."""

import base64
import re

import pytest
from playwright.sync_api import expect

from ce_lib.exercises import exercises
from tools.testing.page_python import LOADED, WITH_CODE, press, run

pytestmark = pytest.mark.usefixtures("python_in_page")
every_page = pytest.mark.parametrize("name", WITH_CODE)


# Every page, seen once (tools/testing/page_python.py)


@every_page
def test_every_cell_runs_on_a_telephone_and_asks_no_other_host(ran, name):
    seen = ran(name)
    assert seen["wrong"] == []
    for cell in seen["cells"]:
        assert cell["said"].startswith("Done"), cell
        assert cell["errors"] == [], cell
    assert set(seen["widths"].values()) == {390, 1280}


@every_page
def test_a_page_loads_python_at_the_first_run_and_not_before(ran, name):
    seen = ran(name)
    assert seen["loaded before"] == []
    loaded = {path.rpartition("/")[2] for path in seen["loaded"]}
    assert "run.js" in loaded


# A page has no torch and no coder, and says so: these cells print, or show, something else.
MOMENTUM = "trained by momentum in place of L-BFGS, to nearly the same place"
DIFFERENT = {
    "chapters/entropy": {
        "from constriction import stream": "says that there is no coder",
        "{measured(q):7.3f}": "nan for what only a coder can measure",
        "{measured(stubborn):.2f}": "nan for what only a coder can measure",
    },
    "chapters/multiclass-cross-entropy": {'print("trained by"': "says NumPy, not torch"},
    "chapters/weights-and-focal-loss": {
        'print("trained by"': "says NumPy, not torch",
        "def report(z):": MOMENTUM,
        "widgets.FocalMass": MOMENTUM,
    },
    "chapters/softmax-and-stability": {
        "Without torch the comparisons": "says that there is no torch",
        'print("autograd"': "no autograd",
        "torch.nn.functional.cross_entropy, loss": "no losses of torch",
    },
    "chapters/cross-entropy-or-mse": {'print("slopes by"': "says NumPy, not torch"},
}
# In other numbers the last printed digit may differ by one: NumPy is another build there.
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]\d+)?|\.\d+")


def near(one, other):
    """Whether two printed numbers differ by one in the last digit at most."""
    digits, _, power = one.partition("e")
    last = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    return abs(float(one) - float(other)) < 1.01 * last


def same(one, other):
    """Whether two texts agree, but for the last digit of their numbers and for spaces."""
    texts = [" ".join(NUMBER.sub(" # ", text).split()) for text in (one, other)]
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=False)
    return texts[0] == texts[1] and all(near(*pair) for pair in pairs)


def different(name, cells, agree):
    """Compares cells with what they should give; returns what DIFFERENT does not foresee."""
    foreseen = DIFFERENT.get(name, {})
    wrong = [(cell["code"], want) for cell, want in cells if not agree(cell, want)]
    return [pair for pair in wrong if not any(part in pair[0] for part in foreseen)]


@every_page
def test_a_cell_prints_what_it_prints_in_the_notebook(ran, executed, name):
    notebook = iter(executed(f"../{name}").cells)
    pairs = [
        (cell, next(text for code, text in notebook if code.strip() == cell["code"].strip()))
        for cell in ran(name)["cells"]
    ]
    assert different(name, pairs, lambda cell, text: same(cell["printed"], text)) == []


@every_page
def test_a_figure_that_a_cell_makes_is_that_of_the_notebook(ran, name):
    seen = ran(name)
    pairs = list(zip(seen["cells"], seen["built"], strict=True))
    assert different(name, pairs, lambda cell, built: cell["figures"] == built) == []


@every_page
def test_what_is_foreseen_to_differ_does_differ(ran, executed, name):
    seen, texts = ran(name), dict(executed(f"../{name}").cells)
    for part in DIFFERENT.get(name, ()):
        ((cell, built),) = [
            pair
            for pair in zip(seen["cells"], seen["built"], strict=True)
            if part in pair[0]["code"]
        ]
        assert cell["figures"] != built or not same(cell["printed"], texts[cell["code"]]), part


@every_page
def test_an_answer_that_is_right_or_wrong_is_told_so_and_hints_come_one_by_one(ran, name):
    for label, seen in ran(name)["answers"].items():
        exercise = exercises()[label]
        assert seen["empty"]["verdicts"][0].startswith("✗ Nothing is here yet"), label
        assert seen["wrong"]["verdicts"] == [f"✗ {exercise.traps[0].message}"], label
        assert seen["right"]["verdicts"][0].startswith("✓ Right"), label
        *hints, last = seen["hints"]
        for at, (hint, said) in enumerate(zip(exercise.hints, hints, strict=True), 1):
            assert said["verdicts"] == [f"Hint {at} of {len(hints)}: {hint}"], label
        assert last["printed"] or last["verdicts"][0].startswith("The answer is"), label


# What a reader does with a cell, on the first chapter

CHAPTER = "chapters/entropy.html"


def cell_of(page, number):
    """A cell by its number among those that run."""
    return page.locator(".cell.runs:not(.answer)").nth(number - 1)


def button(cell, name):
    return cell.get_by_role("button", name=name, exact=True)


def said(cell):
    return cell.locator(".cell-said")


def test_code_is_edited_run_kept_over_a_reload_and_reset_without_a_mouse(page):
    page.goto(CHAPTER)
    cell, keyboard = cell_of(page, 4), page.keyboard
    code = page.get_by_role("textbox", name="Code of cell 4", exact=True)
    original, output = code.inner_text(), cell.locator(".cell_output").inner_text()
    expect(button(cell, "Reset")).to_be_hidden()
    code.focus()
    keyboard.press("ControlOrMeta+a")
    keyboard.type("for i in range(2):")
    keyboard.press("Enter")  # indents after a colon, and as far as the line above
    keyboard.type("print(i, H := 3)")
    keyboard.press("Shift+Enter")
    expect(said(cell)).to_have_text("Done.")
    expect(cell.locator(".output")).to_have_text("0 3\n1 3\n")
    keyboard.press("Enter")
    keyboard.type("print('<b>', end=' ')")
    keyboard.press("Control+Enter")
    expect(cell.locator(".output")).to_have_text("0 3\n<b> 1 3\n<b> ")
    expect(button(cell, "Stop")).to_be_hidden()
    for name in ("Copy this code", "Run"):
        keyboard.press("Tab")  # leaves the code, which it does not change
        expect(button(cell, name)).to_be_focused()
    typed = "for i in range(2):\n    print(i, H := 3)\n    print('<b>', end=' ')"
    assert code.inner_text() == typed
    page.reload()
    assert code.inner_text() == typed
    assert cell.locator(".cell_output").inner_text() == output
    assert page.evaluate("Object.keys(localStorage)") == ["ce-code /chapters/entropy.html"]
    assert page.evaluate("Object.values(JSON.parse(Object.values(localStorage)[0]))") == [typed]
    button(cell, "Reset").press("Enter")
    assert code.inner_text() == original
    expect(button(cell, "Run")).to_be_focused()
    assert page.evaluate("localStorage.length") == 0
    code.press("Control+End")
    keyboard.type(" ")
    assert press(cell, "Run")["printed"].startswith("clear probability 0.500")
    button(cell, "Reset").press("Enter")
    assert cell.locator(".cell_output").inner_text() == output


def test_a_cell_runs_what_stands_above_it_shows_what_it_makes_and_stops(page):
    page.goto(CHAPTER)
    first, cell = cell_of(page, 3), cell_of(page, 4)
    count = "print('aloud')\ncount = globals().get('count', 0) + 1"
    first.locator("pre").fill(f"{first.locator('pre').inner_text()}\n{count}")
    # `ridge` is made in a fold, which is closed
    assert run(cell, "print(count, ridge.sum())")["printed"] == "1 1.0\n"
    assert run(cell, "print(count, ridge.sum())")["printed"] == "1 1.0\n"
    expect(first.locator(".output")).to_have_count(0)

    failed = run(cell, "zero = 0\n1 / zero")
    assert failed["said"] == "An error, see below."
    assert failed["errors"][0].startswith(
        "ZeroDivisionError: division by zeroline 2: 1 / zeroWhere"
    )
    expect(cell.get_by_role("alert")).to_be_visible()
    assert "line 1: x = (" in run(cell, "x = (")["errors"][0]
    assert run(cell, "x = 1")["said"] == "Done, nothing to show."
    shown = run(cell, "import warnings\nwarnings.warn('beware')\nprint(x);\nx, '<x-hostile>'")
    assert shown["printed"] == "UserWarning: beware\n\n1\n(1, '<x-hostile>')\n"
    assert run(cell, "x;")["said"] == "Done, nothing to show."

    run(cell, "widgets.LossLens(z=-3.0, y=1)")
    figure = cell.locator(".cell_output .ce-figure")
    expect(figure).to_have_class(re.compile("ce-ready"))
    values = figure.locator(".ce-values")
    expect(values).to_contain_text("3.049 nats")
    figure.get_by_role("slider", name="logit z").press("ArrowRight")
    expect(values).not_to_contain_text("3.049 nats")

    cell.locator("pre").first.fill("print('so far')\nwhile True:\n    pass")
    button(cell, "Run").click()
    expect(cell.locator(".output")).to_have_text("so far\n")
    for other in (first, cell):
        button(other, "Run").click()
        expect(said(other)).to_have_text("First cell 4 must end: Stop ends it.")
    button(cell, "Stop").press("Enter")
    expect(said(cell)).to_have_text("Stopped. The next Run starts Python again.")
    expect(button(cell, "Stop")).to_be_hidden()
    expect(button(cell, "Run")).to_be_focused()
    first.locator("pre").fill("1 / 0")
    assert run(cell, "2")["said"] == (
        "A cell above went wrong: ZeroDivisionError: division by zero"
    )
    button(first, "Reset").click()
    assert run(cell, "ridge.sum()")["printed"] == "np.float64(1.0)\n"


def address(code, **variables):
    """The part of a link that carries code for cell 4, or variables of it."""
    code = base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")
    return "&".join(["#run=4" + (code and f".{code}"), *(f"{n}={v}" for n, v in variables.items())])


def test_code_of_a_link_is_shown_and_waits_for_its_reader(page):
    page.goto(CHAPTER + address("linked = 1 + 1\nlinked"))
    cell, later = cell_of(page, 4), cell_of(page, 7)
    assert cell.locator("pre").first.inner_text() == "linked = 1 + 1\nlinked"
    expect(cell.locator("pre").first).to_be_in_viewport()
    expect(said(cell)).to_have_text("This code came with the link: read it before you run it.")
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate(LOADED) == []
    assert run(later, "'linked' in globals(), H")["printed"].startswith("(False, np.float64(1.2")
    assert press(cell, "Run")["printed"] == "2\n"
    page.evaluate("hash => (location.hash = hash)", address("", H="[0.5, 2e-3]"))
    expect(cell.locator("pre").first).to_contain_text("H = [0.5, 2e-3]")
    button(cell, "Reset").click()
    expect(cell.locator("pre").first).to_contain_text("H = ce.entropy(ridge)")
    page.evaluate("hash => (location.hash = hash)", address("x").replace("4", "2", 1))
    expect(cell_of(page, 2).locator("pre").first).to_be_visible()  # its fold is open


# Where there is no Python


def test_without_scripts_a_page_has_its_outputs_and_no_buttons(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(CHAPTER)
    buttons = page.locator(".cell").get_by_role("button", name=re.compile("^(Run|Check|Hint)$"))
    assert buttons.count() == 0
    assert page.locator("[contenteditable]").count() == 0
    expect(page.locator(".cell.answer").first).to_be_hidden()
    expect(cell_of(page, 4).locator(".cell_output")).to_contain_text("clear probability 0.500")


def test_a_browser_that_is_too_old_has_one_sentence_and_no_buttons(page):
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(CHAPTER)
    expect(page.get_by_text("Python cannot start in this browser.")).to_contain_text("in Colab")
    buttons = page.locator("article").get_by_role("button", name=re.compile("^(Run|Check|Hint)$"))
    assert buttons.count() == 0


def test_a_start_that_fails_says_where_the_code_runs_and_may_be_tried_again(browser, site_url):
    context = browser.new_context(base_url=site_url, service_workers="block")
    page = context.new_page()
    page.goto(CHAPTER)
    context.route("**/numpy.bin", lambda route: route.fulfill(status=404))
    cell = cell_of(page, 4)
    assert press(cell, "Run")["said"] == (
        "Python cannot start here (numpy.bin could not be loaded (404)). "
        "The notebook of this chapter, in Colab or downloaded, runs everywhere."
    )
    context.unroute("**/numpy.bin")
    assert press(cell, "Run")["said"] == "Done: 5 lines."
    context.close()
