"""Trains a small network on few digits for too long: ce_lib/widgets/overfit/run.js.

    python -m benchmarks.overfit

Each seed draws 200 of scikit-learn's digits to train on, 600 others to test on, and the weights to
begin with. The run with the middle rise of the loss is the one that the figure Overfit shows; of
the others it has the curves. In NumPy, on one thread, so that a rerun gives the same numbers.
"""

import json
import os
from typing import NamedTuple

if __name__ == "__main__":  # NumPy reads these when it is imported
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import numpy as np

import ce_lib as ce
from engine import ROOT

FILE = ROOT / "ce_lib" / "widgets" / "overfit" / "run.js"
SEEDS = range(10)
TRAINED, TESTED, HIDDEN, BATCH = 200, 600, 64, 20
EPOCHS = [0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 50, 70, 100, 140, 200, 280, 400, 550, 750, 1000]
TEMPERATURES = [1, 1.15, 1.35, 1.6, 1.9, 2.3, 2.8, 3.4, 4.2, 5.2, 6.5, 8]
DEAREST = 5  # so many are shown at a time
FIRST_SHOWN = 6  # epoch; before it nearly all digits pay alike

loss = ce.softmax_cross_entropy_with_logits


class Moment(NamedTuple):
    """The network after some epochs: its test logits, and its loss in training."""

    epoch: int
    logits: np.ndarray
    train_loss: float


def data(seed):
    """Returns the digits to train on, those to test on, and where the latter stand."""
    from sklearn.datasets import load_digits  # the tests of other figures import this module, too

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(pixels))
    train, test = order[:TRAINED], order[TRAINED : TRAINED + TESTED]
    return (pixels[train] / 16, labels[train]), (pixels[test] / 16, labels[test]), test


def training(seed, last=EPOCHS[-1]):
    """Trains a network with one hidden layer by Adam; yields a Moment at each of EPOCHS."""
    (x, y), (test, _), _ = data(seed)
    random = np.random.default_rng([seed, 1])
    weights = [
        random.normal(0, 1 / 8, (64, HIDDEN)),
        np.zeros(HIDDEN),
        random.normal(0, HIDDEN**-0.5, (HIDDEN, 10)),
        np.zeros(10),
    ]
    means = [np.zeros_like(w) for w in weights]
    squares = [np.zeros_like(w) for w in weights]
    step = 0
    for epoch in range(last + 1):
        if epoch in EPOCHS:
            yield Moment(epoch, forward(weights, test)[1], float(loss(forward(weights, x)[1], y)))
        for batch in random.permutation(TRAINED).reshape(-1, BATCH):
            step += 1
            for k, g in enumerate(gradients(weights, x[batch], y[batch])):
                means[k] = 0.9 * means[k] + 0.1 * g
                squares[k] = 0.999 * squares[k] + 0.001 * g * g
                size = np.sqrt(squares[k] / (1 - 0.999**step)) + 1e-8
                weights[k] = weights[k] - 0.01 * means[k] / (1 - 0.9**step) / size


def forward(weights, x):
    """Returns the hidden layer and the logits."""
    W1, b1, W2, b2 = weights
    hidden = np.maximum(x @ W1 + b1, 0)
    return hidden, hidden @ W2 + b2


def gradients(weights, x, y):
    """Returns the gradient of the mean loss in each of the weights."""
    hidden, z = forward(weights, x)
    _, dz = ce.value_and_grad(loss, z, y)
    dhidden = dz @ weights[2].T * (hidden > 0)
    return x.T @ dhidden, dhidden.sum(0), hidden.T @ dz, dz.sum(0)


def summary(seed, moments):
    """Returns the curves of a run: right answers, and the test loss in thousandths of a nat."""
    labels = data(seed)[1][1]
    return {
        "seed": seed,
        "right": [int((m.logits.argmax(1) == labels).sum()) for m in moments],
        "loss": [thousandths(loss(m.logits, labels)) for m in moments],
    }


def thousandths(nats):
    return round(float(nats) * 1000)


def rise(run):
    """How many times its lowest value the last loss is."""
    return run["loss"][-1] / min(run["loss"])


def shown(seed, moments):
    """Returns what the figure needs of the run that it shows."""
    _, (pixels, labels), numbers = data(seed)
    bills = {
        (m.epoch, T): loss(m.logits / T, labels, reduction="none")
        for m in moments
        for T in TEMPERATURES
    }
    dearest = {
        int(n)
        for (epoch, _), bill in bills.items()
        if epoch >= FIRST_SHOWN
        for n in np.argsort(-bill)[:DEAREST]
    }
    below = [np.rint(10 * (m.logits.max(1, keepdims=True) - m.logits)).astype(int) for m in moments]
    return {
        "train": [float(f"{m.train_loss:.3g}") for m in moments],
        "tempered": [
            [thousandths(bills[m.epoch, T].mean()) for T in TEMPERATURES] for m in moments
        ],
        "digits": [
            {
                "number": int(numbers[n]),
                "y": int(labels[n]),
                "pixels": "".join("0123456789abcdefg"[int(v)] for v in np.rint(16 * pixels[n])),
                "below": [row[n].tolist() for row in below],  # tenths below the largest logit
            }
            for n in sorted(dearest)
        ],
    }


def main():
    runs = {}
    for seed in SEEDS:
        moments = list(training(seed))
        runs[seed] = summary(seed, moments), moments
        print(seed, f"rises {rise(runs[seed][0]):.2f} times", flush=True)
    ordered = sorted(runs, key=lambda seed: rise(runs[seed][0]))
    middle = ordered[len(ordered) // 2]
    record = {
        "epochs": EPOCHS,
        "temperatures": TEMPERATURES,
        "trained": TRAINED,
        "tested": TESTED,
        "seed": middle,
        "runs": [runs[seed][0] for seed in SEEDS],
        **shown(middle, runs[middle][1]),
    }
    FILE.write_text(module(record), "utf-8")


def module(record):
    """Writes the record as a module, one line for each run and each digit."""
    lines = []
    for name, value in record.items():
        text = json.dumps(value, separators=(",", ":"))
        if name in ("runs", "digits"):
            text = "[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in value) + "\n]"
        lines.append(f'"{name}":{text}')
    body = ",\n".join(lines)
    return f"// Written by benchmarks/overfit.py.\nexport const RUN = {{\n{body}\n}};\n"


if __name__ == "__main__":
    main()
