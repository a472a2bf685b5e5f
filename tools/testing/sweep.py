"""A seeded sweep: rows of logits and targets, what the losses are there, how far an answer is.

The exact results come from mpmath, with 60 digits and more where a difference costs some. A row is
a list of groups (logit, target, how many classes are like that), so that 50,000 classes cost 300
exponentials; an exact number travels as the double next to it and the double next to the rest.
float64 has all rows. The other dtypes have every fourth, because they are computed in float64 and
rounded once; ``tests/accuracy/test_accuracy.py`` sweeps them in full each week.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from mpmath import exp, expm1, fsum, inf, ldexp, log, log1p, mp, mpf

# precision in bits, exponents of the smallest and the largest normal number (as of frexp)
FORMATS = {
    "float64": (53, -1021, 1024),
    "float32": (24, -125, 128),
    "bfloat16": (8, -125, 128),
    "float16": (11, -13, 16),
}
DTYPES = tuple(FORMATS)
CLASSES = [2] * 250 + [3] * 250 + [5] * 200 + [10] * 200 + [30] * 90 + [100] * 20 + [1000] * 3
LARGE = [50_000] * 3
GAMMAS = (0.5, 1.0, 2.0, 5.0)


# ------------------------------------------------------------------ numbers


def rounded(x, dtype):
    """The float64 array ``x`` as numbers that ``dtype`` holds, in float64; finite stays finite."""
    bits, low, high = FORMATS[dtype]
    largest = math.ldexp(1 - 2.0**-bits, high)
    x = np.where(np.isinf(x), x, np.clip(x, -largest, largest))
    _, e = np.frexp(x)
    unit = np.ldexp(1.0, np.maximum(e, low) - bits)
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(x), x, np.rint(x / unit) * unit)


def double_double(numbers):
    """Mpmath numbers as an array (..., 2): the nearest double, and the double nearest the rest."""
    high = [float(x) for x in numbers]
    low = [float(x - h) if math.isfinite(h) else 0.0 for x, h in zip(numbers, high, strict=True)]
    return np.stack([high, low], -1)


def ulps(got, exact, dtype, scale=0.0):
    """How far ``got`` is from ``exact``, in units in the last place of ``exact`` as that dtype.

    Of ``scale`` instead where that is larger. An infinite answer is right where the exact one
    rounds to infinity.
    """
    got, exact = np.asarray(got, float), np.asarray(exact)
    bits, low, high = FORMATS[dtype]
    size = np.maximum(np.abs(exact[..., 0]), scale)
    _, e = np.frexp(np.where(np.isinf(size), 1, size))
    unit = np.ldexp(1.0, np.maximum(e, low) - bits)
    with np.errstate(all="ignore"):
        off = np.abs((got - exact[..., 0]) - exact[..., 1]) / unit
    with np.errstate(over="ignore"):
        largest = np.ldexp(1 - 2.0**-bits, high) * (1 + 2.0 ** -(bits + 1))
    over = np.isinf(size) | (size > largest)
    same = (got == exact[..., 0]) & (exact[..., 1] == 0)
    off = np.where(same | (over & np.isinf(got) & (np.sign(got) == np.sign(exact[..., 0]))), 0, off)
    return np.where(np.isnan(off), np.inf, off)


# ------------------------------------------------------------------ rows


@dataclass
class Row:
    """Groups of equal classes; the first group is the label's and has one class."""

    logits: np.ndarray
    others: np.ndarray  # a second row of logits, for KL
    target: np.ndarray  # the share of each class
    count: np.ndarray
    order: np.ndarray  # which group each class is of
    gamma: float

    @property
    def label(self):
        return int(np.argmax(self.order == 0))


