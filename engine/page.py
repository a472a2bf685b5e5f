"""The frame of every page: what theme/layout.html needs, and what is done to the whole of it.

A page asks for little: its styles stand in it, so that it can be painted when it arrives; its
scripts are one or two files. The policy in its head lets it load from its own site alone, and run
no script and use no style that is not of the site; styles in attributes would need an exception,
so they become classes.
"""

import base64
import hashlib
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.html import StandaloneHTMLBuilder

# Before the first paint, or a reader of the dark is dazzled; the rest is in _static/theme.mjs.
THEME = """\
try{const t=localStorage.getItem("ce-theme");if(/^(light|dark)$/.test(t))\
document.documentElement.dataset.theme=t}catch{}"""
POLICY = (
    "default-src 'self'; img-src 'self' data:; script-src 'self' {script}; "
    "style-src 'self' {style}; object-src 'none'; base-uri 'none'; form-action 'self'"
)
MATPLOTLIB = r"<style type=\"text/css\">\*\{stroke[^<]*</style>"  # it would reach the whole page
BETTER = {  # what extensions write, and what a screen reader understands
    'role="doc-biblioentry"': 'role="listitem"',
    '<th class="head"><p></p></th>': '<td class="head"></td>',
}
PLACE = "POLICY-OF-THE-PAGE"
FONTS = {  # of the maths → what in a page needs it
    "Main-Regular": r'class="katex"',
    "Math-Italic": "mathnormal",
    "Size1-Regular": "small-op|delimsizing size1|delim-size1",
    "Size2-Regular": "large-op|delimsizing size2",
    "Size3-Regular": "delimsizing size3",
    "Size4-Regular": "delimsizing size4|delim-size4",
}
ICONS = {  # on a field of 24 by 24, drawn by the pen of `icon`
    "menu": "M4 6h16M4 12h16M4 18h16",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM15.5 15.5L21 21",
    "theme": "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16zM12 4v16M12 8h6.9M12 12h8M12 16h6.9",
    "play": "M7 4l13 8l-13 8z",
    "download": "M12 4v11M7 10.5l5 5l5-5M4 20h16",
    "code": "M8 7l-5 5l5 5M16 7l5 5l-5 5M14 4l-4 16",
    "text": "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
    "edit": "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
}
ACTIONS = {  # the theme's label of a button, or its text → what it says here
    "Colab": ("Open in Colab", "play"),
    "download-notebook-button": ("Notebook", "download"),
    "download-source-button": ("Source", "text"),
    "source-repository-button": ("Repository", "code"),
    "source-edit-button": ("Edit", "edit"),
}


def icon(name):
    """Returns a drawing that stands beside a word."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">'
        f'<path d="{ICONS[name]}"/></svg>'
    )


def contents(env):
    """Returns the parts of the book, each with its pages."""
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


def actions(buttons):
    """Returns the links to the page elsewhere: the theme's buttons, out of their menus."""
    flat = [b for button in buttons for b in button.get("buttons", [button])]
    known = [(button.get("label", button.get("text")), button) for button in flat]
    return [
        {
            "text": ACTIONS[label][0],
            "icon": ACTIONS[label][1],
            "url": button["url"],
            "download": label.startswith("download"),
        }
        for label, button in known
        if label in ACTIONS
    ]


def prepare(app, page, template, context, doctree):
    """Gives the layout what it needs."""
    root = context["pathto"]("", 1)

    def asset(name):
        return f"{root}_static/{name}?v={app.config.ce_static}"

    scripts = ["site.js"]
    if doctree and any("ce-figure" in raw.astext() for raw in doctree.findall(nodes.raw)):
        scripts.append("figures.js")
    context |= {
        "actions": actions(context.get("header_buttons", [])),
        "asset": asset,
        "contents": contents(app.env),
        "csp": PLACE,
        "css": app.config.ce_css.replace("url(fonts/", f"url({root}_static/katex/fonts/"),
        "icon": icon,
        "scripts": scripts,
        "sections": sections(context),
        "theme_script": THEME,
    }


def sections(context):
    """Returns the list of links to the sections of the page."""
    inner = re.search(r"<ul>.*?(<ul>.*</ul>).*</ul>", context.get("toc", ""), re.DOTALL)
    return inner[1] if inner else ""


def preloads(html):
    """Returns links that fetch the fonts of a page's maths before it is painted.

    Else its formulas change their width when the fonts come, and the lines break anew.
    """
    found = re.search(r"url\(([^()]*KaTeX_)Main-Regular(\.woff2[^()]*)\)", html)
    return "".join(
        '<link rel="preload" as="font" type="font/woff2" crossorigin '
        f'href="{found[1]}{font}{found[2]}">'
        for font, needed in FONTS.items()
        if re.search(needed, html.partition("</head>")[2])
    )


def finish(html):
    """Returns the whole page with its styles in one place and its policy."""
    html = re.sub(MATPLOTLIB, "", html.lstrip())  # its like is in _static/content.css
    for found, better in BETTER.items():
        html = html.replace(found, better)
    rules = {}

    def as_class(match):
        tag, style = match[0].replace(match[1], ""), match[2]
        name = "s" + hashlib.sha256(style.encode()).hexdigest()[:6]
        # As strong as an attribute is.
        rules[name] = ";".join(f"{d.strip()}!important" for d in style.split(";") if d.strip())
        if ' class="' in tag:
            return tag.replace(' class="', f' class="{name} ', 1)
        return re.sub(r"^<[\w-]+", rf'\g<0> class="{name}"', tag)

    html = re.sub(r"<[a-z][^<>]*?(\sstyle=\"([^\"]*)\")[^<>]*>", as_class, html)
    extra = "".join(f".{name}{{{rule}}}" for name, rule in sorted(rules.items()))
    html = html.replace("</style>", f"{extra}</style>", 1)
    html = html.replace("<style>", f"{preloads(html)}<style>", 1)

    def hashes(tag):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(f.encode()).digest()).decode() for f in found]
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    policy = POLICY.format(script=hashes("script"), style=hashes("style"))
    return html.replace(PLACE, policy, 1)


def begin(app):
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.templates.environment.filters["finish"] = finish


def setup(app):
    app.connect("builder-inited", begin)
    app.connect("html-page-context", prepare, priority=950)  # after the buttons
    return {"parallel_read_safe": True, "parallel_write_safe": True}
