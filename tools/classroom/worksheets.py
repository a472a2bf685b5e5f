"""The worksheets of each chapter, in variants with different numbers, and their keys.

They are written as HTML, and as PDF if there is a Chromium. A variant is one sheet of two pages, so
that a whole file can be printed on both sides.
"""

import shutil
from html import escape
from pathlib import Path

import numpy as np
import yaml
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from engine import ROOT
from engine.chapters import CHAPTERS
from engine.maths import KATEX, katex
from tools.classroom.questions import QUESTIONS
from tools.pdf.document import read_aloud

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TRIES = 10_000  # the rarest answer comes about once in a hundred draws
ON_FIRST_PAGE = 2  # questions; the head of the sheet takes the room of a third
RULES = (
    r"$\log$ is the natural logarithm, $\ln$ on a calculator, and losses are in nats unless bits "
    "are asked for. Give three digits, and show your working."
)


def draw(chapter, variants, seed):
    """The questions of each variant; no two variants have the same answers to a question.

    Asking for more variants does not change the first ones.

    Raises:
        ValueError: a question has too few answers.
    """
    columns = []
    for at, question in enumerate(QUESTIONS[chapter.key]):
        rng = np.random.default_rng([seed, CHAPTERS.index(chapter), at])
        column = {}
        for _ in range(TRIES):
            if len(column) == variants:
                break
            one = question(rng)
            column.setdefault(one.answer, one)
        else:
            raise ValueError(
                f"{question.__name__} must have {variants} variants, got {len(column)}"
            )
        columns.append(column.values())
    return list(zip(*columns, strict=True))


def write(folder, chapters, variants, seed):
    """Writes the sheets and the key of each chapter; returns whether they were printed as PDF.

    Args:
        folder: where to write; its old contents are deleted.
        chapters: in the order of the book; those without questions get no sheet.
        variants: their number, at most 26.
        seed: a whole number; each one gives other numbers.
    """
    shutil.rmtree(folder, ignore_errors=True)
    pages = folder / "html"
    shutil.copytree(
        KATEX / "dist" / "fonts",
        pages / "katex" / "fonts",
        ignore=shutil.ignore_patterns("*.ttf", "*.woff"),  # every browser reads woff2
    )
    shutil.copy(KATEX / "dist" / "katex.min.css", pages / "katex")
    for chapter in chapters:
        if chapter.key not in QUESTIONS:
            continue
        heading = chapter.numbered_title
        sets = dict(zip(LETTERS, draw(chapter, variants, seed), strict=False))
        for name, body in (
            (chapter.name, "".join(sheet(heading, *one, seed) for one in sets.items())),
            (f"{chapter.name}-key", key(heading, sets, seed)),
        ):
            (pages / f"{name}.html").write_text(document(heading, body), "utf-8", newline="\n")
    katex.close()
    return printed(pages, folder)


# The documents


def sheet(heading, letter, questions, seed):
    """The two pages of one variant."""
    rest = questions[ON_FIRST_PAGE:]
    first = f"""
<h1>{escape(heading)} <span class="variant">Variant {letter}</span></h1>
<p class="name"><span>Name</span> <span>Date</span></p>
<div class="rules">{html(RULES)}</div>
{"".join(map(asked, range(1, ON_FIRST_PAGE + 1), questions))}"""
    second = "".join(map(asked, range(ON_FIRST_PAGE + 1, len(questions) + 1), rest))
    return "".join(
        f'<section class="page">{body}<p class="foot">{foot(seed)} · Variant {letter}, '
        f"page {page} of 2</p></section>"
        for page, body in ((1, first), (2, second))
    )


def asked(number, question):
    """A question, and room for the answer."""
    return (
        f'<div class="question"><h2>Question {number}</h2>{html(question.ask)}</div>'
        '<div class="room"></div>'
    )


def key(heading, sets, seed):
    """The answers of all variants in one table, and how each is found."""
    count = len(next(iter(sets.values())))
    head = "".join(f'<th scope="col">{number}</th>' for number in range(1, count + 1))
    rows = "".join(
        f'<tr><th scope="row">{letter}</th>'
        + "".join(f"<td>{html(question.answer)}</td>" for question in questions)
        + "</tr>"
        for letter, questions in sets.items()
    )
    worked = "".join(
        f"<h2>Variant {letter}</h2>"
        + "".join(
            f'<div class="worked"><h3>{letter}{number}</h3><div>{html(question.steps)}</div></div>'
            for number, question in enumerate(questions, 1)
        )
        for letter, questions in sets.items()
    )
    return f"""
<h1>{escape(heading)} <span class="variant">Key</span></h1>
<p class="rules">{foot(seed)}. Rounding on the way may change the last digit.</p>
<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>
{worked}"""


def foot(seed):
    """The name of the book, and the seed that makes this sheet again."""
    book = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["title"]
    return f"{escape(book)} · seed {seed}"


def document(heading, body):
    """One HTML file. Screen readers read its formulas as TeX: in a PDF they know no MathML."""
    style = (Path(__file__).parent / "worksheets.css").read_text("utf-8")
    soup = BeautifulSoup(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(heading)}</title>"
        '<link rel="stylesheet" href="katex/katex.min.css">'
        f"<style>{style}</style></head><body>{body}</body></html>\n",
        "html.parser",
    )
    for maths in soup.select(".katex"):
        read_aloud(maths)
    return str(soup)


def formula(self, tokens, at, options, env):
    answer = katex.ask(tokens[at].content, display=False)
    if "error" in answer:
        raise ValueError(f"a formula: {answer['error']}")
    return answer["html"]


markdown = MarkdownIt().use(dollarmath_plugin)
markdown.add_render_rule("math_inline", formula)


def html(text):
    """The HTML of Markdown with formulas."""
    return markdown.render(text)


# Paper


def printed(pages, folder):
    """Prints every page of one folder into another; returns False if no Chromium starts."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return False
    from tools.pdf.printer import PRINTED, chromium, reproducible

    with sync_playwright() as playwright:
        try:
            browser = chromium(playwright)
        except Error:
            return False
        page = browser.new_context(offline=True).new_page()
        for source in sorted(pages.glob("*.html")):
            page.goto(source.as_uri())
            page.evaluate("document.fonts.ready.then(() => true)")
            pdf = reproducible(page.pdf(**PRINTED))
            (folder / f"{source.stem}.pdf").write_bytes(pdf)
        browser.close()
    return True
