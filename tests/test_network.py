"""Building the book asks no other machine for anything: neither Sphinx, nor a cell, nor pip."""

import os
import subprocess
import sys

import pytest

from tools.testing.sources import NETWORK_HOOK


def test_the_build_asks_no_other_machine(book):
    asked = book.with_name("addresses.txt")
    assert not asked.exists(), asked.read_text("utf-8")


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("import urllib.request as u; u.urlopen('http://ce.invalid/x')", ["ce.invalid"]),
        ("import socket; socket.create_connection(('192.0.2.1', 9), 0.1)", ["192.0.2.1"] * 2),
        ("import socket; socket.gethostbyname('ce.invalid')", ["ce.invalid"]),
        ("import socket; socket.create_connection(('127.0.0.1', 9), 0.1)", []),
        ("import subprocess, sys; subprocess.run([sys.executable, '-c', "
         "\"import socket; socket.getaddrinfo('ce.invalid', 80)\"])", ["ce.invalid"]),
    ],
    ids=["url", "number", "name", "this-machine", "child"],
)  # fmt: skip
def test_a_process_that_asks_another_machine_is_seen(tmp_path, code, asked):
    log = tmp_path / "addresses.txt"
    hook = {"PYTHONPATH": str(NETWORK_HOOK), "ADDRESSES": str(log)}
    subprocess.run([sys.executable, "-c", code], env=os.environ | hook, capture_output=True)
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    assert [line.split()[0] for line in lines] == asked


def test_a_cell_that_asks_another_machine_is_seen(small_book, build, tmp_path):
    cell = (
        "import socket\ntry:\n    socket.getaddrinfo('ce.invalid', 80)\nexcept OSError:\n    pass"
    )
    log, book = tmp_path / "addresses.txt", small_book(code=cell)
    path = os.pathsep.join([str(NETWORK_HOOK), str(book)])
    assert build(book, PYTHONPATH=path, ADDRESSES=str(log)).returncode == 0
    assert log.read_text("utf-8").startswith("ce.invalid (socket.getaddrinfo by ")
