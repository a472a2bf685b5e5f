"""Logits to drag, and what softmax, the loss and its slopes make of them."""

import traitlets

from ..kit.figure import Figure

KNOBS = ("smoothing", "temperature")


class SoftmaxLens(Figure):
    """The logits of K classes, their softmax, the cross-entropy and its slopes in one view.

    Args:
        z: K logits in [-6, 6]. y: the true class, in [0, K). labels: K names.
        smoothing: the share of the target spread over all classes, in [0, 0.5].
        temperature: what the logits are divided by, in [0.1, 10].
        knobs: which of "smoothing" and "temperature" can be turned.
    """

    z = traitlets.List(traitlets.Float(min=-6, max=6), minlen=2).tag(sync=True)
    y = traitlets.Int(0, min=0).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    smoothing = traitlets.Float(0.0, min=0, max=0.5).tag(sync=True)
    temperature = traitlets.Float(1.0, min=0.1, max=10).tag(sync=True)
    knobs = traitlets.List(traitlets.Enum(KNOBS)).tag(sync=True)

    def __init__(self, z=(2.0, 1.0, 0.0), labels=("cat", "dog", "fox"), **state):
        super().__init__(z=list(z), labels=list(labels), **state)
        if not (len(self.z) == len(self.labels) > self.y):
            raise ValueError(
                "z and labels must have one length, above y, "
                f"got {len(self.z)}, {len(self.labels)} and y = {self.y}"
            )
