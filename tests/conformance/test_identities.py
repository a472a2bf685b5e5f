"""What must hold whatever the numbers are, and the numbers that the book prints."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mpmath import findroot, mp, mpf

import ce_lib as ce

softmax_ce = ce.softmax_cross_entropy_with_logits
bce_logits = ce.binary_cross_entropy_with_logits
laws = settings(derandomize=True, deadline=None, max_examples=60)
logits = st.floats(-1000, 1000)
rows = st.integers(1, 8).flatmap(lambda k: arrays(float, (3, k), elements=logits))
two_rows = st.integers(2, 8).flatmap(lambda k: arrays(float, (2, k), elements=st.floats(-300, 300)))

# ------------------------------------------------------------------ laws


@laws
@given(rows)
def test_softmax_is_a_distribution(z):
    q = ce.softmax(z)
    assert (q >= 0).all()
    np.testing.assert_allclose(q.sum(-1), 1, rtol=1e-15)
    assert (ce.log_softmax(z) <= 0).all()


@laws
@given(rows, st.integers(-1000, 1000))
def test_adding_a_constant_to_all_logits_changes_nothing(z, constant):
    z = np.round(z)  # so that the sum is exact
    np.testing.assert_array_equal(ce.log_softmax(z + constant), ce.log_softmax(z))


@laws
@given(rows, st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_a_temperature_is_a_division_of_the_logits(z, temperature):
    expected = ce.log_softmax(z / temperature)  # exact: a power of two, and no underflow
    actual = ce.log_softmax(z, temperature)
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-300)


@laws
@given(two_rows)
def test_gibbs_no_model_beats_the_truth(z):
    p, q = ce.softmax(z)
    assert ce.kl_divergence(p, q) >= 0
    assert ce.cross_entropy(p, q) >= ce.entropy(p) - 1e-12
    assert ce.kl_divergence(p, p) == 0


@laws
@given(two_rows)
def test_cross_entropy_is_entropy_plus_divergence(z):
    p, q = ce.softmax(z)
    total = ce.entropy(p) + ce.kl_divergence(p, q)
    np.testing.assert_allclose(ce.cross_entropy(p, q), total, rtol=1e-12, atol=1e-12)


@laws
@given(two_rows, st.integers(10, 45))
def test_divergence_of_nearly_equal_distributions_is_never_negative(z, bits):
    p = ce.softmax(z[0])
    q = ce.softmax(z[0] + z[1] * 2.0**-bits)
    assert ce.kl_divergence(p, q) >= 0
    assert ce.kl_divergence(q, p) >= 0


@laws
@given(rows)
def test_entropy_lies_between_certain_and_uniform(z):
    nats = ce.entropy(ce.softmax(z))
    assert (nats >= 0).all()
    assert (nats <= math.log(z.shape[-1]) + 1e-12).all()


@laws
@given(logits)
def test_bce_of_yes_is_bce_of_no_at_the_opposite_logit_bit_for_bit(z):
    assert bce_logits(z, 1) == bce_logits(-z, 0)


@laws
@given(logits, st.floats(0, 1))
def test_two_classes_are_one_logit(z, y):
    expected = softmax_ce([z, 0.0], [y, 1 - y])
    np.testing.assert_allclose(bce_logits(z, y), expected, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(ce.sigmoid(z), ce.softmax([z, 0.0])[0], rtol=1e-12, atol=1e-300)


@laws
@given(rows, st.data())
def test_focal_loss_without_focus_is_cross_entropy(z, data):
    y = data.draw(arrays(int, 3, elements=st.integers(0, z.shape[1] - 1)))
    # labels have a fast path of their own: all digits but the last ones
    np.testing.assert_allclose(ce.softmax_focal_loss(z, y, gamma=0), softmax_ce(z, y), rtol=1e-13)
    # the mean may be summed in another order
    np.testing.assert_array_max_ulp(ce.sigmoid_focal_loss(z, 1, gamma=0), bce_logits(z, 1), 1)


@laws
@given(rows, st.data())
def test_a_label_and_its_one_hot_row_are_the_same_target(z, data):
    classes = z.shape[1]
    y = data.draw(arrays(int, 3, elements=st.integers(0, classes - 1)))
    weight = data.draw(arrays(float, classes, elements=st.floats(0.1, 5)))
    keywords = {"weight": weight, "label_smoothing": data.draw(st.sampled_from([0, 0.1, 1]))}
    for reduction in ("none", "mean", "sum"):
        np.testing.assert_allclose(
            softmax_ce(z, y, reduction=reduction, **keywords),
            softmax_ce(z, np.eye(classes)[y], reduction=reduction, **keywords),
            rtol=1e-13,
        )


@laws
@given(rows, st.data())
def test_the_gradients_of_a_row_cancel(z, data):
    y = data.draw(arrays(int, 3, elements=st.integers(0, z.shape[1] - 1)))
    for loss in (softmax_ce, ce.softmax_focal_loss, ce.brier_with_logits):
        _, gradient = ce.value_and_grad(loss, z, y)
        np.testing.assert_allclose(gradient.sum(-1), 0, atol=1e-14)


@laws
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_inverse_frequency_makes_all_classes_count_the_same(counts):
    shares = np.array(counts) * ce.inverse_frequency_weights(counts)
    np.testing.assert_allclose(shares, sum(counts) / len(counts), rtol=1e-14)


@laws
@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8), st.floats(0, 0.999999))
def test_effective_numbers_lie_between_equal_and_inverse_frequency(counts, beta):
    weights = ce.effective_number_weights(counts, beta)
    np.testing.assert_allclose(weights.sum(), len(counts), rtol=1e-12)
    rare, common = np.argmin(counts), np.argmax(counts)
    ratio = weights[rare] / weights[common]
    assert 1 - 1e-9 <= ratio <= counts[common] / counts[rare] * (1 + 1e-9)


# ------------------------------------------------------------------ edges with one answer


def test_a_class_that_cannot_happen_costs_nothing(backend):
    a = backend.array
    z, y = a([1.0, -math.inf, 0.0]), a([0.5, 0.0, 0.5])
    expected = softmax_ce([1.0, 0.0], [0.5, 0.5])
    np.testing.assert_allclose(backend.numpy(softmax_ce(z, y)), expected, rtol=1e-14)
    value, gradient = ce.value_and_grad(softmax_ce, z, a(0))
    assert math.isfinite(value)
    assert gradient[1] == 0


def test_a_class_that_cannot_happen_but_did_costs_everything(backend):
    assert softmax_ce(backend.array([1.0, -math.inf]), backend.array(1)) == math.inf


def test_infinite_binary_logits_are_certain(backend):
    a = backend.array
    z, y = a([math.inf, -math.inf, math.inf]), a([1.0, 0.0, 0.0])
    for loss, worst in ((bce_logits, math.inf), (ce.sigmoid_focal_loss, math.inf)):
        got = backend.numpy(loss(z, y, reduction="none"))
        np.testing.assert_array_equal(got, [0, 0, worst])
    np.testing.assert_array_equal(backend.numpy(ce.sigmoid(z)), [1, 0, 1])


@pytest.mark.parametrize("row", [[math.inf, 0.0], [math.nan, 0.0], [-math.inf, -math.inf]])
def test_a_row_without_a_softmax_is_nan_and_spoils_no_other(backend, row):
    z = backend.array([row, [0.0, 0.0]])
    for function in (ce.softmax, ce.log_softmax):
        got = backend.numpy(function(z))
        assert np.isnan(got[0]).all()
        assert np.isfinite(got[1]).all()


def test_logsumexp_of_infinities_is_the_largest(backend):
    inf = math.inf
    z = backend.array([[inf, 0.0], [-inf, -inf], [-inf, 3.0], [inf, -inf]])
    np.testing.assert_array_equal(backend.numpy(ce.logsumexp(z)), [inf, -inf, 3, inf])


def test_impossible_truth_costs_infinitely_many_nats(backend):
    p, q = backend.array([0.5, 0.5, 0.0]), backend.array([1.0, 0.0, 0.0])
    assert ce.cross_entropy(p, q) == math.inf
    assert ce.kl_divergence(p, q) == math.inf
    assert ce.cross_entropy(q, p) == ce.kl_divergence(q, p) == pytest.approx(math.log(2))


def test_certain_and_wrong_is_infinite_in_q_and_certain_and_right_is_free(backend):
    q, y = backend.array([0.0, 1.0, 0.0, 1.0]), backend.array([1.0, 0.0, 0.0, 1.0])
    got = backend.numpy(ce.binary_cross_entropy(q, y, reduction="none"))
    np.testing.assert_array_equal(got, [math.inf, math.inf, 0, 0])


def test_nothing_certain_is_printed_as_minus_zero(backend):
    a = backend.array
    certain = [
        ce.entropy(a([1.0, 0.0])),
        ce.cross_entropy(a([1.0, 0.0]), a([1.0, 0.0])),
        ce.kl_divergence(a([1.0, 0.0]), a([1.0, 0.0])),
        ce.binary_cross_entropy(a(1.0), a(1.0)),
        bce_logits(a(1000.0), a(1.0)),
        softmax_ce(a([2000.0, 0.0]), a(0)),
    ]
    assert [str(float(nats)) for nats in certain] == ["0.0"] * len(certain)


def test_ignored_examples_do_not_matter_a_nan_included(backend):
    a = backend.array
    z = [[1.0, 2.0, 3.0], [math.nan, 0.0, 0.0], [0.0, 1.0, 0.0]]
    for loss in (softmax_ce, ce.softmax_focal_loss):
        value, gradient = ce.value_and_grad(loss, a(z), a([0, -100, 2]))
        expected = ce.value_and_grad(loss, a([z[0], z[2]]), a([0, 2]))
        assert value == expected[0]
        np.testing.assert_array_equal(
            backend.numpy(gradient), np.insert(backend.numpy(expected[1]), 1, 0, axis=0)
        )


def test_a_class_can_be_ignored(backend):
    a = backend.array
    z = [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]
    assert softmax_ce(a(z), a([2, 0]), ignore_index=2) == softmax_ce(a([z[1]]), a([0]))


def test_the_sum_over_nothing_is_zero(backend):
    a = backend.array
    z, y = a(np.zeros((0, 3))), a(np.zeros(0, int))
    assert softmax_ce(z, y, reduction="sum") == 0
    assert softmax_ce(z, y, reduction="none").shape == (0,)
    assert ce.softmax(z).shape == (0, 3)
    assert ce.entropy(z).shape == (0,)
    ignored = a([-100, -100])
    assert softmax_ce(a(np.ones((2, 3))), ignored, reduction="sum") == 0


def test_one_distribution_against_many(backend):
    p, q = [0.5, 0.25, 0.25], [[0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]]
    for function in (ce.cross_entropy, ce.kl_divergence):
        got = backend.numpy(function(backend.array(p), backend.array(q)))
        np.testing.assert_allclose(got, [function(p, row) for row in q], rtol=1e-15)


def test_lists_beside_a_tensor_follow_it():
    torch = pytest.importorskip("torch")
    z = torch.tensor([[0.0, 1.0]], dtype=torch.float32)
    loss = softmax_ce(z, [1], weight=[0.3, 0.7])
    assert isinstance(loss, torch.Tensor)
    assert loss.dtype == torch.float32


# ------------------------------------------------------------------ logits and back


def test_the_logit_undoes_the_sigmoid(backend):
    q = backend.array([0.0, 1e-300, 1e-3, 0.3, 0.5, 0.75, 1 - 2.0**-40, 1.0])
    again = ce.sigmoid(ce.logit(q))
    np.testing.assert_allclose(backend.numpy(again), backend.numpy(q), rtol=1e-13)
    np.testing.assert_array_equal(
        backend.numpy(ce.logit(q[4:7])), -backend.numpy(ce.logit(1 - q[4:7]))
    )


def test_the_entropy_of_logits_is_that_of_their_softmax(backend):
    z = backend.array(np.random.default_rng(3).normal(size=(20, 7)) * 4)
    np.testing.assert_allclose(
        backend.numpy(ce.entropy_with_logits(z)),
        backend.numpy(ce.entropy(ce.softmax(z))),
        atol=1e-15,
    )


def test_jensen_shannon_is_half_of_both_divergences_from_the_average(backend):
    p, q = np.random.default_rng(4).dirichlet([0.3] * 6, (2, 30))
    p, q = backend.array(p), backend.array(q)
    m = (p + q) / 2
    half = (ce.kl_divergence(p, m) + ce.kl_divergence(q, m)) / 2
    js = backend.numpy(ce.jensen_shannon_divergence(p, q))
    np.testing.assert_allclose(js, backend.numpy(half), rtol=1e-13)
    np.testing.assert_array_equal(js, backend.numpy(ce.jensen_shannon_divergence(q, p)))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_the_focal_loss_is_smallest_where_its_posterior_is_the_truth(backend, gamma):
    z = np.random.default_rng(5).normal(size=(30, 4)) * 3
    truth = ce.focal_posterior(backend.array(z), gamma)
    _, gradient = ce.value_and_grad(
        ce.softmax_focal_loss, backend.array(z), truth, gamma=gamma, reduction="sum"
    )
    np.testing.assert_allclose(backend.numpy(gradient), 0, atol=1e-15)


@pytest.mark.parametrize(
    "function",
    [
        ce.entropy_with_logits,
        ce.log_sigmoid,
        ce.focal_posterior,
        lambda z: ce.logit(ce.sigmoid(z)),
        lambda z: ce.jensen_shannon_divergence(ce.softmax(z), ce.softmax(-2 * z)),
    ],
    ids=["entropy", "log-sigmoid", "focal-posterior", "logit", "jensen-shannon"],
)
def test_the_gradients_of_the_gradients_are_right(function):
    torch = pytest.importorskip("torch")
    z = torch.tensor(np.random.default_rng(6).normal(size=(3, 4)), requires_grad=True)
    assert torch.autograd.gradcheck(function, z)
    assert torch.autograd.gradgradcheck(function, z)


def test_an_alpha_for_each_class_is_that_of_its_column(backend):
    rng = np.random.default_rng(7)
    z, y, alpha = rng.normal(size=(5, 3)), rng.random((5, 3)), [0.0, 0.25, 1.0]
    loss, slope = ce.value_and_grad(
        ce.sigmoid_focal_loss,
        backend.array(z),
        backend.array(y),
        alpha=backend.array(alpha),
        reduction="none",
    )
    for k, a in enumerate(alpha):
        column, of_column = ce.value_and_grad(
            ce.sigmoid_focal_loss, z[:, k], y[:, k], alpha=a, reduction="none"
        )
        np.testing.assert_allclose(backend.numpy(loss)[:, k], column, rtol=1e-13)
        np.testing.assert_allclose(backend.numpy(slope)[:, k], of_column, rtol=1e-13)


# ------------------------------------------------------------------ calibration


def test_temperature_scaling_undoes_a_temperature(backend):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4000, 5)) * 2
    # every class as often as its probability says, exactly: labels drawn by rounding
    labels = np.array([rng.choice(5, p=row) for row in ce.softmax(z)])
    fitted = ce.fit_temperature(backend.array(z), backend.array(labels))
    sharper = ce.fit_temperature(backend.array(z * 8), backend.array(labels))
    assert fitted == pytest.approx(1, abs=0.05)
    assert sharper == pytest.approx(8 * fitted, rel=1e-12)


def test_no_other_temperature_has_a_smaller_loss(backend):
    rng = np.random.default_rng(1)
    for z, labels in (
        (rng.normal(size=(200, 4)) * 5 + 1e6, rng.integers(0, 4, 200)),
        (rng.normal(size=200) + 0.3, rng.integers(0, 2, 200)),
    ):
        if z.ndim == 2:
            z[np.arange(200), labels] += 2
        else:
            z += labels
        t = ce.fit_temperature(backend.array(z), backend.array(labels))
        loss = softmax_ce if z.ndim == 2 else bce_logits
        around = [loss(z / (t * (1 + step)), labels) for step in (-1e-3, 0, 1e-3)]
        assert around[1] < min(around[0], around[2])


def test_binary_temperature_has_its_closed_form(backend):
    z, y = backend.array([3.0, 3.0, 3.0, 3.0]), backend.array([1, 1, 1, 0])
    assert ce.fit_temperature(z, y) == pytest.approx(3 / math.log(3), rel=1e-14)


def test_an_example_with_equal_logits_has_no_say_in_the_temperature(backend):
    z, y = [[0.0, 3.0], [0.0, 3.0], [0.0, 3.0], [7.0, 7.0]], [1, 1, 0, 0]
    with_it = ce.fit_temperature(backend.array(z), backend.array(y))
    assert with_it == pytest.approx(3 / math.log(2), rel=1e-14)


@pytest.mark.parametrize("gap", [1e-12, 0.5, 4000.0, 1e200])
def test_a_temperature_is_found_however_far_the_logits_lie_apart(backend, gap):
    z, y = [[0.0, gap]] * 1000, [1] * 990 + [0] * 10
    fitted = ce.fit_temperature(backend.array(z), backend.array(y))
    assert fitted == pytest.approx(gap / math.log(99), rel=1e-12)


def test_calibration_takes_tensors_of_a_graph_and_strided_ones():
    torch = pytest.importorskip("torch")
    z = torch.tensor([[0.5, 2.0, 1.0], [0.1, 0.3, 0.2], [1.0, 1.5, 0.0]], requires_grad=True)
    q, y = ce.softmax(z), torch.tensor([1, 0, 1])
    ece = ce.expected_calibration_error(q, y)
    assert not ece.requires_grad
    assert ece == ce.expected_calibration_error(q.detach().numpy(), y.numpy())
    assert ce.reliability_curve(q[:, 1], y == 1, n_bins=2)[2].tolist() == [1, 2]
    assert ce.fit_temperature(z, y) == ce.fit_temperature(z.detach(), y) > 0


def test_reliability_bins_are_open_below_and_closed_above(backend):
    probs = backend.array([0.0, 0.25, 0.3, 0.5, 0.9, 1.0])
    labels = backend.array([0, 1, 0, 1, 1, 1])
    mean, fraction, count = ce.reliability_curve(probs, labels, n_bins=4)
    np.testing.assert_allclose(backend.numpy(mean), [0.125, 0.4, math.nan, 0.95])
    np.testing.assert_allclose(backend.numpy(fraction), [0.5, 0.5, math.nan, 1])
    np.testing.assert_array_equal(backend.numpy(count), [2, 2, 0, 2])
    ece = ce.expected_calibration_error(probs, labels, n_bins=4)
    assert float(ece) == pytest.approx(2 / 6 * 0.375 + 2 / 6 * 0.1 + 2 / 6 * 0.05)


def test_reliability_of_many_classes_is_that_of_the_predicted_one(backend):
    probs = [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.4, 0.35, 0.25]]
    labels = [0, 1, 0]
    got = ce.reliability_curve(backend.array(probs), backend.array(labels), n_bins=5)
    expected = ce.reliability_curve([0.7, 0.8, 0.4], [1, 0, 1], n_bins=5)
    for column, same in zip(got, expected, strict=True):
        np.testing.assert_array_equal(backend.numpy(column), same)


def test_reliability_is_scikit_learns(backend):
    calibration = pytest.importorskip("sklearn.calibration")
    rng = np.random.default_rng(2)
    probs, labels = rng.random(500), rng.integers(0, 2, 500)
    mean, fraction, count = ce.reliability_curve(backend.array(probs), backend.array(labels), 7)
    expected = calibration.calibration_curve(labels, probs, n_bins=7)
    np.testing.assert_allclose(backend.numpy(fraction), expected[0], rtol=1e-12)
    np.testing.assert_allclose(backend.numpy(mean), expected[1], rtol=1e-12)
    assert backend.numpy(count).sum() == 500


def test_more_bins_than_examples(backend):
    ece = ce.expected_calibration_error(backend.array([0.2]), backend.array([1]), n_bins=1000)
    assert float(ece) == pytest.approx(0.8)


# ------------------------------------------------------------------ the numbers of the book

P, Q = [0.5, 0.25, 0.125, 0.125], [0.125, 0.5, 0.25, 0.125]
BEFORE, AFTER = [0.45, 0.9, 0.9, 0.9, 0.3], [0.55, 0.97, 0.97, 0.97, 0.01]


def log(x):
    return mp.log(mpf(x))


def smoothing_floor(classes):
    q = np.full(classes, 0.1 / classes)
    q[0] += 0.9
    return softmax_ce(np.log(q), 0, label_smoothing=0.1)


def exact_smoothing_floor(classes):
    q = [mpf("0.1") / classes] * (classes - 1)
    q.append(1 - sum(q))
    return -sum(x * mp.log(x) for x in q)


def slope(loss, z, y, **keywords):
    return ce.value_and_grad(loss, z, y, **keywords)[1]


def root(f, low, high):
    """Where the increasing ``f`` is 0."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < 0 else (low, middle)
    return low


