"""Parts of the feedback on an exercise: reads numbers, code and errors, and puts them in words."""

import inspect
import linecache
import types
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def numbers(value):
    """The value as a float64 array, or None if it is not a number or an array of numbers."""
    try:
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in "biuf" else None
    except Exception:  # an answer may return anything
        return None


def nothing(answer):
    """Whether an answer is still the empty one of the notebook."""
    code, empty = getattr(answer, "__code__", None), (lambda: None).__code__
    is_empty = code and (code.co_code, code.co_consts) == (empty.co_code, empty.co_consts)
    return bool(answer is ... or answer is None or is_empty)


def uses(function, forbidden, seen=()):
    """A forbidden name in a function, or in one of its module that it calls; or None."""
    code = getattr(function, "__code__", None)
    if code is None or code in seen:
        return None
    codes = [code]
    for one in codes:
        codes += [const for const in one.co_consts if isinstance(const, types.CodeType)]
    for name in (name for one in codes for name in one.co_names):
        if name in forbidden:
            return name
        other = function.__globals__.get(name)
        beside = isinstance(other, types.FunctionType) and (
            other.__globals__ is function.__globals__
        )
        if beside and (found := uses(other, forbidden, (*seen, code))):
            return found
    return None


def text(value):
    return np.array2string(np.asarray(value), precision=6, threshold=12, separator=" ").replace(
        "\n", ""
    )


def inputs(names, case):
    return ", ".join(f"{name} = {text(value)}" for name, value in zip(names, case, strict=True))


def kind(want):
    shape = np.shape(want)
    if isinstance(want, tuple) and len(shape) == 1:
        return f"{('no', 'one', 'two', 'three')[shape[0]]} numbers"
    return f"an array of shape {shape}" if shape else "a number"


def error_text(error):
    """An exception, with the line of the answer that raised it."""
    frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    lines = [f for f in frames if Path(f.filename).parent != HERE]
    said = f"{type(error).__name__}, {str(error) or 'no message'}"
    if lines and (line := linecache.getline(lines[0].filename, lines[0].lineno).strip()):
        said += f", in “{line}”"
    return said
