"""Finds the Chromium of the tests, of the PDF and of the benchmarks."""

import os
import shutil

NAMES = (
    "chromium-headless-shell",  # Debian's without windows: a page costs half the processor's time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)


def path():
    """Returns CE_CHROMIUM, else the first on the PATH, else None: then Playwright has its own."""
    return os.environ.get("CE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
