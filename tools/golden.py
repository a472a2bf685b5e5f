"""Writes tests/golden.json: the exact values of the functions of ce_lib, computed by mpmath.

python -m tools.golden           writes it
python -m tools.golden --check   fails if it is stale

The formulas are the textbook's, evaluated with so many digits that none of their cancellations
matters (1 + e^−2000 needs 870). The inputs are the doubles in the file, exactly; the values are
the doubles nearest to the exact results. pytest and node read the same file.
"""

import functools
import json
import math
import random
import sys
from fractions import Fraction

from mpmath import exp, inf, isnan, log, mp, mpf

from engine import ROOT

FILE = ROOT / "tests" / "golden.json"
mp.dps = 900


# ------------------------------------------------------------------ the textbook


def xlogy(x, y):
    if x == 0:
        return mpf(0)
    return -inf if y == 0 else x * log(y)


@functools.cache
def sigmoid(z):
    return 1 / (1 + exp(-z))


@functools.cache
def softmax(z, temperature=1):
    e = [mpf(0) if x == -inf else exp((x - z[0]) / temperature) for x in z]  # z[0]: any finite one
    total = sum(e)
    return [x / total for x in e]


def log_softmax(z, temperature=1):
    return [log(q) if q else -inf for q in softmax(z, temperature)]


def logsumexp(z):
    return log(sum(mpf(0) if x == -inf else exp(x) for x in z))


def entropy(p):
    return -sum(xlogy(x, x) for x in p)


def cross_entropy(p, q):
    return -sum(xlogy(x, y) for x, y in zip(p, q, strict=True))


def kl_divergence(p, q):
    return sum(xlogy(x, x) - xlogy(x, y) - x + y for x, y in zip(p, q, strict=True))


def entropy_with_logits(z):
    return entropy(softmax(z))


def jensen_shannon_divergence(p, q):
    m = [(x + y) / 2 for x, y in zip(p, q, strict=True)]
    return (kl_divergence(p, m) + kl_divergence(q, m)) / 2


def kl_divergence_with_logits(a, b):
    p, q = softmax(a), softmax(b)
    return sum(xlogy(x, x) - xlogy(x, y) for x, y in zip(p, q, strict=True))


def logit(q):
    return log(q / (1 - q)) if 0 < q < 1 else inf * (2 * q - 1)


def focal_posterior(z, gamma=2):
    """Charoenphakdee et al. (2021), theorem 11."""
    q = softmax(z)
    if max(q) == 1:
        return q
    h = [x / ((1 - x) ** gamma - gamma * (1 - x) ** (gamma - 1) * xlogy(x, x)) for x in q]
    return [x / sum(h) for x in h]


def one_hot(z, target):
    if isinstance(target, tuple):
        return target
    return [mpf(k == target) for k in range(len(z))]


def binary_cross_entropy(q, y):
    return -xlogy(y, q) - xlogy(1 - y, 1 - q)


def binary_cross_entropy_with_logits(z, y, pos_weight=1):
    a = sigmoid(z)
    value = -pos_weight * xlogy(y, a) - xlogy(1 - y, 1 - a)
    return value, (1 - y) * a - pos_weight * y * (1 - a)


def of_examples(one, rows, targets, example_weight, divisor, weight=None, **keywords):
    """The mean over rows of logits, and its gradient; a target of −100 is ignored."""
    shares = example_weight or [mpf(1)] * len(rows)
    value, gradient, mass = mpf(0), [], mpf(0)
    for z, target, share in zip(rows, targets, shares, strict=True):
        share = mpf(0) if target == -100 else share
        y = tuple(one_hot(z, max(target, 0) if isinstance(target, int) else target))
        loss, slope = one(z, y, weight=weight, reduction="sum", **keywords)
        value += share * loss
        gradient.append([share * x for x in slope])
        mass += share * sum(a * b for a, b in zip(weight or [mpf(1)] * len(z), y, strict=True))
    mass = divisor or mass
    return value / mass, [[x / mass for x in row] for row in gradient]


