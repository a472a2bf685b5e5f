"""A guess that the reader commits to before the figure answers."""

import traitlets

from ..kit.figure import Figure, need_one_length


class Prediction(Figure):
    """A question with options to choose from, or a slider to drag, and what each guess teaches.

    Args:
        question: the question. lead: what stands before it, in bold.
        options: the answers to choose from, or none for a slider.
        answers: what to say to each option. correct: the index of the right one.
        low, high, step: the slider. truth: the number. near: how far off still counts as close.
        unit: of the number. feedback: what to say beside it.
        replies: [low, high, sentence] for guesses from low to high; the first that fits is said in
            place of the feedback.
    """

    question = traitlets.Unicode().tag(sync=True)
    lead = traitlets.Unicode("Your prediction.").tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    answers = traitlets.List(traitlets.Unicode()).tag(sync=True)
    correct = traitlets.Int(0).tag(sync=True)
    low = traitlets.Float(0.0).tag(sync=True)
    high = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(0.01).tag(sync=True)
    truth = traitlets.Float(0.0).tag(sync=True)
    near = traitlets.Float(0.0).tag(sync=True)
    unit = traitlets.Unicode("").tag(sync=True)
    feedback = traitlets.Unicode("").tag(sync=True)
    replies = traitlets.List(traitlets.List()).tag(sync=True)
    guess = traitlets.Float(None, allow_none=True).tag(sync=True)
    committed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, question, **state):
        super().__init__(question=question, **state)
        need_one_length(self, "options", "answers")
        if self.options and not 0 <= self.correct < len(self.options):
            raise ValueError(f"correct must be in [0, {len(self.options)}), got {self.correct}")
        if not self.options and not self.low <= self.truth <= self.high:
            raise ValueError(f"truth must be in [{self.low}, {self.high}], got {self.truth}")
