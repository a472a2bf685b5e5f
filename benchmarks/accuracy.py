"""Measures the errors of the losses, ours and others, against mpmath: results/accuracy.json.

    python -m benchmarks.accuracy [--only float32]

Every library gets the rows of ``tools/testing/sweep.py`` (1,016 of each dtype, 2 to 50,000
classes; 1,212 logits and 1,006 probabilities of two classes) in the same dtype, and is used as its
manual says; its answers are held against the exact ones, in units in the last place (ULP). For
each: the largest error of a finite answer and the share of numbers within 4 ULP; how many are nan
or infinite where the exact one is not; how many are 0 and more than 4 ULP from what is right; how
many are negative where none can be. The unit of a slope of soft targets, and of KL, is the last
place of the larger of the two probabilities. Peers that are not installed are named as missing.

torch, optax and tensorflow differentiate; scipy, scikit-learn and keras' NumPy backend give values
only, and so do the functions of ce_lib in NumPy that are not losses of logits. Keras makes float32
of most float64 arrays, with its floatx set to float64 as well: its rows of float64 show that.
"""

import argparse
import contextlib
import datetime
import os
import warnings

import numpy as np

from benchmarks import records

os.environ |= {"KERAS_BACKEND": "numpy", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
PEERS = {
    "numpy": "numpy",
    "torch": "torch",
    "jax": "jax",
    "optax": "optax",
    "tensorflow": "tensorflow",
    "keras": "keras",
    "scipy": "scipy",
    "scikit-learn": "sklearn",
}
DTYPES = ("float64", "float32", "bfloat16")


# ------------------------------------------------------------------ the libraries and their calls


class NumPy:
    """Calls that give values only."""

    def array(self, x, dtype):
        if dtype == "bfloat16":
            import ml_dtypes

            dtype = ml_dtypes.bfloat16
        return np.asarray(x).astype(dtype)

    def both(self, function, x, *others):
        return np.asarray(function(x, *others)).astype(np.float64), None


class WithFormula(NumPy):
    """Ours, with the closed-form gradient."""

    def both(self, function, x, *others):
        import ce_lib as ce

        name = function.__name__
        if name in ("logsumexp", "log_softmax", "softmax", "binary_cross_entropy"):
            keywords = {"reduction": "none"} if name == "binary_cross_entropy" else {}
            return np.asarray(function(x, *others, **keywords)).astype(np.float64), None
        if name == "kl_divergence_with_logits":
            return np.asarray(function(others[0], x)).astype(np.float64), None
        keywords = {"gamma": others[1]} if "focal" in name else {}
        value, slope = ce.value_and_grad(function, x, others[0], reduction="none", **keywords)
        return np.asarray(value).astype(np.float64), np.asarray(slope).astype(np.float64)


class Torch:
    def array(self, x, dtype):
        import torch

        x = torch.from_numpy(np.ascontiguousarray(x))
        return x.to(getattr(torch, dtype)) if x.is_floating_point() else x

    def both(self, function, x, *others):
        import torch

        leaf = x.clone().requires_grad_()
        value = function(leaf, *others)
        (slope,) = torch.autograd.grad(value.sum(), leaf)
        return value.detach().double().numpy(), slope.double().numpy()


class Jax(NumPy):
    def both(self, function, x, *others):
        import jax

        slope = jax.grad(lambda x: function(x, *others).sum())(x)
        return tuple(np.asarray(a).astype(np.float64) for a in (function(x, *others), slope))


class TensorFlow(NumPy):
    def both(self, function, x, *others):
        import tensorflow as tf

        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x, *others)
        slope = tape.gradient(value, x)
        return value.numpy().astype(np.float64), slope.numpy().astype(np.float64)


