"""A classifier of rare events, trained anew for each class weight."""

import traitlets

from ce_lib import figures

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

    def still(self):
        """Returns predicted against true probability for some weights, as inline SVG."""
        alt = (
            "Predicted against true probability of a rare event, for the weights 1, 19 and 99 on "
            "the positives. At weight 1 it is the diagonal; the larger the weight, the further "
            "the curve bulges above it. With ln w taken off the logit all three are the diagonal."
        )
        return figures.show(figures.boundary(), alt=alt).svg
