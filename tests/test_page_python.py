"""Python in the page as the build makes it: its parts, and sites without it."""

import gzip
import json
import re

import pytest
from sphinx.errors import ExtensionError

from engine import made_once, page_python
from engine.page_python import PARTS
from tools.testing.page_python import WITH_CODE
from tools.testing.sources import PAGES, copy_python

LIGHT = 9_500_000  # bytes that the first Run loads, compressed as a server compresses scripts


@pytest.fixture
def parts(python_in_page, site):
    """The folder of the parts of Python in the built site."""
    (folder,) = (site / "_static" / "python").iterdir()
    return folder


def test_what_the_first_run_loads_is_light(parts):
    loaded = {file.name: file.read_bytes() for file in parts.iterdir()}
    weights = {
        name: len(data if name.endswith(".bin") else gzip.compress(data))
        for name, data in loaded.items()
    }
    assert weights.keys() == {*PARTS, "library.bin", "digits.bin", "run.js"}
    assert sum(weights.values()) <= LIGHT, weights


def test_two_packs_have_the_same_bytes(parts, tmp_path, monkeypatch):
    monkeypatch.setattr(made_once, "CACHE", tmp_path)
    again = page_python.python.__wrapped__(), page_python.library.__wrapped__()
    made = [file for folder in again for file in folder.iterdir()]
    assert {file.name for file in made} == {*PARTS, "library.bin"}
    for file in made:
        assert file.read_bytes() == (parts / file.name).read_bytes(), file.name


@pytest.mark.usefixtures("python_in_page")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_may_compile_webassembly_where_it_has_code_to_run(site, name):
    html = (site / f"{name}.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert ("'wasm-unsafe-eval'" in policy) == ("data-python=" in html) == (name in WITH_CODE)
    assert "'unsafe-eval'" not in policy
    cells = re.findall(r'<div class="(cell [^"]*)"', html)
    assert all({"runs", "draws"} & set(cell.split()) for cell in cells)


def text_of(folder):
    """All pages of a built site, as one text."""
    return "".join(page.read_text("utf-8") for page in (folder / "_build/html").rglob("*.html"))


@pytest.fixture
def small_with_pyodide(small_book):
    """A small book whose copy of Pyodide finds no official wheel."""
    folder = small_book()
    copy_python(folder)
    lock = folder / "node_modules" / "pyodide" / "pyodide-lock.json"
    locked = json.loads(lock.read_text("utf-8"))
    locked["packages"]["numpy"]["file_name"] = "http://127.0.0.1:9/numpy.whl"  # nobody listens
    lock.write_text(json.dumps(locked), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("settings", "told"), [({"CE_RUN": "0"}, 0), ({"CE_RUN": ""}, 1)], ids=["off", "no-wheel"]
)
def test_a_site_without_python_is_whole_and_says_so_in_one_line(
    small_with_pyodide, build, settings, told
):
    built = build(small_with_pyodide, CE_NUMPY_WHEEL="", **settings)
    assert built.returncode == 0, built.stderr
    lines = [line for line in (built.stdout + built.stderr).splitlines() if "Run buttons" in line]
    assert len(lines) == told, lines
    html = text_of(small_with_pyodide)
    assert 'class="cell ' in html
    for word in ("data-python", "wasm-unsafe-eval", "cell runs"):
        assert word not in html
    assert not (small_with_pyodide / "_build" / "html" / "_static" / "python").exists()


def test_a_wheel_that_is_not_there_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setenv("CE_NUMPY_WHEEL", "nowhere.whl")
    said = "CE_NUMPY_WHEEL must name the wheel of NumPy, got nowhere.whl"
    with pytest.raises(ExtensionError, match=f"^{said}$"):
        page_python.python.__wrapped__()
