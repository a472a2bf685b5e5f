"""What a dtype makes of the cross-entropy, by four formulas."""

import traitlets

from ..kit.figure import Figure

DTYPES = ("float64", "float32", "float16", "bfloat16")


class FloatMicroscope(Figure):
    """Loss and slope of two logits by four formulas, each step rounded as the dtype rounds it.

    Args:
        dtype: "float64", "float32", "float16" or "bfloat16".
        margin: the true logit minus the other one, in [-1000, 1000].
        shift: what is added to both logits, in [-1000, 1000].
    """

    dtype = traitlets.Enum(DTYPES, "float32").tag(sync=True)
    margin = traitlets.Float(20.0, min=-1000, max=1000).tag(sync=True)
    shift = traitlets.Float(0.0, min=-1000, max=1000).tag(sync=True)
