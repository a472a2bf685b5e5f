// Points of two classes, a logistic regression or a small network, and gradient descent on it under
// one of four losses. The same numbers on every machine: a link gives everybody the same run.

import {
  binary_cross_entropy_with_logits,
  binary_cross_entropy_with_logits_grad,
  sigmoid,
  sigmoid_focal_loss_grad,
} from "../kit/ce_math.js";
import { LOSSES } from "../kit/neuron.js";
import { seeded } from "../kit/stage.js";

export const HIDDEN = 10; // units of the network
export const WEIGHT = { rare: 19 }; // of a positive under the weighted loss: what evens out the classes
export const weight_of = (data) => WEIGHT[data] ?? 4;

// The slope of the loss in the logit.
const SLOPES = {
  ce: binary_cross_entropy_with_logits_grad,
  mse: LOSSES.mse.slope,
  focal: (z, y) => sigmoid_focal_loss_grad(z, y, 2),
  weighted: (z, y, w) => (y ? w : 1) * binary_cross_entropy_with_logits_grad(z, y),
};
export const slope = (loss, z, y, w) => SLOPES[loss](z, y, w);

// n points {x: [x₁, x₂], y, given}; every ninth of the noisy ones was given the wrong label.
export function points(data, n, seed) {
  const next = seeded(seed);
  const around = (middle) => middle + 0.75 * next.normal();
  const one = (i) => {
    const y = data === "rare" ? Number(i % 20 === 0) : i % 2;
    const side = y ? 1 : -1;
    if (data === "moons") {
      const t = Math.PI * next();
      const x1 = -side * (1.44 * Math.cos(t) - 0.72) + 0.22 * next.normal();
      return { x: [x1, -side * (1.9 * Math.sin(t) - 0.7) + 0.22 * next.normal()], y };
    }
    const x = [around(0.95 * side), around(0.5 * side)];
    return { x, y: data === "noisy" && i % 18 > 15 ? 1 - y : y };
  };
  return Array.from({ length: n }, (_, i) => one(i));
}

// θ is [bias, w₁, w₂], or [bias of the output, then for each unit: its weight in the output, w₁, w₂, b].
export function network(kind, seed) {
  if (kind === "line") return new Float64Array(3);
  const next = seeded(seed + 77);
  const scale = [0.25, 1.3, 1.3, 1];
  return Float64Array.from({ length: 1 + 4 * HIDDEN }, (_, i) => (i ? scale[(i - 1) % 4] * next.normal() : 0));
}

const units = new Float64Array(HIDDEN); // the tanh of each unit at the last point

export function logit(theta, [x1, x2]) {
  if (theta.length === 3) return theta[0] + theta[1] * x1 + theta[2] * x2;
  let z = theta[0];
  for (let k = 0, i = 1; k < HIDDEN; k++, i += 4) {
    units[k] = Math.tanh(theta[i + 1] * x1 + theta[i + 2] * x2 + theta[i + 3]);
    z += theta[i] * units[k];
  }
  return z;
}

// The gradient of the mean loss; the mean of a weighted loss divides by the sum of the weights.
export function gradient(theta, train, loss, w) {
  const grad = new Float64Array(theta.length);
  let mass = 0;
  for (const { x, y } of train) {
    const g = slope(loss, logit(theta, x), y, w);
    mass += loss === "weighted" && y ? w : 1;
    grad[0] += g;
    if (theta.length === 3) {
      grad[1] += g * x[0];
      grad[2] += g * x[1];
      continue;
    }
    for (let k = 0, i = 1; k < HIDDEN; k++, i += 4) {
      const back = g * theta[i] * (1 - units[k] ** 2);
      grad[i] += g * units[k];
      grad[i + 1] += back * x[0];
      grad[i + 2] += back * x[1];
      grad[i + 3] += back;
    }
  }
  return grad.map((v) => v / mass);
}

function step(theta, train, loss, rate, w) {
  gradient(theta, train, loss, w).forEach((v, i) => (theta[i] -= rate * v));
}

export const mean_loss = (theta, train) =>
  train.reduce((sum, { x, y }) => sum + binary_cross_entropy_with_logits(logit(theta, x), y), 0) / train.length;

// A run from its beginning; `to(n)` takes it to its n-th step.
export function run({ data, loss, net, start, rate, seed, flip }) {
  const train = points(data, data === "rare" ? 400 : 240, 3).map((point, i) => ({
    ...point,
    y: flip.includes(i) ? 1 - point.y : point.y,
  }));
  const theta = network(net, seed);
  if (start === "wrong") be_wrong(theta, train);
  const w = weight_of(data);
  const costs = [mean_loss(theta, train)]; // the cross-entropy after each step, whatever is trained
  return {
    loss,
    train,
    theta,
    costs,
    to(n) {
      while (costs.length <= n) {
        step(theta, train, loss, rate, w);
        costs.push(mean_loss(theta, train));
      }
    },
  };
}

// Trains on the wrong labels, and then a little louder: sure and wrong.
function be_wrong(theta, train) {
  const turned = train.map(({ x, y }) => ({ x, y: 1 - y }));
  for (let k = 0; k < 500; k++) step(theta, turned, "ce", 0.8, 1);
  for (let i = 0; i < theta.length; i += theta.length === 3 || i === 0 ? 1 : 4) theta[i] *= 1.2;
}

// What a model says against what happens, in ten bins of equal width: {n, q, y, error}, the error
// two standard errors of the share y.
export function calibration(theta, test) {
  const bins = Array.from({ length: 10 }, () => ({ n: 0, q: 0, y: 0 }));
  for (const { x, y } of test) {
    const q = sigmoid(logit(theta, x));
    const bin = bins[Math.min(9, Math.floor(q * 10))];
    bin.n += 1;
    bin.q += q;
    bin.y += y;
  }
  const said = bins.reduce((sum, bin) => sum + bin.q, 0) / test.length;
  const happens = bins.reduce((sum, bin) => sum + bin.y, 0) / test.length;
  const full = bins
    .filter(({ n }) => n > 4)
    .map(({ n, q, y }) => {
      const share = (y + 1) / (n + 2);
      return { n, q: q / n, y: y / n, error: 2 * Math.sqrt((share * (1 - share)) / n) };
    });
  return { bins: full, said, happens };
}
