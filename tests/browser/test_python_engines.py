"""Run, Check, an endless loop and offline in Firefox and WebKit; test_python.py is for Chromium."""

import contextlib
import json

import pytest

from ce_lib.exercises import solution_code
from tools.serve import Server
from tools.testing.engines import firefox, webkit
from tools.testing.page_python import PRESS

pytestmark = pytest.mark.usefixtures("python_in_page")
CHAPTER = "chapters/entropy.html"


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
        do("type", "print(ridge.sum())")
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
        assert run("print('offline', ridge.sum())")["printed"] == "offline 1.0\n"
