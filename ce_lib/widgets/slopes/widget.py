"""How hard cross-entropy and half the squared error pull on a logit."""

import traitlets

from ce_lib import figures

from ..kit.figure import Figure


class Slopes(Figure):
    """The size of the slope in the logit, of cross-entropy and of ½MSE behind a sigmoid.

    Args:
        z: the logit, in [-10, 10]. y: the label, 0 or 1. scale: "linear" or "log".
    """

    z = traitlets.Float(-3.0, min=-10, max=10).tag(sync=True)
    y = traitlets.Enum([0, 1], 1).tag(sync=True)
    scale = traitlets.Enum(["linear", "log"], "linear").tag(sync=True)

    def still(self):
        """Returns both curves as inline SVG."""
        ax = figures.slopes(self.z, self.y, self.scale)
        alt = (
            f"The size of the slope against the logit for the label {self.y}. Cross-entropy, "
            "solid: near 1 where the model is sure and wrong, 0 where it is right. Half the "
            "squared error, dashed: a low hill, 4/27 at its top, near 0 on both sides."
        )
        return figures.show(ax, alt=alt).svg
