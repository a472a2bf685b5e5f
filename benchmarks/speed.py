"""Times the losses beside the libraries that people would use instead: results/speed.json.

    python -m benchmarks.speed [--rounds 9] [--megabytes 100] [--only softmax]

Each round calls ours and then each peer once; a ratio is a peer's time over ours of the same
round, so that a slow minute of the machine slows both. The file has the median and the quartiles
of the ratios, by CPU time of the process and by the clock. Everything runs twice, each time in a
process of its own: with one thread for each library, and with one thread per core. Peers that are
not installed are named as missing. Arguments are float32 (float64 in the cases that say so), labels
are int64; scikit-learn is given the probabilities that ours computes from the logits.
"""

import argparse
import contextlib
import datetime
import importlib
import json
import os
import statistics
import subprocess
import sys
import time

from benchmarks import records

PEERS = ("scipy", "sklearn", "torch")
CLASSES = (2, 10, 100, 1000, 50257)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def cases(megabytes, only):
    """(name, how often in a row, {how: our call}, {peer: its call}), made when asked for."""
    import numpy as np

    import ce_lib as ce

    found = {}
    for name in PEERS:
        with contextlib.suppress(ImportError):
            found[name] = importlib.import_module(name)
    if "torch" in found:
        import torch

        functional = torch.nn.functional
        eager_ce = functional.cross_entropy
        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

        @torch.compile
        def compiled_ce(z, y):
            return functional.cross_entropy(z, y)

        @torch.compile
        def compiled_bce(z, y):
            return functional.binary_cross_entropy_with_logits(z, y)

        def backward(loss, z, y, **how):
            z.grad = None
            loss(z, y, **how).backward()

    if "scipy" in found:
        from scipy.special import log_expit, log_softmax, logsumexp
    if "sklearn" in found:
        from sklearn.metrics import log_loss

    rng = np.random.default_rng(0)
    softmax_ce, bce = ce.softmax_cross_entropy_with_logits, ce.binary_cross_entropy_with_logits
    both = ce.value_and_grad

    def modes(function, *args):
        """The call in both modes, and with a place for the gradient where it has one."""
        ours = {
            "": lambda: function(*args),
            "precise=False": lambda: function(*args, precise=False),
        }
        if function is both:
            out = np.empty_like(args[1])
            ours["out="] = lambda: both(*args, out=out)
            ours["out=, precise=False"] = lambda: both(*args, out=out, precise=False)
        return ours

    def logits(shape, dtype="float32"):
        z = rng.standard_normal(shape, dtype)
        z *= 3
        return z

    for k in CLASSES:
        for dtype in ("float32", "float64"):
            suffix = f" K={k}" + (" float64" if dtype == "float64" else "")
            if only not in f"softmax{suffix}":
                continue
            n = int(megabytes * 1e6 / k / np.dtype(dtype).itemsize) + 1
            z, y = logits((n, k), dtype), rng.integers(0, k, n)
            value, gradient, lse = {}, {}, {}
            if "scipy" in found:
                value["scipy log_softmax + take"] = lambda z=z, y=y: (
                    -np.take_along_axis(log_softmax(z, axis=1), y[:, None], 1).mean()
                )
                lse["scipy logsumexp"] = lambda z=z: logsumexp(z, axis=1)
            if "torch" in found:
                tz, ty = torch.from_numpy(z), torch.from_numpy(y)
                tg = tz.clone().requires_grad_()
                value["torch"] = lambda tz=tz, ty=ty: eager_ce(tz, ty)
                gradient["torch"] = lambda tg=tg, ty=ty: backward(eager_ce, tg, ty)
                step = lambda z=tg, y=ty, **how: backward(softmax_ce, z, y, **how)  # noqa: E731
                yield (
                    f"softmax{suffix}: torch tensors, forward + backward",
                    1,
                    modes(step),
                    {"torch": gradient["torch"]},
                )
                if dtype == "float32":
                    gradient["torch.compile"] = lambda tg=tg, ty=ty: backward(compiled_ce, tg, ty)
            yield f"logsumexp{suffix}: value", 1, {"": lambda z=z: ce.logsumexp(z)}, lse
            yield f"softmax{suffix}: value", 1, modes(softmax_ce, z, y), value
            yield f"softmax{suffix}: value + gradient", 1, modes(both, softmax_ce, z, y), gradient

    if only in "binary":
        z = logits(int(megabytes * 1e6 / 4))
        y = rng.integers(0, 2, z.shape).astype("float32")
        value, gradient = {}, {}
        if "scipy" in found:
            value["scipy log_expit"] = lambda: -(y * log_expit(z) + (1 - y) * log_expit(-z)).mean()
        if "torch" in found:
            tz, ty = torch.from_numpy(z), torch.from_numpy(y)
            tg = tz.clone().requires_grad_()
            eager = functional.binary_cross_entropy_with_logits
            value["torch"] = lambda: eager(tz, ty)
            gradient["torch"] = lambda: backward(eager, tg, ty)
            gradient["torch.compile"] = lambda: backward(compiled_bce, tg, ty)
        yield "binary from logits: value", 1, modes(bce, z, y), value
        yield "binary from logits: value + gradient", 1, modes(both, bce, z, y), gradient

    if only in "log_loss":
        for k in (10, 100):
            z, y = logits((2_000_000 // k, k)), rng.integers(0, k, 2_000_000 // k)
            q = ce.softmax(z)
            peer = {"sklearn log_loss": lambda: log_loss(y, q)} if "sklearn" in found else {}  # noqa: B023
            yield f"log_loss K={k}", 1, modes(softmax_ce, z, y), peer
        z, y = logits(2_000_000), rng.integers(0, 2, 2_000_000)
        q = ce.sigmoid(z)
        peer = {"sklearn log_loss": lambda: log_loss(y, q)} if "sklearn" in found else {}
        yield "log_loss binary", 1, {"": lambda: ce.binary_cross_entropy(q, y)}, peer

    if only in "small":
        z, y = logits((32, 10)), rng.integers(0, 10, 32)
        peers = {}
        if "scipy" in found:
            peers["scipy log_softmax"] = lambda: log_softmax(z, axis=1)
        if "torch" in found:
            tz, ty = torch.from_numpy(z), torch.from_numpy(y)
            peers["torch"] = lambda: functional.cross_entropy(tz, ty)
            tg = tz.clone().requires_grad_()
            step = lambda **how: backward(softmax_ce, tg, ty, **how)  # noqa: E731
            peer = {"torch": lambda: backward(functional.cross_entropy, tg, ty)}
            yield "small 32×10: torch tensors, forward + backward", 500, modes(step), peer
        yield "small 32×10: value", 500, modes(softmax_ce, z, y), peers


def timed(call, times):
    clock, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - cpu) / times, (time.perf_counter() - clock) / times


def measured(rounds, megabytes, only):
    rows = []
    for name, times, ours, peers in cases(megabytes, only):
        calls = {f"ce_lib {how}".strip(): call for how, call in ours.items()} | peers
        for call in calls.values():  # the first call compiles, imports and touches memory
            call()
        seconds = {label: [] for label in calls}
        for _ in range(rounds):
            for label, call in calls.items():
                seconds[label].append(timed(call, times))
        row = {"case": name, "ms": {}, "ratio": {}}
        for label, pairs in seconds.items():
            row["ms"][label] = round(statistics.median(wall for _, wall in pairs) * 1e3, 4)
        for i, kind in enumerate(("cpu", "wall")):
            for mine in ours:
                mine = f"ce_lib {mine}".strip()
                for peer in peers:
                    pairs = zip(seconds[peer], seconds[mine], strict=True)
                    ratios = statistics.quantiles([p[i] / m[i] for p, m in pairs])
                    key = f"{peer} / {mine}, {kind}"
                    row["ratio"][key] = [round(ratio, 2) for ratio in ratios]
        rows.append(row)
        print(json.dumps(row, ensure_ascii=False), file=sys.stderr, flush=True)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        json.dump(measured(options.rounds, options.megabytes, options.only), sys.stdout)
        return
    versions = {name: records.version(name) for name in ("numpy", *PEERS)}
    report = {"date": str(datetime.date.today()), "machine": records.machine() | versions}
    report |= {"megabytes": options.megabytes, "rounds": options.rounds}
    report["ratio"] = "time of the peer / time of ce_lib: lower quartile, median, upper quartile"
    for threads in (1, report["machine"]["cores"]):
        setting = dict.fromkeys(THREADS, str(threads))
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.speed", "--inner", *sys.argv[1:]],
            env=os.environ | setting,
            stdout=subprocess.PIPE,
            check=True,
        )
        report[f"{threads} thread" + "s" * (threads > 1)] = json.loads(run.stdout)
    records.write(report, records.RESULTS / "speed.json", depth=3)  # a case is a record


if __name__ == "__main__":
    main()
