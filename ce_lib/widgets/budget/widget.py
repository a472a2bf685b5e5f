"""Code words share a strip from 0 to 1: a word that is made shorter takes room from the others."""

import traitlets

from ..kit.figure import Figure, distribution, need_one_length

LONGEST = 5  # clicks that the picture has room for


class Budget(Figure):
    """The lengths of code words, the room that they take of [0, 1], and the bill.

    Args:
        p: K probabilities that sum to 1, how often each word comes. lengths: K lengths in clicks,
            from 0 to 5; they may be fractions. words: K words.
    """

    p = traitlets.List(traitlets.Float()).tag(sync=True)
    lengths = traitlets.List(traitlets.Float()).tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        p=(0.5, 0.25, 0.125, 0.125),
        lengths=(2, 2, 2, 2),
        words=("clear", "cloud", "rain", "storm"),
        **state,
    ):
        super().__init__(p=list(p), lengths=list(lengths), words=list(words), **state)
        need_one_length(self, "p", "lengths", "words")

    @traitlets.validate("p")
    def _is_distribution(self, proposal):
        return distribution(proposal)

    @traitlets.validate("lengths")
    def _fit_the_picture(self, proposal):
        if not all(0 <= v <= LONGEST for v in proposal["value"]):
            raise traitlets.TraitError(
                f"lengths must be from 0 to {LONGEST} clicks, got {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.validate("words")
    def _are_few(self, proposal):
        if not 2 <= len(proposal["value"]) <= 5:
            raise traitlets.TraitError(f"words must be 2 to 5 words, got {len(proposal['value'])}")
        return proposal["value"]
