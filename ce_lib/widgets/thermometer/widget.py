"""One loss, read as nats, bits, the probability of the truth, and a number of equal choices."""

import traitlets

from ..kit.figure import Figure


class Thermometer(Figure):
    """What a loss means, beside that of knowing nothing about K classes.

    Args:
        loss: nats, in [0, 12]. classes: K, one of 2, 10, 100, 1000 and 50257.
    """

    loss = traitlets.Float(1.0, min=0, max=12).tag(sync=True)
    classes = traitlets.Enum([2, 10, 100, 1000, 50257], 10).tag(sync=True)
