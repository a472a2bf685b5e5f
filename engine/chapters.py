"""The chapters of the book, each as one entry: from _toc.yml, and from the head of its file.

The head of a chapter says `chapter: {key: mse, question: "when …?", needs: binary, minutes: 20}`.
The key names what belongs to the chapter: ce_lib/exercises/KEY.py (its code exercises),
tools/classroom/questions/KEY.py (its worksheet), tests/chapters/test_KEY.py. `needs` names, by
their keys, the chapters to read before; in brackets, one that helps.
"""

import re
from typing import NamedTuple

import yaml

from engine import ROOT


class Chapter(NamedTuple):
    """A page of the book that readers work through."""

    name: str  # of chapters/NAME.md and exercises/NAME.md
    key: str
    number: int | None  # None for the project
    title: str
    question: str
    needs: str
    minutes: int | None

    @property
    def source(self):
        return ROOT / "chapters" / f"{self.name}.md"

    @property
    def exercises(self):
        return ROOT / "exercises" / f"{self.name}.md"

    @property
    def numbered_title(self):
        return f"{self.number} {self.title}" if self.number else self.title


def read():
    """The chapters in the order of _toc.yml: the pages that are numbered or have an entry."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    for part in toc.get("parts", [toc]):
        for number, page in enumerate(part.get("chapters", []), 1):
            text = (ROOT / f"{page['file']}.md").read_text("utf-8")
            head = re.match(r"---\n(.*?)^---$", text, re.MULTILINE | re.DOTALL)
            entry = (yaml.safe_load(head[1]) if head else {}).get("chapter", {})
            if not (entry or part.get("numbered")):
                continue
            name = page["file"].rpartition("/")[2]
            yield Chapter(
                name=name,
                key=entry.get("key", name),
                number=number if part.get("numbered") else None,
                title=re.search(r"^# (.+)$", text, re.MULTILINE)[1],
                question=entry.get("question", ""),
                needs=entry.get("needs") or "",
                minutes=entry.get("minutes"),
            )


CHAPTERS = tuple(read())
BY_KEY = {chapter.key: chapter for chapter in CHAPTERS}


def blocks(text, directive):
    """The arguments and contents of the blocks `:::{directive} argument … :::` of a text."""
    block = rf"^:::\{{{directive}\}} (\S+)\n(.*?)^:::$"
    return re.findall(block, text, re.MULTILINE | re.DOTALL)
