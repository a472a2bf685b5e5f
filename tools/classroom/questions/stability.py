"""Questions on softmax, logits and numerical stability."""

import numpy as np

import ce_lib as ce

from ._question import Question, num, row

# Of each dtype the digits after the binary point next to 1, and the power of 2 it stays below.
DTYPES = {"float64": (52, 1024), "float32": (23, 128), "float16": (10, 16), "bfloat16": (7, 128)}


def shift_or_scale(rng):
    z = np.array([rng.integers(3, 8), rng.integers(1, 3), 0]) / 2
    z = rng.permutation(z)
    shift, back = int(rng.choice([100, 200, 500, 1000])), -int(rng.integers(2, 9))
    times = int(rng.integers(2, 5))
    rows = [z + shift, z * times, z + back]
    order = rng.permutation(3)
    rows = [rows[i] for i in order]
    scaled = "BCD"[int(np.argmax(order == 1))]
    q, q_scaled = ce.softmax(z), ce.softmax(z * times)
    return Question(
        given={"a": z, "b": rows[0], "c": rows[1], "d": rows[2]},
        ask=rf"""Four rows of logits: A ${row(z)}$, B ${row(rows[0])}$, C ${row(rows[1])}$,
D ${row(rows[2])}$.

(a) One of B, C, D has a different softmax from A. Which one, and why do the others have the same?

(b) Compute the softmax of A, and that of the odd one out.

(c) At which temperature $T$ does A give the softmax of the odd one out?""",
        answers={"odd": f"(a) {scaled}", "q": q, "scaled": q_scaled, "T": 1 / times},
        answer=rf"""(a) {scaled}

(b) ${row(q)}$; ${row(q_scaled)}$

(c) $T = {num(1 / times)}$""",
        steps=rf"""(a) {scaled}: it is A times {times}. The others are A with ${shift}$ and ${back}$
added, and adding $c$ to all logits multiplies numerator and denominator by $e^c$.

(b) $e^{{z_k}}$ of A: ${", ".join(map(num, np.exp(z)))}$, sum ${num(np.exp(z).sum())}$, so
$q = {row(q)}$. Of {scaled}: ${", ".join(map(num, np.exp(times * z)))}$, so ${row(q_scaled)}$:
the same order, surer.

(c) $z / T = {times} z$, so $T = 1 / {times} = {num(1 / times)}$.""",
    )


def log_sum_exp(rng):
    top = int(rng.integers(80, 120)) * 10
    below = rng.choice(np.arange(1, 9), 2, replace=False) / 2
    z = rng.permutation([top, top - below[0], top - below[1]])
    y = int(rng.integers(3))
    lse, loss = ce.logsumexp(z), ce.softmax_cross_entropy_with_logits(z, y)
    most = top + np.log(3)
    powers = " + ".join(rf"e^{{{num(x)}}}" if x else "1" for x in z - top)
    place = ("first", "second", "third")[y]
    return Question(
        given={"z": z, "place": place},
        ask=rf"""A model gives the logits $z = {row(z)}$, and the {place} class is true.

(a) Compute $\mathrm{{LSE}}(z)$ and the loss with a pocket calculator that overflows at
$10^{{100}}$.

(b) What does `-z[y] + log(sum(exp(z)))` print in float64? And minus the log of the naive softmax?

(c) Between which two numbers does $\mathrm{{LSE}}(z)$ lie for any three logits of which the largest
is $m = {top}$?""",
        answers={"lse": lse, "loss": loss, "bounds": (top, most)},
        answer=rf"""(a) ${lse:.3f}$; ${num(loss)}$ nats

(b) inf; nan

(c) ${top}$ and ${most:.3f}$""",
        steps=rf"""(a) Take the largest off first: $\mathrm{{LSE}}(z) = {top} + \log({powers}) =
{top} + {num(lse - top)}$. $\ell = \mathrm{{LSE}}(z) - z_y = {lse:.3f} - {num(z[y])} = {num(loss)}$
nats.

(b) $e^z$ is infinite in float64 from logit 710 on: inf, and inf / inf = nan.

(c) After the shift the sum has one term 1 and two in $(0, 1]$:
$m \le \mathrm{{LSE}} \le m + \ln 3$.""",
    )


