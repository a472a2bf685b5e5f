"""Checks that the book is ready for a release, builds its files, and tags it.

It pushes nothing: its last line names the command that does.
"""

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import ROOT

CHECKS = [[sys.executable, "-m", "tools", verb] for verb in ("lint", "test")]
HEADING = r"(?m)^## (\S+) – (.+)$"


def git(root, *command):
    done = subprocess.run(["git", *command], cwd=root, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"git {command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def version(root):
    """Returns the version to release; exits with a sentence if the book is not ready for it."""

    def read(name):
        return (root / name).read_text("utf-8")

    if git(root, "status", "--porcelain"):
        sys.exit("There are changes that are not committed: commit or remove them.")
    new = re.search(r'(?m)^version = "(.+)"', read("pyproject.toml"))[1]
    if not re.fullmatch(r"\d+\.\d+\.\d+", new):
        sys.exit(f"The version in pyproject.toml must be like 1.2.3, got {new}.")
    logged, date = re.search(HEADING, read("CHANGELOG.md")).groups()
    said = {
        "CITATION.cff": re.search(r"(?m)^version: (.+)", read("CITATION.cff"))[1],
        "README.md": re.search(r"Version (\d[\d.]*\d)", read("README.md"))[1],
        "package.json": json.loads(read("package.json")).get("version", new),
        "CHANGELOG.md": logged,
    }
    for name, old in said.items():
        if old != new:
            sys.exit(f"pyproject.toml says version {new}, but {name} says {old}.")
    today = datetime.date.today().isoformat()
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or date > today:
        sys.exit(f"CHANGELOG.md must date {new} today or earlier, like {today}; it says {date}.")
    if git(root, "tag", "--list", f"v{new}"):
        sys.exit(f"The tag v{new} is taken: raise the version.")
    return new


def build(root, out):
    """Builds the wheel and the sdist, and returns them as {name: bytes}."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    if subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL).returncode:
        sys.exit("The wheel and the sdist could not be built.")
    return {file.name: file.read_bytes() for file in Path(out).iterdir()}


def release(root, checks):
    """Releases the book in a folder; `checks` are the commands of the long checks."""
    new = version(root)
    for check in checks:
        if subprocess.run(check, cwd=root).returncode:
            sys.exit(f"Nothing was tagged: {' '.join(check[1:])} failed.")
    dist = root / "dist"
    if dist.exists():
        for file in dist.iterdir():
            file.unlink()
    with TemporaryDirectory() as folder:  # the committed files alone
        git(root, "clone", "--quiet", str(root), f"{folder}/clone")
        if build(root, dist) != build(f"{folder}/clone", f"{folder}/dist"):
            sys.exit("Two builds differ: dist/ has something that is not committed.")
    files = sorted(map(str, dist.iterdir()))
    if subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files]).returncode:
        sys.exit("Nothing was tagged: twine check failed.")
    news = re.split(HEADING, (root / "CHANGELOG.md").read_text("utf-8"))[3].strip()
    message = f"Version {new}\n\n{news}"
    git(root, "tag", "--annotate", "--cleanup=whitespace", f"v{new}", "--message", message)
    print(f"Tagged v{new}; nothing is published yet. To publish it: git push origin v{new}")


if __name__ == "__main__":
    release(ROOT, CHECKS)
