"""Questions on entropy, cross-entropy and KL."""

import numpy as np

import ce_lib as ce

from ._question import KL, Question, frac, fracs, num, product, row, shares, total

LENGTHS = [(1, 2, 3, 4, 4), (1, 3, 3, 3, 3), (2, 2, 2, 3, 3)]  # whose 2⁻ᴸ sum to 1


def best_code(rng):
    lengths = rng.permutation(LENGTHS[rng.integers(len(LENGTHS))])
    p = 2.0**-lengths
    nats = ce.entropy(p)
    bits = ce.to_bits(nats)
    terms = total(product([frac(p_k), str(n)]) for p_k, n in zip(p, lengths, strict=True))
    return Question(
        given={"p": p},
        ask=f"""A station sends one of five reports, with the probabilities $p = {fracs(p)}$.

(a) How long is the name of each report in the best code, in binary digits?

(b) Compute $H(p)$ in bits and in nats.

(c) Another station sends five reports that are equally likely. Say without computing whether its
entropy is larger or smaller, and why. How large is it, in bits?""",
        answers={"lengths": lengths, "bits": bits, "nats": nats, "uniform": np.log2(5)},
        answer=f"""(a) ${", ".join(map(str, lengths))}$

(b) ${num(bits)}$ bits, ${num(nats)}$ nats

(c) larger: ${num(np.log2(5))}$ bits""",
        steps=rf"""(a) The length is the surprise, $-\log_2 p_k$.

(b) $H(p) = {terms} = {num(bits)}$ bits, times $\ln 2 = 0.693$ for nats.

(c) Nothing is more uncertain than equally likely outcomes: $\log_2 5 = {num(np.log2(5))}$ bits,
the most that five can have.""",
    )


def wrong_code(rng):
    p = np.sort(shares(rng, 10, 4))[::-1] / 10
    lengths = rng.permutation([1, 2, 3, 3])
    while (np.diff(lengths) >= 0).all():  # the names are handed out well
        lengths = rng.permutation([1, 2, 3, 3])
    q = 2.0**-lengths
    entropy, cross = ce.to_bits(ce.entropy(p)), ce.to_bits(ce.cross_entropy(p, q))
    extra = ce.to_bits(ce.kl_divergence(p, q))
    terms = total(product([num(p_k), str(n)]) for p_k, n in zip(p, lengths, strict=True))
    return Question(
        given={"p": p, "lengths": lengths, "entropy": round(entropy, 3)},
        ask=f"""Reports $a$ to $d$ come with the probabilities $p = {row(p)}$; their entropy is
$H(p) = {num(entropy)}$ bits. The code in use gives them names of
${", ".join(map(str, lengths))}$ binary digits.

(a) For which distribution $q$ is this code the best one?

(b) Compute $H(p, q)$ and ${KL}$ in bits.

(c) Say in words what ${KL}$ is here. Can another code make it negative?""",
        answers={"q": q, "cross": cross, "extra": extra},
        answer=f"""(a) ${fracs(q)}$

(b) ${num(cross)}$ and ${num(extra)}$ bits

(c) extra digits a report; no""",
        steps=rf"""(a) $q_k = 2^{{-L_k}}$, and these sum to 1.

(b) $H(p, q) = \sum_k p_k L_k = {terms} = {num(cross)}$ bits: how often comes from $p$, how long
from $q$. ${KL} = {num(cross)} - {num(entropy)} = {num(extra)}$ bits.

(c) The digits that this code costs on average beyond the best one. By Gibbs’ inequality it is
never negative, and 0 only for $q = p$.""",
    )


