"""The project's patients: each seed's two faults can be seen, told apart, named and repaired."""

import doctest
import re
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

import ce_lib as ce
from ce_lib.exercises import _broken, project
from ce_lib.exercises._suspects import FAULTS, FORMULAS, NEVER, OF_THE_PAGE, PAIRS

# The first number of each pair of faults.
EACH_PAIR = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 21, 22]
EACH_PAIR += [25, 27, 28, 36, 42, 49, 52, 56, 59, 60, 66, 67, 69, 78, 93]
# Handed out already: a change of these changes what students work on.
KEY = {
    1: ("squared error", "class weights"),
    2: ("sum for mean", "class weights"),
    3: ("swapped arguments", "bits for nats"),
    4: ("squared error", "sum for mean"),
    5: ("double softmax", "no shift"),
    2026001: ("float16", "sum for mean"),
}


@pytest.fixture(
    scope="module",
    params=[EACH_PAIR, pytest.param(range(1, 201), marks=pytest.mark.weekly)],
    ids=["each-pair", "200"],
)
def seeds(request):
    return request.param


@pytest.fixture(scope="module")
def faults(seeds):
    return dict(zip(seeds, project.key(seeds), strict=True))


@pytest.fixture(scope="module")
def patients(seeds):
    return {seed: ce.patient(seed) for seed in seeds}


def cross_entropy(q, y):
    return -np.log(q[np.arange(len(y)), y]).mean()


# A seed is a patient


def test_a_seed_gives_the_same_patient_each_time_and_others_give_others():
    def seen(seed):
        _broken.case.cache_clear()
        one = ce.patient(seed)
        parts = [one.X, one.y, one.X_val, one.y_val, *one.start, *one.log.values()]
        return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)

    assert seen(7) == seen(7) == seen(np.int64(7)) != seen(8)


def test_the_faults_of_a_seed_are_those_that_were_handed_out():
    assert dict(zip(KEY, project.key(KEY), strict=True)) == KEY


def test_all_pairs_that_can_be_told_apart_occur_and_only_these(faults):
    assert set(faults.values()) == set(PAIRS)
    for pair in PAIRS:
        assert len(set(pair)) == 2
        assert len(FORMULAS & set(pair)) < 2
        assert set(pair) not in NEVER
    assert set(Counter(name for pair in PAIRS for name in pair)) == set(FAULTS) - set(OF_THE_PAGE)


def test_the_data_are_as_the_page_says(patients):
    for one in patients.values():
        assert one.X.shape == one.X_val.shape == (600, 2)
        counts = np.bincount(one.y_val)
        assert len(counts) == one.K in (3, 4, 5)
        assert (np.diff(counts) < 0).all()
        assert 0.1 < np.mean(one.y == -1) < 0.3
        assert set(one.y) == {-1, *range(one.K)}
        assert one.y_val.min() == 0


def test_a_patient_does_not_show_its_faults(patients):
    for seed in (1, 2, 3):
        one = patients[seed]
        shown = f"{one!r} {one} {dir(one)} {vars(one)}"
        assert [name for name in FAULTS if name in shown] == []


# Its faults can be seen


def test_each_measurement_finds_its_fault_and_no_other(patients, faults):
    for seed, one in patients.items():
        seen = [name for name, fault in FAULTS.items() if fault.seen(one)]
        assert sorted(seen) == sorted(faults[seed]), seed
    page = ce.patient(0)
    assert [name for name, fault in FAULTS.items() if fault.seen(page)] == [*OF_THE_PAGE]


def test_without_a_fault_the_loss_and_the_slope_are_those_of_the_library():
    rng = np.random.default_rng(0)
    z, y = rng.normal(0, 3, (50, 4)), rng.integers(-1, 4, 50)
    value, slope = _broken.loss_and_slope(z, y, (), None, None)
    loss = ce.softmax_cross_entropy_with_logits
    exact, exact_slope = ce.value_and_grad(loss, z, y, ignore_index=-1)
    assert value == pytest.approx(exact, rel=1e-6)
    assert np.allclose(slope, exact_slope, atol=1e-7)


