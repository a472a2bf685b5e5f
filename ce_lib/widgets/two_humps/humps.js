// One bell q = [centre, width] against a truth p with two humps: both KL divergences, in bits, where
// they waste and save, and the way down.

import { to_bits } from "../kit/ce_math.js";

// Of equal widths, the reverse KL would have a third, shallow pit over both humps.
export const HUMPS = [
  { share: 0.55, centre: -2, width: 0.7 },
  { share: 0.45, centre: 2, width: 0.45 },
];
export const CENTRE = [-4, 4];
export const WIDTH = [0.3, 3];

export function log_bell(x, [centre, width]) {
  return -0.5 * ((x - centre) / width) ** 2 - Math.log(width) - 0.5 * Math.log(2 * Math.PI);
}

export function log_p(x) {
  const parts = HUMPS.map((h) => Math.log(h.share) + log_bell(x, [h.centre, h.width]));
  const top = Math.max(...parts);
  return top + Math.log(parts.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

// At one x: p log p/q, or q log q/p, in bits for each unit of x.
export function excess(x, q, way) {
  return term(log_p(x), log_bell(x, q), way);
}

function term(lp, lq, way) {
  return to_bits(way === "pq" ? Math.exp(lp) * (lp - lq) : Math.exp(lq) * (lq - lp));
}

// As far as the widest bell reaches: nine widths. Trapezoids are exact here to all digits for the
// sum; where waste turns into saving there is a corner, which costs the fourth digit of the parts.
const STEP = 0.05;
const GRID = Array.from({ length: 1281 }, (_, i) => -32 + i * STEP);
const LOG_P = GRID.map(log_p);

export function divergence(q, way, every = 1) {
  let [wasted, saved] = [0, 0];
  for (let i = 0; i < GRID.length; i += every) {
    const v = term(LOG_P[i], log_bell(GRID[i], q), way) * every * STEP;
    if (v > 0) wasted += v;
    else saved -= v;
  }
  return { wasted, saved, net: wasted - saved };
}

// Downhill in the centre and the logarithm of the width, in short steps, until it is flat.
export function descent([centre, width], way) {
  const f = (c, w) => divergence([c, Math.exp(w)], way, 2).net;
  const e = 1e-3;
  let [c, w] = [centre, Math.log(width)];
  const path = [[centre, width]];
  for (let i = 0; i < 500; i++) {
    const down = [f(c - e, w) - f(c + e, w), f(c, w - e) - f(c, w + e)].map((v) => v / (2 * e));
    const slope = Math.hypot(...down);
    if (slope < 4e-4) break;
    const step = Math.min(0.25 * slope, 0.06) / slope;
    c += step * down[0];
    w += step * down[1];
    path.push([c, Math.exp(w)]);
  }
  return path;
}

// Lines of equal height over a grid of columns × rows: for each level the pairs of points, in
// columns and rows, between which it runs.
export function contours(heights, columns, level) {
  const rows = heights.length / columns;
  const pairs = [];
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const cut = corners.flatMap(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4];
        const [u, v] = [heights[b * columns + a], heights[d * columns + c]];
        if (u > level === v > level) return [];
        const t = (level - u) / (v - u);
        return [[a + (c - a) * t, b + (d - b) * t]];
      });
      for (let k = 0; k + 1 < cut.length; k += 2) pairs.push([cut[k], cut[k + 1]]);
    }
  }
  return pairs;
}
