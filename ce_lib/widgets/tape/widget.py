"""Words fall from the sky, become clicks and run along the wire; the bill is H(p) and KL."""

import traitlets

from ..kit.figure import Figure, distribution, need_one_length


class Tape(Figure):
    """A month of words, drawn from a truth p and written in the code of a model q.

    Args:
        p: K probabilities that sum to 1, how often each word comes. q: K probabilities that sum to
            1, how often the list of code words expects it: it has -log2 q clicks.
        words: K words. running: whether words fall; the figure turns it off after a month.
    """

    p = traitlets.List(traitlets.Float()).tag(sync=True)
    q = traitlets.List(traitlets.Float()).tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        p=(0.5, 0.25, 0.125, 0.125),
        q=(0.25, 0.25, 0.25, 0.25),
        words=("clear", "cloud", "rain", "storm"),
        **state,
    ):
        super().__init__(p=list(p), q=list(q), words=list(words), **state)
        need_one_length(self, "p", "q", "words")

    @traitlets.validate("p", "q")
    def _is_distribution(self, proposal):
        return distribution(proposal)

    @traitlets.validate("words")
    def _fit_the_picture(self, proposal):
        if not 2 <= len(proposal["value"]) <= 5:
            raise traitlets.TraitError(f"words must be 2 to 5 words, got {len(proposal['value'])}")
        return proposal["value"]
