"""Colab's versions are renewed from its list, or left as they were."""

import re

import pytest

from engine import ROOT
from tools import colab

OLD = "# Why.\nnumpy==2.1.3\njupyter_core==5.9.1\nentrypoints==0.4\n"
FREEZE = "numpy==2.2.0\njupyter-core==5.9.2\n" + "".join(f"p{i}==1\n" for i in range(100))


@pytest.fixture
def pins(tmp_path, monkeypatch):
    file = tmp_path / "colab.txt"
    file.write_text(OLD, "utf-8")
    monkeypatch.setattr(colab, "PINS", file)
    return file


def test_versions_and_date_are_renewed_and_the_list_of_packages_stays(pins, tmp_path, capsys):
    (tmp_path / "freeze.txt").write_text(FREEZE, "utf-8")
    for said in ("numpy==2.2.0, jupyter_core==5.9.2", "no version"):
        assert colab.main(str(tmp_path / "freeze.txt")) == 0
        assert f"Changed: {said}; " in capsys.readouterr().out
        first, rest = pins.read_text("utf-8").split("\n", 1)
        assert first.startswith("# Taken from Colab's pip-freeze.txt of 2")
        assert rest == OLD.replace("2.1.3", "2.2.0").replace("5.9.1", "5.9.2")


@pytest.mark.parametrize("text", [None, "<html>", "numpy==9\n"], ids=["missing", "page", "short"])
def test_what_is_not_colabs_list_changes_nothing_and_is_one_sentence(pins, tmp_path, text):
    if text:
        (tmp_path / "freeze.txt").write_text(text, "utf-8")
    assert colab.main(str(tmp_path / "freeze.txt")).startswith("tests/colab.txt stays as it was: ")
    assert pins.read_text("utf-8") == OLD


def test_the_file_has_one_date_and_it_is_renewed():
    text = (ROOT / "tests" / "colab.txt").read_text("utf-8")
    renewed, _, _ = colab.renew(text, FREEZE, "2030-01-02")
    assert re.findall(r"(?m)^#.*(20\d\d.*)$", renewed) == ["2030-01-02."]
