"""Questions on cross-entropy and squared error."""

import numpy as np

import ce_lib as ce

from ._question import Question, num, row


def slopes(z, y):
    """The slopes of cross-entropy and ½MSE in each logit."""
    z, y = np.asarray(z, dtype=float), np.broadcast_to(float(y), np.shape(z))
    _, in_ce = ce.value_and_grad(ce.binary_cross_entropy_with_logits, z, y, reduction="sum")
    _, in_mse = ce.value_and_grad(ce.mse_with_logits, z, y, reduction="sum")
    return in_ce, in_mse / 2


def two_slopes(rng):
    y = int(rng.integers(2))
    z = rng.integers(10, 41) / 5 * (-1 if y else 1)
    a = ce.sigmoid(z)
    in_ce, in_mse = slopes(z, y)
    return Question(
        given={"z": z, "y": y},
        ask=rf"""A neuron has the logit $z = {num(z)}$, and the label is $y = {y}$.

(a) Compute $a = \sigma(z)$ and the slope in $z$ of cross-entropy and of ½MSE, that is
$\tfrac12 (a - y)^2$.

(b) How many times as large is the one as the other?

(c) At which $z$ is this ratio smallest, and how large is it there?""",
        answers={"a": a, "ce": in_ce, "mse": in_mse, "ratio": in_ce / in_mse, "least": 4},
        answer=rf"""(a) $a = {num(a)}$; ${num(in_ce)}$; ${num(in_mse)}$

(b) ${num(in_ce / in_mse)}$

(c) at $z = 0$: $4$""",
        steps=rf"""(a) $a = 1 / (1 + e^{{{num(-z)}}}) = {num(a)}$; cross-entropy: $a - y =
{num(in_ce)}$; ½MSE: $(a - y)\, a (1 - a) = {num(in_mse)}$.

(b) $1 / (a (1 - a)) = {num(in_ce / in_mse)}$.

(c) $a (1 - a)$ is largest at $a = \tfrac12$, where it is $\tfrac14$: the ratio is 4 there, and
grows without limit where the neuron is sure.""",
    )


def one_step(rng):
    w, b = rng.integers(3, 8, size=2) / 2
    rate = float(rng.choice([0.1, 0.2, 0.5]))
    z = w + b
    a = ce.sigmoid(z)
    in_ce, in_mse = slopes(z, 0)
    after = w - rate * in_ce, w - rate * in_mse
    return Question(
        given={"w": w, "b": b, "rate": rate},
        ask=rf"""A neuron $z = wx + b$ starts at $w = {num(w)}$, $b = {num(b)}$. Its one example has
$x = 1$ and $y = 0$, and the learning rate is ${num(rate)}$.

(a) Compute $w$ after one step of gradient descent, with cross-entropy and with ½MSE.

(b) ½MSE is nearly as large as it can be here. Why does its step hardly move $w$?

(c) Would a larger rate be a cure?""",
        answers={"ce": after[0], "mse": after[1]},
        answer=rf"""(a) ${after[0]:.4f}$; ${after[1]:.4f}$

(b) its slope has the factor $a(1 - a)$

(c) for this start only""",
        steps=rf"""(a) $z = {num(z)}$, $a = {a:.4f}$. With $x = 1$ the slope in $w$ is the slope in
$z$: ${a:.4f}$ and ${a:.4f} \cdot {a:.4f} \cdot {1 - a:.4f} = {num(in_mse)}$. So
$w = {num(w)} - {num(rate)} \cdot {a:.4f} = {after[0]:.4f}$, and
$w = {num(w)} - {num(rate)} \cdot {num(in_mse)} = {after[1]:.4f}$.

(b) A large loss need not have a large slope: the factor $a (1 - a) = {num(a * (1 - a))}$ is small
wherever the neuron is sure, also where it is wrong.

(c) It would make up for the factor of this start. The surer a wrong answer, the larger the rate
would have to be, without bound, so no one rate does it for all.""",
    )


