"""Print Sphinx's resolved nodes as the plain Markdown that every notebook front end knows.

It prints no directive, role or HTML, and a node without a rule stops the build, so that nothing
leaks into a notebook unseen. Dollar maths is the only syntax beyond CommonMark and pipe tables.
"""

import re
from posixpath import dirname, relpath

from docutils import nodes
from sphinx.errors import SphinxError
from sphinx.locale import admonitionlabels
from sphinx.util.math import get_node_equation_number

from engine.plain_maths import uncoloured

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Emphasis, code, maths, a strike-out, a tag, an underscore at a word's edge, a link.
SPECIAL = re.compile(r"[\\`*$~]|<(?=[\w/!?])|(?<!\w)_|_(?!\w)|\[(?=[^]]*\][(:])")
FENCED_MATHS = {"align": "aligned", "alignat": "alignedat", "gather": "gathered"}


def indent(text, width):
    """Lines after the first belong to the list item; blank lines stay empty."""
    return re.sub(r"\n(?!\n)", "\n" + " " * width, text)


class Markdown(nodes.NodeVisitor):
    """Each visit returns the Markdown of its node, without the blank lines around it."""

    def __init__(self, document, builder, docname):
        super().__init__(document)
        self.builder, self.docname = builder, docname
        self.depth = 0  # inside a quote, a list or a table, where maths has to stay on one line
        self.in_table = False

    def unknown_visit(self, node):
        name = type(node).__name__
        raise SphinxError(
            f"{self.docname}: no rule of notebook_markdown.py prints <{name}>: {node}"
        )

    def inline(self, node):
        return "".join(self.dispatch_visit(child) for child in node.children)

    def line(self, node):
        return " ".join(self.inline(node).split())

    def blocks(self, children, between="\n\n"):
        self.depth += 1
        parts = [self.dispatch_visit(child) for child in children]
        self.depth -= 1
        return between.join(part for part in parts if part)

    def number(self, node):
        """Return the number before a caption or an exercise's title, like `Fig. 1`, or ""."""
        kind = self.builder.env.get_domain("std").get_enumerable_node_type(node)
        number = self.builder.fignumbers.get(kind, {}).get((node["ids"] or [""])[0])
        label = self.builder.config.numfig_format.get(kind)
        return label % ".".join(map(str, number)) if number else ""

    def section_number(self, node):
        anchor = "" if isinstance(node.parent, nodes.document) else f"#{node['ids'][0]}"
        number = self.builder.env.toc_secnumbers.get(self.docname, {}).get(anchor)
        return ".".join(map(str, number)) + "." if number else ""

    # Text

    def visit_Text(self, node):
        text = SPECIAL.sub(r"\\\g<0>", str(node))
        return text.replace("|", r"\|") if self.in_table else text

    def visit_emphasis(self, node):
        return f"*{self.inline(node)}*"

    def visit_strong(self, node):
        return f"**{self.inline(node)}**"

    def visit_literal(self, node):
        text = node.astext().replace("|", r"\|" if self.in_table else "|")
        fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
        pad = " " * (text.startswith("`") or text.endswith("`"))
        return f"{fence}{pad}{text}{pad}{fence}"

    def visit_superscript(self, node):
        return f"$^{{\\text{{{node.astext()}}}}}$"

    def visit_subscript(self, node):
        return f"$_{{\\text{{{node.astext()}}}}}$"

    def visit_math(self, node):
        return f"${self.tex(node)}$"

    def tex(self, node):
        """One line, because quotes and lists would break it, and no | that would end a cell."""
        tex = " ".join(uncoloured(node.astext()).split())
        if self.in_table:
            tex = tex.replace(r"\|", r"\Vert{}").replace("|", r"\vert{}")
        return tex

    def visit_reference(self, node):
        """Print a link if its address works from anywhere, else its text, which has its number."""
        text, address = self.line(node), node.get("refuri", "")
        return f"[{text}]({address})" if re.match(r"https?://|mailto:", address) else text

    visit_number_reference = visit_reference

    def visit_footnote_reference(self, node):
        return node.astext().translate(SUPERSCRIPT)

    def visit_image(self, node):
        """Alt text always; the picture from the site, or beside the notebook in a checkout."""
        uri, alt = node["uri"], " ".join(node.get("alt", "").split())
        if "://" not in uri and self.builder.config.notebook_site:
            uri = f"{self.builder.config.notebook_site}_images/{self.builder.env.images[uri][1]}"
        elif "://" not in uri:
            uri = relpath(uri, dirname(self.docname))
        return f"![{alt}]({uri})"

    # Blocks

    def visit_paragraph(self, node):
        text = self.inline(node).strip()  # a line that starts like a list or a heading is prose
        text = re.sub(r"(?m)^(?=[-+] |#+ |>)", r"\\", text)
        return re.sub(r"(?m)^(\d+)(?=[.)] )", r"\1\\", text)

    def visit_math_block(self, node):
        tex = uncoloured(node.astext()).strip()
        fence = re.fullmatch(r"\\begin\{(\w+)\*?\}(.*)\\end\{\1\*?\}", tex, re.DOTALL)
        if fence and fence[1] == "equation":
            tex = fence[2].strip()
        elif fence and fence[1] in FENCED_MATHS:  # MathJax refuses align between dollars
            inner = FENCED_MATHS[fence[1]]
            tex = rf"\begin{{{inner}}}{fence[2]}\end{{{inner}}}"
        if node.get("number") and r"\tag" not in tex:
            tex += rf" \tag{{{get_node_equation_number(self, node)}}}"
        return f"$$ {' '.join(tex.split())} $$" if self.depth else f"$$\n{tex}\n$$"

    def visit_literal_block(self, node):
        language = re.sub("ipython3?", "python", node.get("language", ""))
        text = node.astext().rstrip("\n")
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
        return f"{fence}{language if language != 'none' else ''}\n{text}\n{fence}"

    visit_doctest_block = visit_literal_block

    def visit_bullet_list(self, node, start=None):
        """Tight where every item is a paragraph, with or without a list under it."""
        under = [child for item in node.children for child in item.children[1:]]
        gap = "\n" if all(isinstance(child, nodes.Sequential) for child in under) else "\n\n"
        items = []
        for i, item in enumerate(node.children):
            mark = "- " if start is None else f"{start + i}. "
            items.append(mark + indent(self.blocks(item.children, gap), len(mark)))
        return gap.join(items)

    def visit_enumerated_list(self, node):
        return self.visit_bullet_list(node, node.get("start", 1))

    def visit_definition_list(self, node):
        items = []
        for item in node.children:
            terms = ", ".join(self.line(t) for t in item.findall(nodes.term))
            text = self.blocks(item.findall(nodes.definition))
            items.append(indent(f"- **{terms}**: {text}", 2))
        return "\n".join(items)

    def quote(self, title, children):
        text = self.blocks(children)
        text = f"**{title}**\n\n{text}".strip() if title else text
        return "\n".join(f"> {line}".rstrip() for line in text.splitlines())

    def visit_block_quote(self, node):
        return self.quote("", node.children)

    def visit_attribution(self, node):
        return f"— {self.line(node)}"

    def visit_admonition(self, node):
        title, rest = admonitionlabels.get(type(node).__name__, ""), node.children
        if rest and isinstance(rest[0], nodes.title | nodes.rubric):
            title, rest = f"{self.number(node)} {self.line(rest[0])}".strip(), rest[1:]
        if len(rest) == 1 and isinstance(rest[0], nodes.section):  # what sphinx-exercise wraps
            rest = rest[0].children
        return self.quote(title, rest)

    visit_note = visit_tip = visit_hint = visit_important = visit_warning = visit_admonition
    visit_attention = visit_caution = visit_danger = visit_error = visit_seealso = visit_admonition
    visit_topic = visit_sidebar = visit_exercise_node = visit_admonition
    visit_exercise_enumerable_node = visit_admonition

    def visit_container(self, node):
        if node.get("nb_element") == "cell_code":
            raise SphinxError(f"{self.docname}: a code cell inside a box cannot become a cell.")
        if node.get("design_component") == "dropdown":
            return self.visit_admonition(node)
        return self.blocks(node.children)

    def visit_rubric(self, node):
        return f"**{self.line(node)}**"

    def visit_figure(self, node):
        return self.blocks(node.children)

    def visit_caption(self, node):
        number = self.number(node.parent)
        return f"**{number}** {self.line(node)}" if number else self.line(node)

    def visit_table(self, node):
        """Pipe table; a table without a header gets an empty one, as pipe tables must have it."""
        self.in_table = True
        rows = [
            [" ".join(self.blocks(e.children, " ").split()) for e in row.children]
            for row in node.findall(nodes.row)
        ]
        self.in_table = False
        if not any(node.findall(nodes.thead)):
            rows.insert(0, [""] * len(rows[0]))
        rows.insert(1, ["---"] * len(rows[0]))
        text = "\n".join("| " + " | ".join(row) + " |" for row in rows)
        titles = [self.visit_caption(t) for t in node.children if isinstance(t, nodes.title)]
        return "\n\n".join([*titles, text])

    def visit_footnote(self, node):
        label, *text = node.children
        return f"{label.astext().translate(SUPERSCRIPT)} {self.blocks(text)}"

    def visit_citation(self, node):
        label, *text = node.children
        return indent(f"- **{label.astext()}** {self.blocks(text)}", 2)

    def visit_transition(self, node):
        return "" if "footnotes" in node["classes"] else "---"

    def visit_legend(self, node):
        return self.blocks(node.children)

    visit_definition = visit_line_block = visit_legend

    def visit_inline(self, node):
        return self.inline(node)

    visit_line = visit_abbreviation = visit_download_reference = visit_inline
    visit_PassthroughTextElement = visit_inline

    def visit_raw(self, node):
        """MyST's hard line break is HTML; all other HTML goes, the text between it stays."""
        return "\\\n" if node.get("format") == "html" and node.astext().startswith("<br") else ""

    def skip(self, node):
        return ""

    visit_comment = visit_target = visit_index = visit_substitution_definition = skip
    visit_link_builder = skip  # a form of the page
    visit_solution_node = visit_toctree = visit_meta = visit_colspec = visit_docinfo = skip
