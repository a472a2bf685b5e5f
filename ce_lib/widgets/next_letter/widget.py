"""Guess the next letter: what each letter costs whoever expected another one."""

import re
from pathlib import Path

import traitlets

from ..kit.figure import Figure

PASSAGE = 170  # letters to guess
BEGIN = "a word is worth"  # the passage begins with these words
LONGEST = 300  # letters of the reader's own text


def letters_of_the_story():
    """Returns the story of the book as lower-case letters and single spaces."""
    text = (Path(__file__).parents[2] / "station.txt").read_text("utf-8")
    return re.sub("[^a-z]+", " ", text.lower()).strip()


class NextLetter(Figure):
    """Shannon's game: letters alone, a memory of 1 to 3 letters, and the reader expect a letter.

    Args:
        text: "story", to guess a passage of it, or "own", to price a text that the reader types.
        own: that text, at most 300 characters.
        n: how many letters of the passage have been read, from 0 to 170.
        ranks: for each of them the number of the reader's guess that was right, 0 for none.
        order: how many letters the memory holds, 1 to 3.
        source: "story" or "page": what the models have counted; a page is 500 letters.
        hint: whether the keys show what the memory expects.
    """

    text = traitlets.Enum(["story", "own"], "story").tag(sync=True)
    own = traitlets.Unicode().tag(sync=True)
    n = traitlets.Int(16, min=0, max=PASSAGE).tag(sync=True)
    ranks = traitlets.List(traitlets.Int(min=0, max=27), maxlen=PASSAGE).tag(sync=True)
    tried = traitlets.Unicode().tag(sync=True)  # the wrong guesses of the letter that comes
    order = traitlets.Int(2, min=1, max=3).tag(sync=True)
    source = traitlets.Enum(["story", "page"], "story").tag(sync=True)
    hint = traitlets.Bool(False).tag(sync=True)
    story = traitlets.Unicode().tag(sync=True)
    start = traitlets.Int().tag(sync=True)  # where in the story the passage begins

    def __init__(self, **state):
        story = letters_of_the_story()
        super().__init__(**{"story": story, "start": story.index(BEGIN), **state})

    @traitlets.validate("own")
    def _is_short(self, proposal):
        if len(proposal["value"]) > LONGEST:
            raise traitlets.TraitError(
                f"own must have at most {LONGEST} characters, got {len(proposal['value'])}"
            )
        return proposal["value"]
