"""What counts as a distribution: every row that rounding explains, and no other."""

import numpy as np
import pytest

import ce_lib as ce

COARSE = ("bfloat16", "float16", "float32")


def rows_of(backend, p, dtype):
    """The numbers of ``p`` in an array of that dtype of the backend."""
    if dtype == "bfloat16" and backend.device is None:
        dtype = pytest.importorskip("ml_dtypes").bfloat16
    return backend.array(p, dtype)


def softmaxes(classes):
    """The dtype and the float64 numbers of softmaxes that torch computes in different ways."""
    torch = pytest.importorskip("torch")
    generator = torch.Generator().manual_seed(classes)
    for spread in (1.0, 8.0) if classes < 10_000 else (8.0,):
        logits = spread * torch.randn(classes, generator=generator)
        ramp = torch.linspace(-3, 0, classes)
        for name in COARSE:
            for z in (logits, ramp):
                z = z.to(getattr(torch, name))
                yield name, z.softmax(0).double().numpy()
                one_by_one = torch.stack([z, z], 1).softmax(0)[:, 0]  # how it adds up the terms
                yield name, one_by_one.double().numpy()
                if name != "float16" or classes < 65_504:  # torch's float16 log-sum overflows
                    yield name, z.log_softmax(0).exp().double().numpy()


@pytest.mark.parametrize("classes", [2, 10, 1000, 262_144])
def test_the_softmax_of_a_model_is_a_distribution_in_its_dtype_and_in_wider_ones(backend, classes):
    for name, p in softmaxes(classes):
        for dtype in (name, "float32", "float64"):
            target, logits = rows_of(backend, p, dtype), backend.array(np.zeros(classes))
            loss = ce.softmax_cross_entropy_with_logits(logits, target, reduction="sum")
            assert float(loss) == pytest.approx(np.log(classes) * p.sum(), rel=1e-12)


@pytest.mark.parametrize("dtype", COARSE)
def test_our_own_softmax_of_half_a_million_classes_is_a_distribution(backend, dtype):
    p = ce.softmax(rows_of(backend, np.zeros(500_000), dtype))
    assert ce.entropy(p) >= 0
    assert ce.entropy(np.asarray(backend.numpy(p), float)) >= 0


def test_the_average_of_two_models_is_a_distribution(backend):
    drawn = np.random.default_rng(0).exponential(size=(2, 128_256)).astype(np.float32)
    p = drawn / drawn.cumsum(-1)[:, -1:]  # a float32 sum, term by term
    mean = p.astype(float).mean(0)
    assert abs(mean.sum() - 1) > 1e-6
    assert (mean != mean.astype(np.float32)).any()
    assert ce.entropy(backend.array(mean)) > 0


# (row, dtype): off by more than that dtype and that number of classes explain
REFUSED = {
    "one-class-of-a-thousand-forgotten": ([1 / 1000] * 999, "float64"),
    "one-class-of-ten-thousand-forgotten": ([1e-4] * 9_999, "float32"),
    "float32-off-by-3e-5": ([0.1, 0.2, 0.70003], "float32"),
    "float64-off-by-2e-6": ([0.1, 0.2, 0.700002], "float64"),
    "float16-off-by-1-percent": ([0.1, 0.2, 0.71], "float16"),
    "float16-of-a-thousand-off-by-2-percent": ([1.02 / 1000] * 1000, "float16"),
    "bfloat16-off-by-a-twentieth": ([0.25, 0.25, 0.55], "bfloat16"),
    "large-vocabulary-off-by-half-a-percent": ([1.005 / 262_144] * 262_144, "float32"),
    "dyadic-but-off-by-a-sixteenth": ([0.5, 0.25, 0.1875], "float64"),
    "counts": ([3, 1], "int64"),
    "nothing": ([0.0] * 1000, "float16"),
    "logits-of-a-model": ([2.5, 0.25, 0.125], "bfloat16"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_rounding_explains_is_refused(backend, name):
    row, dtype = REFUSED[name]
    p = rows_of(backend, np.array(row), dtype)
    sentence = r"^p must sum to 1 along the last axis \(up to rounding\), got a sum of [\d.]+$"
    with pytest.raises(ValueError, match=sentence):
        ce.entropy(p)


def test_the_tolerance_is_that_of_the_numbers_not_of_their_dtype(backend):
    off = np.array([0.3, 0.2, 0.4990234375])  # as three float16 numbers: a sum of 0.9990
    as_half = off.astype(np.float16).astype(float)
    assert 1e-3 > abs(as_half.sum() - 1) > 5e-4
    assert ce.entropy(backend.array(as_half)) > 0
    with pytest.raises(ValueError, match="up to rounding"):
        ce.entropy(backend.array(off))
