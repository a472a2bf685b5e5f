"""What the databases of vulnerabilities say of the locked versions is heard."""

import gzip
import http.server
import json
import os
import subprocess
import sys
import threading

import pytest

from engine import ROOT


class Database(http.server.BaseHTTPRequestHandler):
    """Answers as the databases of Python's and npm's vulnerabilities do."""

    asked, known = {}, set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        question = json.loads(body)
        if self.path == "/osv":
            name, version = question["package"]["name"], question["version"]
            Database.asked[name] = version
            flaw = {"id": "FLAW-1", "summary": "A flaw.", "modified": "2026-01-01T00:00:00Z"}
            affected = {"package": question["package"], "versions": [version]}
            answer = {"vulns": [flaw | {"affected": [affected]}]} if name in self.known else {}
        else:
            Database.asked |= {name: versions[0] for name, versions in question.items()}
            flaw = {"id": 1, "url": "https://flaw.invalid", "title": "A flaw", "severity": "high"}
            flaw |= {"vulnerable_versions": "*", "cwe": [], "cvss": {"score": 9}}
            answer = {name: [flaw] for name in question if name in self.known}
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


@pytest.fixture
def ask(monkeypatch, tmp_path):
    """A function that runs the program with these names known, and the address of a database."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(Database, "asked", {})

    def run(*known, address=f"http://127.0.0.1:{server.server_port}"):
        monkeypatch.setattr(Database, "known", set(known))
        where = {"PIP_AUDIT_OSV_URL": f"{address}/osv", "npm_config_registry": address}
        where |= {"npm_config_cache": str(tmp_path), "npm_config_fetch_retries": "0"}
        return subprocess.run(
            [sys.executable, "-m", "tools.audit"],
            cwd=ROOT,
            env=os.environ | where,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    yield run
    server.shutdown()
    server.server_close()


def test_every_locked_version_is_asked_for_and_nothing_known_is_success(ask):
    done = ask()
    assert done.returncode == 0, done.stdout + done.stderr
    asked = Database.asked
    assert {"torch", "numpy", "sphinx", "katex", "otter-grader"} <= set(asked)
    assert asked["katex"] in (ROOT / "package.json").read_text("utf-8")
    assert len(asked) > 200


@pytest.mark.parametrize("packages", [("torch", "otter-grader"), ("katex",)], ids=["pip", "npm"])
def test_a_known_vulnerability_is_named_and_fails(ask, packages):
    done = ask(*packages)
    assert done.returncode == 1
    for package in packages:
        assert f"\n{package} " in done.stdout


def test_a_database_that_does_not_answer_is_a_failure(ask):
    assert ask(address="http://127.0.0.1:9").returncode == 1  # the port that discards
