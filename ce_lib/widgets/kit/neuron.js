// A sigmoid neuron, a = σ(wx + b), under cross-entropy and under ½MSE; gradient descent on either.

import {
  binary_cross_entropy_with_logits,
  binary_cross_entropy_with_logits_grad,
  sigmoid,
} from "./ce_math.js";

// loss and slope in the logit; the slope of ½(a − y)² is that of cross-entropy times σ′ = a(1 − a)
export const LOSSES = {
  ce: { name: "cross-entropy", loss: binary_cross_entropy_with_logits, slope: binary_cross_entropy_with_logits_grad },
  mse: {
    name: "½MSE",
    loss: (z, y) => binary_cross_entropy_with_logits_grad(z, y) ** 2 / 2,
    slope: (z, y) => binary_cross_entropy_with_logits_grad(z, y) * sigmoid(z) * sigmoid(-z),
  },
};

export const mean_loss = ([w, b], kind, x, y) =>
  x.reduce((sum, v, i) => sum + LOSSES[kind].loss(w * v + b, y[i]), 0) / x.length;

// (w, b) after each of `steps` steps of gradient descent, the start included.
export function descend(start, kind, x, y, rate, steps) {
  const way = [start];
  for (let n = 0; n < steps; n++) {
    const [w, b] = way[n];
    const slopes = x.map((v, i) => LOSSES[kind].slope(w * v + b, y[i]) / x.length);
    const in_w = slopes.reduce((sum, s, i) => sum + s * x[i], 0);
    way.push([w - rate * in_w, b - rate * slopes.reduce((sum, s) => sum + s, 0)]);
  }
  return way;
}