def which_perplexity(rng):
    steady = rng.integers(2, 4, size=4)
    # Once far off: a larger mean probability, and yet a larger perplexity.
    bold = rng.permutation([1, 1, rng.integers(1, 3), rng.integers(9, 13)])
    while bold.sum() <= steady.sum():
        steady = rng.integers(2, 4, size=4)
    pair = [steady, bold] if rng.integers(2) else [bold, steady]
    lower, names = ("red", "blue")[pair[1] is steady], ("red", "blue")
    q = [2.0**-lengths for lengths in pair]
    perplexities = [ce.perplexity(-np.log(q_n).mean()) for q_n in q]
    means = [q_n.mean() for q_n in q]
    steps = "\n\n".join(
        rf"{name}: surprises of ${', '.join(map(str, lengths))}$ bits, on average "
        rf"${num(lengths.mean())}$, so $\mathrm{{PPL}} = 2^{{{num(lengths.mean())}}} = {num(ppl)}$"
        rf" (mean probability ${num(mean)}$)."
        for name, lengths, ppl, mean in zip(names, pair, perplexities, means, strict=True)
    )
    return Question(
        given={"red": q[0], "blue": q[1]},
        ask=rf"""Two language models read the same four words. To the words that came, the red one
gave the probabilities ${fracs(q[0])}$, the blue one ${fracs(q[1])}$.

(a) Compute the perplexity of each.

(b) Which model gave the words the larger mean probability? Which is better by perplexity, and why
do the two disagree?""",
        answers={"red": perplexities[0], "blue": perplexities[1], "better": f"better: {lower}"},
        answer=f"""(a) red ${num(perplexities[0])}$, blue ${num(perplexities[1])}$

(b) larger mean: {"blue" if lower == "red" else "red"}; better: {lower}""",
        steps=f"""{steps}

The average is taken of the surprises, not of the probabilities: one word that a model nearly
ruled out costs it more than the sure ones save.""",
    )


def never_seen(rng):
    here = rng.permutation(3)
    p = shares(rng, 10, 3) / 10
    n = int(rng.choice([7, 17]))
    counts = np.array([*shares(rng, n, 2), 0])[here]
    q = (counts + 1) / (n + 3)
    with_zero, loss = ce.cross_entropy(p, counts / n), ce.cross_entropy(p, q)
    zero = "abc"[int(np.argmin(counts))]
    terms = total(product([num(p_k), num(-np.log(q_k))]) for p_k, q_k in zip(p, q, strict=True))
    return Question(
        given={"p": p, "counts": counts},
        ask=f"""The letters $a$, $b$, $c$ come with the probabilities $p = {row(p)}$. In the first
{n} letters they were counted {counts[0]}, {counts[1]} and {counts[2]} times.

(a) A model takes the shares of these counts for $q$. What is $H(p, q)$?

(b) Another adds 1 to each count first. Give its $q$, and its $H(p, q)$ in nats.

(c) When may a model say $q_k = 0$ and still have a finite cross-entropy?""",
        answers={"with zero": with_zero, "q": q, "loss": loss},
        answer=rf"""(a) $\infty$

(b) ${row(q)}$, ${num(loss)}$ nats

(c) if $p_k = 0$ too""",
        steps=rf"""(a) The letter ${zero}$ does come, and has $q_k = 0$: $-\log 0 = \infty$, and any
share of it is infinite.

(b) ${n} + 3 = {n + 3}$ below the line. $H(p, q) = {terms} = {num(loss)}$ nats.

(c) Where $p_k = 0$: what never comes costs nothing, $0 \cdot \log 0 = 0$.""",
    )


def the_perfect_model(rng):
    votes = shares(rng, int(rng.choice([10, 20, 25, 50])), 3)
    people = votes.sum()
    p = votes / people
    floor = ce.entropy(p)
    terms = total(product([num(p_k), num(-np.log(p_k))]) for p_k in p)
    return Question(
        given={"votes": votes},
        ask=rf"""The votes of {people} people on a blurred photo: cat {votes[0]}, dog {votes[1]},
fox {votes[2]}. A student wrote:

> The soft label is $p = {row(p)}$. My model says exactly $q = {row(p)}$.
> As ${KL} = 0$, its cross-entropy is 0, and any loss above 0 would show that it can still learn.

Find the mistake, and correct the number.""",
        answers={"floor": floor},
        answer=f"${num(floor)}$ nats, the floor $H(p)$",
        steps=rf"""Only the *extra* cost is 0. $H(p, q) = H(p) + {KL} = H(p) = {terms} =
{num(floor)}$ nats. No model pays less on this label, so a loss of ${num(floor)}$ leaves nothing to
learn.""",
    )


QUESTIONS = [best_code, wrong_code, which_perplexity, never_seen, the_perfect_model]
