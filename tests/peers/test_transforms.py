"""torch differentiates, batches and compiles every function; where it cannot, it says so."""

import pytest
import torch

import ce_lib as ce

g = torch.Generator().manual_seed(0)
Z = torch.randn(4, 3, dtype=torch.float64, generator=g)
TIED = torch.zeros(4, 3, dtype=torch.float64)
X = torch.randn(5, dtype=torch.float64, generator=g)
LABELS = torch.tensor([0, 2, 1, -100])
P = torch.softmax(torch.randn(4, 3, dtype=torch.float64, generator=g), -1)
Y = torch.rand(5, dtype=torch.float64, generator=g)
W = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)

OF_LOGITS = {
    "cross-entropy": (lambda z: ce.softmax_cross_entropy_with_logits(z, LABELS), Z),
    "ties": (lambda z: ce.softmax_cross_entropy_with_logits(z, LABELS), TIED),
    "weights": (lambda z: ce.softmax_cross_entropy_with_logits(z, LABELS, W), Z),
    "soft": (lambda z: ce.softmax_cross_entropy_with_logits(z, P, reduction="sum"), Z),
    "smoothed": (lambda z: ce.softmax_cross_entropy_with_logits(z, LABELS, label_smoothing=0.1), Z),
    "focal": (lambda z: ce.softmax_focal_loss(z, LABELS), Z),
    "focal-half": (lambda z: ce.softmax_focal_loss(z, P, gamma=0.5), Z),
    "brier": (lambda z: ce.brier_with_logits(z, P), Z),
    "binary": (lambda x: ce.binary_cross_entropy_with_logits(x, Y), X),
    "pos-weight": (lambda x: ce.binary_cross_entropy_with_logits(x, Y, pos_weight=3.0), X),
    "binary-focal": (lambda x: ce.sigmoid_focal_loss(x, Y, alpha=0.25), X),
    "mse-with-logits": (lambda x: ce.mse_with_logits(x, Y), X),
    "mse": (lambda x: ce.mse_loss(x, Y), X),
    "logsumexp": (lambda z: ce.logsumexp(z).sum(), Z),
    "log-softmax": (lambda z: ce.log_softmax(z, 2.0)[..., 0].sum(), Z),
    "softmax": (lambda z: ce.softmax(z)[..., 0].sum(), Z),
    "sigmoid": (lambda z: ce.sigmoid(z).sum(), Z),
}
# These look at the values of what they are given.
OF_PROBABILITIES = {
    "entropy": (lambda z: ce.entropy(z.softmax(-1)).sum(), Z),
    "distributions": (lambda z: ce.cross_entropy(P, z.softmax(-1)).sum(), Z),
    "kl": (lambda z: ce.kl_divergence(P, z.softmax(-1)).sum(), Z),
    "brier-score": (lambda z: ce.brier_score(z.softmax(-1), P), Z),
    "probability": (lambda x: ce.binary_cross_entropy(x.sigmoid(), Y), X),
}


def each(functions):
    return pytest.mark.parametrize(("function", "at"), functions.values(), ids=functions)


# One of each kind of graph: a class label and a soft one, two classes, no closed-form gradient,
# probabilities of K classes and of two. The others are compiled each week.
COMPILED_DAILY = {"cross-entropy", "focal-half", "binary", "log-softmax", "kl", "probability"}
GRAPHS = [
    pytest.param(*case, id=name, marks=() if name in COMPILED_DAILY else pytest.mark.weekly)
    for name, case in (OF_LOGITS | OF_PROBABILITIES).items()
]


def leaf(x):
    return x.clone().requires_grad_()


@each(OF_LOGITS | OF_PROBABILITIES)
def test_slopes_and_slopes_of_slopes_are_those_of_finite_differences(function, at):
    torch.autograd.gradcheck(function, leaf(at))
    torch.autograd.gradgradcheck(function, leaf(at))


def test_the_slopes_in_targets_and_weights_too():
    def loss(z, p, w):
        return ce.softmax_cross_entropy_with_logits(z, p / p.sum(-1, keepdim=True), w)

    torch.autograd.gradcheck(loss, (leaf(Z), leaf(P), leaf(W)))
    torch.autograd.gradgradcheck(loss, (leaf(Z), leaf(P), leaf(W)))


@each(OF_LOGITS)
def test_vmap_and_grad_of_torch_func_give_the_same_numbers(function, at):
    batch = torch.stack([at, 2 * at])
    torch.testing.assert_close(torch.vmap(function)(batch), torch.stack([*map(function, batch)]))
    slopes = torch.vmap(torch.func.grad(function))(batch)
    (by_autograd,) = torch.autograd.grad(function(x := leaf(batch[1])), x)
    torch.testing.assert_close(slopes[1], by_autograd)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize(("function", "at"), GRAPHS)
def test_compiled_it_gives_the_same_value_and_slope(function, at):
    torch._dynamo.reset()
    compiled = torch.compile(function, backend="aot_eager")  # the graphs, without a C++ compiler
    answers = []
    for f in (function, compiled):
        x = leaf(at)
        value = f(x)
        answers.append((value.detach(), *torch.autograd.grad(value, x)))
    torch.testing.assert_close(*answers)
