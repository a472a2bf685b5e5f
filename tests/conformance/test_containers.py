"""A matrix or a sparse array is refused by every public function, in one sentence naming both."""

import numpy as np
import pytest

import ce_lib as ce

sparse = pytest.importorskip("scipy.sparse")
pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")

Z, ROWS = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[0.25, 0.75], [1.0, 0.0]])
Y, ONES = np.array([1, 0]), np.ones(2)

# every array argument of every public function, by name
CALLS = {
    "entropy": {"p": ROWS},
    "entropy_with_logits": {"logits": Z},
    "jensen_shannon_divergence": {"p": ROWS, "q": ROWS},
    "log_sigmoid": {"logits": Z},
    "logit": {"probs": ROWS},
    "focal_posterior": {"logits": Z},
    "cross_entropy": {"p": ROWS, "q": ROWS},
    "kl_divergence": {"p": ROWS, "q": ROWS},
    "kl_divergence_with_logits": {"p_logits": Z, "q_logits": Z},
    "perplexity": {"nats": Z},
    "to_bits": {"nats": Z},
    "logsumexp": {"logits": Z},
    "log_softmax": {"logits": Z},
    "softmax": {"logits": Z},
    "sigmoid": {"logits": Z},
    "mse_loss": {"input": Z, "target": Z},
    "binary_cross_entropy": {"input": ROWS, "target": ROWS, "weight": ONES},
    "binary_cross_entropy_with_logits": {
        "input": Z,
        "target": ROWS,
        "weight": ONES,
        "pos_weight": ONES,
    },
    "softmax_cross_entropy_with_logits": {
        "logits": Z,
        "target": Y,
        "weight": ONES,
        "example_weight": ONES,
    },
    "z_loss": {"logits": Z},
    "sigmoid_focal_loss": {"input": Z, "target": ROWS, "alpha": ONES / 2},
    "softmax_focal_loss": {"logits": Z, "target": Y, "weight": ONES, "example_weight": ONES},
    "mse_with_logits": {"input": Z, "target": ROWS},
    "brier_score": {"probs": ROWS, "target": ROWS},
    "brier_with_logits": {"logits": Z, "target": ROWS},
    "linear_cross_entropy": {
        "input": Z,
        "linear_weight": Z,
        "target": Y,
        "linear_bias": ONES,
        "weight": ONES,
        "example_weight": ONES,
    },
    "inverse_frequency_weights": {"counts": ONES},
    "effective_number_weights": {"counts": ONES},
    "reliability_curve": {"probs": ROWS, "labels": Y, "weight": ONES},
    "expected_calibration_error": {"probs": ROWS, "labels": Y, "weight": ONES},
    "maximum_calibration_error": {"probs": ROWS, "labels": Y, "weight": ONES},
    "classwise_calibration_error": {"probs": ROWS, "labels": Y, "weight": ONES},
    "fit_temperature": {"logits": Z, "labels": Y, "weight": ONES},
}
CASES = [(name, argument) for name, arguments in CALLS.items() for argument in arguments]


def test_every_public_function_is_tried():
    assert {*CALLS, "backends", "unchecked", "value_and_grad"} == set(ce.__all__)


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_a_matrix_is_refused(name, argument):
    value = np.asmatrix(CALLS[name][argument])
    for given in (value, value.astype(np.float32), [value, value], value.T):
        with pytest.raises(TypeError) as caught:
            getattr(ce, name)(**CALLS[name] | {argument: given})
        sentence = f"{argument} must be a plain array (np.asarray makes one), got a matrix"
        assert str(caught.value) == sentence


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_a_sparse_array_is_refused(name, argument):
    value = np.atleast_2d(CALLS[name][argument])
    for kind in (sparse.csr_array, sparse.csc_matrix, sparse.coo_array):
        for given in (kind(value), [kind(value)] * 2):
            with pytest.raises(TypeError) as caught:
                getattr(ce, name)(**CALLS[name] | {argument: given})
            sentence = f"{argument} must be a dense array, got a sparse {kind.__name__}"
            assert str(caught.value) == sentence


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_a_masked_array_is_refused(name, argument):
    value = np.ma.masked_array(CALLS[name][argument], mask=False)
    with pytest.raises(TypeError) as caught:
        getattr(ce, name)(**CALLS[name] | {argument: value})
    assert str(caught.value) == f"{argument} must be a plain array, got a masked array"


def test_the_gradient_of_a_matrix_or_a_sparse_array_is_refused():
    for value, said in (
        (np.asmatrix(Z), "a plain array (np.asarray makes one), got a matrix"),
        (sparse.csr_array(Z), "a dense array, got a sparse csr_array"),
    ):
        for target in (Y, ROWS):
            for out in (None, value):
                loss = ce.softmax_cross_entropy_with_logits
                with pytest.raises(TypeError) as caught:
                    ce.value_and_grad(loss, value, target, out=out)
                assert str(caught.value) == f"logits must be {said}"
