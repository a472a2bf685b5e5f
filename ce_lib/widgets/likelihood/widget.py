"""The likelihood of coin flips as a product that underflows and as a mean of logs that does not."""

import traitlets

from ce_lib import figures

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

    def still(self):
        """Returns both curves, the product above the mean, as inline SVG."""
        axes = figures.likelihood(self.q, self.n, self.share, self.dtype)
        alt = (
            f"Two curves against the model's probability q, for {self.n} flips with a share of "
            f"{self.share:g} heads: above, their likelihood as {self.dtype} multiplies it, a peak "
            "(or flat at 0 once it underflows); below, the mean of −log likelihood, a bowl whose "
            "lowest point stands at the share of heads."
        )
        return figures.show(axes[0], alt=alt).svg
