"""The kit of a teacher: no solution is handed out, and the autograder knows right from wrong."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from ce_lib import exercises
from engine import ROOT
from tools.classroom import grade as grading
from tools.classroom.__main__ import with_exercises

BINARY = "binary-cross-entropy"
CHAPTERS = [chapter.name for chapter in with_exercises()]


def filled(notebook):
    """A student's notebook with the right answers in its cells."""
    for cell in notebook.cells:
        name = cell.id.removeprefix("answer-")
        if cell.cell_type == "code" and name in exercises.exercises():
            check = cell.source.splitlines()[-1]
            cell.source = f"{exercises.solution_code(name)}\n\n{check}"
    return notebook


def read(kit, kind, chapter):
    return nbformat.read(kit / kind / f"{chapter}.ipynb", 4)


def test_there_is_one_of_each_for_each_chapter(kit):
    assert len(CHAPTERS) >= 6
    for kind, suffix in (("students", "ipynb"), ("solutions", "ipynb"), ("quizzes", "xml")):
        given = {p.name for p in (kit / kind).glob(f"*.{suffix}")}
        assert given - {"project.ipynb"} == {f"{name}.{suffix}" for name in CHAPTERS}


def test_the_project_is_handed_out_and_named_when_it_comes_back(kit, tmp_path):
    (tmp_path / "in").mkdir()
    project = read(kit, "students", "project")
    assert "example.org/book/_static/ce_lib-" in project.cells[1].source
    nbformat.write(project, tmp_path / "in" / "one.ipynb")
    (row,) = grading.grade(tmp_path / "in", tmp_path / "out")
    assert row["notes"] == "the project: read it by its rubric"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_students_notebook_asks_everything_and_answers_nothing(kit, chapter):
    student, solved = read(kit, "students", chapter), read(kit, "solutions", chapter)
    given = "\n".join(cell.source for cell in student.cells)
    asked = [cell.id.removeprefix("answer-") for cell in student.cells if "answer-" in cell.id]
    assert len(asked) >= 6
    texts = {cell.source for cell in student.cells}
    solutions = [cell.source for cell in solved.cells if cell.source not in texts]
    assert len(solutions) >= len(asked)
    for solution in solutions:
        for line in solution.splitlines():
            known = line.strip() in given or line.strip().startswith(("def ", "return"))
            assert known or line not in given
    starters = {exercises.starter(name) for name in asked if name in exercises.exercises()}
    code = [cell.source for cell in student.cells if cell.cell_type == "code"]
    assert set(code[2:]) == starters
    assert len(starters) >= 3
    assert "example.org/book/_static/ce_lib-" in code[0]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_same_notebook_is_graded_empty_and_filled(kit, chapter, tmp_path):
    (tmp_path / "in").mkdir()
    empty = read(kit, "students", chapter)
    nbformat.write(empty, tmp_path / "in" / "empty.ipynb")
    nbformat.write(filled(read(kit, "students", chapter)), tmp_path / "in" / "full.ipynb")
    none, all_ = grading.grade(tmp_path / "in", tmp_path / "out")
    assert (none["points"], none["notes"]) == (0, "")
    assert {said for _, said in none["exercises"].values()} == {"There is no answer."}
    assert (all_["points"], all_["notes"]) == (all_["of"], "")
    assert all_["of"] == none["of"] >= 3


@pytest.mark.weekly
def test_otter_run_gives_all_points_to_the_right_and_none_to_the_empty(
    otter_kit, class_python, tmp_path
):
    zips = {p.name for p in (otter_kit / "autograders").iterdir()}
    assert zips == {f"{name}.zip" for name in CHAPTERS}
    own = subprocess.run([class_python, "-I", "-c", "import ce_lib"], capture_output=True)
    assert own.returncode, "a container has no ce_lib, so this environment must have none"
    points = []
    for at, change in enumerate((filled, lambda notebook: notebook)):
        work = tmp_path / str(at)
        work.mkdir()
        nbformat.write(change(read(otter_kit, "students", BINARY)), work / "one.ipynb")
        otter = [class_python, "-m", "otter", "run", "--no-logo", "-o", work, work / "one.ipynb"]
        ran = subprocess.run(
            [*map(str, otter), "-a", str(otter_kit / "autograders" / f"{BINARY}.zip")],
            cwd=work,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        tests = json.loads((work / "results.json").read_text("utf-8"))["tests"]
        points.append([test["score"] for test in tests if "score" in test])
    assert points[0] == [1.0] * len(points[0])
    assert set(points[1]) == {0.0}
    assert len(points[0]) == len(points[1]) >= 3


def test_no_submissions_is_one_sentence(tmp_path):
    for folder, said in (("", "SUBMISSIONS must name a folder"), (str(tmp_path / "x"), "must be")):
        command = [sys.executable, "-m", "tools.classroom", "grade", folder]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
        assert ran.returncode == 1
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr
