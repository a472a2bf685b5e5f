"""The picture that a messenger shows beside a link to a page."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

import ce_lib as ce
from ce_lib.figures import style


def card(path, book, title, number):
    """Draw the picture of a page."""
    figure = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="#14181d")
    axes = figure.add_axes((0.52, 0.0, 0.48, 1.0))
    z = np.linspace(-8, 8, 200)
    loss = ce.binary_cross_entropy_with_logits(z, np.ones_like(z), reduction="none")
    axes.fill_between(z, loss, color=style.P, alpha=0.25, linewidth=0)
    axes.plot(z, loss, color="#82b8ff", linewidth=6)
    axes.set(xlim=(-8, 8), ylim=(0, 9))
    axes.axis("off")
    words = textwrap.fill(number + title, 18)
    figure.text(0.05, 0.55, words, fontsize=40, weight="bold", color="#ffffff", va="center")
    figure.text(0.05, 0.12, book, fontsize=22, color="#d9a06a")
    figure.savefig(path)
    plt.close(figure)