@pytest.mark.parametrize("name", sorted(set(FAULTS) - {"bits for nats", "float16"}))
def test_the_slope_is_that_of_the_loss_where_the_fault_is_in_both(name):
    rng = np.random.default_rng(1)
    z, y, h = rng.normal(0, 1, (6, 3)), np.array([0, 1, 2, -1, 0, 2]), 1e-2

    def at(z):
        return _broken.loss_and_slope(z, y, (name,), np.array([0.5, 1.0, 4.0]), 0.03)

    steps = h * np.eye(z.size).reshape(-1, *z.shape)
    finite = [(at(z + s)[0] - at(z - s)[0]) / (2 * h) for s in steps]
    assert np.allclose(np.reshape(finite, z.shape), at(z)[1], rtol=2e-3, atol=2e-4)


def test_every_patient_misses_its_goal(patients):
    for seed, one in patients.items():
        assert not one.repaired(one.predict(one.X_val)), seed


def test_the_log_holds_nan_where_the_shift_is_missing_and_nowhere_else(patients, faults):
    late = []
    for seed, one in patients.items():
        gone = np.isnan(one.log["loss"])
        assert gone.any() == ("no shift" in faults[seed]), seed
        assert np.isfinite(one.log["loss"]).all() != gone.any(), seed
        if gone.any():
            late.append(gone.argmax())
    assert np.mean(np.array(late) > 0) > 0.7  # most learn before they break


# It can be repaired


def sound_run(one):
    W, b = one.start
    for _ in range(one.steps):
        loss = ce.softmax_cross_entropy_with_logits
        _, slope = ce.value_and_grad(loss, one.X @ W + b, one.y, ignore_index=-1)
        W, b = W - one.rate * one.X.T @ slope, b - one.rate * slope.sum(0)
    return ce.softmax(one.X_val @ W + b)


def test_a_sound_run_from_the_same_start_reaches_the_goal(patients):
    for seed, one in patients.items():
        q = sound_run(one)
        assert one.repaired(q), seed
        assert cross_entropy(q, one.y_val) <= one.goal


def test_the_goal_is_far_below_what_a_constant_pays(patients):
    for one in patients.values():
        share = np.bincount(one.y_val) / len(one.y_val)
        assert one.goal < 0.5 * ce.entropy(share)


# It answers


def test_a_wrong_name_is_told_the_measurement_that_speaks_against_it(patients, faults):
    for seed, one in patients.items():
        first, second = faults[seed]
        assert one.diagnose(first, second)
        assert one.diagnose(second, first)
        assert "there is one more" in one.diagnose(first).message
        for name in sorted(set(FAULTS) - {first, second}):
            said = one.diagnose(name, first).message
            assert said.startswith(f"One of the two is right. Against “{name}”: "), said
            assert f"“{first}”" not in said
            here, sick = re.search(
                r" is (\S+) here, and the fault makes it (\S+)\.$", said
            ).groups()
            assert float(here) != pytest.approx(float(sick), rel=0.04, nan_ok=True)
            assert float(here) == pytest.approx(FAULTS[name].measure(one), rel=0.01)


def test_two_wrong_names_are_both_answered(patients):
    said = patients[5].diagnose("float16", "label -1").message
    assert said.startswith("Neither is right.")
    assert said.count("Against “") == 2


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "Two faults must be named, each once, got 0 names."),
        (("float16",) * 2, "Two faults must be named, each once, got 2 names."),
        (tuple(FAULTS)[:3], "Two faults must be named, each once, got 3 names."),
        (("relu",), "'relu' is no suspect. They are: “double softmax”, "),
        ((None, "float16"), "None is no suspect. "),
        ((["float16", "no shift"],), "['float16', 'no shift'] is no suspect. "),
        ((np.zeros(3),), "array([0., 0., 0.]) is no suspect. "),
    ],
    ids=["none", "twice", "three", "unknown", "no-text", "a-list", "an-array"],
)
def test_names_that_cannot_be_a_diagnosis_get_a_sentence(patients, names, said):
    feedback = patients[1].diagnose(*names)
    assert not feedback
    assert feedback.message.startswith(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda q: "well", "have the shape (600, 4), got 'well'."),
        (lambda q: q[:5], "have the shape (600, 4), got the shape (5, 4)."),
        (lambda q: q * np.nan, "600 rows hold nan."),
        (lambda q: np.log(q), "with a sum of 1: are these logits?"),
        (lambda q: 2 * q, "with a sum of 1: are these logits?"),
        (lambda q: np.roll(q, 1, 1), "as a constant, would cost"),
        (lambda q: 0 * q + [1, 0, 0, 0], "Not yet: inf nats"),
        (lambda q: 0.5 * q + 0.5 / q.shape[1], "how sure are they"),
    ],
    ids=["text", "rows", "nan", "logits", "sums", "wrong", "certain", "unsure"],
)
def test_what_is_no_repair_gets_a_sentence(patients, change, said):
    one = patients[1]
    assert one.K == 4
    feedback = one.repaired(change(sound_run(one)))
    assert not feedback
    assert said in feedback.message


