"""The notebook beside a chapter is the one that the chapter makes, else the book is not built."""

from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from sphinx.util import logging
from versions import VERSION

log = logging.getLogger(__name__)


def addresses(book, site=""):
    """The site and the wheel, from `site` or else _config.yml; empty where neither says."""
    config = yaml.safe_load((book / "_config.yml").read_text("utf-8"))
    site = site or (config.get("html") or {}).get("baseurl") or ""
    repository = (config.get("repository") or {}).get("url") or ""
    if site:
        site = site.rstrip("/") + "/"
        return site, f"{site}_static/ce_lib-{VERSION}-py3-none-any.whl"
    return "", f"git+{repository}" if repository else ""


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


def check(app, exception):
    """Makes the notebooks from what has just been read, and compares."""
    if exception or app.builder.name != "html" or app._warncount:  # one cause, one message
        return
    book, pages = Path(app.srcdir), app.builder
    with TemporaryDirectory() as folder:
        app.builder = twins = app.registry.create_builder(app, "twin", app.env)
        app.config.twin_site, app.config.twin_wheel = addresses(book)
        twins.outdir = folder
        try:
            for page in sorted(app.env.found_docs):
                twins.write_doc(page, app.env.get_and_resolve_doctree(page, twins))
        finally:
            app.builder = pages
        for name, problem in stale(Path(folder, "chapters"), book / "chapters"):
            log.warning(problem, location=f"{book / 'chapters' / name}:", type="twins")


def setup(app):
    app.connect("build-finished", check, priority=1100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