def where_it_pulls(rng):
    a = np.array([rng.integers(1, 6) / 100, rng.integers(26, 42) / 100, rng.integers(70, 96) / 100])
    a = rng.permutation(a)
    z = np.log(a / (1 - a))
    in_ce, in_mse = slopes(z, 1)
    most = ["ABC"[int(np.argmin(s))] for s in (in_mse, in_ce)]
    bent = " and ".join(letter for letter, x in zip("ABC", a, strict=True) if x < 1 / 3)
    return Question(
        given={"a": a},
        ask=rf"""Three examples A to C with $y = 1$ have the outputs $a = {row(a)}$.

(a) Compute the slope in the logit of ½MSE for each.

(b) Which one does a step move most by ½MSE, and which one by cross-entropy?

(c) Is ½MSE convex in $z$ at all three? At which is it not?""",
        answers={"slopes": in_mse, "most": "; ".join(most), "bent": f"not at {bent}"},
        answer=rf"""(a) ${row(in_mse)}$

(b) {"; ".join(most)}

(c) not at {bent}""",
        steps=rf"""(a) $(a - 1)\, a (1 - a) = -a (1 - a)^2$: ${row(in_mse)}$.

(b) ½MSE pulls hardest near $a = \tfrac13$: {most[0]}. Cross-entropy has the slopes $a - 1$,
${row(in_ce)}$: the surer and more wrong, the harder, so {most[1]}.

(c) It is convex only for $a > \tfrac13$.""",
    )


def calibration_error(rng):
    low = rng.choice(np.arange(1, 10), 2, replace=False) * 5 / 100  # 0.05 to 0.45
    high = rng.choice(np.arange(14, 20), 3, replace=False) * 5 / 100  # 0.7 to 0.95
    y_low, y_high = rng.permutation([0, rng.integers(2)]), rng.permutation([1, 0, rng.integers(2)])
    order = rng.permutation(5)
    q, y = np.array([*low, *high])[order], np.array([*y_low, *y_high])[order]
    gaps = [abs(q[b].mean() - y[b].mean()) for b in (q <= 0.5, q > 0.5)]
    error = ce.expected_calibration_error(q, y, n_bins=2)
    return Question(
        given={"q": q, "y": y},
        ask=rf"""For five examples a model gives “yes” the probabilities $q = {row(q)}$; the labels
are $y = {row(y)}$.

(a) Put them into two bins, 0 to ½ and ½ to 1. How large is the gap in each bin between the
mean probability and the share of “yes”?

(b) Compute the expected calibration error (ECE).

(c) Another author finds another ECE for the same answers, and both are right. How can that be?""",
        answers={"gaps": gaps, "error": error},
        answer=rf"""(a) ${num(gaps[0])}$; ${num(gaps[1])}$

(b) ${num(error)}$

(c) other bins""",
        steps=rf"""(a) Lower bin: mean ${num(low.mean())}$, share ${num(y_low.mean())}$, gap
${num(gaps[0])}$. Upper bin: mean ${num(high.mean())}$, share ${num(y_high.mean())}$, gap
${num(gaps[1])}$.

(b) Each gap counts by the share of the examples in its bin:
$\tfrac25 \cdot {num(gaps[0])} + \tfrac35 \cdot {num(gaps[1])} = {num(error)}$.

(c) With other bins other examples are averaged: an ECE goes with its number of bins.""",
    )


def missing_factor(rng):
    y = int(rng.integers(2))
    a = rng.integers(80, 100) / 100 if y == 0 else rng.integers(1, 21) / 100
    z = np.log(a / (1 - a))
    in_ce, in_mse = slopes(z, y)
    factor = in_ce / in_mse
    return Question(
        given={"a": a, "y": y},
        ask=rf"""A neuron says $a = \sigma(z) = {num(a)}$, and $y = {y}$. A student wrote:

> My loss is ½MSE, $\tfrac12 ({num(a)} - {y})^2 = {num((a - y) ** 2 / 2)}$, and its slope is
> $a - y = {num(a - y)}$. With this slope in $z$ my neuron learns as fast as with cross-entropy.
> So squared error is just as good.

(a) Find the mistake, and correct the slope.

(b) By which factor was the student’s step too large? Which loss did the student train with?""",
        answers={"slope": in_mse, "factor": factor},
        answer=rf"""(a) ${num(in_mse)}$

(b) ${num(factor)}$; cross-entropy""",
        steps=rf"""(a) $a - y$ is the slope in $a$. In $z$ the chain rule adds
$\sigma'(z) = a (1 - a) = {num(a * (1 - a))}$: ${num(a - y)} \cdot {num(a * (1 - a))} =
{num(in_mse)}$.

(b) $1 / (a (1 - a)) = {num(factor)}$. A slope of $a - y$ in $z$ is that of cross-entropy: the race
was run by one loss twice. Finite differences would have shown it.""",
    )


QUESTIONS = [two_slopes, one_step, where_it_pulls, calibration_error, missing_factor]
