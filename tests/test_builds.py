"""The same sources make the same bytes: elsewhere, and whatever happened to the build before.

One kind of processor is meant: on another, what torch trains in float32 may round differently.
"""

import itertools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_cache import get_cache
from nbformat.notebooknode import from_dict

from tools.testing.sources import BUILD, clean_environment, copy_book, copy_python


def files(folder):
    """The bytes of each file of a site."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def differences(one, other):
    """The names of the files that only one of two sites has, or that differ."""
    one, other = files(one), files(other)
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def start(folder, *path, **environment):
    """Starts a build in a process group of its own."""
    clean = clean_environment()
    clean["PYTHONPATH"] = os.pathsep.join(map(str, [*path, folder]))
    return subprocess.Popen(
        [sys.executable, "-u", "-c", BUILD, "build", str(folder), "-W", "-n", "--keep-going"],
        env=clean | environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


AGAIN = {"index", "entropy", "binary-cross-entropy"}


@pytest.mark.parametrize(
    "again", [AGAIN, pytest.param(None, marks=pytest.mark.weekly)], ids=["some", "all"]
)
def test_a_build_elsewhere_killed_half_way_and_made_again_has_the_same_bytes(
    site, build, tmp_path, again
):
    folder = copy_book(tmp_path / "another place" / "the same book")
    copy_python(folder)
    if again:  # the outputs of the other chapters are those of the book
        (outputs,) = (site.parent / ".jupyter_cache").iterdir()
        cache = get_cache(shutil.copytree(outputs, folder / outputs.relative_to(site.parents[1])))
        for record in cache.list_cache_records():
            if Path(record.uri).stem in again:
                cache.remove_cache(record.pk)
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "OMP_NUM_THREADS": "2"}
    with start(folder, **elsewhere) as building:
        executed = (line for line in building.stdout if "Executed notebook" in line)
        for _ in range(1 if again else 4):  # half of the chapters
            next(executed)
        os.killpg(building.pid, signal.SIGKILL)
    built = build(folder, **elsewhere)
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-4000:]
    assert "Executed notebook" in built.stdout  # it went on
    assert built.stdout.count("Using cached notebook") >= 2  # with what was whole
    assert differences(site, folder / "_build" / "html") == []


def test_what_a_cell_prints_does_not_depend_on_the_pieces_in_which_it_comes(monkeypatch):
    from engine.merge_streams import joined

    def stream(text, name="stdout"):
        return from_dict({"output_type": "stream", "name": name, "text": text})

    picture = from_dict({"output_type": "display_data", "data": {"text/plain": "P"}})
    text = " 50 %\n\n  1 %\nend\n"
    for one, other in itertools.combinations(range(len(text) + 1), 2):
        pieces = [stream(text[:one]), stream("!", "stderr"), stream(text[one:other]), picture]
        pieces.append(stream(text[other:]))
        for _ in range(2):  # the pieces are as they were
            made = joined(pieces)
            assert made == [stream(text), stream("!\n", "stderr"), picture]


def test_a_page_that_is_no_longer_in_the_book_is_not_on_the_site(small_book, build):
    book = small_book(name="two")
    assert build(book).returncode == 0
    toc = book / "_toc.yml"
    toc.write_text(toc.read_text("utf-8").replace("- file: chapters/two\n", ""), "utf-8")
    for part in book.glob("chapters/two.*"):
        part.unlink()
    assert build(book).returncode == 0
    pages = {page.name for page in (book / "_build" / "html").rglob("*.html")}
    assert pages == {"index.html", "search.html", "one.html"}
