"""The assignment of each chapter: the student's notebook, the solutions, Otter's autograder.

All are made from the chapter's notebook with solutions (tools/notebooks.py), in which a mark tells
the solutions' cells.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from ce_lib.exercises import answer_name, exercises, solution_code
from engine import ROOT

INTRO = """\
# Assignment: {chapter.title}

The exercises of chapter {chapter.number}.
In code: write the answer, run its cell, and read what the check says.
On paper: write into the cell below the question.

Hand in this file. It is graded on other random cases than you see here."""
IMPORTS = "import numpy as np\nimport ce_lib as ce"
ON_PAPER = "*Your answer:*"
CASES = 3  # seeds of hidden cases in Otter's tests
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def write(made, chapters, folder, python=None):
    """Writes students/, solutions/ and, with Otter, autograders/ into a folder.

    Args:
        made: the folder of the chapters' notebooks with solutions.
        chapters: that have exercises.
        folder: where to write.
        python: the interpreter of an environment with otter-grader, if there is one.

    Raises:
        RuntimeError: Otter could not make an autograder, or a solution fails in it.
    """
    for kind in ("students", "solutions", "autograders"):
        shutil.rmtree(folder / kind, ignore_errors=True)
        if kind != "autograders" or python:
            (folder / kind).mkdir(parents=True)
    for chapter in chapters:
        notebook = nbformat.read(made / f"{chapter.name}.ipynb", 4)
        opening, questions = assignment(chapter, notebook)
        save(folder / "students" / f"{chapter.name}.ipynb", student(opening, questions))
        save(folder / "solutions" / f"{chapter.name}.ipynb", solved(opening, questions))
        if python:
            otter(folder, chapter.name, master(opening, questions), python)


def assignment(chapter, notebook):
    """The first cells, and for each exercise its text, its answer's cell, its solution's cells."""
    intro = new_markdown_cell(INTRO.format(chapter=chapter), id="assignment")
    install = next(cell for cell in notebook.cells if cell.id == "get-ce-lib")
    opening = [intro, install, new_code_cell(IMPORTS, id="imports")]
    questions = []
    for at, cell in enumerate(notebook.cells):
        if cell.id.startswith("answer-"):
            questions.append((notebook.cells[at - 1], cell, []))
        elif cell.metadata.get("solution"):
            questions[-1][2].append(cell)
    return opening, questions


def answer(cell):
    """The cell that a student fills in: code where there is a check, else text."""
    return cell if cell.source else new_markdown_cell(ON_PAPER, id=cell.id)


def student(opening, questions):
    cells = [*opening]
    for text, start, _ in questions:
        cells += [text, answer(start)]
    return new_notebook(cells=cells, metadata=METADATA)


def solved(opening, questions):
    cells = [*opening]
    for text, _, solution in questions:
        cells += [text, *solution]
    return new_notebook(cells=cells, metadata=METADATA)


def master(opening, questions):
    """The notebook from which Otter Assign makes an autograder: raw cells say what is what."""
    config = {
        "init_cell": "false",
        "check_all_cell": "false",
        "export_cell": "false",
        "requirements": "[numpy]",
        "files": "[ce_lib]",  # an autograder in a container has no other
    }
    cells = [raw("ASSIGNMENT CONFIG", config), *opening]
    known = exercises()
    for text, start, _ in questions:
        name = start.id.removeprefix("answer-")
        if name in known:  # the others are on paper: read by the teacher
            cells += [
                raw("BEGIN QUESTION", {"name": name.replace("-", "_"), "check_cell": "false"}),
                *(text, raw("BEGIN PROMPT"), start, raw("END PROMPT"), raw("BEGIN SOLUTION")),
                *(new_code_cell(solution_code(name)), raw("END SOLUTION")),
                *(raw("BEGIN TESTS"), *map(hidden_test, [name] * CASES, range(CASES))),
                *(raw("END TESTS"), raw("END QUESTION")),
            ]
    return new_notebook(cells=cells, metadata=METADATA)


def hidden_test(name, seed):
    """A test cell with its output, as Otter reads it."""
    source = f'# HIDDEN\nbool(ce.check("{name}", {answer_name(name)}, seed={seed}))'
    output = new_output("execute_result", {"text/plain": "True"}, execution_count=1)
    return new_code_cell(source, outputs=[output], execution_count=1)


def raw(word, config=None):
    lines = [f"# {word}", *(f"{key}: {value}" for key, value in (config or {}).items())]
    return new_raw_cell("\n".join(lines))


def save(path, notebook):
    """The cells in a file of their own, without outputs."""
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8", newline="\n")


def otter(folder, chapter, notebook, python):
    """Lets Otter Assign make the autograder of a chapter and run it on the solutions."""
    with tempfile.TemporaryDirectory() as work:
        save(Path(work, f"{chapter}.ipynb"), notebook)
        unneeded = shutil.ignore_patterns("__pycache__", "widgets", "figures")
        shutil.copytree(ROOT / "ce_lib", Path(work, "ce_lib"), ignore=unneeded)
        command = [python, "-m", "otter", "assign", "--no-pdfs", f"{chapter}.ipynb", "made"]
        ran = subprocess.run(
            list(map(str, command)),
            cwd=work,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        zips = list(Path(work, "made", "autograder").glob("*.zip"))
        if ran.returncode or len(zips) != 1:
            raise RuntimeError(f"Otter made no autograder of {chapter}:\n{ran.stdout}{ran.stderr}")
        shutil.copy(zips[0], folder / "autograders" / f"{chapter}.zip")
