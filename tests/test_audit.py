"""Every dependency is exact and locked, and what the databases say of them is heard."""

import gzip
import http.server
import json
import re
import sys
import threading

import pytest

from engine import ROOT

EXACT = r"\d+(\.\w+)+"


# Exact and locked


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-class.lock"])
def test_every_line_of_a_lock_is_one_exact_version(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert len(lines) > 100
    assert [x for x in lines if not re.fullmatch(r"[\w.-]+==[\w.+]+( ; .+)?", x)] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-test", "requirements-class"])
def test_what_is_asked_for_is_exact_by_itself_or_by_its_lock(name):
    lines = (ROOT / f"{name}.txt").read_text("utf-8").splitlines()
    lock = (
        "requirements-class.lock" if "-c requirements-class.lock" in lines else "requirements.lock"
    )
    assert f"-c {lock}" in lines
    locked = re.findall(r"(?m)^[\w.-]+(?===)", (ROOT / lock).read_text("utf-8"))
    asked = [line.partition(";")[0].strip() for line in lines if line[:1] not in ("#", "-", "")]
    loose = [line for line in asked if "==" not in line and line not in locked]
    assert loose == []


def test_npm_packages_are_exact_and_the_lock_holds_those():
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert lock[""].get(kind, {}) == package.get(kind, {})
        for name, version in package.get(kind, {}).items():
            assert re.fullmatch(EXACT, version), name
            assert lock[f"node_modules/{name}"]["version"] == version
    for path, entry in lock.items():
        if path:
            assert entry["integrity"].startswith("sha512-"), path  # npm ci checks what it gets


# The databases, on this machine: what they are asked, and what they may answer


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
def audit(monkeypatch, tmp_path):
    """The program, which asks a database on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    from tools import audit

    monkeypatch.setattr(audit, "OSV", f"{address}/osv")
    monkeypatch.setenv("npm_config_registry", address)
    monkeypatch.setenv("npm_config_cache", str(tmp_path))
    monkeypatch.setenv("npm_config_fetch_retries", "0")  # else it waits a minute between two
    monkeypatch.setattr(Database, "asked", {})
    monkeypatch.setattr(Database, "known", set())
    yield audit
    server.shutdown()
    server.server_close()
    del sys.modules["audit"]


def test_every_locked_version_is_asked_for_and_nothing_known_is_success(audit, capsys):
    assert audit.main() == 0
    assert capsys.readouterr().out.count(": 0 known vulnerabilities.") == 3
    asked = Database.asked
    assert {"torch", "numpy", "sphinx", "katex"} <= set(asked)
    assert asked["katex"] in (ROOT / "package.json").read_text("utf-8")
    assert len(asked) > 200


def test_what_is_known_is_named_and_fails(audit, capsys):
    Database.known = {"torch", "otter-grader", "katex"}
    assert audit.main() == 1
    named = re.findall(r"\n  ([\w-]+)[ :].*(?:FLAW-1|high)", capsys.readouterr().out)
    assert sorted(named) == ["katex", "otter-grader", "torch"]


def test_where_no_database_answers_it_says_so_and_calls_nothing_safe(audit, capsys, monkeypatch):
    nowhere = "http://127.0.0.1:9"  # the port that discards
    monkeypatch.setattr(audit, "OSV", nowhere)
    monkeypatch.setenv("npm_config_registry", nowhere)
    assert audit.main() == 3
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(x.endswith(": the database gave no answer, so nothing was checked.") for x in lines)


def test_what_is_known_counts_even_where_another_database_gives_no_answer(audit, monkeypatch):
    Database.known = {"torch"}
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    assert audit.main() == 1