def answers(dtype):
    """Returns {library: (how it is called, {case: its function})}."""
    import ce_lib as ce

    label, binary = "cross-entropy of a label", "binary cross-entropy of a logit"
    soft, likely = "cross-entropy of soft labels", "binary cross-entropy of a probability"
    focal, kl = "binary focal loss, γ = ½", "KL of logits"
    found = {}
    ours = {
        label: ce.softmax_cross_entropy_with_logits,
        soft: ce.softmax_cross_entropy_with_logits,
        binary: ce.binary_cross_entropy_with_logits,
        likely: ce.binary_cross_entropy,
        focal: ce.sigmoid_focal_loss,
        kl: ce.kl_divergence_with_logits,
        **{name: getattr(ce, name) for name in ("logsumexp", "log_softmax", "softmax")},
    }
    found["ce_lib, NumPy"] = (WithFormula(), ours)
    with contextlib.suppress(ImportError):
        import torch
        from torch.nn import functional

        def each(loss):
            return lambda z, y: loss(z, y, reduction="none")

        found["ce_lib, torch"] = (
            Torch(),
            ours
            | {case: each(ours[case]) for case in (label, soft, binary, likely)}
            | {
                focal: lambda z, y, g: ce.sigmoid_focal_loss(z, y, gamma=g, reduction="none"),
                kl: lambda b, a: ce.kl_divergence_with_logits(a, b),
            },
        )
        found["torch"] = (
            Torch(),
            {
                label: each(functional.cross_entropy),
                soft: each(functional.cross_entropy),
                binary: each(functional.binary_cross_entropy_with_logits),
                likely: each(functional.binary_cross_entropy),
                kl: lambda b, a: functional.kl_div(
                    functional.log_softmax(b, -1),
                    functional.log_softmax(a, -1),
                    reduction="none",
                    log_target=True,
                ).sum(-1),
                "logsumexp": lambda z: torch.logsumexp(z, -1),
                "log_softmax": lambda z: functional.log_softmax(z, -1),
                "softmax": lambda z: functional.softmax(z, -1),
            },
        )
    with contextlib.suppress(ImportError):
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        found["jax, optax"] = (
            Jax(),
            {
                label: optax.softmax_cross_entropy_with_integer_labels,
                soft: optax.softmax_cross_entropy,
                binary: optax.sigmoid_binary_cross_entropy,
                focal: lambda z, y, g: optax.sigmoid_focal_loss(z, y, gamma=g),
                kl: lambda b, a: optax.losses.kl_divergence_with_log_targets(
                    jax.nn.log_softmax(b), jax.nn.log_softmax(a)
                ),
                "logsumexp": lambda z: jax.nn.logsumexp(z, axis=-1),
                "log_softmax": jax.nn.log_softmax,
                "softmax": jax.nn.softmax,
            },
        )
    with contextlib.suppress(ImportError):
        import tensorflow as tf

        found["tensorflow"] = (
            TensorFlow(),
            {
                label: lambda z, y: tf.nn.sparse_softmax_cross_entropy_with_logits(y, z),
                soft: lambda z, y: tf.nn.softmax_cross_entropy_with_logits(y, z),
                binary: lambda z, y: tf.nn.sigmoid_cross_entropy_with_logits(y, z),
                "logsumexp": lambda z: tf.reduce_logsumexp(z, -1),
                "log_softmax": tf.nn.log_softmax,
                "softmax": tf.nn.softmax,
            },
        )
    with contextlib.suppress(ImportError):
        from keras import config, losses, ops

        config.set_floatx(dtype)  # its losses convert what they are given to this
        found["keras, NumPy"] = (
            NumPy(),
            {
                label: lambda z, y: losses.sparse_categorical_crossentropy(y, z, from_logits=True),
                soft: lambda z, y: losses.categorical_crossentropy(y, z, from_logits=True),
                binary: lambda z, y: ops.binary_crossentropy(y, z, from_logits=True),
                likely: lambda q, y: ops.binary_crossentropy(y, q),
                kl: lambda b, a: losses.kl_divergence(ops.softmax(a), ops.softmax(b)),
                "logsumexp": lambda z: ops.logsumexp(z, -1),
                "log_softmax": ops.log_softmax,
                "softmax": ops.softmax,
            },
        )
    with contextlib.suppress(ImportError):
        from scipy import special

        found["scipy"] = (
            NumPy(),
            {
                label: lambda z, y: (
                    -np.take_along_axis(special.log_softmax(z, axis=-1), y[:, None], -1)[:, 0]
                ),
                soft: lambda z, y: -(y * special.log_softmax(z, axis=-1)).sum(-1),
                binary: lambda z, y: -special.log_expit(np.where(y == 1, z, -z)),
                likely: lambda q, y: -special.xlogy(y, q) - special.xlog1py(1 - y, -q),
                kl: lambda b, a: special.rel_entr(
                    special.softmax(a, axis=-1), special.softmax(b, axis=-1)
                ).sum(-1),
                "logsumexp": lambda z: special.logsumexp(z, axis=-1),
                "log_softmax": lambda z: special.log_softmax(z, axis=-1),
                "softmax": lambda z: special.softmax(z, axis=-1),
            },
        )
        from sklearn.metrics import log_loss

        def label_by_label(z, y):
            q = special.softmax(z, axis=-1)
            every = range(z.shape[-1])
            return [log_loss([k], row[None], labels=every) for row, k in zip(q, y, strict=True)]

        def one_by_one(q, y):
            return [log_loss([k], [x], labels=[0, 1]) for x, k in zip(q, y, strict=True)]

        found["scikit-learn"] = (NumPy(), {label: label_by_label, likely: one_by_one})
    return found


# ------------------------------------------------------------------ the questions


