"""benchmarks/site.py counts what a reader loads, and its bounds can be missed."""

import gzip
import random
import shutil

import pytest
import yaml

from benchmarks.site import main
from benchmarks.website import bounds, browser, server, speed, stock, weight
from engine import ROOT
from tools.testing.sources import PAGES

STYLE = "".join(f".c{i} {{ margin: {i}px }}\n" for i in range(200))
IMAGE = random.Random(0).randbytes(3000)  # no gzip makes it shorter
PAGE = """<!DOCTYPE html><html lang="en"><title>Tiny</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css"><img src="picture.png" alt="">{more}<p>Text.</p>"""


@pytest.fixture
def tiny(tmp_path):
    """A site of an index and a page, of known sizes: a function that writes them."""

    def write(more=""):
        for name in ("index", "page"):
            (tmp_path / f"{name}.html").write_text(PAGE.format(more=more), "utf-8")
        (tmp_path / "style.css").write_text(STYLE, "utf-8")
        (tmp_path / "picture.png").write_bytes(IMAGE)
        return tmp_path

    return write


def zipped(text):
    return len(gzip.compress(text.encode(), 6))


def weigh(folder, name, others=lambda host, path: None):
    with server.Server(folder, others) as served, browser.chromium(served) as chromium:
        return weight.of_page(chromium, served, name)


def test_the_bytes_are_those_of_the_zipped_text_and_of_the_image_as_it_is(tiny):
    found = weigh(tiny(), "page")
    html = zipped(PAGE.format(more=""))
    first = found["first visit"]["arrival"]
    assert first["bytes"] == html + zipped(STYLE) + len(IMAGE)
    assert (first["requests"], first["not found"]) == (3, [])
    second = found["second page"]["read to the end"]
    assert (second["bytes"], second["requests"]) == (html, 1)  # the rest is in the cache


def test_what_loads_only_when_it_is_near_is_in_the_reading_and_not_in_the_arrival(tiny):
    later = '<div style="height: 9000px"></div><img loading="lazy" src="late.png" width=9 height=9>'
    folder = tiny(later)
    (folder / "late.png").write_bytes(IMAGE[:1000])
    visit = weigh(folder, "page")["first visit"]
    assert visit["read to the end"]["bytes"] == visit["arrival"]["bytes"] + 1000


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_to_another_host_is_counted_and_one_without_an_answer_is_named(tiny, scheme):
    if scheme == "https" and not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    there = "".join(f'<img src="{scheme}://cdn.example/{n}.png" alt="">' for n in ("here", "gone"))
    folder = tiny(there)

    def others(host, path):
        return folder / "picture.png" if (host, path) == ("cdn.example", "/here.png") else None

    found = weigh(folder, "page", others)
    visit = found["first visit"]["read to the end"]
    assert visit["hosts"]["cdn.example"] == len(IMAGE)
    assert visit["not found"] == ["cdn.example/gone.png"]
    assert bounds.other_hosts({"page": found}) == {"page": 1}


@pytest.mark.weekly
def test_a_page_of_the_site_is_weighed_and_its_figures_answer(site, monkeypatch):
    monkeypatch.setattr(speed, "INPUTS", 3)
    name = "chapters/cross-entropy-or-mse"
    with server.Server(site) as served, browser.chromium(served) as chromium:
        weighed = weight.of_page(chromium, served, name)
        with speed.slow_reader(chromium, served) as reader:
            read = speed.read(reader, name)
        kinds = speed.repaints(chromium, served, [name])
    html = len(gzip.compress((site / f"{name}.html").read_bytes(), 6))
    first, second = (weighed[v]["read to the end"] for v in ("first visit", "second page"))
    assert html < second["bytes"] < first["bytes"]
    assert (list(first["hosts"]), first["not found"]) == (["127.0.0.1"], [])
    text = (site / f"{name}.html").read_text("utf-8")
    assert len(read["answers"]) == text.count('data-figure="') > 0
    assert 0 < read["first contentful paint"] <= read["largest contentful paint"]
    assert min(read["answers"]) > 0
    assert all(found["inputs"] == 3 and found["median"] > 0 for found in kinds.values())


# The peer, and the promises


def test_stock_keeps_what_parses_the_text_and_nothing_that_lightens_it():
    ours = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    config, kept = stock.configuration(ours)
    assert {"sphinx_exercise", "sphinxcontrib.bibtex"} <= set(kept)
    assert not {"engine"} & {*kept, *config["sphinx"]["extra_extensions"]}
    assert "extensions" not in config["sphinx"]["config"]  # so Jupyter Book's own list holds
    assert [
        name for name in config["sphinx"]["config"] if name.startswith(("html", "nb_ipy"))
    ] == []


@pytest.mark.weekly
def test_stock_builds_every_page(book, tmp_path, monkeypatch):
    monkeypatch.setattr(stock, "ROOT", book)
    (tmp_path / "stock").mkdir()
    pages, _ = stock.build(tmp_path / "stock")
    assert [name for name in PAGES if not (pages / f"{name}.html").is_file()] == []


def test_a_cdn_has_a_package_at_the_version_asked_for_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(stock, "NPM", tmp_path)
    folder = tmp_path / "node_modules" / "anywidget"
    (folder / "dist").mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "0.11.0"}', "utf-8")
    file = folder / "dist" / "index.js"
    file.write_text("", "utf-8")
    for version, found in {"0.11.0": file, "~0.11.*": file, "0": file, "0.1": None}.items():
        assert stock.cdn("cdn.jsdelivr.net", f"/npm/anywidget@{version}/dist/index.js") == found
    assert stock.cdn("cdn.example", "/npm/anywidget@0.11.0/dist/index.js") is None


def test_a_bound_names_the_worst_page_and_is_missed_when_it_is_passed():
    def page(kilobytes):
        visit = {"bytes": kilobytes * 1000, "hosts": {"127.0.0.1": 1}}
        return {
            "first visit": {"read to the end": visit},
            "second page": {"read to the end": visit},
        }

    pages = {"light": page(10), "heavy": page(460)}
    report = {"weight": {"ours": pages, "stock": {"light": page(40), "heavy": page(4600)}}}
    rows = {row["what"]: (row["worst"], row["where"], row["met"]) for row in bounds.bounds(report)}
    assert rows["first visit"] == (460, "heavy", False)
    assert rows["lighter than stock"] == (4, "light", False)
    assert rows["other hosts asked"] == (0, "light", True)
    assert len(rows) == 4  # what was not measured is not judged


def test_a_page_that_the_book_does_not_have_is_named():
    with pytest.raises(SystemExit, match=r"--pages takes index, entropy, .*, got nowhere"):
        main(["--pages", "nowhere"])
