"""The browser that prints the book and the worksheets, and how."""

import os
import re
import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from dev import CHROMIUMS

PRINTED = {"prefer_css_page_size": True, "outline": True, "tagged": True}


def chromium(playwright):
    """Starts the Chromium that CE_CHROMIUM names, else one on the PATH, else Playwright's own."""
    on_path = filter(None, map(shutil.which, CHROMIUMS))
    path = os.environ.get("CE_CHROMIUM") or next(on_path, None)
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def without_the_time(pdf, when=None):
    """Returns the bytes of a PDF with the time of the commit, or none, for that of its printing."""
    time = when.strftime("%Y%m%d%H%M%S").encode() if when else None

    def dated(entry):
        return entry[1] + time + entry[3] if time else b" " * len(entry[0])  # no byte may move

    return re.sub(rb"(/(?:Creation|Mod)Date \(D:)(\d{14})(\+00'00'\))", dated, pdf)