def _logits(rng, size, dtype):
    """One row of any of the hard kinds."""
    z = rng.standard_normal(size)
    kind = rng.integers(12)
    if kind == 1:
        z *= 10 ** rng.uniform(0, 3)
    elif kind == 2:
        z *= 10 ** rng.uniform(-300, 0)
    elif kind == 3:  # a common offset
        z = z * 10 ** rng.uniform(-3, 1) + rng.choice([-1, 1]) * 10 ** rng.uniform(3, 15)
    elif kind == 4:  # near certainty, to 1e-300 and below
        z[rng.integers(size)] += 10 ** rng.uniform(1, 2.88)
    elif kind == 5:
        z = np.round(3 * z)
    elif kind == 6:
        z *= 10 ** rng.uniform(3, 307)
    elif kind == 7:
        z *= 30
    elif kind == 8:  # near ties, some of them exact
        z = z[0] + rng.integers(-3, 4, size) * np.spacing(z[0]) * 2 ** rng.integers(0, 30)
    elif kind == 9:
        z[rng.random(size) < 0.3] = -np.inf
        z[0] = 1.0
    elif kind == 10:  # a sum of exponentials near 1: the logarithm of it near 0
        z -= np.log(np.exp(z).sum())
    elif kind == 11:
        z[rng.integers(size)] += rng.uniform(30, 45)
    return rounded(z, dtype)


def _beside(rng, z, dtype):
    """A row of logits near ``z``, far from it, or the same."""
    kind = rng.integers(6)
    if kind == 0:
        return _logits(rng, len(z), dtype)
    noise = rng.standard_normal(len(z))
    if kind == 1:
        return rounded(z + noise, dtype)
    if kind == 2:
        return rounded(z + noise * 10 ** rng.uniform(-15, 0), dtype)
    if kind == 3:
        return rounded(z * (1 + noise * 10 ** rng.uniform(-15, 0)) + rng.integers(-99, 99), dtype)
    if kind == 4:
        return z[::-1].copy()
    return z.copy()


def _targets(rng, z, count, dtype):
    """Shares that sum to 1 but for their rounding: drawn, of few classes, or the softmax itself."""
    kind = rng.integers(4)
    e = rng.standard_exponential(len(z)) ** rng.choice([1, 4])
    if kind == 1:
        e[rng.random(len(z)) < 0.5] = 0
        e[0] = 1
    elif kind == 2:
        e = np.where(np.isinf(z), 0, np.exp(np.clip(z - z.max(), -800, 0)))
    elif kind == 3:
        e = 0.1 / len(z) + 0.9 * (np.arange(len(z)) == 0)
    return rounded(e / (e * count).sum(), dtype)


@functools.cache
def rows(dtype):
    """All rows of the sweep, by their number of classes."""
    rng = np.random.default_rng([20, DTYPES.index(dtype)])
    found = {}
    for i, classes in enumerate(
        CLASSES + LARGE if dtype == "float64" else CLASSES[::4] + LARGE[:1]
    ):
        size = min(classes, 300)
        if classes <= 300:
            count = np.ones(size, int)
        else:
            count = 1 + rng.multinomial(classes - size, np.ones(size - 1) / (size - 1))
            count = np.concatenate([[1], count])[:size]
            count[1] += classes - count.sum()
        z = _logits(rng, size, dtype)
        if rng.random() < 0.5:  # the label is that of the largest logit
            top = z.argmax()
            z[[0, top]] = z[[top, 0]]
        if z[0] == -np.inf:
            z[0] = 0.0
        order = rng.permutation(np.repeat(np.arange(size), count))
        row = Row(z, None, _targets(rng, z, count, dtype), count, order, GAMMAS[i % 4])
        row.others = _beside(rng, z, dtype)
        found.setdefault(classes, []).append(row)
    return found


def column(group, name):
    """(rows, classes) numbers of a list of rows."""
    return np.stack([getattr(row, name)[row.order] for row in group])


def thinned(x, dtype, special):
    """All of ``x`` for float64, or else each fourth and the ``special`` last ones."""
    return x if dtype == "float64" else np.concatenate([x[:-special:4], x[-special:]])


@functools.cache
def scalars(dtype):
    """Logits of two classes, and a soft target for each."""
    rng = np.random.default_rng([21, DTYPES.index(dtype)])
    sign = rng.choice([-1.0, 1.0], 1200)
    z = np.concatenate(
        [
            rng.standard_normal(400) * 10,
            sign[:300] * 10 ** rng.uniform(-300, 0, 300),
            sign[300:600] * 10 ** rng.uniform(0, 2.9, 300),
            sign[600:700] * 10 ** rng.uniform(3, 308, 100),
            sign[700:800] * rng.uniform(30, 45, 100),
            [0.0, -0.0, 1e-300, -1e-300, 1e308, -1e308, np.inf, -np.inf, 36.7, -36.7, 745, -745],
        ]
    )
    z = rounded(thinned(z, dtype, 12), dtype)
    y = rng.random(len(z))
    with np.errstate(over="ignore"):
        y[::3] = 1 / (1 + np.exp(-z[::3]))  # the slope is near 0
    y[1::9] = 10 ** rng.uniform(-300, 0, len(y[1::9]))
    return z, rounded(y, dtype)


