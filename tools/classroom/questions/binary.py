"""Questions on binary cross-entropy."""

import numpy as np

import ce_lib as ce

from ._question import Question, num, product, row

loss_of = ce.binary_cross_entropy_with_logits


def loss_and_slope(rng):
    z, y = rng.integers(3, 21) / 5 * rng.choice([-1, 1]), int(rng.integers(2))
    q = ce.sigmoid(z)
    loss, slope = ce.value_and_grad(loss_of, z, float(y))
    truth = "q" if y else "(1 - q)"
    wrong = (z > 0) != y
    return Question(
        given={"z": z, "y": y},
        ask=rf"""A model gives the logit $z = {num(z)}$, and the label is $y = {y}$.

(a) Compute $q$, the loss $\ell$, and the slope $d\ell/dz$.

(b) Does a step of gradient descent raise or lower $z$?

(c) Between which two numbers does $d\ell/dz$ lie, whatever $z$ and $y$ are? And $d\ell/dq$?""",
        answers={"q": q, "loss": loss, "slope": slope, "step": "raise" if y else "lower"},
        answer=rf"""(a) $q = {num(q)}$, $\ell = {num(loss)}$, slope ${num(slope)}$

(b) {"raise" if y else "lower"}

(c) $-1$ and $1$; no bounds""",
        steps=rf"""(a) $q = 1 / (1 + e^{{{num(-z)}}}) = {num(q)}$;
$\ell = -\log {truth} = {num(loss)}$ nats; $d\ell/dz = q - y = {num(q)} - {y} = {num(slope)}$.
The model is {"wrong" if wrong else "right"}, so the slope is {"large" if wrong else "small"}.

(b) Against the slope: it {"raises" if y else "lowers"} $z$, towards the label.

(c) $q - y$ lies between $-1$ and $1$; $d\ell/dq = (q - y) / (q (1 - q))$ grows without limit where
the model is sure and wrong.""",
    )


def base_rate(rng):
    n = int(rng.choice([200, 400, 500, 1000]))
    ones = n * int(rng.choice([1, 2, 3, 4, 5, 8, 10, 15, 20])) // 100
    rate = ones / n
    floor = ce.entropy([rate, 1 - rate])
    better = bool(rng.integers(2))
    factor = rng.uniform(0.5, 0.85) if better else rng.uniform(1.2, 1.8)
    loss = round(factor * floor, 3)
    return Question(
        given={"n": n, "ones": ones, "loss": loss},
        ask=rf"""Of {n} labels {ones} are 1, and the others are 0.

(a) A model says the same $q$ for every example. Which $q$ costs least, and how much does it cost
on average?

(b) A trained model has the mean loss ${num(loss)}$ nats. Is it better than every constant? Divide
to decide.

(c) What is the loss of a new model, which says about $q = 0.5$ everywhere?""",
        answers={
            "rate": rate,
            "floor": floor,
            "ratio": loss / floor,
            "better": f"(b) {'yes' if better else 'no'}",
            "start": np.log(2),
        },
        answer=rf"""(a) $q = {num(rate)}$: ${num(floor)}$ nats

(b) {"yes" if better else "no"}: ratio ${num(loss / floor)}$

(c) ${num(np.log(2))}$""",
        steps=rf"""(a) The base rate, $\bar y = {ones} / {n} = {num(rate)}$; it costs
$H(\bar y) = -{num(rate)} \log {num(rate)} - {num(1 - rate)} \log {num(1 - rate)} = {num(floor)}$
nats.

(b) ${num(loss)} / {num(floor)} = {num(loss / floor)}$:
{"below 1, better than every constant" if better else "above 1, worse than a constant"}, however
small the loss looks.

(c) $\ln 2 = {num(np.log(2))}$ nats, whatever the labels are.""",
    )


def likelihood(rng):
    y = rng.permutation([1, 1, 0, rng.integers(2)])
    q = rng.choice(np.arange(1, 10), 4, replace=False) / 10
    given = np.where(y == 1, q, 1 - q)
    product_of, loss = np.prod(given), ce.binary_cross_entropy(q, y.astype(float))
    return Question(
        given={"q": q, "y": y},
        ask=rf"""For four independent examples a model says $q = {row(q)}$; the labels are
$y = {row(y)}$.

(a) Compute the likelihood $L$ of these labels.

(b) Compute the mean binary cross-entropy, from $L$ or from the $q_i$.

(c) With 2,000 examples one never computes it from $L$. Why not?""",
        answers={"likelihood": product_of, "loss": loss},
        answer=rf"""(a) ${num(product_of)}$

(b) ${num(loss)}$ nats

(c) underflow to 0""",
        steps=rf"""(a) $q_i$ where $y_i = 1$, $1 - q_i$ where $y_i = 0$:
$L = {product(map(num, given))} = {num(product_of)}$.

(b) $-\tfrac14 \log L = {num(loss)}$ nats, which is the mean of
${", ".join(num(-np.log(x)) for x in given)}$.

(c) The product falls below the smallest number of the computer and is 0, for good models and bad
ones; the sum of the logs keeps its digits.""",
    )


