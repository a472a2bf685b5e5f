"""The focal loss, and which examples make up its sum."""

import traitlets

from ce_lib import figures

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

    def still(self):
        """Returns the curves of γ = 0, 1, 2 and 5 beside the masses at γ = 0 and 2."""
        alt = (
            "Left, the focal loss against the probability of the truth for γ = 0, 1, 2 and 5: the "
            "larger γ, the flatter the curve near certainty. Right, the share of the summed loss "
            "in each tenth of the probability: γ = 2 takes it from the easy examples."
        )
        return figures.show(figures.focal_mass(self.p)[0], alt=alt).svg
