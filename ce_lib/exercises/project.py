"""The project at the end of the book: a classifier with two faults, chosen by a student's number.

``python -m ce_lib.exercises.project 1 2 3`` prints the faults of these patients, for the teacher.
"""

import operator
import sys

import numpy as np

from . import Feedback, _broken
from ._suspects import FAULTS
from .words import numbers


def patient(seed):
    """A broken classifier to diagnose: the project at the end of the book.

    Args:
        seed: a whole number from 0, such as a student's number; it gives the same patient on every
            computer. Patient 0 is the example of the page.

    Returns:
        A Patient of K classes. Its data are X (600, 2) and y (600,), where −1 marks a missing
        label, and X_val and y_val for validation. Its run is start (W, b), rate, steps, and log
        with the reported loss and the accuracy of each step. Its methods loss, slope and predict
        examine it; diagnose checks the faults that you name, and repaired checks your repair.

    Raises:
        ValueError: seed is not a whole number from 0.

    Example:
        >>> ce.patient(0)
        Patient 0: 600 examples of 5 classes, as many to validate on, 200 steps.
        >>> ce.patient(0).diagnose("double softmax").right
        False

    See Also:
        check: for the exercises of the chapters.

    Chapter: project.
    """
    return Patient(seed)


class Patient:
    """A classifier with two broken parts, its data and its run. See ``ce.patient``."""

    def __init__(self, seed):
        try:
            self.seed = operator.index(seed)
        except TypeError:
            self.seed = -1
        if self.seed < 0:
            raise ValueError(f"seed must be a whole number from 0, got {seed!r:.60}")
        case = _broken.case(self.seed)
        self.X, self.y, self.X_val, self.y_val = (part.copy() for part in case.data)
        self.K, self.goal = len(case.weights), case.goal
        self.rate, self.steps = _broken.RATE, _broken.STEPS
        self.start = tuple(part.astype(float) for part in case.start)
        self.log = dict(zip(("loss", "accuracy"), case.log.copy(), strict=True))

    def __repr__(self):
        return (
            f"Patient {self.seed}: {len(self.y)} examples of {self.K} classes, as many to "
            f"validate on, {self.steps} steps."
        )

    def loss(self, z, y):
        """The loss of a batch, as the patient reports it.

        Args:
            z: (N, K) logits, or the K of one example.
            y: (N,) labels from 0, −1 for a missing one, or one label.

        Returns:
            A number.

        Raises:
            ValueError: z or y has another shape, or y another label.
        """
        return float(self._loss_and_slope(z, y)[0])

    def slope(self, z, y):
        """The gradient of the loss of a batch in the logits, as the training uses it.

        Args and errors as for loss; the slope has the shape of z.
        """
        return self._loss_and_slope(z, y)[1]

    def _loss_and_slope(self, z, y):
        rows, labels = numbers(z), numbers(y)
        if rows is None or rows.ndim not in (1, 2) or rows.shape[-1] != self.K or not rows.size:
            raise ValueError(f"z must hold {self.K} logits for each example, got {_shape(z, rows)}")
        if labels is None or labels.shape != rows.shape[:-1]:
            wanted = f"{len(rows)} labels" if rows.ndim == 2 else "one label"
            raise ValueError(f"y must be {wanted}, as z has rows, got {_shape(y, labels)}")
        if not np.isin(labels, np.arange(-1, self.K)).all():
            raise ValueError(f"labels must be whole numbers from −1 to {self.K - 1}")
        case = _broken.case(self.seed)
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
        """The probabilities that the trained classifier gives.

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
        case = _broken.case(self.seed)
        with np.errstate(all="ignore"):
            z = _broken.logits(case.theta, inputs, case.faults)
            return _broken.softmax(z.astype(float), case.faults)[0]

    def diagnose(self, *names):
        """Says whether the patient has the faults that you name, and what speaks against them.

        Args:
            names: names of faults, as in the table of suspects: "double softmax", "no shift".

        Returns:
            A Feedback, true if these are all of its faults and no others.
        """
        faults = _broken.case(self.seed).faults
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
            A Feedback, true if their mean cross-entropy is at most goal, in nats.
        """
        probs, shape = numbers(q), (len(self.y_val), self.K)
        if probs is None or probs.shape != shape:
            came = _shape(q, probs)
            return Feedback(
                False, f"The probabilities for X_val have the shape {shape}, got {came}."
            )
        if np.isnan(probs).any():
            return Feedback(False, f"{np.isnan(probs).any(1).sum()} rows hold nan.")
        if (probs < 0).any() or (abs(probs.sum(1) - 1) > 1e-3).any():
            return Feedback(
                False, "Each row must be probabilities with a sum of 1: are these logits?"
            )
        y_val = _broken.case(self.seed).data[3]
        value, share = _broken.cross_entropy(probs, y_val), np.bincount(y_val) / len(y_val)
        if value <= self.goal:
            return Feedback(True, f"Well again: {value:.3f} nats, and the goal is {self.goal}.")
        said = f"Not yet: {value:.3f} nats, and the goal is {self.goal}."
        baseline = -np.sum(share * np.log(share))
        if value > baseline:
            said += f" The shares of the classes alone, as a constant, would cost {baseline:.3f}."
        elif np.mean(probs.argmax(1) == y_val) > 0.8:
            said += " Most answers are right: how sure are they, beside how often they are right?"
        return Feedback(False, said)


def _shape(value, array):
    return f"the shape {array.shape}" if array is not None else f"{value!r:.40}"


def key(seeds):
    """The faults of the patients with these seeds, for the grader: a tuple of names for each."""
    return [_broken.case(Patient(seed).seed).faults for seed in seeds]


def main(words):
    if not words or not all(word.isdecimal() for word in words):
        sys.exit("Name the students' numbers: python -m ce_lib.exercises.project 1 2 3")
    for word, faults in zip(words, key(map(int, words)), strict=True):
        print(f"{word}\t{', '.join(faults)}")


if __name__ == "__main__":
    main(sys.argv[1:])
