"""Softmax at a temperature: the rounding of gap / T is carried, as that of the gap is."""

import numpy as np
import pytest
from mpmath import exp, fsum, log, mp, mpf

import ce_lib as ce

torch = pytest.importorskip("torch")


def rows(temperature):
    """Rows of 2, 5 and 30 logits whose gaps are tenths to hundreds of temperatures."""
    rng = np.random.default_rng(int(temperature * 1000))
    for classes in (2, 5, 30):
        for size in (0.1, 10, 200):
            yield rng.normal(0, size * temperature, classes) + rng.choice([0, 1e3])


def exact(z, temperature):
    """Softmax and its logarithm; 400 digits, since 1 + e^-800 is to differ from 1."""
    scaled = [mpf(x) / mpf(temperature) for x in z.tolist()]
    total = log(fsum(exp(x - max(scaled)) for x in scaled)) + max(scaled)
    return [exp(x - total) for x in scaled], [x - total for x in scaled]


@pytest.mark.parametrize("of", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("temperature", [0.001, 0.1, 0.7, 2.0, 3.0, 10 / 3])
def test_no_temperature_costs_a_digit(temperature, of):
    for z in rows(temperature):
        with mp.workdps(400):
            due = exact(z, temperature)
        for function, row in zip((ce.softmax, ce.log_softmax), due, strict=True):
            for got, x in zip(function(of(z), temperature).tolist(), row, strict=True):
                unit = mpf(float(np.spacing(max(abs(float(x)), 1e-300))))
                assert abs(mpf(got) - x) <= 3 * unit
