"""The pipeline: everything the engine registers with Sphinx, and its steps in the order they run.

The other modules hold functions only. The engine is the last extension of `_config.yml`, so its
steps run after those of the other extensions.
"""

from itertools import chain

from docutils import nodes
from sphinx.application import Sphinx

from engine import (
    assets,
    chapter_lists,
    clean_rebuild,
    compat,
    dead_links,
    details,
    draw_stills,
    figure_links,
    link_builder,
    maths,
    merge_streams,
    metadata,
    notebook_builder,
    offline,
    outputs,
    page,
    page_python,
    quiz,
    repository,
    search,
    settings,
    stale_notebooks,
    valid_html,
    versions,
)

BEFORE_READING = [  # config-inited
    settings.apply,
    repository.configure,
    metadata.configure,  # the address of the site follows from the repository
    versions.configure,  # the folder of a released version follows from the address
    outputs.configure,
    assets.configure,
    page_python.configure,
    clean_rebuild.begin,  # needs the path of the cache
]
BUILDER_READY = [  # builder-inited, for HTML
    page.configure,
    compat.leave_search_out,
]
DOCSTRING = [  # autodoc-process-docstring
    chapter_lists.link_chapters,
]
DOCUMENT = [  # doctree-resolved, for pages and notebooks
    figure_links.resolve,
]
DOCUMENT_OF_PAGE = [  # doctree-resolved, for HTML
    page_python.add_answers,
    page_python.mark_cells,
    quiz.fold_answers,
    page.join_steps,
    draw_stills.draw,
    valid_html.repair,
    details.replace_dropdowns,
    dead_links.remember_lines,  # after figure_links
]
PAGE = [  # html-page-context
    versions.prepare,
    metadata.write_head,
    page.prepare,
]
GENERATED_PAGES = [  # html-collect-pages
    search.pages,
]
SITE_WRITTEN = [  # build-finished, for HTML without an error
    assets.write,
    page_python.write,
    repository.copy_notebooks,
    stale_notebooks.publish,  # over the committed notebooks
    metadata.write_cards_and_sitemap,
    offline.write,  # lists every file of the site, so all files must be there
    dead_links.check,
    stale_notebooks.check,
    clean_rebuild.end,  # after the last possible warning
]


def in_order(steps, html_only=False):
    """Return one event handler that calls the steps and joins the lists they return."""

    def handler(app, *arguments):
        if html_only and app.builder.format != "html":
            return []
        made = [step(app, *arguments) for step in steps]
        return list(chain.from_iterable(filter(None, made)))

    return handler


def resolve_document(app, doctree, docname):
    in_order(DOCUMENT)(app, doctree, docname)
    in_order(DOCUMENT_OF_PAGE, html_only=True)(app, doctree, docname)


def prepare_page(app, *arguments):
    in_order(PAGE)(app, *arguments)  # returns nothing: Sphinx would take it for a template


def finish(app, exception):
    maths.katex.close()
    if exception is None:
        in_order(SITE_WRITTEN, html_only=True)(app)


def add_directives(app):
    """Add the directives of the chapters; a build by another theme needs these alone."""
    app.add_node(quiz.quiz, html=(quiz.visit, quiz.depart))
    app.add_role("set", figure_links.set_role)
    app.add_directive("quiz", quiz.Quiz)
    app.add_directive("chapters", chapter_lists.Chapters)
    app.add_directive("runs", chapter_lists.Runs)
    app.add_directive("lessons", chapter_lists.Lessons)
    app.add_directive("lesson", chapter_lists.Lesson)
    app.add_node(link_builder.link_builder, html=(link_builder.visit, link_builder.depart))
    app.add_directive("link-builder", link_builder.LinkBuilder)


def add_nodes(app):
    """Add the nodes of the engine, and its HTML for nodes of other extensions."""
    app.add_node(details.fold, html=(details.visit, details.depart))
    app.add_node(details.fold_title, html=(details.visit_title, details.depart_title))
    table = (valid_html.visit_table, valid_html.depart_table)
    app.add_node(nodes.table, override=True, html=table)
    hidden = (valid_html.visit_hidden_code, compat.depart_hidden_code)
    app.add_node(compat.HiddenCode, override=True, html=hidden)
    app.add_html_math_renderer("katex", (maths.visit_math, None), (maths.visit_math_block, None))


def add_notebooks(app):
    """Add the builder that writes the notebook of each chapter."""
    app.add_builder(notebook_builder.NotebookBuilder)
    app.add_post_transform(notebook_builder.DropOutputs)
    app.add_config_value("notebook_site", "", "env", str)  # address of the site, with a slash
    app.add_config_value("notebook_solutions", False, "env", bool)  # for the teacher
    app.add_config_value("notebook_wheel", "", "env", str)  # address of ce_lib's wheel
    app.add_config_value("check_notebooks", True, "", bool)  # fail where a notebook is stale


def add_settings(app):
    """Add the values that steps compute; Sphinx writes all pages again when one has changed."""
    for name in (
        "ce_repository",
        "ce_notebook_branch",
        "ce_folder",
        "ce_static",
        "ce_css",
        "ce_python",
    ):
        app.add_config_value(name, "", "html", str)


def add_events(app):
    """Connect one handler to each event of Sphinx."""
    app.connect("config-inited", in_order(BEFORE_READING))
    app.connect("builder-inited", in_order(BUILDER_READY, html_only=True))
    app.connect("autodoc-process-docstring", in_order(DOCSTRING))
    app.connect("doctree-resolved", resolve_document)
    app.connect("html-page-context", prepare_page)
    app.connect("html-collect-pages", in_order(GENERATED_PAGES))
    app.connect("build-finished", finish)


def setup(app: Sphinx):
    app.add_html_theme("cross_entropy", str(assets.THEME))
    compat.replace_coalesce_streams(merge_streams.joined)
    add_directives(app)
    add_nodes(app)
    add_notebooks(app)
    add_settings(app)
    add_events(app)
    return {"parallel_read_safe": True, "parallel_write_safe": False}  # one node prints all maths
