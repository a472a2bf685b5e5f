"""The private functions of torch that the library needs are there, and tell what they must."""

import pytest
import torch

from ce_lib import torch_compat


def seen(question, run):
    """The answer of ``question`` after ``run``, and the one inside, where ``run`` calls back."""
    inside = []
    run(lambda: inside.append(question()))
    return question(), inside


def test_in_forward_mode():
    def run(function):
        with torch.autograd.forward_ad.dual_level():
            function()

    assert seen(torch_compat.in_forward_mode, run) == (False, [True])


@pytest.mark.parametrize("transform", [torch.func.vmap, torch.func.grad], ids=["vmap", "grad"])
def test_in_functional_transform(transform):
    def run(function):
        transform(lambda x: (function(), x.sum())[1])(torch.ones(2))

    assert seen(torch_compat.in_functional_transform, run) == (False, [True])


def test_in_dispatch_mode():
    from torch.utils._python_dispatch import TorchDispatchMode

    def run(function):
        with TorchDispatchMode():
            function()

    assert seen(torch_compat.in_dispatch_mode, run) == (False, [True])


@pytest.mark.parametrize("kept", [True, False])
def test_keeps_graph(kept):
    class Ask(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, upstream):
            answers.append(torch_compat.keeps_graph())
            return upstream

    answers = []
    Ask.apply(torch.ones((), requires_grad=True)).backward(retain_graph=kept)
    assert answers == [kept]
