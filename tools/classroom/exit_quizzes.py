r"""The quizzes of a chapter as an exit quiz: XML for Moodle and, by text2qti, QTI for Canvas.

Neither platform reads the other's format. Formulas stay TeX: text2qti turns them into the
equations of Canvas, and Moodle's own filter reads \( \).
"""

import re
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from engine.chapters import blocks
from engine.quiz import asks_for_a_number, parse

LINK = re.compile(r" ?\(\[\]\(#[^)]*\)\)|\[([^\]]*)\]\(#[^)]*\)")
ROLE = re.compile(r"\{[a-z:]+\}`")


def questions(path):
    """The quizzes of a page: the name, the question and the options of each.

    Raises:
        ValueError: a quiz is not one, or has what a learning platform cannot show.
    """
    for name, text in blocks(path.read_text("utf-8"), "quiz"):
        text = LINK.sub(r"\1", text)
        if role := ROLE.search(text):
            raise ValueError(f"quiz {name} must not use a role, got {role[0]}")
        yield name, *parse(name, text)


def write(folder, chapters, python=None):
    """Writes the quizzes of each chapter as chapter.xml (Moodle) and chapter.zip (QTI).

    Args:
        folder: where to write.
        chapters: that have quizzes.
        python: the interpreter of an environment with text2qti; without it there is no QTI.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        asked = [*questions(chapter.source), *questions(chapter.exercises)]
        (folder / f"{chapter.name}.xml").write_bytes(as_moodle(chapter.title, asked))
        if python:
            made = as_qti(chapter.name, as_text(chapter.title, asked), python)
            (folder / f"{chapter.name}.zip").write_bytes(made)


def as_qti(name, text, python):
    """The bytes of the zip that text2qti makes of its own kind of text.

    Raises:
        RuntimeError: it made none.
    """
    with tempfile.TemporaryDirectory() as work:
        source = Path(work, f"{name}.txt")
        source.write_text(text, "utf-8")
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
            raise RuntimeError(f"text2qti made no quiz of {name}:\n{ran.stdout}{ran.stderr}")
        return made.read_bytes()


def as_text(heading, asked):
    """The quiz as text2qti reads it: lines after the first of a block are indented."""
    lines = [f"Quiz title: Exit quiz: {heading}", ""]
    for at, (name, question, options) in enumerate(asked, 1):
        lines += [f"Title: {name}", f"{at}.  " + question.replace("\n", "\n    ")]
        if asks_for_a_number(options):
            (right,) = [option for option in options if option.right]
            number, within, _ = right.number
            lines += [f"...  {right.begins} {right.answer}", f"=   {number} +- {within}", ""]
            continue
        for letter, option in zip("abcdefgh", options, strict=False):
            lines += [f"{'*' * option.right}{letter})  {option.text}", f"...  {option.answer}"]
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
        numeric = asks_for_a_number(options)
        kind = "numerical" if numeric else "multichoice"
        one = ElementTree.SubElement(quiz, "question", type=kind)
        text_in(one, "name", name)
        text_in(one, "questiontext", markdown.render(question), format="html")
        for tag, value in (("single", "true"), ("shuffleanswers", "true"), ("defaultgrade", "1")):
            if tag == "defaultgrade" or not numeric:
                ElementTree.SubElement(one, tag).text = value
        for option in options:
            fraction = {"fraction": "100" if option.right else "0"}
            if numeric:
                number, within, _ = option.number or ("*", "0", "")  # Moodle's word for any other
                answer = text_in(one, "answer", number, format="moodle_auto_format", **fraction)
                ElementTree.SubElement(answer, "tolerance").text = within
            else:
                text = markdown.render(option.text)
                answer = text_in(one, "answer", text, format="html", **fraction)
            said = f"{option.begins} {option.answer}".strip()
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
