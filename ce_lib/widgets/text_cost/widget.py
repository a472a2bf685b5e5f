"""What a text costs, letter by letter, in the code made for a model."""

import math

import traitlets

from ..kit.figure import Figure


class TextCost(Figure):
    """A text to type, and the code length of each of its letters under a model of 27 symbols.

    Args:
        models: name → 27 probabilities that sum to 1, of the space and of a to z.
        model: the name of the one in use. text: at most 40 characters; not a letter is a space.
    """

    models = traitlets.Dict().tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, models, text="cross entropy", **state):
        models = {name: [float(v) for v in q] for name, q in models.items()}
        super().__init__(models=models, text=text, **{"model": next(iter(models), ""), **state})

    @traitlets.validate("models")
    def _are_distributions(self, proposal):
        for name, q in proposal["value"].items():
            if len(q) != 27 or min(q) < 0 or not math.isclose(sum(q), 1, abs_tol=1e-6):
                raise traitlets.TraitError(
                    f"models must be 27 probabilities that sum to 1 each, got {len(q)} with sum "
                    f"{sum(q)} for {name!r}"
                )
        return proposal["value"]

    @traitlets.validate("model")
    def _is_a_model(self, proposal):
        if proposal["value"] not in self.models:
            raise traitlets.TraitError(
                f"model must be one of {list(self.models)}, got {proposal['value']!r}"
            )
        return proposal["value"]

    @traitlets.validate("text")
    def _is_short(self, proposal):
        if len(proposal["value"]) > 40:
            raise traitlets.TraitError(
                f"text must have at most 40 characters, got {len(proposal['value'])}"
            )
        return proposal["value"]
