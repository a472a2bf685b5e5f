"""Questions on class weights and focal loss."""

import numpy as np

import ce_lib as ce

from ._question import Question, num, product, row, total


def two_means(rng):
    w = int(rng.choice([3, 4, 5, 8, 9, 10, 19]))
    y = rng.permutation([1, 0, 0, 0] if rng.integers(2) else [1, 1, 0, 0])
    losses = np.round(-np.log(rng.choice(np.arange(1, 10), 4, replace=False) / 10), 2)
    weights = np.where(y == 1, w, 1)
    # The logits that have exactly these losses.
    z = -np.log(np.expm1(losses)) * np.where(y == 1, 1, -1)
    by_n = ce.binary_cross_entropy_with_logits(z, y.astype(float), pos_weight=float(w))
    two = np.stack([0 * z, z], axis=1)
    by_weights = ce.softmax_cross_entropy_with_logits(two, y, np.array([1.0, w]))
    weighted = total(product([str(a), num(x)]) for a, x in zip(weights, losses, strict=True))
    in_all = weights @ losses
    return Question(
        given={"losses": losses, "y": y, "w": w},
        ask=rf"""Four examples have the plain losses ${row(losses)}$ nats and the labels $y =
{row(y)}$. Class 1 has the weight $w = {w}$, class 0 the weight 1.

(a) Compute the weighted mean by both conventions: divided by $N$, and divided by the sum of the
weights.

(b) All weights are doubled. What happens to each of the two means?

(c) How far does one step of gradient descent on an example of class 1 move the parameters,
compared with the same example without a weight?""",
        answers={"by n": by_n, "by weights": by_weights},
        answer=rf"""(a) ${num(by_n)}$; ${num(by_weights)}$

(b) the first doubles, the second stays

(c) {w} times as far""",
        steps=rf"""(a) ${weighted} = {num(in_all)}$. Divided by $N = 4$: ${num(by_n)}$. Divided by
${" + ".join(map(str, weights))} = {weights.sum()}$: ${num(by_weights)}$.

(b) The first doubles, and the learning rate in effect with it. In the second the weights stand
above and below the line: only their ratio counts.

(c) The weight is a factor of the loss, so it is one of the slope: {w} times as far.""",
    )


def where_the_optimum_goes(rng):
    p = float(rng.choice([0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2]))
    w = int(rng.choice([4, 5, 9, 10, 19, 20, 49, 50, 99]))
    said = float(rng.choice([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]))
    q, back = ce.sigmoid(np.log([w * p / (1 - p), said / (1 - said) / w]))
    return Question(
        given={"p": p, "w": w, "said": said},
        ask=rf"""A model is trained with the weight $w = {w}$ on “yes”, as well as it can be.

(a) For some input “yes” has the true probability $p = {num(p)}$. Which $q$ does the model give?

(b) For another input the model says ${num(said)}$. What is the true probability of “yes”?

(c) Which one number, taken from every logit, mends all its probabilities?""",
        answers={"q": q, "back": back, "shift": np.log(w)},
        answer=rf"""(a) ${num(q)}$

(b) ${num(back)}$

(c) $\ln w = {num(np.log(w))}$""",
        steps=rf"""(a) $q = \frac{{wp}}{{wp + 1 - p}} =
\frac{{{num(w * p)}}}{{{num(w * p)} + {num(1 - p)}}} = {num(q)}$.

(b) The odds of the model are $w$ times too large:
$\frac{{{num(said)}}}{{{num(1 - said)}}} / {w} = {num(said / (1 - said) / w)}$, and odds $o$ are the
probability ${{o / (1 + o)}} = {num(back)}$.

(c) A factor in the odds is a sum in the logit: $\ln {w} = {num(np.log(w))}$.""",
    )


