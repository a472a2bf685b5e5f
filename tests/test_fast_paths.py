"""The fast paths say what the textbook says, to the last digit, and change no array but ``out``."""

import contextlib
import functools
import math
import sys
import threading
from unittest import mock

import numpy as np
import pytest

import ce_lib as ce
from ce_lib import numpy_blocked
from ce_lib.numpy_exact import chances

softmax_ce = ce.softmax_cross_entropy_with_logits
bce = ce.binary_cross_entropy
bce_logits = ce.binary_cross_entropy_with_logits
INF, NAN = math.inf, math.nan


@pytest.fixture
def textbook(monkeypatch):
    """A function that calls another with the fast paths closed."""

    def call(function, *args, **keywords):
        with monkeypatch.context() as patch:
            for name in ("ce_lib.numpy_blocked", "ce_lib.torch_blocked"):
                if name in sys.modules:
                    patch.setattr(sys.modules[name], "supports", lambda call: False)
            return function(*args, **keywords)

    return call


def is_fast(loss, *args, gradient=False, module=numpy_blocked, **keywords):
    """Whether the fast path of that module computes this call."""
    with mock.patch.object(module, "compute", wraps=module.compute) as compute:
        ce.value_and_grad(loss, *args, **keywords) if gradient else loss(*args, **keywords)
    return compute.called


def ulps(got, exact):
    """How far ``got`` is from the float64 ``exact``, in units of the last place of its dtype."""
    with np.errstate(all="ignore"):
        rounded = np.asarray(exact).astype(got.dtype)
        unit = np.spacing(np.maximum(np.abs(rounded), np.finfo(got.dtype).tiny)).astype(float)
        off = np.abs(np.asarray(got, float) - exact) / unit
    same = (got == rounded) | (np.isnan(got) & np.isnan(exact))
    return np.where(same, 0, np.where(np.isnan(off), INF, off)).max(initial=0)


def check(textbook, loss, z, y, bound=0.51, **keywords):
    """Value and gradient are as near to the textbook's float64 as rounding them lets them be."""
    assert is_fast(loss, z, y, **keywords)
    bound = bound if z.dtype != np.float64 else 5
    wide = z.astype(np.float64)
    kept = z.copy()
    for reduction in ("none", "sum", "mean"):
        exact = textbook(loss, wide, y, reduction=reduction, **keywords)
        value = loss(z, y, reduction=reduction, **keywords)
        assert value.dtype == z.dtype
        assert value.shape == exact.shape
        assert ulps(value, exact) <= bound, reduction
        if loss is bce:
            continue
        assert is_fast(loss, z, y, gradient=True, reduction=reduction, **keywords)
        exact_both = textbook(ce.value_and_grad, loss, wide, y, reduction=reduction, **keywords)
        got, gradient = ce.value_and_grad(loss, z, y, reduction=reduction, **keywords)
        np.testing.assert_array_equal(got, value)
        assert gradient.dtype == z.dtype
        assert gradient.shape == z.shape
        assert ulps(gradient, exact_both[1]) <= bound, reduction
    np.testing.assert_array_equal(z, kept)


# ------------------------------------------------------------------ the same answer

SHAPES = {
    "one-row": (1, 10),
    "one-class": (70, 1),
    "two-classes": (40000, 2),
    "many-rows": (7001, 10),
    "a-cube": (3, 11, 5),
    "no-batch": (4,),
    "wider-than-a-block": (3, 70001),
}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_fast_loss_of_labels_is_the_textbooks(textbook, shape, dtype):
    rng = np.random.default_rng(1)
    z = (3 * rng.standard_normal(shape)).astype(dtype)
    y = rng.integers(0, shape[-1], shape[:-1])
    if not shape[:-1]:
        y = np.asarray(y)
    check(textbook, softmax_ce, z, y)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("labels", ["float32", "int64", "uint8", "bool"])
@pytest.mark.parametrize("loss", [bce_logits, bce], ids=["logits", "probabilities"])
def test_the_fast_binary_loss_is_the_textbooks(textbook, loss, labels, dtype):
    rng = np.random.default_rng(2)
    z = (5 * rng.standard_normal((301, 307))).astype(dtype)
    z = ce.sigmoid(z) if loss is bce else z
    check(textbook, loss, z, (rng.random(z.shape) < 0.5).astype(labels))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("spread", [0.001, 3, 300])
def test_the_fast_logsumexp_is_the_textbooks(textbook, spread, dtype):
    rng = np.random.default_rng(3)
    z = (spread * rng.standard_normal((901, 100))).astype(dtype)
    z[::7] -= np.float64(ce.logsumexp(z[::7].astype(float)))[:, None].astype(dtype)  # near 0
    z[5], z[6], z[7, 3] = INF, -INF, NAN
    exact = textbook(ce.logsumexp, z.astype(float))
    assert ulps(ce.logsumexp(z), exact) <= (0.51 if dtype != "float64" else 2)


