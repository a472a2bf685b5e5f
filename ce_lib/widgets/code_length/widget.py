"""Drag p and q; the areas p × code length are the entropy, the cross-entropy and the gap."""

import traitlets

from ..kit.figure import Figure, distribution, need_one_length


class CodeLength(Figure):
    """The bars of a truth p and a model q, and the lengths of the codes made for them.

    Args:
        p: K probabilities that sum to 1. q: K probabilities that sum to 1.
        unit: "bits" or "nats". labels: K names of the symbols.
    """

    p = traitlets.List(traitlets.Float()).tag(sync=True)
    q = traitlets.List(traitlets.Float()).tag(sync=True)
    unit = traitlets.Enum(["bits", "nats"], "bits").tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, p=(0.5, 0.25, 0.125, 0.125), q=(0.25, 0.25, 0.25, 0.25), **state):
        labels = list(state.pop("labels", "abcdefghijklmnopqrstuvwxyz"[: len(p)]))
        super().__init__(p=list(p), q=list(q), labels=labels, **state)
        need_one_length(self, "p", "q", "labels")

    @traitlets.validate("p", "q")
    def _is_distribution(self, proposal):
        return distribution(proposal)
