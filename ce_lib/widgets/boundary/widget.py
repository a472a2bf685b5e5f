"""A classifier of rare events, trained anew for each class weight."""

import traitlets

from ..kit.figure import Figure


class Boundary(Figure):
    """Logistic regression on 600 points, 30 of them positive, trained with a weight on those.

    Args:
        weight: what a positive counts for, in [1, 99]. corrected: take ln(weight) off the logit.
        seed: which points, 0 to 999.
    """

    weight = traitlets.Float(1.0, min=1, max=99).tag(sync=True)
    corrected = traitlets.Bool(False).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=999).tag(sync=True)