LAYOUTS = {
    "fortran": np.asfortranarray,
    "backwards": lambda z: z[::-1, ::-1],
    "every-third": lambda z: np.repeat(z, 3, 1)[:, ::3],
    "read-only": lambda z: z,
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_of_an_array_does_not_matter(textbook, layout):
    rng = np.random.default_rng(4)
    z = layout((3 * rng.standard_normal((901, 100))).astype(np.float32))
    z.flags.writeable = False
    check(textbook, softmax_ce, z, rng.integers(0, 100, 1802)[::2])
    check(textbook, bce_logits, z, layout(rng.integers(0, 2, z.shape)))
    check(textbook, bce, layout(ce.sigmoid(z)), layout(rng.integers(0, 2, z.shape)))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_hard_cases_are_the_textbooks(textbook, dtype):
    rng = np.random.default_rng(5)
    z = rng.standard_normal((60, 5)).astype(dtype)
    z[0, 1], z[1, 1], z[2], z[3, 1] = INF, -INF, -INF, NAN
    z[4:10] += np.asarray(6e4).astype(dtype)  # a common offset
    z[10:20] -= np.asarray(900).astype(dtype)
    z[20:30] *= np.asarray(1000).astype(dtype)
    z[30:40, 1] += np.asarray(50).astype(dtype)  # near certainty, right and wrong
    z[40] = [600, -500, 1, 2, 3]  # exp of each is in range, their ratio is not
    check(textbook, softmax_ce, z, np.ones(60, int))
    check(textbook, softmax_ce, z, rng.integers(0, 5, 60))
    y = rng.integers(0, 2, z.shape)
    check(textbook, bce_logits, z, y)
    check(textbook, bce_logits, z, rng.random(z.shape))  # soft
    check(textbook, bce_logits, z, np.where(y, 1, 1e-30))
    with np.errstate(all="ignore"):
        q = np.where(np.isnan(z), 0, ce.sigmoid(z))
    q[50, 0], q[51, 0], y[50, 0], y[51, 0] = 0, 1e-6, 1, 1
    check(textbook, bce, q, y)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("row", [[800, 0], [0, 800], [-800, 0], [600, -500], [0, 400], [-1e30, 5]])
def test_one_hard_row_among_easy_ones_is_the_textbooks(textbook, row, dtype):
    z = np.zeros((9, 2), dtype)
    z[4] = row
    for label in 0, 1:
        check(textbook, softmax_ce, z, np.full(9, label))
        check(textbook, bce_logits, z, np.full(z.shape, label))
    for q in (1e-9, 1e-14, 1e-20, 1 - 1e-7):
        p = np.full(9, 0.5, dtype)
        p[4] = q
        check(textbook, bce, p, np.ones(9, int))
        check(textbook, bce, p, np.zeros(9, int))


def test_weights_and_ignored_examples_count_as_in_the_textbook(textbook):
    rng = np.random.default_rng(6)
    z, y = rng.standard_normal((9001, 10)).astype("float32"), rng.integers(0, 10, 9001)
    weight = rng.random(10)
    weight[4] = 0
    check(textbook, softmax_ce, z, y, weight=weight)
    check(textbook, softmax_ce, z, y, ignore_index=3)
    z[y == 3] = NAN
    z[y == 4, 0] = INF
    y[::5] = -100
    z[::5] = NAN
    z[y == 3] = 0
    for w in (None, weight, weight.astype("float32"), np.array(2)):
        check(textbook, softmax_ce, z, y, weight=w)
        check(textbook, softmax_ce, z, y.astype("int16"), weight=w)


def test_binary_weights_broadcast_as_in_the_textbook(textbook):
    rng = np.random.default_rng(7)
    z, y = rng.standard_normal((2, 301, 100)).astype("float32"), rng.integers(0, 2, (2, 301, 100))
    weights = [None, np.array(0.5), rng.random(100), rng.random((301, 1)), rng.random(z.shape)]
    for weight in weights:
        check(textbook, bce, ce.sigmoid(z), y, weight=weight)
        for pos_weight in weights:
            check(textbook, bce_logits, z, y, weight=weight, pos_weight=pos_weight)


def test_no_bit_depends_on_the_number_of_threads(monkeypatch):
    rng = np.random.default_rng(8)
    z, y = rng.standard_normal((40001, 100)).astype("float32"), rng.integers(0, 100, 40001)
    results, started = [], []
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda t: (started.append(t), start(t))[1])
    for threads in "1", "2", "7":
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        results.append(ce.value_and_grad(softmax_ce, z, y))
    assert len(started) >= 3  # a pool of 1 is none, and an idle thread is used again
    for value, gradient in results[1:]:
        assert value == results[0][0]
        np.testing.assert_array_equal(gradient, results[0][1])
    started.clear()
    ce.value_and_grad(softmax_ce, z[:1000], y[:1000])
    assert not started


