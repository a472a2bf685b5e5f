"""The browser that prints the book and the worksheets, and how."""

import re

from tools import chromium as installed

PRINTED = {"prefer_css_page_size": True, "outline": True, "tagged": True}


def chromium(playwright):
    """Starts the Chromium that CE_CHROMIUM names, else one on the PATH, else Playwright's own."""
    return playwright.chromium.launch(executable_path=installed.path(), args=["--no-sandbox"])


def reproducible(pdf, when=None):
    """Returns the bytes of a PDF with nothing in them that differs from print to print.

    The time of the commit, or none, stands for that of the printing. The heads of tables have names
    that count on from whatever the browser did before: here they count from 0.
    """
    time = when.strftime("%Y%m%d%H%M%S").encode() if when else None

    def dated(entry):
        return entry[1] + time + entry[3] if time else b" " * len(entry[0])  # no byte may move

    pdf = re.sub(rb"(/(?:Creation|Mod)Date \(D:)(\d{14})(\+00'00'\))", dated, pdf)
    name = re.compile(rb"\(node(\d{8})\)")
    ranks = {node: rank for rank, node in enumerate(sorted(set(name.findall(pdf))))}
    return name.sub(lambda found: b"(node%08d)" % ranks[found[1]], pdf)
