"""Lists of the chapters on other pages, made from their entries (chapters.py).

`{chapters}` is the list of questions on the landing page. `{runs}` counts the cells that run in
the page. `{lessons}` is the plans of the page for teachers: the plan of a chapter stands in its
exercises as `{lesson}`, which shows nothing there. In the API page "Chapter: KEY." of a docstring
becomes a link.
"""

import re

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from ce_lib.exercises import by_chapter
from engine import page_python
from engine.chapters import CHAPTERS, blocks


class Made(SphinxDirective):
    """A directive whose Markdown is made from the chapters."""

    def run(self):
        for chapter in CHAPTERS:
            self.env.note_dependency(str(chapter.source))
            if chapter.exercises.exists():  # a page is read again while a dependency is missing
                self.env.note_dependency(str(chapter.exercises))
        return self.parse_text_to_nodes(self.markdown(), allow_section_headings=True)


class Chapters(SphinxDirective):
    """The questions of the chapters, each a link with its title and its minutes as a dash."""

    def run(self):
        for chapter in CHAPTERS:
            self.env.note_dependency(str(chapter.source))
        rows = [nodes.list_item("", nodes.paragraph("", "", self.link(c))) for c in CHAPTERS]
        return [nodes.bullet_list("", *rows, classes=["path"])]

    def link(self, chapter):
        """Return the link to a chapter, all of its row."""
        numbers = {other.key: str(other.number) for other in CHAPTERS}
        needs = re.sub(r"[\w-]+", lambda key: numbers.get(key[0], key[0]), chapter.needs)
        time = f"{chapter.minutes} min" if chapter.minutes else ""
        said = f"{time}, after {needs}" if needs else time
        dash = nodes.raw("", f'<i style="--minutes: {chapter.minutes or 0}"></i>', format="html")
        parts = [
            nodes.inline("", str(chapter.number or ""), classes=["path-number"]),
            nodes.inline("", chapter.question, classes=["path-question"]),
            nodes.inline("", chapter.title, classes=["path-title"]),
            nodes.inline("", "", dash, nodes.Text(said), classes=["path-time"]),
        ]
        spaced = [part for one in parts for part in (one, nodes.Text(" "))]
        row = nodes.inline("", "", *spaced, classes=["path-row"])
        address = self.env.app.builder.get_relative_uri(
            self.env.docname, f"chapters/{chapter.name}"
        )
        return nodes.reference("", "", row, refuri=address, internal=True)


class Runs(Made):
    """How many cells of each chapter run in the page, of those that it shows."""

    def markdown(self):
        if not self.env.config.ce_python:
            return "*This site was built without it.*"
        rows = []
        for chapter in CHAPTERS:
            cells = page_python.shown_cells(chapter.source.read_text("utf-8"))
            runs = sum(not page_python.draws(cell) for cell in cells)
            code = len(by_chapter().get(chapter.key, {}))
            rows.append(f"| {chapter.numbered_title} | {runs} of {len(cells)} | {code or ''} |")
        head = ["| chapter | cells that run | exercises in code |", "|---|---|---|"]
        return "\n".join([*head, *rows])


class Lessons(Made):
    def markdown(self):
        plans = []
        for chapter in CHAPTERS:
            if not chapter.exercises.exists():
                continue
            for minutes, plan in blocks(chapter.exercises.read_text("utf-8"), "lesson"):
                plans.append(f"### {chapter.numbered_title} ({minutes} minutes)\n\n{plan}")
        return "\n".join(plans)


class Lesson(SphinxDirective):
    """A plan of a lesson: shown on the page for teachers alone."""

    required_arguments = 1  # the minutes
    has_content = True

    def run(self):
        return []


def link_chapters(app, what, name, thing, options, lines):
    """Makes links of the keys in the line "Chapters: KEY, KEY." of a docstring."""
    found = {chapter.key: chapter for chapter in CHAPTERS}

    def link(key):
        if key[0] not in found:
            raise ExtensionError(f"the docstring of {name} names no chapter by {key[0]!r}")
        return f":doc:`{found[key[0]].title} </chapters/{found[key[0]].name}>`"

    for at, line in enumerate(lines):
        if said := re.match(r"(Chapters?: )([\w, -]+)\.", line):
            lines[at] = said[1] + re.sub(r"[\w-]+", link, said[2]) + line[said.end() - 1 :]
