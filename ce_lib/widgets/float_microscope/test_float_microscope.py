"""The float microscope: it rounds as NumPy and torch do, and shows what comes of it."""

import re
from pathlib import Path

import numpy as np
import pytest
from mpmath import exp, log1p, mpf
from playwright.sync_api import expect

from ce_lib.widgets import FloatMicroscope
from tools.testing.figures import assert_heard, hands, inside, place, ready, show, value
from tools.testing.javascript import under_node

NAN, ZERO = place("float_microscope"), place("float_microscope", copy=2)
EXAMPLES = {"plain": lambda: FloatMicroscope(dtype="bfloat16", margin=-3.0)}
REFUSED = [
    (lambda: FloatMicroscope(dtype="float8"), "dtype"),
    (lambda: FloatMicroscope(margin=2000.0), "margin"),
]
MODULE = Path(__file__).with_name("rounded_losses.js")
DTYPES = ["float64", "float32", "float16", "bfloat16"]
MARGINS = [*range(-120, 121), -999, -710, -0.5, 0.25, 3.7, 709, 710, 746, 999]
SHIFTS = [0, 7, -50, 100]
SCRIPT = """
const { rounded_losses } = await import(process.argv[1]);
const [dtype, cases] = JSON.parse(process.argv[2]);
console.log(JSON.stringify(cases.map(([m, c]) => {
  const { exact, rows } = rounded_losses(dtype, m, c);
  return [exact, ...rows.map((row) => row.got)].map((pair) => pair.map(String));
})));
"""
ROUND = """
const { round } = await import(process.argv[1]);
const [dtype, xs] = JSON.parse(process.argv[2]);
console.log(JSON.stringify(xs.map((x) => {
  const r = round(x, dtype); return Object.is(r, -0) ? "-0.0" : String(r);
})));
"""


def inputs():
    """Sizes from subnormal to overflow, and 1,000 ties each of float16 and bfloat16."""
    rng = np.random.default_rng(5)
    wide = rng.choice([-1, 1], 2000) * 2.0 ** rng.uniform(-160, 135, 2000)
    near = rng.choice([-1, 1], 2000) * 2.0 ** rng.uniform(-28, 18, 2000)
    half = rng.integers(0, 0x7BFF, 1000).astype(np.uint16)
    lo, hi = half.view(np.float16), (half + np.uint16(1)).view(np.float16)
    f16 = (lo.astype(float) + hi.astype(float)) / 2
    brain = rng.integers(0, 0x7F7F, 1000).astype(np.uint32)
    lo, hi = (brain << 16).view(np.float32), ((brain + np.uint32(1)) << 16).view(np.float32)
    b16 = (lo.astype(float) + hi.astype(float)) / 2
    edges = [0.0, -0.0, 65504, 65519.99, 65520, 2.0**-25, 2.0**-24, 2.0**-134, 5e-324]
    # torch goes to bfloat16 by way of float32: only float32 inputs are rounded once there
    return np.concatenate([wide, near, f16, b16, edges])


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_number_is_rounded_as_the_dtype_rounds_it(dtype):
    xs = inputs()
    with np.errstate(over="ignore", under="ignore"):
        if dtype == "bfloat16":
            torch = pytest.importorskip("torch", reason="NumPy has no bfloat16")
            xs = xs.astype(np.float32).astype(float)
            xs = xs[np.isfinite(xs)]
            want = torch.tensor(xs, dtype=torch.float32).to(torch.bfloat16).double().numpy()
        else:
            want = xs.astype(dtype).astype(float)
    said = under_node(ROUND, MODULE.with_name("float_rounding.js"), [dtype, xs.tolist()])
    got = np.array([float(v) for v in said])
    assert len(got) >= 1000
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


def natively(dtype, z, other):
    """The formulas without log1p, with the operations of the library that has the dtype."""
    if dtype == "bfloat16":
        torch = pytest.importorskip("torch", reason="NumPy has no bfloat16")
        xp, z, other = torch, torch.tensor(z).bfloat16(), torch.tensor(other).bfloat16()
    else:
        xp, z, other = np, z.astype(dtype), other.astype(dtype)
    with np.errstate(all="ignore"):
        e, e_other = xp.exp(z), xp.exp(other)
        q = e / (e + e_other)
        top = xp.maximum(z, other)
        u = z - top
        logs = xp.log(xp.exp(u) + xp.exp(other - top))
        pairs = [
            (-xp.log(q), q - 1),
            (xp.log(e + e_other) - z, e / (e + e_other) - 1),
            (logs - u, xp.exp(u - logs) - 1),
        ]
    return np.array([[np.asarray(v.tolist(), float) for v in pair] for pair in pairs])


def steps_of(dtype, x):
    """The distance of neighbouring numbers of the dtype at x."""
    bits, smallest = {"float64": (53, -1074), "float32": (24, -149),
                      "float16": (11, -24), "bfloat16": (8, -133)}[dtype]  # fmt: skip
    size = np.log2(np.maximum(np.abs(x), 1e-320))
    return 2.0 ** np.maximum(np.floor(size) - bits + 1, smallest)


@pytest.fixture(scope="module", params=DTYPES)
def made(request):
    """The dtype, the logits, and (5, 2, n): exact, then four formulas, each loss and slope."""
    cases = [(m, c) for m in MARGINS for c in SHIFTS]
    out = under_node(SCRIPT, MODULE, [request.param, cases])
    z = np.array([m + c for m, c in cases], float)
    return request.param, z, np.array([c for _, c in cases], float), np.array(
        [[[float(v.replace("Infinity", "inf")) for v in pair] for pair in case] for case in out]
    ).transpose(1, 2, 0)  # fmt: skip


