"""One loss, read as nats, bits, the probability of the truth, and a number of equal choices."""

import traitlets

from ce_lib import figures

from ..kit.figure import Figure


class Thermometer(Figure):
    """What a loss means, beside that of knowing nothing about K classes.

    Args:
        loss: nats, in [0, 12]. classes: K, one of 2, 10, 100, 1000 and 50257.
    """

    loss = traitlets.Float(1.0, min=0, max=12).tag(sync=True)
    classes = traitlets.Enum([2, 10, 100, 1000, 50257], 10).tag(sync=True)

    def still(self):
        """Returns the probability of the truth against the loss as inline SVG."""
        ax = figures.thermometer(self.loss, self.classes)
        alt = (
            "The probability of the truth against the loss in nats, a curve that falls from 1 at "
            f"loss 0 by a factor e for each nat. A point at {self.loss:g} nats; a dotted line at "
            f"ln {self.classes}, the loss of a model that knows nothing."
        )
        return figures.show(ax, alt=alt).svg
