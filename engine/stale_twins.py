"""The notebook beside a chapter is the one that the chapter makes, else the book is not built."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.util import logging

from engine.versions import VERSION

log = logging.getLogger(__name__)


def addresses(site):
    """The site and the wheel on it; both empty where no site is named, as in the committed ones."""
    site = f"{site.rstrip('/')}/" if site else ""
    return site, f"{site}_static/ce_lib-{VERSION}-py3-none-any.whl" if site else ""


def stale(made, out):
    """Yields (name, problem) for each notebook of `out` that is not as in `made`."""
    names = {path.name for path in made.glob("*.ipynb")}
    for name in sorted(names | {path.name for path in out.glob("*.ipynb")}):
        twin = out / name
        if name not in names:
            yield name, "has no chapter to be made from: delete it."
        elif not twin.exists():
            yield name, "is missing: run `make notebooks` and commit it."
        elif twin.read_text("utf-8") != (made / name).read_text("utf-8"):
            yield name, f"does not match {twin.with_suffix('.md').name}: run `make notebooks`."


def write(app, folder, site=""):
    """Makes the notebooks from what has just been read."""
    pages = app.builder
    app.builder = twins = app.registry.create_builder(app, "twin", app.env)
    app.config.twin_site, app.config.twin_wheel = addresses(site)
    twins.outdir = folder
    try:
        for page in sorted(app.env.found_docs):
            twins.write_doc(page, app.env.get_and_resolve_doctree(page, twins))
    finally:
        app.builder = pages


def publish(app, exception):
    """Where the site is known, its notebooks know it too."""
    if not exception and app.builder.name == "html" and app.config.html_baseurl:
        write(app, app.outdir, app.config.html_baseurl)


def check(app, exception):
    """Compares the notebooks with what they would be now."""
    if exception or app.builder.name != "html" or app._warncount:  # one cause, one message
        return
    book = Path(app.srcdir)
    with TemporaryDirectory() as folder:
        write(app, folder)
        for name, problem in stale(Path(folder, "chapters"), book / "chapters"):
            log.warning(problem, location=f"{book / 'chapters' / name}:", type="twins")


def setup(app):
    app.connect("build-finished", publish, priority=600)  # over the copies of the committed ones
    app.connect("build-finished", check, priority=1100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
