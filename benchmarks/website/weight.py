"""Weight: the bytes that a page costs a reader, counted by the server that sends them."""

from .browser import Reader, chromium
from .server import Server


def total(sent):
    """Sums up a visit: bytes, requests, bytes of each host, and the files that no host has."""
    hosts = {}
    for answer in sent:
        hosts[answer.host] = hosts.get(answer.host, 0) + answer.bytes
    return {
        "bytes": sum(hosts.values()),
        "requests": len(sent),
        "hosts": dict(sorted(hosts.items())),
        "not found": sorted({f"{one.host}{one.path}" for one in sent if one.status == 404}),
    }


def visit(browser, server, *names, build="ours", workers="block"):
    """Opens pages as one reader; returns the cost of the last, on arrival and read to its end."""
    with Reader(browser, server, build, workers) as reader:
        for name in names:
            server.sent.clear()
            reader.open(name)
        arrival = total(server.sent)
        reader.read_to_the_end()
        return {"arrival": arrival, "read to the end": total(server.sent)}


def of_page(browser, server, name, build="ours"):
    """The weight of a page that is a reader's first, and that comes after the index."""
    found = {"first visit": visit(browser, server, name, build=build)}
    if name != "index":
        found["second page"] = visit(browser, server, "index", name, build=build)
    return found


def background(browser, server):
    """The bytes that a service worker fetches for later when a reader comes to the index."""
    alone = visit(browser, server, "index")["arrival"]["bytes"]
    return max(0, visit(browser, server, "index", workers="allow")["arrival"]["bytes"] - alone)


def measure(folders, others, pages):
    """{build: {page: weight}}, and the bytes that ours fetches in the background."""
    found = {}
    for build, folder in folders.items():
        with Server(folder, others) as server, chromium(server) as browser:
            found[build] = {name: of_page(browser, server, name, build) for name in pages}
            if build == "ours":
                found["background bytes"] = background(browser, server)
    return found
