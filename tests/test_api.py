"""The shape of the library: names, docstrings, twins, the direction of imports and their cost."""

import ast
import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import ce_lib as ce

LIBRARY = Path(ce.__file__).parent
BACKENDS = ("numpy_backend", "torch_backend")
# A backend's losses once more, behind the same names, or what one backend needs besides.
FAST_PATHS = (
    "rounding",
    "numpy_arrays",
    "torch_arrays",
    "numpy_exact",
    "torch_exact",
    "calls",
    "blocks",
    "softmax_blocks",
    "probability_blocks",
    "logit_blocks",
    "binary_blocks",
    "numpy_blocked",
    "numpy_linear",
    "torch_blocked",
    "torch_small",
    "torch_fused",
    "torch_linear",
    "torch_labels",
    "torch_parallel",
    "torch_gradients",
    "torch_compat",
    "triton_kernels",
)
FRONT = [path for path in LIBRARY.glob("*.py") if path.stem not in BACKENDS + FAST_PATHS]

SIGNATURES = {
    "entropy": "(p)",
    "entropy_with_logits": "(logits)",
    "cross_entropy": "(p, q)",
    "kl_divergence": "(p, q)",
    "kl_divergence_with_logits": "(p_logits, q_logits, *, precise=True)",
    "jensen_shannon_divergence": "(p, q)",
    "perplexity": "(nats)",
    "to_bits": "(nats)",
    "logsumexp": "(logits)",
    "log_softmax": "(logits, temperature=1.0, *, precise=True)",
    "softmax": "(logits, temperature=1.0)",
    "sigmoid": "(logits)",
    "log_sigmoid": "(logits)",
    "logit": "(probs)",
    "focal_posterior": "(logits, gamma=2.0)",
    "mse_loss": "(input, target, reduction='mean')",
    "binary_cross_entropy": "(input, target, weight=None, *, reduction='mean')",
    "binary_cross_entropy_with_logits": (
        "(input, target, weight=None, *, reduction='mean', pos_weight=None, precise=True)"
    ),
    "softmax_cross_entropy_with_logits": (
        "(logits, target, weight=None, *, ignore_index=-100, reduction='mean', "
        "label_smoothing=0.0, precise=True, example_weight=None, divisor=None)"
    ),
    "sigmoid_focal_loss": "(input, target, *, alpha=None, gamma=2.0, reduction='mean')",
    "softmax_focal_loss": (
        "(logits, target, weight=None, *, gamma=2.0, ignore_index=-100, reduction='mean', "
        "precise=True, example_weight=None, divisor=None)"
    ),
    "z_loss": "(logits, *, reduction='mean')",
    "mse_with_logits": "(input, target, *, reduction='mean')",
    "brier_score": "(probs, target, *, reduction='mean')",
    "brier_with_logits": "(logits, target, *, reduction='mean')",
    "value_and_grad": "(loss, logits, target, *, out=None, **keywords)",
    "linear_cross_entropy": (
        "(input, linear_weight, target, *, linear_bias=None, weight=None, ignore_index=-100, "
        "reduction='mean', label_smoothing=0.0, example_weight=None, divisor=None)"
    ),
    "backends": "()",
    "unchecked": "()",
    "inverse_frequency_weights": "(counts)",
    "effective_number_weights": "(counts, beta=0.999)",
    "reliability_curve": "(probs, labels, n_bins=10, *, weight=None, strategy='uniform')",
    "expected_calibration_error": "(probs, labels, n_bins=10, *, weight=None, strategy='uniform')",
    "maximum_calibration_error": "(probs, labels, n_bins=10, *, weight=None, strategy='uniform')",
    "classwise_calibration_error": "(probs, labels, n_bins=10, *, weight=None, strategy='uniform')",
    "fit_temperature": "(logits, labels, *, weight=None)",
}


def test_the_public_names_are_these_with_these_arguments():
    assert {name: str(inspect.signature(getattr(ce, name))) for name in ce.__all__} == SIGNATURES


def test_tab_completion_shows_what_the_exercises_tell_the_student_to_call():
    assert {"check", "hint", "patient", *ce.__all__} <= set(dir(ce))


