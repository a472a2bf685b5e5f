"""Three probabilities as a point of a triangle, what it costs, and where gradient descent leads."""

import math

import traitlets

from ..kit.figure import Figure

LEAST = 1e-5  # of a probability, so that its logit is finite


class Triangle(Figure):
    """All answers to a question with three classes, with the contours of the loss.

    Args:
        q: three probabilities above 0 that sum to 1. y: the right class, 0, 1 or 2.
        smoothing: the share of the target spread over all classes, in [0, 0.6].
        steps: steps of gradient descent in the logits, from q, in [0, 60].
        view: 0 for the triangle of probabilities, 1 for the plane of logits.
        labels: three names.
    """

    q = traitlets.List(traitlets.Float()).tag(sync=True)
    y = traitlets.Int(0, min=0, max=2).tag(sync=True)
    smoothing = traitlets.Float(0.0, min=0, max=0.6).tag(sync=True)
    steps = traitlets.Int(0, min=0, max=60).tag(sync=True)
    view = traitlets.Int(0, min=0, max=1).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode(), minlen=3, maxlen=3).tag(sync=True)

    def __init__(self, q=(0.12, 0.66, 0.22), labels=("cat", "dog", "fox"), **state):
        super().__init__(q=list(q), labels=list(labels), **state)

    @traitlets.validate("q")
    def _is_answer(self, proposal):
        q = proposal["value"]
        possible = len(q) == 3 and all(v >= LEAST for v in q)
        if not possible or not math.isclose(sum(q), 1, abs_tol=1e-6):
            raise traitlets.TraitError(
                f"q must be three probabilities of at least {LEAST} that sum to 1, got {q}"
            )
        return q
