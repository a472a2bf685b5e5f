"""KL from logits: right to 1e-15 of itself, never negative, with the slopes of both rows."""

import math

import numpy as np
import pytest
from mpmath import exp, log, mp, mpf

import ce_lib as ce
from ce_lib.numpy_backend import kl_divergence_with_logits_gradient
from tools.testing import sweep

torch = pytest.importorskip("torch")
SMALLEST = np.finfo(float).tiny
kl = ce.kl_divergence_with_logits


def array(x, dtype, backend):
    if backend == "torch":
        return torch.from_numpy(x).to(getattr(torch, dtype)).requires_grad_()
    return x.astype(pytest.importorskip("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype)


def numbers(x):
    return x.detach().double().numpy() if torch.is_tensor(x) else np.asarray(x, np.float64)


@pytest.fixture(params=["numpy", "torch"])
def backend(request):
    return request.param


@pytest.fixture(params=sweep.DTYPES)
def cases(request, backend):
    """By number of classes: the two arrays, the divergence, the exact answers, the dtype."""
    found, dtype = [], request.param
    for classes, rows in sweep.rows(dtype).items():
        pair = [array(sweep.column(rows, x), dtype, backend) for x in ("logits", "others")]
        found.append((pair, kl(*pair), sweep.exact(dtype, classes), dtype))
    return found


def test_the_divergence_is_right_to_its_last_digits_and_never_negative(cases):
    count = 0
    for _, value, exact, dtype in cases:
        got, want = numbers(value), exact["kl_divergence_with_logits"][0]
        assert (got >= 0).all()
        assert (got[want[:, 0] == math.inf] == math.inf).all()
        finite = np.isfinite(want[:, 0])
        if dtype == "float64":
            got, want = got[finite], want[finite]
            off = np.abs((got - want[:, 0]) - want[:, 1])
            assert (off / np.maximum(want[:, 0], SMALLEST)).max() <= 1e-15
        else:
            assert sweep.ulps(got, want, dtype).max() <= 0.51
        count += len(finite)
    assert count >= 250


@pytest.mark.parametrize(("seed", "apart"), [(150, 9.0), (259, 9.0), (0, 0.1)])
def test_a_thousand_classes_cost_no_digits(backend, seed, apart):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=1000) * 0.2
    b = a + rng.normal(size=1000) * apart
    with mp.workdps(40):
        e, f = ([exp(mpf(x)) for x in z.tolist()] for z in (a, b))
        shift = log(sum(f)) - log(sum(e))
        terms = (x * (mpf(u) - mpf(v) + shift) for x, u, v in zip(e, a, b, strict=True))
        want = sum(terms) / sum(e)
        got = numbers(kl(array(a, "float64", backend), array(b, "float64", backend)))
        off = abs(mpf(float(got)) - want)
    assert off <= 5 * np.spacing(float(want))


def test_the_slopes_are_right_to_the_last_digits_of_the_larger_probability(cases):
    for pair, value, exact, dtype in cases:
        if torch.is_tensor(value):
            slopes = torch.autograd.grad(value.sum(), pair)
        else:
            with np.errstate(all="ignore"):
                slopes = kl_divergence_with_logits_gradient(*map(numbers, pair))
                slopes = [slope.astype(pair[0].dtype) for slope in slopes]
        want, in_p = exact["kl_divergence_with_logits"]
        finite = np.isfinite(want[:, 0])
        p, in_q = exact["softmax"][0][..., 0], exact["in_q"][1]
        off = sweep.ulps(numbers(slopes[1]), in_q, dtype, np.maximum(p, p + in_q[..., 0]))
        assert off[finite].max() <= (5 if dtype == "float64" else 0.51)
        # −p (t + KL): a difference where t is about −KL
        with np.errstate(invalid="ignore"):
            off = sweep.ulps(numbers(slopes[0]), in_p, dtype, np.maximum(p, p * want[:, :1]))
        assert off[finite].max() <= (10 if dtype == "float64" else 0.51)


def test_the_reference_is_the_textbook():
    for row in sweep.rows("float64")[3][:40]:
        a, b = ([mpf(float(x)) for x in z] for z in (row.logits, row.others))
        value = sweep.divergence(row.logits, row.others, row.count)[0]
        if not mp.isfinite(value) or max(abs(x) for x in a + b) > 1000:
            continue
        with mp.workdps(2000):
            p, q = ([exp(x) / sum(map(exp, z)) for x in z] for z in (a, b))
            textbook = sum(x * (log(x) - log(y)) for x, y in zip(p, q, strict=True))
            assert abs(textbook - value) <= abs(textbook) * mpf(10) ** -40


@pytest.mark.parametrize("shift", [1.0, -3.0, 2.0**20, -(2.0**40)])
def test_a_common_shift_changes_nothing(backend, shift):
    a = np.array([[0.5, -1.25, 3.0], [700.0, -3.5, 0.0]])
    b = np.array([[0.25, -1.5, 3.5], [-8.0, 10.0, 2.0]])
    plain = kl(*(array(z, "float64", backend) for z in (a, b)))
    for x, y in ((a + shift, b), (a, b + shift), (a + shift, b + shift)):
        moved = kl(*(array(z, "float64", backend) for z in (x, y)))
        np.testing.assert_array_equal(numbers(moved), numbers(plain))


def test_equal_rows_diverge_by_nothing_and_neighbours_by_something(backend):
    a = np.array([[0.5, 1.0, -3.0], [1e6, 1e6, 0.0], [1.0, -math.inf, 2.0], [1e-150, 0, -1e-150]])
    next_to = np.where([True, False, False], np.nextafter(a, math.inf), a)
    same = numbers(kl(array(a, "float64", backend), array(a.copy(), "float64", backend)))
    near = numbers(kl(array(a, "float64", backend), array(next_to, "float64", backend)))
    np.testing.assert_array_equal(same, 0)
    assert ((near > 0) == [True, True, True, False]).all()  # the last: 1e-332


INF, NAN = math.inf, math.nan
EDGES = {
    "cannot-happen-and-is-not-expected": ([1.0, -INF, 0.0], [0.5, -INF, 0.0], 0.0263446),
    "cannot-happen-but-is-expected": ([0.0, -INF], [0.0, 0.0], math.log(2)),
    "happens-but-is-not-expected": ([0.0, 0.0], [0.0, -INF], INF),
    "so-rare-that-it-rounds-to-0-but-is-not-expected": ([0.0, -1e4], [0.0, -INF], INF),
    "so-rare-but-so-surprising": ([0.0, -1000.0], [0.0, -1e306], 5.0759588975e-129),
    "nan": ([0.0, NAN], [0.0, 0.0], NAN),
    "nan-in-the-model": ([0.0, 0.0], [0.0, NAN], NAN),
    "infinite": ([INF, 0.0], [0.0, 0.0], NAN),
    "infinite-in-the-model": ([0.0, 0.0], [INF, 0.0], NAN),
    "nothing-can-happen": ([-INF, -INF], [0.0, 0.0], NAN),
    "nothing-is-expected": ([0.0, 0.0], [-INF, -INF], NAN),
    "one-class": ([3.0], [-2.0], 0.0),
}


@pytest.mark.parametrize("name", EDGES)
def test_each_edge_has_its_answer(backend, name):
    *rows, want = EDGES[name]
    pair = [array(np.array([row, [0.0] * len(row)]), "float64", backend) for row in rows]
    got = numbers(kl(*pair))
    np.testing.assert_allclose(got, [want, 0], rtol=1e-3)
    if backend == "torch" and math.isfinite(want):
        for slope in torch.autograd.grad(kl(*pair).sum(), pair):
            assert torch.isfinite(slope).all()


def test_no_rows_have_no_divergence(backend):
    none = array(np.zeros((0, 3)), "float64", backend)
    assert tuple(kl(none, none).shape) == (0,)


def test_one_row_against_many(backend):
    a, b = np.array([0.5, -1.0, 2.0]), np.array([[0.0, 1.0, 2.0], [0.5, -1.0, 1.5]])
    for x, y in ((a, b), (b, a)):
        pair = array(x, "float64", backend), array(y, "float64", backend)
        rows = [kl(*np.broadcast_arrays(x, y))[i] for i in range(2)]
        np.testing.assert_allclose(numbers(kl(*pair)), rows, rtol=1e-15)
        if backend == "torch":
            slopes = torch.autograd.grad(kl(*pair).sum(), pair)
            assert [slope.shape for slope in slopes] == [z.shape for z in pair]
