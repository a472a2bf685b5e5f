"""One neuron, taught by cross-entropy and by half the squared error from one start."""

import traitlets

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