def test_a_fast_path_warns_of_nothing_in_any_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    z = np.full((20000, 100), 1e34, np.float32)
    z[:, 0] = -INF
    assert softmax_ce(z, np.zeros(20000, int)) == INF
    assert bce_logits(z, np.zeros(z.shape, bool), reduction="sum") == INF
    few, labels = z[:2, :3] * 1e4, np.ones(2, int)  # one block, ∞ − ∞, a weight beyond float64
    assert softmax_ce(few, labels, np.array([1.0, 1.5e308, 1.0]), reduction="sum") == INF
    assert bce_logits(few, np.zeros(few.shape), reduction="sum") == INF
    assert ce.logsumexp(np.array([3e38, 1.0], "float32")) == np.float32(3e38)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_without_the_last_digits_the_fast_path_is_a_few_of_them_off(textbook, dtype):
    rng = np.random.default_rng(12)
    bounds = {"float16": 0.51, "float32": 9}
    for classes, spread in [(2, 1), (2, 30), (100, 1), (100, 30), (1000, 300)]:
        z = (spread * rng.standard_normal((max(20, 30000 // classes), classes))).astype(dtype)
        y = rng.integers(0, classes, len(z))
        y[::2] = z[::2].argmax(-1)
        hard = rng.integers(0, 2, z.shape)
        for loss, target in (
            (softmax_ce, y),
            (bce_logits, hard),
            (bce_logits, rng.random(z.shape)),
        ):
            exact = textbook(ce.value_and_grad, loss, z.astype(float), target, reduction="none")
            assert is_fast(loss, z, target, precise=False)
            got = ce.value_and_grad(loss, z, target, reduction="none", precise=False)
            for one, other in zip(got, exact, strict=True):
                assert one.dtype == z.dtype
                if dtype == "float64":  # exp(z) keeps as many digits as z has behind the point
                    np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-300)
                else:
                    assert ulps(one, other) <= bounds[dtype], (classes, spread)


def test_the_fast_loss_of_labels_has_all_digits_of_float64():
    mpmath = pytest.importorskip("mpmath")
    rng = np.random.default_rng(15)
    worst = [0, 0]
    with mpmath.workdps(60):
        for classes, examples in [(2, 400), (3, 300), (10, 200), (100, 20), (5000, 2)]:
            spread = np.array([1, 5, 30, 60])[np.arange(examples) % 4, None]
            z = spread * rng.standard_normal((examples, classes))
            y = rng.integers(0, classes, examples)
            certain = np.arange(0, examples, 3)
            z[certain, y[certain]] = z[certain].max(-1) + rng.uniform(0, 300, len(certain))
            values, slopes = ce.value_and_grad(softmax_ce, z, y, reduction="none")
            for row, label, value, slope in zip(z.tolist(), y, values, slopes, strict=True):
                e = [mpmath.exp(mpmath.mpf(x) - row[label]) for x in row]
                e[label] = mpmath.mpf(0)
                rest = mpmath.fsum(e)
                terms = [x / (1 + rest) for x in e]
                terms[label] = -rest / (1 + rest)
                exact = mpmath.log1p(rest)
                worst[0] = max(worst[0], float(abs(value - exact)) / np.spacing(float(exact)))
                for got, term in zip(slope[:50].tolist(), terms, strict=False):
                    unit = np.spacing(max(abs(float(term)), 1e-300))
                    worst[1] = max(worst[1], float(abs(got - term)) / unit)
    assert worst[0] <= 2
    assert worst[1] <= 5


# ------------------------------------------------------------------ out


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", [softmax_ce, bce_logits], ids=["softmax", "binary"])
@pytest.mark.parametrize("alias", ["new", "logits", "shifted", "transposed"])
def test_the_gradient_is_written_where_told_and_nowhere_else(loss, alias, dtype):
    rng = np.random.default_rng(9)
    room = rng.standard_normal((901, 901)).astype(dtype)
    z = room[1:].T if alias == "transposed" else room[1:]
    y = rng.integers(0, 2, z.shape if loss is bce_logits else len(z))
    expected = ce.value_and_grad(loss, z, y)
    out = {"new": np.empty_like(z), "logits": z, "shifted": room[:-1], "transposed": z}[alias]
    kept = z.copy()
    value, gradient = ce.value_and_grad(loss, z, y, out=out)
    assert gradient is out
    # Where writing block by block would change logits still to be read, no block is written.
    np.testing.assert_allclose(value, expected[0], rtol=4 * np.finfo(dtype).eps)
    np.testing.assert_allclose(gradient, expected[1], rtol=32 * np.finfo(dtype).eps)
    if alias == "new":
        np.testing.assert_array_equal(z, kept)


def test_every_loss_writes_its_gradient_where_told():
    z, y = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[0, 1], [1, 0]])
    for loss in (ce.mse_with_logits, ce.sigmoid_focal_loss, ce.softmax_focal_loss):
        out = np.empty_like(z)
        assert ce.value_and_grad(loss, z, y, out=out)[1] is out
        np.testing.assert_array_equal(out, ce.value_and_grad(loss, z, y)[1])


def test_torch_gradients_are_written_where_told():
    torch = pytest.importorskip("torch")
    z, y = torch.tensor([[1.0, 2.0], [0.5, -1.0]]), torch.tensor([0, 1])
    expected = ce.value_and_grad(softmax_ce, z, y)[1]
    assert ce.value_and_grad(softmax_ce, z, y, out=z)[1] is z
    assert torch.equal(z, expected)


@pytest.mark.parametrize("alias", ["logits", "shifted", "transposed", "target"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_an_out_that_overlaps_a_tensor_costs_no_number(dtype, alias):
    torch = pytest.importorskip("torch")
    room = torch.randn(901, 901, generator=torch.Generator().manual_seed(9))
    room = room.to(getattr(torch, dtype))
    z = room[1:].T if alias == "transposed" else room[:-1]
    y = torch.arange(len(z)) % z.shape[1]
    if alias == "target":
        room = room.float().softmax(-1).to(room.dtype)
        z, y = room.flip(0)[1:].contiguous(), room[:-1]
    expected = ce.value_and_grad(softmax_ce, z.clone(), y.clone())
    out = {"logits": z, "shifted": room[1:], "transposed": z, "target": room[1:]}[alias]
    value, gradient = ce.value_and_grad(softmax_ce, z, y, out=out)
    assert gradient is out
    rounding = 4 * torch.finfo(z.dtype).eps
    torch.testing.assert_close(value, expected[0], rtol=rounding, atol=0)
    torch.testing.assert_close(gradient, expected[1], rtol=8 * rounding, atol=1e-12)


def test_a_wrong_out_or_label_leaves_everything_as_it_was():
    z, y = np.random.default_rng(10).standard_normal((9001, 10)), np.zeros(9001, int)
    kept = z.copy()
    with pytest.raises(TypeError, match="out must be of the type of logits, got list"):
        ce.value_and_grad(softmax_ce, z, y, out=[])
    for out in (np.empty((9001, 9)), np.empty(z.shape, "float32")):
        with pytest.raises(ValueError, match=r"out must have the shape and dtype of logits"):
            ce.value_and_grad(softmax_ce, z, y, out=out)
    for label in (10, -1, -100):
        y[-1] = label
        with pytest.raises(ValueError, match="target labels must be in"):
            ce.value_and_grad(softmax_ce, z, y, ignore_index=-2, out=z)
    with pytest.raises(ValueError, match=r"target must be in \[0, 1\]"):
        ce.value_and_grad(bce_logits, z, np.broadcast_to(y[:, None], z.shape), out=z)
    np.testing.assert_array_equal(z, kept)


# ------------------------------------------------------------------ memory


def peak(call):
    """The most memory that NumPy and Python held during the call, beyond what they held before."""
    import tracemalloc

    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(200_000, 10), (2000, 1000)])
def test_a_large_call_needs_the_losses_and_2_mib_a_thread(monkeypatch, shape, dtype):
    rng = np.random.default_rng(11)
    z, y = rng.standard_normal(shape).astype(dtype), rng.integers(0, shape[-1], shape[0])
    binary = rng.integers(0, 2, z.shape).astype(dtype)
    out = np.empty_like(z)
    for threads in 1, 2:
        monkeypatch.setenv("OMP_NUM_THREADS", str(threads))
        for loss, target in ((softmax_ce, y), (bce_logits, binary)):
            loss(z[:9], target[:9]), softmax_ce(z, y)  # what is only imported once
            room = threads * 2**21
            losses = target.size * z.itemsize
            assert peak(lambda: loss(z, target, reduction="none")) <= losses + room  # noqa: B023
            assert peak(lambda: loss(z, target)) <= room  # noqa: B023
            assert peak(lambda: ce.value_and_grad(loss, z, target)) <= z.nbytes + room  # noqa: B023
            assert peak(lambda: ce.value_and_grad(loss, z, target, out=out)) <= room  # noqa: B023


# ------------------------------------------------------------------ torch, on the CPU


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def torch_calls(torch):
    """(a loss of z and of what else it takes, z) for both losses that have a fast path."""
    rng = np.random.default_rng(14)
    z = torch.from_numpy(3 * rng.standard_normal((50, 7))).float()
    y, w = torch.from_numpy(rng.integers(0, 7, 50)), torch.from_numpy(rng.random(7))
    y[3] = -100
    for reduction in ("mean", "sum", "none"):
        how = {"reduction": reduction, "weight": w}
        yield functools.partial(softmax_ce, target=y, **how), z
        yield functools.partial(bce_logits, target=(z > 1).float(), **how), z


def is_fast_on_tensors(loss, *args, **keywords):
    from ce_lib import torch_blocked

    return is_fast(loss, *args, module=torch_blocked, **keywords)


def test_autograd_takes_the_fast_slopes(torch, textbook):
    for loss, z in torch_calls(torch):
        z = z.clone().requires_grad_()
        assert is_fast_on_tensors(loss, z)
        value = loss(z)
        upstream = torch.rand(value.shape)
        (gradient,) = torch.autograd.grad(value, z, upstream)
        wide = z.detach().double().requires_grad_()
        exact = textbook(loss, wide)
        (exact_gradient,) = torch.autograd.grad(exact, wide, upstream.double())
        assert value.dtype == gradient.dtype == torch.float32
        assert ulps(value.detach().numpy(), exact.detach().numpy()) <= 0.51
        # the slopes are rounded, and then their product with what comes in
        assert ulps(gradient.numpy(), exact_gradient.numpy()) <= 1.6
        with torch.no_grad():
            assert torch.equal(loss(z), value)
        assert not loss(z.detach()).requires_grad


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated")  # importing make_fx says so
def test_what_watches_each_operation_gets_the_textbook(torch):
    from torch.autograd import forward_ad
    from torch.func import grad, jvp, vmap
    from torch.fx.experimental.proxy_tensor import make_fx
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watch(TorchDispatchMode):
        seen = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.seen += 1
            return function(*args, **(kwargs or {}))

    for loss, z in torch_calls(torch):
        wide = z[:4].double().requires_grad_()
        few = functools.partial(loss, target=loss.keywords["target"][:4])
        assert torch.autograd.gradcheck(few, wide)
        assert torch.autograd.gradgradcheck(few, wide)
        if loss.keywords["reduction"] == "none":
            continue
        slopes = torch.autograd.grad(loss(z.requires_grad_()), z)[0]
        z = z.detach()
        torch.testing.assert_close(grad(loss)(z), slopes)
        value, slope = jvp(loss, (z,), (torch.ones_like(z),))
        torch.testing.assert_close(value, loss(z))
        torch.testing.assert_close(slope, slopes.sum(), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(vmap(loss)(torch.stack([z, 2 * z]))[1], loss(2 * z))
        with forward_ad.dual_level():
            dual = loss(forward_ad.make_dual(z, torch.ones_like(z)))
            torch.testing.assert_close(forward_ad.unpack_dual(dual).tangent, slope)
        with Watch() as watch:
            loss(z)
        assert watch.seen > 5
        with contextlib.suppress(RuntimeError):  # the checks read values; that is loud
            traced = make_fx(loss)(z)  # a constant in the place of an operation would be silent
            torch.testing.assert_close(traced(2 * z), loss(2 * z))


def test_a_slope_asked_for_in_another_argument_is_given(torch):
    z, rows = torch.randn(4, 3), torch.full((4, 3), 1 / 3, requires_grad=True)
    assert torch.autograd.grad(bce_logits(z, rows), rows)[0].shape == (4, 3)
    weight = torch.ones(3, requires_grad=True)
    loss = softmax_ce(z, torch.zeros(4, dtype=torch.long), weight)
    assert torch.autograd.grad(loss, weight)[0].shape == (3,)


def test_a_loss_of_torch_is_differentiated_twice_over_the_same_graph(torch):
    z = torch.randn(5, 3, requires_grad=True)
    value = softmax_ce(z, torch.tensor([0, 1, 2, 0, 1]))
    first = torch.autograd.grad(value, z, retain_graph=True)[0].clone()
    torch.testing.assert_close(torch.autograd.grad(3 * value, z)[0], 3 * first)


# ------------------------------------------------------------------ precise=False elsewhere


def test_without_the_last_digits_torch_and_the_textbook_compute_in_float32(textbook):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(13)
    z = (3 * rng.standard_normal((1000, 40))).astype("float32")
    y, rows = rng.integers(0, 40, 1000), ce.softmax(rng.standard_normal(z.shape))
    exact = textbook(softmax_ce, z.astype(float), y, reduction="none")
    soft = softmax_ce(z.astype(float), rows, reduction="none")
    for precise, least, most in ((True, 0, 0.51), (False, 0.51, 9)):
        tensor = softmax_ce(
            torch.from_numpy(z), torch.from_numpy(y), reduction="none", precise=precise
        )
        assert least <= ulps(tensor.numpy(), exact) <= most
        assert least <= ulps(softmax_ce(z, rows, reduction="none", precise=precise), soft) <= most


@pytest.mark.parametrize("kind", [np.asarray, "tensors"], ids=["numpy", "torch"])
def test_a_float32_weight_leaves_a_float64_loss_its_digits(kind):
    kind = pytest.importorskip("torch").from_numpy if kind == "tensors" else kind
    third = np.full(2, 1 / 3, np.float32)
    z, one = kind(np.array([[0.3, -1.1]])), kind(third[:1])
    for loss, y, keywords in (
        (softmax_ce, kind(np.array([1])), {"example_weight": one, "label_smoothing": 0.1}),
        (softmax_ce, kind(np.array([[0.3, 0.7]])), {"weight": kind(third), "reduction": "sum"}),
        (ce.softmax_focal_loss, kind(np.array([1])), {"example_weight": one, "divisor": 7}),
        (bce_logits, kind(np.array([[0.3, 1.0]])), {"weight": one, "pos_weight": one}),
    ):
        exact = ce.value_and_grad(loss, z, y, **keywords)
        got = ce.value_and_grad(loss, z, y, precise=False, **keywords)
        for a, b in zip(got, exact, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(40, 2), (61, 200), (5, 3000)], ids=str)
@pytest.mark.parametrize("name", ["log_softmax", "tempered", "kl"])
def test_without_the_last_digits_a_function_of_logits_keeps_all_others(
    torch, plainly, name, shape, dtype
):
    function = ce.kl_divergence_with_logits if name == "kl" else ce.log_softmax
    options = {"temperature": 0.7} if name == "tempered" else {}
    for spread, apart in ((0.01, 3), (3, 3), (3, 0.3), (3, 1e-3), (3, 0), (30, 3)):
        pair = pair_of_logits(shape, spread, apart, "float32")[: 2 if name == "kl" else 1]
        leaves = [torch.from_numpy(z).to(getattr(torch, dtype)).requires_grad_() for z in pair]
        wide = [z.detach().double().requires_grad_() for z in leaves]
        got, due = (
            function(*leaves, **options, precise=False),
            plainly(function, *wide, **options),
        )
        assert got.dtype == leaves[0].dtype
        eps = torch.finfo(got.dtype).eps
        few = {"float64": 1e-9, "float32": 64 * eps}.get(dtype, 0.52 * eps)
        least = torch.finfo(got.dtype).smallest_normal * eps  # a float16 has few small numbers
        torch.testing.assert_close(got.double(), due, rtol=few, atol=least, equal_nan=True)
        if dtype in ("float32", "float64"):
            arrays = (z.detach().numpy() for z in leaves)
            value = torch.from_numpy(function(*arrays, **options, precise=False))
            torch.testing.assert_close(value.double(), due, rtol=few, atol=least, equal_nan=True)
        upstream = torch.rand(due.shape, generator=torch.Generator().manual_seed(0)).to(got)
        slopes = torch.autograd.grad(got, leaves, upstream)
        dues = torch.autograd.grad(due, wide, upstream.double())
        rows = torch.isfinite(due) if name == "kl" else torch.isfinite(due).all(-1)
        for slope, one in zip(slopes, dues, strict=True):
            size = 1 + one.abs() + (upstream.sum(-1, keepdim=True) if name != "kl" else 0)
            off = (slope.double() - one).abs() / (size * max(few, 12 * eps) / 4)
            assert (off[rows] <= 1).all()


def test_precise_is_true_or_false():
    for loss, y in ((softmax_ce, [0]), (bce_logits, [[1, 0]])):
        with pytest.raises(TypeError, match="precise must be True or False, got int"):
            loss(np.ones((1, 2)), np.array(y), precise=1)


# ------------------------------------------------------------------ every target, every dtype

COSTS = {
    "weights": ("labels", {"weight": True}),
    "smoothed": ("labels", {"label_smoothing": 0.1}),
    "smoothed-weights": ("labels", {"label_smoothing": 0.1, "weight": True}),
    "smoothed-away": ("labels", {"label_smoothing": 1.0}),
    "soft": ("rows", {}),
    "soft-weights": ("rows", {"weight": True}),
    "soft-smoothed-weights": ("rows", {"label_smoothing": 0.2, "weight": True}),
    "focal": ("labels", {"gamma": 2.0}),
    "focal-half": ("labels", {"gamma": 0.5, "weight": True}),
    "focal-0": ("labels", {"gamma": 0.0}),
    "soft-focal": ("rows", {"gamma": 2.0}),
    "soft-focal-1": ("rows", {"gamma": 1.0}),
    "soft-focal-half-weights": ("rows", {"gamma": 0.5, "weight": True}),
    "soft-focal-5-weights": ("rows", {"gamma": 5.0, "weight": True}),
    "squared": ("labels", {}),
    "soft-squared": ("rows", {}),
}


def case_of(name, shape, spread, seed=20):
    """Logits in float64, a target and keywords: ignored labels, sure rows, a class of −∞."""
    rng = np.random.default_rng(seed)
    rows, classes = shape
    z = spread * rng.standard_normal(shape)
    y = rng.integers(0, classes, rows)
    z[::3][np.arange(len(y[::3])), y[::3]] += 30
    if classes > 2:
        z[1, (y[1] + 1) % classes] = -INF
    kind, keywords = COSTS[name]
    keywords = dict(keywords)
    if keywords.pop("weight", False):
        keywords["weight"] = np.where(rng.random(classes) < 0.2, 0, rng.random(classes) + 0.1)
        keywords["weight"][0] = 1
    if kind == "labels":
        if name != "squared":
            y[4::7] = -100
        return z, y, keywords
    p = rng.dirichlet(np.full(classes, 0.3), rows)
    p[::3] = np.eye(classes)[y[::3]]
    return z, p, keywords


def loss_of(name):
    if "squared" in name:
        return ce.brier_with_logits
    return ce.softmax_focal_loss if "focal" in name else softmax_ce


def size_of_terms(name, z, target, keywords):
    """For each entry of the gradient the largest of the terms whose difference it is."""
    if target.ndim < z.ndim:
        target = (target[:, None] == np.arange(z.shape[1])).astype(float)
    with np.errstate(all="ignore"):
        p, not_p, _ = chances(z)
    if "squared" in name:
        off = (1 - target) * p + target * not_p
        return 2 * p * (off + (p * off).sum(1, keepdims=True))
    smoothing = keywords.get("label_smoothing", 0)
    cost = (1 - smoothing) * target + smoothing / z.shape[1] * target.sum(1, keepdims=True)
    cost = cost * keywords.get("weight", 1)
    if "soft-focal" in name:  # more than its terms
        cost = cost * (1 + keywords["gamma"])
    return np.maximum(cost, p * cost.sum(1, keepdims=True))


def off_by(got, exact):
    with np.errstate(invalid="ignore"):
        return np.where(got == exact, 0, np.abs(got - exact))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(40, 2), (61, 10), (30, 63), (30, 64), (5, 3000)], ids=str)
