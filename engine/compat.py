"""Every private API of other packages that the engine relies on.

Each entry says whose it is and why the engine needs it; tests/test_compat.py has a test of the
same name, which fails first when the API changes.
"""

import shutil
from contextlib import contextmanager

import myst_nb.core.render
import myst_nb.sphinx_
from jupyter_cache.cache.db import NbCacheRecord
from jupyter_client import KernelManager
from myst_nb.core.read import create_nb_reader

# myst-nb: the node of folded code, and the function that closes it; the engine opens it itself.
HiddenCode = myst_nb.sphinx_.HideCodeCellNode
depart_hidden_code = myst_nb.sphinx_.depart_HideCellInput

# sphinx-exercise: the names of its node classes, by which the Markdown printer chooses a method.
EXERCISES = ("exercise_node", "exercise_enumerable_node")
SOLUTION = "solution_node"
# sphinx-exercise: the ids of the sections that it wraps around contents, each used many times.
EXERCISE_WRAPPERS = (["exercise-content"], ["solution-content"])


def replace_coalesce_streams(joined):
    """myst-nb: its own function ends a line after every piece of a stream."""
    myst_nb.core.render.coalesce_streams = joined


def encrypt_kernels_if_possible():
    """jupyter_client: else every kernel warns that it could be overheard on this machine."""
    KernelManager.class_traits()["transport_encryption"].default_value = "auto"


def forget_broken_outputs(cache):
    """jupyter-cache: it records an output before it writes the file, and then misses the file."""
    for record in cache.list_cache_records():
        try:
            cache.get_cache_bundle(record.pk)
        except (KeyError, ValueError):  # no file, or half a file
            NbCacheRecord.remove_record(record.pk, cache.db)
            shutil.rmtree(cache.path / "executed" / record.hashkey, ignore_errors=True)


def cells(env, path):
    """myst-nb: the cells of a chapter as its own parser reads them, or None for a plain page."""
    text = path.read_text("utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    return reader and reader.read(text).cells


def add_template_filter(app, name, function):
    """Sphinx: the environment of its templates, to which a filter is added."""
    app.builder.templates.environment.filters[name] = function


def leave_search_out(app):
    """Sphinx: its own search, which finds pages, splits pos_weight, and loads five scripts."""
    app.builder.search = False


def has_warned(app):
    """Sphinx: whether the build has printed a warning; there is no public count."""
    return app._warncount > 0


@contextmanager
def other_builder(app, name):
    """Sphinx: a second builder in the same build, which reuses the documents already read."""
    first, app.builder = app.builder, app.registry.create_builder(app, name, app.env)
    try:
        yield app.builder
    finally:
        app.builder = first
