"""The code of a chapter's cells and solutions, for tests that need its variables."""

import ast
import contextlib
import functools
import io
import re
import warnings

import matplotlib
import pytest
from myst_nb.core.read import read_myst_markdown_notebook


def whole(chapter):
    """The text of a chapter with its exercises."""
    text = chapter.source.read_text("utf-8")
    if chapter.exercises.exists():
        text += chapter.exercises.read_text("utf-8")
    return text


def cells(chapter):
    """The sources of a chapter's code cells."""
    notebook = read_myst_markdown_notebook(chapter.source.read_text("utf-8"))
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def solutions(chapter):
    """The Python programs in the solutions of a chapter's exercises."""
    return re.findall(r"^```python\n(.*?)^```", whole(chapter), re.MULTILINE | re.DOTALL)


def loaded(node):
    """The names that code reads."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.AugAssign):
            yield from base(part.target)


def changed(statement):
    """The names that a statement binds, or whose objects it may change."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            yield from base(node) if isinstance(node.ctx, ast.Store) else ()
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            yield from base(called) if isinstance(called, ast.Attribute) else ()  # log.append(…)


def base(node):
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return [node.id] if isinstance(node, ast.Name) else []


def needed(sources, names):
    """The statements of programs, one after the other, on which the values of names depend."""
    statements = [one for source in sources for one in ast.parse(source).body]
    names, kept = set(names), []
    for statement in reversed(statements):
        if names & set(changed(statement)):
            names.update(loaded(statement))
            kept.insert(0, statement)
    return ast.Module(kept, [])


def variables(chapter, *names):
    """Runs only the code of a chapter on which some names depend; returns all of its variables."""
    namespace = {"__name__": chapter.name}
    silently(needed(cells(chapter), names), namespace)
    return namespace


@functools.cache
def printed_by_solutions(chapter):
    """Runs the solutions of a chapter, with what they need of its cells; returns their prints."""
    programs = solutions(chapter)
    namespace = variables(chapter, *loaded(ast.parse("\n".join(programs))))
    return "".join(silently(compile(code, "solution", "exec"), namespace) for code in programs)


def silently(code, namespace):
    """Runs code and returns what it prints."""
    if isinstance(code, ast.Module):
        code = compile(code, "chapter", "exec")
    matplotlib.use("agg")
    output = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(output),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # what other libraries say while they are imported
        patch.setenv("KERAS_BACKEND", "torch")
        exec(code, namespace)
    return output.getvalue()