@pytest.mark.parametrize("name", COSTS)
def test_every_target_gives_what_the_textbook_gives(textbook, name, shape, dtype):
    for spread in (0.01, 3, 200):
        z, target, keywords = case_of(name, shape, spread)
        z = z.astype(dtype)
        loss = loss_of(name)
        assert is_fast(loss, z, target, gradient=True, reduction="sum", **keywords)
        wide = z.astype(np.float64)
        for reduction in ("none", "mean"):
            how = {"reduction": reduction, **keywords}
            value, gradient = ce.value_and_grad(loss, z, target, **how)
            exact, slopes = textbook(ce.value_and_grad, loss, wide, target, **how)
            most = 2 * max(4, 2 * keywords.get("gamma", 0))  # a power multiplies the errors of both
            if "squared" in name:  # p − y may be small
                most = 200
            assert ulps(value, exact) <= (0.51 if dtype != "float64" else most)
            if dtype != "float64":
                assert ulps(gradient, slopes) <= 0.51
            else:
                divisor = 1 if reduction == "none" else max(1, len(z) / 4)
                terms = size_of_terms(name, wide, target, keywords) / divisor
                few = 32 * np.finfo(float).eps * terms + 1e-300
                assert (off_by(gradient, slopes) <= few).all()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "float64"])