def lost_digits(rng):
    dtype = str(rng.choice(list(DTYPES)))
    digits, power = DTYPES[dtype]
    k = int(rng.choice([2, 3, 5, 10, 20, 50, 100, 1000]))
    overflow = power * np.log(2)
    margin = (digits + 1) * np.log(2) + np.log(k - 1)
    others = "the other logit" if k == 2 else f"each of the {num(k - 1)} other logits"
    whole = int(np.ceil(margin))
    z = np.zeros(k)
    z[0] = whole
    loss = ce.softmax_cross_entropy_with_logits(z, 0)
    r = "r = e^{-m}" if k == 2 else rf"r = {num(k - 1)}\, e^{{-m}}"
    more = "" if k == 2 else rf" + \ln {num(k - 1)}"
    return Question(
        given={"power": power, "step": -digits, "k": k},
        ask=rf"""In {dtype} all numbers are below $2^{{{power}}}$, and the next number above 1 is
$1 + 2^{{-{digits}}}$; what lies no further from 1 than half-way to it is rounded to 1.

(a) From which whole logit on is $e^z$ infinite?

(b) Of $K = {num(k)}$ classes the true one has a logit that is $m$ above {others}. From which whole
$m$ on is $\log(1 + r)$, with $r = \sum_{{k \ne y}} e^{{z_k - z_y}}$, exactly 0?

(c) What is the true loss there? Which function keeps it?""",
        answers={"overflow": int(np.ceil(overflow)), "margin": whole, "loss": loss},
        answer=rf"""(a) ${int(np.ceil(overflow))}$

(b) ${whole}$

(c) ${num(loss)}$; `log1p(r)`""",
        steps=rf"""(a) $\ln 2^{{{power}}} = {power} \cdot 0.6931 = {num(overflow)}$, so from
{int(np.ceil(overflow))} on.

(b) ${r}$ is lost if it is at most $2^{{-{digits + 1}}}$: $m \ge {digits + 1} \ln 2{more} =
{num(margin)}$, so from {whole} on.

(c) $\log(1 + r) \approx r = {num(loss)}$ nats, which is far from the smallest number of {dtype}:
`log1p(r)` does not add it to 1.""",
    )


def temperature(rng):
    low = rng.integers(-4, 5) / 2
    gap = rng.integers(4, 13) / 2
    z = rng.permutation([low, low + gap])
    wish = float(rng.choice([0.6, 0.7, 0.75, 0.8, 0.9]))
    winner = ("first", "second")[int(z[1] > z[0])]
    sure = ce.sigmoid(gap)
    t = gap / np.log(wish / (1 - wish))
    sharp = ce.sigmoid(2 * gap)
    return Question(
        given={"z": z, "wish": wish},
        ask=rf"""A model with two classes gives the logits $z = {row(z)}$.

(a) What is the probability of the {winner} class? And at the temperature $T = \tfrac12$?

(b) At which temperature is it ${num(wish)}$?

(c) What does the temperature of (b) do to the accuracy of the model? What do the probabilities
become as $T$ grows without end?""",
        answers={"sure": sure, "sharp": sharp, "T": t},
        answer=rf"""(a) ${num(sure)}$; ${num(sharp)}$

(b) $T = {num(t)}$

(c) nothing; all equal, ½""",
        steps=rf"""(a) A softmax of two is the sigmoid of the difference: $\sigma({num(gap)}) =
{num(sure)}$; at $T = \tfrac12$, $\sigma({num(2 * gap)}) = {num(sharp)}$.

(b) ${num(gap)} / T = \log \frac{{{num(wish)}}}{{{num(1 - wish)}}} = {num(gap / t)}$, so
$T = {num(gap)} / {num(gap / t)} = {num(t)}$.

(c) Nothing: the order of the logits stays. All differences go to 0, and both probabilities to
½.""",
    )


def not_a_log_odds(rng):
    z = np.array([rng.integers(4, 9), *rng.integers(4, size=2)]) / 2
    wrong, q = ce.sigmoid(z[0]), ce.softmax(z)
    rest = ce.logsumexp(z[1:])
    powers = " + ".join(f"e^{{{num(x)}}}" for x in z[1:])
    return Question(
        given={"z": z},
        ask=rf"""A model with three classes gives the logits $z = {row(z)}$. A student wrote:

> A logit is a log-odds. So the first class has the log-odds ${num(z[0])}$, and its probability is
> $\sigma({num(z[0])}) = {num(wrong)}$.

(a) Find the mistake. Compute the probability of the first class, and its log-odds against all the
others.

(b) Of which odds is $z_1 - z_2 = {num(z[0] - z[1])}$ the logarithm?""",
        answers={"q": q[0], "log-odds": z[0] - rest},
        answer=rf"""(a) ${num(q[0])}$; log-odds ${num(z[0] - rest)}$

(b) first against second""",
        steps=rf"""(a) Only differences of logits count; with more than two classes none alone is a
log-odds. $q_1 = {num(np.exp(z[0]))} / {num(np.exp(z).sum())} = {num(q[0])}$, and
$\log \frac{{q_1}}{{1 - q_1}} = {num(z[0])} - \log({powers}) = {num(z[0] - rest)}$.

(b) Of the first class against the second: $q_1 / q_2 = e^{{{num(z[0] - z[1])}}} =
{num(np.exp(z[0] - z[1]))}$.""",
    )


QUESTIONS = [shift_or_scale, log_sum_exp, lost_digits, temperature, not_a_log_odds]
