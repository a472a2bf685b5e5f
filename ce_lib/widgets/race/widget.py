"""One neuron, taught by cross-entropy and by half the squared error from one start."""

import traitlets

from ce_lib import figures

from ..kit.figure import Figure


class Race(Figure):
    """Gradient descent of a neuron with x = 1 and y = 0, on both losses at one learning rate.

    Args:
        w, b: the start, each in [-4, 4]. rate: the learning rate, in [0.01, 5].
        steps: how many have been taken, 0 to 600.
    """

    w = traitlets.Float(2.0, min=-4, max=4).tag(sync=True)
    b = traitlets.Float(2.0, min=-4, max=4).tag(sync=True)
    rate = traitlets.Float(0.15, min=0.01, max=5).tag(sync=True)
    steps = traitlets.Int(0, min=0, max=600).tag(sync=True)

    def still(self):
        """Returns the outputs of 300 steps as inline SVG."""
        ax = figures.race(self.w, self.b, self.rate)
        alt = (
            f"The output of a neuron that should say 0, over 300 steps from w = {self.w:g} and "
            f"b = {self.b:g} at the rate {self.rate:g}: with cross-entropy, solid, and with half "
            "the squared error, dashed."
        )
        return figures.show(ax, alt=alt).svg
