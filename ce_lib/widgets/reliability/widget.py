"""A reliability diagram with a temperature to turn."""

import traitlets

from ..kit.figure import Figure


class Reliability(Figure):
    """Confidence against the fraction that came true, ECE and cross-entropy at a temperature.

    Args:
        logits: (N, K) logits, N at most 400. labels: N classes in [0, K).
        temperature: what the logits are divided by, in [0.1, 10].
    """

    logits = traitlets.List(traitlets.List(traitlets.Float()), minlen=1, maxlen=400).tag(sync=True)
    labels = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    temperature = traitlets.Float(1.0, min=0.1, max=10).tag(sync=True)

    def __init__(self, logits, labels, **state):
        super().__init__(
            logits=[[round(float(v), 2) for v in row] for row in logits],
            labels=[int(label) for label in labels],
            **state,
        )
        if len(self.logits) != len(self.labels):
            raise ValueError(
                "logits and labels must have one length, "
                f"got {len(self.logits)} and {len(self.labels)}"
            )