@pytest.mark.parametrize("name", COSTS)
def test_tensors_of_every_dtype_go_the_fast_way(torch, textbook, name, dtype):
    for shape in ((61, 10), (7, 300)):
        z, target, keywords = case_of(name, shape, 3)
        z = torch.from_numpy(z).to(getattr(torch, dtype))
        keywords = {
            k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in keywords.items()
        }
        loss, target = loss_of(name), torch.from_numpy(target)
        leaf, wide = z.clone().requires_grad_(), z.double().requires_grad_()
        assert is_fast_on_tensors(loss, leaf, target, **keywords)
        for reduction in ("none", "mean"):
            value = loss(leaf, target, reduction=reduction, **keywords)
            exact = textbook(loss, wide, target, reduction=reduction, **keywords)
            for upstream in (torch.ones_like(exact), torch.rand_like(exact) + 0.5):
                # float64 to bound the double rounding of a float32 upstream
                upstream = upstream.to(value.dtype).double()
                kept = {"retain_graph": True}
                (got,) = torch.autograd.grad(value, leaf, upstream.to(value.dtype), **kept)
                (due,) = torch.autograd.grad(exact, wide, upstream, **kept)
                assert got.dtype == leaf.dtype
                eps, tiny = torch.finfo(z.dtype).eps, torch.finfo(z.dtype).smallest_normal
                bound = 0.51 if dtype != "float64" else 1e4  # of a difference: see above
                unit = eps * 2.0 ** torch.floor(torch.log2(due.abs().clamp(min=tiny)))
                assert ((got.double() - due).abs() <= bound * unit).all()
            bound = 0.51 if dtype != "float64" else 20
            same = value.double() == exact  # ∞ too
            off = (value.double() - exact).abs()
            assert (same | (off <= bound * eps * exact.abs().clamp(min=tiny))).all()


