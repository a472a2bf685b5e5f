"""The focal loss, and which examples make up its sum."""

import traitlets

from ..kit.figure import Figure


class FocalMass(Figure):
    """The focal loss against the probability of the truth, with the easy and the hard mass.

    Args:
        p: what a model gave the truth of each of up to 1000 examples, in (0, 1).
        gamma: in [0, 5].
    """

    p = traitlets.List(traitlets.Float(min=1e-9, max=1 - 1e-9), minlen=1, maxlen=1000).tag(
        sync=True
    )
    gamma = traitlets.Float(0.0, min=0, max=5).tag(sync=True)

    def __init__(self, p, **state):
        super().__init__(p=[float(v) for v in p], **state)
