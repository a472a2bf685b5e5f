"""One figure of each kind and setting, made in Python."""

from ce_lib import widgets

FIGURES = {
    "code-length": lambda: widgets.CodeLength(),
    "loss-lens": lambda: widgets.LossLens(),
    "soft-loss-lens": lambda: widgets.LossLens(y=0.7, soft=True),
    "clamp-lens": lambda: widgets.LossLens(z=-6.0, clamp=0.01),
    "likelihood": lambda: widgets.Likelihood(),
    "text-cost": lambda: widgets.TextCost({"even": [1 / 27] * 27}, text="A text, <b>!"),
    "sampling": lambda: widgets.Sampling(n=30),
    "softmax-lens": lambda: widgets.SoftmaxLens(knobs=["smoothing", "temperature"]),
    "thermometer": lambda: widgets.Thermometer(loss=2.0, classes=1000),
    "float-microscope": lambda: widgets.FloatMicroscope(dtype="bfloat16", margin=-3.0),
    "blurred-digit": lambda: widgets.BlurredDigit(
        [[0, 16] * 32], [7], [[0.1234] * 10] * 64, [0] * 10
    ),
    "boundary": lambda: widgets.Boundary(weight=19.0),
    "focal-mass": lambda: widgets.FocalMass([0.2, 0.95, 0.99], gamma=2.0),
    "weighted-lens": lambda: widgets.LossLens(weight=10.0, gamma=2.0, knobs=["weight", "gamma"]),
    "slopes": lambda: widgets.Slopes(scale="log"),
    "race": lambda: widgets.Race(),
    "surface": lambda: widgets.Surface(),
    "reliability": lambda: widgets.Reliability([[2.0, 0.0], [0.0, 1.0]], [0, 1]),
    "choice": lambda: widgets.Prediction("2 < 3?", options=["yes", "no"], answers=["a", "b"]),
    "guess": lambda: widgets.Prediction("How much?", truth=0.5, unit="nats"),
}
