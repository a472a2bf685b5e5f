"""The promises of the site, each beside the worst value that was found."""

from collections.abc import Callable
from typing import NamedTuple


class Bound(NamedTuple):
    """One promise; `found(part, build)` has the value of each page, or of each kind of figure."""

    part: str
    what: str
    at: str  # "most" or "least"
    limit: float
    unit: str
    found: Callable


def bytes_of(visit):
    return lambda weight: {
        name: page[visit]["read to the end"]["bytes"] / 1000
        for name, page in weight.items()
        if visit in page
    }


def each(of_pages):
    """Judges both builds."""
    return lambda part, build: of_pages(part[build])


def ours(of_part):
    """Judges our build alone."""
    return lambda part, build: of_part(part) if build == "ours" else {}


def times_lighter(part):
    light, stock = (bytes_of("first visit")(part[build]) for build in ("ours", "stock"))
    return {name: stock[name] / light[name] for name in light}


def other_hosts(weight):
    hosts = {n: p["first visit"]["read to the end"]["hosts"] for n, p in weight.items()}
    return {name: len(set(found) - {"127.0.0.1"}) for name, found in hosts.items()}


def median(name):
    return lambda speed: {page: found[name]["median"] for page, found in speed.items()}


def slowest_answer(speed):
    return {
        page: max(answer["median"] for answer in found["answers"])
        for page, found in speed.items()
        if found["answers"]
    }


def plain(name):
    return lambda pages: {page: found[name] for page, found in pages.items()}


def share(part):
    return {kind: 100 * found["share within 16 ms"] for kind, found in part["repaints"].items()}


BOUNDS = (
    Bound("weight", "first visit", "most", 450, "kB", each(bytes_of("first visit"))),
    Bound("weight", "second page", "most", 100, "kB", each(bytes_of("second page"))),
    Bound("weight", "lighter than stock", "least", 5, "times", ours(times_lighter)),
    Bound("weight", "other hosts asked", "most", 0, "", each(other_hosts)),
    Bound("speed", "first paint", "most", 1500, "ms", each(median("first contentful paint"))),
    Bound("speed", "largest paint", "most", 2000, "ms", each(median("largest contentful paint"))),
    Bound("speed", "layout shift", "most", 0.02, "", each(median("layout shift"))),
    Bound("speed", "answer of a figure", "most", 100, "ms", each(slowest_answer)),
    Bound("speed", "repaints within 16 ms", "least", 95, "%", ours(share)),
    Bound("speed", "figures started out of sight", "most", 0, "", each(plain("started far below"))),
    Bound("lighthouse", "performance", "least", 95, "of 100", ours(plain("performance"))),
    Bound("lighthouse", "accessibility", "least", 100, "of 100", ours(plain("accessibility"))),
    Bound("lighthouse", "best practices", "least", 100, "of 100", ours(plain("best-practices"))),
    Bound("lighthouse", "SEO", "least", 100, "of 100", ours(plain("seo"))),
)


def bounds(report):
    """Returns, for each promise about a part that was measured, the worst found and where."""
    rows = []
    for bound in BOUNDS:
        if bound.part not in report:
            continue
        worst = max if bound.at == "most" else min
        found = {build: bound.found(report[bound.part], build) for build in ("ours", "stock")}
        if not found["ours"]:
            continue
        where, value = worst(found["ours"].items(), key=lambda item: item[1])
        met = value <= bound.limit if bound.at == "most" else value >= bound.limit
        row = {"part": bound.part, "what": bound.what, "at": bound.at, "limit": bound.limit}
        row |= {"unit": bound.unit, "worst": round(value, 4), "where": where, "met": met}
        if found["stock"]:
            row["stock"] = round(worst(found["stock"].values()), 4)
        rows.append(row)
    return rows
