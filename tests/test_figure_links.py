"""The role that moves a figure from the text."""

import pytest
from docutils import nodes
from docutils.utils import Reporter

from engine.figure_links import set_role


class Inliner:
    """What a role gets of the document around it."""

    reporter = Reporter("a.md", report_level=5, halt_level=5)

    @staticmethod
    def problematic(rawtext, text, message):
        return nodes.problematic(rawtext, text)


@pytest.mark.parametrize(
    ("text", "words", "address"),
    [
        ("drag it <lens?z=1>", "drag it", "?lens.z=1#figure-lens"),
        ("the\nlist <tape-2?q=0.5,0.5&run=true>", "the list",
         "?tape-2.q=0.5,0.5&tape-2.run=true#figure-tape-2"),
    ],
)  # fmt: skip
def test_a_link_sets_the_traits_of_one_figure(text, words, address):
    (link,), messages = set_role("set", text, text, 1, Inliner)
    assert (link.astext(), link["refuri"], link["classes"]) == (words, address, ["ce-set"])
    assert not messages


@pytest.mark.parametrize("text", ["drag it", "drag it <lens>", "<lens?z=1>", "a <Lens?z=1>"])
def test_what_is_no_link_is_named(text):
    _, (message,) = set_role("set", text, text, 1, Inliner)
    assert f"set must look like `text <figure?trait=value>`, got {text!r}" in message.astext()
