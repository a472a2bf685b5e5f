"""A question of a worksheet, and functions that draw and print its numbers."""

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

KL = r"\mathrm{KL}(p \,\Vert\, q)"


class Question(NamedTuple):
    """One question with its numbers; the texts are Markdown with TeX between dollars."""

    given: dict  # the numbers drawn; `ask` shows all of them
    ask: str
    answers: dict  # the right answers, unrounded; `answer` shows all of them
    answer: str  # short, for the table of the key
    steps: str  # how the answer is found


def shares(rng, total, k):
    """K positive whole numbers with a given sum."""
    cuts = np.sort(rng.choice(np.arange(1, total), k - 1, replace=False))
    return np.diff([0, *cuts, total])


def num(x):
    """A number as TeX, with three decimals or three significant digits.

    Close to 1 it gets more digits, because 1 would be another answer. A number with at most one
    decimal is printed as it is.
    """
    if math.isinf(x):
        return r"\infty"
    if x and abs(x) < 1e-3:
        digits, exponent = f"{x:.2e}".split("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}"
    if 0.9995 <= abs(x) < 1:
        return f"{math.copysign(1 - float(f'{1 - abs(x):.0e}'), x):.10f}".rstrip("0")
    if x == round(x, 1):
        text = f"{x:.1f}"
    elif abs(x) < 0.1:
        text = f"{x:.3g}"
    else:
        text = f"{x:.{3 if abs(x) < 100 else 1 if abs(x) < 1000 else 0}f}"
    whole, point, rest = text.partition(".")
    if len(whole.lstrip("-")) > 4:
        whole = f"{int(whole):,}".replace(",", "{,}")
    return (whole + point + rest).rstrip("0").rstrip(".") if point else whole


def row(values):
    """A row of numbers as TeX."""
    return "(" + r",\ ".join(map(num, values)) + ")"


def frac(x):
    """A fraction as TeX."""
    x = Fraction(x).limit_denominator(10**4)
    return rf"\tfrac{{{x.numerator}}}{{{x.denominator}}}" if x.denominator > 1 else str(x)


def fracs(values):
    """A row of fractions as TeX."""
    return "(" + r",\ ".join(map(frac, values)) + ")"


def product(factors):
    """A product as TeX that is not broken across lines."""
    return "{" + r" \cdot ".join(factors) + "}"


def total(terms):
    """A sum of terms as TeX."""
    return " + ".join(terms)
