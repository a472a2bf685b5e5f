"""What comes out is of the kind, dtype, device and shape of what went in, which is left alone."""

import copy

import numpy as np
import pytest

import ce_lib as ce

Z, Y = [[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]], [2, 0]
P, Q = [[0.25, 0.25, 0.5], [1.0, 0.0, 0.0]], [[0.5, 0.25, 0.25], [0.5, 0.5, 0.0]]
BINARY, ROWS = [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]

# (function, floating arguments, integer arguments, shape of the result)
CALLS = {
    "entropy": (ce.entropy, [P], [], (2,)),
    "cross_entropy": (ce.cross_entropy, [P, Q], [], (2,)),
    "kl_divergence": (ce.kl_divergence, [P, Q], [], (2,)),
    "kl_divergence_with_logits": (ce.kl_divergence_with_logits, [Z, Q], [], (2,)),
    "entropy_with_logits": (ce.entropy_with_logits, [Z], [], (2,)),
    "jensen_shannon_divergence": (ce.jensen_shannon_divergence, [P, Q], [], (2,)),
    "log_sigmoid": (ce.log_sigmoid, [Z], [], (2, 3)),
    "logit": (ce.logit, [P], [], (2, 3)),
    "focal_posterior": (ce.focal_posterior, [Z], [], (2, 3)),
    "perplexity": (ce.perplexity, [Y], [], (2,)),
    "to_bits": (ce.to_bits, [Y], [], (2,)),
    "logsumexp": (ce.logsumexp, [Z], [], (2,)),
    "log_softmax": (ce.log_softmax, [Z], [], (2, 3)),
    "softmax": (ce.softmax, [Z], [], (2, 3)),
    "sigmoid": (ce.sigmoid, [Z], [], (2, 3)),
    "mse_loss": (ce.mse_loss, [Z, BINARY], [], ()),
    "binary_cross_entropy": (ce.binary_cross_entropy, [P, BINARY], [], ()),
    "binary_cross_entropy_with_logits": (ce.binary_cross_entropy_with_logits, [Z, BINARY], [], ()),
    "softmax_cross_entropy_with_logits": (ce.softmax_cross_entropy_with_logits, [Z], [Y], ()),
    "softmax_cross_entropy_of_rows": (ce.softmax_cross_entropy_with_logits, [Z, ROWS], [], ()),
    "sigmoid_focal_loss": (ce.sigmoid_focal_loss, [Z, BINARY], [], ()),
    "softmax_focal_loss": (ce.softmax_focal_loss, [Z], [Y], ()),
    "z_loss": (ce.z_loss, [Z], [], ()),
    "mse_with_logits": (ce.mse_with_logits, [Z, BINARY], [], ()),
    "brier_score": (ce.brier_score, [P], [Y], ()),
    "brier_with_logits": (ce.brier_with_logits, [Z], [Y], ()),
    "inverse_frequency_weights": (ce.inverse_frequency_weights, [[1, 2, 3]], [], (3,)),
    "effective_number_weights": (ce.effective_number_weights, [[1, 2, 3]], [], (3,)),
    "expected_calibration_error": (ce.expected_calibration_error, [P], [Y], ()),
    "maximum_calibration_error": (ce.maximum_calibration_error, [P], [Y], ()),
    "classwise_calibration_error": (ce.classwise_calibration_error, [P], [Y], ()),
}


def call(backend, name, dtype, integers="int64"):
    function, floats, labels, shape = CALLS[name]
    args = [backend.array(x, dtype) for x in floats] + [backend.array(x, integers) for x in labels]
    kept = copy.deepcopy(args)
    result = function(*args)
    for arg, as_it_was in zip(args, kept, strict=True):
        np.testing.assert_array_equal(backend.numpy(arg), backend.numpy(as_it_was))
    assert tuple(result.shape) == shape
    return result


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("name", CALLS)
def test_the_result_has_the_dtype_of_the_input(backend, name, dtype):
    if dtype == "bfloat16" and backend.device is None:
        dtype = pytest.importorskip("ml_dtypes").bfloat16
    result = call(backend, name, dtype)
    assert backend.dtype_name(result) == getattr(dtype, "__name__", dtype)
    if backend.device:
        assert result.device.type == backend.device
    # The inputs are exact in every dtype, so only the last rounding is left.
    exact = np.asarray(call(type(backend)(), name, "float64"))
    eps = {"float64": 4e-16, "float32": 1.2e-7, "float16": 1e-3}.get(dtype, 8e-3)
    np.testing.assert_allclose(
        np.asarray(backend.numpy(result), float), exact, rtol=4 * eps, atol=1e-12
    )


@pytest.mark.parametrize("integers", ["uint8", "int8", "int16", "int32", "int64"])
def test_labels_may_be_integers_of_any_size(backend, integers):
    for name, (_, _, labels, _) in CALLS.items():
        if labels:
            assert call(backend, name, "float64", integers) == call(backend, name, "float64")


def test_lists_numbers_and_integers_count_as_float64():
    assert type(ce.sigmoid(0)) is np.float64
    assert ce.softmax([1, 2]).dtype == ce.softmax(np.array([1, 2])).dtype == np.float64
    assert ce.cross_entropy([1, 0], np.array([0.5, 0.5], np.float32)).dtype == np.float32
    assert type(ce.binary_cross_entropy_with_logits(0.5, True)) is np.float64


def test_integer_tensors_count_as_torchs_default_dtype():
    torch = pytest.importorskip("torch")
    assert ce.sigmoid(torch.tensor([1, 2])).dtype == torch.float32


def test_a_float32_loss_takes_float64_targets_without_changing_its_dtype(backend):
    z, y = backend.array([0.5, 2.0], "float32"), backend.array([1 / 3, 1.0])
    assert backend.dtype_name(ce.binary_cross_entropy_with_logits(z, y)) == "float32"
    value, gradient = ce.value_and_grad(ce.mse_with_logits, z, y)
    assert backend.dtype_name(value) == backend.dtype_name(gradient) == "float32"


def test_the_class_axis_is_the_last_of_any_number():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(2, 3, 4, 5)), rng.integers(0, 5, (2, 3, 4))
    losses = ce.softmax_cross_entropy_with_logits(z, y, reduction="none")
    assert losses.shape == (2, 3, 4)
    alone = ce.softmax_cross_entropy_with_logits(z[1, 2, 3], y[1, 2, 3])
    assert losses[1, 2, 3] == alone


def test_one_class_is_certain(backend):
    z, y = backend.array([[3.0], [-2.0]]), backend.array([0, 0])
    for loss in (
        ce.softmax_cross_entropy_with_logits,
        ce.softmax_focal_loss,
        ce.brier_with_logits,
    ):
        value, gradient = ce.value_and_grad(loss, z, y)
        assert value == 0
        assert (backend.numpy(gradient) == 0).all()


def test_read_only_and_strided_arrays_are_fine():
    z = np.asfortranarray(np.arange(12.0).reshape(3, 4))[::-1, ::2]
    z.flags.writeable = False
    got = ce.value_and_grad(ce.softmax_cross_entropy_with_logits, z, [0, 1, 1])
    expected = ce.value_and_grad(ce.softmax_cross_entropy_with_logits, z.copy(), [0, 1, 1])
    assert got[0] == expected[0]
    np.testing.assert_array_equal(got[1], expected[1])


def test_float16_overflow_is_infinite_without_a_warning():
    loss = ce.binary_cross_entropy_with_logits(np.full(4, 60000, np.float16), 0, reduction="sum")
    assert loss == np.inf
