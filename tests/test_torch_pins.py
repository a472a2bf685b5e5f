"""Pins against torch.nn.functional over all keywords, and the slopes by autograd."""

import itertools

import numpy as np
import pytest

import ce_lib as ce

torch = pytest.importorskip("torch")
F = torch.nn.functional

softmax_ce = ce.softmax_cross_entropy_with_logits
bce_logits = ce.binary_cross_entropy_with_logits
REDUCTIONS = ("none", "mean", "sum")


def drawn(*shape, seed=0, scale=3.0):
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(seed)).double()


def labels(*shape, classes, seed=1):
    return torch.randint(classes, shape, generator=torch.Generator().manual_seed(seed))


def both_backends(function, *args, **keywords):
    """What ``function`` returns for tensors, and for the same in NumPy."""

    def to_numpy(x):
        return x.numpy() if isinstance(x, torch.Tensor) else x

    yield function(*args, **keywords)
    numpy_keywords = {name: to_numpy(x) for name, x in keywords.items()}
    yield torch.as_tensor(np.asarray(function(*map(to_numpy, args), **numpy_keywords)))


def assert_close(actual, expected, rtol=1e-13, atol=1e-14):
    torch.testing.assert_close(actual, expected, rtol=rtol, atol=atol)


def assert_same(function, peer, *args, **keywords):
    for actual in both_backends(function, *args, **keywords):
        assert_close(actual, peer)


# ------------------------------------------------------------------ torch.nn.functional

WEIGHTS = {"unweighted": None, "weighted": torch.tensor([0.5, 2.0, 0.0, 1.0, 3.0]).double()}


@pytest.mark.parametrize("shape", [(), (7,), (3, 4)], ids=["one", "batch", "image"])
@pytest.mark.parametrize("weight", WEIGHTS.values(), ids=WEIGHTS)
def test_cross_entropy_of_labels_is_torchs(shape, weight):
    z, y = drawn(*shape, 5), labels(*shape, classes=5)
    if y.dim():
        y.view(-1)[0] = -100
    first = torch.movedim(z, -1, 1 if shape else 0)
    for reduction, smoothing, ignored in itertools.product(REDUCTIONS, (0.0, 0.3, 1.0), (-100, 4)):
        keywords = {
            "weight": weight,
            "reduction": reduction,
            "label_smoothing": smoothing,
            "ignore_index": ignored,
        }
        if ignored != -100:
            y = y.clamp(min=0)
        assert_same(softmax_ce, F.cross_entropy(first, y, **keywords), z, y, **keywords)


@pytest.mark.parametrize("weight", WEIGHTS.values(), ids=WEIGHTS)
def test_cross_entropy_of_probabilities_is_torchs_but_for_the_weighted_mean(weight):
    z, y = drawn(7, 5), torch.softmax(drawn(7, 5, seed=3), -1)
    for reduction, smoothing in itertools.product(REDUCTIONS, (0.0, 0.3)):
        keywords = {"weight": weight, "reduction": reduction, "label_smoothing": smoothing}
        peer = F.cross_entropy(z, y, **keywords)
        if reduction == "mean" and weight is not None:
            peer = peer * 7 / (y * weight).sum()  # Σw, as torch itself divides for labels
        assert_same(softmax_ce, peer, z, y, **keywords)


def test_torch_gives_a_label_and_its_one_hot_row_two_weighted_means_and_ce_lib_one():
    z, y, weight = drawn(7, 5), labels(7, classes=5), WEIGHTS["weighted"]
    rows = F.one_hot(y, 5).double()
    keywords = {"weight": weight, "label_smoothing": 0.1}
    assert F.cross_entropy(z, y, **keywords) != pytest.approx(F.cross_entropy(z, rows, **keywords))
    assert softmax_ce(z, y, **keywords) == softmax_ce(z, rows, **keywords)
    assert_close(softmax_ce(z, y, **keywords), F.cross_entropy(z, y, **keywords))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [None, (4, 3), (3,)], ids=["plain", "each", "column"])
