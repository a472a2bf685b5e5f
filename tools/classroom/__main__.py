"""`make class` and `make grade`.

python -m tools.classroom worksheets [--variants 4] [--seed 1]
    sheets on paper and their keys, into _build/class/worksheets
python -m tools.classroom class PYTHON [--site https://who.github.io/book/]
    all else that a teacher hands out, and the keys, into _build/class; PYTHON is the interpreter of
    the environment with Otter and text2qti
python -m tools.classroom grade FOLDER [--out _build/grades] [--seconds 10] [--docker CHAPTER]
    a table and a page of feedback for each notebook of a folder; run again, it goes on where it
    was stopped; with --docker by Otter, in its containers, with the autograder of a chapter
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from engine import ROOT

KIT = ROOT / "_build" / "class"


def main():
    parser = argparse.ArgumentParser(prog="classroom")
    verbs = parser.add_subparsers(dest="verb", required=True)
    asked = argparse.ArgumentParser(add_help=False)  # what `make class` may say to either
    asked.add_argument("--site", default="")
    asked.add_argument("--variants", default="4")
    asked.add_argument("--seed", default="1")
    verbs.add_parser("worksheets", parents=[asked])
    verbs.add_parser("class", parents=[asked]).add_argument("python")
    grader = verbs.add_parser("grade")
    grader.add_argument("folder")
    grader.add_argument("--out", default=ROOT / "_build" / "grades", type=Path)
    grader.add_argument("--seconds", default=10, type=float)
    grader.add_argument("--docker", metavar="CHAPTER")
    options = parser.parse_args()
    if options.verb == "worksheets":
        worksheets(options.variants, options.seed)
    elif options.verb == "class":
        make(options.python, options.site)
    elif options.docker:
        in_containers(options.folder, options.docker, options.out)
    else:
        grade(options.folder, options.out, options.seconds)


def chapters():
    """The chapters that have exercises, in the order of the book."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))["parts"]
    names = [Path(page["file"]).name for part in parts for page in part["chapters"]]
    return [name for name in names if (ROOT / "exercises" / f"{name}.md").exists()]


def worksheets(variants, seed):
    from tools.classroom import worksheets

    folder = KIT / "worksheets"
    variants = whole("VARIANTS", variants, 1, len(worksheets.LETTERS))
    seed = whole("SEED", seed, 0, 10**9)
    if worksheets.write(folder, chapters(), variants, seed):
        print(f"The worksheets are in {folder}.")
    else:
        print(
            f"There is no Chromium that could print the worksheets: they are in {folder / 'html'}, "
            "for a browser to print."
        )


def whole(name, text, least, most):
    """The number that a text says; stops here where it says no such number."""
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        sys.exit(f"{name} must be a whole number from {least} to {most}, got {text}")
    return int(text)


def make(python, site):
    from tools import notebooks
    from tools.classroom import notebooks as assignments
    from tools.classroom import quizzes

    made = notebooks.build(ROOT, site, solutions=True)
    assignments.write(made, chapters(), KIT, python)
    shutil.copy(made / "project.ipynb", KIT / "students")  # each student's patient has its own key
    quizzes.write(KIT / "quizzes", chapters(), python)
    shutil.rmtree(made)  # it has the solutions
    print(f"The kit is in {KIT}.")


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


def in_containers(folder, chapter, out):
    """Otter's own grading, isolated by Docker; its table is final_grades.csv."""
    if not shutil.which("docker"):
        sys.exit("--docker needs Docker on this machine; without it, make grade works as it is.")
    autograder = KIT / "autograders" / f"{chapter}.zip"
    if not autograder.exists():
        sys.exit(f"There is no {autograder}: run make class first.")
    otter = ROOT / ".venv-class" / ("Scripts" if sys.platform == "win32" else "bin") / "otter"
    command = [otter, "grade", "-n", chapter, "-a", autograder, "-o", out, "--no-network", folder]
    sys.exit(subprocess.run(list(map(str, command))).returncode)


if __name__ == "__main__":
    main()