def softmax_cross_entropy_with_logits(
    z, target, weight=None, label_smoothing=0, reduction="mean", example_weight=None, divisor=None
):
    if isinstance(z[0], tuple):
        one, keywords = softmax_cross_entropy_with_logits, {"label_smoothing": label_smoothing}
        return of_examples(one, z, target, example_weight, divisor, weight, **keywords)
    y, q, w = one_hot(z, target), softmax(z), weight or [mpf(1)] * len(z)
    t = [(1 - label_smoothing) * a + mpf(label_smoothing) / len(z) for a in y]
    mass = [a * b for a, b in zip(w, t, strict=True)]
    divisor = sum(a * b for a, b in zip(w, y, strict=True)) if reduction == "mean" else 1
    value = -sum(xlogy(m, a) for m, a in zip(mass, q, strict=True)) / divisor
    total = sum(mass)
    return value, [(total * a - m) / divisor for m, a in zip(mass, q, strict=True)]


def sigmoid_focal_loss(z, y, alpha=None, gamma=2):
    a = sigmoid(z)
    one, zero = (y, 1 - y) if alpha is None else (alpha * y, (1 - alpha) * (1 - y))
    value = -one * (1 - a) ** gamma * log(a) - zero * a**gamma * log(1 - a)
    # Lin et al. (2017), appendix B
    slope_1 = (1 - a) ** gamma * (gamma * a * log(a) + a - 1)
    slope_0 = -(a**gamma) * (gamma * (1 - a) * log(1 - a) - a)
    return value, one * slope_1 + zero * slope_0


def z_loss(rows):
    return sum(logsumexp(z) ** 2 for z in rows) / len(rows)


def linear_cross_entropy(x, w, target, linear_bias=None, **keywords):
    bias = linear_bias or [mpf(0)] * len(w)
    z = tuple(
        tuple(
            sum(a * b for a, b in zip(h, row, strict=True)) + c
            for row, c in zip(w, bias, strict=True)
        )
        for h in x
    )
    return softmax_cross_entropy_with_logits(z, target, **keywords)[0]


def softmax_focal_loss(z, target, gamma=2, example_weight=None, divisor=None, **_):
    if isinstance(z[0], tuple):
        return of_examples(softmax_focal_loss, z, target, example_weight, divisor, gamma=gamma)
    q = softmax(z)
    target = target.index(1) if isinstance(target, tuple) else target
    a = q[target]
    value = -((1 - a) ** gamma) * log(a)
    in_a = gamma * (1 - a) ** (gamma - 1) * log(a) - (1 - a) ** gamma / a
    return value, [in_a * a * ((k == target) - x) for k, x in enumerate(q)]


def mse_with_logits(z, y):
    a = sigmoid(z)
    return (a - y) ** 2, 2 * (a - y) * a * (1 - a)


def brier_with_logits(z, target):
    q, y = softmax(z), one_hot(z, target)
    error = [a - b for a, b in zip(q, y, strict=True)]
    inner = sum(e * a for e, a in zip(error, q, strict=True))
    return sum(e * e for e in error), [2 * a * (e - inner) for e, a in zip(error, q, strict=True)]


def bins(probs, labels, n_bins, strategy, weight):
    """(weight, mean probability, fraction) of the bins that hold an example.

    Bin b is from the edge before it, excluded, to its own edge; a probability of 0 is in the first.
    """
    n = [mpf(1)] * len(probs) if weight is None else weight
    if strategy == "uniform":
        edges = [mpf(b / n_bins) for b in range(1, n_bins)]  # the double
    else:  # the smallest probability with b/n of the weight at or below it
        below = {q: sum(w for w, x in zip(n, probs, strict=True) if x <= q) for q in sorted(probs)}
        edges = [
            next(q for q, w in below.items() if w * n_bins >= b * sum(n)) for b in range(1, n_bins)
        ]
    for low, high in zip([-1, *edges], [*edges, 2], strict=True):
        held = [(w, q, y) for w, q, y in zip(n, probs, labels, strict=True) if low < q <= high]
        total = sum(w for w, _, _ in held)
        if total:
            mean, fraction = (sum(a[0] * a[k] for a in held) / total for k in (1, 2))
            yield total, mean, fraction


def answers(probs, labels):
    if not isinstance(probs[0], tuple):
        return probs, labels
    top = [max(q) for q in probs]
    right = [q.index(t) == y for q, t, y in zip(probs, top, labels, strict=True)]
    return top, right


def expected_calibration_error(probs, labels, n_bins=10, strategy="uniform", weight=None):
    gaps = [
        (total, abs(fraction - mean))
        for total, mean, fraction in bins(*answers(probs, labels), n_bins, strategy, weight)
    ]
    return sum(total * gap for total, gap in gaps) / sum(total for total, _ in gaps)


