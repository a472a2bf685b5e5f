"""Each symbol in a formula of the six chapters is on the notation page."""

import re

import pytest

from engine import ROOT
from engine.chapters import CHAPTERS
from tools.testing.chapter_code import whole

NOTATION = (ROOT / "chapters" / "notation.md").read_text("utf-8")
NUMBERED = [chapter for chapter in CHAPTERS if chapter.number]
CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$", re.DOTALL)
LAYOUT = re.compile(r"\\(?:begin|end)\{\w+\}")
NAME = re.compile(r"\\(?:text|mathrm|operatorname)\{([^{}]*)\}")
ACCENT = re.compile(r"\\(hat|bar|tilde)\s*\{?\s*(\w)\}?")
GREEK = re.compile(
    r"\\((?:alpha|beta|gamma|delta|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau"
    r"|phi|chi|psi|omega|Delta|Gamma|Lambda|Omega|Phi|Pi|Psi|Sigma|Theta|ell|partial|top|log|ln)"
    r"(?![A-Za-z]))"
)


def formulas(text):
    text = CODE.sub(" ", CELL.sub(" ", text))
    return [display or inline for display, inline in FORMULA.findall(text)]


def symbols(tex):
    """The letters, Greek letters, letters with an accent and abbreviations of a formula."""
    tex = LAYOUT.sub(" ", tex)
    found = {name for name in NAME.findall(tex) if re.fullmatch("[A-Z]{2,}", name)}
    tex = NAME.sub(" ", tex)
    found |= {f"{accent} {letter}" for accent, letter in ACCENT.findall(tex)}
    tex = ACCENT.sub(" ", tex)
    found |= set(GREEK.findall(tex))
    return found | set(re.findall("[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", tex)))


def listed(page):
    """The symbols in the first column of the tables of the page."""
    first = re.findall(r"^\| (.+?) \| .*\|$", page, re.MULTILINE)
    return set().union(*(symbols(tex) for cell in first for tex in formulas(cell)))


def used(chapter):
    return set().union(*map(symbols, formulas(whole(chapter))))


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"\frac{d\ell}{dz} = q - y", {"d", "ell", "z", "q", "y"}),
        (r"\tilde p_k \ge \hat{p}", {"tilde p", "k", "hat p"}),
        (r"\begin{aligned} \mathrm{KL}(p \,\Vert\, q) \end{aligned}", {"KL", "p", "q"}),
        (r"z_{\text{true}} + \log_2 w", {"z", "log", "w"}),
        (r"\underbrace{H(p)}_{\text{the floor}}", {"H", "p"}),
    ],
)
def test_the_symbols_of_a_formula(tex, found):
    assert symbols(tex) == found


@pytest.mark.parametrize("chapter", NUMBERED, ids=lambda chapter: chapter.key)
def test_each_symbol_of_a_chapter_is_on_the_notation_page(chapter):
    assert sorted(used(chapter) - listed(NOTATION)) == []


def test_a_symbol_that_is_taken_from_the_page_is_missed():
    everywhere = set().union(*map(used, NUMBERED))
    for symbol in everywhere:
        rows = NOTATION.splitlines()
        kept = [row for row in rows if symbol not in listed(row)]
        assert len(kept) < len(rows), symbol
        assert symbol in everywhere - listed("\n".join(kept))


def test_each_symbol_of_the_page_is_in_a_chapter():
    everywhere = set().union(*map(used, NUMBERED))
    assert sorted(listed(NOTATION) - everywhere) == []