SMALL = {
    "labels": (softmax_ce, "labels", {}),
    "weights-and-ignored-labels": (softmax_ce, "ignored", {"weight": True}),
    "ignored-by-a-divisor": (softmax_ce, "ignored", {"divisor": 61}),
    "smoothed": (softmax_ce, "ignored", {"weight": True, "label_smoothing": 0.1}),
    "soft": (softmax_ce, "rows", {"weight": True}),
    "log-softmax": (ce.log_softmax, "none", {}),
    "tempered": (ce.log_softmax, "none", {"temperature": 3.0}),
    "kl": (ce.kl_divergence_with_logits, "logits", {}),
}


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
@pytest.mark.parametrize("shape", [(61, 10), (3, 5, 7), (4,)], ids=str)
@pytest.mark.parametrize("name", SMALL)
def test_a_small_open_tensor_is_torchs_own_work(torch, textbook, plainly, name, shape, dtype):
    function, kind, keywords = SMALL[name]
    rng, keywords = np.random.default_rng(23), dict(keywords)
    z, other, rows = (torch.from_numpy(rng.standard_normal(shape)) for _ in range(3))
    y = torch.from_numpy(np.asarray(rng.integers(0, shape[-1], shape[:-1])))
    if kind == "ignored" and y.dim():
        y[::3] = -100
    target = {"labels": [y], "ignored": [y], "none": [], "rows": [torch.softmax(rows, -1)]}
    target["logits"] = [other.to(getattr(torch, dtype))]
    if "weight" in keywords:
        keywords["weight"] = torch.from_numpy(rng.uniform(0.5, 2, shape[-1]))
    leaf = z.to(getattr(torch, dtype)).requires_grad_()
    wide = leaf.detach().double().requires_grad_()
    for reduction in ("mean", "sum", "none"):
        how = dict(keywords)
        if kind in ("labels", "ignored", "rows"):
            how["reduction"] = reduction
        if reduction != "mean":
            how.pop("divisor", None)
        targets = [x.clone() for x in target[kind]]
        with mock.patch("ce_lib.torch_blocked._array", side_effect=AssertionError("in blocks")):
            got = function(leaf, *targets, **how)
        targets_64 = [x.double() if kind == "logits" else x for x in target[kind]]
        due = plainly(textbook, function, wide, *targets_64, **how)
        if kind != "logits":  # which torch keeps in float64
            for x in targets:
                x.zero_()
        upstream = torch.rand(due.shape, generator=torch.Generator().manual_seed(0)).to(got) + 0.5
        slope = torch.autograd.grad(got, leaf, upstream)[0]
        exact = torch.autograd.grad(due, wide, upstream.double())[0]
        for a, b, size in ((got, due, due), (slope, exact, exact.abs().clamp(min=1e-3))):
            assert a.dtype == leaf.dtype
            unit = torch.finfo(a.dtype).eps * 2.0 ** torch.floor(torch.log2(size.detach().abs()))
            assert ((a.double() - b).abs() <= 0.51 * unit).all()


