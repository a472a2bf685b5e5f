"""Each twin runs top to bottom: in the book's environment, and as a student opens it in Colab.

Colab's row is a Python 3.13 that holds the versions of colab.txt and nothing else, in an empty
folder outside the checkout; its library is the one that the first cell installs from the wheel.
torch is not part of that row (colab.txt says why): a cell that wants it must do without it there.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys

import nbformat
import pytest
from filelock import FileLock
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from tools.testing.kernels import find_python, run
from tools.testing.servers import running
from tools.testing.sources import NETWORK_HOOK, ROOT

TWINS = sorted((ROOT / "chapters").glob("*.ipynb"))
SITE_PACKAGES = "lib/python3.13/site-packages"

EACH_DAY = "multiclass-cross-entropy"  # has digits, torch's other branch and figures
every_twin = pytest.mark.parametrize(
    "twin",
    [
        pytest.param(twin, marks=[] if twin.stem == EACH_DAY else pytest.mark.weekly)
        for twin in TWINS
    ],
    ids=[twin.stem for twin in TWINS],
)


def source(twin):
    return nbformat.read(twin, as_version=4).cells


def get_ce_lib(twin):
    return next(cell.source for cell in source(twin) if cell.id == "get-ce-lib")


def freeze(python):
    listed = subprocess.check_output([python, "-m", "pip", "freeze", "--all"], text=True)
    return set(listed.splitlines())


def names(frozen):
    return {line.partition("=")[0].partition(" @")[0].replace("-", "_") for line in frozen}


# The machines


@pytest.fixture(scope="session")
def image():
    """An environment with Colab's versions, made once for each state of colab.txt."""
    python, pins = find_python("3.13"), ROOT / "tests" / "colab.txt"
    if python is None:
        pytest.skip("Colab runs Python 3.13, and there is none on the PATH or in pyenv.")
    folder = ROOT / "_build" / "colab" / hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([python, "-m", "venv", folder], check=True)
            own = folder / "bin" / "python"
            install = [own, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
            subprocess.run([*install, "-r", pins], check=True)
            subprocess.run([own, "-c", "import ipykernel.kernelapp, matplotlib.pyplot"], check=True)
            (folder / "complete").touch()
    return folder


@pytest.fixture(scope="session")
def start(image):
    """Starts a fresh machine: a copy of the image, by hard links, that a test may change."""
    machines = image.with_name(f"machines-{os.getpid()}")

    def machine(name):
        shutil.copytree(image, machines / name, symlinks=True, copy_function=os.link)
        return machines / name / "bin" / "python"

    yield machine
    subprocess.run(["rm", "-rf", machines])  # of some 100,000 links, which Python takes minutes for


@pytest.fixture(scope="session")
def wheel(site):
    """The wheel that the site serves."""
    (built,) = (site / "_static").glob("ce_lib-*-py3-none-any.whl")
    return built


@pytest.fixture(scope="session")
def colab(start, wheel, tmp_path_factory):
    """A machine on which the first cell has run, and what it changed there."""
    python, folder = start("colab"), tmp_path_factory.mktemp("empty")
    before = freeze(python)
    assert run([get_ce_lib(TWINS[0])], python, folder, CE_LIB_WHEEL=str(wheel)) == [""]
    return python, before, freeze(python)


# The chapters


@every_twin
def test_twin_runs_in_the_environment_of_the_book_and_asks_no_other_machine(twin, tmp_path):
    asked = tmp_path / "addresses.txt"
    hook = {"PYTHONPATH": str(NETWORK_HOOK), "ADDRESSES": str(asked)}
    run(source(twin), sys.executable, twin.parent, **hook)
    assert not asked.exists(), asked.read_text("utf-8")


@every_twin
def test_twin_runs_on_the_versions_of_colab_without_torch(twin, colab, wheel, tmp_path):
    run(source(twin), colab[0], tmp_path, CE_LIB_WHEEL=str(wheel))


# The figures

IN_COLAB = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')"
SHOW = """
from IPython.utils.capture import capture_output
from ce_lib import widgets
lens = widgets.LossLens()
with capture_output() as shown:
    display(lens)
bundle, _ = lens._repr_mimebundle_()
print(*(sorted(output.data) for output in shown.outputs), "text/html" in bundle)
"""
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize(
    ("before", "printed"),
    [
        (IN_COLAB, f"['{VIEW}', 'text/plain'] False\n"),
        ("", f"['{VIEW}'] ['text/html', 'text/plain'] True\n"),
    ],
    ids=["colab", "another-front-end"],
)
def test_in_colab_a_figure_is_one_output_without_html(before, printed, colab, tmp_path):
    assert run([before, SHOW], colab[0], tmp_path) == ["", printed]


CELLS = [
    "from ce_lib import widgets\nlens = widgets.LossLens(z=1.0)\nlens",
    "print('python sees', lens.z)",
    "lens.z = -2.0",
    "lens",
]


@pytest.fixture
def classic(colab, tmp_path):
    """The address of a running classic Notebook, whose widget manager is that of ipywidgets 7."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "lens.ipynb")
    notebook.cells = notebook.cells[:1]
    NotebookClient(notebook, store_widget_state=False).execute()
    nbformat.write(notebook, tmp_path / "stranger.ipynb")  # run elsewhere, and not trusted here
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--NotebookApp.token="]
    command = [colab[0], "-m", "notebook", *options, f"--notebook-dir={tmp_path}"]
    with running(command, tmp_path) as url:
        yield url


def test_a_figure_moves_in_the_widget_manager_of_colabs_version(classic, browser):
    page = browser.new_page()
    page.goto(f"{classic}notebooks/lens.ipynb")
    cells = page.locator(".code_cell")
    expect(page.locator("#kernel_indicator_icon.kernel_idle_icon")).to_be_visible(timeout=60_000)

    def run_cell(k):
        cells.nth(k).locator(".input_prompt").click()
        page.keyboard.press("Control+Enter")

    def reads(k, text):
        expect(cells.nth(k).locator(".ce-values")).to_contain_text(text, timeout=30_000)

    run_cell(0)
    reads(0, "logit z1.00")
    cells.nth(0).get_by_label("logit z").fill("3.5")  # front end → kernel
    reads(0, "logit z3.50")
    run_cell(1)
    expect(cells.nth(1).locator(".output_text")).to_contain_text("python sees 3.5", timeout=30_000)
    run_cell(2)  # kernel → front end
    reads(0, "logit z−2.00")
    run_cell(3)  # a second view of the same figure
    cells.nth(3).get_by_label("y = 0").check()
    reads(0, "loss0.127 nats")
    size = cells.nth(0).locator(".ce").evaluate("box => parseFloat(getComputedStyle(box).fontSize)")
    assert size >= 14  # this front end has a rem of 10 px

    cells.nth(0).locator(".input_prompt").click()
    page.keyboard.press("0")  # restarts the kernel
    page.keyboard.press("0")
    page.locator(".modal-dialog .btn-danger").click()
    expect(page.locator(".modal-dialog")).to_have_count(0)
    cells.nth(0).get_by_label("logit z").fill("2.5")
    reads(0, "logit z2.50")
    expect(page.locator("#kernel_indicator_icon.kernel_idle_icon")).to_be_visible(timeout=60_000)
    run_cell(0)
    expect(cells.nth(0).locator(".input_prompt")).to_contain_text("1")
    reads(0, "logit z1.00")
    page.close()


def test_a_notebook_reopened_there_says_where_the_figure_is(classic, browser):
    page = browser.new_page()
    page.goto(f"{classic}notebooks/stranger.ipynb")
    sentence = page.locator(".output_area").get_by_text("This figure moves while its kernel runs")
    expect(sentence).to_be_visible(timeout=60_000)
    page.close()


# The first cell

REFUSE = "import subprocess\nsubprocess.run = subprocess.Popen = None"
WHERE = "import ce_lib, numpy\nprint(ce_lib.__file__)"


def test_the_first_cell_adds_the_library_and_changes_no_other_package(colab):
    _, before, after = colab
    assert before <= after
    assert names(after - before) == {"ce_lib"}


def test_the_first_cell_takes_the_wheel_of_a_published_site(start, site_url, wheel, tmp_path):
    address = f"{site_url}_static/{wheel.name}"
    python = start("published")
    printed = run([get_ce_lib(TWINS[0]), WHERE], python, tmp_path, CE_LIB_WHEEL=address)
    assert printed == ["", f"{python.parents[1] / SITE_PACKAGES / 'ce_lib' / '__init__.py'}\n"]


def test_the_first_cell_adds_what_the_figures_need_where_it_is_missing(start, wheel, tmp_path):
    python = start("bare")
    remove = [python, "-m", "pip", "uninstall", "--yes", "--quiet", "anywidget", "psygnal"]
    subprocess.run(remove, check=True)
    before = freeze(python)
    cells = [get_ce_lib(TWINS[0]), "from ce_lib import widgets\nprint(widgets.LossLens().z)"]
    assert run(cells, python, tmp_path, CE_LIB_WHEEL=str(wheel)) == ["", "0.0\n"]
    after = freeze(python)
    assert before <= after
    assert names(after - before) == {"ce_lib", "anywidget", "psygnal"}


@pytest.mark.weekly
def test_where_there_is_nothing_but_a_kernel_the_first_cell_brings_all(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "bare"], check=True)
    python = tmp_path / "bare" / "bin" / "python"
    quick = ["--quiet", "--no-compile"]
    subprocess.run([python, "-m", "pip", "install", *quick, "ipykernel"], check=True)
    cells = [get_ce_lib(TWINS[0]), "from ce_lib import widgets\nprint(widgets.LossLens().z)"]
    set_up = {"CE_LIB_WHEEL": str(wheel), "PIP_NO_COMPILE": "1"}
    assert run(cells, python, tmp_path, **set_up) == ["", "0.0\n"]


def test_the_first_cell_finds_what_pip_puts_into_the_users_own_folder(start, wheel, tmp_path):
    python = start("shared")  # a hub, whose site-packages nobody may write
    home = {"PYTHONUSERBASE": str(tmp_path / "home"), "PIP_USER": "1"}
    config = python.parents[1] / "pyvenv.cfg"  # a venv has no such folder
    config.rename(config.with_suffix(".old"))
    config.write_text(
        config.with_suffix(".old")
        .read_text("utf-8")
        .replace("packages = false", "packages = true"),
        "utf-8",
    )
    printed = run([get_ce_lib(TWINS[0]), WHERE], python, tmp_path, CE_LIB_WHEEL=str(wheel), **home)
    assert printed[1].startswith(str(tmp_path / "home"))


def test_the_first_cell_says_where_another_version_is_installed(start, wheel, tmp_path):
    python = start("old")
    packages = python.parents[1] / SITE_PACKAGES
    (packages / "ce_lib").mkdir()
    (packages / "ce_lib" / "__init__.py").touch()
    (packages / "ce_lib-0.0.9.dist-info").mkdir()
    (packages / "ce_lib-0.0.9.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: ce_lib\nVersion: 0.0.9\n", "utf-8"
    )
    printed = run([REFUSE, get_ce_lib(TWINS[0])], python, tmp_path, CE_LIB_WHEEL=str(wheel))
    said = "This notebook is made for ce_lib 0.1.0, and 0.0.9 is installed.\n"
    assert printed == ["", said]


def test_a_second_run_of_the_first_cell_starts_no_process(colab, tmp_path):
    python = colab[0]
    printed = run([REFUSE, get_ce_lib(TWINS[0]), WHERE], python, tmp_path)
    installed = python.parents[1] / SITE_PACKAGES / "ce_lib" / "__init__.py"
    assert printed == ["", "", f"{installed}\n"]


def test_in_a_checkout_the_first_cell_uses_the_checkout(image, tmp_path):
    chapters = tmp_path / "book" / "chapters"
    chapters.mkdir(parents=True)
    (chapters.parent / "ce_lib").mkdir()
    library = chapters.parent / "ce_lib" / "__init__.py"
    library.touch()
    printed = run([REFUSE, get_ce_lib(TWINS[0]), WHERE], image / "bin" / "python", chapters)
    assert printed == ["", "", f"{library}\n"]


@pytest.mark.parametrize(
    ("address", "named"),
    [("/nowhere/ce_lib-0-py3-none-any.whl",) * 2, ("", "(no address)")],
    ids=["wrong-address", "no-address"],
)
def test_when_it_fails_the_first_cell_says_in_one_sentence_what_to_do(
    address, named, image, tmp_path
):
    before = freeze(image / "bin" / "python")
    with pytest.raises(CellExecutionError) as failure:
        run([get_ce_lib(TWINS[0])], image / "bin" / "python", tmp_path, CE_LIB_WHEEL=address)
    assert failure.value.ename == "RuntimeError"
    said, _, reason = failure.value.evalue.partition(" pip says: ")
    assert said == (
        "ce_lib could not be installed: set os.environ['CE_LIB_WHEEL'] to the path or URL of the "
        f"wheel of ce_lib, now {named}, and run this cell again."
    )
    assert reason.startswith(("ERROR: ", "WARNING: ")) and named in reason
    assert freeze(image / "bin" / "python") == before
