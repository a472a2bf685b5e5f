"""The checks that look at the values of arguments, and how to do without them."""

import sys
import threading


class _Depth(threading.local):
    """How many ``unchecked`` blocks this thread is in."""

    count = 0


_depth = _Depth()


class unchecked:
    """Within ``with ce.unchecked():`` the values of arguments are not looked at.

    Transforms of torch (``vmap``, per-sample gradients, ``torch.compile(fullgraph=True)``,
    ``torch.export``, ``torch.jit.trace``) see no values, so that no check of a value can run in
    them: whether labels are in range, rows are distributions, probabilities lie in [0, 1], weights
    are at least 0 and a mean is of something. Shapes, dtypes and options are still checked, and
    right arguments have the same answers. With wrong ones anything may come out, as in torch.
    Other threads go on checking.

    Example:
        >>> with ce.unchecked():
        ...     print(ce.softmax_cross_entropy_with_logits([0.0, 0.0], 1).round(4))
        0.6931
    """

    def __enter__(self):
        _depth.count += 1

    def __exit__(self, *_):
        _depth.count -= 1


def checks_values():
    return _depth.count == 0


def holds(condition, name):
    """Whether a condition on the values of the argument ``name`` holds, as a bool."""
    return _depth.count > 0 or bool(read(name, condition)[0])


def read(name, *scalars):
    """The numbers in single values that were found in the argument ``name``."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.is_tensor(scalars[0]):
        return scalars
    sentence = (
        f"the values of {name} cannot be checked inside vmap, torch.compile, torch.export, "
        "jit.trace and the like: call the function inside `with ce.unchecked():`"
    )
    if torch.jit.is_tracing():  # which would take the answer for this example for that of all
        raise RuntimeError(sentence)
    if torch.compiler.is_compiling():
        torch._dynamo.graph_break(sentence)  # here: torch_compat.py is for those who import torch
    try:
        return [x.item() for x in scalars]
    except RuntimeError as error:
        raise RuntimeError(sentence) from error
