"""The frame of every page: everything that theme/layout.html needs.

A page asks for few files: its styles stand in it, so that it can be painted as soon as it arrives,
and its scripts are one or two files.
"""

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx import addnodes

from engine import compat, content_policy, page_python, repository

# Runs before the first paint, or a dark page would flash white; the rest is in js/colours.mjs.
COLOURS = """\
try{const t=localStorage.getItem("ce-theme");if(/^(light|dark)$/.test(t))\
document.documentElement.dataset.theme=t}catch{}"""
ICONS = {  # on a field of 24 by 24, drawn with the stroke of .icon
    "menu": "M4 6h16M4 12h16M4 18h16",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM15.5 15.5L21 21",
    "theme": "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16zM12 4v16M12 8h6.9M12 12h8M12 16h6.9",
    "play": "M7 4l13 8l-13 8z",
    "download": "M12 4v11M7 10.5l5 5l5-5M4 20h16",
    "code": "M8 7l-5 5l5 5M16 7l5 5l-5 5M14 4l-4 16",
    "text": "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
    "edit": "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
}


def icon(name):
    """Return a drawing that stands beside a word."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">'
        f'<path d="{ICONS[name]}"/></svg>'
    )


def contents(env):
    """Return the parts of the book, each with its pages."""
    number = {page: numbers.get("") for page, numbers in env.toc_secnumbers.items()}
    return [
        {
            "caption": tree["caption"],
            "pages": [
                {
                    "name": page,
                    "title": title or env.titles[page].astext(),
                    "number": f"{number[page][0]} " if number.get(page) else "",
                }
                for title, page in tree["entries"]
            ],
        }
        for tree in env.get_doctree(env.config.root_doc).findall(addnodes.toctree)
        if tree.get("caption")
    ]


def sections(toc):
    """Return the list of links to the sections of the page, from Sphinx's own list."""
    inner = BeautifulSoup(toc, "html.parser").select_one("ul ul")
    return str(inner or "")


def configure(app):
    compat.add_template_filter(app, "finish", content_policy.finish)


def prepare(app, page, template, context, doctree):
    """Give the layout what it needs."""
    root = context["pathto"]("", 1)

    def asset(name):
        return f"{root}_static/{name}?v={app.config.ce_static}"

    scripts = ["site.js"]
    if doctree and any("ce-figure" in raw.astext() for raw in doctree.findall(nodes.raw)):
        scripts.append("figures.js")
    runs = page_python.runs_on(app, doctree)
    context |= {
        "actions": repository.links(app, page, context),
        "asset": asset,
        "author": app.config.author,
        "colours_script": COLOURS,
        "contents": contents(app.env),
        "csp": content_policy.PLACEHOLDER,
        "css": app.config.ce_css.replace("url(_static/", f"url({root}_static/"),
        "icon": icon,
        "python": page_python.attributes(app, root, asset) if runs else "",
        "scripts": scripts,
        "sections": sections(context.get("toc", "")),
    }
