"""What a dtype makes of the cross-entropy, by four formulas."""

import traitlets

from ce_lib import figures

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

    def still(self):
        """Returns how many digits each formula has right, over the margin, as inline SVG."""
        axes = figures.float_microscope(self.dtype, self.margin, self.shift)
        alt = (
            f"Four lanes, one a formula, for the loss and for its slope in {self.dtype}: how many "
            "digits are right, over the margin between the true logit and the other. Softmax "
            "followed by a log loses all digits to both sides; without the maximum the sum "
            "overflows; the frameworks' formula fails only where the model is sure and right; "
            f"log1p of the others holds everywhere. A dashed line at margin {self.margin:g}."
        )
        return figures.show(axes[0], alt=alt).svg
