"""Where a number is infinite, nan or missing: one answer each, the same in both backends.

``test_kl_divergence_with_logits.py`` has those of KL, ``tests/conformance`` the messages in full.
"""

import math

import numpy as np
import pytest

import ce_lib as ce

torch = pytest.importorskip("torch")
INF, NAN = math.inf, math.nan
LN2, TINY = math.log(2), math.exp(-700)
softmax_ce, bce = ce.softmax_cross_entropy_with_logits, ce.binary_cross_entropy_with_logits
focal, binary_focal = ce.softmax_focal_loss, ce.sigmoid_focal_loss
IGNORED = -100

# what it is: (loss, logits, target, the value or what is raised, the slope)
ROWS = {
    "minus-infinity-is-a-class-that-cannot-happen": ([0.0, -INF, 0.0], 0, LN2, [-0.5, 0, 0.5]),
    "and-costs-everything-if-it-does": ([0.0, -INF], 1, INF, [1, -1]),
    "and-nothing-if-the-target-gives-it-0": (
        *([0.0, -INF, 0.0], [0.5, 0.0, 0.5]),
        *(LN2, [0, 0, 0]),
    ),
    "and-everything-if-the-target-gives-it-more": ([0.0, -INF], [0.5, 0.5], INF, [0.5, -0.5]),
    "two-nearly-infinite": ([1e308, -1e308], 1, INF, [1, -1]),
    "infinity-has-no-softmax": ([INF, 0.0], 0, NAN, [NAN, NAN]),
    "infinity-has-no-softmax-for-the-other": ([INF, 0.0], 1, NAN, [NAN, NAN]),
    "minus-infinity-only-has-no-softmax": ([-INF, -INF], 0, NAN, [NAN, NAN]),
    "nan-is-nan": ([NAN, 0.0], 1, NAN, [NAN, NAN]),
    "ignored-whatever-the-logits": ([NAN, INF], IGNORED, 0, [0, 0]),
    "one-class-is-certain": ([7.0], 0, 0, [0]),
    "sure-and-right-is-not-free": (
        [700.0, 0.0],
        0,
        math.exp(-700),
        [-math.exp(-700), math.exp(-700)],
    ),
    "sure-and-wrong-is-not-infinite": ([1e300, 0.0], 1, 1e300, [1, -1]),
}
BINARY = {
    "infinite-and-right": (INF, 1, 0, 0),
    "infinite-and-wrong": (INF, 0, INF, 1),
    "minus-infinite-and-right": (-INF, 0, 0, 0),
    "minus-infinite-and-wrong": (-INF, 1, INF, -1),
    "infinite-and-soft": (INF, 0.5, INF, 0.5),
    "nan-is-nan": (NAN, 1, NAN, NAN),
    "sure-and-right-is-not-free": (700.0, 1, TINY, -TINY),
    "sure-and-wrong-is-not-infinite": (-1e300, 1, 1e300, -1),
}
PROBABILITIES = {
    "certain-and-right": (1.0, 1, 0),
    "certain-and-wrong": (0.0, 1, INF),
    "certain-and-soft": (1.0, 0.5, INF),
    "surely-not-and-right": (0.0, 0, 0),
    "surely-not-and-wrong": (1.0, 0, INF),
}
# (loss, logits, target, keywords, what the mean is refused with)
NOTHING = {
    "empty": (softmax_ce, np.zeros((0, 3)), np.zeros(0, int), {}, "at least one example"),
    "empty-focal": (focal, np.zeros((0, 3)), np.zeros(0, int), {}, "at least one example"),
    "empty-binary": (bce, np.zeros(0), np.zeros(0), {}, "at least one example"),
    "empty-binary-focal": (binary_focal, np.zeros(0), np.zeros(0), {}, "at least one example"),
    "all-ignored": (
        *(softmax_ce, np.zeros((2, 3)), np.array([IGNORED] * 2)),
        *({}, "a label other than ignore_index"),
    ),
    "all-ignored-focal": (
        *(focal, np.zeros((2, 3)), np.array([IGNORED] * 2)),
        *({}, "a label other than ignore_index"),
    ),
    "all-weights-0": (
        *(softmax_ce, np.zeros((2, 3)), np.array([1, 1])),
        *({"weight": np.array([1.0, 0.0, 1.0])}, "weight must be above 0 for some example"),
    ),
}


