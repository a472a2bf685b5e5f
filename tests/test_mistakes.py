"""A mistake in the book fails its build, and is named with its file and its line."""

import re
from pathlib import Path
from types import SimpleNamespace

from engine import stale_notebooks
from tools.testing.sources import ROOT

TEXT = """\
First.

![A look](nothing.png)

See {ref}`nowhere`.

See [there](#nowhere).

See [it](fig:one?lens.z=1#nowhere).

See <a href='x.html'>it</a>."""
MISTAKES = {  # line → warning; raw HTML has no line
    9: "image file not readable: chapters/nothing.png",
    11: "undefined label: 'nowhere'",
    13: "'myst' cross-reference target not found: 'nowhere'",
}
DEAD_LINKS = {9: "'?lens.z=1#nowhere' leads nowhere", 11: "'x.html' leads nowhere"}


def wrong(built, mistakes):
    """Return the mistakes that no warning names with its file and its line, give or take one."""
    said = re.findall(r"chapters/one\.md(?::(\d+))?: WARNING: (.*)", built.stderr)
    return {
        line: text
        for line, text in mistakes.items()
        if not any(text in warning and abs(int(at or line) - line) <= 1 for at, warning in said)
    }


def test_every_mistake_of_a_text_is_named_by_this_build_and_the_next(small_book, build):
    book = small_book(text=TEXT)
    for attempt in ("clean", "again"):
        built = build(book)
        assert built.returncode != 0, attempt
        assert wrong(built, MISTAKES) == {}, built.stderr
    built = build(small_book(text=TEXT.partition("![")[0] + TEXT[TEXT.index("See [it]") :]))
    assert built.returncode != 0
    assert wrong(built, DEAD_LINKS) == {}, built.stderr
    assert build(small_book()).returncode == 0


def test_a_failing_cell_is_named_with_its_chapter_and_its_line(small_book, build):
    built = build(small_book(code="x = 1\nprint(x)\nx / 0"))
    assert built.returncode != 0
    said = re.sub(r"\x1b\[[\d;]*m", "", built.stdout + built.stderr)
    assert "chapters/one.md" in said
    assert "ZeroDivisionError: division by zero" in said
    assert re.search(r"line 3\b.*\n.*\n.*\n.*--> 3 x / 0|----> 3 x / 0", said), said[-3000:]


def test_stale_missing_and_orphaned_notebooks_fail_the_build(small_book, build):
    folder = small_book(name="two")
    (folder / "chapters" / "two.ipynb").rename(folder / "chapters" / "three.ipynb")
    (folder / "_config.yml").write_bytes((ROOT / "_config.yml").read_bytes())
    built = build(folder)
    assert built.returncode != 0
    found = re.findall(r"chapters/(\w+)\.ipynb:1: WARNING: (.*?)(?:\x1b|\n)", built.stderr)
    assert found == [
        ("one", "does not match one.md: run `make notebooks`."),
        ("three", "has no chapter to be made from: delete it."),
        ("two", "is missing: run `make notebooks` and commit it."),
    ]


def test_unchanged_notebooks_are_not_made_again_and_a_changed_one_is_seen(tmp_path, monkeypatch):
    made, warnings = [], []

    def write(app, folder):
        made.append(folder)
        Path(folder, "chapters").mkdir()
        Path(folder, "chapters", "one.ipynb").write_text("right", "utf-8")

    monkeypatch.setattr(stale_notebooks, "write", write)
    monkeypatch.setattr(stale_notebooks.log, "warning", lambda text, **_: warnings.append(text))
    monkeypatch.setattr(stale_notebooks.compat, "has_warned", lambda app: bool(warnings))
    (tmp_path / "chapters").mkdir()
    doctree = tmp_path / "one.doctree"
    doctree.touch()
    notebook = tmp_path / "chapters" / "one.ipynb"
    folders = {"srcdir": tmp_path, "outdir": tmp_path / "html", "doctreedir": tmp_path}
    config = SimpleNamespace(check_notebooks=True)
    app = SimpleNamespace(**folders, config=config, tools_at_start="")

    def problems(text):
        warnings.clear()
        notebook.write_text(text, "utf-8")
        stale_notebooks.check(app)
        return warnings[:]

    assert problems("right") == problems("right") == []
    assert len(made) == 1
    for text in ("wrong", "wrong"):
        assert problems(text) == ["does not match one.md: run `make notebooks`."]
    assert problems("right") == []
    changes = [lambda: doctree.write_text("new"), lambda: setattr(app, "tools_at_start", "new")]
    for change in changes:
        change()
        already = len(made)
        assert problems("right") == []
        assert len(made) == already + 1
