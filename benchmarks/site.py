"""Measures the site beside the stock build of the same sources: results/site.json.

    python -m benchmarks.site [--pages index entropy] [--only weight speed lighthouse] [--small]

Builds both, serves them from this machine (browsers see no other: what a stock page asks of CDNs
comes from npm packages at the versions that it names) and reads every page. The modules
of website/ say how each number is measured. Needs Node's npm once, Chromium and
openssl. A run of all pages and parts writes the file; a partial one only prints, unless --out, and
--renew then puts its parts into the file.
"""

import argparse
import datetime
import json
import sys
import tempfile
import time
from pathlib import Path

import yaml

from benchmarks import records
from benchmarks.website import browser, lighthouse, server, speed, stock, weight
from benchmarks.website.bounds import bounds
from engine import ROOT

RESULTS = records.RESULTS / "site.json"
PARTS = ("weight", "speed", "lighthouse")


def pages_of(toc):
    return [toc["root"], *(entry["file"] for part in toc["parts"] for entry in part["chapters"])]


def chosen(names, pages):
    """The pages of these names; stops with a sentence where there is none."""
    known = {page.rpartition("/")[2]: page for page in pages} | {page: page for page in pages}
    for name in names:
        if name not in known:
            sys.exit(
                f"--pages takes {', '.join(page.rpartition('/')[2] for page in pages)}, got {name}"
            )
    return [known[name] for name in names] or pages


def show(rows):
    """Prints the promises, and whether they hold."""
    for row in rows:
        sign = "≤" if row["at"] == "most" else "≥"
        worst, limit = f"{row['worst']:.4g}", f"{sign} {row['limit']} {row['unit']}"
        verdict = "met" if row["met"] else "MISSED"
        print(
            f"{row['part']:10} {row['what']:29} {worst:>8}  {limit:13} {verdict:7} {row['where']}"
        )


def renew(partial):
    """Puts the parts of a partial run over all pages into the results, and how each was run."""
    report = records.read("site")
    for part in set(PARTS) & set(partial):
        report[part] = partial[part]
        run = {name: partial[name] for name in ("date", "machine", "rounds")}
        report.setdefault("renewed", {})[part] = run
    report["bounds"] = bounds(report)
    records.write(report, RESULTS)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", nargs="+", default=[], metavar="PAGE")
    parser.add_argument("--only", nargs="+", default=PARTS, choices=PARTS)
    parser.add_argument("--small", action="store_true", help="each measurement once")
    parser.add_argument("--out", type=Path, help="where a partial run writes")
    parser.add_argument(
        "--renew", type=Path, metavar="OUT", help="put what OUT has into the results"
    )
    options = parser.parse_args(arguments)
    if options.renew:
        return renew(json.loads(options.renew.read_text("utf-8")))
    every = pages_of(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))
    pages = chosen(options.pages, every)
    whole = pages == every and set(options.only) == set(PARTS) and not options.small
    rounds = {"ours": 1, "stock": 1, "lighthouse": 1}
    if not options.small:
        rounds = {"ours": 5, "stock": 1, "lighthouse": 3}

    stock.install()
    npm = json.loads((stock.NPM / "package.json").read_text("utf-8"))["dependencies"]
    machine = records.machine() | {"chromium": browser.version()} | npm
    report = {"date": str(datetime.date.today()), "machine": machine, "server": server.ABOUT}
    report["rounds"] = rounds
    ours, _ = stock.run_build(ROOT, "-W", "-n", "--keep-going")
    with tempfile.TemporaryDirectory() as folder:
        theirs, report["stock"] = stock.build(Path(folder))
        folders = {"ours": ours, "stock": theirs}
        for part in options.only:
            begun = time.monotonic()
            if part == "weight":
                found = weight.measure(folders, stock.cdn, pages)
            elif part == "speed":
                found = speed.measure(folders, stock.cdn, pages, rounds)
            else:
                found = lighthouse.measure(ours, pages, rounds["lighthouse"])
            report[part] = found
            print(f"{part}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    report["bounds"] = bounds(report)
    show(report["bounds"])
    out = options.out or (RESULTS if whole else None)
    if out:
        records.write(report, out)


if __name__ == "__main__":
    main()