@pytest.mark.parametrize("apart", [1e-2, 1e-4, 1e-6])
def test_a_small_divergence_of_open_models_keeps_its_digits(torch, plainly, apart):
    z = torch.randn(30, 5, generator=torch.Generator().manual_seed(3))
    pair = z, z + apart * torch.randn(30, 5, generator=torch.Generator().manual_seed(4))
    exact = plainly(ce.kl_divergence_with_logits, *(x.double() for x in pair))
    assert ulps(ce.kl_divergence_with_logits(*pair).numpy(), exact.numpy()) <= 0.51


def test_a_gradient_is_rounded_after_what_comes_from_above(torch):
    z = torch.zeros(1, 20_000, dtype=torch.float16)
    z[0, 0] = 11.0
    z[0, 1] = -9.0  # p is 1e-9, which no float16 holds
    (gradient,) = torch.autograd.grad(32768 * softmax_ce(z.requires_grad_(), torch.tensor([0])), z)
    exact = 32768 * ce.softmax(z.detach().double())[0, 1]
    torch.testing.assert_close(gradient[0, 1].double(), exact, rtol=2e-3, atol=0)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_arguments_changed_in_place_after_a_loss_do_not_matter(torch, reduction, scale):
    y, rows = torch.tensor([0, 2, 1]), torch.full((3, 3), 1 / 3)
    for loss, target in (
        (softmax_ce, y),
        (softmax_ce, rows),
        (ce.softmax_focal_loss, y),
        (bce_logits, rows),
    ):
        answers = []
        for change in (False, True):
            leaf = torch.arange(9.0).reshape(3, 3).requires_grad_()
            z, t = leaf * 1, target.clone()
            value = scale * loss(z, t, reduction=reduction)
            if change:
                z.detach().add_(1.0).mul_(7)
                t.zero_()
            value.sum().backward()
            answers.append(leaf.grad)
        torch.testing.assert_close(*answers)


