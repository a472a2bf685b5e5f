"""The project at the end of the book: a classifier with two faults, drawn by a student's number.

``python -m ce_lib.exercises.project 1 2 3`` prints the key: the faults of these patients.
"""

import functools
import itertools
import operator
import sys
from dataclasses import dataclass

import numpy as np

from . import Feedback, _broken
from .words import numbers


@dataclass(frozen=True)
class Fault:
    """What can be wrong, and the one measurement that tells it from all others.

    Args:
        what: is measured, in words.
        measure: of a patient, the number, by what a student has in hand too.
        sick: of a patient, what the number is with this fault; without it, it is another.
    """

    what: str
    measure: object
    sick: object

    def seen(self, patient):
        return np.isclose(
            self.measure(patient), self.sick(patient), rtol=0.05, atol=0, equal_nan=True
        )

    def against(self, name, patient):
        here, sick = self.measure(patient) + 0.0, self.sick(patient)  # −0 reads as 0
        what = self.what.format(last=patient.K - 1)
        return f"Against “{name}”: {what} is {here:.3g} here, and the fault makes it {sick:.3g}."


def _above(patient, margin, label=0):
    """The loss of one example whose true logit is this far above the others."""
    return patient.loss(margin * np.eye(patient.K)[label], label)


def _growth(patient):
    """The loss where the truth has 0.1, over that where it has 0.9; the others share the rest."""
    rest = patient.K - 1
    return _above(patient, np.log(0.1 * rest / 0.9)) / _above(patient, np.log(0.9 * rest / 0.1))


def _slope_far_below(patient):
    row = np.eye(patient.K)[0]
    return patient.slope(-20 * row, 0)[0] / patient.slope(0 * row, 0)[0]


def _no_label(patient):
    slope = patient.slope(np.zeros((2, patient.K)), [-1, patient.K - 1])[:, -1]
    return slope[0] / slope[1]


def _differences(patient, h=0.1):
    finite = (_above(patient, h) - _above(patient, -h)) / (2 * h)
    return finite / patient.slope(np.zeros(patient.K), 0)[0]


def _rarity(patient):
    n = np.bincount(patient.y[patient.y >= 0])
    return n[0] / n[-1]


FAULTS = {
    "double softmax": Fault(
        "the loss of a true logit 30 above the others, over that of equal logits,",
        lambda patient: _above(patient, 30) / _above(patient, 0),
        lambda patient: (np.log(np.e + patient.K - 1) - 1) / np.log(patient.K),
    ),
    "swapped arguments": Fault(
        "the factor by which the loss grows where the truth gets 0.1 for 0.9", _growth, lambda _: 9
    ),
    "squared error": Fault(
        "the factor by which the loss grows where the truth gets 0.1 for 0.9", _growth, lambda _: 81
    ),
    "clipped probabilities": Fault(
        "the slope in a true logit 20 below the others, over that at equal logits,",
        _slope_far_below,
        lambda _: 0,
    ),
    "float16": Fault(
        "the loss of a true logit 10 above the others",
        lambda patient: _above(patient, 10),
        lambda _: 0,
    ),
    "sum for mean": Fault(
        "the loss of an example given twice, over that of it once,",
        lambda patient: patient.loss(np.zeros((2, patient.K)), [0, 0]) / _above(patient, 0),
        lambda _: 2,
    ),
    "label -1": Fault(
        "the slope of an example without a label, over that of the same with the label {last},",
        _no_label,
        lambda _: 1,
    ),
    "class weights": Fault(
        "at equal logits the loss of class {last}, over that of class 0,",
        lambda patient: _above(patient, 0, patient.K - 1) / _above(patient, 0),
        _rarity,
    ),
    "no shift": Fault(
        "the loss of equal logits of 100",
        lambda patient: patient.loss(np.full(patient.K, 100.0), 0),
        lambda _: np.nan,
    ),
    "bits for nats": Fault(
        "the slope by finite differences, over the slope that it steps along,",
        _differences,
        lambda _: 1 / np.log(2),
    ),
    "label smoothing": Fault(
        "what the loss grows by, for each unit by which the true logit leads more than 20,",
        lambda patient: (_above(patient, 30) - _above(patient, 20)) / 10,
        lambda patient: _broken.SMOOTHING * (1 - 1 / patient.K),
    ),
}
OF_THE_PAGE = ("label smoothing",)  # patient 0, and no other
# Of these a loss has one: each is another formula, or hides another's.
FORMULAS = {
    "double softmax",
    "swapped arguments",
    "squared error",
    "clipped probabilities",
    "float16",
}
# A squared error has no logarithm to be in bits, and float16 overflows with the shift too.
NEVER = ({"squared error", "bits for nats"}, {"float16", "no shift"})
PAIRS = [
    pair
    for pair in itertools.combinations([name for name in FAULTS if name not in OF_THE_PAGE], 2)
    if len(FORMULAS.intersection(pair)) < 2 and set(pair) not in NEVER
]


