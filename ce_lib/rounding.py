"""How far from 1 rounding can have moved the sum of probabilities; both backends ask here."""

import math
from typing import NamedTuple


class Rounding(NamedTuple):
    """What a dtype does to a number near 1, and to a small one."""

    unit: float  # half the distance from 1 to the next number
    subnormal: float  # the smallest number above 0
    typed: float  # the least tolerance, for rows typed with a few digits


ROUNDING = {  # the coarsest comes first
    "bfloat16": Rounding(2.0**-8, 2.0**-133, 0.0),
    "float16": Rounding(2.0**-11, 2.0**-24, 0.0),
    "float32": Rounding(2.0**-24, 2.0**-149, 1e-5),
    "float64": Rounding(2.0**-53, 2.0**-1074, 1e-6),
}


def sum_tolerance(dtype, classes):
    """The most that rounding to the dtype of this name moves the sum of a row of probabilities.

    Each number was rounded by up to u of itself, the unit of its dtype, or by half the smallest
    subnormal number. Rows that were exp(log p) bring u · entropy, at most u log K, and rows that
    were mixed or smoothed a few u more. The normaliser was a sum of K terms in float32 or wider:
    its drift is K u in the worst case, and K u/30 in the worst softmax that we have measured.
    """
    unit, subnormal, typed = ROUNDING[dtype]
    drift = classes / 8 * ROUNDING["float32"].unit
    return max(typed, unit * (4 + math.log(classes)) + classes * subnormal / 2 + drift)
