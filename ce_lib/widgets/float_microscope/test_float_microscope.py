"""The float microscope rounds as NumPy and torch do, on the page and in its still picture."""

from pathlib import Path

import numpy as np
import pytest
from mpmath import exp, log1p, mpf

from ce_lib.figures.rounding import _round, _rounded_losses
from tools.testing.javascript import under_node

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
def page(request):
    """The dtype, the logits, and (5, 2, n): exact, then four formulas, each loss and slope."""
    cases = [(m, c) for m in MARGINS for c in SHIFTS]
    out = under_node(SCRIPT, MODULE, [request.param, cases])
    z = np.array([m + c for m, c in cases], float)
    return request.param, z, np.array([c for _, c in cases], float), np.array(
        [[[float(v.replace("Infinity", "inf")) for v in pair] for pair in case] for case in out]
    ).transpose(1, 2, 0)  # fmt: skip


def test_three_formulas_fail_where_the_dtype_makes_them_fail(page):
    dtype, z, other, (_, *formulas, _) = page
    for mine, native in zip(formulas, natively(dtype, z, other), strict=True):
        for got, want in zip(mine, native, strict=True):
            np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
            np.testing.assert_array_equal(np.isinf(got), np.isinf(want))
            fine = np.isfinite(want)
            # exp and log of NumPy and torch may differ by a step, and cancellation at 1 keeps it
            slack = 2 * steps_of(dtype, np.maximum(np.abs(want), 1 + np.abs(z)))
            assert (np.abs(got[fine] - want[fine]) <= slack[fine]).all()
            assert np.mean((got == 0)[fine] == (want == 0)[fine]) > 0.99


def test_the_maximum_taken_off_is_what_torch_computes(page):
    torch = pytest.importorskip("torch")
    dtype, z, other, all_of_it = page
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


def test_log1p_of_the_others_is_right_to_two_steps_everywhere(page):
    dtype, _, _, (exact, *_, ours) = page
    for got, want in zip(ours, exact, strict=True):
        assert (np.abs(got - want) <= 2 * steps_of(dtype, want)).all()


def test_the_still_picture_computes_what_the_page_does(page):
    dtype, z, other, all_of_it = page
    with np.errstate(all="ignore"):
        still = _rounded_losses(dtype, z, other)
    for got, want in zip(still.reshape(10, -1), all_of_it.reshape(10, -1), strict=True):
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
        near = np.isfinite(want)
        slack = 2 * steps_of(dtype, np.maximum(np.abs(want), 1 + np.abs(z)))
        assert (np.abs(got[near] - want[near]) <= slack[near]).all()


def test_the_still_picture_rounds_to_bfloat16_as_torch_does():
    torch = pytest.importorskip("torch", reason="NumPy has no bfloat16")
    rng = np.random.default_rng(0)
    ties = (rng.integers(0, 0x7F80, 2000) * 2 + 1).astype(np.uint32) << 15  # of all sizes
    wide = rng.normal(size=2000) * 2.0 ** rng.integers(-140, 125, 2000)
    x = np.concatenate([ties.view(np.float32), wide.astype(np.float32), [np.inf, -np.inf, 0]])
    want = torch.tensor(x, dtype=torch.float32).bfloat16().double().numpy()
    np.testing.assert_array_equal(_round(x, "bfloat16"), want)


@pytest.mark.parametrize(("dtype", "first"), list(zip(DTYPES, [37, 17, 8, 6], strict=True)))
def test_the_frameworks_formula_turns_0_where_half_a_step_at_1_swallows_the_rest(dtype, first):
    out = under_node(SCRIPT, MODULE, [dtype, [(m, 0) for m in range(1, 60)]])
    losses = [float(case[3][0]) for case in out]
    assert next(m for m, loss in enumerate(losses, 1) if loss == 0) == first
    bits = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}[dtype]
    assert exp(-mpf(first)) < mpf(2) ** -bits < exp(-mpf(first - 1))
    assert float(out[first - 1][4][0]) == pytest.approx(float(log1p(exp(-mpf(first)))), rel=2**-7)
