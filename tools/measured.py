# ruff: noqa: E501  (a sentence of the page is a line)
"""Writes chapters/measured.md: the results of benchmarks/ as tables, no number typed by hand.

python -m tools.measured           writes it
python -m tools.measured --check   fails if it is stale
"""

import sys

from benchmarks import records
from engine import ROOT

PAGE = ROOT / "chapters" / "measured.md"
LIBRARIES = [
    *("ce_lib, NumPy", "ce_lib, torch", "torch", "jax, optax"),
    *("tensorflow", "keras, NumPy", "scipy", "scikit-learn"),
]

TEXT = """\
---
myst: {{html_meta: {{description: "How many digits cross-entropy losses get right, how long they take and how much memory, in ce_lib, torch, jax, tensorflow, keras, scipy and scikit-learn."}}}}
---
# Measured: digits, time and memory

What {{doc}}`the library <api>` does beside what people would use instead, as the scripts in `benchmarks/` found it; this page is made from their results by `tools/measured.py`.

## Digits

An ULP is the distance between neighbouring numbers at the exact answer; 0.5 is the best that rounding allows.
The exact answers come from mpmath, for {rows} seeded rows of each kind: tiny and huge logits, near ties, near certainty, 2 to 50,000 classes.
Each cell has the largest error of the value, and after the stroke that of its slope; *0s* counts answers of exactly 0, and *nan* those of `nan` or ∞, where a number was due.
A dash means that the library has no such function, or no slope of it.

The rows are meant to be hard, and a peer that is off by 10¹⁵ ULP returned 0 for a small number or stopped at a limit: in float64 {fine} % of torch's cross-entropies of a label are within 4 ULP.
A `logsumexp` near 0 has the digits of its largest logit, not its own, here too.

{accuracy}

Measured on {machine} with {versions}.

## Time

How many times as long a peer takes as `ce_lib`'s default, for {megabytes} MB of float32 logits (what is said otherwise excepted) and one thread each: medians of {rounds} rounds, in which both ran in turn.
Below 1 the peer is faster.
{quiet}
The way through the losses has been rebuilt since: these rows, and those of memory, are of the version before, and are to be measured again. The rows of the next section are of the new way.

{speed}

### Every softmax loss, beside torch

How many times as long `ce_lib` takes as torch, forward and backward, the slowest first: medians of {losses_rounds} rounds of CPU time, one thread, on {losses_machine} with a load of {losses_load:.1f} when it began.
Below 1 `ce_lib` is faster.
Of a `log_softmax` and a divergence NumPy computes the value alone.

{losses}

The most that one such call holds beyond its inputs, as a multiple of the logits (the gradient is 1; a `log_softmax` with its own, and the two of a divergence, are 2), the largest first.

{losses_memory}

## Memory

The most that a call holds beyond its inputs and what it returned before, as a multiple of the logits (float32, 100 MB, one thread).

{memory}

## Python in the page

From a click on *Check* to the feedback, in Chromium {python_chromium} on a page of 390 × 844 pixels, from a server on the same machine: medians of {python_rounds} rounds, in turn with *stock*, which is Pyodide's own files and NumPy's wheel, unchanged, up to NumPy's first answer.

{page_python}

Stock took {stock_first:.1f} s and {stock_bytes:.1f} MB, {python_ratio:.1f} times as long and {bytes_ratio:.1f} times as much.
Measured on {python_machine}, with a load of {python_load:.1f} when it began.

## Grading

One notebook of chapter 2 with right answers takes `make grade` {ours} s, and a bare `otter run` {theirs} s, {ratio} times as long (medians of {grading_rounds} rounds in turn; {grading_machine}): ours starts a process for it, Otter a Jupyter kernel.

## The site

Each of the {pages} pages of this book, read to its end on a phone of 360 × 640 pixels, beside *stock*: the same sources as plain Jupyter Book builds them, with its own theme, MathJax, and widgets by html-manager.
Weights are gzipped, and count all that a page loads; the second page comes after the index.
Times are medians, of {rounds_ours} in this book and {rounds_stock} in stock, for a processor slowed 4 times on "Slow 4G" (562.5 ms to an answer, 1.44 Mbit/s).
A repaint is measured at full speed, and Lighthouse's scores are those of its mobile preset.
Each row has the worst page, or figure, of all.

{site}

{promises}
Speed was measured in Chromium {chromium} on {site_machine}, with a load of {load:.1f} when it began{background}.
"""


