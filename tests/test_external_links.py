"""The weekly check lists every address outside the book, and tells the dead from the living."""

import http.server
import subprocess
import sys
import threading

import pytest

from engine import ROOT


class Answers(http.server.BaseHTTPRequestHandler):
    """What a link may meet."""

    def answer(self):
        name = self.path.strip("/").partition("?")[0]
        if name == "moved":
            self.send_response(301)
            self.send_header("Location", "/there")
        elif name == "get-only" and self.command == "HEAD":
            self.send_response(405)
        else:
            self.send_response(int(name) if name.isdigit() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def run(book, *options):
    command = [sys.executable, "-m", "tools.links", "--book", book, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


def test_the_list_has_each_address_once_and_the_check_names_the_dead_ones(site, tmp_path):
    (tmp_path / "_config.yml").write_text("title: Links", "utf-8")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters: [{file: x}]", "utf-8"
    )
    gone, nobody = f"{site}404?a=1", "http://127.0.0.1:9/"  # a port that nobody listens on
    alive = [f"{site}{name}" for name in ("403", "fine", "get-only", "moved")]
    links = " ".join(f"[it]({address})" for address in [*alive, gone])
    (tmp_path / "index.md").write_text(f"# One\n\n{links} [](x.md) [part]({gone}#part)", "utf-8")
    (tmp_path / "x.md").write_text(f"# Two\n\n[it]({gone}) [it]({nobody}) <{nobody}>", "utf-8")
    listed = run(tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.splitlines() == sorted(
        [*(f"{address} index.md" for address in alive), f"{gone} index.md", f"{nobody} x.md"]
    )
    checked = run(tmp_path, "--check")
    missing, refused, count = checked.stdout.splitlines()
    assert refused.startswith(f"{nobody} (") and refused.endswith(" x.md")
    assert missing.startswith(f"{gone} (404 Client Error") and missing.endswith(" index.md")
    assert count == "6 addresses, 2 of them do not answer."
    assert checked.returncode == 1
    (tmp_path / "x.md").write_text("# Two", "utf-8")
    (tmp_path / "index.md").write_text(f"# One\n\n<{site}fine>", "utf-8")
    assert run(tmp_path, "--check").returncode == 0


def test_the_list_of_the_book_has_its_references():
    shannon = "https://doi.org/10.1002/j.1538-7305.1948.tb01338.x chapters/bibliography.md"
    assert shannon in run(ROOT).stdout.splitlines()
