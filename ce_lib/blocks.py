"""Arrays a block of rows at a time, so that a block stays in the processor's cache."""

import os

import numpy as np

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
BLOCK = 3 * 2**19  # bytes that a thread works on at once
FEW = 64  # fewer classes than this are transposed: NumPy is slow along a short axis
LARGE = 2**20  # elements; with fewer, starting threads costs more than they save


def by_blocks(task, length, step, width=0, dtype=np.float64):
    """The results of ``task(rows, buffer)`` for all blocks of rows, on all cores if it is much.

    The results come in the order of the blocks, so no bit depends on the number of threads.
    """
    if length <= step:  # a single block: the same result as below, 1 µs less
        return [task(slice(0, length), np.empty(length * width, dtype))]
    blocks = [slice(i, min(i + step, length)) for i in range(0, length, step)]
    workers = min(_threads(), len(blocks)) if length * width >= LARGE else 1
    results = [None] * len(blocks)

    def work(first):
        buffer = np.empty(step * width, dtype)
        with np.errstate(all="ignore"):  # each thread has its own state
            for i in range(first, len(blocks), workers):
                results[i] = task(blocks[i], buffer)

    if workers == 1:
        work(0)
    else:
        from concurrent.futures import ThreadPoolExecutor  # which takes 10 ms to import

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))  # raises what a worker raised
    return results


def part(room, i, count, classes):
    """The i-th array of (count, classes) in the memory of a block, with a view of that memory."""
    flat = room[i * count * classes : (i + 1) * count * classes]
    if classes < FEW:
        return flat.reshape(classes, count).T, flat
    return flat.reshape(count, classes), flat


def _threads():
    """The number in OMP_NUM_THREADS, which BLAS and torch obey too, or one per core."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