def test_a_gradient_that_is_kept_is_not_handed_out(torch):
    z = torch.randn(5, 3, requires_grad=True)
    value = softmax_ce(z, torch.tensor([0, 1, 2, 0, 1]))
    first = torch.autograd.grad(value, z, retain_graph=True)[0]
    copy = first.clone()
    first.zero_()
    assert torch.equal(torch.autograd.grad(value, z)[0], copy)


# ------------------------------------------------------------------ functions of logits alone


@pytest.fixture
def plainly(monkeypatch):
    """A function that calls another with the fast paths of functions closed."""

    def call(function, *args, **keywords):
        with monkeypatch.context() as patch:
            for name in ("ce_lib.numpy_blocked", "ce_lib.torch_blocked"):
                if name in sys.modules:
                    patch.setattr(sys.modules[name], "supports_function", lambda *_: False)
            return function(*args, **keywords)

    return call


def pair_of_logits(shape, spread, apart, dtype):
    """Two models that differ by ``apart``; sure rows, masked classes, rows that are no model."""
    rng = np.random.default_rng(21)
    z = spread * rng.standard_normal(shape)
    z[::3, 0] += 40
    if shape[1] > 2:
        z[1:5, 2] = -INF, NAN, INF, -INF
        z[4] = -INF
    with np.errstate(all="ignore"):
        z = z.astype(dtype)
        return z, (z + apart * rng.standard_normal(shape)).astype(dtype)


FUNCTIONS = {
    "log_softmax": ce.log_softmax,
    "tempered": lambda z: ce.log_softmax(z, 0.7),
    "kl": ce.kl_divergence_with_logits,
}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(40, 2), (5, 1), (61, 10), (12, 64), (7, 3000)], ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_fast_function_of_logits_is_the_textbooks_and_so_is_its_gradient(
    torch, plainly, name, shape, dtype
):
    function, bound = FUNCTIONS[name], 0.52 if dtype != "float64" else 6
    for spread, apart in ((0.01, 3), (3, 3), (3, 1e-3), (3, 0), (300, 3)):
        pair = pair_of_logits(shape, spread, apart, dtype)[: 2 if name == "kl" else 1]
        exact = plainly(function, *(z.astype(float) for z in pair))
        value = function(*pair)
        assert value.dtype == pair[0].dtype
        assert ulps(value, exact) <= bound
        leaves = [torch.from_numpy(z).requires_grad_() for z in pair]
        wide = [z.detach().double().requires_grad_() for z in leaves]
        got, due = function(*leaves), plainly(function, *wide)
        assert ulps(got.detach().numpy(), exact) <= bound
        upstream = torch.rand(due.shape, generator=torch.Generator().manual_seed(0)).to(got)
        slopes = torch.autograd.grad(got, leaves, upstream)
        dues = torch.autograd.grad(due, wide, upstream.double())
        fine = np.isfinite(exact) if name == "kl" else np.isfinite(exact).all(1)
        with np.errstate(all="ignore"):
            p = np.exp(plainly(ce.log_softmax, pair[0].astype(float)))
        for slope, one in zip(slopes, dues, strict=True):
            terms = np.maximum(p, np.abs(one.numpy()))[fine]
            if dtype == "float64":  # tests/accuracy has its digits; the textbook's lack some
                np.testing.assert_allclose(slope[fine], one[fine], rtol=1e-11, atol=1e-11)
                continue
            off = np.abs(slope.double().numpy() - one.numpy())[fine]
            info = torch.finfo(slope.dtype)
            unit = np.maximum(terms, info.smallest_normal) * info.eps
            assert (off <= bound * unit).all()


def test_a_function_of_logits_is_differentiated_twice_and_knows_changed_logits(torch):
    pair = [torch.randn(3, 4, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    for function, inputs in ((ce.log_softmax, pair[:1]), (ce.kl_divergence_with_logits, pair)):
        assert torch.autograd.gradcheck(function, inputs)
        assert torch.autograd.gradgradcheck(function, inputs)
    leaf = torch.randn(3, 4, requires_grad=True)
    slopes = []
    for change in (False, True):
        z = leaf * 1
        value = ce.log_softmax(z, 2.0)
        if change:
            z.detach().add_(torch.arange(4.0))
        slopes.append(torch.autograd.grad(value[:, 0].sum(), leaf)[0])
    torch.testing.assert_close(*slopes)


@pytest.mark.parametrize("name", ["log_softmax", "kl"])
def test_a_function_of_many_logits_needs_little_beside_its_result(name, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    z = np.random.default_rng(22).standard_normal((2000, 1000)).astype("float32")
    call = functools.partial(FUNCTIONS[name], *[z] * (2 if name == "kl" else 1))
    assert peak(call) <= call().nbytes + 3 * 2**20
