"""The questions of the worksheets: of each chapter five functions of a generator."""

from . import binary, entropy, mse, multiclass, stability, weights

CHAPTERS = {
    "entropy": entropy.QUESTIONS,
    "binary-cross-entropy": binary.QUESTIONS,
    "multiclass-cross-entropy": multiclass.QUESTIONS,
    "weights-and-focal-loss": weights.QUESTIONS,
    "softmax-and-stability": stability.QUESTIONS,
    "cross-entropy-or-mse": mse.QUESTIONS,
}
