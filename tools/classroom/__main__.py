"""`make class` and `make grade`.

python -m tools.classroom worksheets [--variants 4] [--seed 1]
    makes the worksheets and their keys in _build/class/worksheets
python -m tools.classroom class [PYTHON] [--site https://you.github.io/book/]
    makes the rest of the kit in _build/class: assignments, solutions, exit quizzes. PYTHON is the
    interpreter of an environment with Otter and text2qti; with it the kit also has autograders for
    Otter and quizzes for Canvas
python -m tools.classroom grade FOLDER [--out _build/grades] [--seconds 10]
    grades every notebook in a folder; a second run continues where the first was stopped
"""

import argparse
import shutil
import sys
from pathlib import Path

from engine import ROOT
from engine.chapters import CHAPTERS

KIT = ROOT / "_build" / "class"
WITHOUT_OTTER = (
    "It has no autograders for Otter and no quizzes for Canvas; make class OTTER=1 adds them."
)


def main():
    parser = argparse.ArgumentParser(prog="classroom")
    verbs = parser.add_subparsers(dest="verb", required=True)
    options = argparse.ArgumentParser(add_help=False)  # `make class` gives all of them to both
    options.add_argument("--site", default="")
    options.add_argument("--variants", default="4")
    options.add_argument("--seed", default="1")
    verbs.add_parser("worksheets", parents=[options])
    verbs.add_parser("class", parents=[options]).add_argument("python", nargs="?")
    grader = verbs.add_parser("grade")
    grader.add_argument("folder")
    grader.add_argument("--out", default=ROOT / "_build" / "grades", type=Path)
    grader.add_argument("--seconds", default=10, type=float)
    options = parser.parse_args()
    if options.verb == "worksheets":
        worksheets(options.variants, options.seed)
    elif options.verb == "class":
        make(options.python, options.site)
    else:
        grade(options.folder, options.out, options.seconds)


def with_exercises():
    """The chapters that have exercises, in the order of the book."""
    return [chapter for chapter in CHAPTERS if chapter.exercises.exists()]


def worksheets(variants, seed):
    from tools.classroom import worksheets

    folder = KIT / "worksheets"
    variants = whole_number("VARIANTS", variants, 1, len(worksheets.LETTERS))
    seed = whole_number("SEED", seed, 0, 10**9)
    if worksheets.write(folder, with_exercises(), variants, seed):
        print(f"The worksheets are in {folder}.")
    else:
        print(
            f"No Chromium was found to print the worksheets: they are in {folder / 'html'}, "
            "for a browser to print."
        )


def make(python, site):
    from tools import notebooks
    from tools.classroom import assignments, exit_quizzes

    made = notebooks.build(ROOT, site, solutions=True)
    assignments.write(made, with_exercises(), KIT, python)
    shutil.copy(made / "project.ipynb", KIT / "students")  # each student's patient has its own key
    exit_quizzes.write(KIT / "quizzes", with_exercises(), python)
    shutil.rmtree(made)  # it has the solutions
    print(f"The kit is in {KIT}.")
    if not python:
        print(WITHOUT_OTTER)


def whole_number(name, text, least, most):
    """The number in a text; ends the program with a sentence where it is not one in the range."""
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        sys.exit(f"{name} must be a whole number from {least} to {most}, got {text}")
    return int(text)


def grade(folder, out, seconds):
    from tools.classroom import grade

    if not folder:
        sys.exit("SUBMISSIONS must name a folder of notebooks: make grade SUBMISSIONS=homework")
    try:
        rows = grade.grade(folder, out, seconds)
    except NotADirectoryError as error:
        sys.exit(str(error))
    unread = sum(not row["chapter"] for row in rows)
    noted = sum(bool(row["notes"]) for row in rows) - unread
    print(
        f"{len(rows)} files: {len(rows) - unread} graded, {noted} of these with notes; "
        f"{unread} could not be graded. See {out / 'grades.csv'} and {out / 'feedback'}."
    )


if __name__ == "__main__":
    main()
