"""KL of probabilities: the digits of rare classes, and gradients where a probability is tiny."""

import numpy as np
import pytest
from mpmath import fsum, log, mp, mpf

import ce_lib as ce

torch = pytest.importorskip("torch")
# p, q: a class in each that is rare in the truth, in the model or in both
RARE = {
    "rare-in-both": ([1e-200, 1.0], [3e-200, 1.0]),
    "rarer-in-the-model": ([1e-12, 1 - 1e-12], [1e-30, 1.0]),
    "rare-in-the-model": ([0.5, 0.5], [1e-250, 1.0]),
    "rare-in-the-truth": ([1e-250, 1.0], [0.5, 0.5]),
    "subnormal-in-both": ([1e-310, 1.0], [3e-312, 1.0]),
    "twice-as-rare": ([2e-100, 1.0], [1e-100, 1.0]),
}


def exact(p, q):
    """The terms p log(p/q) − p + q, none of which is negative."""
    with mp.workdps(60):
        pairs = [(mpf(a), mpf(b)) for a, b in zip(p, q, strict=True)]
        return [a * log(a / b) - a + b if a else b for a, b in pairs]


@pytest.mark.parametrize(("p", "q"), RARE.values(), ids=RARE)
@pytest.mark.parametrize("of", [np.array, torch.DoubleTensor], ids=["numpy", "torch"])
def test_a_rare_class_keeps_its_digits(p, q, of):
    terms = exact(p, q)
    value = float(ce.kl_divergence(of(p), of(q)))
    assert abs(mpf(value) - fsum(terms)) <= 5 * mpf(float(np.spacing(float(fsum(terms)))))


@pytest.mark.parametrize(("p", "q"), RARE.values(), ids=RARE)
def test_its_gradients_are_the_logarithm_and_the_quotient(p, q):
    p, q = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (p, q))
    ce.kl_divergence(p, q).backward()
    for a, b, in_p, in_q in zip(*(x.tolist() for x in (p, q, p.grad, q.grad)), strict=True):
        with mp.workdps(60):
            due = float(log(mpf(a) / mpf(b))), float(1 - mpf(a) / mpf(b))
        assert (in_p, in_q) == pytest.approx(due, rel=2e-15, abs=0)


@pytest.mark.parametrize("a", [0.0, 5e-324, 1e-310])
@pytest.mark.parametrize("b", [5e-324, 1e-310, 1e-300])
def test_no_gradient_is_nan_where_both_are_tiny(a, b):
    p, q = (torch.tensor([x, 1.0], dtype=torch.float64, requires_grad=True) for x in (a, b))
    ce.kl_divergence(p, q).backward()
    assert not p.grad.isnan().any()
    assert q.grad.tolist() == [pytest.approx((b - a) / b, rel=1e-15), 0.0]


def test_behind_a_softmax_a_class_that_is_gone_takes_no_other_with_it():
    z = torch.tensor([0.0, -740.0, -5.0], dtype=torch.float64, requires_grad=True)
    p = torch.tensor([0.9, 0.0, 0.1], dtype=torch.float64)
    ce.kl_divergence(p, z.softmax(0)).backward()
    torch.testing.assert_close(z.grad, z.detach().softmax(0) - p, rtol=1e-12, atol=1e-300)
