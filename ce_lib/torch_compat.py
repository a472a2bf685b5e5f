"""Private functions of torch that the library needs, one name each; a new torch may drop them.

``tests/test_torch_compat.py`` breaks first, and each test bears the name of its function.
"""

import torch


def in_forward_mode():
    """Whether ``torch.autograd.forward_ad`` is on; torch has no public question for it."""
    return torch.autograd.forward_ad._current_level >= 0


def in_functional_transform():
    """Whether ``torch.func`` (vmap, grad, jvp) runs; inside, a tensor's memory is not its own."""
    return torch._C._functorch.peek_interpreter_stack() is not None


def in_dispatch_mode():
    """Whether a ``TorchDispatchMode`` watches each operation; it could not see NumPy's."""
    return torch._C._len_torch_dispatch_stack() > 0


def under_autocast(x):
    """Whether ``torch.autocast`` is on for the device of ``x``; torch 2.3 asks in other words."""
    try:
        return torch.is_autocast_enabled(x.device.type)
    except TypeError:
        on_cpu = x.device.type == "cpu"
        return torch.is_autocast_cpu_enabled() if on_cpu else torch.is_autocast_enabled()


def autocast_dtype(x):
    """The dtype that autocast gives to a product with ``x``, or None while it is off there."""
    if not under_autocast(x) or x.dtype == torch.float64:
        return None
    if hasattr(torch, "get_autocast_dtype"):
        return torch.get_autocast_dtype(x.device.type)
    on_cpu = x.device.type == "cpu"
    return torch.get_autocast_cpu_dtype() if on_cpu else torch.get_autocast_gpu_dtype()


def keeps_graph():
    """Whether the backward pass that runs keeps its graph for another; without an answer, yes."""
    ask = getattr(torch._C._autograd, "_get_current_graph_task_keep_graph", None)
    return True if ask is None else ask()
