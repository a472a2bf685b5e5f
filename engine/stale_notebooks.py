"""The notebook beside each chapter is the one that the chapter makes, or the build fails."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.util import logging

from engine import compat
from engine.outputs import digest
from engine.versions import VERSION

log = logging.getLogger(__name__)


def addresses(site):
    """Return the addresses of the site and of the wheel on it; both are "" without a site."""
    site = f"{site.rstrip('/')}/" if site else ""
    return site, f"{site}_static/ce_lib-{VERSION}-py3-none-any.whl" if site else ""


def stale(made, out):
    """Yield (name, problem) for each notebook of `out` that differs from the one in `made`."""
    names = {path.name for path in made.glob("*.ipynb")}
    for name in sorted(names | {path.name for path in out.glob("*.ipynb")}):
        notebook = out / name
        if name not in names:
            yield name, "has no chapter to be made from: delete it."
        elif not notebook.exists():
            yield name, "is missing: run `make notebooks` and commit it."
        elif notebook.read_text("utf-8") != (made / name).read_text("utf-8"):
            yield name, f"does not match {notebook.with_suffix('.md').name}: run `make notebooks`."


def write(app, folder, site=""):
    """Write the notebooks of all chapters, from the documents that this build has read."""
    app.config.notebook_site, app.config.notebook_wheel = addresses(site)
    with compat.other_builder(app, "notebook") as builder:
        builder.outdir = folder
        for page in sorted(app.env.found_docs):
            builder.write_doc(page, app.env.get_and_resolve_doctree(page, builder))


def publish(app):
    """Write notebooks that name their site, if its address is known."""
    if app.config.html_baseurl:
        write(app, app.outdir, app.config.html_baseurl)


def check(app):
    """Warn of each committed notebook that its chapter would not make now.

    Where all matched before, and neither documents nor notebooks have changed, all match now.
    """
    if compat.has_warned(app) or not app.config.check_notebooks:
        return
    chapters, matched = Path(app.srcdir) / "chapters", Path(f"{app.outdir}.notebooks")
    compared = [*Path(app.doctreedir).rglob("*.doctree"), *chapters.glob("*.ipynb")]
    compared = digest(sorted(compared), app.tools_at_start)
    if matched.exists() and matched.read_text("utf-8") == compared:
        return
    matched.unlink(missing_ok=True)
    with TemporaryDirectory() as folder:
        write(app, folder)
        for name, problem in stale(Path(folder, "chapters"), chapters):
            log.warning(problem, location=f"{chapters / name}:1", type="notebooks")
    if not compat.has_warned(app):
        matched.write_text(compared, "utf-8")