@pytest.mark.parametrize("positive", [None, (), (3,)], ids=["plain", "one", "column"])
def test_binary_cross_entropy_with_logits_is_torchs(reduction, weighted, positive):
    z, y = drawn(4, 3), torch.rand(4, 3, generator=torch.Generator().manual_seed(2)).double()
    keywords = {
        "weight": None if weighted is None else drawn(*weighted, seed=4).abs(),
        "pos_weight": None if positive is None else drawn(*positive, seed=5).abs(),
        "reduction": reduction,
    }
    peer = F.binary_cross_entropy_with_logits(z, y, **keywords)
    assert_same(bce_logits, peer, z, y, **keywords)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_the_losses_of_probabilities_are_torchs(reduction):
    q, y = torch.sigmoid(drawn(4, 3)), torch.sigmoid(drawn(4, 3, seed=2))
    weight = drawn(3, seed=4).abs()
    peer = F.binary_cross_entropy(q, y, weight, reduction=reduction)
    assert_same(ce.binary_cross_entropy, peer, q, y, weight=weight, reduction=reduction)
    assert_same(ce.mse_loss, F.mse_loss(q, y, reduction=reduction), q, y, reduction=reduction)
    peer = F.mse_loss(torch.sigmoid(drawn(4, 3)), y, reduction=reduction)
    assert_same(ce.mse_with_logits, peer, drawn(4, 3), y, reduction=reduction)


def test_softmax_and_its_logarithms_are_torchs():
    z = drawn(4, 5, scale=30)
    assert_same(ce.softmax, torch.softmax(z / 2, -1), z, temperature=2.0)
    assert_same(ce.log_softmax, torch.log_softmax(z / 2, -1), z, temperature=2.0)
    assert_same(ce.logsumexp, torch.logsumexp(z, -1), z)
    assert_same(ce.sigmoid, torch.sigmoid(z), z)


def test_divergence_is_torchs_with_its_arguments_swapped():
    p, q = torch.softmax(drawn(2, 4, 5), -1)
    peer = F.kl_div(q.log(), p, reduction="none").sum(-1)
    assert_same(ce.kl_divergence, peer, p, q)


@pytest.mark.parametrize("alpha", [None, 0.25])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_losses_are_cross_entropy_times_the_focus(alpha, gamma):
    z, y = drawn(20), labels(20, classes=2).double()
    right = torch.sigmoid(torch.where(y == 1, z, -z))
    share = 1 if alpha is None else torch.where(y == 1, alpha, 1 - alpha)
    peer = share * (1 - right) ** gamma * -torch.log(right)
    keywords = {"alpha": alpha, "gamma": gamma, "reduction": "none"}
    assert_same(ce.sigmoid_focal_loss, peer, z, y, **keywords)
    z, y, weight = drawn(20, 5), labels(20, classes=5), WEIGHTS["weighted"]
    right = torch.softmax(z, -1).gather(-1, y[:, None])[:, 0]
    peer = (weight[y] * (1 - right) ** gamma * -torch.log(right)).sum() / weight[y].sum()
    assert_same(ce.softmax_focal_loss, peer, z, y, weight=weight, gamma=gamma)


def test_brier_scores_are_squared_distances():
    z, y = drawn(6, 5), labels(6, classes=5)
    peer = ((torch.softmax(z, -1) - F.one_hot(y, 5)) ** 2).sum(-1)
    assert_same(ce.brier_score, peer.mean(), torch.softmax(z, -1), y)
    assert_same(ce.brier_with_logits, peer, z, y, reduction="none")


# ------------------------------------------------------------------ slopes

BINARY, CLASSES = drawn(5, 3), drawn(4, 5)
SOFT_BINARY, SOFT_CLASSES = (
    torch.sigmoid(drawn(5, 3, seed=8)),
    torch.softmax(drawn(4, 5, seed=9), -1),
)
HARD_BINARY, HARD_CLASSES = labels(5, 3, classes=2), torch.tensor([0, 4, -100, 2])
EACH, PER_CLASS = drawn(5, 3, seed=6).abs(), WEIGHTS["weighted"]

