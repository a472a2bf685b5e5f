"""What the same answer for everybody costs, and the loss of a model beside it."""

import traitlets

from ..kit.figure import Figure


class BaseRate(Figure):
    """The cost of a constant answer q over its log-odds, and its lowest point, the entropy H(r).

    Args:
        r: the base rate, the share of positives, 1/400 to 399/400.
        loss: the loss that a model reports, in nats, up to 1.15.
        z: the log-odds of the q that everybody gets, -6 to 6.
        zoom: how many times larger the costs are drawn, 1 to 5, as far as H(r) is still seen.
    """

    r = traitlets.Float(0.01, min=0.0025, max=0.9975).tag(sync=True)
    loss = traitlets.Float(0.1, min=0, max=1.15).tag(sync=True)
    z = traitlets.Float(0.0, min=-6, max=6).tag(sync=True)
    zoom = traitlets.Float(1.0, min=1, max=5).tag(sync=True)
