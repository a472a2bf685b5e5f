import assert from "node:assert/strict";
import test from "node:test";
import { contours, descent, divergence, excess, log_p } from "./humps.js";

const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);

test("what is wasted less what is saved is the divergence, and never less than nothing", () => {
  for (const way of ["pq", "qp"]) {
    for (const q of [[0.9, 0.8], [-4, 0.3], [4, 3], [0, 2], [-2, 0.7]]) {
      const { wasted, saved, net } = divergence(q, way);
      near(wasted - saved, net);
      assert.ok(saved >= 0 && net > 0, `${q}`);
    }
  }
});

test("the forward one has one pit: the mean and the deviation of p", () => {
  const mean = 0.55 * -2 + 0.45 * 2;
  const deviation = Math.sqrt(0.55 * (0.49 + 4) + 0.45 * (0.2025 + 4) - mean ** 2);
  for (const start of [[-2, 0.7], [3, 0.4], [0, 3], [-4, 2]]) {
    const [centre, width] = descent(start, "pq").at(-1);
    near(centre, mean, 0.01);
    near(width, deviation, 0.01);
  }
});

test("the reverse one has two, one on each hump, which cost what was given up", () => {
  const ends = [[-2, 0.7], [3, 0.4], [0.5, 0.9], [1, 0.9], [0, 2.5], [-4, 2], [0.3, 0.5]].map((q) =>
    descent(q, "qp").at(-1),
  );
  for (const [centre, width] of ends) {
    const left = centre < 0;
    near(centre, left ? -2 : 2, 0.02);
    near(width, left ? 0.7 : 0.45, 0.02);
    near(divergence([centre, width], "qp").net, -Math.log2(left ? 0.55 : 0.45), 0.01);
  }
  assert.ok(descent([1, 0.9], "qp").at(-1)[0] > 0 && descent([0.5, 0.9], "qp").at(-1)[0] < 0);
});

test("where q says too little the forward one wastes, where it says too much the reverse one", () => {
  assert.ok(excess(-2, [2, 0.45], "pq") > 0);
  assert.ok(excess(0.3, [0, 1], "qp") > 0);
  assert.ok(excess(2, [2, 0.45], "pq") < 0);
});

test("p is a distribution", () => {
  let sum = 0;
  for (let x = -12; x < 12; x += 0.01) sum += Math.exp(log_p(x)) * 0.01;
  near(sum, 1, 1e-9);
});

test("a contour runs where the height is its level", () => {
  const slope = [0, 1, 2, 0, 1, 2]; // three columns, two rows
  assert.deepEqual(contours(slope, 3, 0.5), [[[0.5, 0], [0.5, 1]]]);
  assert.deepEqual(contours(slope, 3, 5), []);
});
