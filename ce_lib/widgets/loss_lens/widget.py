"""One point on the binary cross-entropy, against the probability and against the logit."""

import traitlets

from ..kit.figure import Figure


class LossLens(Figure):
    """Loss and slope of a binary prediction, against probability and logit at once.

    Args:
        z: the logit, in [-8, 8]. y: the target, 0 or 1.
        soft: let the target be any number in [0, 1].
        clamp: ε in {0.1, 0.01, 0.001}: q is moved into [ε, 1 − ε] first; 0, not at all.
        weight: what y = 1 counts for, in [0.1, 100]. gamma: that of the focal loss, in [0, 5].
        knobs: which of "weight" and "gamma" the reader may turn.
    """

    z = traitlets.Float(0.0, min=-8, max=8).tag(sync=True)
    y = traitlets.Float(1.0, min=0, max=1).tag(sync=True)
    soft = traitlets.Bool(False).tag(sync=True)
    clamp = traitlets.Enum([0.1, 0.01, 0.001, 0], 0).tag(sync=True)

    weight = traitlets.Float(1.0, min=0.1, max=100).tag(sync=True)
    gamma = traitlets.Float(0.0, min=0, max=5).tag(sync=True)
    knobs = traitlets.List(traitlets.Enum(["weight", "gamma"])).tag(sync=True)

    def __init__(self, **state):
        super().__init__(**state)
        plain = self.weight == 1 and self.gamma == 0
        if not plain and not self.knobs:
            raise ValueError("knobs must name weight or gamma where they are given, got none")
        if self.clamp and self.knobs:
            raise ValueError(f"clamp must be 0 beside knobs, got {self.clamp:g}")

    @traitlets.validate("y")
    def _is_label(self, proposal):
        y = proposal["value"]
        if not self.soft and y not in (0, 1):
            raise traitlets.TraitError(f"y must be 0 or 1 unless soft=True, got {y}")
        return y
