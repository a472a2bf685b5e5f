"""Figures made in Python, as the tests in their folders give them."""

import importlib.util

import pytest

from engine import ROOT


def _from_the_figures_tests():
    """The examples of each figure, and what each refuses, from the tests in its folder."""
    examples, refused = {}, []
    for file in sorted((ROOT / "ce_lib" / "widgets").glob("*/test_*.py")):
        name = file.parent.name
        spec = importlib.util.spec_from_file_location(f"tests_of_{name}", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        examples |= {f"{name}-{which}": make for which, make in module.EXAMPLES.items()}
        refused += [
            pytest.param(*case, id=f"{name}-{n}") for n, case in enumerate(module.REFUSED, 1)
        ]
    return examples, refused


EXAMPLES, REFUSED = _from_the_figures_tests()
