"""Times every softmax loss beside torch eager, forward and backward: results/losses.json.

    python -m benchmarks.losses [--rounds 7] [--only "64 x 50257"]

Each round calls torch, ours on tensors, and ours on NumPy arrays once, with one thread. A ratio is
our CPU time over torch's in the same round, and the file has the medians. NumPy has no bfloat16; of
``log_softmax`` and the KL divergence, which have no gradient there, it computes the value. Memory
is the peak beyond what was held before, as in ``benchmarks.memory``, as a multiple of the logits.
``--only`` renews the rows whose names have these letters, and leaves the others as they were.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import argparse
import ctypes
import datetime
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F

import ce_lib as ce
from benchmarks import records
from benchmarks.memory import peak

SHAPES = ((64, 50257), (4096, 1000), (100_000, 10), (32, 10))
DTYPES = ("float32", "bfloat16", "float64")
SOFT, FOCAL, WEIGHT = "soft targets", "focal", "weight"
PARTS = ("weight", "ignore_index", "label_smoothing")
LABELS = [[p for i, p in enumerate(PARTS) if n >> i & 1] for n in range(8)]
LOSSES = [
    *([*parts] for parts in LABELS),
    *([SOFT, *parts] for parts in LABELS if "ignore_index" not in parts),
    *([FOCAL], [FOCAL, WEIGHT], [FOCAL, SOFT]),
]


def torch_focal(z, y, weight=None):
    """The focal loss, γ = 2, as people write it."""
    log_p = F.log_softmax(z, -1)
    if y.dim() == 2:
        return (-((1 - log_p.exp()) ** 2) * y * log_p).sum(-1).mean()
    log_p = log_p.gather(1, y[:, None])[:, 0]
    loss = -((1 - log_p.exp()) ** 2) * log_p
    return loss.mean() if weight is None else (weight[y] * loss).sum() / weight[y].sum()


def torch_kl(a, b):
    log_p, log_q = F.log_softmax(a, -1), F.log_softmax(b, -1)
    return F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)


def cases(shape, dtype):
    """(name, leaves, {who: its loss of the leaves}, NumPy's call or None), one after the other."""
    rng = np.random.default_rng(0)
    n, k = shape
    tensor = lambda x: torch.from_numpy(x).to(getattr(torch, dtype))  # noqa: E731
    z = tensor(3 * rng.standard_normal(shape)).requires_grad_()
    labels = torch.from_numpy(rng.integers(0, k, n))
    some = labels.clone()
    some[::7] = -100
    soft = F.softmax(tensor(rng.standard_normal(shape)), -1)
    weight = tensor(rng.uniform(0.5, 2, k))
    array = (lambda x: x.detach().numpy()) if dtype != "bfloat16" else None
    for parts in LOSSES:
        how = {"weight": weight} if WEIGHT in parts else {}
        if "label_smoothing" in parts:
            how["label_smoothing"] = 0.1
        y = soft if SOFT in parts else some if "ignore_index" in parts else labels
        theirs, ours = F.cross_entropy, ce.softmax_cross_entropy_with_logits
        if FOCAL in parts:
            theirs, ours = torch_focal, ce.softmax_focal_loss
        calls = {
            "torch": lambda z, f=theirs, y=y, how=how: f(z, y, **how),
            "ce_lib": lambda z, f=ours, y=y, how=how: f(z, y, **how),
            "ce_lib, precise=False": lambda z, f=ours, y=y, how=how: f(z, y, precise=False, **how),
        }
        numpy = None
        if array:
            zs, ys = array(z), array(y)
            given = {name: array(w) if name == WEIGHT else w for name, w in how.items()}
            numpy = lambda f=ours, z=zs, y=ys, how=given, **out: (  # noqa: E731
                ce.value_and_grad(f, z, y, **how, **out)
            )
        yield ", ".join(parts) or "labels", (z,), calls, numpy
    upstream = tensor(rng.standard_normal(shape))
    yield (
        "log_softmax",
        (z,),
        {
            "torch": lambda z: (F.log_softmax(z, -1), upstream),
            "ce_lib": lambda z: (ce.log_softmax(z), upstream),
            "ce_lib, precise=False": lambda z: (ce.log_softmax(z, precise=False), upstream),
        },
        array and (lambda: ce.log_softmax(array(z))),
    )
    other = tensor(3 * rng.standard_normal(shape)).requires_grad_()
    yield (
        "kl_divergence_with_logits",
        (z, other),
        {
            "torch": torch_kl,
            "ce_lib": lambda a, b: ce.kl_divergence_with_logits(a, b).mean(),
            "ce_lib, precise=False": lambda a, b: ce.kl_divergence_with_logits(
                a, b, precise=False
            ).mean(),
        },
        array and (lambda: ce.kl_divergence_with_logits(array(z), array(other))),
    )


def step(loss, leaves):
    """Forward and backward, from new leaves of the autograd graph."""
    for leaf in leaves:
        leaf.grad = None
    value = loss(*leaves)
    value, upstream = value if isinstance(value, tuple) else (value, None)
    value.backward(upstream)


def seconds(call, times):
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times


def chosen(shape, dtype, only):
    """(full name, leaves, {who: its call}) of the cases whose names have these letters."""
    for name, leaves, losses, numpy in cases(shape, dtype):
        case = f"{name}, {shape[0]} x {shape[1]}, {dtype}"
        if only not in case:
            continue
        calls = {who: lambda f=loss: step(f, leaves) for who, loss in losses.items()}  # noqa: B023
        if numpy:
            calls["NumPy"] = numpy
        yield case, leaves, calls


def measured(shape, dtype, rounds, only):
    """The times of the cases; what the allocator keeps from one call to the next stays as it is."""
    times = 200 if shape[0] * shape[1] < 10_000 else 1
    for case, _, calls in chosen(shape, dtype, only):
        spent = {who: [] for who in calls}
        for _ in range(rounds + 1):
            for who, call in calls.items():
                spent[who].append(seconds(call, times))
        row = {"case": case, "ms": {}, "ratio": {}}
        for who, some in spent.items():
            row["ms"][who] = round(1e3 * statistics.median(some[1:]), 4)  # the first touches memory
            ratios = [a / b for a, b in zip(some[1:], spent["torch"][1:], strict=True)]
            row["ratio"][who] = round(statistics.median(ratios), 2)
        print(row, flush=True)
        yield row


def memory(shape, dtype, only):
    """The peaks of the cases; what was freed goes back to the system first, so that all shows."""
    for case, leaves, calls in chosen(shape, dtype, only):
        numpy = calls.get("NumPy")
        if numpy and len(leaves) == 1 and not case.startswith("log_softmax"):
            out = np.ones(shape, dtype)  # memory that is there before the call
            calls["NumPy, out="] = lambda f=numpy, out=out: f(out=out)
        row, size = {"case": case, "peak": {}}, leaves[0].numel() * leaves[0].element_size()
        for who, call in calls.items():
            for leaf in leaves:
                leaf.grad = None
            ctypes.CDLL(None).malloc_trim(0)
            row["peak"][who] = round(peak(call) / size, 2)
        print(row, flush=True)
        yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    torch.set_num_threads(1)
    versions = {name: records.version(name) for name in ("numpy", "torch")}
    report = {"date": str(datetime.date.today()), "machine": records.machine() | versions}
    report["rounds"] = options.rounds
    report["ratio"] = "median of our CPU time / torch's"
    report["peak"] = "extra memory / memory of the logits"
    shapes = [(shape, dtype) for shape in SHAPES for dtype in DTYPES]
    found = {
        "times": (row for how in shapes for row in measured(*how, options.rounds, options.only)),
        "memory": (row for how in shapes[:-3] for row in memory(*how, options.only)),
    }
    for part, new in found.items():
        rows = {}
        if options.only and (records.RESULTS / "losses.json").exists():
            rows = {row["case"]: row for row in records.read("losses")[part]}
        report[part] = list((rows | {row["case"]: row for row in new}).values())
    records.write(report, records.RESULTS / "losses.json", depth=2)  # a case is a record


if __name__ == "__main__":
    main()
