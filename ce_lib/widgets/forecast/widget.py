"""The price of a forecast: what it costs if it rains, and if it stays dry."""

import traitlets

from ..kit.figure import Figure


class Forecast(Figure):
    """A forecast of rain to drag, and its price in bits for either outcome.

    Args:
        percent: the chance of rain, 0 to 100.
    """

    percent = traitlets.Float(90, min=0, max=100).tag(sync=True)
