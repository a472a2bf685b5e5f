"""Questions on multiclass cross-entropy."""

import numpy as np

import ce_lib as ce

from ._question import Question, num, row, total

ANIMALS = ("cat", "dog", "fox")
loss_of = ce.softmax_cross_entropy_with_logits


def softmax_and_slopes(rng):
    z = rng.choice(np.arange(-4, 7), 3, replace=False) / 2
    y = int(rng.integers(3))
    q = ce.softmax(z)
    loss, slopes = ce.value_and_grad(loss_of, z, y)
    powers = [num(x) for x in np.exp(z)]
    return Question(
        given={"z": z, "y": ANIMALS[y]},
        ask=rf"""For the classes cat, dog and fox a model gives the logits $z = {row(z)}$. The photo
shows a {ANIMALS[y]}.

(a) Compute $q$ and the loss.

(b) Compute the gradient, the row of slopes $\partial \ell / \partial z_k$. How can one check it
at a glance?""",
        answers={"q": q, "loss": loss, "slopes": slopes},
        answer=rf"""(a) $q = {row(q)}$, $\ell = {num(loss)}$

(b) ${row(slopes)}$; sum 0""",
        steps=rf"""(a) $e^{{z_k}}$: ${", ".join(powers)}$, sum ${num(np.exp(z).sum())}$; divided by
it, $q = {row(q)}$. $\ell = -\log {num(q[y])} = {num(loss)}$ nats.

(b) $q_k - p_k$, with 1 taken off at the {ANIMALS[y]}: ${row(slopes)}$. They sum to 0, and only the
true class has a negative one.""",
    )


def knowing_nothing(rng):
    k = int(rng.choice([5, 8, 20, 50, 100, 200, 500, 1000, 5000, 20000]))
    nothing = np.log(k)
    start = round(nothing + rng.uniform(1.5, 5), 1)
    end = round(nothing * rng.uniform(0.15, 0.55), 1)
    given, perplexity = np.exp(-end), ce.perplexity(end)
    return Question(
        given={"k": k, "start": start, "end": end},
        ask=rf"""A network tells $K = {num(k)}$ classes apart.

(a) What does a model pay that knows nothing?

(b) At the first step the loss is ${num(start)}$ nats. What does that say about the model, and where
would you look?

(c) After training it is ${num(end)}$ nats. Which probability was the right class given, in the
geometric mean, and how many equally likely answers would surprise just as much?""",
        answers={"nothing": nothing, "given": given, "perplexity": perplexity},
        answer=f"""(a) ${num(nothing)}$ nats

(b) sure and wrong: first logits too large

(c) ${num(given)}$; ${num(perplexity)}$""",
        steps=rf"""(a) $\ln {num(k)} = {num(nothing)}$ nats.

(b) It is above $\ln K$, so the model is worse than one that knows nothing: sure, and mostly of
something wrong. Look at the last layer’s first weights and at the scale of the inputs.

(c) $e^{{-{num(end)}}} = {num(given)}$, and the perplexity $e^{{{num(end)}}} =
{num(perplexity)}$.""",
    )


def accuracy_and_loss(rng):
    hair = rng.integers(1, 9, size=2) / 100
    won = rng.integers(70, 90) / 100
    surer = won + rng.integers(5, 10) / 100
    before = np.array([0.5 - hair[0], won, won, rng.integers(20, 40) / 100])
    after = np.array([0.5 + hair[1], surer, surer, rng.integers(1, 4) / 1000])
    order = rng.permutation(4)
    before, after = before[order], after[order]
    accuracy = [np.mean(q > 0.5) for q in (before, after)]
    loss = [ce.binary_cross_entropy(q, np.ones(4)) for q in (before, after)]
    lost = int(np.argmin(after))
    share = -np.log(after[lost]) / (4 * loss[1])
    return Question(
        given={"before": before, "after": after},
        ask=rf"""Four questions with two answers each. A model gave the right answers
$q_y = {row(before)}$; after more training it gives them ${row(after)}$.

(a) Compute accuracy and mean loss before and after.

(b) Which example makes the loss rise, and what share of the new loss is it?

(c) Did the model get worse?""",
        answers={"accuracy": accuracy, "loss": loss, "lost": lost + 1, "share": share},
        answer=rf"""(a) accuracy ${num(accuracy[0])} \to {num(accuracy[1])}$, loss
${num(loss[0])} \to {num(loss[1])}$

(b) no. {lost + 1}, ${num(share)}$

(c) in one probability, yes; in its choices, no""",
        steps=rf"""(a) Above 0.5 wins: ${num(4 * accuracy[0])}$, then ${num(4 * accuracy[1])}$ of 4.
Losses $-\log q_y$: ${", ".join(num(-np.log(x)) for x in before)}$, mean ${num(loss[0])}$; then
${", ".join(num(-np.log(x)) for x in after)}$, mean ${num(loss[1])}$.

(b) Number {lost + 1} is sure and wrong now:
${num(-np.log(after[lost]))} / {num(4 * loss[1])} = {num(share)}$ of the whole.

(c) One probability got so much worse that it outweighs the three that got better. The choices got
better. Accuracy counts who is ahead, the loss asks by how much.""",
    )


