"""The weekly check lists every address outside the book, and tells the dead from the living."""

import http.server
import runpy
import subprocess
import sys
import threading

import pytest

from engine import ROOT

TOOL = ROOT / "tools" / "external_links.py"
links = runpy.run_path(str(TOOL))


class Answers(http.server.BaseHTTPRequestHandler):
    """What a link may meet."""

    def answer(self):
        asked = self.server.asked
        asked.append((self.command, self.path))
        name, body = self.path.strip("/"), self.command == "GET"
        if name == "slow":
            self.server.hurry.wait(10)
        if name == "moved":
            self.send_response(301)
            self.send_header("Location", "/there")
        elif name == "get-only" and not body:
            self.send_response(405)
        elif name == "broken-once" and asked.count(("GET", self.path)) < 2:
            self.send_response(503)
        else:
            self.send_response(int(name) if name.isdigit() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.hurry, server.asked = threading.Event(), []
        server.address = f"http://127.0.0.1:{server.server_port}/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.hurry.set()
        server.shutdown()


def checked(site, *names):
    addresses = {f"{site}{name}": ["x.html"] for name in names}
    problems = links["check"](addresses, seconds=0.5, tries=2, pause=0)
    return {address.removeprefix(site): problem for address, problem in problems.items()}


def test_what_answers_or_only_refuses_programs_is_alive(server):
    assert checked(server.address, "fine", "moved", "get-only", "403", "429", "broken-once") == {}
    assert {("HEAD", "/fine"), ("GET", "/there")} <= set(server.asked)
    assert ("GET", "/fine") not in server.asked


def test_what_is_gone_broken_or_silent_is_named_with_its_reason(server):
    dead = checked(server.address, "fine", "404", "410", "500", "slow")
    dead |= checked("http://127.0.0.1:9/", "nobody")  # a port that nobody may listen on
    assert dead.keys() == {"404", "410", "500", "slow", "nobody"}
    assert dead["404"] == "404 Not Found"
    assert "timed out" in dead["slow"]
    assert "refused" in dead["nobody"]
    assert server.asked.count(("GET", "/500")) == 2  # it may have been a bad moment
    assert server.asked.count(("GET", "/404")) == 1


def run(site, *options):
    command = [sys.executable, TOOL, "--site", site, *options]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def test_the_list_has_each_address_once_with_its_pages_and_the_check_fails_on_a_dead_one(
    server, tmp_path
):
    server = server.address
    (tmp_path / "chapters").mkdir()
    link = f'<a class="reference external" href="{server}404?a=1&amp;b=2#part">it</a>'
    (tmp_path / "index.html").write_text(f'{link}<a href="x.html">in</a>{link}', "utf-8")
    (tmp_path / "chapters" / "x.html").write_text(f'{link}<a href="{server}fine">', "utf-8")
    listed = [f"{server}404?a=1&b=2 chapters/x.html index.html", f"{server}fine chapters/x.html"]
    assert run(tmp_path).stdout.splitlines() == listed
    (tmp_path / "chapters" / "x.html").write_text(f'<a href="{server}404">', "utf-8")
    (tmp_path / "index.html").write_text(f'<a href="{server}fine">', "utf-8")
    checked = run(tmp_path, "--check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        f"{server}404 (404 Not Found) chapters/x.html",
        "2 addresses, 1 of them do not answer.",
    ]
    (tmp_path / "chapters" / "x.html").unlink()
    assert run(tmp_path, "--check").returncode == 0


def test_the_list_of_the_book_has_its_references(site):
    listed = links["external_links"](site)
    assert listed["https://doi.org/10.1002/j.1538-7305.1948.tb01338.x"] == [
        "chapters/bibliography.html"
    ]
    assert all(address.startswith(("https://", "http://")) for address in listed)
