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