@dataclass(frozen=True)
class _Case:
    """All there is to know of a patient."""

    faults: tuple
    weights: object
    eps: float
    start: tuple
    theta: tuple
    log: object
    data: tuple
    goal: float


@functools.lru_cache(maxsize=64)
def _case(seed):
    rng = np.random.default_rng(seed)
    centres, share, *data = _broken.draw(rng)
    X, y, X_val, y_val = data
    n = np.bincount(y[y >= 0])
    weights, eps = n.sum() / (len(n) * n), rng.choice([0.01, 0.02])
    common = rng.uniform(60, 80)
    best = np.log(share) - ((X_val[:, None] - centres) ** 2).sum(2) / 2
    goal = round(_loss(_broken.softmax(best, ())[0], y_val) + 0.05, 3)
    pairs = [PAIRS[at] for at in rng.permutation(len(PAIRS))] if seed else [OF_THE_PAGE]
    for faults in pairs:
        with np.errstate(all="ignore"):
            given = (*data, faults, weights, eps)
            if "no shift" in faults:
                common = _overflows_late(centres, given)
            start = _broken.start(centres, faults, common)
            theta, log = _broken.train(start, *given)
            q = _broken.softmax(_broken.logits(theta, X_val, faults).astype(float), ())[0]
            if not _loss(q, y_val) <= goal:  # nan is no success
                return _Case(faults, weights, eps, start, theta, log[:2], tuple(data), goal)
    raise AssertionError("all pairs of faults leave this patient well")


