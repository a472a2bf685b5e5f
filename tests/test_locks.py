"""Every dependency is exact and locked."""

import json
import re

import pytest

from engine import ROOT

EXACT = r"\d+(\.\w+)+"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-class.lock"])
def test_every_line_of_a_lock_is_one_exact_version(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert len(lines) > 100
    assert [x for x in lines if not re.fullmatch(r"[\w.-]+==[\w.+]+( ; .+)?", x)] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-test", "requirements-class"])
def test_what_is_asked_for_is_exact_by_itself_or_by_its_lock(name):
    lines = (ROOT / f"{name}.txt").read_text("utf-8").splitlines()
    lock = (
        "requirements-class.lock" if "-c requirements-class.lock" in lines else "requirements.lock"
    )
    assert f"-c {lock}" in lines
    locked = re.findall(r"(?m)^[\w.-]+(?===)", (ROOT / lock).read_text("utf-8"))
    asked = [line.partition(";")[0].strip() for line in lines if line[:1] not in ("#", "-", "")]
    loose = [line for line in asked if "==" not in line and line not in locked]
    assert loose == []


@pytest.mark.parametrize("folder", [ROOT, ROOT / "benchmarks"], ids=["site", "benchmarks"])
def test_npm_packages_are_exact_and_the_lock_holds_those(folder):
    package = json.loads((folder / "package.json").read_text("utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert lock[""].get(kind, {}) == package.get(kind, {})
        for name, version in package.get(kind, {}).items():
            assert re.fullmatch(EXACT, version), name
            assert lock[f"node_modules/{name}"]["version"] == version
    for path, entry in lock.items():
        if path:
            assert entry["integrity"].startswith("sha512-"), path  # npm ci checks what it gets
            assert "resolved" not in entry, path  # npm asks the registry that it is set up with
