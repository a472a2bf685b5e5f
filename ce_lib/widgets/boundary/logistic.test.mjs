import assert from "node:assert/strict";
import test from "node:test";
import { binary_cross_entropy_with_logits_grad, sigmoid } from "../kit/ce_math.js";
import { COUNT, POSITIVES, logit_of, sample, train, true_logit } from "./logistic.js";

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
