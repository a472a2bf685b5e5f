"""Throws of a fair die: the entropy of the counts is too low, the loss on fresh throws is not."""

import traitlets

from ..kit.figure import Figure


class Sampling(Figure):
    """The entropy that n throws of a fair die seem to have, against the truth.

    Args:
        n: how many throws, 1 to 500. seed: which throws; the same seed, the same throws.
    """

    n = traitlets.Int(10, min=1, max=500).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=999_999).tag(sync=True)
