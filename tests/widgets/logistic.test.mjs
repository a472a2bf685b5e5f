// The classifier of chapter 4 and the shares of the focal loss.
import assert from "node:assert/strict";
import test from "node:test";
import { binary_cross_entropy_with_logits_grad, sigmoid, sigmoid_focal_loss, sigmoid_focal_loss_grad } from "../../ce_lib/widgets/ce_math.js";
import { shares } from "../../ce_lib/widgets/focal_mass.js";
import { COUNT, POSITIVES, logit_of, sample, train, true_logit } from "../../ce_lib/widgets/logistic.js";

const near = (got, want, within = 1e-12) => assert.ok(Math.abs(got - want) <= within, `${got}, want ${want}`);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

test("600 points, 30 of them positive, the same for a seed and others for another", () => {
  const points = sample(3);
  assert.equal(points.length, COUNT);
  assert.equal(points.filter(({ y }) => y).length, POSITIVES);
  assert.deepEqual(sample(3), points);
  assert.notDeepEqual(sample(4), points);
});

test("training ends where the slope is 0, for each seed and weight of the figure", () => {
  for (let seed = 0; seed <= 20; seed++) {
    const points = sample(seed);
    for (const weight of [1, 3, 19, 99]) {
      const theta = train(points, weight);
      const slope = [0, 0, 0];
      for (const { x, y } of points) {
        const g = (y ? weight : 1) * binary_cross_entropy_with_logits_grad(logit_of(theta, x), y);
        [...x, 1].forEach((v, k) => (slope[k] += g * v));
      }
      slope.forEach((g) => near(g, 0, 1e-8));
    }
  }
});

test("unweighted, the mean prediction is the share of positives; weighted, it comes back minus ln w", () => {
  const points = sample(0);
  const answers = (weight, shift) => {
    const theta = train(points, weight);
    return mean(points.map(({ x }) => sigmoid(logit_of(theta, x) - shift)));
  };
  near(answers(1, 0), POSITIVES / COUNT, 1e-9);
  assert.ok(answers(19, 0) > 5 * (POSITIVES / COUNT));
  near(answers(19, Math.log(19)), POSITIVES / COUNT, 0.01);
});

test("the true logit is Bayes' rule: with many points of its own making, each answer is right on average", () => {
  const points = Array.from({ length: 200 }, (_, seed) => sample(seed)).flat();
  const share = (low, high) => {
    const some = points.filter(({ x }) => sigmoid(true_logit(x)) >= low && sigmoid(true_logit(x)) < high);
    near(mean(some.map(({ y }) => y)), mean(some.map(({ x }) => sigmoid(true_logit(x)))), 0.02);
  };
  for (const [low, high] of [[0, 0.05], [0.05, 0.2], [0.2, 0.5], [0.5, 1]]) share(low, high);
});

test("the focal loss at γ = 2 is 100 times smaller at .9 and 1.23 times at .1", () => {
  const ratio = (q) => sigmoid_focal_loss(Math.log(q / (1 - q)), 1, 0) / sigmoid_focal_loss(Math.log(q / (1 - q)), 1, 2);
  near(ratio(0.9), 100, 1e-10);
  near(ratio(0.1), 1 / 0.81, 1e-12);
});

test("the slope of the focal loss is its central difference", () => {
  for (const gamma of [0, 0.5, 2, 5]) {
    for (const z of [-4, -1, 0, 0.7, 3]) {
      for (const y of [0, 1, 0.3]) {
        const rise = sigmoid_focal_loss(z + 1e-5, y, gamma) - sigmoid_focal_loss(z - 1e-5, y, gamma);
        near(sigmoid_focal_loss_grad(z, y, gamma), rise / 2e-5, 1e-9);
      }
    }
  }
});

test("the shares of three examples, by hand", () => {
  const { count, mass } = shares([0.5, 0.95, 0.97], 0);
  const losses = [0.5, 0.95, 0.97].map((q) => -Math.log(q));
  near(count[5], 1 / 3);
  near(count[9], 2 / 3);
  near(mass[9], (losses[1] + losses[2]) / (losses[0] + losses[1] + losses[2]));
  const focal = [0.5, 0.95, 0.97].map((q) => -((1 - q) ** 2) * Math.log(q));
  near(shares([0.5, 0.95, 0.97], 2).mass[5], focal[0] / (focal[0] + focal[1] + focal[2]));
});
