"""A Sphinx builder that writes each chapter as a notebook, which opens in Colab.

It starts from Sphinx's resolved document, where numbers, citations, cross-references and glued
values are already right. notebook_markdown.py prints the text; this file makes the cells.
"""

import json
import re
from hashlib import sha256
from pathlib import Path

import nbformat
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.builders import Builder
from sphinx.transforms.post_transforms import SphinxPostTransform

from ce_lib.exercises import exercises, starter
from engine import compat
from engine.compat import EXERCISES, SOLUTION
from engine.notebook_markdown import Markdown
from engine.quiz import feedback, quiz
from engine.versions import VERSION

FOLDED = {"hide-input", "hide-cell", "remove-input"}  # tags of cells whose code stays out of sight
KEPT_TAGS = {"hide-input", "raises-exception"}

INSTALL = """\
# @title Get ce_lib, the library of the book (where it is already there, nothing happens)
import importlib.metadata, os, pathlib, site, subprocess, sys
from importlib.util import find_spec
wheel = os.environ.get("CE_LIB_WHEEL") or {wheel!r}
if not find_spec("ce_lib"):  # in a checkout of the book, the library lies in a parent folder
    folders = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
    sys.path += [str(f) for f in folders if (f / "ce_lib" / "__init__.py").exists()][:1]
base = ["numpy", "matplotlib", "ipywidgets"]
missing = [name for name in ["ce_lib", "anywidget", "psygnal", *base] if not find_spec(name)]
if missing:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-deps"] * (not {{*missing}} & {{*base}})  # numpy, torch and all stay as they are
    pip += [wheel if name == "ce_lib" else name for name in missing]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"{{', '.join(missing)}} could not be installed: set os.environ['CE_LIB_WHEEL'] to the "
            f"path or URL of the wheel of ce_lib, now {{wheel}}, and run this cell again. "
            f"pip says: {{done.stderr.strip()[-300:]}}")
    importlib.invalidate_caches()
    if not find_spec(missing[0]):  # pip made the user's own folder just now
        site.addsitedir(site.getusersitepackages())
for found in importlib.metadata.distributions(name="ce_lib"):
    if found.version != {version!r}:
        print("This notebook is made for ce_lib {version}, and", found.version, "is installed.")"""


class Cells:
    """The cells of one page: a Markdown cell per section, a code cell per code cell."""

    def __init__(self, markdown, sources):
        self.markdown, self.sources = markdown, sources
        self.cells, self.pending, self.ids = [], [], set()

    def cell(self, make, source, cell_id=None, **metadata):
        """The id comes from the content, so that an edit elsewhere leaves it alone."""
        cell_id = cell_id or sha256(source.encode()).hexdigest()[:8]
        while cell_id in self.ids:
            cell_id += "-again"
        self.ids.add(cell_id)
        self.cells.append(make(source, id=cell_id, metadata=metadata))

    def end_text(self):
        if self.pending:
            self.cell(new_markdown_cell, "\n\n".join(self.pending))
        self.pending = []

    def heading(self, node, level, number=""):
        self.end_text()
        title = [number, self.markdown.line(node)]
        self.pending.append(" ".join(["#" * level, *filter(None, title)]))

    def walk(self, children, level=0):
        for node in children:
            if isinstance(node, nodes.section):
                number = self.markdown.section_number(node)
                self.heading(node[0], level + 1, number)
                if not self.cells:
                    self.opening()
                self.walk(node.children[1:], level + 1)
            elif type(node).__name__ in EXERCISES:
                self.heading(node[0], level + 1, self.markdown.number(node))
                self.walk(node[1].children, level + 1)
                self.end_text()
                answer = re.sub(r"[^\w-]", "-", f"answer-{node['label']}")[:64]
                if "report" in node["classes"]:
                    self.cell(new_markdown_cell, "*Your words:*", f"words-{answer}"[:64])
                start = starter(node["label"]) if node["label"] in exercises() else ""
                self.cell(new_code_cell, start, answer)
            elif type(node).__name__ == SOLUTION:
                if self.markdown.builder.config.notebook_solutions:
                    self.solution(node)
            elif isinstance(node, quiz):
                self.quiz(node)
            elif node.get("nb_element") == "cell_code":
                self.code(node)
            elif text := self.markdown.dispatch_visit(node):
                self.pending.append(text)

    def solution(self, node):
        """For a teacher: the words and the code of the solution, marked as not for students."""
        self.end_text()
        for part in node[1].children:
            if isinstance(part, nodes.literal_block):
                self.cell(new_code_cell, part.astext(), solution=True)
            elif text := self.markdown.dispatch_visit(part):
                self.cell(new_markdown_cell, text, solution=True)

    def quiz(self, node):
        """The question with its options, and a cell that takes the answer."""
        *text, answers = node.children
        self.pending += map(self.markdown.dispatch_visit, text)
        self.end_text()
        options = [str(i + 1) for i in range(len(answers))]
        answers = [feedback(answer) for answer in answers]
        source = "# @title Answer it here\nwidgets.Prediction(\n"
        if "numbers" in node:
            source += f'    "Which number?", lead="", {slider(node, answers)})'
        else:
            source += f'    "Which one?", lead="", options={json.dumps(options)}, '
            source += f"correct={node['correct']},\n"
            source += f"    answers={json.dumps(answers, ensure_ascii=False)})"
        self.cell(new_code_cell, source, node["ids"][0][:64], **fold())

    def opening(self):
        """After the title: the address of the page, and the cell that installs the library."""
        config = self.markdown.builder.config
        source = INSTALL.format(wheel=config.notebook_wheel or "(no address)", version=VERSION)
        if config.notebook_site:
            page = f"{config.notebook_site}{self.markdown.docname}.html"
            self.pending.append(f"This notebook is [a page of the book]({page}), made to be run.")
            source += f'\nos.environ["CE_CHAPTER"] = {page!r}  # where figures link to'
        self.end_text()
        self.cell(new_code_cell, source, "get-ce-lib", **fold())

    def code(self, node):
        tags = set(node["cell_metadata"].get("tags", []))
        if "solution" in tags:
            return
        self.end_text()
        source = self.sources[node["cell_index"]].source
        metadata = {"tags": sorted(tags & KEPT_TAGS)} if tags & KEPT_TAGS else {}
        if tags & FOLDED:
            metadata |= fold()
            if not re.match("# ?@title", source):
                source = f"# @title Run this cell (its code is folded away)\n{source}"
        self.cell(new_code_cell, source, **metadata)


