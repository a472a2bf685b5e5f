"""Every fault can still be planted, by a test that still exists; `make planted` runs them."""

import re
from pathlib import Path

import pytest

from engine import ROOT
from tools import planted

FAULTS = planted.faults()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted_and_its_tests_exist(fault, tmp_path):
    for file in fault.files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes((ROOT / file).read_bytes())
    fault.plant(tmp_path)
    for test in fault.tests:
        file, _, name = test.partition("::")
        assert (ROOT / file).exists(), f"there is no {file}"
        name = name.partition("[")[0]
        assert not name or re.search(rf"(?m)^(async )?def {name}\(", (ROOT / file).read_text())


def test_there_are_forty_that_the_tests_must_catch():
    assert sum(not fault.unnoticed for fault in FAULTS) >= 40


@pytest.mark.parametrize(("text", "times"), [("three", 0), ("one", 2)])
def test_a_text_that_does_not_stand_there_once_is_named(tmp_path, text, times):
    Path(tmp_path, "a.md").write_text("one one two")
    fault = planted.Fault("wrong", ("a.md",), text, "four", ("tests",))
    with pytest.raises(ValueError, match=rf"wrong cannot be planted: a.md .* got {times} times"):
        fault.plant(tmp_path)
