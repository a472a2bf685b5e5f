"""Each figure in Firefox and WebKit: it comes to life, hears the keys, and follows the text."""

import contextlib
import json

import pytest

from tools.serve import Server
from tools.testing.engines import firefox, webkit
from tools.testing.figures import DRAWING

FIGURES = "[...document.querySelectorAll('.ce-figure')]"
# Focuses the first control that keys move; says whether it is at its low end, or null.
FOCUS = """
    const all = [...figure.querySelectorAll("input[type=range], input[type=number]")];
    const it = all.find((one) => one.offsetParent);
    it?.focus();
    return it ? Number(it.value) <= Number(it.min) : null;
"""

WATCH = """(() => {
    window.failed = [];
    addEventListener("error", ({ message }) => failed.push(message));
    addEventListener("unhandledrejection", ({ reason }) => failed.push(String(reason)));
})()"""

# Waits until `ready()` holds; says whether it did.
UNTIL = """const until = async (ready) => {
    for (let k = 0; k < 300 && !ready(); k++) await new Promise((go) => setTimeout(go, 50));
    return Boolean(ready());
};"""


@pytest.mark.parametrize("engine", [firefox, webkit])
def test_every_figure_comes_to_life_hears_the_keys_and_follows_the_text(engine, site):
    server = Server(site).start()
    with contextlib.ExitStack() as opened:
        opened.callback(server.server_close)
        opened.callback(server.shutdown)
        do = opened.enter_context(engine())

        def ask(code):
            return do("evaluate", f"(async () => {{ {UNTIL} {code} }})()")

        for page, figures in DRAWING.items():
            do("goto", f"{server.url}{page}")
            do("evaluate", f"void {WATCH}")
            for n in figures:
                figure = f"const figure = {FIGURES}[{n}]; figure.scrollIntoView();"
                alive = "until(() => figure.classList.contains('ce-ready'))"
                assert ask(f"{figure} return {alive}"), (page, n)
                label = "figure.querySelector('[role=img]').getAttribute('aria-label')"
                low = ask(f"{figure} window.said = {label}; {FOCUS}")
                if low is not None:
                    do("press", "PageUp" if low else "PageDown")  # one step may change no digit
                    assert ask(f"{figure} return until(() => {label} !== said)"), (page, n)
            links = """const missed = [];
                for (const link of document.querySelectorAll("a.ce-set")) {
                    const figure = document.querySelector(link.hash);
                    const picture = () => figure.querySelector("[role=img]");
                    const label = () => picture()?.getAttribute("aria-label");
                    const buttons = [...figure.querySelectorAll("button")];
                    const pauses = () => buttons.some((it) => it.textContent === "Pause");
                    const before = label();
                    link.click();
                    const run = link.search.includes("running=true"); // in force while it runs
                    const there = await until(() =>
                        link.getAttribute("aria-current") ||
                        (run && (pauses() || label() !== before)));
                    if (!there) missed.push(link.textContent);
                }
                return JSON.stringify({ missed, failed });"""
            assert json.loads(ask(links)) == {"missed": [], "failed": []}, page
