"""What the matrix promises of versions, decides about torch, and says on its page."""

import json
import re
import subprocess
import sys

import pytest

from engine import ROOT
from tools import health, matrix


def row(state="passed", why="", date="2026-01-08", name="oldest"):
    checks = {"library": {"state": state, "why": why}}
    found = {"row": name, "python": "3.10", "versions": {"numpy": "1.26.0"}, "torch": "<none>"}
    return found | {"machine": "a machine", "date": date, "commit": "abc", "checks": checks}


# The versions


def test_the_oldest_row_pins_the_lower_bounds_of_the_library_and_none_is_an_upper_one():
    text = (ROOT / "pyproject.toml").read_text("utf-8").partition("[tool.")[0]
    bounds = dict(re.findall(r'"(numpy|anywidget|matplotlib|torch)([^"]*)"', text))
    assert len(bounds) == 4
    oldest = matrix.ROWS["oldest"]
    pins = dict(pin.split("==") for pin in [*oldest["pins"], oldest["torch"]])
    assert pins.pop("ipywidgets") == "7.7.1"
    assert bounds.keys() == pins.keys()
    for name, bound in bounds.items():
        assert f">={pins[name]}" in (bound, f"{bound}.0"), name
    assert re.search(r'(?m)^requires-python = ">=([^"<]*)"$', text)[1] == "3.10"


@pytest.mark.parametrize(
    ("need", "cuda"),
    [
        ('nvidia-cudnn; platform_system == "Nowhere"', False),
        ("nvidia-cudnn", True),
        ("sympy", False),
    ],
    ids=["of-another-system", "of-this-system", "without"],
)
def test_torch_is_left_out_where_it_would_bring_cuda(need, cuda):
    assert matrix.needs_cuda({"install": [{"metadata": {"requires_dist": [need]}}]}) == cuda


def test_a_row_whose_python_is_missing_is_not_run_and_says_so(monkeypatch):
    monkeypatch.setattr(matrix, "find_python", lambda version: None)
    checks = matrix.run_row("oldest", None)["checks"]
    assert list(checks) == matrix.CHECKS
    assert {x["state"] for x in checks.values()} == {"not run"}
    assert checks["library"]["why"] == "no Python 3.10 here"


@pytest.mark.weekly
def test_the_library_and_a_notebook_run_on_the_lower_bounds(tmp_path, monkeypatch):
    if matrix.find_python(matrix.ROWS["oldest"]["python"]) is None:
        pytest.skip(f"no Python {matrix.ROWS['oldest']['python']} here")
    monkeypatch.setattr(matrix, "FOLDER", tmp_path)
    monkeypatch.setattr(matrix, "TWINS", [ROOT / "chapters" / "entropy.ipynb"])
    monkeypatch.setattr(matrix, "LIBRARY_TESTS", ["tests/conformance"])
    row = matrix.run_row("oldest", matrix.build_wheel())
    passed = {name: check["state"] for name, check in row["checks"].items()}
    assert passed == {"library": "passed", "entropy": "passed"}, row["checks"]
    for pin in matrix.ROWS["oldest"]["pins"]:
        name, version = pin.split("==")
        assert row["versions"][name] == version


def test_health_adds_results_to_a_page_from_the_command_line(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps({"rows": [row()]}), "utf-8")
    tool = [sys.executable, "-m", "tools.health", "--all"]
    subprocess.run([*tool, tmp_path / "site", tmp_path / "one.json"], check=True)
    assert '<td class="passed">' in (tmp_path / "site" / "index.html").read_text("utf-8")


# The page


@pytest.mark.parametrize(
    ("state", "since"), [("passed", "2026-01-01"), ("failed", "2026-01-08")], ids=["same", "new"]
)
def test_a_state_is_as_old_as_the_first_run_in_it(tmp_path, state, since):
    health.publish([row(date="2026-01-01"), row(name="other")], tmp_path)
    health.publish([row(state)], tmp_path)
    rows = health.read(tmp_path / "health.json")
    assert list(rows) == ["oldest", "other"]
    assert rows["oldest"]["checks"]["library"]["since"] == since


def test_a_row_of_which_no_result_came_is_not_run_and_one_that_is_no_more_is_gone(tmp_path):
    old = [row(date="2026-01-01", name=name) for name in ("oldest", "newest", "python-2.7")]
    health.publish(old, tmp_path)
    health.publish([row()], tmp_path, all_ran=True)
    rows = health.read(tmp_path / "health.json")
    assert list(rows) == ["oldest", "newest"]
    assert rows["oldest"]["checks"]["library"]["since"] == "2026-01-01"
    silent = rows["newest"]["checks"]["library"]
    assert (silent["state"], silent["why"]) == ("not run", "no result came")
    assert silent["since"] == rows["newest"]["date"] > "2026-01-08"
    assert f"{silent['since']}, no result</small>" in (tmp_path / "index.html").read_text("utf-8")


@pytest.mark.parametrize("torn", ['{"rows": [{"row"', "[]", '{"rows": [{"row": "oldest"}]}'])
def test_a_torn_earlier_result_is_none(tmp_path, torn):
    (tmp_path / "health.json").write_text(torn, "utf-8")
    health.publish([row()], tmp_path)
    assert list(health.read(tmp_path / "health.json")) == ["oldest"]


def test_the_page_says_each_state_in_words_and_why_and_takes_no_markup_from_outside(tmp_path):
    health.publish([row("failed", "<b>a fault</b>")], tmp_path)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "<b>failed</b><br>since 2026-01-08<br><small>&lt;b&gt;a fault&lt;/b&gt;" in page
    assert "without torch: &lt;none&gt;" in page
    assert '<th scope="row">library</th>' in page
    assert "<script" not in page
