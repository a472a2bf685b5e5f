"""Plants the faults of tests/planted/faults.yml, one at a time, and tells which the tests catch.

Each is planted in a copy of the sources, where its tests then run; they must pass there without it.

python -m tools.planted [NAME ...]   all, or those whose names begin so
python -m tools.planted --together   in one copy: quicker, where no fault hides another
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import yaml

from engine import ROOT

FAULTS = ROOT / "tests" / "planted" / "faults.yml"
BOOK = Path("_build", "test-site")
LINKED = ("node_modules", ".venv", ".venv-class")  # nothing is ever planted in them
PASSED = 0  # what pytest returns
FAILED = 1, 2  # and 2 where two of its workers failed before the first of them stopped it


@dataclass(frozen=True)
class Fault:
    """A text that is replaced in one or more files, and the tests that must notice it."""

    name: str
    files: tuple
    text: str
    instead: str
    tests: tuple
    unnoticed: str = ""

    def plant(self, folder):
        """Replaces the text; a ValueError if a file does not hold it exactly once."""
        for file in self.files:
            path = folder / file
            source = path.read_text("utf-8") if path.exists() else ""
            if source.count(self.text) != 1 or self.text == self.instead:
                raise ValueError(
                    f"{self.name} cannot be planted: {file} must hold its text once, "
                    f"got {source.count(self.text)} times"
                )
            path.write_text(source.replace(self.text, self.instead), "utf-8")


def faults():
    """Returns all faults, in the order of the file."""
    listed = yaml.safe_load(FAULTS.read_text("utf-8"))
    return [
        Fault(
            name,
            tuple(said["file"] if isinstance(said["file"], list) else [said["file"]]),
            said["text"],
            said["instead"],
            tuple(said["tests"]),
            said.get("unnoticed", ""),
        )
        for name, said in listed.items()
    ]


def copy(folder, built):
    """Copies what git knows of, changes that are not committed included, and links the rest.

    The book that the tests read comes from the tree `built`; where a fault is in its sources, the
    tests build it again.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for name in LINKED:
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    if (built / BOOK).exists():
        shutil.copytree(built / BOOK, folder / BOOK)
    return folder


def run(folder, tests):
    """Runs tests in a copy until one fails: the status of pytest, and what it printed."""
    command = [sys.executable, "-m", "pytest", "-n", "auto", "-x", "-q", "--tb=line"]
    with TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*command, "-p", "no:cacheprovider", *tests],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = process.wait()
        finally:  # also of a build for which nobody waits any more
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        output.seek(0)
        return status, output.read()


def report(fault, status, said):
    """Prints what became of a fault, and returns whether it is as it ought to be."""
    caught = re.search(r"(?m)^(?:FAILED|ERROR) (\S+)", said)
    if status in FAILED and caught:
        print(f"caught      {fault.name}: {caught[1]}", flush=True)
        return True
    if status != PASSED:
        print(f"NOT RUN     {fault.name}: pytest ended with {status}\n{said[-2000:]}", flush=True)
        return False
    print(f"{'unnoticed  ' if fault.unnoticed else 'NOT CAUGHT '} {fault.name}", flush=True)
    return bool(fault.unnoticed)


def main(*arguments):
    together, names = "--together" in arguments, [a for a in arguments if a[0] != "-"]
    chosen = [fault for fault in faults() if not names or fault.name.startswith(tuple(names))]
    if not chosen:
        return f"No fault of {FAULTS.name} has a name that begins so: {', '.join(names)}."
    wrong = []
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        sound = copy(Path(temporary, "sound"), ROOT)
        status, said = run(sound, sorted({test for fault in chosen for test in fault.tests}))
        if status != PASSED:
            return f"The tests do not pass without a fault:\n{said[-4000:]}"
        for number, group in enumerate([chosen] if together else [[fault] for fault in chosen]):
            folder = copy(Path(temporary, str(number)), sound)
            for fault in group:
                fault.plant(folder)
            for fault in group:
                if not report(fault, *run(folder, fault.tests)):
                    wrong.append(fault.name)
            shutil.rmtree(folder, ignore_errors=True)
    return f"Not as it ought to be: {', '.join(wrong)}." if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
