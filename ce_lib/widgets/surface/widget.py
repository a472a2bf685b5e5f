"""The loss over weight and bias, and gradient descent on it."""

import traitlets

from ..kit.figure import Figure


class Surface(Figure):
    """The mean loss of a neuron over (w, b), with the descent on cross-entropy and on ½MSE.

    Args:
        w, b: the start, each in [-6, 6]. loss: whose surface, "ce" or "mse".
        steps: how many have been taken, 0 to 2000. x, y: the examples. rate: the learning rate.
    """

    w = traitlets.Float(-4.0, min=-6, max=6).tag(sync=True)
    b = traitlets.Float(4.0, min=-6, max=6).tag(sync=True)
    loss = traitlets.Enum(["ce", "mse"], "ce").tag(sync=True)
    steps = traitlets.Int(0, min=0, max=2000).tag(sync=True)
    x = traitlets.List(traitlets.Float(), [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]).tag(sync=True)
    y = traitlets.List(traitlets.Enum([0, 1]), [0, 0, 1, 0, 1, 1]).tag(sync=True)
    rate = traitlets.Float(0.5, min=0.01, max=5).tag(sync=True)

    def __init__(self, **state):
        super().__init__(**state)
        if len(self.x) != len(self.y):
            raise ValueError(f"x and y must have one length, got {len(self.x)} and {len(self.y)}")
