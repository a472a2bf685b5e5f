"""The log-softmax and the divergence of checked logits, a block of rows at a time.

As in ``softmax_blocks`` the computation is wider than the result: float64, but float32 for a
log-softmax of 16 bits. Near-certain rows, whose digits would cancel, are done again by themselves;
float64, and models that hardly differ, go to the textbook, ``numpy_backend``, in rows that the
cache holds. ``tests/test_fast_paths.py`` compares the two.
"""

import numpy as np

from . import numpy_backend
from .blocks import BLOCK, FLOAT32, FLOAT64, by_blocks, part
from .numpy_exact import chances, sum_of_others

FEW_ROWS = 2**18  # bytes of float64 logits: the textbook holds two dozen arrays of them at once


def log_softmax(logits, result, temperature, engine, wide):
    """Write the log-probabilities of (N, K) logits to ``result``; ``wide`` is of a float64."""
    count, classes = logits.shape
    if wide:
        _by_textbook(numpy_backend.log_softmax, (logits,), (result,), engine, temperature)
        return
    narrow = logits.dtype.itemsize == 2 and temperature == 1
    inside, certain = (FLOAT32, 1.01) if narrow else (FLOAT64, 1 + 1e-6)

    def block(rows, room):
        n = rows.stop - rows.start
        gap, flat_gap = part(room, 0, n, classes)
        e, flat = part(room, 1, n, classes)
        _gaps(logits[rows], gap, temperature, engine)
        engine.exp(flat_gap, flat)
        total = e.sum(1)
        others = total.astype(np.float64) - 1
        for i, _, rest in _certain(e, total < certain):
            others[i] = rest.sum(1)
        gap -= np.log1p(others).astype(inside)[:, None]
        engine.write(gap, result[rows])

    step = max(1, BLOCK // (2 * classes * inside.itemsize + 100))
    by_blocks(block, count, step, 2 * classes, inside)


def log_softmax_gradient(logits, upstream, result, temperature, engine, wide):
    """Write g − softmax(z) Σ g for the gradient g that comes from above, over the temperature."""
    count, classes = logits.shape
    if wide:
        _by_textbook(_slope_of_log_softmax, (logits, upstream), (result,), engine, temperature)
        return

    def block(rows, room):
        n = rows.stop - rows.start
        e, flat = part(room, 0, n, classes)
        g, _ = part(room, 1, n, classes)
        _gaps(logits[rows], e, temperature, engine)
        engine.exp(flat, flat)
        engine.read(upstream[rows], g)
        total, from_above = e.sum(1), g.sum(1)
        mended = []
        for i, top, rest in _certain(e, total < 1 + 1e-6):
            here = np.arange(len(i))
            at_top, others = g[i, top], g[i]
            others[here, top] = 0
            p = 1 / (1 + rest.sum(1))
            mended.append((i, top, p * (at_top * rest.sum(1) - others.sum(1))))
        e *= (from_above / total)[:, None]
        np.subtract(g, e, out=g)
        for i, top, slope in mended:
            g[i, top] = slope  # g (1 − p) − p Σ (the other g)
        if temperature != 1:
            g /= temperature
        engine.write(g, result[rows])

    by_blocks(block, count, max(1, BLOCK // (16 * classes + 100)), 2 * classes)


def kl_divergence(p_logits, q_logits, result, engine, wide, gradients=None, scale=1.0):
    """Write the divergences of (N, K) logits to ``result``, or ``scale`` times both gradients.

    With gaps a and b to the largest logits, a divergence is log(Z_q / Z_p) − Σ p (b − a). Where
    that is small, Σ p (eᵗ − 1 − t) keeps more digits.
    """
    count, classes = p_logits.shape
    pair, textbook = (p_logits, q_logits), numpy_backend.kl_divergence_with_logits
    scale = np.broadcast_to(np.asarray(scale, np.float64), count)[:, None]
    if wide and gradients is None:
        _by_textbook(textbook, pair, (result,), engine)
        return
    if wide:
        _by_textbook(textbook.gradient, pair, gradients, engine, scale=scale)
        return

    def block(rows, room):
        n = rows.stop - rows.start
        (a, flat_a), (b, flat_b), (p, flat_p), (q, flat_q) = (
            part(room, i, n, classes) for i in range(4)
        )
        _gaps(p_logits[rows], a, 1.0, engine)
        _gaps(q_logits[rows], b, 1.0, engine)
        engine.exp(flat_a, flat_p)
        engine.exp(flat_b, flat_q)
        p_total, q_total = p.sum(1), q.sum(1)
        shift = np.log(q_total / p_total)
        b -= a
        mean = np.einsum("ij,ij->i", p, b)
        if not np.isfinite(mean).all():
            np.copyto(b, 0, where=a == -np.inf)  # p is 0, whatever the model says
            mean = np.einsum("ij,ij->i", p, b)
        excess = shift - mean / p_total
        for i in _few(excess < 1e-5, classes):
            change = b[i]
            t = change - shift[i, None]
            excess[i] = (p[i] * (np.expm1(t) - t)).sum(1) / p_total[i]
            excess[i[~change.any(1)]] = 0
        hard = ~np.isfinite(excess) | (p_total < 1 + 1e-6) | (excess < 1e-12) & (excess != 0)
        if gradients is not None:
            b += (excess - shift)[:, None]
            p *= -scale[rows] / p_total[:, None]  # −p (t + KL), and q − p
            q *= scale[rows] / q_total[:, None]
            b *= p
            q += p
        for i in _few(hard, classes):
            given = [_read(x[rows.start + i], engine) for x in pair]
            excess[i] = textbook(*given)
            if gradients is not None:
                b[i], q[i] = (x * scale[rows.start + i] for x in textbook.gradient(*given))
        if gradients is None:
            result[rows] = excess
        else:
            engine.write(b, gradients[0][rows])
            engine.write(q, gradients[1][rows])

    by_blocks(block, count, max(1, BLOCK // (32 * classes + 100)), 4 * classes)


def _gaps(source, block, temperature, engine):
    """Write the difference of each logit to the largest of its row, over the temperature."""
    engine.read(source, block)
    block -= block.max(1)[:, None]
    if temperature != 1:
        block /= temperature


def _few(rows, classes):
    """The indices of the rows that are True, a few at a time."""
    rows, some = np.flatnonzero(rows), max(1, FEW_ROWS // (8 * classes))
    return (rows[i : i + some] for i in range(0, len(rows), some))


def _certain(e, rows):
    """(the indices of some rows, their top classes, their exponentials without the top's 1)."""
    for i in _few(rows, e.shape[1]):
        rest = e[i].astype(np.float64)
        top = rest.argmax(1)
        rest[np.arange(len(i)), top] = 0
        yield i, top, rest


def _slope_of_log_softmax(logits, upstream, temperature):
    p, not_p, _ = chances(logits, temperature)
    return (upstream * not_p - p * sum_of_others(upstream)) / temperature


def _read(source, engine):
    block = np.empty(source.shape)
    engine.read(source, block)
    return block


def _by_textbook(function, sources, results, engine, *options, scale=None):
    """Write what a function of ``numpy_backend`` returns for a few rows at a time."""
    count, classes = sources[0].shape

    def block(rows, _):
        found = function(*(_read(x[rows], engine) for x in sources), *options)
        for one, result in zip(found if len(results) > 1 else (found,), results, strict=True):
            engine.write(one if scale is None else one * scale[rows], result[rows])

    by_blocks(block, count, max(1, FEW_ROWS // (8 * classes)), classes)
