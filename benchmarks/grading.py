"""Times the grading of one submission, ours beside `otter run`: results/grading.json.

    make class OTTER=1 && python -m benchmarks.grading [--rounds 9]

Both grade the same notebook, chapter 2 with right answers, in turn; wall clock, one at a time. Ours
has its own process for the submission; Otter's has a Jupyter kernel.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from benchmarks import records
from ce_lib import exercises
from engine import ROOT
from tools.__main__ import CLASS_PYTHON
from tools.classroom import grade

CHAPTER = "binary-cross-entropy"
KIT = ROOT / "_build" / "class"
OTTER = [CLASS_PYTHON, "-m", "otter", "run", "--no-logo"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    machine = records.machine()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work, "in")
        folder.mkdir()
        notebook = nbformat.read(KIT / "students" / f"{CHAPTER}.ipynb", 4)
        for cell in notebook.cells:
            name = cell.id.removeprefix("answer-")
            if cell.cell_type == "code" and name in exercises.exercises():
                check = cell.source.splitlines()[-1]
                cell.source = f"{exercises.solution_code(name)}\n{check}"
        nbformat.write(notebook, folder / "one.ipynb")
        seconds = {"make grade": [], "otter run": []}
        for at in range(rounds):
            begun = time.perf_counter()
            (row,) = grade.grade(folder, Path(work, str(at)))
            seconds["make grade"].append(time.perf_counter() - begun)
            begun = time.perf_counter()
            graded = [
                folder / "one.ipynb",
                "-a",
                KIT / "autograders" / f"{CHAPTER}.zip",
                "-o",
                work,
            ]
            subprocess.run(
                list(map(str, [*OTTER, *graded])),
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            seconds["otter run"].append(time.perf_counter() - begun)
        tests = json.loads(Path(work, "results.json").read_text("utf-8"))["tests"]
    scores = [test["score"] for test in tests if "score" in test]
    if not row["points"] == row["of"] == sum(scores):
        sys.exit(f"The two do not agree: {row['points']} of {row['of']}, and {scores}")
    pairs = zip(seconds["otter run"], seconds["make grade"], strict=True)
    report = {
        "date": str(datetime.date.today()),
        "machine": machine,
        "rounds": rounds,
        "seconds": {name: round(statistics.median(s), 3) for name, s in seconds.items()},
        "ratio": round(statistics.median(theirs / ours for theirs, ours in pairs), 1),
    }
    records.write(report, records.RESULTS / "grading.json", depth=1)


if __name__ == "__main__":
    main()