def smoothing(rng):
    k = int(rng.choice([3, 4, 5, 8, 10, 20]))
    eps = float(rng.choice([0.05, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3]))
    target = np.full(k, eps / k)
    target[0] += 1 - eps
    floor = ce.entropy(target)
    sure = np.full(k, 0.001 / (k - 1))
    sure[0] = 0.999
    surer = ce.cross_entropy(target, sure)
    return Question(
        given={"k": k, "eps": eps},
        ask=rf"""A model with $K = {k}$ classes is trained with label smoothing,
$\varepsilon = {num(eps)}$.

(a) What does the target $\tilde p$ ask for the true class, and for each of the others?

(b) What is the lowest loss that the model can reach?

(c) A model gives the right class $0.999$ and shares the rest equally among the others. Compute its
smoothed loss, and explain.""",
        answers={"true": target[0], "other": target[1], "floor": floor, "surer": surer},
        answer=f"""(a) ${num(target[0])}$ and ${num(target[1])}$

(b) ${num(floor)}$ nats

(c) ${num(surer)}$: too sure""",
        steps=rf"""(a) $1 - \varepsilon + \varepsilon / K = {num(target[0])}$ and
$\varepsilon / K = {num(target[1])}$.

(b) $H(\tilde p) = -{num(target[0])} \log {num(target[0])} - {k - 1} \cdot {num(target[1])}
\log({num(target[1])}) = {num(floor)}$ nats.

(c) The others get ${num(sure[1])}$ each:
$-{num(target[0])} \log 0.999 - {k - 1} \cdot {num(target[1])} \log({num(sure[1])}) = {num(surer)}$
nats. Being surer than the target is an error now.""",
    )


def the_others_count(rng):
    y = int(rng.integers(3))
    while True:
        q = rng.multinomial(100, rng.dirichlet([2, 2, 2])) / 100
        if 0.2 <= q[y] <= 0.49 and q[y] < q.max() and q.min() >= 0.05:
            break
    right = ce.cross_entropy(np.eye(3)[y], q)
    others = [k for k in range(3) if k != y]
    wrong = right - np.log1p(-q[others]).sum()
    line = total([rf"-\log {num(q[y])}", *(rf"(-\log(1 - {num(q[k])}))" for k in others)])
    return Question(
        given={"q": q, "y": ANIMALS[y]},
        ask=rf"""A model says $q = {row(q)}$ for cat, dog and fox. The photo shows a {ANIMALS[y]}. A
student wrote:

> The two wrong classes got something too, and that costs as well:
> $\ell = {line} = {num(wrong)}$ nats.

(a) Find the mistake, and correct the loss.

(b) Do the probabilities of the wrong classes matter at all? Where?""",
        answers={"right": right},
        answer=rf"""(a) $-\log q_y = {num(right)}$ nats

(b) yes: through $q_y$, and in the slopes""",
        steps=rf"""(a) The target is one-hot, so one term of $-\sum_k p_k \log q_k$ is left:
$-\log {num(q[y])} = {num(right)}$ nats. The student added up three yes-or-no questions, which is
another loss.

(b) What they take, $q_y$ does not get: that is in the loss already. How they share it changes only
the slopes, $q_k$ for each wrong class.""",
    )


QUESTIONS = [softmax_and_slopes, knowing_nothing, accuracy_and_loss, smoothing, the_others_count]
