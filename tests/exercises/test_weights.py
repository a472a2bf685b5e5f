"""Answers as learners write them to the exercises of chapter 4, each told its own trap."""

import numpy as np
import pytest

import ce_lib as ce


def in_a_loop(losses, y, weights):
    total = sum(weights[label] * loss for loss, label in zip(losses, y, strict=True))
    return [total / len(losses), total / sum(weights[label] for label in y)]


def focal_by_hand(z, y, gamma):
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    total = 0.0
    for row, label in zip(log_q, y, strict=True):
        total -= (1 - np.exp(row[label])) ** gamma * row[label]
    return total / len(y)


def best_by_search(p, gamma):
    def expected(q):
        return -p * (1 - q) ** gamma * np.log(q) - (1 - p) * q**gamma * np.log(1 - q)

    return min(np.arange(0.01, 1, 0.001), key=expected)


RIGHT = [
    ("weight-means", in_a_loop),
    ("weight-focal", focal_by_hand),
    ("weight-proper", best_by_search),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_a_right_answer_of_another_make_is_right(name, answer):
    feedback = ce.check(name, answer)
    assert feedback, feedback.message


def swapped(losses, y, weights):
    each = losses * weights[y]
    return each.sum() / weights[y].sum(), each.mean()


def by_all_class_weights(losses, y, weights):
    each = losses * weights[y]
    return each.mean(), each.sum() / sum(weights)


def unweighted(losses, y, weights):
    return np.mean(losses), np.sum(losses) / np.sum(weights[y])


def only_sums(losses, y, weights):
    each = losses * np.take(weights, y)
    return each.sum(), each.sum()


def by_classes(losses, y, weights):
    each = losses * weights[y]
    return each.sum() / weights.size, each.sum() / weights[y].sum()


def turned_down_wrongly(z, y, gamma):
    q = ce.softmax(z)[np.arange(len(z)), y]
    return -(q**gamma * ce.log_softmax(z)[np.arange(len(z)), y]).mean()


def overflows(z, y, gamma):
    e = np.exp(z)
    q = (e / e.sum(axis=1)[:, None])[range(len(y)), y]
    return -((1 - q) ** gamma * np.log(q)).mean()


def log_of_zero(z, y, gamma):
    q = ce.softmax(z)[np.arange(len(y)), y]
    return np.mean(-((1 - q) ** gamma) * np.log(q))


def summed(z, y, gamma):
    log_q = np.array([row[label] for row, label in zip(ce.log_softmax(z), y, strict=True)])
    return np.sum(-((1 - np.exp(log_q)) ** gamma) * log_q)


def each_example(z, y, gamma):
    log_q = ce.log_softmax(z)[np.arange(len(y)), y]
    return -((1 - np.exp(log_q)) ** gamma) * log_q


def one_for_the_batch(z, y, gamma):
    loss = ce.softmax_cross_entropy_with_logits(z, y)
    return (1 - np.exp(-loss)) ** gamma * loss


def power_inside(z, y, gamma):
    log_q = ce.log_softmax(z)[np.arange(len(y)), y]
    return np.mean((1 - np.exp(gamma * log_q)) * -log_q)


def no_minus(z, y, gamma):
    return -focal_by_hand(z, y, gamma)


def as_if_proper(p, gamma):
    return np.round(p, 3)


def only_yes(p, gamma):
    grid = np.arange(0.01, 1, 0.001)
    return grid[np.argmin(-((1 - grid) ** gamma) * np.log(grid) * p)]


def sides_swapped(p, gamma):
    return 1 - best_by_search(p, gamma)


def largest(p, gamma):
    grid = np.arange(0.01, 1, 0.001)
    yes, no = -((1 - grid) ** gamma) * np.log(grid), -(grid**gamma) * np.log(1 - grid)
    return grid[np.argmax(p * yes + (1 - p) * no)]


def place(p, gamma):
    grid = np.arange(0.01, 1, 0.001)
    yes, no = -((1 - grid) ** gamma) * np.log(grid), -(grid**gamma) * np.log(1 - grid)
    return np.argmin(p * yes + (1 - p) * no)


WRONG = [
    ("weight-means", swapped, "in the other order"),
    ("weight-means", by_all_class_weights, "divides by the sum of the class weights"),
    ("weight-means", unweighted, "not weighted"),
    ("weight-means", only_sums, "These are sums"),
    ("weight-means", by_classes, "divides by the number of classes"),
    ("weight-focal", turned_down_wrongly, "It must be 1 − q"),
    ("weight-focal", overflows, "exp(800) is infinite"),
    ("weight-focal", log_of_zero, "becomes log 0"),
    ("weight-focal", summed, "This is the sum"),
    ("weight-focal", each_example, "their mean was asked for"),
    ("weight-focal", one_for_the_batch, "The mean is taken too early"),
    ("weight-focal", power_inside, "1 − q^γ"),
    ("weight-focal", no_minus, "The sign is wrong"),
    ("weight-proper", as_if_proper, "as for the plain loss"),
    ("weight-proper", only_yes, "Only the loss of “yes” is there"),
    ("weight-proper", sides_swapped, "are swapped"),
    ("weight-proper", largest, "where the expected loss is largest"),
    ("weight-proper", place, "index the grid with it"),
]


@pytest.mark.parametrize(("name", "answer", "said"), WRONG, ids=[a.__name__ for _, a, _ in WRONG])
def test_a_wrong_answer_is_told_its_trap(name, answer, said):
    for seed in range(3):
        feedback = ce.check(name, answer, seed=seed)
        assert not feedback
        assert said in feedback.message
