"""Every number in a chapter's prose comes out of its cells, and is right.

A chapter is run once, cell after cell in one namespace, then its exercises' code. What it glues
into the text is compared with ``RECOMPUTED``: the same numbers by mpmath, without ce_lib or NumPy.
A new chapter is found by itself, and adds its entry there or has a ``test_<name>_numbers.py``.
"""

import bz2
import re
import string
from collections import Counter
from dataclasses import dataclass

import pytest
from mpmath import binomial, inf, log, mp, mpf

from engine import ROOT
from engine.chapters import CHAPTERS as BOOK
from tools.testing.chapters import run

mp.dps = 30


@dataclass
class Near:
    """A number that chance or a compressor has a part in."""

    value: float
    within: float


# ------------------------------------------------------------------ the numbers, without ce_lib


def cross_entropy(p, q):
    return -sum(a * (log(b) if b else -inf) for a, b in zip(p, q, strict=True) if a)


def entropy(p):
    return cross_entropy(p, p)


def kl_divergence(p, q):
    return cross_entropy(p, q) - entropy(p)


def bits(nats):
    return nats / log(2)


def decimals(*values):
    return [mpf(value) for value in values]


def chapter_1():
    p, q = decimals(".5", ".25", ".125", ".125"), decimals(".125", ".5", ".25", ".125")
    rare, votes, sure = (
        decimals(".9", ".1"),
        decimals(".7", ".2", ".1"),
        decimals(".98", ".01", ".01"),
    )
    yield from {
        "nat": bits(1),
        "ln2": log(2),
        "H": bits(entropy(p)),
        "H_nats": entropy(p),
        "H_pq": bits(cross_entropy(p, q)),
        "H_qp": bits(cross_entropy(q, p)),
        "KL_pq": bits(kl_divergence(p, q)),
        "KL_qp": bits(kl_divergence(q, p)),
        "ppl": 2 ** bits(entropy(p)),
        "ppl_sure": 2 ** bits(cross_entropy([mpf(1) / 4] * 4, [mpf(7) / 10] + [mpf(1) / 10] * 3)),
        "ninety": bits(entropy(rare)),
        "pairs": (rare[0] ** 2 + (2 + 3) * rare[0] * rare[1] + 3 * rare[1] ** 2) / 2,
        "floor": entropy(votes),
        "sure": cross_entropy(votes, sure),
    }.items()

    raw = (ROOT / "ce_lib" / "station.txt").read_text("utf-8").lower()
    text = " ".join("".join(c if c in string.ascii_lowercase else " " for c in raw).split())
    alphabet = " " + string.ascii_lowercase

    def share(text, extra=0):
        count = Counter(text)
        total = len(text) + extra * len(alphabet)
        return [mpf(count[letter] + extra) / total for letter in alphabet]

    letters = share(text)
    yield from {
        "story": bits(entropy(letters)),
        "excess": Near(0.0, within=1.0),  # per cent, for 10,241 symbols
        "unseen": len(set(text) - set(text[:500])),
        "page_kl": bits(kl_divergence(letters, share(text[:500], extra=1))),
        "reading": cross_entropy(letters, share(text[:1000], extra=1)) / entropy(letters),
        "uniform": log(27, 2),
        "backwards": bits(cross_entropy(letters, letters[::-1])),
        "bz2": mpf(8 * len(bz2.compress(text.encode()))) / len(text),
    }.items()

    # One face of a fair die comes j times in 10 throws; the six faces are alike.
    faces = {j: binomial(10, j) * mpf(5) ** (10 - j) / mpf(6) ** 10 for j in range(11)}
    yield "die", log(6, 2)
    plug_in = -6 * sum(
        chance * mpf(j) / 10 * log(mpf(j) / 10, 2) for j, chance in faces.items() if j
    )
    yield "plug10", Near(plug_in, within=0.01)
    fresh = -sum(chance * log(mpf(j + 1) / 16, 2) for j, chance in faces.items())
    yield "fresh10", Near(fresh, within=0.01)


RECOMPUTED = {"entropy": dict(chapter_1())}
CHAPTERS = sorted(
    file.stem
    for file in (ROOT / "chapters").glob("*.md")
    if "```{code-cell}" in file.read_text("utf-8")
)
# What an exercise gives the reader is in no cell.
GIVEN = {"binary-cross-entropy": [0.21]}


# ------------------------------------------------------------------ the chapter, run


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(request):
    return run(request.param)


def decimals_in(text):
    return [float(number) for number in re.findall(r"(?<![\w.])\d+\.\d+", text)]


