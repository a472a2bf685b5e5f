"""Tensors may be changed between a function and its backward pass: the gradient is that before."""

import pytest

import ce_lib as ce

torch = pytest.importorskip("torch")

LABELS = torch.tensor([0, 2, 1])
# the arguments of each function: of random numbers "z", probabilities "p", rows of them "P"
CALLS = {
    "binary_cross_entropy": "pp",
    "binary_cross_entropy_with_logits": "zp",
    "brier_score": "PP",
    "brier_with_logits": "zP",
    "cross_entropy": "PP",
    "entropy": "P",
    "entropy_with_logits": "z",
    "focal_posterior": "z",
    "jensen_shannon_divergence": "PP",
    "kl_divergence": "PP",
    "kl_divergence_with_logits": "zz",
    "linear_cross_entropy": "zzy",
    "log_sigmoid": "z",
    "log_softmax": "z",
    "logit": "p",
    "logsumexp": "z",
    "mse_loss": "zz",
    "mse_with_logits": "zp",
    "perplexity": "z",
    "sigmoid": "z",
    "sigmoid_focal_loss": "zp",
    "softmax": "z",
    "softmax_cross_entropy_with_logits": "zP",
    "softmax_focal_loss": "zy",
    "to_bits": "z",
    "z_loss": "z",
}
WITHOUT_GRADIENT = {
    *("backends", "fit_temperature", "reliability_curve", "unchecked", "value_and_grad"),
    *("effective_number_weights", "inverse_frequency_weights"),
    *(name for name in ce.__all__ if name.endswith("calibration_error")),
}


def arguments(kinds, dtype, shape):
    generator = torch.Generator().manual_seed(41)
    for kind in kinds:
        z = torch.randn(shape, generator=generator)
        made = {"z": z, "p": torch.sigmoid(z), "P": torch.softmax(z, -1), "y": LABELS}[kind]
        yield made.to(dtype) if made.is_floating_point() else made


def test_no_function_is_left_out():
    assert CALLS.keys() | WITHOUT_GRADIENT == set(ce.__all__)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("shape", [(3, 4), (3, 40_000)], ids=["small", "large"])
@pytest.mark.parametrize("name", CALLS)
def test_a_change_in_place_leaves_the_gradients_as_they_were(name, shape, dtype):
    gradients = []
    for change in (False, True):
        leaves = [x.clone() for x in arguments(CALLS[name], dtype, shape)]
        of = [x.requires_grad_() for x in leaves if x.is_floating_point()]
        if name not in ("kl_divergence_with_logits", "linear_cross_entropy"):
            of = of[:1]
        inputs = [x * 1 if any(x is leaf for leaf in of) else x.detach().clone() for x in leaves]
        value = getattr(ce, name)(*inputs)
        value = value[:, 0].sum() if value.dim() == 2 else value.sum()  # a softmax sums to 1
        if change:
            with torch.no_grad():
                for x in inputs:
                    x.zero_()
        gradients.append(torch.autograd.grad(value, of))
    for before, after in zip(*gradients, strict=True):
        # one may be rounded once more, or come from a rounded log p, which is about −10
        eps = torch.finfo(dtype).eps * (10 if name == "log_softmax" else 1)
        torch.testing.assert_close(before, after, rtol=eps, atol=0)
