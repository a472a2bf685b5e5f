"""The search of the book: a page that finds sections, and the text of every section for it.

The text is taken from all pages at the end of each build: what the search knows depends on the
sources alone, not on which pages this build has written. It is a script, as a page that was opened
from a folder may not fetch. theme/js/search.mjs searches it.
"""

import hashlib
import json
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from engine.compat import HiddenCode
from engine.plain_maths import plain
from engine.quiz import quiz

FILE = "search-sections.js"
# The folded code makes the figures, and holds what a reader is asked to guess.
LEFT_OUT = (HiddenCode, nodes.raw, nodes.math_block, nodes.field_name)
KEYS = (nodes.strong, nodes.emphasis, nodes.term)  # the main points of a section, and its terms


def prepare(doctree):
    """Take out the parts that the search must not know or cannot show."""
    for node in list(doctree.findall(quiz)):  # its options are wrong but for one
        node.children = [part for part in node if not isinstance(part, nodes.enumerated_list)]
    for node in list(doctree.findall(nodes.Element)):
        if isinstance(node, LEFT_OUT) or "solution" in node["classes"]:
            node.parent.remove(node)
    for node in list(doctree.findall(nodes.math)):
        node.parent.replace(node, nodes.Text(plain(node.astext()) or "…"))


def line(node):
    return " ".join(node.astext().split())


class Section:
    """A section without the sections inside it: they are records of their own."""

    def __init__(self, page, title, anchor=""):
        self.page, self.title, self.anchor = page, title, anchor
        self.index, self.keys, self.text, self.code = [], [], [], []

    def record(self):
        parts = ("index", "keys", "text", "code")
        parts = {part: "\n".join(getattr(self, part)) for part in parts}
        url = self.page["url"] + (f"#{self.anchor}" if self.anchor else "")
        known = self.page | {"title": self.title, "url": url} | parts
        return {name: value for name, value in known.items() if value}

    def read(self, node):
        """Take in a node and yield the sections inside it."""
        if isinstance(node, addnodes.index):  # words that the text itself lacks
            entries = (entry for entry in node["entries"] if entry[2].startswith("index-"))
            self.index += [words for _, words, *_ in entries]  # without those of autodoc
        elif isinstance(node, nodes.literal_block | nodes.doctest_block):
            self.code.append(node.astext())
        elif isinstance(node, nodes.row):
            self.text.append(" | ".join(map(line, node)))
        elif isinstance(node, nodes.TextElement):
            self.text.append(line(node))
            self.keys += [line(key) for key in node.findall() if isinstance(key, KEYS)]
            if "dropdown" in node.parent["classes"] and node is node.parent[0]:  # its title
                self.keys.append(line(node))
        elif isinstance(node, nodes.section) and isinstance(node[0], nodes.title):
            yield from self.inside(line(node[0]), node["ids"][0], node[1:])
        elif isinstance(node, addnodes.desc):
            yield from self.inside(node[0]["fullname"], node[0]["ids"][0], node[1:])
        else:
            for child in node.children:
                yield from self.read(child)

    def inside(self, title, anchor, children):
        section = Section(self.page, title, anchor)
        inner = [found for child in children for found in section.read(child)]
        return [section, *inner]


def sections(env, builder):
    """Yield the record of each section, in the order of the book."""
    for page in env.collect_relations():
        doctree = env.get_and_resolve_doctree(page, builder)
        prepare(doctree)
        known = {"url": builder.get_target_uri(page), "page": line(env.titles[page])}
        if number := env.toc_secnumbers.get(page, {}).get(""):
            known["number"] = number[0]
        first, *others = Section(known, "").read(doctree)
        first.title, first.anchor = "", ""  # the beginning of the page
        yield from (section.record() for section in (first, *others))


def pages(app):
    """Write the records of all sections, and return the page of the search."""
    lines = [json.dumps(s, ensure_ascii=False) for s in sections(app.env, app.builder)]
    script = "globalThis.ceSections = [\n" + ",\n".join(lines) + "\n];\n"
    folder = Path(app.outdir) / "_static"
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_text(script, "utf-8")
    version = hashlib.sha256(script.encode()).hexdigest()[:16]
    return [("search", {"title": "Search", "sections_file": f"{FILE}?v={version}"}, "search.html")]
