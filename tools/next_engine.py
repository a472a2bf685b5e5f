"""Lists the differences when mystmd, the engine of Jupyter Book 2, reads the book.

python -m tools.next_engine             each construct that mystmd does not know, or warns of
python -m tools.next_engine --execute   also runs the cells of all pages

docs/next-engine.md says what to do about each. It does not tell how the pages would look: mystmd
takes its themes from the network, so it gets an empty one here, and asks no other machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from engine import ROOT
from engine.maths import NODE

MYSTMD = ROOT / "node_modules" / "mystmd" / "dist" / "myst.cjs"
THEME = {"myst": "v1", "kind": "site", "title": "Empty", "version": "0.0.0"}
# The subjects of its messages: each is listed once, however often and wherever it stands.
KINDS = [
    (r"unknown directive: (\S+)", "directive "),
    (r"unknown role: (\S+)", "role "),
    (r"Usage of the \{(\S+)\} role is not recommended", "role "),
    (r"'frontmatter' extra key ignored: (\S+)", "front matter "),
]


def project(toc, title):
    """Returns the myst.yml of a book with this table of contents."""
    pages = [toc["root"], *(page["file"] for part in toc["parts"] for page in part["chapters"])]
    return {
        "version": 1,
        "project": {
            "title": title,
            "toc": [{"file": f"{page}.md"} for page in pages],
            "bibliography": ["references.bib"],
        },
        "site": {"template": "./theme"},
    }


def read(book, execute=False):
    """Returns the messages of mystmd about a book in a folder, and {page: its tree}."""
    copy = book / "_build" / "myst"
    shutil.rmtree(copy, ignore_errors=True)
    for folder in (copy / "theme", copy / "jupyter"):
        folder.mkdir(parents=True)
    for part in ("index.md", "references.bib", "chapters", "exercises"):
        if (book / part).is_dir():
            shutil.copytree(book / part, copy / part, ignore=shutil.ignore_patterns("*.ipynb"))
        elif (book / part).exists():
            shutil.copy(book / part, copy)
    toc, config = (
        yaml.safe_load((book / f"{f}.yml").read_text("utf-8")) for f in ("_toc", "_config")
    )
    made = project(toc, config["title"])
    (copy / "myst.yml").write_text(yaml.safe_dump(made), "utf-8")
    (copy / "theme" / "template.yml").write_text(yaml.safe_dump(THEME), "utf-8")
    server = {"ServerApp": {"allow_root": True, "port": 0}}  # mystmd starts one for the cells
    (copy / "jupyter" / "jupyter_server_config.json").write_text(json.dumps(server), "utf-8")

    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "JUPYTER_CONFIG_DIR": str(copy / "jupyter")}
    environment["CE_PAGE"] = "1"  # a figure is one output, as on the pages of the site
    command = [str(NODE), str(MYSTMD), "build", "--site", *(["--execute"] if execute else [])]
    run = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    said = run.stdout + run.stderr
    pages = {
        file.stem: json.loads(file.read_text("utf-8"))
        for file in (copy / "_build" / "site" / "content").glob("*.json")
    }
    if run.returncode or len(pages) != len(made["project"]["toc"]):
        raise RuntimeError(f"mystmd did not build the book:\n{said}")
    return said, pages


def nodes(node):
    """Yields a node of a page and all below it."""
    yield node
    for child in node.get("children", []):
        yield from nodes(child)


def differences(said, pages):
    """Returns the names that mystmd does not know or warns of; any other message in full."""
    found = set()
    for line in said.splitlines():
        if re.match("⛔|⚠", line):
            names = (k + m[1] for pattern, k in KINDS if (m := re.search(pattern, line)))
            found.add(next(names, line))
    for page in pages.values():
        links = (node["url"] for node in nodes(page["mdast"]) if node["type"] == "link")
        found |= {"links fig:" for url in links if url.startswith("fig:")}  # taken for an address
    return sorted(found)


if __name__ == "__main__":
    print(*differences(*read(ROOT, "--execute" in sys.argv)), sep="\n")