def test_three_formulas_fail_where_the_dtype_makes_them_fail(made):
    dtype, z, other, (_, *formulas, _) = made
    for mine, native in zip(formulas, natively(dtype, z, other), strict=True):
        for got, want in zip(mine, native, strict=True):
            np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
            np.testing.assert_array_equal(np.isinf(got), np.isinf(want))
            fine = np.isfinite(want)
            # exp and log of NumPy and torch may differ by a step, and cancellation at 1 keeps it
            slack = 2 * steps_of(dtype, np.maximum(np.abs(want), 1 + np.abs(z)))
            assert (np.abs(got[fine] - want[fine]) <= slack[fine]).all()
            assert np.mean((got == 0)[fine] == (want == 0)[fine]) > 0.99


def test_the_maximum_taken_off_is_what_torch_computes(made):
    torch = pytest.importorskip("torch")
    dtype, z, other, all_of_it = made
    pairs = torch.tensor(np.stack([z, other], -1)).to(getattr(torch, dtype)).requires_grad_()
    labels = torch.zeros(len(z), dtype=torch.long)
    losses = torch.nn.functional.cross_entropy(pairs, labels, reduction="none")
    (slopes,) = torch.autograd.grad(losses.sum(), pairs)
    loss, slope = all_of_it[3]
    theirs = losses.detach().double().numpy(), slopes[:, 0].double().numpy()
    # exp and log may differ by a step; the slope torch rounds to 16 bits at its end only
    for mine, torchs in zip((loss, slope), theirs, strict=True):
        assert (np.abs(mine - torchs) <= 2 * steps_of(dtype, np.maximum(1, np.abs(mine)))).all()
    whole = z - other == np.round(z - other)  # no margin near where a step decides
    np.testing.assert_array_equal((loss == 0)[whole], (theirs[0] == 0)[whole])
    np.testing.assert_array_equal((slope == 0)[whole], (theirs[1] == 0)[whole])


def test_log1p_of_the_others_is_right_to_two_steps_everywhere(made):
    dtype, _, _, (exact, *_, ours) = made
    for got, want in zip(ours, exact, strict=True):
        assert (np.abs(got - want) <= 2 * steps_of(dtype, want)).all()


@pytest.mark.parametrize(("dtype", "first"), list(zip(DTYPES, [37, 17, 8, 6], strict=True)))
def test_the_frameworks_formula_turns_0_where_half_a_step_at_1_swallows_the_rest(dtype, first):
    out = under_node(SCRIPT, MODULE, [dtype, [(m, 0) for m in range(1, 60)]])
    losses = [float(case[3][0]) for case in out]
    assert next(m for m, loss in enumerate(losses, 1) if loss == 0) == first
    bits = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}[dtype]
    assert exp(-mpf(first)) < mpf(2) ** -bits < exp(-mpf(first - 1))
    assert float(out[first - 1][4][0]) == pytest.approx(float(log1p(exp(-mpf(first)))), rel=2**-7)


# ------------------------------------------------------------------ in the page


def cell(figure, formula, column):
    """What the table of formulas says: loss in column 0, slope in column 1."""
    row = figure.locator(".ce-verdicts").get_by_role("row", name=re.compile(f"^{formula}"))
    return row.get_by_role("cell").nth(column)


def test_each_control_is_heard(page):
    zero = r"^float32, margin 17: .* max: 0, silent 0; log1p"
    half = r"^float16, margin 17: .* naive: nan, nan; log Σ: inf"
    assert_heard(
        page,
        NAN,
        "Float microscope: how many digits four formulas of the cross-entropy get right",
        [
            ("button", "First loss of 0", "Enter", zero),
            ("radio", "float32", "ArrowDown", half),
            ("slider", "margin", "Home", r"margin −1000: exact loss 1000\.0000 nats"),
            ("spinbutton", "margin, typed", "ArrowUp", r"margin −999: exact loss 999\.0000 nats"),
        ],
    )


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


def test_a_situation_comes_back_from_the_address_and_each_copy_has_its_own(page):
    query = "float-microscope.dtype=bfloat16&float-microscope-2.margin=-5.5&blurred-digit.blur=2"
    first = show(page, NAN, query)
    second, digit = ready(page, ZERO[1]), ready(page, place("blurred_digit")[1])
    expect(first.get_by_role("radio", name="bfloat16")).to_be_checked()
    expect(second.get_by_role("radio", name="float32")).to_be_checked()
    expect(second.get_by_role("spinbutton")).to_have_value("-5.5")
    expect(first.get_by_role("spinbutton")).to_have_value("89")
    expect(digit.get_by_role("slider", name="blur")).to_have_value("2")


@pytest.mark.parametrize("control", ["margin", "shift of both"])
def test_a_repaint_costs_less_than_600_000_exponentials(page, control):
    slider = show(page, ZERO).get_by_role("slider", name=control, exact=True)
    spent, yardstick = slider.evaluate(
        """async slider => {
            const frame = () =>
                new Promise(done => requestAnimationFrame(() => done(performance.now())));
            const times = [], yardsticks = [];
            for (let k = 0; k < 60; k++) {
                slider.value = k / 40 - 1;
                const before = frame();
                slider.dispatchEvent(new Event("input"));  // the figure paints between the two
                const after = frame();
                times.push(-(await before) + (await after));
                const start = performance.now();
                let sum = 0;
                for (let i = 0; i < 600_000; i++) sum += Math.exp(-i / 1000);
                yardsticks.push(performance.now() - start + 0 * sum);
            }
            return [Math.min(...times), Math.min(...yardsticks)];  // whatever else the machine does
        }"""
    )
    assert spent < yardstick  # about 6 ms of the 16 that a frame has