WITH_GRADIENT = {
    "bce": (bce_logits, BINARY, HARD_BINARY, {}),
    "bce-soft-weighted": (bce_logits, BINARY, SOFT_BINARY, {"weight": EACH, "pos_weight": EACH[0]}),
    "ce": (softmax_ce, CLASSES, HARD_CLASSES, {}),
    "ce-weighted": (softmax_ce, CLASSES, HARD_CLASSES, {"weight": PER_CLASS}),
    "ce-smoothed": (
        softmax_ce,
        CLASSES,
        HARD_CLASSES,
        {"weight": PER_CLASS, "label_smoothing": 0.2, "ignore_index": -100},
    ),
    "ce-soft": (softmax_ce, CLASSES, SOFT_CLASSES, {"weight": PER_CLASS}),
    "binary-focal": (ce.sigmoid_focal_loss, BINARY, HARD_BINARY, {"alpha": 0.25}),
    "binary-focal-soft": (ce.sigmoid_focal_loss, BINARY, SOFT_BINARY, {"gamma": 0.5}),
    "focal": (ce.softmax_focal_loss, CLASSES, HARD_CLASSES, {"weight": PER_CLASS}),
    "focal-soft": (ce.softmax_focal_loss, CLASSES, SOFT_CLASSES, {"gamma": 0.5}),
    "mse": (ce.mse_with_logits, BINARY, SOFT_BINARY, {}),
    "brier": (ce.brier_with_logits, CLASSES, HARD_CLASSES.clamp(min=0), {}),
    "brier-soft": (ce.brier_with_logits, CLASSES, SOFT_CLASSES, {}),
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", WITH_GRADIENT)
def test_the_closed_form_is_the_slope_of_autograd_and_of_finite_differences(name, reduction):
    loss, z, y, keywords = WITH_GRADIENT[name]
    keywords = {**keywords, "reduction": reduction}
    leaf = z.clone().requires_grad_()
    value = loss(leaf, y, **keywords)
    (by_autograd,) = torch.autograd.grad(value.sum(), leaf)
    for gradient in (
        ce.value_and_grad(loss, z, y, **keywords)[1],
        next(itertools.islice(both_backends(gradient_alone, loss, z, y, **keywords), 1, None)),
    ):
        assert_close(gradient, by_autograd, rtol=1e-12)
    ahead, behind = (
        torch.stack(
            [
                loss((z.view(-1) + step * e).view(z.shape), y, **keywords).sum()
                for e in torch.eye(z.numel()).double()
            ]
        )
        for step in (1e-5, -1e-5)
    )
    assert_close(by_autograd, ((ahead - behind) / 2e-5).view(z.shape), rtol=1e-6, atol=1e-8)


def gradient_alone(loss, z, y, **keywords):
    return ce.value_and_grad(loss, z, y, **keywords)[1]


def simplex(z):
    return torch.softmax(z, -1)


DIFFERENTIABLE = {
    "entropy": (lambda z: ce.entropy(simplex(z)), 1),
    "cross-entropy": (lambda z, w: ce.cross_entropy(simplex(z), simplex(w)), 2),
    "kl": (lambda z, w: ce.kl_divergence(simplex(z), simplex(w)), 2),
    "kl-nearly-equal": (lambda z: ce.kl_divergence(simplex(z), simplex(z * 1.01)), 1),
    "kl-logits": (ce.kl_divergence_with_logits, 2),
    "kl-logits-nearly-equal": (lambda z: ce.kl_divergence_with_logits(z, z * 1.01), 1),
    "kl-logits-of-one": (lambda z, w: ce.kl_divergence_with_logits(z, w[0]), 2),
    "perplexity": (ce.perplexity, 1),
    "bits": (ce.to_bits, 1),
    "logsumexp": (ce.logsumexp, 1),
    "log-softmax": (lambda z: ce.log_softmax(z, 2.0), 1),
    "softmax": (lambda z: ce.softmax(z, 0.5), 1),
    "sigmoid": (ce.sigmoid, 1),
    "mse": (ce.mse_loss, 2),
    "bce": (lambda z, w: ce.binary_cross_entropy(z.sigmoid(), w.sigmoid()), 2),
    "bce-logits": (lambda z, w: bce_logits(z, w.sigmoid(), w.exp(), pos_weight=w.exp()), 2),
    "ce": (lambda z, w: softmax_ce(z, simplex(w), w[0].exp(), label_smoothing=0.1), 2),
    "binary-focal": (lambda z, w: ce.sigmoid_focal_loss(z, w.sigmoid(), gamma=1.5), 2),
    "focal": (lambda z, w: ce.softmax_focal_loss(z, simplex(w), w[0].exp(), gamma=1.5), 2),
    "mse-logits": (lambda z, w: ce.mse_with_logits(z, w.sigmoid()), 2),
    "brier": (lambda z, w: ce.brier_score(simplex(z), simplex(w)), 2),
    "brier-logits": (lambda z, w: ce.brier_with_logits(z, simplex(w)), 2),
    "inverse-frequency": (lambda z: ce.inverse_frequency_weights(z[0].exp()), 1),
    "effective-number": (lambda z: ce.effective_number_weights(z[0].exp(), 0.9), 1),
    "closed-form": (lambda z: ce.value_and_grad(softmax_ce, z, simplex(z))[1], 1),
}


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_autograd_goes_through_once_and_twice(name):
    function, arguments = DIFFERENTIABLE[name]
    args = [drawn(2, 3, seed=20 + i, scale=1.0).requires_grad_() for i in range(arguments)]
    assert torch.autograd.gradcheck(function, args)
    assert torch.autograd.gradgradcheck(function, args)


EXTREME = torch.tensor([[1000.0, -1000.0, 0.0], [0.0, 0.0, 0.0], [-1000.0, 3.0, 3.0]])


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_slopes_stay_finite_at_a_thousand(gamma, dtype):
    for y in ([0, 1, 2], [1, 2, 0]):
        z = EXTREME.to(getattr(torch, dtype)).requires_grad_()
        y = torch.tensor(y)
        rows = torch.eye(3)[y]
        losses = [
            softmax_ce(z, y),
            softmax_ce(z, rows, label_smoothing=0.1),
            ce.softmax_focal_loss(z, y, gamma=gamma),
            ce.brier_with_logits(z, y),
            bce_logits(z, rows),
            ce.sigmoid_focal_loss(z, rows, gamma=gamma),
            ce.mse_with_logits(z, rows),
            ce.entropy(ce.softmax(z)).sum(),
            ce.logsumexp(z).sum(),
        ]
        for value in losses:
            (gradient,) = torch.autograd.grad(value, z)
            assert value.dtype == gradient.dtype == z.dtype
            assert torch.isfinite(value)
            assert torch.isfinite(gradient).all()


def test_the_slope_at_a_logit_of_zero_is_that_of_the_formula():
    z = torch.zeros(3, dtype=torch.float64, requires_grad=True)  # where |z| and max(z, 0) have none
    y = torch.tensor([0.0, 0.25, 1.0])
    (gradient,) = torch.autograd.grad(bce_logits(z, y, reduction="sum"), z)
    assert gradient.tolist() == [0.5, 0.25, -0.5]
    (gradient,) = torch.autograd.grad(ce.sigmoid(z).sum(), z)
    assert gradient.tolist() == [0.25, 0.25, 0.25]


def test_slopes_stay_finite_where_a_probability_is_zero():
    p = torch.tensor([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]], requires_grad=True)
    q = torch.tensor([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25]], requires_grad=True)
    for value in (ce.entropy(p), ce.cross_entropy(p, q), ce.kl_divergence(p, q)):
        for gradient in torch.autograd.grad(value.sum(), (p, q), allow_unused=True):
            assert gradient is None or torch.isfinite(gradient).all()
    certain = torch.tensor([0.0, 1.0], requires_grad=True)
    value = ce.binary_cross_entropy(certain, torch.tensor([0.0, 1.0]))
    (gradient,) = torch.autograd.grad(value, certain)
    assert gradient.tolist() == [0.5, -0.5]