def number(x):
    if x < 1000:
        return f"{x:.1f}" if x < 10 else f"{x:.0f}"
    exponent = str(len(f"{x:.0f}") - 1)  # of its size alone
    return "10" + exponent.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def cell(result):
    if not result or "value" not in result:
        return "–"
    parts = [result[name] for name in ("value", "slope") if name in result]
    text = " / ".join(number(part["largest"]) for part in parts)
    for name, word in (("zero", "0s"), ("nan or infinite", "nan")):
        if count := sum(part[name] for part in parts):
            text += f"; {count} {word}"
    return text


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def accuracy(results):
    parts = []
    for dtype, functions in results["ulp"].items():
        known = [name for name in LIBRARIES if any(name in cells for cells in functions.values())]
        rows = [[name, *(cell(cells.get(k)) for k in known)] for name, cells in functions.items()]
        parts.append(f"**{dtype}**\n\n" + table(["largest error (ULP)", *known], rows))
    return "\n\n".join(parts)


def speed(results):
    rows = []
    for case in results["1 thread"]:
        ratios = [
            f"{peer.removesuffix(' / ce_lib, wall')} {median:.1f}"
            for peer, (_, median, _) in case["ratio"].items()
            if peer.endswith("/ ce_lib, wall")
        ]
        fast = [
            f"{peer.removesuffix(' / ce_lib precise=False, wall')} {median:.1f}"
            for peer, (_, median, _) in case["ratio"].items()
            if peer.endswith("/ ce_lib precise=False, wall")
        ]
        rows.append([case["case"], ", ".join(ratios), ", ".join(fast) or "–"])
    return table(["case", "time of the peer / of `ce_lib`", "with `precise=False`"], rows)


def memory(results):
    cases = {name: cells for name, cells in results.items() if isinstance(cells, dict)}
    cases = {name: cells for name, cells in cases.items() if name != "machine"}
    calls = list(next(iter(cases.values())))
    rows = [
        [f"`{c}`" if "ce_lib" in c else c, *(f"{v[c]:.3g}" for v in cases.values())] for c in calls
    ]
    return table(["call", *(name.replace("x", "×") for name in cases)], rows)


def losses(results):
    """The two tables of the softmax losses, the worst rows first."""
    machine = results["machine"]

    def listed(rows, head):
        rows = sorted(rows, key=lambda row: -row[1]["ce_lib"])
        cells = [
            [case.replace(" x ", " × "), *(f"{of[k]:.2f}" if k in of else "–" for k in head)]
            for case, of in rows
        ]
        return table(
            ["case", *(k.replace("precise=False", "`precise=False`") for k in head)], cells
        )

    ways = ["ce_lib", "ce_lib, precise=False", "NumPy"]
    peaks = ["torch", *ways]
    return {
        "losses": listed([(row["case"], row["ratio"]) for row in results["times"]], ways),
        "losses_memory": listed([(row["case"], row["peak"]) for row in results["memory"]], peaks),
        "losses_rounds": results["rounds"],
        "losses_machine": f"{machine['cpu']}, {machine['cores']} cores",
        "losses_load": machine["load when it began"],
    }


def page_python(results):
    ours, stock = results["ours"], results["stock"]
    rows = [
        [
            row["what"],
            f"≤ {row['limit']} {row['unit']}",
            f"{row['found']:g} {row['unit']}",
            "yes" if row["met"] else "**no**",
        ]
        for row in sorted(results["bounds"], key=lambda row: row["met"])
    ]
    machine = results["machine"]
    return {
        "page_python": table(["promise", "bound", "found", "holds"], rows),
        "python_chromium": results["chromium"].partition(".")[0],
        "python_rounds": results["rounds"],
        "python_ratio": stock["first"] / ours["first"],
        "bytes_ratio": stock["bytes"] / ours["bytes"],
        "stock_first": stock["first"],
        "stock_bytes": stock["bytes"] / 1e6,
        "python_machine": f"{machine['cpu']}, {machine['cores']} cores",
        "python_load": machine["load when it began"],
    }