@functools.cache
def probabilities(dtype):
    """Probabilities of "yes", and a soft target for each."""
    rng = np.random.default_rng([22, DTYPES.index(dtype)])
    q = np.concatenate(
        [
            rng.random(400),
            10 ** rng.uniform(-307, 0, 300),
            1 - 10 ** rng.uniform(-16, 0, 300),
            [0.0, 1.0, 5e-324, 2.0**-53, 1 - 2.0**-53, 0.5],
        ]
    )
    q = rounded(thinned(q, dtype, 6), dtype)
    y = rng.random(len(q))
    y[::3] = q[::3] * (1 + 2.0 ** rng.uniform(-50, -1, len(y[::3])))
    return q, rounded(np.clip(y, 0, 1), dtype)


# ------------------------------------------------------------------ the exact answers, K classes


class Exact:
    """What one row comes to, group by group."""

    def __init__(self, z, count):
        z = [mpf(float(x)) for x in z]
        self.count = [int(n) for n in count]
        self.top = max(range(len(z)), key=lambda k: z[k])
        self.gap = [x - z[self.top] for x in z]
        e = [exp(x) if x > -20_000 else mpf(0) for x in self.gap]
        here = [n * x for n, x in zip(self.count, e, strict=True)]
        here[self.top] -= 1
        self.rest = fsum(here)
        total = 1 + self.rest
        self.log_total = log1p(self.rest)
        self.logsumexp = z[self.top] + self.log_total
        self.p = [x / total for x in e]
        self.not_p = [(total - x) / total for x in e]
        self.not_p[self.top] = self.rest / total
        self.surprise = [self.log_total - x for x in self.gap]

    def cross_entropy(self):
        return self.surprise[0], [-self.not_p[0], *self.p[1:]]

    def soft_cross_entropy(self, target):
        c = [mpf(float(x)) for x in target]
        value = fsum(
            n * a * s for n, a, s in zip(self.count, c, self.surprise, strict=True) if a != 0
        )
        total = fsum(n * a for n, a in zip(self.count, c, strict=True))
        parts = zip(self.p, self.not_p, c, strict=True)
        return value, [p * (total - a) - a * not_p for p, not_p, a in parts]

    def focal(self, gamma):
        p, not_p, surprise = self.p[0], self.not_p[0], self.surprise[0]
        if not_p == 0:  # as far as 20,000 nats go
            return mpf(0), [mpf(0)] * len(self.p)
        less = not_p ** (gamma - 1) * (gamma * p * surprise + not_p) if p != 0 else mpf(1)
        return not_p**gamma * surprise, [-less * not_p, *(less * x for x in self.p[1:])]

    def softmax_slopes(self):
        """Of the probability of the label."""
        p = self.p[0]
        return [p * self.not_p[0], *(-p * x for x in self.p[1:])]


def divergence(a, b, count):
    """KL and its slopes in the logits ``a`` of the truth and ``b`` of the model."""
    both = [(mpf(float(x)), mpf(float(y))) for x, y in zip(a, b, strict=True)]
    apart = [abs(x - y) for x, y in both if x != y and x > -inf < y]
    small = [abs(v) for pair in both for v in pair if v != 0 and abs(v) != inf]
    least = min([mpf(1), *apart, *small])
    with mp.workdps(80 + int(-log(least, 10))):
        p, q = Exact(a, count), Exact(b, count)
        value, ts = mpf(0), []
        for n, s, r, x, y in zip(p.count, p.surprise, q.surprise, p.p, q.p, strict=True):
            t = s - r if s != r else mpf(0)  # log q − log p
            ts.append(t)
            if s == inf:
                value += n * y
            elif r == inf:
                value = inf
            elif t > 20_000:
                value += n * (y - x * (1 + t))
            elif abs(t) > 1e-20:
                value += n * x * (expm1(t) - t)
            else:
                value += n * x * (t * t / 2 + t**3 / 6 + t**4 / 24)
        in_b = [y - x if abs(t) > 1 else x * expm1(t) for x, y, t in zip(p.p, q.p, ts, strict=True)]
        in_a = [-x * (t + value) if x != 0 else mpf(0) for x, t in zip(p.p, ts, strict=True)]
        return +value, in_a, in_b