def test_an_impossible_class_has_slope_zero():
    z = torch.tensor([1.0, -torch.inf, 0.0], requires_grad=True)
    for value in (
        softmax_ce(z, torch.tensor(0)),
        softmax_ce(z, torch.tensor([0.5, 0.0, 0.5])),
        ce.softmax_focal_loss(z, torch.tensor(0)),
        ce.brier_with_logits(z, torch.tensor(0)),
        ce.logsumexp(z),
    ):
        (gradient,) = torch.autograd.grad(value, z)
        assert torch.isfinite(gradient).all()
        assert gradient[1] == 0


def test_nearly_certain_is_not_certain():
    z = torch.tensor([50.0, 0.0], dtype=torch.float64, requires_grad=True)
    value = softmax_ce(z, torch.tensor(0))
    (gradient,) = torch.autograd.grad(value, z)
    assert F.cross_entropy(z, torch.tensor(0)) == 0  # what torch answers
    assert value.item() == pytest.approx(np.exp(-50), rel=1e-13)
    np.testing.assert_allclose(gradient, [-np.exp(-50), np.exp(-50)], rtol=1e-13)


def test_a_step_of_training_works_as_with_torchs_loss():
    x, y = drawn(30, 4, scale=1.0).float(), labels(30, classes=3)
    layers = []
    for loss in (softmax_ce, F.cross_entropy):
        torch.manual_seed(0)
        layer = torch.nn.Linear(4, 3)
        optimiser = torch.optim.SGD(layer.parameters(), lr=0.5)
        for _ in range(20):
            optimiser.zero_grad()
            loss(layer(x), y).backward()
            optimiser.step()
        layers.append(layer)
    assert_close(layers[0].weight, layers[1].weight, rtol=1e-5, atol=1e-6)
