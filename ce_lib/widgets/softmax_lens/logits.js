// What softmax, the loss and its gradient make of the logits of a few classes.

import {
  cross_entropy,
  entropy,
  softmax,
  softmax_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits_grad,
} from "../kit/ce_math.js";
import { clip } from "../kit/chart.js";

export const LIMIT = 6; // |z|: at 6 and −6 the odds of two classes are 160,000 to 1

export function answer({ z, y, smoothing, temperature }) {
  const p = z.map((_, k) => (k === y ? 1 - smoothing : 0) + smoothing / z.length);
  const scaled = z.map((v) => v / temperature);
  const q = softmax(scaled);
  return {
    p,
    q,
    loss: softmax_cross_entropy_with_logits(scaled, p),
    floor: entropy(p),
    gradient: softmax_cross_entropy_with_logits_grad(scaled, p).map((v) => v / temperature),
    parts: p.map((share, k) => share && cross_entropy([share], [q[k]])), // of the loss, one a class
    best: q.indexOf(Math.max(...q)),
  };
}

// The logits with all moved alike, so that their mean is `mean` if none leaves the axis.
export function together(z, mean) {
  const gap = mean - z.reduce((a, b) => a + b, 0) / z.length;
  const move = clip(gap, -LIMIT - Math.min(...z), LIMIT - Math.max(...z));
  return z.map((v) => clip(Number((v + move).toFixed(6)), -LIMIT, LIMIT));
}

// The end of an axis on which all of the values can be read: 1, 2 or 5 times a power of ten.
export function reach(values) {
  const most = Math.max(...values.map(Math.abs), 0.005);
  const power = 10 ** Math.floor(Math.log10(most));
  return power * [1, 2, 5, 10].find((m) => m * power >= most * 0.999);
}
