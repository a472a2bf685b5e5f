"""Formulas as plain text: for the search, the cells of notebooks, and screen readers."""

import re
from unicodedata import lookup

SIGNS = {
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "to": "→",
    "ell": "ℓ",
    "sum": "∑",
    "cdot": "·",
    "times": "×",
    "approx": "≈",
    "infty": "∞",
    "partial": "∂",
    "varepsilon": "ε",
    "|": "‖",
    ",": " ",
    " ": " ",
}
FRACTIONS = {"12": "½", "14": "¼", "34": "¾"}
FUNCTIONS = ("log", "ln", "exp", "max", "min")


def plain(tex):
    """Return the formula as plain text, or None if that would be hard to read."""

    def sign(match):
        name = match[1]
        if name in FUNCTIONS:
            return f" {name}" if match.string[: match.start()][-1:].isalnum() else name
        try:
            case = "CAPITAL" if name[0].isupper() else "SMALL"
            return SIGNS.get(name) or lookup(f"GREEK {case} LETTER {name}")
        except KeyError:
            return match[0]

    def fraction(match):
        above, below = match.groups()
        above = f"({above})" if re.search(r"\w +[-+] ", above) else above
        return f" {above} / ({below})"

    def small_fraction(match):
        return FRACTIONS.get(match[1] + match[2]) or f" {match[1]}/{match[2]}"

    tex = re.sub(r"\\[dt]?frac(\d)(\d)", small_fraction, tex)
    tex = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", fraction, tex)
    tex = re.sub(r"\\(?:mathrm|text)\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\sum_(\w)", r"sum over \1 of", tex)
    tex = re.sub(r"\\log_2", r"\\log₂", tex)
    tex = re.sub(r"\\([A-Za-z]+|.)", sign, tex)
    tex = re.sub(r"([_^])\{(\w+)\}", r"\1\2", tex)
    tex = re.sub(r"([_^])\{([^{}]*)\}", r"\1(\2)", tex)
    return None if re.search(r"[\\{}]", tex) else " ".join(tex.replace("-", "−").split())
