"""Measures Python in the page, beside Pyodide as it comes: results/page_python.json.

    python -m benchmarks.page_python [--rounds 7]

A phone's page of 390 × 844 pixels in Chromium, at full speed, from a server on this machine. The
time is from the click on Check to the feedback of `ce.check` on the page. *Stock* is a page that
loads Pyodide's own files and NumPy's wheel, unchanged, and answers by NumPy. Needs the built book
(make book SERVE=0), with Run buttons.
"""

import argparse
import datetime
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks import records
from benchmarks.website import browser, server
from engine import ROOT, page_python

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
RESULTS = records.RESULTS / "page_python.json"
ANSWER = "def kl(p, q):\n    return np.sum(p * np.log(p / q))"  # right, but for p = 0
CHECK = """async (box) => {
  const began = performance.now();
  box.querySelector(".cell-run").click();
  while (!box.querySelector(".verdict")) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
RUN = """async (box) => {
  const said = box.querySelector(".cell-said");
  said.textContent = "";
  const began = performance.now();
  box.querySelector(".cell-run").click();
  while (!said.textContent.startsWith("Done")) await new Promise((go) => setTimeout(go));
  return performance.now() - began;
}"""
STOCK = """<!DOCTYPE html><title>stock</title><script type="module">
import { loadPyodide } from "./pyodide.mjs";
globalThis.start = async () => {
  const began = performance.now();
  const wheel = fetch("numpy.whl").then((it) => it.arrayBuffer());
  const { info } = await (await fetch("pyodide-lock.json")).json();
  const python = await loadPyodide({ lockFileContents: { info, packages: {} } });
  python.unpackArchive(new Uint8Array(await wheel), "wheel");
  python.runPython("import numpy; numpy.log(2)");
  return performance.now() - began;
};
globalThis.ready = true;
</script>"""


def memory():
    """Returns the bytes that this process and its browsers hold, each shared page counted once."""
    parents, total = {}, 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    ours = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= more
    for pid in ours:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += 1024 * int(rollup.partition("\nPss:")[2].split()[0])
    return total


def sent(served, before):
    return sum(answer.bytes for answer in served.sent[before:])


def answer_box(page, served):
    page.goto(f"{served.url}chapters/entropy.html")
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    page.wait_for_function("navigator.serviceWorker.controller")
    box = page.locator(".cell.answer").first
    box.locator("pre").fill(ANSWER)
    return box


def ours(chromium, served):
    """Returns the seconds, bytes and memory of the first Check, of the next, and of a cell."""
    context = chromium.new_context(**PHONE)
    page = context.new_page()
    box = answer_box(page, served)
    page.wait_for_timeout(2000)  # until the service worker has stored the book
    before, held = len(served.sent), memory()
    found = {"first": box.evaluate(CHECK) / 1000, "bytes": sent(served, before)}
    found["memory"] = memory() - held
    cell = page.locator(".cell.runs:not(.answer)").first
    cell.locator("pre").first.fill("1 + 1")
    found["cell"] = statistics.median(cell.evaluate(RUN) for _ in range(20)) / 1000
    found["again"] = answer_box(page, served).evaluate(CHECK) / 1000
    context.set_offline(True)
    page.reload()
    box = page.locator(".cell.answer").first
    box.locator("pre").fill(ANSWER)
    found["offline"] = box.evaluate(CHECK) / 1000
    context.close()
    return found


def stock(chromium, served):
    context = chromium.new_context(**PHONE)
    page = context.new_page()
    page.goto(f"{served.url}stock/index.html")
    page.wait_for_function("globalThis.ready")
    before = len(served.sent)
    found = {"first": page.evaluate("start()") / 1000}
    found["bytes"] = sent(served, before)
    context.close()
    return found


def before_run(chromium, served):
    """Returns the requests for parts of Python by a reader who reads a page and runs nothing."""
    with browser.Reader(chromium, served, workers="allow") as reader:
        before = len(served.sent)
        reader.open("chapters/entropy")
        reader.read_to_the_end()
        asked = served.sent[before:]
    return sum("/python/" in answer.path for answer in asked)


def stock_site(folder):
    folder.mkdir()
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        shutil.copy(page_python.PYODIDE / name, folder)
    shutil.copy(page_python.PYODIDE / "pyodide-lock.json", folder)
    shutil.copy(os.environ["CE_NUMPY_WHEEL"], folder / "numpy.whl")
    (folder / "index.html").write_text(STOCK, "utf-8")


def bounds(found):
    """The promises: what, the worst or median, its limit, the unit, and whether it holds."""
    wanted = [
        ("first Check, loaded", found["ours"]["bytes"] / 1e6, 9.5, "MB gzipped"),
        ("first Check, to the feedback", found["ours"]["first"], 2.5, "s"),
        ("next visit", found["ours"]["again"], 1.6, "s"),
        ("next visit, without a network", found["ours"]["offline"], 1.6, "s"),
        ("a cell, over its own work", 1000 * found["ours"]["cell"], 20, "ms"),
        ("memory", found["ours"]["memory"] / 1e6, 200, "MB"),
        ("requests before the first Run", found["requests before Run"], 0, ""),
    ]
    return [
        {"what": what, "found": round(came, 2), "limit": most, "unit": unit, "met": came <= most}
        for what, came, most, unit in wanted
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    site = ROOT / "_build" / "html"
    if not list(site.glob("_static/python/*/numpy.bin")):
        sys.exit("The book must be built with Run buttons: CE_NUMPY_WHEEL=… make book SERVE=0.")
    machine, rounds = records.machine(), {"ours": [], "stock": []}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(site, Path(folder, "site"))
        stock_site(Path(folder, "site", "stock"))
        with server.Server(Path(folder, "site")) as served, browser.chromium(served) as chromium:
            requests = before_run(chromium, served)
            for _ in range(options.rounds):
                rounds["ours"].append(ours(chromium, served))
                rounds["stock"].append(stock(chromium, served))
    found = {
        "date": datetime.date.today().isoformat(),
        "machine": machine,
        "chromium": browser.version(),
        "rounds": options.rounds,
        "server": server.ABOUT,
        "requests before Run": requests,
    }
    for name, each in rounds.items():
        found[name] = {key: statistics.median(one[key] for one in each) for key in each[0]}
    found["bounds"] = bounds(found)
    records.write(found, RESULTS)
    print(RESULTS.read_text("utf-8"))


if __name__ == "__main__":
    main()
