"""A real digit, blurred by the reader, through a trained softmax regression."""

import numpy as np
import traitlets

from ..kit.figure import Figure


class BlurredDigit(Figure):
    """Pictures of digits, their logits z = xW + b and the softmax, as blur and temperature move.

    Args:
        pixels: pictures of 64 whole numbers, 0 to 16; the model gets them divided by 16.
        labels: the digit that each picture shows.
        weights: (64, 10), rounded to three decimals here. bias: (10,).
        digit: which picture is shown. blur: standard deviation in pixels, in [0, 4].
        temperature: what the logits are divided by, in [0.1, 10].
    """

    pixels = traitlets.List(traitlets.List(traitlets.Int(), minlen=64, maxlen=64)).tag(sync=True)
    labels = traitlets.List(traitlets.Int(min=0, max=9)).tag(sync=True)
    weights = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    bias = traitlets.List(traitlets.Float()).tag(sync=True)
    digit = traitlets.Int(0, min=0).tag(sync=True)
    blur = traitlets.Float(0.0, min=0, max=4).tag(sync=True)
    temperature = traitlets.Float(1.0, min=0.1, max=10).tag(sync=True)

    def __init__(self, pixels, labels, weights, bias, **state):
        weights, bias = np.round(weights, 3), np.round(bias, 3)
        if weights.shape != (64, 10) or bias.shape != (10,):
            raise ValueError(
                f"weights must be (64, 10) and bias (10,), got {weights.shape} and {bias.shape}"
            )
        pixels = np.asarray(pixels).astype(int).tolist()
        labels = np.asarray(labels).astype(int).tolist()
        super().__init__(
            pixels=pixels, labels=labels, weights=weights.tolist(), bias=bias.tolist(), **state
        )
        if not (len(self.pixels) == len(self.labels) > self.digit):
            raise ValueError(
                "pixels and labels must have one length, above digit, "
                f"got {len(self.pixels)}, {len(self.labels)} and digit = {self.digit}"
            )
