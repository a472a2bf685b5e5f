"""The log-softmax and the divergence of checked logits, a block of rows at a time.

As in ``softmax_blocks`` the computation is wider than the result: float64, but float32 for a
log-softmax of 16 bits. Near-certain rows, whose digits would cancel, are done again by themselves;
the log-softmax of a float64, and models that hardly differ, go to the textbook, ``numpy_backend``,
in rows that the cache holds. ``tests/test_fast_paths.py`` compares the two.
"""

import numpy as np

from . import numpy_backend
from .blocks import BLOCK, FLOAT32, FLOAT64, by_blocks, part
from .numpy_exact import chances, sum_of_others
from .softmax_blocks import difference, exact_sums

FEW_ROWS = 2**18  # bytes of float64 logits: the textbook holds two dozen arrays of them at once


def log_softmax(logits, result, temperature, engine, wide, precise=True):
    """Write the log-probabilities of (N, K) logits to ``result``; ``wide`` is of a float64."""
    count, classes = logits.shape
    if wide and precise:
        _by_textbook(numpy_backend.log_softmax, (logits,), result, engine, temperature)
        return
    half = logits.dtype.itemsize == 2
    narrow = (half and temperature == 1) or not (precise or wide)
    inside, certain = FLOAT64, 1 + 1e-6
    if narrow:
        inside, certain = FLOAT32, 1.01 if half else 1.1

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
        _by_textbook(_slope_of_log_softmax, (logits, upstream), result, engine, temperature)
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


def kl_divergence(
    p_logits, q_logits, result, engine, dtype, precise=True, gradients=None, scale=1.0
):
    """Write the divergences of (N, K) logits to ``result``, or ``scale`` times both gradients.

    With gaps a and b to the largest logits, a divergence is log(Z_q / Z_p) − Σ p (b − a). Where
    that is small, Σ p (eᵗ − 1 − t) keeps more digits. ``dtype`` says how many are wanted: for a
    float64 the rounding errors of a and b are carried along, and where terms cancel the row is
    the textbook's. A float32 that need not be precise is computed in float32, and such rows again.
    """
    count, classes = p_logits.shape
    pair, textbook = (p_logits, q_logits), numpy_backend.kl_divergence_with_logits
    scale = np.broadcast_to(np.asarray(scale, np.float64), count)[:, None]
    exact = precise and dtype == FLOAT64
    inside = FLOAT64 if precise or dtype == FLOAT64 else FLOAT32

    def again(given, scale):
        """The divergences of some rows by the way that has more digits, and the gradients."""
        if inside == FLOAT64:
            slopes = (x * scale for x in textbook.gradient(*given)) if gradients else None
            return textbook(*given), slopes
        found, slopes = np.empty(len(scale)), [np.empty_like(x) for x in given]
        kl_divergence(*given, found, engine, dtype)
        if gradients:
            kl_divergence(*given, None, engine, dtype, gradients=slopes, scale=scale[:, 0])
        return found, slopes

    def block(rows, room):
        n = rows.stop - rows.start
        parts = [part(room, i, n, classes) for i in range(7 if exact else 4)]
        (a, flat_a), (b, flat_b), (p, flat_p), (q, flat_q), *of_errors = parts
        spare = None
        if exact:
            (late_p, _), (late_q, _), (spare, _) = of_errors
            for logits, gap, late, e in ((p_logits, a, late_p, p), (q_logits, b, late_q, q)):
                engine.read(logits[rows], e)
                difference(e, e.max(1)[:, None], gap, late, spare)
        else:
            _gaps(p_logits[rows], a, 1.0, engine)
            _gaps(q_logits[rows], b, 1.0, engine)
        engine.exp(flat_a, flat_p)
        engine.exp(flat_b, flat_q)
        b -= a
        if exact:
            for e, late in ((p, late_p), (q, late_q)):
                np.multiply(e, late, out=spare)
                e += spare
            late_q -= late_p
            b += late_q
        p_total, q_total = ((exact_sums(e, None, spare)[0] if exact else e.sum(1)) for e in (p, q))
        shift = np.log(q_total / p_total)
        mean = np.multiply(p, b, out=spare).sum(1) if exact else np.einsum("ij,ij->i", p, b)
        if not (exact or np.isfinite(mean).all()):
            np.copyto(b, 0, where=a == -np.inf)  # p is 0, whatever the model says
            mean = np.einsum("ij,ij->i", p, b)
        mean /= p_total
        excess = shift - mean
        for i in _few((excess < 1e-5) & (inside == FLOAT64 and not exact), classes):
            change = b[i]
            t = change - shift[i, None]
            excess[i] = (p[i] * (np.expm1(t) - t)).sum(1) / p_total[i]
            excess[i[~change.any(1)]] = 0
        hard = ~np.isfinite(excess) | (p_total < 1 + 1e-6) | (excess < 1e-12) & (excess != 0)
        if exact or inside == FLOAT32:
            size = np.abs(b, out=spare)
            terms = np.multiply(p, size, out=size).sum(1) / p_total
            hard |= ~(2 * excess > 1 + np.abs(shift) + terms)
        if gradients is not None:
            b += (excess - shift)[:, None]
            for e, total in ((p, -p_total), (q, q_total)):  # −p (t + KL), and q − p
                if exact:
                    e /= total[:, None]
                e *= scale[rows] if exact else (scale[rows] / total[:, None]).astype(inside)
            b *= p
            q += p
        for i in _few(hard, classes):
            given = [_read(x[rows.start + i], engine) for x in pair]
            excess[i], slopes = again(given, scale[rows.start + i])
            if gradients is not None:
                b[i], q[i] = slopes
        if gradients is None:
            result[rows] = excess
        else:
            engine.write(b, gradients[0][rows])
            engine.write(q, gradients[1][rows])

    width = (7 if exact else 4) * classes
    by_blocks(block, count, max(1, BLOCK // (8 * width + 100)), width, inside)


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


def _by_textbook(function, sources, result, engine, temperature):
    """Write what a function of ``numpy_backend`` returns for a few rows at a time."""
    count, classes = sources[0].shape

    def block(rows, _):
        found = function(*(_read(x[rows], engine) for x in sources), temperature)
        engine.write(found, result[rows])

    by_blocks(block, count, max(1, FEW_ROWS // (8 * classes)), classes)
