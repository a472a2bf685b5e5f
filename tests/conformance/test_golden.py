"""The golden cases: mpmath's values, the nearest doubles to exact results (tools/golden.py)."""

import json
import subprocess
import sys

import numpy as np
import pytest

import ce_lib as ce
from engine import ROOT

CASES = json.loads((ROOT / "tests" / "golden.json").read_text(encoding="utf-8"))
SMALLEST_NORMAL = np.finfo(float).tiny  # below it torch may answer 0
FUNCTIONS = sorted({case["function"] for case in CASES})


def decoded(x):
    if isinstance(x, list):
        return [decoded(item) for item in x]
    return float(x) if isinstance(x, str) else x


def options(backend, case):
    """The keywords of a case; what is a list or a weight comes as an array."""
    return {
        k: backend.array(v) if isinstance(v, list) or "weight" in k else v
        for k, v in case["kwargs"].items()
    }


def assert_close(actual, expected, case):
    # 700 · ε: a logit difference of 700 is rounded before it is exponentiated. Relative, so that
    # no tiny value may be answered by 0; but a logsumexp near 0 is a difference of logits.
    absolute = 1e-15 if case["function"] in ("logsumexp", "z_loss") else SMALLEST_NORMAL
    np.testing.assert_allclose(actual, expected, rtol=2e-13, atol=absolute, err_msg=case["id"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_are_those_of_mpmath(backend, function):
    for case in CASES:
        if case["function"] == function:
            args = [backend.array(decoded(x)) for x in case["args"]]
            keywords = options(backend, case)
            actual = getattr(ce, function)(*args, **keywords)
            if not isinstance(actual, float):  # a temperature is one in both backends
                actual = backend.numpy(actual)
            assert_close(actual, decoded(case["value"]), case)


@pytest.mark.parametrize("function", sorted({c["function"] for c in CASES if "grad" in c}))
def test_closed_form_gradients_are_those_of_mpmath(backend, function):
    for case in CASES:
        if case["function"] == function and "grad" in case:
            args = [backend.array(decoded(x)) for x in case["args"]]
            keywords = options(backend, case)
            value, gradient = ce.value_and_grad(getattr(ce, function), *args, **keywords)
            assert_close(backend.numpy(value), decoded(case["value"]), case)
            assert_close(backend.numpy(gradient), decoded(case["grad"]), case)


def test_every_case_has_its_own_id():
    assert len({case["id"] for case in CASES}) == len(CASES) > 900


def test_the_file_is_what_the_tool_writes():
    tool = [sys.executable, "-m", "tools.golden", "--check"]
    assert subprocess.run(tool, capture_output=True, text=True).stderr == ""