@pytest.mark.parametrize("seed", [-1, 1.0, "7", None, [1], np.nan], ids=str)
def test_what_is_no_student_number_is_refused_in_a_sentence(seed):
    with pytest.raises(ValueError, match=r"^seed must be a whole number from 0, got "):
        ce.patient(seed)


def test_a_long_student_number_is_one_too():
    assert ce.patient(10**18 + 7).seed == 10**18 + 7


BAD = {
    "text": ("z", 0, "z must hold 4 logits for each example, got 'z'"),
    "classes": ([0, 0], 0, "z must hold 4 logits for each example, got the shape (2,)"),
    "nothing": (
        np.zeros((0, 4)),
        [],
        "z must hold 4 logits for each example, got the shape (0, 4)",
    ),
    "labels": (np.zeros((2, 4)), [0], "y must be 2 labels, as z has rows, got the shape (1,)"),
    "one-label": (np.zeros(4), [0], "y must be one label, as z has rows, got the shape (1,)"),
    "no-label": (np.zeros(4), "dog", "y must be one label, as z has rows, got 'dog'"),
    "range": (np.zeros(4), 4, "labels must be whole numbers from −1 to 3"),
    "half": (np.zeros(4), 0.5, "labels must be whole numbers from −1 to 3"),
    "hundred": (np.zeros(4), -100, "labels must be whole numbers from −1 to 3"),
}


@pytest.mark.parametrize(("z", "y", "said"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("method", ["loss", "slope"])
def test_what_a_loss_cannot_take_is_refused_in_a_sentence(patients, method, z, y, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        getattr(patients[1], method)(z, y)


def test_inputs_of_another_width_are_refused_in_a_sentence(patients):
    with pytest.raises(ValueError, match=r"^X must hold 2 numbers for each example, got"):
        patients[1].predict(np.zeros((3, 4)))


def test_asking_warns_of_nothing_and_what_a_student_changes_is_hers_alone(patients):
    one = ce.patient(1)
    for z in (np.full(one.K, np.inf), np.full(one.K, np.nan), np.full(one.K, 1e300)):
        one.loss(z, 0)
        one.slope(z, 0)
    one.X[:], one.y_val[:], one.log["loss"][:] = 0, 0, 0
    one.start[0][:] = 0
    assert ce.patient(1).X.any()
    assert ce.patient(1).start[0].any()
    assert not one.repaired(np.eye(one.K)[np.zeros(600, int)])  # y_val is not taken from her


# The key


def test_the_example_of_the_docstring_is_true():
    tests = doctest.DocTestFinder().find(project.patient, "patient", globs={"ce": ce})
    for test in tests:
        result = doctest.DocTestRunner().run(test)
        assert result.attempted > 0 == result.failed


def command(*words):
    run = [sys.executable, "-W", "error", "-m", "ce_lib.exercises.project", *words]
    return subprocess.run(run, capture_output=True, text=True, encoding="utf-8")


def test_a_teacher_gets_the_faults_of_each_number_on_a_line():
    lines = command("1", "5").stdout.splitlines()
    assert lines == ["1\tsquared error, class weights", "5\tdouble softmax, no shift"]


@pytest.mark.parametrize("words", [(), ("one",), ("-3",)], ids=["none", "text", "negative"])
def test_what_is_no_list_of_numbers_gets_a_sentence(words):
    ran = command(*words)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Name the students' numbers: ")
    assert "Traceback" not in ran.stderr
