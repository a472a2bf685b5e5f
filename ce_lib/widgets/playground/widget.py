"""Train a classifier on the page: its data, its network, its loss and its rate are yours."""

import traitlets

from ..kit.figure import Figure


class Playground(Figure):
    """A small classifier that is trained in the page, with its boundary, loss and calibration.

    Args:
        data: "moons", "blobs", "rare" (one in twenty) or "noisy" (every ninth label is wrong).
        loss: "ce", "mse", "focal" or "weighted". net: "line" or "mlp".
        start: "fresh", or "wrong": sure and wrong. rate: of the descent, in [0.03, 10].
        seed: of the network, 0 to 999. flip: indices of points whose label is turned.
        step: how far it is trained, 0 to 2000.
    """

    data = traitlets.Enum(["moons", "blobs", "rare", "noisy"], "moons").tag(sync=True)
    loss = traitlets.Enum(["ce", "mse", "focal", "weighted"], "ce").tag(sync=True)
    net = traitlets.Enum(["line", "mlp"], "mlp").tag(sync=True)
    start = traitlets.Enum(["fresh", "wrong"], "fresh").tag(sync=True)
    rate = traitlets.Float(1.0, min=0.03, max=10).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=999).tag(sync=True)
    flip = traitlets.List(traitlets.Int(min=0, max=399)).tag(sync=True)
    step = traitlets.Int(0, min=0, max=2000).tag(sync=True)
