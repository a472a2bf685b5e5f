"""Stand-ins for what a notebook has and a page lacks: IPython, anywidget, matplotlib, digits."""

import json
import sys
from types import ModuleType

import numpy as np
import traitlets

DIGITS = "/home/digits.csv"  # run.mjs has it loaded for code that names load_digits
NOTE = "Pictures by matplotlib are drawn in the notebook of this chapter.\n"


class Nothing:
    """Takes every call and every name, and draws nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments, **options):
        return self

    def subplots(self, rows=1, columns=1, **options):
        return [self] * (rows * columns)


def load_digits(*, return_X_y=False):
    """The digits of scikit-learn: 1,797 images of 8 x 8, as its function returns them."""
    if not return_X_y:
        raise TypeError("load_digits in a page takes return_X_y=True, and returns X and y")
    data = np.loadtxt(DIGITS, delimiter=",")
    return data[:, :-1], data[:, -1].astype(int)


def module(name, **names):
    made = sys.modules[name] = ModuleType(name)
    vars(made).update(names)
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, made)
    return made


def install(show):
    """Put the stand-ins where `import` finds them; `show` shows a value in the page."""

    class AnyWidget(traitlets.HasTraits):
        def page_state(self):
            return [self.module, json.dumps(self.state())]

    def display(*values, **options):
        for value in values:
            show(value)

    def show_picture(*axes, **options):
        sys.stdout.write(NOTE)

    module("IPython", get_ipython=lambda: None, version_info=(9, 0))
    module("IPython.display", display=display)
    module("anywidget", AnyWidget=AnyWidget)
    module("sklearn", __path__=[])
    module("sklearn.datasets", load_digits=load_digits)
    nothing = Nothing()
    module("matplotlib", pyplot=nothing)
    sys.modules["matplotlib.pyplot"] = nothing
    module("ce_lib.figures", style=nothing, show=show_picture, __path__=[])
    module("ce_lib.widgets.kit.join", front_end=lambda folder: ("", ""))
