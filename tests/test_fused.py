"""The Triton kernel beside the textbook: on a GPU, or in Triton's interpreter (see conftest.py)."""

import pytest
import torch

pytest.importorskip("triton", reason="no Triton for this platform")

import ce_lib as ce
from ce_lib import torch_backend, triton_kernels

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# The interpreter computes with NumPy, where −∞ − −∞ warns.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")


def textbook(logits, labels):
    """Loss and slopes of labels in float64."""
    wide = logits.double()
    arguments = (wide, torch_backend.one_hot(labels, wide), 1.0, 1.0, 0.0)
    return (
        torch_backend.softmax_cross_entropy_with_logits(*arguments),
        torch_backend.softmax_cross_entropy_with_logits_gradient(*arguments),
    )


def ulps(got, exact, dtype):
    """The largest distance in units of the last place of ``dtype``, of its normal numbers."""
    info = torch.finfo(dtype)
    exponent = torch.floor(torch.log2(exact.abs().clamp_min(info.smallest_normal)))
    return ((got.double() - exact).abs() / (2.0**exponent * info.eps)).max().item()


def rows(classes, spread, dtype, seed=0):
    """Five rows: an even label, a sure right one, a sure wrong one, a tie, an excluded class."""
    g = torch.Generator().manual_seed(seed)
    z = torch.randn(5, classes, generator=g) * spread
    y = torch.randint(classes, (5,), generator=g)
    z[1, y[1]] = z[1].max() + 20
    z[2, y[2]] = z[2].min() - 40
    z[3, (y[3] + 1) % classes] = z[3, y[3]] = z[3].max()
    z[4, (y[4] + 1) % classes] = -torch.inf
    return z.to(dtype).to(DEVICE), y.to(DEVICE)


SHAPES = [(2, 1), (3, 30), (10, 5), (257, 20), (1000, 100), (4096, 3), (50257, 3), (262144, 1)]


@pytest.mark.parametrize(("classes", "spread"), SHAPES, ids=[f"{k}-{s}" for k, s in SHAPES])
def test_float32_is_within_6_ulp(classes, spread):
    z, y = rows(classes, spread, torch.float32, seed=1)
    slopes = torch.empty_like(z)
    losses = triton_kernels.cross_entropy(z, y, torch.ones(5, device=DEVICE), slopes)
    exact, exact_slopes = textbook(z, y)
    assert ulps(losses.float(), exact, torch.float32) <= 6
    assert ulps(slopes, exact_slopes, torch.float32) <= 6


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
@pytest.mark.parametrize(("classes", "spread"), [(2, 1), (10, 5), (5000, 1)])
def test_16_bits_are_within_6_ulp(dtype, classes, spread):
    z, y = rows(classes, spread, dtype)
    slopes = torch.empty_like(z)
    losses = triton_kernels.cross_entropy(z, y, torch.ones(5, device=DEVICE), slopes)
    exact, exact_slopes = textbook(z, y)
    assert ulps(losses.to(dtype), exact, dtype) <= 6
    # The interpreter gets bfloat16's subnormal numbers wrong: they are left out here.
    normal = exact_slopes.abs() > torch.finfo(dtype).smallest_normal
    assert ulps(slopes[normal], exact_slopes[normal], dtype) <= 6


def test_slopes_may_overwrite_the_logits():
    z, y = rows(300, 5, torch.float32)
    ones, slopes, copy = torch.ones(5, device=DEVICE), torch.empty_like(z), z.clone()
    apart = triton_kernels.cross_entropy(z, y, ones, slopes)
    assert torch.equal(z, copy)
    in_place = triton_kernels.cross_entropy(z, y, ones, z)
    assert torch.equal(apart, in_place)
    assert torch.equal(z, slopes)


def test_scales_multiply_the_slopes_and_0_ignores_even_a_nan():
    z, y = rows(20, 3, torch.float32)
    z[2] = torch.nan
    scales = torch.tensor([1.0, 0.5, 0.0, 2.0, 1.0], device=DEVICE)
    slopes, plain = torch.empty_like(z), torch.empty_like(z)
    losses = triton_kernels.cross_entropy(z, y, scales, slopes)
    triton_kernels.cross_entropy(z, y, torch.ones(5, device=DEVICE), plain)
    assert losses[2] == 0
    assert (slopes[2] == 0).all()
    torch.testing.assert_close(slopes[[0, 1, 3]], plain[[0, 1, 3]] * scales[[0, 1, 3], None])
    assert losses.isfinite().all()


def test_a_row_of_a_view_is_found_by_its_stride():
    wide, y = rows(60, 3, torch.float32)
    z = wide[:, :37]
    y = y % 37
    torch.testing.assert_close(
        triton_kernels.cross_entropy(z, y, torch.ones(5, device=DEVICE)),
        textbook(z, y)[0],
        rtol=1e-6,
        atol=0,
    )


@pytest.fixture
def takes_the_kernel(monkeypatch):
    """Sends every torch tensor the way of a CUDA one, and counts the kernel's calls."""
    from ce_lib import torch_fused

    if DEVICE == "cpu":
        monkeypatch.setattr("ce_lib._dispatch.Arguments.on_cuda", True)
    calls = []
    kernel = triton_kernels.cross_entropy
    monkeypatch.setattr(
        torch_fused.triton_kernels,
        "cross_entropy",
        lambda *a: calls.append(1) or kernel(*a),
    )
    return calls


LOSS = ce.softmax_cross_entropy_with_logits


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
def test_value_and_grad_by_the_kernel_is_that_of_the_textbook(
    takes_the_kernel, reduction, weighted
):
    z, y = rows(12, 4, torch.float32)
    y[0] = -100
    z = z.view(5, 1, 12)
    y = y.view(5, 1)
    weight = torch.arange(12.0, device=DEVICE) if weighted else None
    options = {"weight": weight, "reduction": reduction}
    exact = ce.value_and_grad(LOSS, z.double(), y, **options)
    assert not takes_the_kernel  # float64 goes the textbook way
    out = torch.empty_like(z)
    value, slopes = ce.value_and_grad(LOSS, z, y, out=out, **options)
    assert len(takes_the_kernel) == 1
    assert slopes is out
    assert value.dtype == slopes.dtype == torch.float32
    torch.testing.assert_close(value.double(), exact[0], rtol=1e-6, atol=0)
    torch.testing.assert_close(slopes.double(), exact[1], rtol=1e-6, atol=0)
    again = ce.value_and_grad(LOSS, z, y, out=z, **options)[1]
    assert again is z
    assert torch.equal(z, out)


def test_what_the_kernel_cannot_do_goes_the_textbook_way(takes_the_kernel):
    z, y = rows(6, 2, torch.float32)
    soft = torch.full_like(z, 1 / 6)
    ce.value_and_grad(LOSS, z, soft)
    ce.value_and_grad(LOSS, z, y, label_smoothing=0.1)
    ce.value_and_grad(LOSS, z.clone().requires_grad_(), y)
    LOSS(z, y)
    with pytest.raises(ValueError, match=r"must be in \[0, 6\), got values from"):
        ce.value_and_grad(LOSS, z, y + 6)
    with pytest.raises(ValueError, match="other than ignore_index"):
        ce.value_and_grad(LOSS, z, torch.full_like(y, -100))
    assert not takes_the_kernel


def test_it_says_what_computes_here():
    found = ce.backends()
    assert found["torch"] == torch.__version__
    assert found["fused"].startswith("Triton" if DEVICE == "cuda" else "no: torch sees no CUDA")
