"""The link-builder directive: a form that makes the link with which a class opens a notebook.

It lists the pages that have one. theme/js/link_builder.mjs makes the links; without a script, the
text before the form says how they are made.
"""

from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from engine import repository

FORM = """\
<form class="ce-links" data-repository="{repository}" data-branch="{branch}" data-folder="{folder}">
<label>Notebook <select name="path">{options}</select></label>
<label>opened in <select name="where">
<option value="colab">Colab</option>
<option value="hub">JupyterHub, by nbgitpuller</option>
<option value="binder">Binder</option>
</select></label>
<label>Repository <input name="repository" type="url" value="{repository}"
placeholder="https://github.com/you/book"></label>
<label hidden>Branch; for Binder also a tag or commit <input name="branch"></label>
<label hidden>Address of the hub <input name="hub" type="url" placeholder="https://hub.your.school"></label>
<output></output>
<button type="button">Copy link</button><span aria-live="polite"></span>
</form>
"""


class link_builder(nodes.General, nodes.Element):
    """The place of the form on a page."""


class LinkBuilder(SphinxDirective):
    def run(self):
        return [link_builder()]


def visit(self, node):
    config, titles = self.builder.config, self.builder.env.titles
    pages = list(filter(repository.has_notebook, titles))
    order = [name for name in self.builder.env.toctree_includes.get(config.root_doc, [])]
    options = "".join(
        f'<option value="{name}.ipynb">{escape(titles[name].astext())}</option>'
        for name in sorted(pages, key=lambda name: (order + pages).index(name))
    )
    form = FORM.format(
        options=options,
        repository=escape(config.ce_repository),
        branch=escape(config.ce_notebook_branch),
        folder=config.ce_folder,
    )
    self.body.append(form)


def depart(self, node):
    pass
