"""One bell q against a truth p with two humps, and which KL divergence lets it do what."""

import traitlets

from ..kit.figure import Figure


class TwoHumps(Figure):
    """Forward or reverse KL of a truth with two humps and one bell, and the way down.

    Args:
        q: the centre of the bell, from -4 to 4, and its width, from 0.3 to 3.
        way: "pq" for KL(p‖q), "qp" for KL(q‖p).
        running: whether the bell descends on that divergence.
    """

    q = traitlets.List(traitlets.Float()).tag(sync=True)
    way = traitlets.Enum(["pq", "qp"], "pq").tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)

    def __init__(self, q=(0.9, 0.8), **state):
        super().__init__(q=list(q), **state)

    @traitlets.validate("q")
    def _is_a_bell(self, proposal):
        q = proposal["value"]
        if not (len(q) == 2 and -4 <= q[0] <= 4 and 0.3 <= q[1] <= 3):
            raise traitlets.TraitError(
                f"q must be a centre in [-4, 4] and a width in [0.3, 3], got {q}"
            )
        return q
