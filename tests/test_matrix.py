"""What the matrix promises of versions, and decides about torch."""

import re

import pytest

from engine import ROOT


@pytest.fixture(scope="module")
def noxfile():
    """The rows and their sessions; to import it looks for every Python of the rows."""
    import noxfile

    return noxfile


def test_the_oldest_row_pins_the_lower_bounds_of_the_library_and_none_is_an_upper_one(noxfile):
    text = (ROOT / "pyproject.toml").read_text("utf-8").partition("[tool.")[0]
    bounds = dict(re.findall(r'"(numpy|anywidget|matplotlib|torch)([^"]*)"', text))
    assert len(bounds) == 4
    oldest = noxfile.ROWS["oldest"]
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
def test_torch_is_left_out_where_it_would_bring_cuda(noxfile, need, cuda):
    assert noxfile.needs_cuda({"install": [{"metadata": {"requires_dist": [need]}}]}) == cuda
