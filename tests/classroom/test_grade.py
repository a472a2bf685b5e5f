"""Grading survives any folder of submissions, gives each its line, and tells nobody a solution."""

import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from ce_lib import exercises
from engine import ROOT
from tools.classroom import grade as grading

ALL = exercises.exercises()
OF_CHAPTER = exercises.by_chapter()
STABLE, SATURATE, BASELINE = list(OF_CHAPTER["binary"])[:3]
ENDLESS = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"


def notebook(*cells):
    head = "import numpy as np\nimport ce_lib as ce"
    return writes(new_notebook(cells=list(map(new_code_cell, (head, *cells)))))


def solved(name):
    return f'{exercises.solution_code(name)}\nce.check("{name}", {exercises.answer_name(name)})'


def graded(folder, tmp_path, submissions, seconds=2.0):
    """The lines of the table, by the name of the file."""
    for name, text in submissions.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    rows = grading.grade(folder, tmp_path / "out", seconds)
    return {row["submission"]: row for row in rows}


def one(tmp_path, *cells):
    (tmp_path / "in").mkdir()
    rows = graded(tmp_path / "in", tmp_path, {"one.ipynb": notebook(*cells)})
    return rows["one.ipynb"]


def points(row):
    return {name for name, (right, _) in row["exercises"].items() if right}


@pytest.mark.parametrize("chapter", OF_CHAPTER)
def test_the_solutions_of_a_chapter_get_all_points(tmp_path, chapter):
    row = one(tmp_path, *map(solved, OF_CHAPTER[chapter]))
    assert (row["points"], row["of"], row["notes"]) == (len(row["exercises"]), row["points"], "")
    assert row["points"] == len(OF_CHAPTER[chapter]) >= 3