def maximum_calibration_error(probs, labels, n_bins=10, strategy="uniform", weight=None):
    predictions = answers(probs, labels)
    return max(abs(a - b) for _, a, b in bins(*predictions, n_bins, strategy, weight))


def classwise_calibration_error(probs, labels, **keywords):
    classes = range(len(probs[0]))
    of_class = [
        expected_calibration_error([q[k] for q in probs], [y == k for y in labels], **keywords)
        for k in classes
    ]
    return sum(of_class) / len(of_class)


def fit_temperature(z, labels, weight=None):
    """The T at which Σ w_n (E_q[z_n] − z_ny) is 0, by halving an interval of log T."""
    rows = z if isinstance(z[0], tuple) else [(mpf(0), x) for x in z]
    n = weight or [mpf(1)] * len(rows)

    def slope(temperature):
        return sum(
            w * (sum(a * b for a, b in zip(softmax(row, temperature), row, strict=True)) - row[y])
            for w, row, y in zip(n, rows, labels, strict=True)
        )

    with mp.workdps(60):
        low, high = mpf(-50), mpf(50)
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(exp(middle)) > 0 else (low, middle)
        return exp(low)


TEXTBOOK = {
    "entropy": entropy,
    "entropy_with_logits": entropy_with_logits,
    "jensen_shannon_divergence": jensen_shannon_divergence,
    "log_sigmoid": lambda z: log(sigmoid(z)),
    "logit": logit,
    "focal_posterior": focal_posterior,
    "expected_calibration_error": expected_calibration_error,
    "maximum_calibration_error": maximum_calibration_error,
    "classwise_calibration_error": classwise_calibration_error,
    "fit_temperature": fit_temperature,
    "cross_entropy": cross_entropy,
    "kl_divergence": kl_divergence,
    "kl_divergence_with_logits": kl_divergence_with_logits,
    "perplexity": exp,
    "to_bits": lambda nats: nats / log(2),
    "sigmoid": sigmoid,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "softmax_cross_entropy_with_logits": softmax_cross_entropy_with_logits,
    "linear_cross_entropy": linear_cross_entropy,
    "z_loss": z_loss,
    "sigmoid_focal_loss": sigmoid_focal_loss,
    "softmax_focal_loss": softmax_focal_loss,
    "mse_with_logits": mse_with_logits,
    "brier_with_logits": brier_with_logits,
}
WITH_GRADIENT = {name for name in TEXTBOOK if name.endswith(("_with_logits", "focal_loss"))}
# no losses: ce_lib.value_and_grad does not take them
WITH_GRADIENT -= {"kl_divergence_with_logits", "entropy_with_logits"}


# ------------------------------------------------------------------ the cases


def distributions():
    """Rows that sum to exactly 1: dyadic fractions."""
    rng = random.Random(1)
    yield "certain", [1.0, 0.0]
    yield "fair-coin", [0.5, 0.5]
    yield "code-length", [0.5, 0.25, 0.125, 0.125]
    yield "shifted", [0.125, 0.5, 0.25, 0.125]
    yield "with-a-zero", [0.5, 0.0, 0.25, 0.25]
    yield "nearly-certain", [1 - 2**-50, 2**-50]
    yield "one-in-a-thousand", [1 / 1024, 1023 / 1024]
    yield "uniform-of-eight", [0.125] * 8
    for classes in (3, 5, 10, 1000):
        cuts = sorted(rng.sample(range(1, 2**20), classes - 1))
        counts = [b - a for a, b in zip([0, *cuts], [*cuts, 2**20], strict=True)]
        yield f"random-of-{classes}", [n / 2**20 for n in counts]


def pairs():
    rows = dict(distributions())
    for a, p in rows.items():
        for b, q in rows.items():
            if len(p) == len(q) and len(p) < 100:
                yield f"{a}-against-{b}", p, q
    for bits in (8, 20, 26, 30, 40, 52):
        yield f"equal-but-2-to-the-minus-{bits}", [0.5, 0.5], [0.5 + 2**-bits, 0.5 - 2**-bits]
    p = rows["random-of-1000"]
    yield "reversed-of-1000", p, p[::-1]
    yield "tiny-truth", [2.0**-1000, 1.0], [0.5, 0.5]
    yield "tiny-model", [0.5, 0.5], [2.0**-1000, 1.0]


