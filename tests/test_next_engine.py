"""mystmd, the engine of Jupyter Book 2, reads and runs the book, except for the listed parts."""

import re

import pytest

from engine import ROOT
from tools.next_engine import differences, nodes, read

pytestmark = pytest.mark.weekly
LISTED = re.findall(r"(?m)^\| `(.+?)`", (ROOT / "docs" / "next-engine.md").read_text("utf-8"))


@pytest.fixture(scope="session")
def with_mystmd():
    return read(ROOT, execute=True)


def test_what_mystmd_does_not_know_or_warns_of_is_the_list(with_mystmd):
    assert differences(*with_mystmd) == LISTED  # a cell that fails there would be on it


def test_each_figure_keeps_its_still_picture(with_mystmd, site):
    _, pages = with_mystmd
    for name, page in pages.items():
        (built,) = [file for file in site.rglob(f"{name}.html") if "_static" not in file.parts]
        outputs = [node for node in nodes(page["mdast"]) if node["type"] == "output"]
        bundles = [output["jupyter_data"].get("data", {}) for output in outputs]
        figures = [data for data in bundles if "application/vnd.jupyter.widget-view+json" in data]
        assert all("text/html" in data for data in figures)
        assert len(figures) == built.read_text("utf-8").count('<div class="ce-figure"')


def test_a_cell_that_fails_and_an_unknown_directive_are_seen(tmp_path):
    (tmp_path / "_config.yml").write_text("title: One page", "utf-8")
    (tmp_path / "_toc.yml").write_text("root: index\nparts: []", "utf-8")
    (tmp_path / "references.bib").touch()
    front = "---\nkernelspec: {name: python3, display_name: Python 3}\n---\n"
    cell = "```{code-cell} python3\n1 / 0\n```\n"
    (tmp_path / "index.md").write_text(f"{front}# One\n\n```{{riddle}}\n```\n\n{cell}", "utf-8")
    unknown, failed = differences(*read(tmp_path, execute=True))
    assert unknown == "directive riddle"
    assert "index.md An exception occurred" in failed
