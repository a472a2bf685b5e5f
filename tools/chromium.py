"""Finds the Chromium of the tests, of the PDF and of the benchmarks."""

import os
import shutil

# Debian's Chromium without windows: a page costs half the processor's time, but the names in its
# PDFs do not come in the same order each time.
SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", SHELL)


def path(*preferred):
    """Returns CE_CHROMIUM, else the first on the PATH, else None: then Playwright has its own."""
    found = map(shutil.which, (*preferred, *NAMES))
    return os.environ.get("CE_CHROMIUM") or next(filter(None, found), None)
