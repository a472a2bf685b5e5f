"""The page of measurements says what the results files say."""

from benchmarks import records
from engine import ROOT
from tools import measured

PAGE = ROOT / "chapters" / "measured.md"


def test_the_page_is_the_one_that_the_results_make():
    made = measured.page()
    assert PAGE.read_text("utf-8") == made, "run python -m tools.measured"


def test_the_page_names_the_machine_and_every_library():
    text = PAGE.read_text("utf-8")
    for word in ("AVX-512", "cores", "torch 2.", "optax", "tensorflow", "scipy", "scikit-learn"):
        assert word in text


def test_the_page_says_which_promise_of_the_site_is_missed():
    site = measured.site
    found = records.read("site")
    for row in found["bounds"]:
        row["met"] = row["what"] != "layout shift"
    assert site(found)["promises"].endswith("missed: layout shift.")
    assert site(found)["site"].count("**no**") == 1
    for row in found["bounds"]:
        row["met"] = True
    assert site(found)["promises"] == f"All {len(found['bounds'])} hold."
