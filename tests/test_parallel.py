"""The vocabulary cut over two processes gives what one process gives."""

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

import ce_lib as ce
from ce_lib.torch_parallel import vocab_parallel_cross_entropy

LOSS = ce.softmax_cross_entropy_with_logits
CUT = 4  # classes 0-3 are in one process, 4-10 in the other


def problem(dtype=torch.float64):
    g = torch.Generator().manual_seed(0)
    z = torch.randn(7, 11, generator=g, dtype=torch.float64) * 5
    y = torch.tensor([0, 10, 3, -100, 4, 5, 2])
    z[1, 10] = 60.0  # nearly certain
    z[2] = 1.0  # ties, the top in both processes
    z[4, 4], z[4, 0] = 9.0, 9.0
    z[5, 1] = -torch.inf
    z[6] += 1e6
    return z.to(dtype), y


def attempt(call):
    try:
        return call()
    except (ValueError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"


def work(rank, folder):
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    columns = slice(0, CUT) if rank == 0 else slice(CUT, 11)
    answers = {}
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        z, y = problem(dtype)
        for reduction in ("mean", "sum", "none"):
            mine = z[:, columns].clone().requires_grad_()
            value = vocab_parallel_cross_entropy(mine, y, reduction=reduction)
            (value * torch.arange(1.0, 8.0)[: value.numel()]).sum().backward()
            answers[str(dtype), reduction] = value.detach(), mine.grad
    z, y = problem()
    shard = z[:, columns].clone().requires_grad_()
    once = vocab_parallel_cross_entropy(shard, y)
    answers["twice"] = attempt(lambda: torch.autograd.grad(once, shard, create_graph=True))
    answers["label"] = attempt(lambda: vocab_parallel_cross_entropy(shard, y + 1))
    answers["shape"] = attempt(lambda: vocab_parallel_cross_entropy(shard, y[:3]))
    answers["none"] = attempt(lambda: vocab_parallel_cross_entropy(shard, y * 0 - 100))
    answers["reduction"] = attempt(lambda: vocab_parallel_cross_entropy(shard, y, reduction="max"))
    torch.save(answers, f"{folder}/answers-{rank}")
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What each of two processes computed."""
    folder = tmp_path_factory.mktemp("parallel")
    multiprocessing.spawn(work, (str(folder),), nprocs=2)
    return [torch.load(folder / f"answers-{rank}") for rank in (0, 1)]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
def test_two_processes_give_the_loss_and_the_slopes_of_one(answers, dtype, reduction):
    z, y = problem(dtype)
    z.requires_grad_()
    exact = LOSS(z, y, reduction=reduction)
    (exact * torch.arange(1.0, 8.0)[: exact.numel()]).sum().backward()
    (value, left), (other_value, right) = (a[str(dtype), reduction] for a in answers)
    assert torch.equal(value, other_value)
    tolerance = {"rtol": max(4 * torch.finfo(dtype).eps, 1e-14), "atol": 0}
    torch.testing.assert_close(value, exact.detach(), **tolerance)
    torch.testing.assert_close(torch.cat([left, right], 1), z.grad, **tolerance)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("twice", "RuntimeError: vocab_parallel_cross_entropy must not be differentiated twice"),
        ("label", "ValueError: target labels must be in [0, 11), got values from -99 to 11"),
        ("shape", "ValueError: logits and target must have shapes (N, V) and (N,), got (7, "),
        ("none", "ValueError: target must hold a label other than ignore_index=-100, got none"),
        ("reduction", "ValueError: reduction must be one of ('none', 'mean', 'sum'), got 'max'"),
    ],
)
def test_both_processes_hear_what_is_wrong(answers, case, message):
    for process in answers:
        assert process[case].startswith(message)