def logit_rows():
    rng = random.Random(2)
    yield "equal", [0.0, 0.0]
    yield "two", [2.0, -1.0]
    yield "sure-of-two", [40.0, 0.0]
    yield "surer-of-two", [745.0, 0.0]
    yield "a-thousand-apart", [1000.0, -1000.0]
    yield "worked", [math.log(0.2), math.log(0.3), math.log(0.5)]
    yield "blurred", [0.1, 0.05, -0.1]
    yield "crisp", [12.5, 0.6, -23.0]
    yield "impossible-class", [1.0, -math.inf, 0.0]
    yield "all-equal-of-ten", [3.0] * 10
    yield "nearly-tied", [1.0, 1.0 + 2**-40, 1.0 - 2**-30]
    yield "offset-million", [1e6, 1e6 + 1, 1e6 - 2]
    yield "offset-minus-million", [-1e6, -1e6 + 1, -1e6 - 40]
    yield "sure-of-three", [0.0, 38.0, -1.0]
    yield "surest-of-three", [0.0, 700.0, -1.0]
    for classes, spread in ((3, 1), (5, 10), (10, 3), (10, 40), (10, 300), (100, 5), (1000, 8)):
        row = [round(rng.uniform(-spread, spread), 3) for _ in range(classes)]
        yield f"random-of-{classes}-within-{spread}", row


def logit_pairs():
    for name, z in logit_rows():
        if len(z) <= 10:
            yield f"{name}-against-its-reverse", z, z[::-1]
            yield f"{name}-against-zeros", z, [0.0] * len(z)
        for bits in (10, 30, 50) if len(z) <= 10 and -math.inf not in z else ():
            moved = [x + (k % 3 - 1) * 2.0**-bits for k, x in enumerate(z)]
            yield f"{name}-moved-by-2-to-the-minus-{bits}", z, moved
    yield "tiny", [0.0, 1e-100, -3e-100], [2e-100, 0.0, 1e-100]


