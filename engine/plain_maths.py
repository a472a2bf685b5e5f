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
# \truth{p} and the like: what stands in the braces has the colour of a meaning (maths.py).
MEANINGS = ("truth", "model", "paid", "pull")
COLOURED = re.compile(rf"(\w?)\\(?:{'|'.join(MEANINGS)})(?=\{{)")


def uncoloured(tex):
    """Return the formula without its colours, as it is written where no page shows it."""

    def inside(match):
        end, depth = match.end(), 0
        while True:
            depth += {"{": 1, "}": -1}.get(tex[end], 0)
            end += 1
            if depth == 0:
                return end

    while match := COLOURED.search(tex):
        end = inside(match)
        space = " " if match[1] else ""  # or \log\truth{p} would become \logp
        tex = tex[: match.start()] + match[1] + space + tex[match.end() + 1 : end - 1] + tex[end:]
    return tex


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

    tex = uncoloured(tex)
    tex = re.sub(r"\\[dt]?frac(\d)(\d)", small_fraction, tex)
    tex = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", fraction, tex)
    tex = re.sub(r"\\(?:mathrm|text)\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\sum_(\w)", r"sum over \1 of", tex)
    tex = re.sub(r"\\log_2", r"\\log₂", tex)
    tex = re.sub(r"\\([A-Za-z]+|.)", sign, tex)
    tex = re.sub(r"([_^])\{(\w+)\}", r"\1\2", tex)
    tex = re.sub(r"([_^])\{([^{}]*)\}", r"\1(\2)", tex)
    return None if re.search(r"[\\{}]", tex) else " ".join(tex.replace("-", "−").split())