def _overflows_late(centres, given):
    """What to add to all logits of the start, so that one overflows in float32 after a while.

    Softmax does not see it; without the shift the run ends in nan.
    """
    *data, faults, weights, eps = given
    shifted = tuple(name for name in faults if name != "no shift")
    _, (_, _, largest) = _broken.train(
        _broken.start(centres, shifted, 0), *data, shifted, weights, eps
    )
    before = np.maximum.accumulate(largest)[:-1]
    grows = np.flatnonzero(largest[1:] > before + 0.2)  # rounding differs with what is added
    late = grows[grows > _broken.STEPS // 5]
    at = next(iter(late), grows[-1] if len(grows) else 0)
    between = (before[at] + largest[at + 1]) / 2 if len(grows) else largest[0] - 1
    return np.log(np.finfo(np.float32).max) - between


def _loss(q, y):
    with np.errstate(divide="ignore"):
        return -np.log(q[np.arange(len(y)), y]).mean()


def patient(seed):
    """A broken classifier to diagnose: the project at the end of the book.

    Args:
        seed: a whole number from 0, such as a student's; the same one gives the same patient
            anywhere. Patient 0 is the one that the page treats.

    Returns:
        A Patient. Its data are X (600, 2) and y (600,), where −1 is a label that is missing, and
        X_val and y_val to validate on, of K classes; its run is start (W, b), rate, steps and log,
        the reported loss and the accuracy at each step; its methods are loss, slope and predict to
        examine it, diagnose to name its faults, and repaired to show that they are gone.

    Raises:
        ValueError: seed is no whole number from 0.

    Example:
        >>> ce.patient(0)
        Patient 0: 5 classes, 600 examples to train on and 600 to validate on, 200 steps.
        >>> ce.patient(0).diagnose("double softmax").right
        False

    See Also:
        check: for the exercises of the chapters.

    The project, after chapter 6.
    """
    return Patient(seed)


class Patient:
    """A classifier, its data and its run; two of its parts are broken. See ``ce.patient``."""

    def __init__(self, seed):
        try:
            self.seed = operator.index(seed)
        except TypeError:
            self.seed = -1
        if self.seed < 0:
            raise ValueError(f"seed must be a whole number from 0, got {seed!r:.60}")
        case = _case(self.seed)
        self.X, self.y, self.X_val, self.y_val = (part.copy() for part in case.data)
        self.K, self.goal = len(case.weights), case.goal
        self.rate, self.steps = _broken.RATE, _broken.STEPS
        self.start = tuple(part.astype(float) for part in case.start)
        self.log = dict(zip(("loss", "accuracy"), case.log.copy(), strict=True))

    def __repr__(self):
        return (
            f"Patient {self.seed}: {self.K} classes, {len(self.y)} examples to train on and "
            f"{len(self.y_val)} to validate on, {self.steps} steps."
        )

    def loss(self, z, y):
        """The loss of a batch, as it is reported.

        Args:
            z: (N, K) logits, or the K of one example.
            y: (N,) labels from 0, −1 where there is none, or one label.

        Returns:
            A number.

        Raises:
            ValueError: z or y has another shape, or y another label.
        """
        return float(self._loss_and_slope(z, y)[0])

    def slope(self, z, y):
        """The slope of the loss of a batch in the logits, as the training steps along it.

        Args and errors as for loss; the slope has the shape of z.
        """
        return self._loss_and_slope(z, y)[1]

    def _loss_and_slope(self, z, y):
        rows, labels = numbers(z), numbers(y)
        if rows is None or rows.ndim not in (1, 2) or rows.shape[-1] != self.K or not rows.size:
            raise ValueError(
                f"z must hold {self.K} logits for each example, got {_shape(z, rows)}"
            )
        if labels is None or labels.shape != rows.shape[:-1]:
            wanted = f"{len(rows)} labels" if rows.ndim == 2 else "one label"
            raise ValueError(f"y must be {wanted}, as z has rows, got {_shape(y, labels)}")
        if not np.isin(labels, np.arange(-1, self.K)).all():
            raise ValueError(f"labels must be whole numbers from −1 to {self.K - 1}")
        case = _case(self.seed)
        with np.errstate(all="ignore"):
            value, slope = _broken.loss_and_slope(
                np.atleast_2d(rows),
                np.atleast_1d(labels).astype(int),
                case.faults,
                case.weights,
                case.eps,
            )
        return value, slope.astype(float).reshape(rows.shape)

    def predict(self, X):
        """The probabilities that the classifier gives after its run.

        Args:
            X: (N, 2) inputs.

        Returns:
            (N, K), each row with a sum of 1, or nan.

        Raises:
            ValueError: X has another shape.
        """
        inputs = numbers(X)
        if inputs is None or inputs.ndim != 2 or inputs.shape[1] != 2:
            raise ValueError(f"X must hold 2 numbers for each example, got {_shape(X, inputs)}")
        case = _case(self.seed)
        with np.errstate(all="ignore"):
            z = _broken.logits(case.theta, inputs, case.faults)
            return _broken.softmax(z.astype(float), case.faults)[0]

    def diagnose(self, *names):
        """Says which of the faults that you name the patient has, and what speaks against others.

        Args:
            names: of the faults, as in the table of suspects: "double softmax", "no shift".

        Returns:
            A Feedback, true where these are its faults and all of them.
        """
        faults = _case(self.seed).faults
        many = "One fault" if len(faults) == 1 else "Two faults"
        for name in names:
            if not isinstance(name, str) or name not in FAULTS:
                known = ", ".join(f"“{one}”" for one in FAULTS)
                return Feedback(False, f"{name!r:.40} is no suspect. They are: {known}.")
        if not 1 <= len(names) <= len(faults) or len(set(names)) < len(names):
            return Feedback(False, f"{many} must be named, each once, got {len(names)} names.")
        wrong = [name for name in names if name not in faults]
        if not wrong and len(names) == len(faults):
            return Feedback(True, "Right. Now show it: evidence, a repair, and the run after it.")
        if not wrong:
            return Feedback(False, "Right so far, and there is one more.")
        if len(wrong) < len(names):
            said = "One of the two is right."
        else:
            said = "Neither is right." if len(names) == 2 else "That is not it."
        return Feedback(False, " ".join([said, *(FAULTS[n].against(n, self) for n in wrong)]))

    def repaired(self, q):
        """Says whether the repaired classifier is as good as it can be made.

        Args:
            q: (600, K) its probabilities for X_val.

        Returns:
            A Feedback, true where their mean cross-entropy is at most goal, in nats.
        """
        probs, shape = numbers(q), (len(self.y_val), self.K)
        if probs is None or probs.shape != shape:
            came = _shape(q, probs)
            return Feedback(False, f"The probabilities for X_val have the shape {shape}, got {came}.")
        if np.isnan(probs).any():
            return Feedback(False, f"{np.isnan(probs).any(1).sum()} rows hold nan.")
        if (probs < 0).any() or (abs(probs.sum(1) - 1) > 1e-3).any():
            return Feedback(False, "Each row must be probabilities with a sum of 1: are these logits?")
        y_val = _case(self.seed).data[3]
        value, share = _loss(probs, y_val), np.bincount(y_val) / len(y_val)
        if value <= self.goal:
            return Feedback(True, f"Well again: {value:.3f} nats, at most {self.goal} was to reach.")
        said = f"Not yet: {value:.3f} nats, and {self.goal} is to be reached."
        baseline = -np.sum(share * np.log(share))
        if value > baseline:
            said += f" The shares of the classes alone, as a constant, would cost {baseline:.3f}."
        elif np.mean(probs.argmax(1) == y_val) > 0.8:
            said += " Most answers are right: how sure are they, beside how often they are right?"
        return Feedback(False, said)


def _shape(value, array):
    return f"the shape {array.shape}" if array is not None else f"{value!r:.40}"


def key(seeds):
    """The faults of the patients with these seeds, for who grades: a tuple of names for each."""
    return [_case(Patient(seed).seed).faults for seed in seeds]


def main(words):
    if not words or not all(word.isdecimal() for word in words):
        sys.exit("Name the students' numbers: python -m ce_lib.exercises.project 1 2 3")
    for word, faults in zip(words, key(map(int, words)), strict=True):
        print(f"{word}\t{', '.join(faults)}")


if __name__ == "__main__":
    main(sys.argv[1:])
