"""Measures time, memory and errors of the losses on a GPU, in one run: results/gpu.json.

    python -m benchmarks.gpu [--small]

Ours and each peer run in turn; a ratio is the peer's time over ours of the same round, the median
of the rounds. Times are those of CUDA events after a warm-up. ``--small`` runs every line on small
arrays, on any device (a CPU by Triton's interpreter), and writes no file: run it before you pay for
an hour on a GPU. Peers that are not installed are named as missing.
"""

import argparse
import datetime
import json
import os
import statistics
import time

import torch

CUDA = torch.cuda.is_available()
if not CUDA:  # before Triton is imported
    os.environ["TRITON_INTERPRET"] = "1"

import ce_lib as ce  # noqa: E402
from benchmarks import records  # noqa: E402
from ce_lib import torch_backend  # noqa: E402
from ce_lib.triton_kernels import cross_entropy  # noqa: E402

DEVICE = "cuda" if CUDA else "cpu"
LOSS = ce.softmax_cross_entropy_with_logits
F = torch.nn.functional


def milliseconds(call):
    if not CUDA:
        start = time.perf_counter()
        call()
        return 1e3 * (time.perf_counter() - start)
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    call()
    end.record()
    torch.cuda.synchronize()
    return start.elapsed_time(end)


def race(calls, rounds):
    """Median milliseconds of each, and the median ratio of each to the first."""
    for call in calls.values():  # compiles, warms up
        call()
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(milliseconds(call))
    ours = next(iter(times.values()))
    return {
        name: {
            "ms": round(statistics.median(each), 4),
            "ratio": round(statistics.median(t / o for t, o in zip(each, ours, strict=True)), 3),
        }
        for name, each in times.items()
    }


def peak(call):
    """Bytes that the call holds at most beyond what was held before it; None without CUDA."""
    if not CUDA:
        call()
        return None
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    call()
    torch.cuda.synchronize()
    return torch.cuda.max_memory_allocated() - before


def backward_of(loss, *leaves):
    """A call of the loss and its slopes in the leaves."""

    def call():
        for leaf in leaves:
            leaf.grad = None
        loss().backward()

    return call


def from_logits(rows, classes, dtype, rounds):
    z = torch.randn(rows, classes, device=DEVICE).to(dtype)
    y = torch.randint(classes, (rows,), device=DEVICE)
    scales = torch.full((rows,), 1 / rows, device=DEVICE)
    slopes, leaf = torch.empty_like(z), z.clone().requires_grad_()
    compiled = torch.compile(F.cross_entropy) if CUDA else F.cross_entropy
    calls = {
        "ce_lib kernel": lambda: cross_entropy(z, y, scales, slopes),
        "ce_lib value_and_grad": lambda: ce.value_and_grad(LOSS, z, y, out=slopes),
        "torch": backward_of(lambda: F.cross_entropy(leaf, y), leaf),
        "torch.compile": backward_of(lambda: compiled(leaf, y), leaf),
    }
    found = race(calls, rounds)
    found["extra bytes, in place"] = peak(lambda: cross_entropy(z, y, scales, z))
    return found


def linear(rows, classes, width, dtype, rounds):
    x = torch.randn(rows, width, device=DEVICE).to(dtype).requires_grad_()
    w = (torch.randn(classes, width, device=DEVICE) / width**0.5).to(dtype).requires_grad_()
    y = torch.randint(classes, (rows,), device=DEVICE)
    step = max(1, rows // 16)

    def products():
        """The three matrix products alone, a few rows at a time."""
        dw = torch.empty_like(w)
        for start in range(0, rows, step):
            piece = x.detach()[start : start + step]
            logits = piece @ w.detach().T
            logits @ w.detach()
            torch.mm(logits.T, piece, out=dw)

    options = torch.nn.LinearCrossEntropyOptions()
    calls = {
        "ce_lib": backward_of(lambda: ce.linear_cross_entropy(x, w, y), x, w),
        "three products": products,
        "torch, chunked": backward_of(
            lambda: F.linear_cross_entropy(x, w, y, options=options), x, w
        ),
    }
    found = race(calls, rounds)
    x.grad = w.grad = None
    found["extra bytes"] = peak(lambda: ce.linear_cross_entropy(x, w, y).backward())
    found["bytes of both gradients"] = (x.numel() + w.numel()) * x.element_size()
    return found


def ulps(dtype, classes):
    """The largest error of value and slope on the device, against float64 on the CPU."""
    z = (torch.randn(64, classes, device=DEVICE) * 5).to(dtype)
    y = torch.randint(classes, (64,), device=DEVICE)
    y[:16] = z[:16].argmax(-1)
    slopes = torch.empty_like(z)
    losses = cross_entropy(z, y, torch.ones(64, device=DEVICE), slopes).to(dtype)
    wide = z.cpu().double()
    arguments = (wide, torch_backend.one_hot(y.cpu(), wide), 1.0, 1.0, 0.0)
    exact = torch_backend.softmax_cross_entropy_with_logits(*arguments)
    exact_slopes = torch_backend.softmax_cross_entropy_with_logits_gradient(*arguments)
    info = torch.finfo(dtype)

    def largest(got, want):
        normal = want.abs() > info.smallest_normal
        unit = 2.0 ** torch.floor(torch.log2(want[normal].abs())) * info.eps
        return ((got.cpu().double() - want)[normal].abs() / unit).max().item()

    return {"value": largest(losses, exact), "slope": largest(slopes, exact_slopes)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    small = parser.parse_args().small
    if not (CUDA or small):
        raise SystemExit("This needs a CUDA device, torch sees none: --small runs anywhere.")
    torch.manual_seed(0)
    results = {
        "date": datetime.date.today().isoformat(),
        "machine": ce.backends() | {"device": torch.cuda.get_device_name() if CUDA else "cpu"},
        "ratio": "time of this one / time of the first of its group",
        "from logits": {},
        "linear": {},
        "largest error (ULP)": {},
    }
    rows, rounds = (8, 1) if small else (8192, 15)
    widths = (2, 1000) if small else (2, 10, 1000, 50257, 131072, 256000, 262144)
    for classes in widths:
        for dtype in (torch.bfloat16, torch.float32):
            name = f"{rows} x {classes} {str(dtype).removeprefix('torch.')}"
            results["from logits"][name] = from_logits(rows, classes, dtype, rounds)
            results["largest error (ULP)"][name] = ulps(dtype, classes)
    for shape in ((16, 100, 8),) if small else ((8192, 50257, 2304), (8192, 256000, 2304)):
        name = "{} x {}, D = {} bfloat16".format(*shape)
        results["linear"][name] = linear(*shape, torch.bfloat16, min(rounds, 7))
    print(json.dumps(results, indent=1))
    if not small:
        records.write(results, records.RESULTS / "gpu.json")


if __name__ == "__main__":
    main()
