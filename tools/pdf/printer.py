"""The browser that prints the book and the worksheets, and how."""

import re

from tools import chromium as installed

# The name of the head of a table: where it stands, anywhere, and in the tree of all such names.
NAMED, NAME = re.compile(rb"/ID \(node(\d{8})\)"), re.compile(rb"\(node(\d{8})\)")
ENTRY = re.compile(rb"\(node\d{8}\) \d+ 0 R")
LEAF = re.compile(rb"/Names \[(\(node[^\]]*)\]")
LIMITS_OR_NAME = re.compile(rb"/Limits \[\(node(\d{8})\) \(node(\d{8})\)\]|\(node(\d{8})\)")
PRINTED = {"prefer_css_page_size": True, "outline": True, "tagged": True}


def chromium(playwright):
    """Starts the Chromium that CE_CHROMIUM names, else one on the PATH, else Playwright's own."""
    return playwright.chromium.launch(executable_path=installed.path(), args=["--no-sandbox"])


def reproducible(pdf, when=None):
    """Returns the bytes of a PDF with nothing in them that differs from print to print.

    The time of the commit, or none, stands for that of the printing. The heads of tables have names
    that count on from whatever the browser did before, and not always in one order: here they count
    from 0, in the order of the document. A leaf of the tree of names keeps its heads, sorted anew.
    """
    time = when.strftime("%Y%m%d%H%M%S").encode() if when else None

    def dated(entry):
        return entry[1] + time + entry[3] if time else b" " * len(entry[0])  # no byte may move

    pdf = re.sub(rb"(/(?:Creation|Mod)Date \(D:)(\d{14})(\+00'00'\))", dated, pdf)
    place = {node: k for k, node in enumerate(dict.fromkeys(NAMED.findall(pdf)))}
    ranks, first, last = {}, {}, {}
    for leaf in LEAF.findall(pdf):
        nodes = NAME.findall(leaf)
        first[min(nodes)] = len(ranks)
        for node in sorted(nodes, key=place.get):
            ranks[node] = len(ranks)
        last[max(nodes)] = len(ranks) - 1
    for node in place:
        ranks.setdefault(node, len(ranks))

    def renamed(found):
        if found[3]:
            return b"(node%08d)" % ranks[found[3]]
        return b"/Limits [(node%08d) (node%08d)]" % (first[found[1]], last[found[2]])

    def in_order(leaf):
        return b"/Names [" + b" ".join(sorted(ENTRY.findall(leaf[1]))) + b"]"

    return LEAF.sub(in_order, LIMITS_OR_NAME.sub(renamed, pdf))