def prose(source):
    """The text of a chapter, without front matter, code, formulas, roles and directive options."""
    text = re.sub(r"\A---.*?^---$", "", source, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", text, flags=re.DOTALL)
    text = re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`", "", text)
    return re.sub(r"^:\w.*$", "", text, flags=re.MULTILINE)


def unbacked(source, chapter):
    """Which decimal numbers typed in the prose no cell has, neither typed nor printed."""
    given = GIVEN.get(chapter.name, [])
    known = decimals_in(
        " ".join([chapter.code, chapter.printed, *map(str, chapter.glued.values())])
    )
    return [number for number in decimals_in(prose(source)) if number not in known + given]


# ------------------------------------------------------------------ the laws


def test_each_chapter_has_its_numbers_recomputed():
    for name in CHAPTERS:
        own = ROOT / "tests" / f"test_{name.replace('-', '_')}_numbers.py"
        assert name in RECOMPUTED or own.exists(), name


@pytest.mark.parametrize("chapter", RECOMPUTED, indirect=True)
def test_each_glued_number_is_what_mpmath_finds(chapter):
    expected = RECOMPUTED[chapter.name]
    assert chapter.glued.keys() == expected.keys()
    for name, text in chapter.glued.items():
        exact, shown = expected[name], float(text.replace("−", "-"))
        if isinstance(exact, Near):
            assert abs(shown - exact.value) <= exact.within, name
        else:
            assert text == f"{float(exact):.4g}".replace("-", "−"), name


def test_each_glued_number_is_used_and_each_used_one_is_glued(chapter):
    used = set(re.findall(r"\{glue:text\}`(\w+)`", chapter.source))
    assert used == chapter.glued.keys()


def test_each_decimal_typed_in_the_prose_is_in_a_cell_too(chapter):
    assert unbacked(chapter.source, chapter) == []


def test_a_typed_number_that_no_cell_has_is_found(chapter):
    typed = chapter.source + "\nThe loss is 123.456 nats, as `0.777` and $0.888$ are not.\n"
    assert unbacked(typed, chapter) == [123.456]


# ------------------------------------------------------------------ what the text claims


@pytest.fixture(scope="module")
def entropy_chapter():
    return run("entropy")


def test_the_coder_lands_within_one_per_cent_of_the_cross_entropy(entropy_chapter):
    names = entropy_chapter.namespace
    assert len(names["symbols"]) >= 10_000
    assert names["stream"], "constriction is missing, and the page would say so"
    p, models = names["p"], names["models"]
    for name in ("p itself", "page + 1", "uniform", "p backwards"):
        theory = float(bits(cross_entropy(p.tolist(), models[name].tolist())))
        assert abs(names["measured"](models[name]) / theory - 1) < 0.01, name
    assert cross_entropy(p.tolist(), models["page"].tolist()) == inf


def test_the_naive_ways_fail_as_the_text_says(entropy_chapter):
    printed = entropy_chapter.printed
    assert "0.5 0.5 0.0 naive nan ce_lib 0.693" in printed
    assert "1.0 0.0 0.0 naive nan ce_lib inf" in printed
    rows = dict(re.findall(r"^(naive|ce_lib) +\[(.+)\]$", printed, re.MULTILINE))
    naive, exact = ([float(kl) for kl in rows[name].split()] for name in ("naive", "ce_lib"))
    assert naive[-1] < 0
    assert exact == pytest.approx([2e-6, 2e-18, 2e-26], rel=1e-3)


def test_fewer_than_1000_symbols_are_not_enough(entropy_chapter):
    ratios = dict(re.findall(r"^(\d+) (1\.\d+)$", entropy_chapter.printed, re.MULTILINE))
    assert min(int(n) for n, ratio in ratios.items() if float(ratio) <= 1.005) == 1000


def test_the_sorted_samples_of_the_bug_answer_to_the_unit(entropy_chapter):
    metres = [1.0, 2.0, 4.0], [1.5, 2.5, 3.0]
    buggy = entropy_chapter.namespace["kl_in_nats"]
    in_metres = buggy(*metres)
    in_centimetres = buggy(*([100 * x for x in sample] for sample in metres))
    assert in_centimetres == pytest.approx(100 * in_metres) != 0


@pytest.mark.parametrize("chapter", BOOK, ids=lambda chapter: chapter.key)
def test_the_minutes_of_a_chapter_are_those_of_the_rule(chapter):
    source = chapter.source.read_text("utf-8").partition("\n## Exercises")[0]
    figures = len(re.findall(r"^widgets\.", source, re.MULTILINE))
    words = len(re.sub(r"^```.*?^```$", "", source, flags=re.MULTILINE | re.DOTALL).split())
    assert abs(words / 150 + 2 * figures - chapter.minutes) <= 3