def imported(path):
    """The modules a file imports, inside functions too; a relative one starts with a dot."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from ("." * node.level + name for name in names)


def test_every_function_of_the_front_is_public():
    defined = set()
    for path in FRONT:
        if not path.stem.startswith("_"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            defined |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    public = {name for name in defined if not name.startswith("_")}
    assert public == set(ce.__all__) - {"unchecked"}  # which is a class, in a file of its own


# ------------------------------------------------------------------ docstrings

PARTS = [".. math::", "\nArgs:", "\nReturns:", "\nRaises:", "\nExample:", "\nSee Also:"]


@pytest.mark.parametrize("name", sorted({*ce.__all__} - {"backends", "unchecked"}))  # no formula
def test_a_docstring_has_its_parts_in_order(name):
    function = getattr(ce, name)
    doc = inspect.getdoc(function)
    where = [doc.index(part) for part in PARTS]
    assert where == sorted(where)
    assert re.search(r"\nChapters?: [a-z].*(doi:10\.|arXiv:\d|\*Elements|\*Pattern)", doc, re.S)
    # napoleon takes what stands before a colon there for a type, and looks for it
    assert not re.search(r": ", doc.partition("\nReturns:\n")[2].partition("\n")[0])
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"\n    (\*\*)?{parameter}: ", doc), parameter


@pytest.mark.parametrize("name", ce.__all__)
def test_the_example_of_a_docstring_is_true(name):
    globs = {"ce": ce, "np": np}
    tests = doctest.DocTestFinder().find(getattr(ce, name), name, module=False, globs=globs)
    results = [doctest.DocTestRunner().run(test) for test in tests]
    assert sum(result.attempted for result in results) >= 1
    assert sum(result.failed for result in results) == 0


# ------------------------------------------------------------------ twins


def functions(module):
    tree = ast.parse((LIBRARY / f"{module}.py").read_text(encoding="utf-8"))
    return [(f.name, ast.unparse(f.args)) for f in tree.body if isinstance(f, ast.FunctionDef)]


@pytest.mark.parametrize("part", ["backend", "arrays", "exact"])
def test_the_backends_have_the_same_functions_in_the_same_order(part):
    assert functions(f"numpy_{part}") == functions(f"torch_{part}")


# ------------------------------------------------------------------ imports


def test_imports_point_one_way():
    below = {
        "numpy_backend": {"numpy", ".numpy_arrays", ".numpy_exact"},
        "torch_backend": {"torch", ".torch_arrays", ".torch_exact", ".torch_gradients"},
        "rounding": set(),
        "numpy_arrays": {"numpy", ".rounding"},
        "torch_arrays": {"torch", ".torch_compat", ".rounding"},
        "numpy_exact": {"numpy"},
        "torch_exact": {"torch"},
        "blocks": {"os", "numpy", "concurrent.futures"},  # the last inside a function, for its cost
        "binary_blocks": {"numpy", ".numpy_backend", ".blocks"},
        "softmax_blocks": {"numpy", ".blocks"},
        "probability_blocks": {"numpy", ".numpy_backend", ".blocks", ".softmax_blocks"},
        "logit_blocks": {"numpy", ".numpy_backend", ".numpy_exact", ".blocks", ".softmax_blocks"},
        "numpy_blocked": {
            *("numpy", ".numpy_backend", ".blocks"),
            *(".binary_blocks", ".logit_blocks", ".probability_blocks", ".softmax_blocks"),
        },
        "torch_blocked": {
            *("torch", "numpy", ".numpy_backend", ".numpy_blocked", ".calls"),
            *(".logit_blocks", ".softmax_blocks", ".torch_backend", ".torch_compat"),
            ".torch_small",
        },
        "torch_small": {"torch", "torch.nn", ".torch_backend"},
    }
    for module, imports in below.items():
        assert set(imported(LIBRARY / f"{module}.py")) <= {"math", "typing", *imports}, module
    front = {f".{path.stem}" for path in FRONT}
    backends = {f".{name}" for name in BACKENDS + FAST_PATHS}
    standard = {
        "functools",
        "math",
        "sys",
        "typing",
        "threading",
        "contextlib",
        "importlib.metadata",
    }
    allowed = {*standard, "numpy", *front, *backends}
    for path in FRONT:
        lazily = {".exercises"} if path.stem == "__init__" else set()  # when check is asked for
        assert set(imported(path)) <= allowed | lazily, path.name
    triton = {"triton", "triton.language", ".torch_labels"}
    assert set(imported(LIBRARY / "triton_kernels.py")) <= {"torch", *triton}
    # Only the dispatch and the reduction know that there are backends and fast paths, and `linear`
    # that its product is one of them.
    knows = {
        "_dispatch": backends,
        "_reduction": backends,
        "linear": {".numpy_linear", ".torch_linear"},
    }
    for path in FRONT:
        assert set(imported(path)) & backends <= knows.get(path.stem, set()), path.name


def test_no_formula_stands_in_the_front():
    plumbing = {
        "errstate",
        "asarray",
        "array",
        "ma",
        "matrix",
        "generic",
        "integer",
        "floating",
        "broadcast_shapes",
        "__version__",
    }
    for path in FRONT:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id == "np":
                    assert node.attr in plumbing, (path.name, node.attr)
                if node.value.id == "math":
                    assert node.attr in {"inf", "prod"}, (path.name, node.attr)


def in_a_fresh_python(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_importing_ce_lib_brings_numpy_and_nothing_else():
    code = (
        "import numpy, sys; before = set(sys.modules); import ce_lib\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    assert set(in_a_fresh_python(code)) <= {"ce_lib", "functools", "math", "threading"}
    used = "import sys, ce_lib; ce_lib.softmax([1.0, 2.0]); print('torch' in sys.modules)"
    assert in_a_fresh_python(used) == ["False"]


def test_a_torch_that_is_too_old_is_named_in_one_sentence():
    code = (
        "import ce_lib, torch; del torch.uint64  # as before 2.3\n"
        "try: ce_lib.softmax(torch.zeros(2))\n"
        "except ImportError as error: print(error)"
    )
    said = f"ce_lib needs PyTorch 2.4 or newer, got {torch.__version__}"
    assert in_a_fresh_python(code) == said.split()


def test_importing_ce_lib_takes_less_than_a_tenth_of_a_second_beyond_numpy():
    code = (
        "import numpy, time; start = time.process_time()  # other processes do not count\n"
        "import ce_lib; print(time.process_time() - start)"
    )
    assert min(float(in_a_fresh_python(code)[0]) for _ in range(3)) < 0.1
