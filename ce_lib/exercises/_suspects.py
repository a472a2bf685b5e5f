"""The suspects of the project: the faults that a patient can have, and how each shows."""

import itertools
from dataclasses import dataclass

import numpy as np

SMOOTHING = 0.4  # of the page's patient


@dataclass(frozen=True)
class Fault:
    """A fault, and a measurement that tells it from all others.

    Args:
        what: the measured quantity, in words.
        measure: a function of a patient that measures it, with what a student has, too.
        sick: a function of a patient that returns the value with this fault, and only with it.
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
    """The loss of one example whose true logit is `margin` above the others."""
    return patient.loss(margin * np.eye(patient.K)[label], label)


def _growth(patient):
    """The loss if the true class has 0.1, divided by the loss if it has 0.9."""
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
        lambda patient: SMOOTHING * (1 - 1 / patient.K),
    ),
}
OF_THE_PAGE = ("label smoothing",)  # patient 0, and no other
# A loss has at most one of these: each replaces the formula, or hides the others.
FORMULAS = {
    "double softmax",
    "swapped arguments",
    "squared error",
    "clipped probabilities",
    "float16",
}
NEVER = (
    {"squared error", "bits for nats"},  # it has no logarithm
    {"float16", "no shift"},  # float16 would overflow by itself
    {"float16", "class weights"},  # these three pairs do so little harm that some runs end well
    {"float16", "bits for nats"},
    {"class weights", "bits for nats"},
)
PAIRS = [
    pair
    for pair in itertools.combinations([name for name in FAULTS if name not in OF_THE_PAGE], 2)
    if len(FORMULAS.intersection(pair)) < 2 and set(pair) not in NEVER
]
