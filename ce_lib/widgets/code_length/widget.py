"""Drag p and q; the areas p × code length are the entropy, the cross-entropy and the gap."""

import math

import traitlets

from ..kit.figure import Figure


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
        if not len(self.p) == len(self.q) == len(self.labels):
            raise ValueError(
                "p, q and labels must have one length, "
                f"got {len(self.p)}, {len(self.q)} and {len(self.labels)}"
            )

    @traitlets.validate("p", "q")
    def _is_distribution(self, proposal):
        values, name = proposal["value"], proposal["trait"].name
        if not all(0 <= v <= 1 for v in values) or not math.isclose(sum(values), 1, abs_tol=1e-6):
            raise traitlets.TraitError(
                f"{name} must be probabilities that sum to 1, got {values} with sum {sum(values)}"
            )
        return values
