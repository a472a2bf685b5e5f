"""Lists what the book links to outside itself, and asks whether it is still there.

python -m tools.external_links           a line for each address, with the pages that have it
python -m tools.external_links --check   asks each, and fails where one does not answer
"""

import argparse
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import Request, urlopen

from engine import ROOT

LINK = re.compile(r'<a\b[^<>]*?\shref="(https?://[^"]*)"')
ALIVE = {401, 403, 405, 406, 418, 429, 999}  # there, but not for a program
AGENT = "Mozilla/5.0 (compatible; the weekly check of the links of a book)"


def external_links(site):
    """Returns {address: pages}, without fragments, which only the page itself can know."""
    links = {}
    for page in sorted(site.rglob("*.html")):
        for address in LINK.findall(page.read_text("utf-8")):
            pages = links.setdefault(urldefrag(unescape(address))[0], [])
            if (name := page.relative_to(site).as_posix()) not in pages:
                pages.append(name)
    return dict(sorted(links.items()))


def ask(address, seconds=20, tries=3, pause=5):
    """Returns "" where something answers, else why not. HEAD first; GET where that is refused."""
    for left in reversed(range(tries)):
        for method in ("HEAD", "GET"):
            request = Request(address, method=method, headers={"User-Agent": AGENT})
            try:
                with urlopen(request, timeout=seconds):
                    return ""
            except HTTPError as error:
                if error.code in ALIVE and method == "GET":
                    return ""
                problem = f"{error.code} {error.reason}"
            except (URLError, HTTPException, OSError, ValueError) as error:
                problem = str(getattr(error, "reason", error)) or type(error).__name__
        if problem[:3] in ("404", "410"):  # that is an answer
            break
        time.sleep(pause if left else 0)
    return problem


def check(links, **options):
    """Returns {address: problem}: one question at a time to a host, eight hosts at a time."""
    hosts = {}
    for address in links:
        hosts.setdefault(urlsplit(address).netloc, []).append(address)
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda some: [(a, ask(a, **options)) for a in some], hosts.values())
        return {address: said for host in answers for address, said in host if said}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="ask each address")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    options = parser.parse_args()
    links = external_links(options.site)
    if not links:
        sys.exit(f"{options.site} has no page with a link: build the book first.")
    dead = check(links) if options.check else dict.fromkeys(links, "")
    for address, problem in dead.items():
        print(address, *filter(None, [problem and f"({problem})"]), *links[address])
    if options.check:
        print(f"{len(links)} addresses, {len(dead)} of them do not answer.")
        sys.exit(bool(dead))


if __name__ == "__main__":
    main()