def slider(node, answers):
    """The arguments of a slider that takes a number, wide enough for all that a quiz names."""
    named = [(float(number), float(within)) for number, within, _ in node["numbers"]]
    truth, near, unit = node["numbers"][node["correct"]]
    ends = min(0, *(number for number, _ in named)), max(0, *(number for number, _ in named))
    low, high = (round(float(f"{2 * end:.0e}"), 12) for end in ends)
    replies = [
        [round(number - within, 12), round(number + within, 12), answer]
        for (number, within), answer in zip(named, answers, strict=False)
    ]
    return (
        f"low={low}, high={high}, step={near}, near={near}, truth={truth}, unit={unit!r},\n"
        f"    replies={json.dumps(replies, ensure_ascii=False)},\n"
        f"    feedback={json.dumps(answers[-1], ensure_ascii=False)}"
    )


def fold():
    return {"cellView": "form", "jupyter": {"source_hidden": True}}  # Colab's word; JupyterLab's


class DropOutputs(SphinxPostTransform):
    """Outputs go before myst-nb looks for a format in which this builder could print them."""

    default_priority = 1
    builders = ("notebook",)

    def run(self, **_):
        for node in list(self.document.findall(nodes.container)):
            if node.get("nb_element") == "cell_code_output":
                node.parent.remove(node)


class NotebookBuilder(Builder):
    name = format = "notebook"
    epilog = "The notebooks are in %(outdir)s."

    def get_outdated_docs(self):
        return self.env.found_docs  # a number on another page may have changed: write them all

    def get_target_uri(self, docname, typ=None):
        return f"{self.config.notebook_site}{docname}.html"

    def get_relative_uri(self, from_, to, typ=None):
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames):
        pass

    def write_doc(self, docname, doctree):
        path = Path(self.env.doc2path(docname))
        sources = compat.cells(self.env, path)
        if sources is None or not docname.startswith("chapters/"):
            return
        self.fignumbers = self.env.toc_fignumbers.get(docname, {})
        made = Cells(Markdown(doctree, self, docname), sources)
        made.walk(doctree.children)
        made.end_text()
        if all(cell.id == "get-ce-lib" for cell in made.cells if cell.cell_type == "code"):
            return
        notebook = new_notebook(cells=made.cells)
        notebook.metadata.kernelspec = {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        }
        notebook.metadata.language_info = {"name": "python"}
        nbformat.validate(notebook)
        target = Path(self.outdir, f"{docname}.ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(nbformat.writes(notebook) + "\n", "utf-8", newline="\n")

    def finish(self):
        pass