def labels_of(row):
    """The most and the least likely class, and one in between; the last alone of many classes."""
    order = sorted((x, k) for k, x in enumerate(row) if x > -math.inf)
    if len(row) > 10:
        return [order[len(order) // 2][1]]
    return sorted({order[0][1], order[len(order) // 2][1], order[-1][1]})


LOGITS = [0.0, 1e-300, 1e-9, 0.5, 1.0, 2.5, 10.0, 20.5, 37.0, 40.0, 88.0, 300.0, 700.0, 745.0]
LOGITS = [s * z for z in [*LOGITS, 1000.0] for s in (1, -1) if z or s > 0]


def cases():
    """(id, function, args, keywords) of every case."""
    for name, p in distributions():
        yield f"entropy-{name}", "entropy", [p], {}
    for name, p, q in pairs():
        yield f"cross-entropy-{name}", "cross_entropy", [p, q], {}
        yield f"kl-{name}", "kl_divergence", [p, q], {}
        yield f"js-{name}", "jensen_shannon_divergence", [p, q], {}
    for name, a, b in logit_pairs():
        yield f"kl-logits-{name}", "kl_divergence_with_logits", [a, b], {}
    for nats in (0.0, 1e-20, math.log(2), 1.0, 2.375, 10.0, 700.0):
        yield f"perplexity-of-{nats:.4g}", "perplexity", [nats], {}
        yield f"bits-of-{nats:.4g}", "to_bits", [nats], {}
    for name, z in logit_rows():
        yield f"logsumexp-{name}", "logsumexp", [z], {}
        yield f"entropy-logits-{name}", "entropy_with_logits", [z], {}
        for gamma in (0.5, 2.0, 5.0) if len(z) < 100 else (2.0,):
            name_of_it = f"focal-posterior-{name}-gamma-{gamma}"
            yield name_of_it, "focal_posterior", [z], {"gamma": gamma}
        yield f"softmax-{name}", "softmax", [z], {}
        yield f"log-softmax-{name}", "log_softmax", [z], {}
        for t in (0.5, 3.0) if len(z) < 6 else ():
            keywords = {"temperature": t}
            yield f"softmax-{name}-at-temperature-{t}", "softmax", [z], keywords
            yield f"log-softmax-{name}-at-temperature-{t}", "log_softmax", [z], keywords
        for k in labels_of(z):
            loss = "softmax_cross_entropy_with_logits"
            yield f"softmax-ce-{name}-label-{k}", loss, [z, k], {}
            if len(z) < 1000:
                yield f"brier-{name}-label-{k}", "brier_with_logits", [z, k], {}
                yield f"softmax-focal-{name}-label-{k}", "softmax_focal_loss", [z, k], {}
            if len(z) == 3 and -math.inf not in z:
                smooth, weight = {"label_smoothing": 0.125}, [0.5, 2.0, 3.0]
                yield f"softmax-ce-{name}-label-{k}-smoothed", loss, [z, k], smooth
                keywords = {"weight": weight, "reduction": "sum"}
                yield f"softmax-ce-{name}-label-{k}-weighted", loss, [z, k], keywords
                both = {"weight": weight} | smooth
                yield f"softmax-ce-{name}-label-{k}-weighted-and-smoothed", loss, [z, k], both
        for soft, p in distributions():
            if len(p) == len(z) < 100 and -math.inf not in z:
                yield f"softmax-ce-{name}-target-{soft}", loss, [z, p], {}
                yield f"brier-{name}-target-{soft}", "brier_with_logits", [z, p], {}
    yield "softmax-ce-impossible-class-soft", loss, [[1.0, -math.inf, 0.0], [0.5, 0.0, 0.5]], {}
    yield "softmax-ce-impossible-class-true", loss, [[1.0, -math.inf, 0.0], 1], {}
    yield from several_examples()
    near_half = [0.5 + s * x for x in (2.0**-52, 3e-12, 1e-7, 3e-4, 0.02, 0.15) for s in (1, -1)]
    for q in (0.0, 5e-324, 1e-310, 1e-300, 2**-60, 0.1, 0.25, 0.5, 0.75, 0.9, 1 - 2**-53, 1.0):
        yield f"logit-{q!r}", "logit", [q], {}
    for q in near_half:
        yield f"logit-{q!r}", "logit", [q], {}
    for q in (0.0, 1e-300, 2**-60, 0.1, 0.25, 0.5, 0.9, 1 - 2**-53, 1.0):
        for y in (0.0, 0.25, 1.0):
            yield f"bce-q-{q!r}-y-{y}", "binary_cross_entropy", [q, y], {}
    for z in LOGITS:
        yield f"sigmoid-{z:g}", "sigmoid", [z], {}
        yield f"log-sigmoid-{z:g}", "log_sigmoid", [z], {}
        for y in (0.0, 0.25, 1.0):
            loss = "binary_cross_entropy_with_logits"
            yield f"bce-logits-z-{z:g}-y-{y}", loss, [z, y], {}
            yield f"mse-logits-z-{z:g}-y-{y}", "mse_with_logits", [z, y], {}
            yield f"focal-z-{z:g}-y-{y}", "sigmoid_focal_loss", [z, y], {}
            if abs(z) in (1.0, 10.0, 40.0, 1000.0):
                yield f"bce-logits-z-{z:g}-y-{y}-pos-weight", loss, [z, y], {"pos_weight": 3.0}
                for gamma in (0.0, 0.5, 5.0):
                    keywords = {"gamma": gamma, "alpha": 0.25}
                    name = f"focal-z-{z:g}-y-{y}-gamma-{gamma}-alpha"
                    yield name, "sigmoid_focal_loss", [z, y], keywords

    for name, (q, labels), weight in calibration_sets():
        for strategy in ("uniform", "quantile"):
            for n_bins in (1, 5, 10):
                keywords = {"n_bins": n_bins, "strategy": strategy}
                for w in ({}, {"weight": weight}):
                    label = f"{name}-{strategy}-{n_bins}{'-weighted' if w else ''}"
                    for short in ("expected", "maximum", *["classwise"] * isinstance(q[0], list)):
                        function = f"{short}_calibration_error"
                        yield f"{short}-{label}", function, [q, labels], keywords | w
    for name, z, labels, weight in temperature_sets():
        yield f"temperature-{name}", "fit_temperature", [z, labels], {}
        yield f"temperature-{name}-weighted", "fit_temperature", [z, labels], {"weight": weight}


def several_examples():
    """Rows of logits with a weight for each example, a divisor, and an example that is ignored."""
    rng = random.Random(5)
    rows = [[round(rng.gauss(0, 3), 3) for _ in range(4)] for _ in range(5)]
    labels, weight = [0, 3, -100, 1, 1], [0.5, 2.0, 1.0, 3.0]
    soft = [[n / 64 for n in (a, 3 * a, 60 - 6 * a, 4 + 2 * a)] for a in range(5)]
    shares = [1.0, 0.25, 3.0, 0.0, 2.5]
    loss = "softmax_cross_entropy_with_logits"
    own = {"example_weight": shares}
    smooth = {"weight": weight, "label_smoothing": 0.125}
    for name, keywords in {
        "plain": {},
        "divisor": {"divisor": 7},
        "weighted": own,
        "weighted-divisor": own | {"divisor": 2.5},
        "weighted-smoothed": own | smooth,
    }.items():
        yield f"softmax-ce-examples-{name}", loss, [rows, labels], keywords
        yield f"softmax-ce-soft-examples-{name}", loss, [rows, soft], keywords
        if "weight" not in keywords:
            yield f"softmax-focal-examples-{name}", "softmax_focal_loss", [rows, labels], keywords
        states = [[row[0], row[1] - row[2]] for row in rows]
        layer = [[1.5, -0.25], [0.0, 2.0], [-1.0, 0.5], [0.125, 0.0]]
        bias = {"linear_bias": [0.5, -1.0, 0.0, 2.0]}
        arguments = [states, layer, labels]
        yield f"linear-ce-examples-{name}", "linear_cross_entropy", arguments, keywords | bias
    yield "z-loss", "z_loss", [rows], {}
    for name in ("worked", "offset-million", "surer-of-two", "impossible-class"):
        yield f"z-loss-{name}", "z_loss", [[dict(logit_rows())[name]]], {}


def calibration_sets():
    """Probabilities on the edges of the bins too, and equal ones."""
    rng = random.Random(3)
    probs = [b / 10 for b in range(11)] + [0.3] * 4 + [rng.random() for _ in range(20)]
    labels = [int(rng.random() < q) for q in probs]
    yield "binary", (probs, labels), [float(rng.randrange(4)) for _ in probs]
    rows = [[n / 64 for n in (a, 64 - a - b, b)] for a in (3, 20, 37) for b in (2, 8, 21, 27)]
    labels = [rng.randrange(3) for _ in rows]
    yield "three-classes", (rows, labels), [rng.random() for _ in rows]


def temperature_sets():
    rng = random.Random(4)
    z = [round(rng.gauss(1, 2), 3) for _ in range(12)]
    labels = [int(x > 0) for x in z[:-3]] + [int(x <= 0) for x in z[-3:]]
    yield "binary", z, labels, [rng.random() + 0.5 for _ in z]
    rows = [[round(rng.gauss(0, 9), 3) for _ in range(4)] for _ in range(10)]
    labels = [max(range(4), key=row.__getitem__) for row in rows]
    labels[0] = (labels[0] + 1) % 4
    yield "four-classes", rows, labels, [rng.random() + 0.5 for _ in rows]


# ------------------------------------------------------------------ doubles in, doubles out


def exact(x):
    if isinstance(x, list):
        return tuple(exact(item) for item in x)
    return mpf(x) if isinstance(x, float) else x


def nearest_double(x):
    if isinstance(x, list):
        return [nearest_double(item) for item in x]
    if not mp.isfinite(x):
        return "nan" if isnan(x) else "inf" if x > 0 else "-inf"
    sign, mantissa, exponent, _ = x._mpf_
    size = Fraction(int(mantissa)) * Fraction(2) ** exponent
    try:
        return float(-size if sign else size)
    except OverflowError:
        return "-inf" if sign else "inf"


def encoded(x):
    """JSON has no infinities."""
    if isinstance(x, list):
        return [encoded(item) for item in x]
    return nearest_double(mpf(x)) if isinstance(x, float) and math.isinf(x) else x


def golden():
    lines = []
    for name, function, args, keywords in cases():
        given = {k: v if isinstance(v, str) else exact(v) for k, v in keywords.items()}
        result = TEXTBOOK[function](*exact(args), **given)
        case = {"id": name, "function": function, "args": encoded(args), "kwargs": keywords}
        value, gradient = result if function in WITH_GRADIENT else (result, None)
        case["value"] = nearest_double(value)
        if gradient is not None and case["value"] != "inf":
            case["grad"] = nearest_double(gradient)
        lines.append(json.dumps(case))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main():
    text = golden()
    if "--check" in sys.argv[1:]:
        if not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
            sys.exit(f"{FILE.name} is stale: run python -m tools.golden")
    else:
        FILE.write_text(text, encoding="utf-8")
        print(f"{text.count(chr(10)) - 2} cases in {FILE.name}")


if __name__ == "__main__":
    main()
