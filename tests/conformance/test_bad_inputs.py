"""Bad input: one sentence (argument, rule, what came), the same in both backends."""

import math

import numpy as np
import pytest

import ce_lib as ce

Z = [[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]]
P = [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]]
INF, NAN = math.inf, math.nan
softmax_ce = ce.softmax_cross_entropy_with_logits
bce = ce.binary_cross_entropy
bce_logits = ce.binary_cross_entropy_with_logits

# id: (a → call with a the array maker, the error, its sentence)
CASES = {
    # shapes
    "softmax-of-a-number": (
        lambda a: ce.softmax(a(1.0)),
        ValueError,
        "logits must have a class axis (the last), got a single number",
    ),
    "softmax-of-no-class": (
        lambda a: ce.log_softmax(a(np.zeros((2, 0)))),
        ValueError,
        "logits must have at least one class, got shape (2, 0)",
    ),
    "labels-of-another-length": (
        lambda a: softmax_ce(a(Z), a([0, 1, 2])),
        ValueError,
        "target must be labels of shape (2,) or probabilities of shape (2, 3), got shape (3,)",
    ),
    "targets-as-a-column": (
        lambda a: bce_logits(a([1.0, 2.0]), a([[1.0], [0.0]])),
        ValueError,
        "target must have the shape of input (2,) or be a single number, got shape (2, 1)",
    ),
    "mse-of-two-lengths": (
        lambda a: ce.mse_loss(a([1.0, 2.0]), a([1.0, 2.0, 3.0])),
        ValueError,
        "target must have the shape of input (2,) or be a single number, got shape (3,)",
    ),
    "distributions-over-different-classes": (
        lambda a: ce.cross_entropy(a([0.5, 0.5]), a([[0.2, 0.3, 0.5]])),
        ValueError,
        "q must have the shape of p (or one of them be a single distribution over the same "
        "classes), got (2,) for p and (1, 3) for q",
    ),
    "two-batches-that-would-broadcast": (
        lambda a: ce.kl_divergence(a([P[0]]), a(P)),
        ValueError,
        "q must have the shape of p (or one of them be a single distribution over the same "
        "classes), got (1, 3) for p and (2, 3) for q",
    ),
    "logits-of-two-batches": (
        lambda a: ce.kl_divergence_with_logits(a([Z[0]]), a(Z)),
        ValueError,
        "q_logits must have the shape of p_logits (or one of them be a single distribution over "
        "the same classes), got (1, 3) for p_logits and (2, 3) for q_logits",
    ),
    "class-weights-of-another-length": (
        lambda a: softmax_ce(a(Z), a([0, 1]), weight=a([1.0, 2.0])),
        ValueError,
        "weight must have a shape that broadcasts to (3,), got shape (2,)",
    ),
    "weights-that-would-blow-up-the-input": (
        lambda a: bce_logits(a([1.0, 2.0]), a([1.0, 0.0]), a([[1.0], [2.0]])),
        ValueError,
        "weight must have a shape that broadcasts to (2,), got shape (2, 1)",
    ),
    "pos-weight-of-another-length": (
        lambda a: bce_logits(a([1.0, 2.0]), a([1.0, 0.0]), pos_weight=a([1.0, 2.0, 3.0])),
        ValueError,
        "pos_weight must have a shape that broadcasts to (2,), got shape (3,)",
    ),
    "counts-as-a-table": (
        lambda a: ce.inverse_frequency_weights(a([[1, 2]])),
        ValueError,
        "counts must have shape (K,), got shape (1, 2)",
    ),
    "calibration-of-a-cube": (
        lambda a: ce.reliability_curve(a(np.ones((1, 1, 1))), a([[1]])),
        ValueError,
        "probs must have shape (N,) or (N, K) with at least one example, got shape (1, 1, 1)",
    ),
    "calibration-with-labels-of-another-length": (
        lambda a: ce.expected_calibration_error(a([0.1, 0.2]), a([1])),
        ValueError,
        "labels must have shape (2,), got shape (1,)",
    ),
    "multiclass-calibration-with-labels-of-another-length": (
        lambda a: ce.reliability_curve(a(P), a([1])),
        ValueError,
        "labels must have shape (2,), got shape (1,)",
    ),
    # labels
    "label-3-of-3": (
        lambda a: softmax_ce(a(Z), a([3, 3])),
        ValueError,
        "target labels must be in [0, 3), got values from 3 to 3",
    ),
    "label-minus-one": (
        lambda a: softmax_ce(a(Z), a([-1, 2])),
        ValueError,
        "target labels must be in [0, 3), got values from -1 to 2",
    ),
    "label-minus-one-in-focal": (
        lambda a: ce.softmax_focal_loss(a(Z), a([-1, -100])),
        ValueError,
        "target labels must be in [0, 3), got values from -1 to -1",
    ),
    "ignored-label-where-nothing-is-ignored": (
        lambda a: ce.brier_score(a(P), a([-100, 0])),
        ValueError,
        "target labels must be in [0, 3), got values from -100 to 0",
    ),
    "uint8-label-that-wraps-to-ignored": (  # 156 is -100 in a uint8
        lambda a: softmax_ce(a(Z), a([156, 0], "uint8")),
        ValueError,
        "target labels must be in [0, 3), got values from 0 to 156",
    ),
    "largest-int64-label": (
        lambda a: softmax_ce(a(Z), a([2**63 - 1, 0])),
        ValueError,
        "target labels must be in [0, 3), got values from 0 to 9223372036854775807",
    ),
    "uint64-label-that-wraps-to-ignored": (
        lambda a: softmax_ce(a(Z), a(np.array([2**64 - 100, 0], "uint64"), "uint64")),
        ValueError,
        "target labels must be in [0, 3), got values from 0 to 9223372036854775807",
    ),
    "labels-as-floats": (
        lambda a: softmax_ce(a(Z), a([0.0, 1.0])),
        TypeError,
        "target labels must be integers, got float64",
    ),
    "labels-as-booleans": (
        lambda a: softmax_ce(a(Z), a([True, False])),
        TypeError,
        "target labels must be integers, got bool",
    ),
    "binary-label-two": (
        lambda a: bce_logits(a([1.0, 2.0]), a([2, 0])),
        ValueError,
        "target must be in [0, 1], got values from 0 to 2",
    ),
    "binary-label-minus-one": (
        lambda a: ce.sigmoid_focal_loss(a([1.0, 2.0]), a([-1.0, 1.0])),
        ValueError,
        "target must be in [0, 1], got values from -1 to 1",
    ),
    "binary-label-nan": (
        lambda a: ce.mse_with_logits(a([1.0, 2.0]), a([NAN, 1.0])),
        ValueError,
        "target must be in [0, 1], got values from nan to nan",
    ),
    "soft-label-in-calibration": (
        lambda a: ce.reliability_curve(a([0.1, 0.2]), a([0.5, 1.0])),
        ValueError,
        "labels must be 0 or 1, got values from 0.5 to 1",
    ),
    # probabilities
    "negative-probability": (
        lambda a: ce.entropy(a([1.5, -0.5])),
        ValueError,
        "p must be probabilities, got -0.5",
    ),
    "probabilities-that-sum-to-0.9": (
        lambda a: ce.entropy(a([0.5, 0.4])),
        ValueError,
        "p must sum to 1 along the last axis (up to rounding), got a sum of 0.9",
    ),
    "float32-probabilities-that-sum-to-1.0001": (
        lambda a: ce.cross_entropy(a([0.5, 0.5], "float32"), a([0.5, 0.5001], "float32")),
        ValueError,
        "q must sum to 1 along the last axis (up to rounding), got a sum of 1.0001",
    ),
    "logits-where-probabilities-belong": (
        lambda a: ce.kl_divergence(a(P), a(Z)),
        ValueError,
        "q must be probabilities, got -1",
    ),
    "nan-probability": (
        lambda a: ce.brier_score(a([NAN, 0.5]), a(0)),
        ValueError,
        "probs must be probabilities, got nan",
    ),
    "infinite-probability": (
        lambda a: ce.entropy(a([INF, 0.5])),
        ValueError,
        "p must sum to 1 along the last axis (up to rounding), got a sum of inf",
    ),
    "soft-target-that-sums-to-2": (
        lambda a: softmax_ce(a(Z), a([[1, 0, 1], [0, 1, 0]])),
        ValueError,
        "target must sum to 1 along the last axis (up to rounding), got a sum of 2",
    ),
    "binary-probability-above-1": (
        lambda a: bce(a([1.5, 0.5]), a([1, 0])),
        ValueError,
        "input must be in [0, 1], got values from 0.5 to 1.5",
    ),
    "binary-probability-just-above-1": (
        lambda a: bce(a([1 + 1e-9, 0.5]), a([1, 0])),
        ValueError,
        "input must be in [0, 1], got values from 0.5 to 1.000000001",
    ),
    "probabilities-whose-sum-overflows": (
        lambda a: ce.entropy(a([1e308, 1e308])),
        ValueError,
        "p must sum to 1 along the last axis (up to rounding), got a sum of inf",
    ),
    "calibration-of-logits": (
        lambda a: ce.expected_calibration_error(a([-2.0, 0.5]), a([1, 0])),
        ValueError,
        "probs must be in [0, 1], got values from -2 to 0.5",
    ),
    # what cannot be averaged
    "mean-of-an-empty-batch": (
        lambda a: softmax_ce(a(np.zeros((0, 3))), a(np.zeros(0, int))),
        ValueError,
        'logits must hold at least one example for reduction="mean", got shape (0, 3)',
    ),
    "mean-of-an-empty-binary-batch": (
        lambda a: bce_logits(a(np.zeros(0)), a(np.zeros(0))),
        ValueError,
        'input must hold at least one example for reduction="mean", got shape (0,)',
    ),
    "brier-of-an-empty-batch": (
        lambda a: ce.brier_score(a(np.zeros((0, 3))), a(np.zeros(0, int))),
        ValueError,
        'probs must hold at least one example for reduction="mean", got shape (0, 3)',
    ),
    "mean-of-ignored-examples": (
        lambda a: softmax_ce(a(Z), a([-100, -100])),
        ValueError,
        'target must hold a label other than ignore_index=-100 for reduction="mean", got none',
    ),
    "mean-of-weight-zero": (
        lambda a: softmax_ce(a(Z), a([0, 0]), weight=a([0.0, 1.0, 1.0])),
        ValueError,
        'weight must be above 0 for some example for reduction="mean", got a total of 0',
    ),
    "calibration-of-nothing": (
        lambda a: ce.reliability_curve(a(np.zeros(0)), a(np.zeros(0, int))),
        ValueError,
        "probs must have shape (N,) or (N, K) with at least one example, got shape (0,)",
    ),
    "temperature-of-nothing": (
        lambda a: ce.fit_temperature(a(np.zeros((0, 3))), a(np.zeros(0, int))),
        ValueError,
        "logits must have shape (N,) or (N, K) with at least one example, got shape (0, 3)",
    ),
    # not numbers, or not real ones
    "boolean-logits": (
        lambda a: ce.softmax(a([True, False])),
        TypeError,
        "logits must hold real numbers, got booleans",
    ),
    "complex-logits": (
        lambda a: ce.sigmoid(a(np.array([1 + 2j]), "complex64")),
        TypeError,
        "logits must hold real numbers, got complex64",
    ),
    "logits-are-none": (
        lambda a: bce_logits(None, a([1.0])),
        TypeError,
        "input must hold real numbers, got None",
    ),
    "target-is-none": (
        lambda a: softmax_ce(a(Z), None),
        TypeError,
        "target must hold real numbers, got None",
    ),
    "strings": (
        lambda a: softmax_ce(a(Z), ["cat", "dog"]),
        TypeError,
        "target must hold real numbers, got <U3",
    ),
    "ragged-rows": (
        lambda a: softmax_ce(a(Z), [[1, 0, 0], [1]]),
        ValueError,
        "target must be a rectangular array, got rows of unequal length",
    ),
    "an-integer-beyond-64-bits": (
        lambda a: softmax_ce(a(Z), [2**70, 0]),
        TypeError,
        "target must hold real numbers, got object",
    ),
    # knobs
    "temperature-zero": (
        lambda a: ce.softmax(a(Z), temperature=0),
        ValueError,
        "temperature must be finite and above 0, got 0",
    ),
    "temperature-negative": (
        lambda a: ce.log_softmax(a(Z), temperature=-1.0),
        ValueError,
        "temperature must be finite and above 0, got -1.0",
    ),
    "temperature-nan": (
        lambda a: ce.softmax(a(Z), temperature=NAN),
        ValueError,
        "temperature must be finite and above 0, got nan",
    ),
    "temperature-inf": (
        lambda a: ce.softmax(a(Z), temperature=INF),
        ValueError,
        "temperature must be finite and above 0, got inf",
    ),
    "temperature-as-text": (
        lambda a: ce.softmax(a(Z), temperature="2"),
        TypeError,
        "temperature must be a number, got str",
    ),
    "unknown-reduction": (
        lambda a: ce.mse_loss(a([1.0]), a([1.0]), reduction="average"),
        ValueError,
        "reduction must be one of ('none', 'mean', 'sum'), got 'average'",
    ),
    "reduction-none-without-quotes": (
        lambda a: softmax_ce(a(Z), a([0, 1]), reduction=None),
        ValueError,
        "reduction must be one of ('none', 'mean', 'sum'), got None",
    ),
    "negative-weight": (
        lambda a: bce(a([0.5]), a([1.0]), weight=a([-1.0])),
        ValueError,
        "weight must be finite and at least 0, got values from -1 to -1",
    ),
    "nan-class-weight": (
        lambda a: softmax_ce(a(Z), a([0, 1]), weight=a([1.0, NAN, 1.0])),
        ValueError,
        "weight must be finite and at least 0, got values from nan to nan",
    ),
    "infinite-pos-weight": (
        lambda a: bce_logits(a([0.5]), a([1.0]), pos_weight=a([INF])),
        ValueError,
        "pos_weight must be finite and at least 0, got values from inf to inf",
    ),
    "negative-gamma": (
        lambda a: ce.softmax_focal_loss(a(Z), a([0, 1]), gamma=-1),
        ValueError,
        "gamma must be finite and at least 0, got -1",
    ),
    "alpha-above-1": (
        lambda a: ce.sigmoid_focal_loss(a([0.5]), a([1.0]), alpha=1.5),
        ValueError,
        "alpha must be in [0, 1], got 1.5",
    ),
    "alpha-minus-1-as-in-torchvision": (
        lambda a: ce.sigmoid_focal_loss(a([0.5]), a([1.0]), alpha=-1),
        ValueError,
        "alpha must be in [0, 1], got -1",
    ),
    "smoothing-above-1": (
        lambda a: softmax_ce(a(Z), a([0, 1]), label_smoothing=1.1),
        ValueError,
        "label_smoothing must be in [0, 1], got 1.1",
    ),
    "smoothing-true": (
        lambda a: softmax_ce(a(Z), a([0, 1]), label_smoothing=True),
        TypeError,
        "label_smoothing must be a number, got bool",
    ),
    "ignore-index-as-a-float": (
        lambda a: softmax_ce(a(Z), a([0, 1]), ignore_index=-100.0),
        TypeError,
        "ignore_index must be a whole number, got float",
    ),
    "beta-one": (
        lambda a: ce.effective_number_weights(a([3, 4]), beta=1.0),
        ValueError,
        "beta must be in [0, 1), got 1.0",
    ),
    "count-zero": (
        lambda a: ce.inverse_frequency_weights(a([3, 0])),
        ValueError,
        "counts must be finite and above 0 (a class that never occurs has no weight), "
        "got a smallest count of 0",
    ),
    "count-negative": (
        lambda a: ce.effective_number_weights(a([3, -2])),
        ValueError,
        "counts must be finite and above 0 (a class that never occurs has no weight), "
        "got a smallest count of -2",
    ),
    "alpha-for-other-classes": (
        lambda a: ce.sigmoid_focal_loss(a(Z), a(P), alpha=a([0.5, 0.5])),
        ValueError,
        "alpha must have a shape that broadcasts to (2, 3), got shape (2,)",
    ),
    "alpha-of-one-class-above-1": (
        lambda a: ce.sigmoid_focal_loss(a(Z), a(P), alpha=a([0.5, 2.0, 1.0])),
        ValueError,
        "alpha must be in [0, 1], got values from 0.5 to 2",
    ),
    "logit-of-a-logit": (
        lambda a: ce.logit(a([0.5, -2.0])),
        ValueError,
        "probs must be in [0, 1], got values from -2 to 0.5",
    ),
    "focal-posterior-of-a-negative-gamma": (
        lambda a: ce.focal_posterior(a(Z), gamma=-1),
        ValueError,
        "gamma must be finite and at least 0, got -1",
    ),
    "unknown-bins": (
        lambda a: ce.reliability_curve(a([0.5]), a([1]), strategy="equal"),
        ValueError,
        "strategy must be one of ('uniform', 'quantile'), got 'equal'",
    ),
    "class-wise-calibration-of-one-probability": (
        lambda a: ce.classwise_calibration_error(a([0.5]), a([1])),
        ValueError,
        "probs must have shape (N, K) with at least one example, got shape (1,)",
    ),
    "calibration-with-one-weight-for-all": (
        lambda a: ce.expected_calibration_error(a([0.5, 0.5]), a([1, 0]), weight=a([2.0])),
        ValueError,
        "weight must have shape (2,), got shape (1,)",
    ),
    "calibration-with-weights-of-another-length": (
        lambda a: ce.maximum_calibration_error(a(P), a([1, 0]), weight=a([2.0] * 3)),
        ValueError,
        "weight must have a shape that broadcasts to (2,), got shape (3,)",
    ),
    "calibration-without-weight": (
        lambda a: ce.maximum_calibration_error(a([0.5]), a([1]), weight=a([0.0])),
        ValueError,
        "weight must be above 0 for some example, got a total of 0",
    ),
    "temperature-with-a-negative-weight": (
        lambda a: ce.fit_temperature(a([2.0, 1.0]), a([1, 0]), weight=a([1.0, -1.0])),
        ValueError,
        "weight must be finite and at least 0, got values from -1 to 1",
    ),
    "no-bins": (
        lambda a: ce.reliability_curve(a([0.5]), a([1]), n_bins=0),
        ValueError,
        "n_bins must be at least 1, got 0",
    ),
    "half-a-bin": (
        lambda a: ce.expected_calibration_error(a([0.5]), a([1]), n_bins=2.5),
        TypeError,
        "n_bins must be a whole number, got float",
    ),
    "temperature-of-infinite-logits": (
        lambda a: ce.fit_temperature(a([INF, 0.0]), a([0, 1])),
        ValueError,
        "logits must be finite, got inf or nan",
    ),
    "temperature-of-logits-that-are-always-right": (
        lambda a: ce.fit_temperature(a([2.0, -1.0]), a([1, 0])),
        ValueError,
        "labels must differ from the largest logit somewhere for a temperature to be best, "
        "got logits that are always right (T = 0)",
    ),
    "temperature-of-logits-that-are-mostly-wrong": (
        lambda a: ce.fit_temperature(a([2.0, 2.0, 2.0]), a([0, 0, 1])),
        ValueError,
        "labels must go with the logits better than chance for a temperature to be best, "
        "got labels that the uniform answer (T = ∞) fits at least as well",
    ),
    "gradient-of-a-loss-on-probabilities": (
        lambda a: ce.value_and_grad(bce, a([0.5]), a([1.0])),
        TypeError,
        "loss must be one of ce_lib's binary_cross_entropy_with_logits, brier_with_logits, "
        "mse_with_logits, sigmoid_focal_loss, softmax_cross_entropy_with_logits, "
        "softmax_focal_loss, got binary_cross_entropy",
    ),
    "gradient-of-a-name": (
        lambda a: ce.value_and_grad("softmax", a([0.5]), a([1.0])),
        TypeError,
        "loss must be one of ce_lib's binary_cross_entropy_with_logits, brier_with_logits, "
        "mse_with_logits, sigmoid_focal_loss, softmax_cross_entropy_with_logits, "
        "softmax_focal_loss, got 'softmax'",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gets_its_sentence(backend, name):
    call, error, sentence = CASES[name]
    with pytest.raises(error) as caught:
        call(backend.array)
    assert str(caught.value) == sentence


def test_numpy_beside_torch_is_refused():
    torch = pytest.importorskip("torch")
    z, y = np.array(Z), torch.tensor([0, 1])
    sentence = "must be of one kind with {}, got a NumPy array beside a torch tensor"
    with pytest.raises(TypeError, match="^logits " + sentence.format("target")):
        softmax_ce(z, y)
    with pytest.raises(TypeError, match="^target " + sentence.format("logits")):
        softmax_ce(torch.tensor(Z), y.numpy())
    with pytest.raises(TypeError, match="^weight " + sentence.format("logits")):
        softmax_ce(torch.tensor(Z), y, weight=np.ones(3))
    with pytest.raises(TypeError, match="^q " + sentence.format("p")):
        ce.cross_entropy(torch.tensor(P), np.array(P))


def test_a_list_of_tensors_would_lose_its_slopes():
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"^logits must be one tensor .*, got a list of tensors$"):
        ce.softmax([torch.tensor(1.0), torch.tensor(2.0)])


def test_a_tensor_as_temperature_would_lose_its_slope():
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"^temperature must be a number, got Tensor$"):
        ce.softmax(torch.tensor(Z), torch.tensor(2.0, requires_grad=True))


def test_a_sparse_tensor_is_refused():
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"^logits must be a dense tensor, got torch.sparse_coo$"):
        ce.softmax(torch.eye(2).to_sparse())


def test_a_masked_array_would_lose_its_mask():
    with pytest.raises(TypeError, match=r"^logits must be a plain array, got a masked array$"):
        ce.softmax(np.ma.masked_array([1.0, 2.0], mask=[True, False]))


def test_tensors_on_two_devices_are_refused():
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match=r"^target must be on cpu, got meta$"):
        softmax_ce(torch.tensor(Z), torch.tensor([0, 1], device="meta"))


def test_a_class_axis_that_is_not_the_last_is_named(backend):
    z, y = backend.array(np.zeros((2, 3, 4, 5))), backend.array(np.zeros((2, 4, 5), int))
    for loss in (ce.softmax_cross_entropy_with_logits, ce.softmax_focal_loss, ce.brier_with_logits):
        with pytest.raises(ValueError) as caught:
            loss(z, y)
        assert str(caught.value) == (
            "logits must have the class axis last (moveaxis(logits, 1, -1) puts it there), "
            "got shape (2, 3, 4, 5) for labels of shape (2, 4, 5)"
        )
