"""The API page has every public function, once, and nothing else."""

import re
from collections import Counter

import ce_lib as ce
from engine import ROOT

PAGE = (ROOT / "chapters" / "api.md").read_text("utf-8")


def test_the_page_lists_each_public_name_once():
    listed = re.findall(r"^\.\. auto\w+:: (\S+)$", PAGE, re.MULTILINE)
    assert Counter(listed) == Counter([*ce.__all__, "check", "hint", "patient"])


def test_every_group_begins_with_a_sentence():
    groups = re.split(r"^## .+\n", PAGE, flags=re.MULTILINE)[1:]
    assert groups
    for group in groups:
        assert re.match(r"\n[^\n`:.#].*\.\n", group), group[:80]
