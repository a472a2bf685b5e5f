"""Links that move a figure.

``fig:entropy?lens.z=1#figure-lens`` leads to the figure of a chapter, from any page. The role
``set`` moves a figure of its own page: ``{set}`drag q down <lens?q=0.1>```.
"""

import re
from html import unescape

from docutils import nodes
from docutils.utils import unescape as without_escapes

SET = re.compile(r"(?P<text>.+?)\s*<(?P<key>[a-z][a-z0-9-]*)\?(?P<state>[^<>]+)>", re.DOTALL)


def resolve(app, doctree, docname):
    for link in doctree.findall(nodes.reference):
        if link.get("refuri", "").startswith("fig:"):
            page, rest = re.fullmatch(r"fig:([\w-]+)(.*)", link["refuri"]).groups()
            target = app.builder.get_relative_uri(docname, f"chapters/{page}")
            link["refuri"], link["internal"] = target + unescape(rest), True  # & came escaped


def set_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """Return the link of ``text <key?trait=value&trait=value>``."""
    found = SET.fullmatch(without_escapes(text))
    if not found:
        rule = "set must look like `text <figure?trait=value>`"
        message = inliner.reporter.error(f"{rule}, got {text!r}", line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    key, pairs = found["key"], found["state"].split("&")
    query = "&".join(f"{key}.{pair}" for pair in pairs)
    words = " ".join(found["text"].split())
    link = nodes.reference("", words, refuri=f"?{query}#figure-{key}", internal=True)
    link["classes"] = ["ce-set"]
    return [link], []
