"""Speed: when a page shows, whether it jumps, and how soon its figures answer, as Chromium sees it.

A phone of 360 × 640 whose processor is slowed 4 times, on DevTools' "Slow 4G" (562.5 ms to each
answer, 1.44 Mbit/s down, 0.675 up). A figure's answer is the time from the first key's own time
stamp to the end of the frame, made after the figure's elements changed, that shows the change: by
that rule up to a frame too long, never too short. A repaint is the main thread's work for one
input at full speed: the handler, and the frame's callbacks, style, layout and paint.
"""

import contextlib
import statistics
from pathlib import Path

from .browser import Reader, chromium
from .server import Server

SLOWER = 4
SLOW_4G = {"offline": False, "latency": 562.5}
SLOW_4G |= {"downloadThroughput": 1.44e6 / 8, "uploadThroughput": 0.675e6 / 8}
SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
INPUTS = 200
NEAR_PX = 1000  # a figure farther below the screen than this has no reason to have started
CONTROL = "input:enabled, select:enabled, textarea:enabled, button:enabled"


def slow_reader(browser, server, build="ours"):
    """A reader with a slow phone on Slow 4G."""
    reader = Reader(browser, server, build)
    reader.page.add_init_script(SCRIPT)
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return reader


def key_for(control):
    """A key that changes the control."""
    kind, at_the_end, checked = control.evaluate(
        "c => [c.localName === 'input' ? c.type : c.localName, c.value === c.max, c.checked]"
    )
    if kind == "range":
        return "PageDown" if at_the_end else "PageUp"  # an arrow's step may round to nothing
    if kind == "number":
        return "ArrowDown" if at_the_end else "ArrowUp"
    if kind == "radio":
        return "ArrowDown" if checked else "Space"
    return {"button": "Enter", "checkbox": "Space", "select": "ArrowDown"}.get(kind, "a")


def answer(page, figure):
    """Milliseconds from the first key on the figure's first control to the frame that shows it."""
    control = figure.locator(CONTROL).locator("visible=true").first
    control.scroll_into_view_if_needed()
    control.focus()
    key = key_for(control)
    waiting = figure.evaluate_handle("figure => ({ ms: measured.answer(figure) })")
    page.keyboard.press(key)
    late = "new Promise((_, no) => setTimeout(() => no(new Error('no answer in 10 s')), 10000))"
    return waiting.evaluate(f"waiting => Promise.race([waiting.ms, {late}])")


def read(reader, name):
    """Reads a page once: its paints, its jumps, and the answers of its figures."""
    reader.open(name)
    page = reader.page
    far = f"all => all.filter(e => e.getBoundingClientRect().top > innerHeight + {NEAR_PX}).length"
    found = {
        "first contentful paint": page.evaluate("measured.firstPaint()"),
        "largest contentful paint": page.evaluate("measured.paints.lcp"),
        "started at arrival": reader.started().count(),
        "started far below": reader.started().evaluate_all(far),
    }
    reader.read_to_the_end()
    found["layout shift"] = page.evaluate("measured.layoutShift()")
    found["largest shifts"] = page.evaluate("measured.shifted()")
    found["answers"] = [answer(page, figure) for figure in reader.started().all()]
    return found


def summary(rounds):
    """The median and the range over the rounds; the shifts are those of the worst round."""
    found = {"rounds": len(rounds), "figures": len(rounds[0]["answers"])}
    for name in ("first contentful paint", "largest contentful paint", "layout shift"):
        found[name] = spread([one[name] for one in rounds])
    for name in ("started at arrival", "started far below"):
        found[name] = max(one[name] for one in rounds)
    found["answers"] = [
        spread(figure) for figure in zip(*(r["answers"] for r in rounds), strict=True)
    ]
    found["largest shifts"] = max(rounds, key=lambda one: one["layout shift"])["largest shifts"]
    return found


def spread(values):
    """Its median, least and greatest."""
    digits = 4 if max(values) < 1 else 0
    return {
        "median": round(statistics.median(values), digits),
        "least": round(min(values), digits),
        "greatest": round(max(values), digits),
    }


def repaints(browser, server, pages):
    """{kind of figure: the work of a repaint in ms}, each kind where the book has it first."""
    found = {}
    for name in pages:
        with Reader(browser, server) as reader:
            reader.page.add_init_script(SCRIPT)
            reader.open(name)
            reader.read_to_the_end()
            for figure in reader.started().all():
                kind = figure.get_attribute("data-figure")
                if kind not in found:
                    found[kind] = repaint(figure)
    return dict(sorted(found.items()))


def repaint(figure):
    """The work of INPUTS repaints of a figure by its first control."""
    control = figure.locator(CONTROL).locator("visible=true").first
    control.scroll_into_view_if_needed()
    work = control.evaluate(f"control => measured.repaints(control, {INPUTS})")
    return {
        "inputs": len(work),
        "median": round(statistics.median(work), 2),
        "95th percentile": round(statistics.quantiles(work, n=20)[-1], 2),
        "share within 16 ms": sum(ms <= 16 for ms in work) / len(work),
    }


def measure(folders, others, pages, rounds):
    """{build: {page: speed}}, ours and stock in turn, and the repaints of ours."""
    found = {build: {} for build in folders}
    with contextlib.ExitStack() as stack:
        servers = {b: stack.enter_context(Server(f, others)) for b, f in folders.items()}
        browser = stack.enter_context(chromium(servers["stock"]))
        for name in pages:
            rows = {build: [] for build in folders}
            for at in range(max(rounds[build] for build in folders)):
                for build, server in servers.items():
                    if at < rounds[build]:
                        with slow_reader(browser, server, build) as reader:
                            rows[build].append(read(reader, name))
            for build in folders:
                found[build][name] = summary(rows[build])
        found["repaints"] = repaints(browser, servers["ours"], pages)
    return found