@functools.cache
def exact(dtype, classes):
    """The exact answers of all rows with that many classes: name → (values, slopes)."""
    found = {}

    def put(name, row, value=None, slopes=None):
        values, gradients = found.setdefault(name, ([], []))
        if value is not None:
            values.append(double_double([value])[0] if not isinstance(value, list) else value)
        if slopes is not None:
            gradients.append(double_double(slopes)[row.order])

    with mp.workdps(60):
        for row in rows(dtype)[classes]:
            e = Exact(row.logits, row.count)
            put("softmax_cross_entropy_with_logits", row, *e.cross_entropy())
            put("soft", row, *e.soft_cross_entropy(row.target))
            put("softmax_focal_loss", row, *e.focal(row.gamma))
            put("logsumexp", row, e.logsumexp, e.p)
            slopes = e.cross_entropy()[1]
            put("log_softmax", row, None, [-x for x in slopes])
            put("softmax", row, None, e.softmax_slopes())
            found["log_softmax"][0].append(double_double([-s for s in e.surprise])[row.order])
            found["softmax"][0].append(double_double(e.p)[row.order])
            value, in_p, in_q = divergence(row.logits, row.others, row.count)
            put("kl_divergence_with_logits", row, value, in_p)
            put("in_q", row, None, in_q)
    return {name: [np.array(part) for part in parts] for name, parts in found.items()}


# ------------------------------------------------------------------ the exact answers, two classes


def _times(a, b):
    return mpf(0) if a == 0 else a * b


@functools.cache
def exact_scalars(dtype, kind, gamma=0.0, alpha=None):
    """Value and slope of the focal loss (γ = 0: cross-entropy) at all ``scalars``.

    ``kind`` is the label, 0 or 1, or "soft".
    """
    values, slopes = [], []
    with mp.workdps(60):
        for z, y in zip(*scalars(dtype), strict=True):
            z, y = mpf(float(z)), mpf(float(y)) if kind == "soft" else mpf(kind)
            small = exp(-min(abs(z), 20_000))
            q, not_q = 1 / (1 + small), small / (1 + small)
            if z == inf or z == -inf:
                not_q = mpf(0)
            q, not_q = (q, not_q) if z >= 0 else (not_q, q)
            if_yes, if_no = log1p(small) + max(-z, 0), log1p(small) + max(z, 0)
            if z == inf or z == -inf:
                if_yes, if_no = (mpf(0), inf) if z > 0 else (inf, mpf(0))
            one, zero = (y, 1 - y) if alpha is None else (alpha * y, (1 - alpha) * (1 - y))
            power_1, power_0 = _power(not_q, gamma), _power(q, gamma)
            values.append(_times(one * power_1, if_yes) + _times(zero * power_0, if_no))
            slope_1 = power_1 * (gamma * _times(q, if_yes) + not_q)
            slope_0 = power_0 * (gamma * _times(not_q, if_no) + q)
            slopes.append(zero * slope_0 - one * slope_1)
    return double_double(values), double_double(slopes)


def _power(x, gamma):
    return mpf(1) if gamma == 0 else mpf(0) if x == 0 else x**gamma


@functools.cache
def exact_probabilities(dtype, kind):
    values, slopes = [], []
    with mp.workdps(400):
        for q, y in zip(*probabilities(dtype), strict=True):
            q, y = mpf(float(q)), mpf(float(y)) if kind == "soft" else mpf(kind)
            yes, no = -log(q) if q else inf, -log1p(-q) if q != 1 else inf
            values.append(_times(y, yes) + _times(1 - y, no))
            in_yes, in_no = 1 / q if q else inf, 1 / (1 - q) if q != 1 else inf
            slopes.append(_times(1 - y, in_no) - _times(y, in_yes))
    return double_double(values), double_double(slopes)


def largest_ulp(dtype):
    """One unit in the last place of 1."""
    return ldexp(1, 1 - FORMATS[dtype][0])