def both(loss, logits, target, **keywords):
    """The value and the slope by NumPy's formula, by torch's, and by autograd."""
    logits, target = np.array(logits, float), np.array(target)
    yield ce.value_and_grad(loss, logits, target, **keywords)
    keywords = {k: torch.tensor(v) if k == "weight" else v for k, v in keywords.items()}
    z, y = torch.tensor(logits), torch.tensor(target)
    yield [x.numpy() for x in ce.value_and_grad(loss, z, y, **keywords)]
    leaf = z.clone().requires_grad_()
    value = loss(leaf, y, **keywords)
    (slope,) = torch.autograd.grad(value, leaf)
    yield value.detach().numpy(), slope.numpy()


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_logits_has_one_answer(name):
    logits, target, value, slope = ROWS[name]
    for got in both(softmax_ce, logits, target, reduction="sum"):
        np.testing.assert_allclose(got[0], value, rtol=1e-15)
        np.testing.assert_allclose(got[1], slope, rtol=1e-15)


@pytest.mark.parametrize("name", ROWS)
def test_focal_loss_answers_as_cross_entropy_does(name):
    logits, target, value, _ = ROWS[name]
    for got in both(focal, logits, target, reduction="sum", gamma=0.0):
        np.testing.assert_allclose(got[0], value, rtol=1e-15)
    finite = math.isfinite(value)
    for got in both(focal, logits, target, reduction="sum", gamma=2.0):
        assert math.isfinite(got[0]) == finite
        assert not finite or np.isfinite(got[1]).all()


@pytest.mark.parametrize("name", BINARY)
def test_a_binary_logit_has_one_answer(name):
    z, y, value, slope = BINARY[name]
    for got in both(bce, z, float(y)):
        np.testing.assert_allclose(got[0], value, rtol=1e-15)
        np.testing.assert_allclose(got[1], slope, rtol=1e-15)
    for got in both(binary_focal, z, float(y), gamma=0.0):
        np.testing.assert_allclose(got[0], value, rtol=1e-15)


@pytest.mark.parametrize("name", PROBABILITIES)
def test_a_probability_has_one_answer(name):
    q, y, value = PROBABILITIES[name]
    assert ce.binary_cross_entropy(np.array(q), np.array(y)) == value
    assert ce.binary_cross_entropy(torch.tensor(q), torch.tensor(y)) == value


@pytest.mark.parametrize("name", NOTHING)
def test_the_mean_of_nothing_is_refused_and_the_sum_is_0(name):
    loss, z, y, keywords, message = NOTHING[name]
    for got in both(loss, z, y, reduction="sum", **keywords):
        assert got[0] == 0
        assert (got[1] == 0).all()
        assert got[1].shape == z.shape
    tensors = {k: torch.tensor(v) for k, v in keywords.items()}
    with pytest.raises(ValueError, match=message):
        loss(z, y, **keywords)
    with pytest.raises(ValueError, match=message):
        loss(torch.tensor(z), torch.tensor(y), **tensors)


def test_a_weight_of_0_counts_for_nothing_unless_the_cost_is_infinite():
    weight = np.array([1.0, 0.0, 1.0])
    z, y = [[0.0, 5.0, 1.0], [2.0, 9.0, 0.0]], [0, 1]
    alone = ce.value_and_grad(softmax_ce, np.array(z[:1]), np.array(y[:1]))
    for got in both(softmax_ce, z, y, weight=weight):
        np.testing.assert_allclose(got[0], alone[0], rtol=1e-15)
        np.testing.assert_allclose(got[1], [alone[1][0], [0, 0, 0]], rtol=1e-15)
    for got in both(softmax_ce, [[0.0, -INF, 1.0], z[0]], [1, 0], weight=weight):
        np.testing.assert_allclose(got[0], alone[0], rtol=1e-15)
