// Logistic regression on rare events in the plane, trained to its optimum whenever it is asked.

import { binary_cross_entropy_with_logits_grad, sigmoid } from "../kit/ce_math.js";
import { seeded } from "../kit/stage.js";

const MEANS = [[-0.5, -0.3], [1.1, 0.7]]; // of the two classes, each normal with variance 1
export const POSITIVES = 30;
export const COUNT = 600;

// `COUNT` points, the first `POSITIVES` of them positive.
export function sample(seed) {
  const { normal } = seeded(seed);
  return Array.from({ length: COUNT }, (_, i) => {
    const y = Number(i < POSITIVES);
    return { x: MEANS[y].map((m) => m + normal()), y };
  });
}

// What the logit of a point is in truth: Bayes' rule for two normal classes.
export function true_logit([a, b]) {
  const far = ([m, n]) => ((a - m) ** 2 + (b - n) ** 2) / 2;
  return Math.log(POSITIVES / (COUNT - POSITIVES)) + far(MEANS[0]) - far(MEANS[1]);
}

export const logit_of = ([w1, w2, b], [x1, x2]) => w1 * x1 + w2 * x2 + b;

// The (w₁, w₂, b) of the lowest weighted cross-entropy, by Newton's method: the loss is convex.
export function train(points, weight) {
  let theta = [0, 0, Math.log((weight * POSITIVES) / (COUNT - POSITIVES))];
  for (let round = 0; round < 25; round++) {
    const g = [0, 0, 0];
    const H = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
    for (const { x, y } of points) {
      const z = logit_of(theta, x);
      const mass = y ? weight : 1;
      const slope = mass * binary_cross_entropy_with_logits_grad(z, y);
      const bend = mass * sigmoid(z) * sigmoid(-z);
      const row = [...x, 1];
      row.forEach((u, i) => {
        g[i] += slope * u;
        row.forEach((v, j) => (H[i][j] += bend * u * v));
      });
    }
    const step = solve(H, g);
    theta = theta.map((v, i) => v - step[i]);
    if (Math.max(...step.map(Math.abs)) < 1e-10) break;
  }
  return theta;
}

// H⁻¹ g by Cramer's rule, for three unknowns.
function solve(H, g) {
  const det = ([a, b, c]) =>
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  const whole = det(H);
  return [0, 1, 2].map((k) => det(H.map((row, i) => row.map((v, j) => (j === k ? g[i] : v)))) / whole);
}
