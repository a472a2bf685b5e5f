"""The twins say what the pages say, in plain Markdown, and nothing that is meant to stay away."""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from myst_nb.core.read import read_myst_markdown_notebook

from ce_lib.exercises import exercises, starter
from engine import ROOT
from engine.chapters import CHAPTERS
from tools.testing.chapter_code import whole
from tools.testing.notebooks import SITE, make

TWINS = sorted((ROOT / "chapters").glob("*.ipynb"))
FENCE = re.compile(r"^(?P<fence>[`:]{3,}).*?^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
SOLUTION = re.compile(
    r"^(?P<fence>[`:]{3,})\{solution\}.*?^(?P=fence)\s*$"
    r"|^`{3,}\{solution-start\}.*?^`{3,}\{solution-end\}",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(scope="module")
def complete(worker_id):
    """A copy of the book with one of everything, its twin made for no site."""
    copy = ROOT / "_build" / f"twin_book-{worker_id}"
    shutil.rmtree(copy / "chapters", ignore_errors=True)
    shutil.copytree(ROOT / "tests" / "twin_book", copy, dirs_exist_ok=True)
    made = make(copy)
    assert made.returncode == 0, made.stdout + made.stderr
    return copy


@pytest.fixture(scope="module")
def sample(complete):
    return complete / "chapters" / "sample.ipynb"


@pytest.fixture(params=["sample", *TWINS], ids=lambda p: Path(p).stem)
def twin(request, sample):
    return sample if request.param == "sample" else request.param


def cells(path, kind):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def prose(path):
    """The text of each Markdown cell without code, and without maths."""
    texts = []
    for cell in cells(path, "markdown"):
        text = re.sub(r"(`+).*?\1", " ", FENCE.sub(" ", cell.source))
        text = text.replace(r"\$", " ")
        texts.append(re.sub(r"\$\$.*?\$\$|\$[^$]*\$", " ", text, flags=re.DOTALL))
    return texts


def words(text):
    return " ".join(re.findall(r"\w+", text.casefold()))


# Fresh


def test_every_twin_is_the_one_that_its_chapter_makes(book):
    check = make(book, "--check")  # a copy of the sources, where the outputs are already there
    assert check.returncode == 0, check.stdout + check.stderr


def test_a_changed_a_missing_and_an_orphaned_twin_are_named(complete, sample):
    before = sample.read_bytes()
    assert make(complete, "--check").stdout == ""  # fresh; and a second build made the same bytes
    orphan = sample.with_name("orphan.ipynb")
    sample.write_bytes(before.replace(b"print(np", b"print( np"))
    orphan.write_bytes(before)
    changed = make(complete, "--check")
    sample.unlink()
    missing = make(complete, "--check")
    orphan.unlink()
    sample.write_bytes(before)
    assert changed.returncode == missing.returncode == 1
    assert changed.stdout.splitlines() == [
        "chapters/orphan.ipynb has no chapter to be made from: delete it.",
        "chapters/sample.ipynb does not match sample.md: run `make notebooks`.",
    ]
    assert missing.stdout.splitlines()[1:] == [
        "chapters/sample.ipynb is missing: run `make notebooks` and commit it."
    ]


def test_a_construct_without_a_rule_stops_the_build_and_is_named(complete, sample):
    chapter = sample.with_suffix(".md")
    before = chapter.read_text("utf-8")
    chapter.write_text(before + "\n```{eval-rst}\n.. option:: --fast\n```\n", "utf-8")
    made = make(complete, "--check")
    chapter.write_text(before, "utf-8")
    assert made.returncode == 1
    assert "no rule of notebook_markdown.py prints <desc>" in made.stderr


# Form


def test_twin_is_a_valid_notebook_without_outputs(twin):
    notebook = nbformat.read(twin, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    code = cells(twin, "code")
    assert not [cell.id for cell in code if cell.outputs or cell.execution_count]
    assert twin.read_text("utf-8") == nbformat.writes(notebook) + "\n"


def test_twin_opens_with_its_title_and_the_cell_that_gets_the_library(twin):
    title, install, *_ = nbformat.read(twin, as_version=nbformat.NO_CONVERT).cells
    assert title.source.startswith("# ")
    assert install.id == "get-ce-lib"


def test_the_headings_make_a_table_of_contents_without_gaps(twin):
    heads = re.findall(
        r"(?m)^(#+) ", FENCE.sub("", "\n".join(c.source for c in cells(twin, "markdown")))
    )
    levels = [len(head) for head in heads]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_of_myst_or_html_is_left_over(twin):
    leftover = re.compile(
        r"\{[\w:+-]+\}`?|:{3,}|^ *%|^\(\S+\)=$|</?[a-zA-Z][^>]*>|<!--|glue:|\\label|&\w+;|\{\{",
        re.MULTILINE,
    )
    assert [found for text in prose(twin) for found in leftover.findall(text)] == []


def test_no_cell_of_the_pages_plumbing_is_left_over(twin):
    assert [c.id for c in cells(twin, "code") if re.search("myst_nb|glue", c.source)] == []


def test_every_dollar_and_every_brace_of_the_maths_is_closed(twin):
    assert [text for text in prose(twin) if "$" in text] == []
    for cell in cells(twin, "markdown"):
        text = re.sub(r"(`+).*?\1", " ", FENCE.sub(" ", cell.source)).replace(r"\$", " ")
        for maths in re.findall(r"\$\$.*?\$\$|\$[^$]*\$", text, re.DOTALL):
            bare = maths.replace(r"\{", "").replace(r"\}", "")
            assert bare.count("{") == bare.count("}"), maths
            assert "\n>" not in maths, maths  # a quote's mark would end up inside the formula
            assert "\n" not in maths or maths.startswith("$$\n"), maths
            assert not re.search(r"\\begin\{(align|gather|equation)\*?\}", maths), maths


def test_no_solution_reaches_the_twin(twin):
    chapter = next((c for c in CHAPTERS if c.name == twin.stem), None)  # none for the sample
    source = whole(chapter) if chapter else twin.with_suffix(".md").read_text("utf-8")
    notebook = read_myst_markdown_notebook(source)
    code = [c.source for c in notebook.cells if "solution" in c.metadata.get("tags", [])]
    text = [match[0] for match in SOLUTION.finditer(source)]
    rest = source
    for piece in [*code, *text]:
        rest = rest.replace(piece, "")
    hidden = {words(line) for piece in [*code, *text] for line in piece.splitlines()[1:]}
    hidden |= {words(piece) for piece in code}
    rest += "\n".join(map(starter, exercises()))  # with which an answer cell begins
    hidden = {line for line in hidden if len(line) > 12 and line not in words(rest)}
    assert hidden or "{solution" not in source
    shown = words("\n".join(c.source for kind in ("markdown", "code") for c in cells(twin, kind)))
    assert [line for line in hidden if line in shown] == []


# What each construct becomes

PRINTED = {
    "title": "# 1. A page with *everything* and $H(p)$",
    "escapes": r"A page about cross-entropy that costs 5\$ or 6\$, with a \* star, a `code_span`, ",
    "glue": "The loss is 0.693 nats, as Shannon",
    "citation": "and others [Cover and Thomas, 2006].",
    "footnote": "A note¹ and Tab, KL, ",
    "footnote-text": "¹ The *text* of the note, with [Shannon, 1948].",
    "scripts": r"H$_{\text{2}}$O, $x^2$, **bold**" + "\\\nand a line",
    "section": "## 1.1. Boxes",
    "admonition": "> **What you will be able to do**\n>\n> - see (1.1)\n> - keep $a_1 < b$ in",
    "maths-in-a-box-is-one-line": r"> $$ p = \frac{1}{2} \\ + \frac{1}{2} $$",
    "note": "> **Note**\n>\n> First `paragraph`.\n>\n> Second paragraph.",
    "folded-admonition": "> **Why is that so?**\n>\n> Because.",
    "dropdown": "> **A *hint***\n>\n> Look again.",
    "margin": "> Beside the text.",
    "epigraph": "> Whereof one cannot speak.\n>\n> — Someone",
    "nested-list": "1. one\n   - inside\n     1. deep\n2. two",
    "loose-list": "- loose\n\n  with a second paragraph\n\n- item",
    "definitions": "- **Surprise**: What is $-\\log p$?\n- **Entropy**: Its average.\n\n  Over all",
    "table": "**Table 1.1** Some numbers\n\n| p \\| q | $\\vert{}x\\vert{}$ |\n| --- | --- |\n"
    "| `a\\|b` | [Cover and Thomas, 2006] |",
    "figure": "![A black square, seen from the front](square.svg)\n\n"
    "**Fig. 1.1** The *caption* with $x$.",
    "html-image": "![The square again](square.svg)",
    "equation": "$$\nH(p) = -\\sum_k p_k \\log p_k \\tag{1.1}\n$$",
    "align": "$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned} \\tag{1.2}\n$$",
    "references": "Equations (1.1) and (1.3), Boxes, that part, Sources, Sources, Fig. 1.1, "
    "Table 1.1, Exercise 1.1, [the web](https://example.org/a_b), `square.svg`.",
    "code-that-is-not-run": '```python\nnot_run = "a fence with `ticks`"\n```',
    "tabs": "**Left**\n\nIn the left tab.\n\n**Right**\n\nIn the right tab.",
    "card": "In the card.",
    "exercise": "### Exercise 1.1 (With a *name* and $x$)\n\nUse (1.1).\n\n- first\n- second",
    "exercise-without-number": "### Exercise\n\nWithout a number.",
}


@pytest.mark.parametrize("expected", PRINTED.values(), ids=PRINTED)
def test_construct_becomes_plain_markdown(sample, expected):
    assert expected in "\n\n".join(cell.source for cell in cells(sample, "markdown"))


def test_an_exercise_is_followed_by_an_empty_cell_for_the_answer(sample):
    empty = [cell.id for cell in cells(sample, "code") if not cell.source]
    assert empty == ["answer-ex-first", "answer-ex-gated", "answer-ex-plain"]


def test_cells_folded_on_the_page_are_folded_in_colab_and_in_jupyterlab(sample):
    folded = [c for c in cells(sample, "code") if c.metadata.get("cellView") == "form"]
    assert all(cell.source.startswith("# @title ") for cell in folded)
    assert all(cell.metadata.jupyter.source_hidden for cell in folded)
    bodies = [cell.source.partition("\n")[2] for cell in folded[1:]]
    assert bodies == ['"the picture"', '"only its output is on the page"']


def test_an_edit_leaves_the_ids_of_other_cells_alone(complete, sample):
    chapter = sample.with_suffix(".md")
    before, ids = chapter.read_text("utf-8"), {c.id for c in cells(sample, "markdown")}
    chapter.write_text(before.replace("Look again.", "Look twice."), "utf-8")
    made = make(complete, "--out", str(complete / "edited"))
    chapter.write_text(before, "utf-8")
    assert made.returncode == 0, made.stderr
    assert len(ids - {c.id for c in cells(complete / "edited" / "sample.ipynb", "markdown")}) == 1


def test_with_a_site_the_links_the_pictures_and_the_wheel_point_to_it(complete):
    made = make(complete, "--site", SITE.rstrip("/"), "--out", str(complete / "published"))
    assert made.returncode == 0, made.stderr
    path = complete / "published" / "sample.ipynb"
    text = "\n\n".join(cell.source for cell in cells(path, "markdown"))
    assert f"]({SITE}chapters/sample.html)" in text
    assert f"[other page]({SITE}chapters/bibliography.html)" in text
    assert re.search(rf"others \[\[Cover and Thomas, 2006\]\({SITE}chapters/bibliography", text)
    assert f"seen from the front]({SITE}_images/square.svg)" in text
    wheel = re.search(r"(?m)^wheel = .* or '(.*)'$", cells(path, "code")[0].source)[1]
    assert re.fullmatch(rf"{SITE}_static/ce_lib-\d+\.\d+\.\d+-py3-none-any\.whl", wheel)
