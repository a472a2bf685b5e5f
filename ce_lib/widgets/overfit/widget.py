"""A small network trained for too long: its accuracy stays, its loss rises, and a few pay."""

import json
from pathlib import Path

import traitlets

from ..kit.figure import Figure


class Overfit(Figure):
    """A run of training on 200 handwritten digits, as 600 others see it.

    Args:
        epoch: where the training is stopped, in [0, 1000].
        T: what the logits are divided by afterwards, in [1, 8].
    """

    epoch = traitlets.Int(200, min=0, max=1000).tag(sync=True)
    T = traitlets.Float(1.0, min=1, max=8).tag(sync=True)

    @staticmethod
    def record():
        """Returns the numbers of this run and the others, as benchmarks/overfit.py wrote them."""
        module = Path(__file__).with_name("run.js").read_text("utf-8")
        return json.loads(module.partition("RUN = ")[2].rstrip(";\n"))
