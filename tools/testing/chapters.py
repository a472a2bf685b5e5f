"""A chapter run in this process: its cells and the code of its exercises."""

import contextlib
import io
import re
import warnings
from dataclasses import dataclass

import matplotlib
import myst_nb
import pytest
from myst_nb.core.read import read_myst_markdown_notebook

from engine import ROOT


@dataclass
class Chapter:
    name: str
    source: str
    glued: dict
    code: str
    printed: str
    namespace: dict


def whole(path):
    """The text of a page with that of the files it includes: its exercises."""
    return re.sub(
        r"^:::\{include\} (\S+)\n:::$",
        lambda include: (path.parent / include[1]).read_text("utf-8"),
        path.read_text("utf-8"),
        flags=re.MULTILINE,
    )


def run(name, source=None):
    """The chapter after all its cells and the Python of its exercises ran, in one namespace."""
    source = source or whole(ROOT / "chapters" / f"{name}.md")
    cells = [c.source for c in read_myst_markdown_notebook(source).cells if c.cell_type == "code"]
    exercises = re.findall(r"^```python\n(.*?)^```", source, re.MULTILINE | re.DOTALL)
    glued, namespace, printed = {}, {"__name__": name}, io.StringIO()
    matplotlib.use("agg")
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(printed),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # what other libraries say while they are imported
        patch.setenv("KERAS_BACKEND", "torch")  # a chapter sets it too; this puts it back
        patch.setattr(myst_nb, "glue", lambda key, value, display=True: glued.update({key: value}))
        for code in [*cells, *exercises]:
            exec(compile(code, f"{name}.md", "exec"), namespace)
    code = "\n".join(cells)
    return Chapter(name, source, glued, code, printed.getvalue(), namespace)
