"""How far apart colours are, as WCAG 2 counts it and as colour-blind eyes see it."""

import re

from colorspacious import cspace_convert, deltaE


def channels(colour):
    """Red, green and blue in [0, 1] of what a style sheet or a browser calls a colour."""
    if colour.startswith("#"):
        return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    values = [float(v) for v in re.findall(r"[\d.]+(?:e-?\d+)?", colour)[:3]]
    return values if colour.startswith("color(srgb") else [v / 255 for v in values]


def luminance(colour):
    """The relative luminance of a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    """From 1 for the same to 21 for black on white."""
    bright, dark = sorted([luminance(a), luminance(b)], reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def difference(a, b, deficiency=None):
    """The distance of two colours to an eye with that deficiency; 1 is just noticeable."""
    seen = [channels(a), channels(b)]
    if deficiency:
        space = {"name": "sRGB1+CVD", "cvd_type": deficiency, "severity": 100}
        seen = [cspace_convert(colour, space, "sRGB1") for colour in seen]
    return deltaE(*seen, input_space="sRGB1")
