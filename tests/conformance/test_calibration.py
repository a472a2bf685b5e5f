"""Calibration: one data set has one answer, and every search for a temperature ends."""

import math

import numpy as np
import pytest

import ce_lib as ce
from ce_lib import calibration

HALF = {"bfloat16": 2.0**-8, "float16": 2.0**-11, "float32": 2.0**-24}


def made(backend, x, dtype):
    if dtype == "bfloat16" and backend.device is None:
        dtype = pytest.importorskip("ml_dtypes").bfloat16
    return backend.array(x, dtype)


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("n_bins", [2, 7, 10, 15, 100])
def test_a_probability_that_is_the_edge_of_a_bin_is_below_it_in_each_dtype(backend, dtype, n_bins):
    edges = np.arange(n_bins + 1) / n_bins
    labels = np.arange(n_bins + 1) % 2
    count = ce.reliability_curve(edges, labels, n_bins)[2]
    assert count.tolist() == [2] + [1] * (n_bins - 1)
    probs, labels = made(backend, edges, dtype), backend.array(labels)
    np.testing.assert_array_equal(
        backend.numpy(ce.reliability_curve(probs, labels, n_bins)[2]), count
    )
    ece = ce.expected_calibration_error(probs, labels, n_bins)
    exact = ce.expected_calibration_error(edges, backend.numpy(labels), n_bins)
    assert float(ece) == pytest.approx(exact, abs=HALF[dtype])


def test_the_bins_of_the_predicted_class_are_those_of_the_dtype_too(backend):
    probs, labels = [[0.7, 0.3], [0.4, 0.6], [0.2, 0.8]], [0, 0, 1]
    for dtype in ("float32", "float64"):
        q, y = backend.array(probs, dtype), backend.array(labels)
        count = ce.reliability_curve(q, y, n_bins=10)[2]
        assert backend.numpy(count).tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 0, 0]


def test_a_list_of_probabilities_beside_float32_labels_has_the_bins_of_float64():
    labels = np.array([1, 0], np.float32)
    assert ce.reliability_curve([0.3, 0.30000001], labels)[2].tolist() == [0, 0, 1, 1] + [0] * 6


# ------------------------------------------------------------------ weights and equal counts

MEASURES = (
    ce.expected_calibration_error,
    ce.maximum_calibration_error,
    ce.classwise_calibration_error,
)


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_a_weight_of_3_is_three_examples(backend, strategy):
    rng = np.random.default_rng(0)
    q = rng.dirichlet([1.0] * 3, 50)
    y, weight = rng.integers(0, 3, 50), rng.integers(0, 4, 50)
    often = [backend.array(np.repeat(x, weight, axis=0)) for x in (q, y)]
    once, weights = (backend.array(q), backend.array(y)), backend.array(weight)
    for measure in MEASURES:
        expected = measure(*often, strategy=strategy)
        assert float(measure(*once, weight=weights, strategy=strategy)) == pytest.approx(
            float(expected), rel=1e-13
        )
    curves = (
        ce.reliability_curve(*once, weight=weights, strategy=strategy),
        ce.reliability_curve(*often, strategy=strategy),
    )
    for weighted, repeated in zip(*curves, strict=True):
        np.testing.assert_allclose(backend.numpy(weighted), backend.numpy(repeated), rtol=1e-13)
    z = backend.array(np.log(q))
    fitted = ce.fit_temperature(z, backend.array(q.argmax(1) * (y > 0)), weight=weights)
    repeated = [np.repeat(x, weight, axis=0) for x in (np.log(q), q.argmax(1) * (y > 0))]
    assert fitted == pytest.approx(ce.fit_temperature(*repeated), rel=1e-13)


def test_bins_of_equal_count_hold_as_many_whatever_the_weights_unit(backend):
    rng = np.random.default_rng(1)
    q, y = rng.random(100), rng.integers(0, 2, 100)
    for weight in (None, [1.0] * 100, [0.1] * 100, [1e-300] * 100):
        weight = weight and backend.array(weight)
        mean, _, total = ce.reliability_curve(
            backend.array(q), backend.array(y), weight=weight, strategy="quantile"
        )
        of_ten = np.sort(q).reshape(10, 10)
        np.testing.assert_allclose(backend.numpy(mean), of_ten.mean(1), rtol=1e-13)
        share = backend.numpy(total) / backend.numpy(total).sum()
        np.testing.assert_allclose(share, [0.1] * 10, rtol=1e-13)


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_order_of_the_examples_does_not_matter(backend, strategy):
    rng = np.random.default_rng(2)
    q, y, weight = rng.integers(0, 6, 40) / 5, rng.integers(0, 2, 40), rng.random(40)
    order = rng.permutation(40)
    first, second = (
        ce.reliability_curve(
            backend.array(q[i]),
            backend.array(y[i]),
            7,
            weight=backend.array(weight[i]),
            strategy=strategy,
        )
        for i in (slice(None), order)
    )
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(backend.numpy(a), backend.numpy(b), rtol=1e-12)


def test_the_answer_of_one_class_is_the_average_over_two():
    q, y = np.array([0.1, 0.4, 0.7, 0.8]), np.array([0, 1, 1, 0])
    rows = np.stack([1 - q, q], 1)
    gap = ce.expected_calibration_error(rows[:, 1], y, 3) / 2
    gap += ce.expected_calibration_error(rows[:, 0], 1 - y, 3) / 2
    assert ce.classwise_calibration_error(rows, y, 3) == pytest.approx(gap, rel=1e-14)


# ------------------------------------------------------------------ the temperature


@pytest.mark.parametrize("gap", [1e-290, 1e-299 * math.log(99), 1e290])
def test_the_largest_and_the_smallest_temperatures_are_found(backend, gap):
    z, y = [[0.0, gap]] * 100, [1] * 99 + [0]
    fitted = ce.fit_temperature(backend.array(z), backend.array(y))
    assert fitted == pytest.approx(gap / math.log(99), rel=1e-12)


@pytest.mark.parametrize("gap", [1e-320, 1e-310, 2e-308, 1e-301, 1e304])
def test_a_temperature_out_of_range_is_refused(backend, gap):
    z, y = backend.array([[0.0, gap]] * 3), backend.array([1, 1, 0])
    with pytest.raises(ValueError) as caught:
        ce.fit_temperature(z, y)
    assert str(caught.value) == (
        "logits must be of a size for which the best temperature is from 1e-300 to 1e+300, "
        "got logits that need another"
    )


def test_logits_whose_sum_overflows_are_refused(backend):
    z, y = backend.array([[-1e308, 1e308], [0.0, 1.0]]), backend.array([0, 1])
    with pytest.raises(ValueError, match=r"^logits must have a finite sum, got one that overflows"):
        ce.fit_temperature(z, y)


def test_newtons_method_may_not_crawl(backend):
    # The slope is as exp(−505) − exp(−2¹⁰⁰ β): a step of Newton's gains one factor e.
    z = [[2.0**100, 0.0], [2.0**101 / math.exp(505), 0.0]]
    fitted = ce.fit_temperature(backend.array(z), backend.array([0, 1]))
    assert fitted == pytest.approx(2.0**100 / 505, rel=1e-12)


def test_a_search_that_does_not_end_in_time_says_so(backend, monkeypatch):
    monkeypatch.setattr(calibration, "_STEPS", 2)
    z, y = backend.array([[0.0, 3.0]] * 3), backend.array([1, 1, 0])
    with pytest.raises(ArithmeticError, match=r"^the temperature must be found in 2 steps, got"):
        ce.fit_temperature(z, y)
