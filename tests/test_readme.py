"""What the files at the door say is so: their example runs, their links and commands exist."""

import doctest
import re

import pytest
import yaml

from engine import ROOT
from tools.__main__ import VERBS

README = (ROOT / "README.md").read_text("utf-8")
DOORS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def version():
    return re.search(r'(?m)^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"))[1]


def test_the_example_gives_what_it_says():
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README.md", None, 0)
    assert len(test.examples) >= 5
    report = []
    failed, _ = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert not failed, "".join(report)


@pytest.mark.parametrize("name", DOORS)
def test_what_is_linked_is_there(name):
    linked = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    local = [target for target in linked if "://" not in target]
    assert [target for target in local if not (ROOT / target).exists()] == []


def test_the_picture_has_a_description():
    (alt,) = re.findall(r"!\[([^\]]*)\]", README)
    assert len(alt.split()) > 20


@pytest.mark.parametrize("name", DOORS)
def test_the_commands_exist(name):
    text = (ROOT / name).read_text("utf-8")
    called = re.findall(r"(?m)(?:^|`)(?:\w+=\S+ )?make (\w+)", text)
    called += re.findall(r"python -m tools (\w+)", text)
    assert set(called) <= VERBS.keys()


def test_contributing_begins_with_how_to_change_a_page():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert text.removeprefix("# Contributing\n\n").startswith(
        "**To change a page, edit the `.md`**"
    )


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["version"] == version()
    assert f"Version {version()}" in README