def problems(dtype):
    """(case, first argument, the others, exact values, exact slopes, what a slope's unit is of)."""
    from tools.testing import sweep

    for classes, rows in sweep.rows(dtype).items():
        exact = sweep.exact(dtype, classes)
        z, others = sweep.column(rows, "logits"), sweep.column(rows, "others")
        y, target = np.array([row.label for row in rows]), sweep.column(rows, "target")
        p = exact["softmax"][0][..., 0]
        hard = "softmax_cross_entropy_with_logits"
        yield "cross-entropy of a label", z, (y,), *exact[hard], 0.0
        larger = np.maximum(p, target)
        yield "cross-entropy of soft labels", z, (target,), *exact["soft"], larger
        value, in_q = exact["kl_divergence_with_logits"][0], exact["in_q"][1]
        yield "KL of logits", others, (z,), value, in_q, np.maximum(p, p + in_q[..., 0])
        yield "logsumexp", z, (), *exact["logsumexp"], 0.0
        for name in ("log_softmax", "softmax"):
            yield name, z, (), exact[name][0], None, 0.0
    for kind in (0, 1):
        z, q = sweep.scalars(dtype)[0], sweep.probabilities(dtype)[0]
        y = np.full(len(z), float(kind))
        yield "binary cross-entropy of a logit", z, (y,), *sweep.exact_scalars(dtype, kind), 0.0
        exact = sweep.exact_scalars(dtype, kind, 0.5)
        yield "binary focal loss, γ = ½", z, (y, 0.5), *exact, 0.0
        exact = sweep.exact_probabilities(dtype, kind)
        yield "binary cross-entropy of a probability", q, (y[: len(q)],), *exact, 0.0


def summary(parts, dtype, sign):
    """Summarizes all answers of one library to one case."""
    from tools.testing import sweep

    got, exact, scale = (np.concatenate([part[i] for part in parts]) for i in range(3))
    off = sweep.ulps(got, exact, dtype, scale)
    finite = np.isfinite(got) & np.isfinite(off)
    return {
        "largest": float(f"{off[finite].max(initial=0):.3g}"),
        "within 4": float(f"{(off <= 4).mean():.6g}"),
        "nan or infinite": int((~np.isfinite(off)).sum()),
        "zero": int(((got == 0) & (off > 4)).sum()),
        **({"negative": int((got < 0).sum())} if sign else {}),
        "of": len(got),
    }


def relative(parts):
    """The largest relative error of the divergences that are normal numbers."""
    got, exact = (np.concatenate([part[i] for part in parts]) for i in range(2))
    counts = np.isfinite(exact[:, 0]) & (exact[:, 0] > np.finfo(float).tiny) & np.isfinite(got)
    off = np.abs((got - exact[:, 0]) - exact[:, 1])[counts] / exact[counts, 0]
    return float(f"{off.max():.3g}")


def measured(dtype):
    libraries = answers(dtype)
    values, slopes, refused = {}, {}, {}
    for case, x, others, exact, slope, scale in problems(dtype):
        for name, (kind, functions) in libraries.items():
            if case not in functions or (name, case) in refused:
                continue
            args = [
                kind.array(a, dtype) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a
                for a in (x, *others)
            ]
            if isinstance(kind, Torch):
                args = [kind.array(a, dtype) if isinstance(a, np.ndarray) else a for a in args]
            try:
                value, found = kind.both(functions[case], *args)
            except Exception as reason:
                refused[name, case] = f"{type(reason).__name__}: {reason}".splitlines()[0][:200]
                continue
            flat = np.asarray(value).reshape(-1)
            values.setdefault((case, name), []).append(
                (flat, exact.reshape(-1, 2), np.zeros(len(flat)))
            )
            if found is not None and slope is not None:
                rows = np.isfinite(exact[..., 0])  # an infinite loss has no slope to be held to
                unit = np.broadcast_to(scale, found.shape)[rows].reshape(-1)
                part = found[rows].reshape(-1), slope[rows].reshape(-1, 2), unit
                slopes.setdefault((case, name), []).append(part)
    report = {}
    for (case, name), parts in values.items():
        entry = report.setdefault(case, {}).setdefault(name, {})
        entry["value"] = summary(parts, dtype, case == "KL of logits")
        if case == "KL of logits" and dtype == "float64":
            entry["value"]["largest relative error"] = relative(parts)
        if (case, name) in slopes:
            entry["slope"] = summary(slopes[case, name], dtype, False)
    for (name, case), reason in refused.items():
        report.setdefault(case, {}).setdefault(name, {})["refused"] = reason
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=DTYPES, help="this dtype; nothing is written")
    only = parser.parse_args().only
    warnings.simplefilter("ignore")
    versions = {name: records.version(module) for name, module in PEERS.items()}
    report = {"date": str(datetime.date.today()), "machine": records.machine() | versions}
    report["ulp"] = {}
    with np.errstate(all="ignore"):
        for dtype in [only] if only else DTYPES:
            report["ulp"][dtype] = measured(dtype)
    for dtype, cases in report["ulp"].items():
        for case, rows in cases.items():
            print(f"\n{dtype}, {case}")
            for name, entry in rows.items():
                print(f"  {name:14}", entry)
    if not only:
        records.write(report, records.RESULTS / "accuracy.json")


if __name__ == "__main__":
    main()