def grading(results):
    machine = results["machine"]
    return {
        "ours": f"{results['seconds']['make grade']:.2g}",
        "theirs": f"{results['seconds']['otter run']:.2g}",
        "ratio": f"{results['ratio']:.0f}",
        "grading_rounds": results["rounds"],
        "grading_machine": f"{machine['cpu']}, {machine['cores']} cores",
    }


def site(results):
    """The promises of the site, each beside the worst page of ours and of stock."""

    def amount(value, unit):
        return (
            f"{value:.3g} {unit}".strip() if abs(value) < 1000 else f"{value:,.0f} {unit}".strip()
        )

    rows = [
        [
            row["what"] if row["part"] != "lighthouse" else f"Lighthouse, {row['what']}",
            f"{'at most' if row['at'] == 'most' else 'at least'} {amount(row['limit'], row['unit'])}",
            f"{amount(row['worst'], row['unit'])} ({row['where'].rpartition('/')[2]})",
            amount(row["stock"], row["unit"]) if "stock" in row else "–",
            "yes" if row["met"] else "**no**",
        ]
        for row in results["bounds"]
    ]
    missed = [row["what"] for row in results["bounds"] if not row["met"]]
    kept = len(rows) - len(missed)
    promises = f"All {kept} hold."
    if missed:
        promises = f"{kept} of {len(rows)} hold; missed: {', '.join(missed)}."
    run = results.get("renewed", {}).get("speed", results)  # what depends on the machine
    machine, rounds = run["machine"], run["rounds"]
    later = results["weight"]["background bytes"]
    return {
        "site": table(["promise", "bound", "this book", "stock", "holds"], rows),
        "promises": promises,
        "pages": len(results["weight"]["ours"]),
        "rounds_ours": rounds["ours"],
        "rounds_stock": rounds["stock"],
        "chromium": machine["chromium"].partition(".")[0],
        "site_machine": f"{machine['cpu']}, {machine['cores']} cores",
        "load": machine["load when it began"],
        "background": f"; a worker then fetches {later / 1000:,.0f} kB for reading offline"
        if later
        else "",
    }


def page():
    found = {
        name: records.read(name)
        for name in ("accuracy", "speed", "losses", "memory", "page_python", "grading", "site")
    }
    machine = found["accuracy"]["machine"]
    busy = found["speed"]["machine"]["load when it began"]
    cores = found["speed"]["machine"]["cores"]
    quiet = (
        f"The machine was shared (a load of {busy:.1f} on {cores} cores when it began), so these "
        "figures are rougher than they look."
        if busy > 1
        else "The machine was otherwise idle."
    )
    of_label = found["accuracy"]["ulp"]["float64"]["cross-entropy of a label"]
    versions = [
        f"{name} {version}"
        for name, version in machine.items()
        if name not in ("cores", "python", "cpu", "avx512", "load when it began")
    ]
    return TEXT.format(
        fine=f"{100 * of_label['torch']['value']['within 4']:.0f}",
        rows=f"{of_label['torch']['value']['of']:,}",
        accuracy=accuracy(found["accuracy"]),
        machine=f"{machine['cpu']}, {machine['cores']} cores, "
        + ("with AVX-512" if machine["avx512"] else "without AVX-512"),
        versions=", ".join(versions),
        megabytes=found["speed"]["megabytes"],
        rounds=found["speed"]["rounds"],
        quiet=quiet,
        speed=speed(found["speed"]),
        memory=memory(found["memory"]),
        **losses(found["losses"]),
        **grading(found["grading"]),
        **page_python(found["page_python"]),
        **site(found["site"]),
    )


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page():
        sys.exit("chapters/measured.md is stale: run python -m tools.measured")
