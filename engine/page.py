"""The frame of every page: everything that theme/layout.html needs.

A page asks for few files: its styles stand in it, so that it can be painted as soon as it arrives,
and its scripts are one or two files.
"""

import re

from docutils import nodes
from sphinx import addnodes

from engine import compat, content_policy, page_python, repository, strips
from engine.chapters import CHAPTERS

# Runs before the first paint, or a dark page would flash white; the rest is in js/colours.mjs.
COLOURS = """\
try{const t=localStorage.getItem("ce-theme");if(/^(light|dark)$/.test(t))\
document.documentElement.dataset.theme=t}catch{}"""
WORDS = 100  # a section of fewer has a dash of the least length
ON_PAGES = {f"chapters/{chapter.name}": chapter for chapter in CHAPTERS}


def entry(env, page, title=None):
    """Return what a list says of a page: of a chapter its question, and its minutes."""
    chapter = ON_PAGES.get(page)
    question = re.sub("[$`]", "", chapter.question) if chapter else ""  # it is MyST
    return {
        "name": page,
        "title": question[:1].upper() + question[1:] or title or env.titles[page].astext(),
        "number": (chapter and chapter.number) or "",
        "minutes": f"{chapter.minutes} min" if chapter and chapter.minutes else "",
    }


def contents(env):
    """Return the parts of the book, each with its pages."""
    return [
        {
            "caption": tree["caption"],
            "pages": [entry(env, page, title) for title, page in tree["entries"]],
        }
        for tree in env.get_doctree(env.config.root_doc).findall(addnodes.toctree)
        if tree.get("caption")
    ]


def place(page):
    """Return where a chapter stands in the book, and how long it takes to read."""
    chapter = ON_PAGES.get(page)
    if not chapter:
        return ""
    numbered = sum(other.number is not None for other in CHAPTERS)
    said = [f"Chapter {chapter.number} of {numbered}"] if chapter.number else []
    said += [f"{chapter.minutes} minutes"] if chapter.minutes else []
    return ", ".join(said)


def length(section):
    """Return how long the dash of a section is: by its words, code and pictures left out."""
    words = sum(len(text.astext().split()) for text in section.findall(nodes.paragraph))
    return max(1, round(words / WORDS))


def wire(doctree):
    """Return the sections of a page with their lengths; none where there are too few."""
    page = next(doctree.findall(nodes.section), None) if doctree else None
    sections = [part for part in page or () if isinstance(part, nodes.section)]
    if len(sections) < 3:
        return []
    start = [part for part in page if not isinstance(part, nodes.section)]
    first = {
        "id": page["ids"][0],
        "title": "Start",
        "length": length(nodes.section("", *(part.deepcopy() for part in start))),
    }
    return [
        first,
        *(
            {
                "id": section["ids"][0],
                "title": section.next_node(nodes.title).astext().partition(":")[0],
                "length": length(section),
            }
            for section in sections
        ),
    ]


def join_steps(app, doctree, docname):
    """Put the figure before a list of steps into the box of the steps: it stays beside them.

    Code cells cannot stand in a box, so the source has the figure, and then the box with the list.
    """
    for steps in doctree.findall(nodes.container):
        if "steps" not in steps["classes"]:
            continue
        at = steps.parent.index(steps)
        before = steps.parent[at - 1] if at else None
        if isinstance(before, nodes.container) and before.get("nb_element") == "cell_code":
            steps.parent.remove(before)
            steps.insert(0, before)


def configure(app):
    compat.add_template_filter(app, "finish", content_policy.finish)


def prepare(app, page, template, context, doctree):
    """Give the layout what it needs."""
    root = context["pathto"]("", 1)

    def asset(name):
        return f"{root}_static/{name}?v={app.config.ce_static}"

    _, previous, following = app.builder.relations.get(page) or (None, None, None)
    scripts = ["site.js"]
    if doctree and any("ce-figure" in raw.astext() for raw in doctree.findall(nodes.raw)):
        scripts.append("figures.js")
    runs = page_python.runs_on(app, doctree)
    actions, about = repository.links(app, page, context)
    chapter = ON_PAGES.get(page)
    strip, strip_read = strips.drawn(chapter.key) if chapter else ("", "")
    context |= {
        "about": about,
        "actions": actions,
        "asset": asset,
        "author": app.config.author,
        "body_parts": re.split(r"(<h1>.*?</h1>)", context.get("body", ""), maxsplit=1, flags=re.S),
        "colours_script": COLOURS,
        "contents": contents(app.env),
        "csp": content_policy.PLACEHOLDER,
        "css": app.config.ce_css.replace("url(_static/", f"url({root}_static/"),
        "next_page": following and entry(app.env, following),
        "place": place(page),
        "prev_page": previous and entry(app.env, previous),
        "python": page_python.attributes(app, root, asset) if runs else "",
        "scripts": scripts,
        "sections": wire(doctree) if page != app.config.root_doc else [],
        "strip": strip,
        "strip_read": strip_read,
    }
