"""A Jupyter server for the time of some tests."""

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.request


@contextlib.contextmanager
def running(command, folder):
    """The address of the server that a command starts, with its own files in a folder."""
    own = {f"JUPYTER_{x.upper()}_DIR": str(folder / x) for x in ("config", "data", "runtime")}
    own |= {f"JUPYTERLAB_{x.upper()}_DIR": str(folder / x) for x in ("settings", "workspaces")}
    clean = {name: x for name, x in os.environ.items() if name != "PYTHONPATH"}
    log = folder / "log"
    with log.open("w") as out:
        server = subprocess.Popen(command, env=clean | own, stdout=out, stderr=out)
    try:
        yield _address(folder / "runtime", server, log)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # it waits for its kernels, on a busy machine for long
            server.kill()
            server.wait()


def _address(runtime, server, log):
    for _ in range(240):
        assert server.poll() is None, log.read_text()
        for file in runtime.glob("*server-*.json"):  # jpserver, or the classic Notebook's nbserver
            url = json.loads(file.read_text())["url"]
            try:
                with urllib.request.urlopen(f"{url}api/status", timeout=10) as answer:
                    assert answer.status == 200
                return url
            except urllib.error.URLError as refused:  # the file is there before the server listens
                if not isinstance(refused.reason, ConnectionRefusedError):
                    raise
        time.sleep(0.25)
    raise AssertionError(f"no server answered:\n{log.read_text()}")
