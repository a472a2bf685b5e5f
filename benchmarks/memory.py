"""Measures the memory that the losses take beside their arguments: results/memory.json.

    python -m benchmarks.memory

The peak during a call beyond what was held before, as a multiple of the logits (float32, 100 MB):
the larger of what tracemalloc sees (all of NumPy's arrays) and of what the process grows by (all
of torch's tensors; memory kept from an earlier call does not show). Linux only: it resets and
reads the peak in /proc.
"""

import contextlib
import datetime
import importlib
import os
import tracemalloc
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

import numpy as np

import ce_lib as ce
from benchmarks import records


def resident(which):
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split(which + ":")[1].split()[0]) * 1024


def peak(call):
    """The most memory during the call, in bytes, beyond what was held before it."""
    Path("/proc/self/clear_refs").write_text("5", "utf-8")  # the peak becomes what is held now
    before = resident("VmRSS")
    tracemalloc.start()
    kept = call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return max(most, resident("VmHWM") - before)


def calls(z, y):
    """{name: call} for each that is installed."""
    softmax_ce, out = ce.softmax_cross_entropy_with_logits, np.zeros_like(z)
    found = {
        "ce_lib value": lambda: softmax_ce(z, y),
        "ce_lib losses": lambda: softmax_ce(z, y, reduction="none"),
        "ce_lib value + gradient": lambda: ce.value_and_grad(softmax_ce, z, y),
        "ce_lib value + gradient, out=": lambda: ce.value_and_grad(softmax_ce, z, y, out=out),
        "ce_lib logsumexp": lambda: ce.logsumexp(z),
    }
    with contextlib.suppress(ImportError):
        from scipy.special import log_softmax, logsumexp

        found["scipy log_softmax + take"] = lambda: (
            -np.take_along_axis(log_softmax(z, axis=1), y[:, None], 1).mean()
        )
        found["scipy logsumexp"] = lambda: logsumexp(z, axis=1)
    with contextlib.suppress(ImportError):
        from sklearn.metrics import log_loss

        q = ce.softmax(z)
        found["sklearn log_loss"] = lambda: log_loss(y, q)
    with contextlib.suppress(ImportError):
        torch = importlib.import_module("torch")
        torch.set_num_threads(1)
        tz, ty = torch.from_numpy(z), torch.from_numpy(y)
        tg = tz.clone().requires_grad_()
        loss = torch.nn.functional.cross_entropy
        found["torch value"] = lambda: loss(tz, ty)
        found["torch value + gradient"] = lambda: loss(tg, ty).backward()
    return found


def main():
    versions = {name: records.version(name) for name in ("numpy", "scipy", "sklearn", "torch")}
    report = {"date": str(datetime.date.today()), "machine": records.machine() | versions}
    report["peak"] = "extra memory / memory of the logits (float32, 100 MB), one thread"
    rng = np.random.default_rng(0)
    for k in (10, 1000):
        small = rng.standard_normal((k, k), "float32"), np.arange(k)
        for call in calls(*small).values():
            call()
        z = rng.standard_normal((25_000_000 // k, k), "float32")
        y = rng.integers(0, k, len(z))
        y[:k] = np.arange(k)  # scikit-learn wants to see all classes
        rows = {name: round(peak(call) / z.nbytes, 3) for name, call in calls(z, y).items()}
        report[f"{len(z)} x {k}"] = rows
        print(k, rows)
    records.write(report, records.RESULTS / "memory.json", depth=1)


if __name__ == "__main__":
    main()
