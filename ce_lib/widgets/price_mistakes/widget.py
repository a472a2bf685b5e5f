"""A curve that prices twenty mails, and the pull of each mail on the curve."""

import math

import traitlets

from ..kit.figure import Figure

# score, 1 if it is spam, subject
MAILS = [
    [-3.9, 0, "minutes of the meeting"],
    [-3.3, 0, "lunch tomorrow?"],
    [-2.8, 0, "photos from Sunday"],
    [-2.3, 0, "your library books"],
    [-1.9, 1, "a quick favour"],
    [-1.4, 0, "train times"],
    [-1.0, 0, "rent is due"],
    [-0.6, 1, "your parcel is held"],
    [-0.2, 0, "invoice 1042"],
    [0.2, 1, "verify your account"],
    [0.6, 0, "half-price tickets"],
    [1.0, 1, "lower your rates"],
    [1.4, 1, "work from home"],
    [1.8, 0, "free on Friday?"],
    [2.2, 1, "hot stocks today"],
    [2.6, 1, "miracle pills"],
    [3.0, 1, "claim your prize"],
    [3.4, 1, "you have won"],
    [3.8, 1, "free free free"],
    [4.3, 1, "$$$ now $$$"],
]


class PriceMistakes(Figure):
    """Mails by their spam score, a filter q = sigmoid(w x + b), and what each mail costs.

    Args:
        w: the weight, what one point of the score counts for. b: the bias.
        steps: the steps of gradient descent that the filter has taken since it was at w and b;
            a fraction is on its way. rate: the learning rate of these steps.
        mails: up to 40 lists [score, 1 if it is spam and else 0, subject].
        mail: the mail that is read, counted from 1; 0 is the dearest.
        running: whether the filter trains.
    """

    w = traitlets.Float(3.0, min=-8, max=8).tag(sync=True)
    b = traitlets.Float(0.0, min=-40, max=40).tag(sync=True)
    steps = traitlets.Float(0.0, min=0, max=400).tag(sync=True)
    rate = traitlets.Float(1.0, min=0.25, max=3).tag(sync=True)
    mails = traitlets.List(traitlets.List(), MAILS).tag(sync=True)
    mail = traitlets.Int(0, min=0).tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **state):
        super().__init__(**state)
        if self.mail > len(self.mails):
            raise ValueError(f"mail must be at most {len(self.mails)}, got {self.mail}")

    @traitlets.validate("mails")
    def _are_mails(self, proposal):
        mails = proposal["value"]
        if not 2 <= len(mails) <= 40:
            raise traitlets.TraitError(f"mails must be 2 to 40 mails, got {len(mails)}")
        for mail in mails:
            if not _is_mail(mail):
                raise traitlets.TraitError(
                    f"each mail must be [score, 0 or 1, subject], got {mail}"
                )
        if len({score for score, *_ in mails}) < 2:
            raise traitlets.TraitError("mails must differ in their scores, got one score")
        return mails


def _is_mail(mail):
    if len(mail) != 3:
        return False
    score, spam, subject = mail
    return (
        isinstance(score, int | float)
        and math.isfinite(score)
        and spam in (0, 1)
        and isinstance(subject, str)
    )
