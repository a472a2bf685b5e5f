r"""The quizzes of a chapter as its exit quiz: QTI for Canvas, made by text2qti, and Moodle's XML.

Moodle reads no QTI of this kind, and Canvas none of Moodle's; so there are both. Formulas stay TeX:
text2qti makes of them what Canvas shows as equations, and Moodle's own filter reads \( \).
"""

import re
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from engine import ROOT

QUIZ = re.compile(r"^:::\{quiz\} ([\w-]+)\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"^(?!: )(\S.*)\n: (.*(?:\n  .+)*)", re.MULTILINE)
LINK = re.compile(r" ?\(\[\]\(#[^)]*\)\)|\[([^\]]*)\]\(#[^)]*\)")
ROLE = re.compile(r"\{[a-z:]+\}`")


def questions(chapter):
    """The quizzes of a chapter: of each its name, its question, and (right, option, what to say).

    Raises:
        ValueError: a quiz has what a learning platform cannot show, or not one right option.
    """
    found = []
    for name, text in QUIZ.findall((ROOT / "exercises" / f"{chapter}.md").read_text("utf-8")):
        text = LINK.sub(r"\1", text)
        if ROLE.search(text):
            raise ValueError(f"quiz {name} must not use a role, got {ROLE.search(text)[0]}")
        options = [
            (option.startswith("✓ "), option.removeprefix("✓ "), " ".join(said.split()))
            for option, said in OPTION.findall(text)
        ]
        if [right for right, *_ in options].count(True) != 1:
            raise ValueError(f"quiz {name} must have one right option, got {options}")
        found.append((name, OPTION.split(text)[0].strip(), options))
    return found


def write(folder, chapters, python):
    """Writes chapter.zip (QTI) and chapter.xml (Moodle) of each chapter.

    Args:
        folder: where to write.
        chapters: their names.
        python: the interpreter of an environment with text2qti.

    Raises:
        RuntimeError: text2qti made no quiz.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        asked = questions(chapter)
        with tempfile.TemporaryDirectory() as work:
            source = Path(work, f"{chapter}.txt")
            source.write_text(as_text(title(chapter), asked), "utf-8")
            program = "from text2qti.cmdline import main; main()"
            ran = subprocess.run(
                [str(python), "-X", "utf8", "-c", program, source.name],
                cwd=work,
                capture_output=True,
                text=True,
                encoding="utf-8",
            )
            made = source.with_suffix(".zip")
            if ran.returncode or not made.exists():
                raise RuntimeError(f"text2qti made no quiz of {chapter}:\n{ran.stdout}{ran.stderr}")
            (folder / made.name).write_bytes(made.read_bytes())
        (folder / f"{chapter}.xml").write_bytes(as_moodle(title(chapter), asked))


def title(chapter):
    """The heading of a chapter."""
    text = (ROOT / "chapters" / f"{chapter}.md").read_text("utf-8")
    return re.search(r"^# (.+)$", text, re.MULTILINE)[1]


def as_text(heading, asked):
    """The quiz as text2qti reads it: lines after the first of a block are indented."""
    lines = [f"Quiz title: Exit quiz: {heading}", ""]
    for at, (name, question, options) in enumerate(asked, 1):
        lines += [f"Title: {name}", f"{at}.  " + question.replace("\n", "\n    ")]
        for letter, (right, option, said) in zip("abcdefgh", options, strict=False):
            lines += [f"{'*' * right}{letter})  {option}", f"...  {said}"]
        lines.append("")
    return "\n".join(lines)


def as_moodle(heading, asked):
    """The quiz as Moodle's XML, in a category named after the chapter."""
    markdown = MarkdownIt().use(dollarmath_plugin)
    for rule, left, right in (("math_inline", r"\(", r"\)"), ("math_block", r"\[", r"\]")):
        markdown.add_render_rule(rule, shown(left, right))
    quiz = ElementTree.Element("quiz")

    def text_in(parent, tag, text, **attributes):
        at = ElementTree.SubElement(parent, tag, attributes)
        ElementTree.SubElement(at, "text").text = text
        return at

    category = ElementTree.SubElement(quiz, "question", type="category")
    text_in(category, "category", f"$course$/top/{heading}")
    for name, question, options in asked:
        one = ElementTree.SubElement(quiz, "question", type="multichoice")
        text_in(one, "name", name)
        text_in(one, "questiontext", markdown.render(question), format="html")
        for tag, value in (("single", "true"), ("shuffleanswers", "true"), ("defaultgrade", "1")):
            ElementTree.SubElement(one, tag).text = value
        for right, option, said in options:
            fraction = {"fraction": "100" if right else "0", "format": "html"}
            answer = text_in(one, "answer", markdown.render(option), **fraction)
            text_in(answer, "feedback", markdown.render(said), format="html")
    ElementTree.indent(quiz)
    return ElementTree.tostring(quiz, "utf-8", xml_declaration=True)


def shown(left, right):
    """A render rule that leaves a formula as TeX between its marks, escaped for HTML."""

    def rule(self, tokens, at, options, env):
        tex = tokens[at].content
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            tex = tex.replace(sign, entity)
        return f"{left}{tex}{right}"

    return rule
