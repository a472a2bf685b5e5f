"""The base of the figures: one JavaScript module for Jupyter and for a page without a kernel."""

import html
import json
import math
import os
import re
import sys
import uuid
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

import anywidget
import traitlets
from IPython import get_ipython
from IPython.display import display

from .join import front_end

VALID = re.compile(r"^export const valid = \{.*?\};$", re.DOTALL | re.MULTILINE)
DEAD = "This figure moves while its kernel runs: run its cell again"
SHOWN = defaultdict(list)  # module → the states in which this kernel has made the figure


class Figure(anywidget.AnyWidget):
    """A figure that moves in Jupyter and on the book's site.

    A subclass stands in its folder's ``widget.py``, beside ``figure.js``, and has the traits,
    tagged ``sync=True``.
    """

    module = ""  # the name of the folder
    initial = traitlets.Dict().tag(sync=True)
    spare = traitlets.Unicode().tag(sync=True)  # names the sentence that a live view hides

    @traitlets.default("spare")
    def _any_name(self):
        return "" if _one_output() else uuid.uuid4().hex

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if Figure in cls.__bases__:  # anywidget makes subclasses of its own, to add traits
            folder = Path(sys.modules[cls.__module__].__file__).parent
            cls.module = folder.name
            cls._esm, cls._css = front_end(folder)
            valid = re.search(
                r"^export const valid = \{.*?\};$", cls._esm, re.DOTALL | re.MULTILINE
            )
            cls.in_address = [n for n in cls.state_names() if valid and f" {n}:" in valid[0]]

    def __init__(self, **state):
        unknown = sorted(set(state) - set(self.state_names()))
        if unknown:
            raise TypeError(
                f"{type(self).__name__} takes {', '.join(self.state_names())}, got {unknown[0]}"
            )
        super().__init__(**state)
        self.initial = self.state()
        if self.initial not in SHOWN[self.module]:  # a cell that runs again makes the same
            SHOWN[self.module].append(self.initial)

    @classmethod
    def state_names(cls):
        """Returns the names of the traits that make up the figure's state."""
        inherited = set(Figure.class_traits())
        own = set(cls.class_traits(sync=True)) - inherited
        return sorted(name for name in own if not name.startswith("_"))

    def state(self):
        """Returns the figure's state as a dict."""
        return {name: getattr(self, name) for name in self.state_names()}

    def address(self):
        """Returns the address of the figure in its state on the book's site, or "" if unknown.

        A notebook of the site sets CE_CHAPTER to the page that it was made from.
        """
        page = os.environ.get("CE_CHAPTER")
        if not page:
            return ""
        n = SHOWN[self.module].index(self.initial) + 1
        key = self.module.replace("_", "-") + (f"-{n}" if n > 1 else "")
        valid = VALID.search(self._esm)  # what an address may set
        names = [name for name in self.initial if valid and f" {name}:" in valid[0]]
        if not names:  # a prediction; in a notebook the quizzes are predictions, too
            return page
        query = "&".join(f"{key}.{name}={_in_address(self.initial[name])}" for name in names)
        return f"{page}?{query}#figure-{key}"

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        data, *rest = bundle if isinstance(bundle, tuple) else (bundle,)
        if "google.colab" not in sys.modules:  # Colab shows HTML rather than the widget
            data = {**data, "text/html": self._page()}
        return (data, *rest) if rest else data

    def _ipython_display_(self, **kwargs):
        """Shows the widget and, as a second output, a sentence, hidden while a view lives.

        Of one output a front end takes the widget alone, and says "model not found" or nothing
        if its kernel is gone.
        """
        if _one_output():
            usual = getattr(super(), "_ipython_display_", None)  # ipywidgets 7 has one
            if usual is None:
                raise NotImplementedError  # so IPython asks for the bundle
            return usual(**kwargs)
        bundle = super()._repr_mimebundle_()
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        del data["text/plain"]  # nbconvert would print it above the sentence
        display(data, metadata=metadata, raw=True)
        plain = f"{type(self).__name__}: a figure, which a terminal cannot show"
        spare = f'<div data-spare="{self.spare}">{self._sentence()}</div>'
        display({"text/html": spare, "text/plain": plain}, raw=True)

    def _sentence(self):
        """What stands for the figure when its kernel is gone."""
        if not (address := self.address()):
            return f"<p>{DEAD}, or open this chapter on the site of the book.</p>"
        link = f'<a href="{html.escape(address)}">open it on the site of the book</a>'
        return f"<p>{DEAD}, or {link}.</p>"

    def _page(self):
        """The figure's place on a page of the site: engine/draw_stills.py draws into it."""
        attributes = {
            "figure": self.module,
            "key": self.module.replace("_", "-"),
            "state": json.dumps(self.initial),
        }
        shown = " ".join(f'data-{k}="{html.escape(v)}"' for k, v in attributes.items())
        return f'<div class="ce-figure" {shown}>{self._sentence()}</div>'


def distribution(proposal):
    """Returns what a trait is to become, or says why it is no distribution."""
    values, name = proposal["value"], proposal["trait"].name
    if not all(0 <= v <= 1 for v in values) or not math.isclose(sum(values), 1, abs_tol=1e-6):
        raise traitlets.TraitError(
            f"{name} must be probabilities that sum to 1, got {values} with sum {sum(values)}"
        )
    return values


def need_one_length(figure, *names):
    """Raises ValueError unless the traits of these names are lists of one length."""
    sizes = [str(len(getattr(figure, name))) for name in names]
    if len(set(sizes)) > 1:
        listed = [f"{', '.join(words[:-1])} and {words[-1]}" for words in (names, sizes)]
        raise ValueError(f"{listed[0]} must have one length, got {listed[1]}")


def _in_address(value):
    """A value as the addresses of the site have it (kit/host.js)."""
    if isinstance(value, bool):
        return str(value).lower()
    return quote(",".join(map(str, value)) if isinstance(value, list) else str(value), safe=",")


def _one_output():
    """Whether a figure is one output: on the book's page, in Colab, and in a terminal."""
    page, colab = "CE_PAGE" in os.environ, "google.colab" in sys.modules
    return page or colab or not hasattr(get_ipython(), "kernel")  # in Colab no output hides another
