// Three probabilities as a point: in the triangle of probabilities, or in the plane of their logits.

import {
  binary_cross_entropy_with_logits,
  entropy,
  softmax,
  softmax_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits_grad,
} from "../kit/ce_math.js";
import { clip } from "../kit/chart.js";

// The corners of the triangle, around its middle. The axes of the logits go the same ways.
export const CORNERS = [[0, -1], [-Math.sqrt(3) / 2, 0.5], [Math.sqrt(3) / 2, 0.5]];
export const LEAST = 1e-5; // of a probability, so that its logit is finite
export const MOST_STEPS = 60;
const RATE = 1; // of gradient descent
const FAR = 30; // a logit so far below the others is an edge of the triangle

export const is_answer = (q) =>
  Array.isArray(q) && q.length === 3 && q.every((v) => v >= LEAST) && Math.abs(total(q) - 1) < 1e-6;

export const target = (y, smoothing) => CORNERS.map((_, k) => (k === y ? 1 - smoothing : 0) + smoothing / 3);

// What the answer q costs, the least that any answer costs, and what pulls q: p − q.
export function bill(p, q) {
  const z = q.map(Math.log);
  return {
    loss: softmax_cross_entropy_with_logits(z, p),
    floor: entropy(p),
    pull: softmax_cross_entropy_with_logits_grad(z, p).map((v) => -v),
  };
}

// The answers on the way: q, and what each step of gradient descent in the logits makes of it. Of a
// fraction of a step the last is that part.
export function walk(q, p, steps) {
  const path = [q];
  for (let left = steps; left > 1e-9; left--) path.push(stepped(path.at(-1), p, Math.min(1, left)));
  return path;
}

export function stepped(q, p, part = 1) {
  const z = q.map(Math.log);
  const gradient = softmax_cross_entropy_with_logits_grad(z, p);
  return softmax(z.map((v, k) => v - part * RATE * gradient[k]));
}

// Between two answers, straight in the logits.
export const between = (a, b, t) => softmax(a.map((v, k) => (1 - t) * Math.log(v) + t * Math.log(b[k])));

// Where a triple lies on the paper. Adding a constant to all three moves nothing.
export const flat = (triple) => [0, 1].map((i) => total(triple.map((v, k) => v * CORNERS[k][i])));

// The triple of sum 0 that lies there.
export const lifted = ([x, y]) => CORNERS.map(([u, v]) => ((x * u + y * v) * 2) / 3);

// The answer at a point of the triangle or, beside it, the nearest within; in steps of 1/1000.
export const answer_in_triangle = (point) =>
  on_grid(lifted(point).map((v) => Math.max(v + 1 / 3, 0.004)), 1000);

// The answer at a point of the plane of logits.
export const answer_in_plane = (point) => on_grid(softmax(lifted(point).map((v) => clip(v, -4, 6))), 1e5);

// `q` with class k moved to `value`; the two others keep their proportion.
export function moved(q, k, value) {
  const rest = 1 - q[k];
  return on_grid(q.map((v, i) => Math.max(i === k ? value : (v / rest) * (1 - value), 0.004)), 1000);
}

// Shares of the whole in steps of 1/n, none of them 0; the largest takes what rounding leaves.
function on_grid(weights, n) {
  const whole = total(weights);
  const counts = weights.map((v) => Math.max(1, Math.round((v / whole) * n)));
  const largest = counts.indexOf(Math.max(...counts));
  counts[largest] += n - total(counts);
  return counts.map((v) => v / n);
}

// The logits of the answers that cost `loss`: a line from edge to edge for a hard label, else one
// around the target. `back` leads from its end by way of the corner of y to its start.
export function contour(loss, p, y) {
  return p[y] === 1 ? open_contour(loss, y) : { line: closed_contour(loss, p), back: [] };
}

function open_contour(loss, y) {
  const others = [0, 1, 2].filter((k) => k !== y);
  const odds = -Math.log(Math.expm1(loss)); // q_y = exp(−loss), and the others share the rest
  const line = spread(61).map((v) => {
    const z = on_edge(v, ...others).map((logit) => logit - odds);
    z[y] = 0;
    return z;
  });
  const side = (k) => Array.from({ length: 9 }, (_, i) => on_edge(odds + ((FAR - odds) * i) / 8, y, k));
  return { line, back: [...side(others[0]), ...side(others[1]).reverse()] };
}

function closed_contour(loss, p) {
  const lowest = p.map(Math.log);
  return Array.from({ length: 97 }, (_, i) => {
    const angle = (i / 48) * Math.PI;
    const way = CORNERS.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle));
    // Far out the loss is a straight line, which lies below it. Where that reaches `loss`, Newton's
    // method comes in along the ray, on which the loss is convex.
    const top = way.indexOf(Math.max(...way));
    const height = lowest[top] - total(lowest.map((v, k) => p[k] * v));
    let r = (loss - height) / (way[top] - total(way.map((v, k) => p[k] * v)));
    for (let round = 0; ; round++) {
      const z = lowest.map((v, k) => v + r * way[k]);
      const over = softmax_cross_entropy_with_logits(z, p) - loss;
      if (over < 1e-4 || round === 8) return z;
      const rise = total(softmax_cross_entropy_with_logits_grad(z, p).map((v, k) => v * way[k]));
      r = Math.max(0, r - over / rise);
    }
  });
}

// The three edges of the triangle, one after the other, as logits.
export const border = () => [0, 1, 2].flatMap((k) => spread(41).map((v) => on_edge(v, k, (k + 1) % 3)));

// The logits of the answer on the edge from a to b at which a has the log-odds v.
function on_edge(v, a, b) {
  const z = [-FAR, -FAR, -FAR];
  z[a] = -binary_cross_entropy_with_logits(v, 1);
  z[b] = -binary_cross_entropy_with_logits(v, 0);
  return z;
}

// n log-odds from −FAR to FAR, most of them near 0.
const spread = (n) => Array.from({ length: n }, (_, i) => FAR * ((2 * i) / (n - 1) - 1) ** 3);

const total = (values) => values.reduce((a, b) => a + b, 0);
