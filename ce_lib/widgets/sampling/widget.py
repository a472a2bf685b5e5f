"""Throws of a fair die: the entropy of the counts is too low, the loss on fresh throws is not."""

import traitlets

from ce_lib import figures

from ..kit.figure import Figure


class Sampling(Figure):
    """The entropy that n throws of a fair die seem to have, against the truth.

    Args:
        n: how many throws, 1 to 500. seed: which throws; the same seed, the same throws.
    """

    n = traitlets.Int(10, min=1, max=500).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=999_999).tag(sync=True)

    def still(self):
        """Returns the averages against the number of throws as inline SVG."""
        alt = (
            "Bits against the number of throws of a fair die. The average entropy of the counts "
            "climbs to the truth from far below; the average loss on fresh throws, of a model "
            "with 1 added to each count, sinks to it from above."
        )
        return figures.show(figures.sampling(), alt=alt).svg
