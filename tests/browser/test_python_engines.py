"""Run, Check, an endless loop and offline in Firefox and WebKit; test_python.py is for Chromium.

Both come from Debian: firefox-esr, and webkit2gtk-driver with xvfb. They are visited once each.
"""

import contextlib
import json
import os
import shutil
import subprocess

import pytest

from ce_lib.exercises import solution_code
from engine import ROOT
from engine.maths import NODE
from tools.serve import Server
from tools.testing.page_python import PRESS

pytestmark = pytest.mark.usefixtures("python_in_page")
CHAPTER = "chapters/entropy.html"
SECONDS = 120  # for what a page answers, on a busy machine


@contextlib.contextmanager
def firefox():
    """A Firefox, over WebDriver BiDi."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if not path:
        pytest.skip("no Firefox: apt-get install firefox-esr")
    command = [str(NODE), str(ROOT / "tests" / "browser" / "firefox.mjs"), path]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, encoding="utf-8") as driver:

        def do(verb, argument):
            print(json.dumps([verb, argument]), file=driver.stdin, flush=True)
            answer = json.loads(driver.stdout.readline())
            assert "error" not in answer, answer
            return answer["value"]

        yield do
        driver.stdin.close()


@contextlib.contextmanager
def webkit():
    """A WebKit, over WebDriver, on a screen that nobody sees."""
    path = shutil.which("WebKitWebDriver")
    if not path or not shutil.which("Xvfb"):
        pytest.skip("no WebKit: apt-get install webkit2gtk-driver xvfb")
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.remote.client_config import ClientConfig
    from selenium.webdriver.remote.remote_connection import RemoteConnection
    from selenium.webdriver.webkitgtk.service import Service

    read, write = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with open(read) as number:
        display = f":{number.readline().strip()}"
    environment = os.environ | {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
    try:
        options = webdriver.WebKitGTKOptions()
        service = Service(path, env=environment)
        service.start()
        line = RemoteConnection(client_config=ClientConfig(service.service_url))
        driver = webdriver.Remote(line, options=options)
        driver.set_script_timeout(SECONDS)

        def evaluate(code):
            done = "arguments[0], (error) => arguments[0](String(error))"
            wait = f"Promise.resolve({code}).then({done})"
            return driver.execute_async_script(wait)

        def type_(text):
            ActionChains(driver).send_keys(text).perform()

        verbs = {
            "goto": driver.get,
            "evaluate": evaluate,
            "type": type_,
            "press": lambda key: type_(getattr(Keys, key.upper())),
        }
        yield lambda verb, argument: verbs[verb](argument)
        driver.quit()
        service.stop()
    finally:
        screen.terminate()
        screen.wait()


@pytest.mark.parametrize("engine", [firefox, webkit])
def test_a_cell_is_edited_and_run_an_answer_checked_a_loop_stopped_and_all_of_it_offline(
    engine, site
):
    server = Server(site).start()
    with contextlib.ExitStack() as opened:
        opened.callback(server.server_close)
        do = opened.enter_context(engine())
        cell = "document.querySelectorAll('.cell.runs:not(.answer)')[3]"

        def press(name, cell=cell):
            return do("evaluate", f"({PRESS})({cell}, {json.dumps(name)})")

        def run(code, name="Run", cell=cell):
            type_code(code, cell)
            return press(name, cell)

        def type_code(code, cell=cell):
            pre = f"{cell}.querySelector('pre')"
            do("evaluate", f"void ({pre}.textContent = {json.dumps(code)})")
            do("evaluate", f"void {pre}.dispatchEvent(new Event('input'))")

        do("goto", f"{server.url}{CHAPTER}")
        do("evaluate", "navigator.serviceWorker.ready.then(() => null)")
        do("evaluate", f"getSelection().selectAllChildren({cell}.querySelector('pre'))")
        do("evaluate", f"{cell}.querySelector('pre').focus()")
        do("evaluate", f"getSelection().selectAllChildren({cell}.querySelector('pre'))")
        do("type", "for i in range(2):")
        do("press", "Enter")
        do("type", "print(i)")
        do("press", "Enter")
        do("type", "print(reports.sum())")
        assert press("Run")["printed"] == "0\n1.0\n1\n1.0\n"
        assert "fetch" in run("import js; js.fetch")["errors"][0]

        answer = "document.getElementById('answer-entropy-kl')"
        for code, verdict in ((solution_code("entropy-kl"), "✓ Right"), ("kl = np.add", "✗ ")):
            assert run(code, "Check", answer)["verdicts"][0].startswith(verdict)

        type_code("while True: pass")
        stopped = f"""new Promise((stopped) => {{
            const [cell, bar] = [{cell}, {cell}.querySelector(".cell-bar")];
            const button = (name) => [...bar.children].find((it) => it.textContent === name);
            const said = cell.querySelector(".cell-said");
            new MutationObserver(() => {{
                if (said.textContent === "Running …") setTimeout(() => button("Stop").click(), 500);
                if (said.textContent.startsWith("Stopped")) stopped(said.textContent);
            }}).observe(said, {{ childList: true }});
            button("Run").click();
        }})"""
        assert do("evaluate", stopped) == "Stopped. The next Run starts Python again."

        server.shutdown()
        server.server_close()
        do("goto", f"{server.url}{CHAPTER}")
        assert (
            do("evaluate", f"{cell}.querySelector('pre').textContent.trim()") == "while True: pass"
        )
        assert run("print('offline', reports.sum())")["printed"] == "offline 1.0\n"