@pytest.mark.parametrize("plain", [33, pytest.param(182, marks=pytest.mark.weekly)])
def test_a_class_is_graded_and_nobody_is_lost(tmp_path, plain):
    """Right ones, every kind of wrong, and what no grader expects."""
    wrong = {
        "minus": "def stable(z, y):\n    s = np.log1p(np.exp(-abs(z)))\n    "
        "return z * y - np.maximum(z, 0) - s",
        "overflow": "def stable(z, y):\n    return np.log(1 + np.exp(z)) - z * y",
        "mean": "def stable(z, y):\n    return np.mean(z)",
        "raises": "def stable(z, y):\n    return 1 / 0",
        "none": "def stable(z, y):\n    print(z)",
        "called": "stable = ce.binary_cross_entropy_with_logits",
        "number": "stable = 3",
        "syntax": "def stable(z, y)\n    return z",
        "exit": "def stable(z, y):\n    raise SystemExit",
        "shape": "def stable(z, y):\n    return np.zeros((2, 2))",
    }
    right = list(map(solved, (STABLE, SATURATE, BASELINE)))
    submissions = {}
    for student in range(plain):
        kind = ["right", *wrong][student % (len(wrong) + 1)]
        cells = right if kind == "right" else [f'{wrong[kind]}\nce.check("{STABLE}", stable)']
        submissions[f"{kind}-{student}.ipynb"] = notebook(*cells, f"# {student}")
    submissions |= {
        "endless-1.ipynb": notebook(right[0], ENDLESS, right[2]),
        "endless-2.ipynb": notebook(
            f'def stable(z, y):\n    while True: pass\nce.check("{STABLE}", stable)', right[2]
        ),
        "killed.ipynb": notebook(right[0], "import os\nos._exit(1)", right[1]),
        "flood.ipynb": notebook("for _ in range(10**5): print('x' * 100)", right[0]),
        "deep/renamed (1).ipynb": notebook(*right, "# late"),
        "copy.ipynb": notebook(*right, "# 0"),
        "=formula.ipynb": notebook(right[0]),
        "empty.ipynb": "",
        "torn.ipynb": notebook(*right)[:200],
        "list.ipynb": "[1, 2]",
        "deep.ipynb": "[" * 100_000,
        "cells.ipynb": '{"cells": [3]}',
        "bytes.ipynb": bytes(range(256)),
        "no-exercise.ipynb": notebook("1 + 1"),
        "report.pdf": "%PDF",
        "notes.txt": "I was ill.",
        "bom.ipynb": b"\xef\xbb\xbf" + notebook(*right).encode(),
        "magic.ipynb": notebook("%pip install nothing\n!ls", *right),
    }
    assert len(submissions) == plain + 18
    (tmp_path / "in").mkdir()
    rows = graded(tmp_path / "in", tmp_path, submissions)
    assert set(rows) == set(submissions)
    for name, row in rows.items():
        kind = name.split("-")[0]
        if kind == "right":
            assert row["points"] == 3, row
        elif kind in wrong:
            assert row["points"] == 0, row
            assert row["of"] == len(OF_CHAPTER["binary"])
    all_points = {STABLE, SATURATE, BASELINE}
    got = {name: points(row) for name, row in rows.items()}
    assert got["endless-1.ipynb"] == {STABLE, BASELINE}
    assert got["endless-2.ipynb"] == {BASELINE}
    assert got["killed.ipynb"] == {STABLE, SATURATE}
    assert got["flood.ipynb"] == got["=formula.ipynb"] == {STABLE}
    for name in ("deep/renamed (1).ipynb", "copy.ipynb", "bom.ipynb", "magic.ipynb"):
        assert got[name] == all_points
    assert "cell 3 was skipped" in rows["endless-1.ipynb"]["notes"]
    assert "no exercise of the book" in rows["no-exercise.ipynb"]["notes"]
    assert rows["empty.ipynb"]["notes"] == "the file is empty"
    for name in ("torn", "list", "deep", "cells", "bytes"):
        assert rows[f"{name}.ipynb"]["notes"] == "the file is not a readable notebook"
    assert rows["right-0.ipynb"]["notes"] == "the same answers as bom.ipynb"

    lines = (tmp_path / "out" / "grades.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == plain + 19
    assert any(line.startswith("'=formula.ipynb,") for line in lines)
    pages = {
        p.relative_to(tmp_path / "out" / "feedback").as_posix()
        for p in (tmp_path / "out" / "feedback").rglob("*.md")
    }
    assert pages == {f"{name}.md" for name in submissions}
    page = (tmp_path / "out" / "feedback" / "minus-1.ipynb.md").read_text("utf-8")
    assert "The sign is wrong" in page


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    submissions = {f"{i}.ipynb": notebook(solved(STABLE), f"# {i}") for i in range(4)}
    graded(tmp_path / "in", tmp_path, submissions)
    state = tmp_path / "out" / "state.jsonl"
    lines = state.read_text("utf-8").splitlines()
    state.write_text("\n".join([*lines[:-1], lines[-1][:20]]), "utf-8")  # killed while it wrote
    run, calls = grading.run, []
    monkeypatch.setattr(grading, "run", lambda *a: calls.append(a) or run(*a))
    rows = graded(tmp_path / "in", tmp_path, {"new.ipynb": notebook(solved(BASELINE))})
    assert len(calls) == 2  # the torn one, and the new one
    assert [row["points"] for row in rows.values()] == [1] * 5
    seeds = {
        s["seed"]
        for line in state.read_text("utf-8").splitlines()
        if '"seed"' in line
        for s in [json.loads(line)]
    }
    assert len(seeds) == 1


HOSTILE = {
    "reads-the-solutions": f"open({str(ROOT / 'ce_lib/exercises/binary.py')!r}).read()",
    "imports-them": "from ce_lib.exercises import binary",
    "reads-what-lies-by-the-library": "open(ce.__path__[0] + '/exercises/binary.py').read()",
    "finds-the-book": f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport tools.notebooks",
    "runs-a-program": "import subprocess\nsubprocess.run(['echo'])",
    "asks-the-network": "import socket\nsocket.create_connection(('127.0.0.1', 9))",
    "calls-c": "import ctypes\nctypes.CDLL(None)",
    "forks": "import os\nos.fork()",
    "kills": "import os\nos.kill(os.getppid(), 15)",
}


@pytest.mark.parametrize("cell", HOSTILE.values(), ids=HOSTILE)
def test_what_a_submission_may_not_do_is_refused_and_told(tmp_path, cell):
    row = one(tmp_path, cell, solved(STABLE))
    assert points(row) == {STABLE}
    assert row["notes"].startswith("cell 2 stopped: ")
    assert "may not" in row["notes"] or "Error, " in row["notes"]


def test_a_submission_touches_no_other(tmp_path):
    (tmp_path / "in").mkdir()
    folder = str(tmp_path)
    evil = (
        f"import os\nd = {folder!r}\nfor p in (d + '/in/b.ipynb', d + '/out/state.jsonl'):\n"
        "    for deed in (lambda: open(p, 'w'), lambda: os.remove(p), lambda: open(p).read(),\n"
        "                 lambda: os.rename(p, 'mine'), lambda: os.symlink(p, 'link'),\n"
        "                 lambda: os.listdir(os.path.dirname(p))):\n"
        "        try:\n            deed()\n            done = 1\n        except PermissionError:\n"
        "            continue\n        raise SystemExit('it was let')"
    )
    rows = graded(
        tmp_path / "in",
        tmp_path,
        {"a.ipynb": notebook(evil, solved(STABLE)), "b.ipynb": notebook(f"{solved(STABLE)}  # b")},
    )
    assert [row["notes"] for row in rows.values()] == ["", ""]
    assert [row["points"] for row in rows.values()] == [1, 1]


def test_a_changed_library_changes_no_grade(tmp_path):
    cell = (
        "import ce_lib.exercises, sys\n"
        "ce.check = lambda *_, **__: True\n"
        "np.allclose = np.array_equal = lambda *_, **__: True\n"
        "def stable(z, y):\n    return np.zeros_like(z)\n"
        f'sys.modules["ce_lib.exercises"].check("{STABLE}", stable)'
    )
    assert points(one(tmp_path, cell)) == set()


def test_a_solution_that_was_copied_into_a_number_fails_on_the_hidden_cases(tmp_path):
    shown = exercises.find(STABLE)
    import numpy as np

    case = shown.cases(np.random.default_rng(0))[0]
    cell = f"def stable(z, y):\n    return np.array({shown.solution(*case).tolist()})"
    assert points(one(tmp_path, f'{cell}\nce.check("{STABLE}", stable)')) == set()


@pytest.mark.parametrize(
    "cell",
    [
        "stable = lambda z, y: ce.binary_cross_entropy_with_logits(z, y, reduction='none')",
        "from ce_lib import binary_cross_entropy_with_logits as f\ndef stable(z, y):\n"
        "    return f(z, y, reduction='none')",
        "def help(z, y):\n    return ce.binary_cross_entropy_with_logits(z, y, reduction='none')\n"
        "def stable(z, y):\n    return help(z, y)",
    ],
)
def test_the_function_that_one_is_to_write_may_not_be_called(tmp_path, cell):
    row = one(tmp_path, cell, f'ce.check("{STABLE}", stable)')
    assert row["exercises"][STABLE][1].startswith("To write binary_cross_entropy_with_logits is")


def test_an_answer_without_its_check_is_found_by_its_name(tmp_path):
    cells = [exercises.solution_code(name) for name in (STABLE, SATURATE)]
    assert points(one(tmp_path, *cells, f'ce.check("{BASELINE}", ...)')) == {STABLE, SATURATE}


def test_no_folder_is_one_sentence(tmp_path):
    with pytest.raises(NotADirectoryError, match="SUBMISSIONS must be a folder of notebooks, got"):
        grading.grade(tmp_path / "none", tmp_path / "out")