def exact_focal_optimum():
    def in_q(q):
        d1 = 2 * (1 - q) * mp.log(q) - (1 - q) ** 2 / q
        d0 = -2 * q * mp.log(1 - q) + q**2 / (1 - q)
        return mpf("0.8") * d1 + mpf("0.2") * d0

    return findroot(in_q, 0.63)


def double_softmax_floor(classes):
    return softmax_ce(np.eye(classes)[0], 0)


def exact_double_softmax_floor(classes):
    return mp.log(1 + (classes - 1) / mp.e)


NUMBERS = {  # id: (by ce_lib, exactly, as printed)
    "entropy-in-bits": (lambda: ce.to_bits(ce.entropy(P)), mpf("1.75"), "1.75"),
    "entropy-of-the-swapped-code": (lambda: ce.to_bits(ce.entropy(Q)), mpf("1.75"), "1.75"),
    "p-with-the-code-of-q": (lambda: ce.to_bits(ce.cross_entropy(P, Q)), mpf("2.375"), "2.375"),
    "q-with-the-code-of-p": (lambda: ce.to_bits(ce.cross_entropy(Q, P)), mpf("2.25"), "2.25"),
    "loss-at-start": (lambda: bce_logits(0.0, 1), mp.log(2), "0.693"),
    "floor-at-one-percent": (
        lambda: ce.entropy([0.01, 0.99]),
        -mpf("0.01") * mp.log("0.01") - mpf("0.99") * mp.log("0.99"),
        "0.056",
    ),
    "loss-before": (lambda: ce.binary_cross_entropy(BEFORE, 1), -sum(map(log, BEFORE)) / 5, "0.46"),
    "loss-after": (lambda: ce.binary_cross_entropy(AFTER, 1), -sum(map(log, AFTER)) / 5, "1.06"),
    "smoothing-floor-of-2": (lambda: smoothing_floor(2), exact_smoothing_floor(2), "0.199"),
    "smoothing-floor-of-10": (lambda: smoothing_floor(10), exact_smoothing_floor(10), "0.500"),
    "optimum-of-weight-99": (
        lambda: ce.sigmoid(root(lambda z: slope(bce_logits, z, 0.01, pos_weight=99), -9, 9)),
        mpf("0.5"),
        "0.5",
    ),
    "focal-shrinks-the-easy": (
        lambda: bce_logits(math.log(9), 1) / ce.sigmoid_focal_loss(math.log(9), 1),
        mpf(100),
        "100",
    ),
    "focal-leaves-the-hard": (
        lambda: bce_logits(-math.log(9), 1) / ce.sigmoid_focal_loss(-math.log(9), 1),
        1 / mpf("0.81"),
        "1.23",
    ),
    "focal-is-not-proper": (
        lambda: ce.sigmoid(root(lambda z: slope(ce.sigmoid_focal_loss, z, 0.8), -9, 9)),
        exact_focal_optimum(),
        "0.627",
    ),
    "double-softmax-of-2": (
        lambda: double_softmax_floor(2),
        exact_double_softmax_floor(2),
        "0.313",
    ),
    "double-softmax-of-10": (
        lambda: double_softmax_floor(10),
        exact_double_softmax_floor(10),
        "1.461",
    ),
    "double-softmax-of-1000": (
        lambda: double_softmax_floor(1000),
        exact_double_softmax_floor(1000),
        "5.909",
    ),
    "cross-entropy-slope": (
        lambda: slope(bce_logits, -10.0, 1),
        -1 / (1 + mp.exp(-10)),
        "-0.99995",
    ),
    "half-mse-slope": (
        lambda: slope(ce.mse_with_logits, -10.0, 1) / 2,
        -mp.exp(-10) / (1 + mp.exp(-10)) ** 3,
        "-4.54e-05",
    ),
    "ratio-of-the-slopes": (
        lambda: slope(bce_logits, -10.0, 1) / (slope(ce.mse_with_logits, -10.0, 1) / 2),
        (1 + mp.exp(-10)) ** 2 * mp.exp(10),
        "22028",
    ),
    "steepest-half-mse": (
        lambda: -slope(ce.mse_with_logits, math.log(0.5), 1) / 2,
        mpf(4) / 27,
        "0.148",
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_of_the_book(name):
    by_ce_lib, exactly, printed = NUMBERS[name]
    assert float(by_ce_lib()) == pytest.approx(float(exactly), rel=1e-13)
    if "e" in printed:
        assert f"{float(exactly):.2e}" == printed
    else:
        digits = len(printed.partition(".")[2])
        assert f"{float(exactly):.{digits}f}" == printed


def test_the_worked_gradient_is_softmax_minus_one_hot():
    gradient = slope(softmax_ce, np.log([0.2, 0.3, 0.5]), 1)
    np.testing.assert_allclose(gradient, [0.2, -0.7, 0.5], rtol=1e-15)


def test_the_crisp_softmax_of_the_book():
    q = ce.softmax([12.5, 0.6, -23.0])
    assert [f"{x:.6f}" for x in q[:1]] == ["0.999993"]
    assert [f"{x:.1e}" for x in q[1:]] == ["6.8e-06", "3.8e-16"]


@pytest.mark.parametrize(("loss", "half", "crossing"), [("ce", 1, 17), ("mse", 0.5, 232)])
def test_the_honest_race(loss, half, crossing):
    function = bce_logits if loss == "ce" else ce.mse_with_logits
    w = b = 2.0
    steps = 0
    while ce.sigmoid(w + b) >= 0.5:
        step = 0.15 * half * slope(function, w + b, 0)
        w, b, steps = w - step, b - step, steps + 1
    assert steps == crossing
