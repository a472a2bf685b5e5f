"""Firefox and WebKit for the tests, each a function do(verb, argument); Chromium is Playwright's.

Both come from Debian: firefox-esr, and webkit2gtk-driver with xvfb. A test that lacks one skips.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess

import pytest

from engine import ROOT
from engine.maths import NODE

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
            "press": lambda key: type_(getattr(Keys, re.sub(r"\B(?=[A-Z])", "_", key).upper())),
        }
        yield lambda verb, argument: verbs[verb](argument)
        driver.quit()
        service.stop()
    finally:
        screen.terminate()
        screen.wait()