def easy_and_hard(rng):
    gamma = int(rng.choice([1, 2, 3]))
    q = np.array([rng.choice([0.8, 0.85, 0.9, 0.95]), rng.choice([0.1, 0.2, 0.3, 0.4])])
    z = np.log(q / (1 - q))
    plain = -np.log(q)
    focal = ce.sigmoid_focal_loss(z, np.ones(2), gamma=float(gamma), reduction="none")
    counts = plain[1] / plain[0], focal[1] / focal[0]
    return Question(
        given={"gamma": gamma, "q": q},
        ask=rf"""An easy example has $q_y = {num(q[0])}$, a hard one $q_y = {num(q[1])}$.

(a) Compute the focal loss of both for $\gamma = {gamma}$.

(b) How many easy examples cost as much as the hard one, by the plain loss and by the focal loss?

(c) “Yes” has the true probability 0.8. Is the focal loss lowest at $q = 0.8$?""",
        answers={"focal": focal, "counts": counts},
        answer=rf"""(a) ${num(focal[0])}$; ${num(focal[1])}$

(b) ${num(counts[0])}$; ${num(counts[1])}$

(c) no, at a $q$ nearer to ½""",
        steps=rf"""(a) $(1 - q_y)^\gamma (-\log q_y)$: ${num(1 - q[0])}^{gamma} \cdot
{num(plain[0])} = {num(focal[0])}$ nats, and ${num(1 - q[1])}^{gamma} \cdot {num(plain[1])} =
{num(focal[1])}$ nats.

(b) ${num(plain[1])} / {num(plain[0])} = {num(counts[0])}$, and by the focal loss
${num(counts[1])}$: what is right already hardly counts.

(c) No: it is not a proper score, and pulls every answer towards ½.""",
    )


def threshold(rng):
    c = int(rng.choice([4, 9, 19, 24, 49, 99]))
    alarm = int(rng.choice([5, 10, 20, 25]))
    w = int(rng.choice([n for n in (3, 5, 10, 20, 50, 100) if n != c]))
    limit = 1 / (1 + c)
    q = rng.permutation(np.round(limit * np.array([0.3, 0.7, 1.3, rng.choice([1.6, 2.2])]), 4))
    named = [letter for letter, q_n in zip("ABCD", q, strict=True) if q_n > limit]
    weighted = ce.sigmoid(np.log(limit / (1 - limit)) + np.log(w))
    return Question(
        given={"miss": c * alarm, "alarm": alarm, "w": w, "q": q},
        ask=rf"""A fraud that is missed costs {num(c * alarm)} euros, a false alarm {alarm} euros. A
model, trained plainly, gives four payments A to D the probabilities of fraud
$q = {row(q)}$.

(a) Above which $q$ should one raise the alarm? Which payments does that name?

(b) Another model was trained with the weight $w = {w}$ on fraud. Above which of its answers should
one raise the alarm?

(c) At the threshold ½ the first model names none of the four. Is that an error of the
model?""",
        answers={"limit": limit, "named": ", ".join(named), "weighted": weighted},
        answer=rf"""(a) ${num(limit)}$: {", ".join(named)}

(b) ${num(weighted)}$

(c) no""",
        steps=rf"""(a) A miss costs as much as $C = {num(c * alarm)} / {alarm} = {c}$ false alarms,
so name everything above $1 / (1 + C) = {num(limit)}$: {" and ".join(named)}.

(b) Its odds are {w} times as large: $w / (w + C) = {w} / {w + c} = {num(weighted)}$. The decisions
are the same.

(c) No: fraud is rare, and the probabilities may be true. The threshold belongs to the costs.""",
    )


def weight_first(rng):
    w = int(rng.choice([2, 3, 4, 5, 8, 10]))
    q = float(rng.choice([0.7, 0.75, 0.8, 0.85, 0.9, 0.95]))
    plain = -np.log(q)
    pt = np.exp(-w * plain)
    wrong = (1 - pt) ** 2 * w * plain
    z = np.log(q / (1 - q))
    right = w * ce.sigmoid_focal_loss(z, 1.0, gamma=2.0)
    return Question(
        given={"w": w, "q": q},
        ask=rf"""The focal loss with $\gamma = 2$, for an example with $q_y = {num(q)}$ of a class
with the weight $w = {w}$. A student wrote:

> The weighted loss is $-{w} \log {num(q)} = {num(w * plain)}$. From it,
> $q_y = e^{{-{num(w * plain)}}} = {num(pt)}$, and the focal loss is
> ${{(1 - {num(pt)})^2 \cdot {num(w * plain)}}} = {num(wrong)}$ nats.

(a) Find the mistake, and correct the loss.

(b) By which factor is the student’s too large? For which kind of example does that matter?""",
        answers={"right": right, "factor": wrong / right},
        answer=rf"""(a) ${num(right)}$ nats: weight last

(b) ${num(wrong / right)}$; easy ones of the weighted class""",
        steps=rf"""(a) $q_y$ must come from the plain loss: the weight is applied last.
$(1 - {num(q)})^2 \cdot {num(w * plain)} = {num((1 - q) ** 2)} \cdot {num(w * plain)} =
{num(right)}$ nats.

(b) ${num(wrong)} / {num(right)} = {num(wrong / right)}$. Easy examples of the weighted class pass
for hard ones, and the focal loss was meant to turn them down.""",
    )


QUESTIONS = [two_means, where_the_optimum_goes, easy_and_hard, threshold, weight_first]