def sure_and_wrong(rng):
    sizes = rng.choice(np.arange(4, 13), 2, replace=False) / 2 + 1  # 3 to 7
    unsure = rng.choice(np.arange(1, 9), 2, replace=False) / 10
    right = np.array([True, False, True, False])
    y = rng.integers(2, size=4)
    z = np.array([*sizes, *unsure]) * np.where(right == (y == 1), 1, -1)
    order = rng.permutation(4)
    z, y = z[order], y[order]
    worst, best = int(np.argmax(order == 1)), int(np.argmax(order == 0))
    loss, slope = ce.value_and_grad(loss_of, z[worst], float(y[worst]))
    loss2, slope2 = ce.value_and_grad(loss_of, 2 * z[worst], float(y[worst]))
    pairs = ", ".join(f"$({num(a)},\\ {b})$" for a, b in zip(z, y, strict=True))
    return Question(
        given={"z": z, "y": y},
        ask=rf"""Four examples A to D have these logits and labels $(z, y)$: {pairs}.

(a) Which one is sure and wrong, and which costs least? Decide without a calculator.

(b) Compute loss and slope $d\ell/dz$ of the one that is sure and wrong.

(c) Its logit doubles. What do loss and slope become? Which of the two has hardly changed?""",
        answers={
            "which": f"{'ABCD'[worst]}; {'ABCD'[best]}",
            "loss": (loss, loss2),
            "slope": (slope, slope2),
        },
        answer=f"""(a) {"ABCD"[worst]}; {"ABCD"[best]}

(b) ${num(loss)}$, slope ${num(slope)}$

(c) ${num(loss2)}$, slope ${num(slope2)}$; the slope""",
        steps=rf"""(a) {"ABCD"[worst]}: its logit is large and has the wrong sign. {"ABCD"[best]}:
large, and the right sign.

(b) $\ell = \log(1 + e^{{{num(abs(z[worst]))}}}) = {num(loss)}$, nearly the size of the logit;
$q - y = {num(ce.sigmoid(z[worst]))} - {y[worst]} = {num(slope)}$.

(c) About twice the loss, ${num(loss2)}$: in $z$ the loss ends as a straight line. The slope,
${num(slope2)}$, hardly changes: it was nearly ${"-1" if y[worst] else "1"}$.""",
    )


def sigmoid_twice(rng):
    y = int(rng.integers(2))
    z = rng.integers(10, 41) / 10 * (1 if y else -1)
    q = ce.sigmoid(z)
    wrong, right, lowest = loss_of(q, float(y)), loss_of(z, float(y)), loss_of(float(y), float(y))
    sign = "-" if y else ""
    best = "e^{-1}" if y else "e^0"
    return Question(
        given={"z": z, "y": y},
        ask=rf"""A student wrote:

> The model says $z = {num(z)}$, and $y = {y}$. So $q = \sigma({num(z)}) = {num(q)}$, and
> `binary_cross_entropy_with_logits(q, y)` gives
> $\log(1 + e^{{{sign}{num(q)}}}) = {num(wrong)}$ nats.

(a) Find the mistake, and correct the loss.

(b) How low can the student’s loss get for an example with $y = {y}$, however good the model is?""",
        answers={"right": right, "lowest": lowest},
        answer=f"""(a) ${num(right)}$ nats: sigmoid twice

(b) ${num(lowest)}$""",
        steps=rf"""(a) The function takes logits and contains the sigmoid; here $q$ was taken for a
logit. Right is $\log(1 + e^{{{num(-z if y else z)}}}) = {num(right)}$ nats.

(b) $q$ lies between 0 and 1, so at best $\log(1 + {best}) = {num(lowest)}$
nats. It trains, and seems never to get good.""",
    )


QUESTIONS = [loss_and_slope, base_rate, likelihood, sure_and_wrong, sigmoid_twice]
