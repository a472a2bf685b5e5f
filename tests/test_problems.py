"""A mistake in the book fails its build, and the last thing said is where it is and what."""

import pytest

ONE = "The book was not built: 1 problem."
PLANTED = {
    "cell": (
        {"code": "x = 1\nprint(x)\nx / 0"},
        "chapters/one.md:12: a cell fails: ZeroDivisionError: division by zero",
    ),
    "image": (
        {"text": "Look:\n![A look](nothing.png)"},
        "chapters/one.md:8: image file not readable: chapters/nothing.png",
    ),
    "reference": (
        {"text": "First.\n\nSecond.\nSee {ref}`nowhere`."},
        "chapters/one.md:10: undefined label: 'nowhere'",
    ),
    "link": (
        {"text": "First.\n\nSee [there](#nowhere)."},
        "chapters/one.md:9: 'myst' cross-reference target not found: 'nowhere' [myst.xref_missing]",
    ),
    "link-of-a-figure": (
        {"text": "First.\n\nSecond.\n\nSee [it](fig:one?lens.z=1#nowhere)."},
        "chapters/one.md:11: '?lens.z=1#nowhere' leads nowhere",
    ),
    "html-link": (
        {"text": "First.\n\nSee <a href='x.html'>it</a>."},
        "chapters/one.md: 'x.html' leads nowhere",
    ),
}


@pytest.mark.parametrize(("chapter", "said"), PLANTED.values(), ids=PLANTED)
def test_a_mistake_is_said_last_in_one_line(small_book, build, chapter, said):
    built = build(small_book(**chapter))
    assert built.returncode != 0
    assert built.stderr.splitlines()[-2] == ONE
    assert built.stderr.splitlines()[-1].strip() == said


def test_all_mistakes_are_said_at_once_and_again_until_they_are_repaired(small_book, build):
    book = small_book(text="See {ref}`nowhere` and {ref}`nothing`.")
    for attempt in ("clean", "again"):
        built = build(book)
        assert built.returncode != 0, attempt
        assert built.stderr.splitlines()[-3:] == [
            "The book was not built: 2 problems.",
            "  chapters/one.md:7: undefined label: 'nowhere'",
            "  chapters/one.md:7: undefined label: 'nothing'",
        ], attempt
    built = build(small_book())
    assert built.returncode == 0
    assert "problem" not in built.stderr


def test_stale_missing_and_orphaned_twins_fail_the_build(book, build, small_book):
    small_book(name="one")
    folder = small_book(name="two")
    (folder / "chapters" / "two.ipynb").rename(folder / "chapters" / "three.ipynb")
    (folder / "_config.yml").write_bytes((book / "_config.yml").read_bytes())
    built = build(folder)
    assert built.returncode != 0
    assert built.stderr.splitlines()[-4:] == [
        "The book was not built: 3 problems.",
        "  chapters/one.ipynb: does not match one.md: run `make notebooks`.",
        "  chapters/three.ipynb: has no chapter to be made from: delete it.",
        "  chapters/two.ipynb: is missing: run `make notebooks` and commit it.",
    ]
