"""The still pictures of the chapter on class weights and the focal loss."""

import matplotlib.pyplot as plt
import numpy as np

import ce_lib as ce

from . import style


def boundary(weights=(1, 19, 99), ax=None):
    """What the optimum of a weighted loss predicts, against the true probability.

    Args:
        weights: what a positive counts for.
        ax: where to draw.

    Returns:
        The axes.
    """
    ax = ax or plt.figure().add_subplot()
    p = np.linspace(0.001, 0.999, 400)
    for weight, look in zip(weights, ("-", "--", "-."), strict=False):
        ax.plot(p, ce.sigmoid(np.log(p / (1 - p)) + np.log(weight)), look, label=f"w = {weight}")
    ax.set(xlabel="true probability", ylabel="predicted", xlim=(0, 1), ylim=(0, 1))
    ax.legend()
    return ax


def focal_mass(p, gammas=(0, 1, 2, 5), axes=None):
    """The focal loss, and the share of its sum in each tenth of the probability.

    Args:
        p: (N,) what a model gave the truth of each example, in (0, 1).
        gammas: for which to draw the curves.
        axes: two axes to draw in.

    Returns:
        The two axes.
    """
    if axes is None:
        axes = plt.figure().subplots(1, 2, gridspec_kw={"wspace": 0.4})  # room for the words
    p, grid = np.asarray(p), np.linspace(0.005, 0.995, 199)

    def loss(q, gamma):
        return ce.sigmoid_focal_loss(np.log(q / (1 - q)), 1, gamma=gamma, reduction="none")

    for gamma, look in zip(gammas, ("-", "--", "-.", ":"), strict=False):
        axes[0].plot(grid, loss(grid, gamma), linestyle=look, label=f"γ = {gamma}")
    axes[0].set(xlabel="probability of the truth", ylabel="loss (nats)", xlim=(0, 1), ylim=(0, 5))
    axes[0].legend()
    for gamma, colour, left in ((0, style.P, 0.01), (2, style.Q, 0.05)):
        mass = np.histogram(p, np.arange(11) / 10, weights=loss(p, gamma))[0]
        axes[1].bar(
            np.arange(10) / 10 + left, mass / mass.sum(), 0.04, 0, align="edge", color=colour
        )
    axes[1].set(xlabel="probability of the truth", ylabel="share of the loss", xlim=(0, 1))
    axes[1].legend(["γ = 0", "γ = 2"])
    return axes
