"""Grades a folder of notebooks: a row of a table and a page of feedback for each of them.

Each submission runs in its own process (submission.py), which has no access to the solutions. This
process judges what the answers return as `ce.check` does, on random cases drawn for this folder.
"""

import ast
import concurrent.futures
import contextlib
import csv
import hashlib
import json
import os
import pickle
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich.progress import track

from ce_lib import exercises
from ce_lib.exercises import Failure, Feedback, Result, judge, judge_value, words
from engine import ROOT

SECONDS = 10  # for a cell, and for all calls of an answer
TRIES = 12  # how often a submission is started again without the step that did not end
LARGEST = 20_000_000  # bytes of a notebook
PROJECT = re.compile(r"(?m)^mine = ce\.patient\(")
CHECK = re.compile(r"ce\.check\(\s*[\"']([\w-]+)[\"']")


def grade(folder, out, seconds=SECONDS):
    """Grades each notebook under a folder.

    Args:
        folder: the submissions; every file in it gets a row, whatever it is.
        out: where to write grades.csv, feedback/ and state.jsonl, from which a stopped run
            continues.
        seconds: time limit for a cell, and for an answer on all its cases.

    Returns:
        The rows of the table, as dicts.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    folder, out = Path(folder), Path(out)
    if not folder.is_dir():
        raise NotADirectoryError(f"SUBMISSIONS must be a folder of notebooks, got {folder}")
    files = [
        (file.relative_to(folder).as_posix(), file.read_bytes())  # before any of them runs
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(p.startswith((".", "__MACOSX")) for p in file.parts[-2:])
    ]
    out.mkdir(parents=True, exist_ok=True)
    state = State(out / "state.jsonl")
    todo = [(name, data) for name, data in files if state.key(name, data) not in state.done]
    with tempfile.TemporaryDirectory() as library:
        shutil.copytree(
            ROOT / "ce_lib",
            Path(library, "ce_lib"),
            ignore=shutil.ignore_patterns("exercises", "__pycache__"),
        )

        def one(job):
            name, data = job
            return name, data, graded(data, state.seed, library, seconds)

        workers = max(1, (os.cpu_count() or 2))
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            running = [pool.submit(one, job) for job in todo]
            ended = concurrent.futures.as_completed(running)
            for future in track(ended, "Grading", len(running), disable=not sys.stderr.isatty()):
                state.add(*future.result())
    rows = table([(name, state.done[state.key(name, data)]) for name, data in files])
    write(out, rows, state.seed)
    return rows


class State:
    """The results so far, written to disk after each submission; a torn last line is ignored."""

    def __init__(self, path):
        self.path, self.done, self.seed = path, {}, secrets.randbelow(2**32)
        with contextlib.suppress(FileNotFoundError):
            for line in path.read_text("utf-8").splitlines():
                with contextlib.suppress(json.JSONDecodeError):
                    said = json.loads(line)
                    self.seed = said.get("seed", self.seed)
                    if "key" in said:
                        self.done[said["key"]] = said["result"]
        self.append({"seed": self.seed})

    @staticmethod
    def key(name, data):
        return f"{hashlib.sha256(data).hexdigest()} {name}"

    def add(self, name, data, result):
        self.done[self.key(name, data)] = result
        self.append({"key": self.key(name, data), "result": result})

    def append(self, line):
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps(line))  # a torn last line must not join this one


# ---- one submission ------------------------------------------------------------------------------


def graded(data, seed, library, seconds):
    """The result of one file: its chapter, the feedback on each exercise, and notes."""
    cells = code_cells(data)
    if isinstance(cells, str):
        return {"chapter": "", "exercises": {}, "notes": [cells]}
    cells = [plain(cell) for cell in cells]
    known = exercises.exercises()
    asked = [name for name in CHECK.findall("\n".join(cells)) if name in known]
    if not asked:
        project = any(PROJECT.search(cell) for cell in cells)
        note = (
            "the project: read it by its rubric" if project else "no exercise of the book is in it"
        )
        return {"chapter": "", "exercises": {}, "notes": [note]}
    by_chapter = exercises.by_chapter()
    chapter = max(by_chapter, key=lambda key: sum(name in by_chapter[key] for name in asked))
    names = by_chapter[chapter]
    cases = {}
    for name in names:
        rng = np.random.default_rng([seed, *name.encode()])
        cases[name] = known[name].cases(rng) if known[name].cases else None
    told, notes = run(cells, cases, library, seconds)
    said = {}
    for name in names:
        feedback = judged(known[name], cases[name], told.get(name))
        if feedback and (used := uses(cells, name, known[name])):
            feedback = Feedback(False, f"To write {used} is the exercise: do it without.")
        said[name] = [feedback.right, feedback.message]
    answers = hashlib.sha256("\n".join(c for c in cells if CHECK.search(c)).encode()).hexdigest()
    return {"chapter": chapter, "exercises": said, "notes": notes, "answers": answers}


def code_cells(data):
    """The sources of the code cells, or a sentence that says why the file cannot be read."""
    if not data.strip():
        return "the file is empty"
    if len(data) > LARGEST:
        return f"the file is larger than {LARGEST // 10**6} MB"
    try:
        cells = json.loads(data.decode("utf-8-sig"))["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return [source if isinstance(source, str) else "".join(source) for source in sources]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "the file is not a readable notebook"


def plain(source):
    """A cell without magics and shell commands."""
    if source.lstrip().startswith("%%"):
        return ""
    return "\n".join(
        "" if line.lstrip()[:1] in ("%", "!", "?") else line for line in source.split("\n")
    )


def run(cells, cases, library, seconds):
    """Runs a submission; returns what its answers returned, by exercise, and notes.

    A step that hangs, or ends the process, is skipped in a second run.
    """
    called = {name: exercises.answer_name(name) for name in cases}
    job = {"cells": cells, "cases": cases, "called": called, "seconds": seconds, "skipped": []}
    job |= {
        "library": library,
        "words": words.__file__,
        "hidden": [str(ROOT), "", str(Path(__file__).parent)],
    }
    told, notes = {}, []
    for _ in range(TRIES):
        steps, ended = run_once(job, seconds * (len(cells) + 2 * len(cases)) + 60)
        begun, errors = None, []
        for step in steps:
            if "begins" in step:
                begun = step["begins"]
            elif "error" in step:
                errors.append(f"cell {step['cell'] + 1} stopped: {step['error']}")
            elif "check" in step:
                told[step["check"]] = step
                begun = None
            elif step.get("finished"):
                return told, notes + errors
        if begun is None:
            return told, [*notes, *errors, f"its process ended too early ({ended})"]
        if "check" in begun:
            told[begun["check"]] = {"stopped": True}
            job["skipped"].append(begun["check"])
        else:
            notes.append(
                f"cell {begun['cell'] + 1} was skipped: over {seconds} s, or it ended the process"
            )
            job["skipped"].append(begun["cell"])
    return told, [*notes, "not all of it was run: too many steps did not end"]


def run_once(job, seconds):
    """Runs submission.py; returns the steps that it reported, and how it ended."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as output:
        home = {"HOME": folder, "USERPROFILE": folder, "TMPDIR": folder, "OMP_NUM_THREADS": "1"}
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "LANG")}
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", str(Path(__file__).with_name("submission.py"))],
            cwd=folder,
            env=kept | home,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.communicate(pickle.dumps(job), timeout=seconds)
            ended = f"status {process.returncode}"
        except subprocess.TimeoutExpired:
            ended = f"stopped after {seconds} seconds"
        except BrokenPipeError:
            ended = "it did not read its input"
        finally:
            with contextlib.suppress(ProcessLookupError, AttributeError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
        output.seek(0)
        steps = []
        for line in output.read().decode("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError, RecursionError):
                step = json.loads(line)
                if isinstance(step, dict):
                    steps.append(step)
        return steps, ended


def judged(exercise, cases, told):
    """Feedback on an answer, from what its process reported."""
    try:
        if told is None or told.get("nothing"):
            return Feedback(False, "There is no answer.")
        if told.get("stopped"):
            return Feedback(
                False, "It was still running when its time was up, or it ended the process."
            )
        if cases is None:
            return judge_value(exercise, array(told["value"]))
        if "value" in told:
            came = str(told["value"]["type"])
            return Feedback(False, f"The exercise asks for a function, got {came:.60}.")
        calls = told["calls"]
        outcomes = [
            Failure(str(call["error"]))
            if "error" in call
            else Result(str(call["type"]), array(call))
            for call in calls
        ]
        given = [tuple(map(array, call["given"])) for call in calls]
        with np.errstate(all="ignore"):
            return judge(exercise, cases, outcomes, given)
    except (KeyError, TypeError, ValueError, AttributeError):  # the submission wrote the report
        return Feedback(False, "What it returned cannot be read.")


def array(said):
    """The array that submission.portable took apart, None where there was none."""
    if "numbers" not in said:
        return None
    return np.array(said["numbers"], float).reshape(said["shape"])


def uses(cells, name, exercise):
    """A forbidden name that an answer uses, itself or in a function that it calls, or None."""
    functions, real, answers = {}, {}, []
    for cell in cells:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for node in ast.walk(ast.parse(cell)):
                if isinstance(node, ast.FunctionDef):
                    functions[node.name] = node
                elif isinstance(node, ast.Assign):
                    functions |= {t.id: node.value for t in node.targets if isinstance(t, ast.Name)}
                elif isinstance(node, ast.ImportFrom):
                    real |= {alias.asname or alias.name: alias.name for alias in node.names}
                elif isinstance(node, ast.Call):
                    checked = CHECK.match(ast.unparse(node))
                    if checked and checked[1] == name:
                        answers = node.args[1:]
    todo, seen = answers or [ast.Name(exercises.answer_name(name))], set()
    for answer in todo:
        for node in ast.walk(answer):
            if isinstance(node, ast.Name) and node.id in functions:
                if node.id not in seen:
                    seen.add(node.id)
                    todo.append(functions[node.id])
                continue
            used = getattr(node, "attr", getattr(node, "id", None))
            if real.get(used, used) in exercise.without:
                return real.get(used, used)
    return None


# ---- the table and the pages ---------------------------------------------------------------------


def table(results):
    """The rows of the table: points and notes, also on submissions with identical answers."""
    first, rows = {}, []
    for name, result in results:
        notes = list(result["notes"])
        if same := result.get("answers"):
            if same in first:
                notes.append(f"the same answers as {first[same]}")
            first.setdefault(same, name)
        points = [right for right, _ in result["exercises"].values()]
        rows.append(
            {
                "submission": name,
                "chapter": result["chapter"],
                "points": sum(points),
                "of": len(points),
                "notes": "; ".join(notes),
                "exercises": result["exercises"],
            }
        )
    return rows


def write(out, rows, seed):
    """Writes grades.csv, and a page of feedback for each submission."""
    columns = ["submission", "chapter", "points", "of", "notes"]
    names = list(dict.fromkeys(name for row in rows for name in row["exercises"]))
    with (out / "grades.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, *names])
        for row in rows:
            points = [int(row["exercises"][n][0]) if n in row["exercises"] else "" for n in names]
            writer.writerow([safe(row[column]) for column in columns] + points)
    shutil.rmtree(out / "feedback", ignore_errors=True)
    for row in rows:
        page = out / "feedback" / f"{row['submission']}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"# {row['points']} of {row['of']} points", ""]
        lines += [
            f"- {'✓' if right else '✗'} **{name}**: {said}"
            for name, (right, said) in row["exercises"].items()
        ]
        lines += ["", f"Notes: {row['notes']}."] if row["notes"] else []
        lines += ["", f"The random cases were drawn with the seed {seed}."]
        page.write_text("\n".join(lines) + "\n", "utf-8")


def safe(cell):
    """A cell that a spreadsheet reads as text, not as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
