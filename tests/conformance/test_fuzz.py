"""Every function with all combinations of its keywords, on arrays of any shape, dtype and layout.

Hypothesis draws a call, mpmath computes it, and both backends must give that number or the error
that the docstring announces. 500 calls a day, 20,000 a week, always the same ones.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import exp, inf, log, mp, mpf

import ce_lib as ce

torch = pytest.importorskip("torch")

EPS = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
LAYOUTS = ("plain", "transposed", "strided", "reversed", "offset", "read-only", "other-endian")
WITH_GRADIENT = (
    "binary_cross_entropy_with_logits",
    "brier_with_logits",
    "mse_with_logits",
    "sigmoid_focal_loss",
    "softmax_cross_entropy_with_logits",
    "softmax_focal_loss",
)

# ------------------------------------------------------------------ arrays


def laid_out(x, layout):
    """The numbers of ``x`` in an array of that layout."""
    if not x.ndim:
        return x
    if layout == "transposed":
        return np.asfortranarray(x)
    if layout in ("strided", "offset"):
        room = np.zeros((*x.shape[:-1], 2 * x.shape[-1] + 1), x.dtype)
        view = room[..., 1::2] if layout == "strided" else room[..., 1 : x.shape[-1] + 1]
        view[...] = x
        return view
    if layout == "reversed":
        return x[::-1].copy()[::-1]
    if layout == "read-only":
        x = x.copy()
        x.flags.writeable = False
    return x.astype(x.dtype.newbyteorder()) if layout == "other-endian" else x


def rounded(x, dtype):
    """The float64 numbers that an array of that dtype holds instead of ``x``."""
    if not dtype.startswith(("float", "bfloat")):
        return x
    return torch.tensor(x.tolist(), dtype=getattr(torch, dtype)).double().numpy().reshape(x.shape)


def in_numpy(x, dtype, layout):
    if dtype == "bfloat16":
        return laid_out(x.astype(pytest.importorskip("ml_dtypes").bfloat16), "plain")
    return laid_out(x.astype(dtype), layout)


def in_torch(x, dtype, layout, device="cpu"):
    if layout in ("reversed", "read-only", "other-endian"):  # torch has none of these
        layout = "plain"
    base = laid_out(np.arange(x.size).reshape(x.shape), layout)
    x = torch.tensor(x.tolist(), dtype=getattr(torch, dtype)).reshape(x.shape).to(device)
    step = base.itemsize
    strides = [s // step for s in base.strides]
    room = x.new_zeros(1 + sum((n - 1) * s for n, s in zip(x.shape, strides, strict=True) if n))
    return room.as_strided(x.shape, strides).copy_(x) if x.numel() else x


def read(x):
    if isinstance(x, torch.Tensor):
        return x.detach().cpu().double().numpy()
    return np.asarray(x).astype(float)


# ------------------------------------------------------------------ what mpmath says


def xlogy(x, y):
    return mpf(0) if x == 0 else -inf if y == 0 else x * log(y)


def sigmoid(z):
    return 1 / (1 + exp(-z))


def softmax(z):
    top = max(z)
    e = [exp(x - top) if x > -inf else mpf(0) for x in z]
    return [x / sum(e) for x in e]


def surprise(q, gamma=0):
    """The loss −(1 − q)^γ log q of an event of probability q, and q times its slope in q."""
    if q == 0:
        return inf, mpf(-1)
    if q == 1:
        return mpf(0), mpf(-1 if gamma == 0 else 0)
    value = -((1 - q) ** gamma) * log(q)
    return value, gamma * (1 - q) ** (gamma - 1) * q * log(q) - (1 - q) ** gamma


def charged(mass, cost):
    return mass * cost if mass else mpf(0)


def of_yes_or_no(z, yes, no, gamma=0):
    """The loss of a logit from the masses of its answers, and its slope."""
    q, not_q = sigmoid(z), sigmoid(-z)
    (cost_1, pull_1), (cost_0, pull_0) = surprise(q, gamma), surprise(not_q, gamma)
    slope = charged(yes, pull_1 * not_q) - charged(no, pull_0 * q)
    return charged(yes, cost_1) + charged(no, cost_0), slope


def of_classes(z, mass, gamma=0):
    """The loss of a row of logits from the masses of its classes, and its gradient."""
    q = softmax(z)
    each = [surprise(x, gamma) for x in q]
    pull = [charged(m, p) for m, (_, p) in zip(mass, each, strict=True)]
    value = sum(charged(m, c) for m, (c, _) in zip(mass, each, strict=True))
    return value, [a - x * sum(pull) for a, x in zip(pull, q, strict=True)]


def of_squares(z, y):
    q = softmax(z)
    pull = [2 * (a - b) * a for a, b in zip(q, y, strict=True)]
    value = sum((a - b) ** 2 for a, b in zip(q, y, strict=True))
    return value, [a - x * sum(pull) for a, x in zip(pull, q, strict=True)]


def exact_rows(x):
    """The rows along the last axis, as mpf."""
    return [[mpf(v) for v in row] for row in x.reshape(-1, x.shape[-1]).tolist()]


# ------------------------------------------------------------------ the calls


@st.composite
def options(draw):
    """What a call is made of; the numbers come from the seed."""
    return {
        "seed": draw(st.integers(0, 2**32 - 1)),
        "shape": tuple(draw(st.lists(st.sampled_from([1, 2, 3, 0]), max_size=3))),
        "classes": draw(st.sampled_from([2, 3, 5, 1, 33])),
        "dtype": draw(st.sampled_from(list(EPS))),
        "scale": draw(st.sampled_from([1.0, 1e-6, 30.0, 800.0, 1e5, 1e-310, 0.0])),
        "impossible": draw(st.booleans()),
        "shared": draw(st.booleans()),
        "target": draw(st.sampled_from(["labels", "soft", "one-hot"])),
        "integers": draw(st.sampled_from(["int64", "int32", "int16", "int8", "uint8"])),
        "layouts": tuple(draw(st.sampled_from(LAYOUTS)) for _ in range(3)),
        "reduction": draw(st.sampled_from(["mean", "sum", "none"])),
        "weight": draw(st.sampled_from([None, "float64", "float32", "int64", "zeros"])),
        "second_weight": draw(st.sampled_from([None, "float64", "number"])),
        "example_weight": draw(st.sampled_from([None, "float64", "float32", "zeros"])),
        "divisor": draw(st.sampled_from([None, None, 7])),
        "ignore_index": draw(st.sampled_from([None, 0, 1, -1, -100, 127])),
        "label_smoothing": draw(st.sampled_from([0.0, 0.1, 1.0, 0])),
        "gamma": draw(st.sampled_from([2.0, 0.0, 0.5, 5, 1])),
        "temperature": draw(st.sampled_from([1.0, 0.5, 3.0, 7])),
        "precise": draw(st.booleans()),
        "out": draw(st.sampled_from([None, "new", "same"])),
        "ends": draw(st.booleans()),
    }


class Call:
    """The name of a function, its arguments by name with dtype and layout, and the exact answer.

    ``values`` are the losses of all elements, ``gradient`` that of their sum, flat; ``divisor`` is
    that of a mean, ``error`` the start of the sentence where the call must be refused.
    """

    def __init__(self, name, o):
        self.name, self.rng, self.o = name, np.random.default_rng(o["seed"]), o
        self.arrays, self.keywords = {}, {}
        self.gradient = self.divisor = self.error = None
        with mp.workdps(50):
            getattr(self, "_" + KINDS[name])()
        first = next(iter(self.arrays.values()))[0]
        self.largest = max([abs(x) for x in first.ravel() if math.isfinite(x)], default=0.0)
        if name == "linear_cross_entropy":  # the products are summed in the dtype of the input
            self.largest *= abs(self.arrays["linear_weight"][0]).max() * first.shape[1]

    # numbers

    def put(self, name, x, dtype):
        """The argument of that name, and its exact numbers."""
        layout = self.o["layouts"][len(self.arrays) % 3]
        if name in ("input", "logits") and self.o["shared"] and x.ndim > 1 and x.size:
            x = np.broadcast_to(x[:1], x.shape)
        x = rounded(np.array(x), dtype)
        self.arrays[name] = (x, dtype, layout)
        return x

    def logits(self, name, shape):
        z = np.clip(self.rng.normal(size=shape) * self.o["scale"], -6e4, 6e4)  # of a float16
        if self.o["impossible"] and self.name in BINARY:
            z = np.where(self.rng.random(shape) < 0.1, np.copysign(math.inf, z), z)
        elif self.o["impossible"] and shape[-1] > 1:
            z[..., self.rng.integers(shape[-1])] = -math.inf
        return self.put(name, z, self.o["dtype"])

    def distribution(self, name, shape):
        p = self.rng.dirichlet(np.full(shape[-1], 0.5), shape[:-1]).reshape(shape)
        if self.o["ends"] and p.size:
            p[..., :] = np.eye(shape[-1])[self.rng.integers(shape[-1])]
        return self.put(name, p, self.o["dtype"])

    def rows(self):
        return (*self.o["shape"], self.o["classes"])

    def weight(self, name, shape, kind):
        """Weights of that shape and their exact numbers, or ones where there are none."""
        if kind is None:
            return np.ones(shape)
        if kind == "number":
            self.keywords[name] = 0.75
            return np.full(shape, 0.75)
        w = self.rng.integers(0, 4, shape).astype(float) * (kind != "zeros")
        if kind.startswith("float"):
            w = w / 3
        return self.put(name, w, "float64" if kind == "zeros" else kind)

    def reduced(self, values, gradient, divisor, what):
        self.keywords["reduction"] = self.o["reduction"]
        self.values, self.gradient, self.divisor = values, gradient, divisor
        if self.o["reduction"] == "mean" and not divisor:
            self.error = what

    # kinds of functions

    def _classes(self):
        loss, o, shape = self.name, self.o, self.rows()
        has_weight = loss != "brier_with_logits"
        z = self.logits("logits", shape)
        kept = np.ones(shape[:-1], bool)
        if o["target"] == "labels":
            possible = np.flatnonzero(np.isfinite(z).all(tuple(range(z.ndim - 1))))
            y = self.rng.choice(possible if len(possible) else [0], shape[:-1])
            if has_weight and o["ignore_index"] is not None:
                self.keywords["ignore_index"] = o["ignore_index"]
                if o["ignore_index"] >= 0 or o["integers"][0] == "i":
                    y = np.where(self.rng.random(shape[:-1]) < 0.4, o["ignore_index"], y)
                kept = y != o["ignore_index"]
            y = self.put("target", np.asarray(y), o["integers"])
            target = (y[..., None] == np.arange(shape[-1])) * 1.0 * kept[..., None]
        elif o["target"] == "soft":
            target = self.distribution("target", shape)
        else:
            target = np.eye(shape[-1])[self.rng.integers(shape[-1], size=shape[:-1])]
            target = self.put("target", target, o["integers"])
        w = self.weight("weight", shape[-1:], o["weight"] if has_weight else None)
        share = self.weight(
            "example_weight", shape[:-1], o["example_weight"] if has_weight else None
        )
        shares = [mpf(x) for x in share.ravel().tolist()]
        kept &= share > 0
        mass = [[a * x for x in row] for a, row in zip(shares, exact_rows(w * target), strict=True)]
        divisor = sum(sum(row) for row in mass) if has_weight else len(mass)
        if has_weight and o["divisor"] and o["reduction"] == "mean":
            divisor = self.keywords["divisor"] = o["divisor"]
        gamma = smoothing = 0
        if loss == "softmax_focal_loss":
            gamma = self.keywords["gamma"] = o["gamma"]
        if loss == "softmax_cross_entropy_with_logits":
            smoothing = self.keywords["label_smoothing"] = o["label_smoothing"]
            self.keywords["precise"] = o["precise"]
        values, gradient = [], []
        spread, weights = mpf(smoothing) / shape[-1], [mpf(x) for x in w.tolist()]
        for row, y, is_kept, of_it in zip(
            *(exact_rows(z), exact_rows(target), kept.ravel(), shares), strict=True
        ):
            if loss == "brier_with_logits":
                value, slope = of_squares(row, y)
            else:
                total = sum(y)
                y = [
                    of_it * a * ((1 - mpf(smoothing)) * b + spread * total)
                    for a, b in zip(weights, y, strict=True)
                ]
                value, slope = of_classes(row, y, gamma)
            values.append(value if is_kept else mpf(0))
            gradient.extend(slope if is_kept else [mpf(0)] * len(row))
        self.reduced(
            values, gradient, divisor, "logits must|target must|weight must|example_weight must"
        )

    def _questions(self):
        loss, o, shape = self.name, self.o, self.o["shape"]
        z = self.logits("input", shape)
        y = self.rng.random(shape) if o["target"] == "soft" else self.rng.integers(0, 2, shape)
        dtype = {"soft": o["dtype"], "labels": o["integers"], "one-hot": "bool"}[o["target"]]
        if o["ends"]:  # one for all
            y = y.reshape(-1)[:1].sum()
        y = np.broadcast_to(self.put("target", np.asarray(y), dtype), shape)
        w = c = a = np.ones(shape)
        gamma, alpha = 0, False
        if loss == "binary_cross_entropy_with_logits":
            w = self.weight("weight", shape[-1:], o["weight"])
            c = self.weight("pos_weight", shape, o["second_weight"])
            self.keywords["precise"] = o["precise"]
        if loss == "sigmoid_focal_loss":
            gamma = self.keywords["gamma"] = o["gamma"]
            alpha = o["second_weight"] is not None
            if alpha:
                if o["second_weight"] == "number":
                    a = np.full(shape, 0.75)
                    self.keywords["alpha"] = 0.75
                else:
                    a = self.put("alpha", self.rng.integers(0, 5, shape[-1:]) / 4, "float64")
        values, gradient = [], []
        columns = (np.broadcast_to(x, shape).ravel().tolist() for x in (z, y, w, c, a))
        for x, t, w, c, a in zip(*columns, strict=True):
            x, t = mpf(x), mpf(t)
            if loss == "mse_with_logits":
                q = sigmoid(x)
                pair = (q - t) ** 2, 2 * (q - t) * q * sigmoid(-x)
            else:
                yes, no = (mpf(a) * t, (1 - mpf(a)) * (1 - t)) if alpha else (t, 1 - t)
                pair = of_yes_or_no(x, mpf(w) * mpf(c) * yes, mpf(w) * no, gamma)
            values.append(pair[0])
            gradient.append(pair[1])
        self.reduced(values, gradient, len(values), "input must")

    def _probability(self):
        loss, o, shape = self.name, self.o, self.o["shape"]
        q = self.rng.integers(0, 2, shape) if o["ends"] else self.rng.random(shape)
        q = self.put("input", np.asarray(q, float), o["dtype"])
        y = self.put("target", np.asarray(self.rng.random(shape)), o["dtype"])
        w = np.ones(shape)
        if loss == "binary_cross_entropy":
            w = self.weight("weight", shape[-1:], o["weight"])
        values = []
        columns = (np.broadcast_to(x, shape).ravel().tolist() for x in (q, y, w))
        for x, t, w in zip(*columns, strict=True):
            x, t, w = mpf(x), mpf(t), mpf(w)
            if loss == "mse_loss":
                values.append((x - t) ** 2)
            else:
                values.append(-xlogy(w * t, x) - xlogy(w * (1 - t), 1 - x))
        self.reduced(values, None, len(values), "input must")

    def _score(self):
        shape = self.rows()
        q, y = self.distribution("probs", shape), self.distribution("target", shape)
        pairs = zip(exact_rows(q), exact_rows(y), strict=True)
        values = [sum((a - b) ** 2 for a, b in zip(*rows, strict=True)) for rows in pairs]
        self.reduced(values, None, len(values), "probs must")

    def _distributions(self):
        shape = self.rows()
        p = exact_rows(self.distribution("p", shape))
        if self.name == "entropy":
            self.values = [-sum(xlogy(x, x) for x in row) for row in p]
            return
        q = exact_rows(self.distribution("q", shape[-1:] if self.o["shared"] else shape))
        self.values = []
        for i, a in enumerate(p):
            b = q[i % len(q)]
            m = [(x + y) / 2 for x, y in zip(a, b, strict=True)]
            of = {
                "cross_entropy": lambda a, b: -sum(map(xlogy, a, b)),
                "kl_divergence": lambda a, b: sum(
                    xlogy(x, x) - xlogy(x, y) - x + y for x, y in zip(a, b, strict=True)
                ),
            }
            kl = of["kl_divergence"]
            if self.name == "jensen_shannon_divergence":
                self.values.append((kl(a, m) + kl(b, m)) / 2)
            else:
                self.values.append(of[self.name](a, b))

    def _rows(self):
        z = exact_rows(self.logits("logits", self.rows()))
        t = 1
        if self.name in ("softmax", "log_softmax"):
            t = self.keywords["temperature"] = self.o["temperature"]
        if self.name == "log_softmax":
            self.keywords["precise"] = self.o["precise"]
        gamma = 2
        if self.name == "focal_posterior":
            gamma = self.keywords["gamma"] = self.o["gamma"]
        self.values = []
        for row in z:
            q = softmax([x / t for x in row])
            if self.name == "logsumexp":
                self.values.append(max(row) + log(sum(exp(x - max(row)) for x in row)))
            elif self.name == "entropy_with_logits":
                self.values.append(-sum(xlogy(x, x) for x in q))
            elif self.name == "focal_posterior":
                h = q if max(q) == 1 else [x / -surprise(x, gamma)[1] for x in q]
                self.values.extend(x / sum(h) for x in h)
            elif self.name == "log_softmax":
                top = max(row)
                total = log(sum(exp((x - top) / t) for x in row))
                self.values.extend((x - top) / t - total for x in row)
            else:
                self.values.extend(q)

    def _odds(self):
        q = self.rng.integers(0, 3, self.o["shape"]) / 2 if self.o["ends"] else None
        q = self.rng.random(self.o["shape"]) if q is None else q
        q = [mpf(x) for x in self.put("probs", np.asarray(q), self.o["dtype"]).ravel().tolist()]
        self.values = [log(x / (1 - x)) if 0 < x < 1 else inf * (2 * x - 1) for x in q]

    def _numbers(self):
        z = self.logits("logits", self.o["shape"]).ravel().tolist()
        self.values = [sigmoid(mpf(x)) for x in z]
        if self.name == "log_sigmoid":
            self.values = [min(mpf(x), 0) - log(1 + exp(-abs(mpf(x)))) for x in z]

    def _two_rows(self):
        a = exact_rows(self.logits("p_logits", self.rows()))
        shape = self.rows()[-1:] if self.o["shared"] else self.rows()
        b = exact_rows(self.logits("q_logits", shape))
        self.keywords["precise"] = self.o["precise"]
        self.values = []
        for i, x in enumerate(a):
            p, q = softmax(x), softmax(b[i % len(b)])
            self.values.append(sum(xlogy(s, s) - xlogy(s, t) for s, t in zip(p, q, strict=True)))

    def _linear(self):
        o = self.o
        n, d, v = math.prod(o["shape"]), o["classes"], 1 + o["seed"] % 5
        x = self.put("input", self.rng.normal(size=(n, d)), o["dtype"])
        w = self.put("linear_weight", self.rng.normal(size=(v, d)), o["dtype"])
        y = self.rng.integers(0, v, n)
        if o["ignore_index"] in (0, 1, 127):
            self.keywords["ignore_index"] = o["ignore_index"]
            y = np.where(self.rng.random(n) < 0.4, o["ignore_index"], y)
        kept = y != self.keywords.get("ignore_index", -100)
        self.put("target", y, o["integers"])
        bias = np.zeros(v)
        if o["second_weight"]:
            bias = self.put("linear_bias", self.rng.normal(size=v), o["dtype"])
        costs = self.weight("weight", (v,), o["weight"])
        share = self.weight("example_weight", (n,), o["example_weight"])
        smoothing = self.keywords["label_smoothing"] = o["label_smoothing"]
        divisor = sum(share[kept] * costs[y[kept]])
        if o["divisor"] and o["reduction"] == "mean":
            divisor = self.keywords["divisor"] = o["divisor"]
        z = exact_rows(x @ w.T + bias) if n else []  # float64 is enough for its tolerance
        values = []
        for row, label, is_kept, of_it in zip(z, y.tolist(), kept, share.tolist(), strict=True):
            target = [(1 - smoothing) * (k == label) + smoothing / v for k in range(v)]
            mass = [mpf(of_it * c * t) for c, t in zip(costs.tolist(), target, strict=True)]
            values.append(of_classes(row, mass)[0] if is_kept else mpf(0))
        what = "input must|target must|weight must|example_weight must"
        self.reduced(values, None, divisor, what)

    # the calls

    def arguments(self, make):
        return {k: make(*v) for k, v in self.arrays.items()} | self.keywords

    def answer(self):
        """The exact result as a flat list, and what it may be off by beside a rounding."""
        values, scale = self.values, 1
        if self.keywords.get("reduction") in ("mean", "sum"):
            values = [sum(values, mpf(0))]
            scale = self.divisor if self.keywords["reduction"] == "mean" else 1
        return [v / scale for v in values]


KINDS = (
    dict.fromkeys(
        ("softmax_cross_entropy_with_logits", "softmax_focal_loss", "brier_with_logits"), "classes"
    )
    | dict.fromkeys(
        ("binary_cross_entropy_with_logits", "sigmoid_focal_loss", "mse_with_logits"), "questions"
    )
    | dict.fromkeys(("binary_cross_entropy", "mse_loss"), "probability")
    | {"brier_score": "score", "kl_divergence_with_logits": "two_rows"}
    | dict.fromkeys(
        ("entropy", "cross_entropy", "kl_divergence", "jensen_shannon_divergence"), "distributions"
    )
    | dict.fromkeys(
        ("logsumexp", "log_softmax", "softmax", "entropy_with_logits", "focal_posterior"), "rows"
    )
    | dict.fromkeys(("sigmoid", "log_sigmoid"), "numbers")
    | {"linear_cross_entropy": "linear", "logit": "odds"}
)
BINARY = [name for name, kind in KINDS.items() if kind in ("questions", "numbers")]

# ------------------------------------------------------------------ the comparison


def assert_right(got, exact, call, what):
    """``got`` is the exact result, rounded to the dtype; and near it where terms cancel."""
    dtype = str(got.dtype if isinstance(got, torch.Tensor) else got.dtype.newbyteorder("="))
    dtype = dtype.removeprefix("torch.")
    got = read(got).ravel()
    expected = np.array([float(x) for x in exact])
    eps, last_digits = EPS[dtype], 0.0
    if call.name == "linear_cross_entropy":  # its products are in the dtype of the input
        last_digits = eps = EPS[call.arrays["input"][1]]
    elif call.keywords.get("precise") is False:  # whatever is not a float64 may be a float32
        last_digits = EPS["float64" if dtype == "float64" else "float32"]
    rtol = 1e-12 + 0.51 * eps + 40 * last_digits
    size = 1 + call.largest
    atol = (1e-15 * max(len(call.values), 1) + last_digits) * size
    tiny = {"float64": 0.0, "float32": 1e-37, "bfloat16": 1e-37, "float16": 6.1e-5 * eps}[dtype]
    largest_number = {"float16": 65504.0}.get(dtype, 3e38 if dtype != "float64" else 1e308)
    assert len(got) == len(expected), (call.name, what, call.o)
    for a, b in zip(got, expected, strict=True):
        if abs(b) > largest_number * (1 - eps / 2) and abs(a) == math.inf and a * b > 0:
            continue
        near = a == b or abs(a - b) <= rtol * abs(b) + atol + tiny
        assert near, f"{what}: {a!r} instead of {b!r} in {call.name} {call.keywords} {call.o}"


def run(name, o, device="cpu"):
    if name == "calibration":
        compare_calibration(o)
        return
    call = Call(name, o)
    function = getattr(ce, name)

    def of_torch(*x):
        return in_torch(*x, device=device)

    for backend, make in (("numpy", in_numpy), (f"torch {device}", of_torch)):
        arguments = call.arguments(make)
        if call.error:
            with pytest.raises(ValueError, match=f"^({call.error}) "):
                function(**arguments)
            continue
        value = function(**arguments)
        assert_right(value, call.answer(), call, backend)
        if call.gradient is None or not all(abs(v) < inf for v in call.values):
            continue
        scale = call.divisor if call.keywords["reduction"] == "mean" else 1
        gradient = [g / scale for g in call.gradient]
        first, second, *rest = arguments
        keywords = {k: arguments[k] for k in rest}
        z = arguments[first]
        if backend == "numpy":
            out = None
            if o["out"]:
                z = z if o["out"] == "same" and z.flags.writeable else np.copy(z)
                out = z if o["out"] == "same" else np.empty_like(z)
        else:
            out = {None: None, "new": torch.empty_like(z), "same": z}[o["out"]]
        both = ce.value_and_grad(function, z, arguments[second], out=out, **keywords)
        assert_right(both[0], call.answer(), call, f"{backend} value beside the gradient")
        assert_right(both[1], gradient, call, f"{backend} gradient")
        assert out is None or both[1] is out
        if backend != "numpy":
            arguments = call.arguments(of_torch)
            leaf = arguments[first].detach().requires_grad_()
            loss = function(**arguments | {first: leaf})
            loss.sum().backward()
            assert leaf.grad is not None, (name, o)
            assert_right(leaf.grad, gradient, call, f"{backend} autograd")


MEASURES = ("expected", "maximum", "classwise")


def compare_calibration(o):
    """The measures of calibration have no formula but the definition: the backends must agree."""
    rng = np.random.default_rng(o["seed"])
    n, classes = 1 + o["seed"] % 40, o["classes"]
    probs = rounded(rng.dirichlet(np.ones(classes), n), o["dtype"])
    labels = rng.integers(0, classes, n)
    weight = o["weight"] and rng.integers(0, 3, n) * (o["weight"] != "zeros")
    keywords = {"strategy": "quantile" if o["shared"] else "uniform", "n_bins": 1 + o["seed"] % 12}
    for measure in MEASURES:
        function = getattr(ce, f"{measure}_calibration_error")
        q, y = probs, labels
        if o["ends"] and measure != "classwise":
            q, y = probs[:, 0], (labels == 0) * 1
        results = []
        for make in (in_numpy, in_torch):
            arguments = [make(q, o["dtype"], o["layouts"][0]), make(y, "int64", o["layouts"][1])]
            if weight is not None:
                keywords["weight"] = make(weight * 1.0, "float64", o["layouts"][2])
            if weight is not None and not weight.any():
                with pytest.raises(ValueError, match=r"^weight must be above 0 for some example"):
                    function(*arguments, **keywords)
                continue
            results.append(float(function(*arguments, **keywords)))
            assert 0 <= results[-1] <= 1, (measure, o)
        assert len({*results}) <= 1 or results[0] == pytest.approx(
            results[1], rel=2 * EPS[o["dtype"]], abs=1e-12
        ), (measure, o)


calls = st.tuples(st.sampled_from([*KINDS, "calibration"]), options())


@settings(derandomize=True, deadline=None, max_examples=500, database=None)
@given(calls)
def test_any_call_has_its_number_or_its_documented_error(call):
    run(*call)


@pytest.mark.weekly
@settings(derandomize=True, deadline=None, max_examples=20_000, database=None)
@given(calls)
def test_twenty_thousand_calls_have_their_number_or_their_documented_error(call):
    run(*call)
