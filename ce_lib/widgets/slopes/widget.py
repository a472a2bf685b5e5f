"""How hard cross-entropy and half the squared error pull on a logit."""

import traitlets

from ..kit.figure import Figure


class Slopes(Figure):
    """The size of the slope in the logit, of cross-entropy and of ½MSE behind a sigmoid.

    Args:
        z: the logit, in [-10, 10]. y: the label, 0 or 1. scale: "linear" or "log".
    """

    z = traitlets.Float(-3.0, min=-10, max=10).tag(sync=True)
    y = traitlets.Enum([0, 1], 1).tag(sync=True)
    scale = traitlets.Enum(["linear", "log"], "linear").tag(sync=True)
