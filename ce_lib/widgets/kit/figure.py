"""The base of the figures: one JavaScript module for Jupyter and for a page without a kernel."""

import base64
import functools
import html
import json
import os
import re
import sys
import uuid
from pathlib import Path

import anywidget
import traitlets
from IPython import get_ipython
from IPython.display import display

IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:const|let|function\*?|class) (\w+))", re.MULTILINE)


@functools.cache
def join(file):
    """Returns a module with all that it imports, as the one file that anywidget needs.

    Each imported module becomes a function that returns its exports, so that two modules may
    declare one name. An import or an export of another form than those of the figures is an error.
    """
    before = {}

    def imported(path):
        if path not in before:
            text = with_imports(path)
            exports = ", ".join(name for _, name in EXPORT.findall(text))
            body = EXPORT.sub(r"\1", text)
            if found := re.search(r"^export\b.*", body, re.MULTILINE):
                raise ValueError(f"{path.name} must export by declaration, got {found[0]}")
            call = f"(() => {{\n{body}\nreturn {{ {exports} }};\n}})()"
            before[path] = f"const $module_{len(before)} = {call};\n"
        return f"$module_{list(before).index(path)}"

    def with_imports(path):
        def as_constant(match):
            names = match[1].replace(" as ", ": ")
            return f"const {names} = {imported((path.parent / match[2]).resolve())};\n"

        text = IMPORT.sub(as_constant, path.read_text("utf-8"))
        if found := re.search(r"^import\b.*", text, re.MULTILINE):
            raise ValueError(f'{path.name} must import {{ names }} from "./x.js", got {found[0]}')
        return text

    figure = with_imports(file.resolve())
    return "".join(before.values()) + figure


class Figure(anywidget.AnyWidget):
    """A figure that moves in Jupyter and on the book's site, with a still picture for paper.

    A subclass stands in its folder's ``widget.py``, beside ``figure.js``; it has the traits, tagged
    ``sync=True``, and ``still()``, which returns the HTML that stands for the figure where no
    JavaScript runs.
    """

    module = ""  # the name of the folder
    initial = traitlets.Dict().tag(sync=True)
    spare = traitlets.Unicode().tag(sync=True)  # names the still picture that a live view hides

    @traitlets.default("spare")
    def _any_name(self):
        return "" if _one_output() else uuid.uuid4().hex

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if Figure in cls.__bases__:  # anywidget makes subclasses of its own, to add traits
            folder = Path(sys.modules[cls.__module__].__file__).parent
            cls.module = folder.name
            cls._esm = join(folder / "figure.js")
            cls._css = Path(__file__).with_suffix(".css").read_text("utf-8")

    def __init__(self, **state):
        unknown = sorted(set(state) - set(self.state_names()))
        if unknown:
            raise TypeError(
                f"{type(self).__name__} takes {', '.join(self.state_names())}, got {unknown[0]}"
            )
        super().__init__(**state)
        self.initial = self.state()

    @classmethod
    def state_names(cls):
        """Returns the names of the traits that make up the figure's state."""
        inherited = set(Figure.class_traits())
        own = set(cls.class_traits(sync=True)) - inherited
        return sorted(name for name in own if not name.startswith("_"))

    def state(self):
        """Returns the figure's state as a dict."""
        return {name: getattr(self, name) for name in self.state_names()}

    def still(self):
        """Returns the HTML that stands for the figure where no JavaScript runs."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
        if "google.colab" not in sys.modules:  # Colab shows HTML rather than the widget
            data = {**data, "text/html": self._page()}
        return (data, *rest) if rest else data

    def _ipython_display_(self, **kwargs):
        """Shows the widget and, as a second output, the still picture, hidden while a view lives.

        Of one output a front end takes the widget alone, and says "model not found" or nothing
        where its kernel is gone.
        """
        if _one_output():
            usual = getattr(super(), "_ipython_display_", None)  # ipywidgets 7 has one
            if usual is None:
                raise NotImplementedError  # so IPython asks for the bundle
            return usual(**kwargs)
        bundle = super()._repr_mimebundle_()
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        del data["text/plain"]  # nbconvert would print it above the picture
        display(data, metadata=metadata, raw=True)
        page = re.sub(r"<svg.*?</svg>", _as_image, self._page(), flags=re.DOTALL)
        still = f'<div data-spare="{self.spare}">{page}</div>'
        plain = f"{type(self).__name__}: a figure, which a terminal cannot show"
        display({"text/html": still, "text/plain": plain}, raw=True)

    def _page(self):
        attributes = {
            "figure": self.module,
            "key": self.module.replace("_", "-"),
            "state": json.dumps(self.initial),
        }
        shown = " ".join(f'data-{k}="{html.escape(v)}"' for k, v in attributes.items())
        return f'<div class="ce-figure" {shown}><div class="ce-fallback">{self.still()}</div></div>'


def _one_output():
    """Whether a figure is one output: on the book's page, in Colab, and in a terminal."""
    page, colab = "CE_PAGE" in os.environ, "google.colab" in sys.modules
    return page or colab or not hasattr(get_ipython(), "kernel")  # in Colab no output hides another


def _as_image(svg):
    """Inline SVG as an image on white: of a notebook not trusted JupyterLab drops the SVG."""
    label = re.search(r'aria-label="([^"]*)"', svg[0])
    data = base64.b64encode(svg[0].encode()).decode()
    alt = label[1] if label else ""
    style = "background: white; max-width: 100%"
    return f'<img alt="{alt}" style="{style}" src="data:image/svg+xml;base64,{data}">'
