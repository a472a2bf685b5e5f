"""The likelihood of coin flips as a product that underflows and as a mean of logs that does not."""

import traitlets

from ..kit.figure import Figure


class Likelihood(Figure):
    """The likelihood of n flips against the model's q, as a product and as a mean −log.

    Args:
        q: the model's probability of heads, in [0.01, 0.99]. n: how many flips, 10 to 2000.
        share: the share of heads among them. dtype: "float32" or "float64".
    """

    q = traitlets.Float(0.5, min=0.01, max=0.99).tag(sync=True)
    n = traitlets.Int(10, min=10, max=2000).tag(sync=True)
    share = traitlets.Float(0.7, min=0, max=1).tag(sync=True)
    dtype = traitlets.Enum(["float32", "float64"], "float32").tag(sync=True)
