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
