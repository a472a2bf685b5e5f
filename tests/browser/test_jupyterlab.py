"""A figure in a live kernel: real JupyterLab, Notebook 7 and Voilà, driven by Chromium.

Notebook 7 has the widget manager of JupyterLab: what both show is tried there each week.
"""

import contextlib
import re
import shutil
import subprocess
import sys
from urllib.parse import quote

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.sign import NotebookNotary
from playwright.sync_api import expect

from engine import ROOT
from tools.testing.servers import running

CELLS = [
    "from ce_lib import widgets\nlens = widgets.LossLens(z=1.0)\nlens",
    "print('python sees', lens.z)",
    "lens.z = -2.0",
    "lens",
]
CHAPTER = "https://site.example/chapters/entropy.html"
SENTENCE = "This figure moves while its kernel runs"
FOLLOWER = """
follower = widgets.LossLens()
lens.observe(lambda change: setattr(follower, "z", -change.new), "z")
follower"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a server of all three, with notebooks, and two run elsewhere and saved."""
    home = tmp_path_factory.mktemp("lab")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    for name in ("lens", "seven", "restart", "anew"):
        nbformat.write(book, home / f"{name}.ipynb")
    served = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in (CELLS[0], "lens", FOLLOWER)],
        metadata=book.metadata,
    )
    nbformat.write(served, home / "served.ipynb")
    install = f"import os; os.environ['CE_CHAPTER'] = {CHAPTER!r}"  # as a notebook's first cell
    saved = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f"{install}\n{CELLS[0]}")], metadata=book.metadata
    )
    NotebookClient(saved, store_widget_state=False).execute()
    nbformat.write(saved, home / "stranger.ipynb")
    saved.cells[0].id = "trusted"
    (home / "data").mkdir()
    NotebookNotary(data_dir=str(home / "data")).sign(saved)
    nbformat.write(saved, home / "trusted.ipynb")
    options = ["--no-browser", "--allow-root", "--ServerApp.port=0", "--IdentityProvider.token="]
    options += [f"--ServerApp.root_dir={home}", "--LabApp.news_url=", "--ServerApp.port_retries=0"]
    with running([sys.executable, "-m", "jupyterlab", *options], home) as url:
        yield url


def run_cell(page, cell):
    """Runs a cell; again where the front end had no kernel yet: it says "idle" even then."""
    for _ in range(60):
        cell.locator(".jp-InputArea-prompt").click()
        page.keyboard.press("Control+Enter")
        with contextlib.suppress(AssertionError):
            return expect(cell.locator(".jp-InputPrompt")).not_to_have_text("[ ]:", timeout=1_000)
    raise AssertionError("the cell was never run")


@pytest.mark.parametrize(
    "opened",
    [
        pytest.param("lab/workspaces/lens/tree/lens.ipynb", id="jupyterlab"),
        pytest.param("notebooks/seven.ipynb", id="notebook-7", marks=pytest.mark.weekly),
    ],
)
def test_traits_go_both_ways_and_two_views_of_one_figure_agree(lab, browser, opened):
    page = browser.new_page()
    page.goto(f"{lab}{opened}")
    notebook = page.locator(".jp-NotebookPanel")
    expect(notebook.locator(".jp-Cell")).to_have_count(len(CELLS), timeout=60_000)

    def run(k):
        run_cell(page, notebook.locator(".jp-Cell").nth(k))

    def reads(view, text):
        expect(view.locator(".ce-values")).to_contain_text(text, timeout=30_000)

    run(0)
    first = notebook.locator(".jp-Cell").nth(0)
    reads(first, "logit z1.00")
    assert first.locator("path.ce-loss").first.get_attribute("d").startswith("M")

    first.get_by_role("button", name="More").click()
    name, value = (first.locator(f".ce-values {tag}").first.bounding_box() for tag in ("dt", "dd"))
    assert name["y"] + name["height"] <= value["y"]  # as on the page, where dt does not float

    first.get_by_label("logit z").fill("3.5")  # front end → kernel
    reads(first, "logit z3.50")
    run(1)
    output = notebook.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output")
    expect(output).to_have_text(re.compile("python sees 3.5"), timeout=30_000)

    run(2)  # kernel → front end
    reads(first, "logit z−2.00")

    run(3)  # a second view of the same figure
    second = notebook.locator(".jp-Cell").nth(3)
    reads(second, "logit z−2.00")
    second.get_by_label("y = 0").check()
    reads(first, "loss0.127 nats")
    second.get_by_role("button", name="Reset").click()
    reads(first, "logit z1.00")
    page.close()


