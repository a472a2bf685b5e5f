"""The private APIs of engine/compat.py still are what the engine takes them for.

A test here fails first when an upgrade changes one; without it, a page would just look strange.
"""

import inspect
from pathlib import Path
from types import SimpleNamespace

import myst_nb.core.render
import nbformat
import pytest
from docutils import nodes
from jupyter_cache import get_cache
from jupyter_client import KernelManager
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import docutils_namespace

from engine import compat

CHAPTER = """\
---
file_format: mystnb
kernelspec: {name: python3}
---
# Title

```{exercise}
:label: one
Do it.
```

```{solution} one
Done.
```

```{code-cell}
:tags: [hide-input]
1 + 1
```
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A build of one page, without running its cell, with the two extensions alone."""
    folder = tmp_path_factory.mktemp("one page")
    (folder / "index.md").write_text(CHAPTER, "utf-8")
    out = folder / "_build"
    config = {"extensions": ["myst_nb", "sphinx_exercise"], "nb_execution_mode": "off"}
    config["suppress_warnings"] = ["myst-nb.lexer"]  # no kernel has told the language
    with docutils_namespace():
        made = Sphinx(folder, None, out, out, "html", confoverrides=config, status=None)
        compat.add_template_filter(made, "finish", str.upper)
        compat.leave_search_out(made)
        made.build()
        yield made


@pytest.fixture
def doctree(app):
    return app.env.get_doctree("index")


def test_exercises_and_solutions(doctree):
    names = [type(node).__name__ for node in doctree.findall(nodes.Element)]
    assert sum(name in compat.EXERCISES for name in names) == 1
    assert names.count(compat.SOLUTION) == 1


def test_exercise_wrappers(doctree):
    ids = [section["ids"] for section in doctree.findall(nodes.section)]
    assert [wrapper for wrapper in compat.EXERCISE_WRAPPERS if wrapper not in ids] == []


def test_hidden_code(app):
    page = app.env.get_and_resolve_doctree("index", app.builder)
    (hidden,) = page.findall(compat.HiddenCode)
    assert hidden["prompt_show"] == app.config.nb_code_prompt_show.format(type="source")
    translator = SimpleNamespace(body=[])
    compat.depart_hidden_code(translator, hidden)
    assert "".join(translator.body).strip() == "</details>"


def test_replace_coalesce_streams(monkeypatch):
    monkeypatch.setattr(
        myst_nb.core.render, "coalesce_streams", myst_nb.core.render.coalesce_streams
    )
    assert list(inspect.signature(myst_nb.core.render.coalesce_streams).parameters) == ["outputs"]
    compat.replace_coalesce_streams(len)
    callers = [
        method
        for _, kind in inspect.getmembers(myst_nb.core.render, inspect.isclass)
        for _, method in inspect.getmembers(kind, inspect.isfunction)
        if "coalesce_streams" in method.__code__.co_names
    ]
    assert callers
    assert {caller.__globals__["coalesce_streams"] for caller in callers} == {len}


def test_encrypt_kernels_if_possible(monkeypatch):
    trait = KernelManager.class_traits()["transport_encryption"]
    monkeypatch.setattr(trait, "default_value", trait.default_value)
    assert trait.default_value != "auto"
    compat.encrypt_kernels_if_possible()
    assert KernelManager().transport_encryption == "auto"


def test_forget_broken_outputs(tmp_path):
    cache = get_cache(tmp_path / "cache")
    for source in ("1", "2", "3"):
        cell = nbformat.v4.new_code_cell(source, execution_count=1)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{source}.ipynb")
        cache.cache_notebook_file(tmp_path / f"{source}.ipynb")
    whole, half, gone = sorted(Path(cache.path, "executed").glob("*/base.ipynb"))
    half.write_text("{", "utf-8")
    gone.unlink()
    compat.forget_broken_outputs(cache)
    assert [record.hashkey for record in cache.list_cache_records()] == [whole.parent.name]
    for source in ("1", "2", "3"):  # they can be stored again
        cache.cache_notebook_file(tmp_path / f"{source}.ipynb", overwrite=True)
    assert len(cache.list_cache_records()) == 3


def test_cells(app, tmp_path):
    (cell,) = [
        c for c in compat.cells(app.env, Path(app.srcdir, "index.md")) if c.cell_type == "code"
    ]
    assert (cell.source, cell.metadata.tags) == ("1 + 1", ["hide-input"])
    plain = tmp_path / "plain.md"
    plain.write_text("# Plain\n", "utf-8")
    assert compat.cells(app.env, plain) is None


def test_add_template_filter(app):
    assert app.builder.templates.render_string("{{ 'a' | finish }}", {}) == "A"


def test_leave_search_out(app):
    assert not list(Path(app.outdir).glob("search*"))


def test_other_builder(app):
    first = app.builder
    with compat.other_builder(app, "text") as builder:
        assert app.builder is builder
        assert builder.name == "text"
        assert builder.env is app.env
    assert app.builder is first


def test_has_warned(app):
    assert not compat.has_warned(app)
    logging.getLogger(__name__).warning("a mistake")
    assert compat.has_warned(app)