@pytest.mark.parametrize("name", ["trusted", "stranger"])
@pytest.mark.parametrize(
    "opener",
    [
        pytest.param("lab/workspaces/{0}/tree/{0}.ipynb", id="lab"),
        pytest.param("notebooks/{0}.ipynb", id="seven", marks=pytest.mark.weekly),
    ],
)
def test_a_notebook_reopened_says_where_the_figure_is(lab, browser, opener, name):
    page = browser.new_page()
    page.goto(lab + opener.format(name))
    output = page.locator(".jp-NotebookPanel .jp-OutputArea-output")
    expect(output.get_by_text(SENTENCE)).to_be_visible(timeout=60_000)
    link = output.get_by_role("link", name="open it on the site of the book")
    same = re.compile(rf"^{CHAPTER}\?.*loss-lens\.z=1\.0.*#figure-loss-lens$")
    expect(link).to_have_attribute("href", same)
    page.close()


@pytest.mark.parametrize(
    "opened",
    [
        pytest.param("lab/workspaces/restart/tree/restart.ipynb", id="jupyterlab"),
        pytest.param("notebooks/anew.ipynb", id="notebook-7", marks=pytest.mark.weekly),
    ],
)
def test_a_figure_outlives_a_restart_and_its_cell_makes_a_new_one(lab, browser, opened):
    page = browser.new_page()
    page.goto(f"{lab}{opened}")
    cell = page.locator(".jp-NotebookPanel .jp-Cell").first
    live, slider = cell.locator(".ce-values"), cell.get_by_label("logit z")

    def run(count):
        run_cell(page, cell)
        expect(live).to_contain_text("logit z1.00", timeout=30_000)
        expect(cell.get_by_text(SENTENCE)).to_be_hidden()
        expect(cell.locator(".jp-InputPrompt")).to_have_text(f"[{count}]:")

    run(1)
    run(2)
    page.keyboard.press("0")
    page.keyboard.press("0")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    slider.fill("2.5")
    expect(live).to_contain_text("logit z2.50")
    run(1)  # the kernel counts anew
    slider.fill("3.5")
    expect(live).to_contain_text("logit z3.50")
    page.close()


def test_in_voila_a_figure_moves_in_two_views_and_the_kernel_follows(lab, browser):
    page = browser.new_page()
    page.goto(f"{lab}voila/render/served.ipynb")
    values = page.locator(".ce-values")
    expect(values).to_have_count(3, timeout=60_000)
    page.get_by_label("logit z").first.fill("3.5")
    for view, z in enumerate(["3.50", "3.50", "−3.50"]):  # the last by way of Python
        expect(values.nth(view)).to_contain_text(f"logit z{z}", timeout=30_000)
    for sentence in page.get_by_text(SENTENCE).all():
        expect(sentence).to_be_hidden()
    page.close()


def test_the_teachers_link_for_a_hub_brings_the_notebook_and_opens_it(
    lab, browser, site_url, tmp_path
):
    book = tmp_path / "book"
    (book / "chapters").mkdir(parents=True)
    shutil.copy(ROOT / "chapters" / "entropy.ipynb", book / "chapters")

    def git(*command):
        author = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *author, *command], cwd=book, check=True, capture_output=True)

    for command in (["init", "--initial-branch=autumn"], ["add", "."], ["commit", "-m", "Book"]):
        git(*command)
    page = browser.new_page()
    page.goto(f"{site_url}chapters/teaching.html")
    form = page.locator(".ce-links")
    form.get_by_label("opened in").select_option("hub")
    form.get_by_label("Repository").fill("https://github.com/school/book")
    form.get_by_label("Branch").fill("autumn")
    form.get_by_label("Address of the hub").fill("https://hub.example.org")
    hub = form.get_by_role("link").get_attribute("href")
    here = hub.replace("https://hub.example.org/hub/user-redirect/", lab)  # where the hub sends one
    here = here.replace(quote("https://github.com/school/book", ""), quote(book.as_uri(), ""))
    assert here.startswith(f"{lab}git-pull?repo=file")
    title = page.locator(".jp-NotebookPanel").get_by_role("heading", level=1)
    for news in ("once", "and again after an update"):
        page.goto(here)
        expect(title).to_contain_text("Entropy", timeout=60_000)
        (book / "news.md").write_text(news, "utf-8")
        git("add", ".")
        git("commit", "-m", news)
    page.close()
