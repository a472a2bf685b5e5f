import assert from "node:assert/strict";
import test from "node:test";
import { LOSSES, descend } from "./neuron.js";

const near = (got, want, within = 1e-12) => assert.ok(Math.abs(got - want) <= within * Math.abs(want), `${got}, want ${want}`);

test("the slope of each loss is its central difference", () => {
  for (const { loss, slope } of Object.values(LOSSES)) {
    for (const z of [-4, -1, 0, 0.7, 3]) {
      for (const y of [0, 1]) near(slope(z, y), (loss(z + 1e-5, y) - loss(z - 1e-5, y)) / 2e-5, 1e-7);
    }
  }
});

test("at z = -10 and y = 1 the slopes are those of mpmath", () => {
  near(LOSSES.ce.slope(-10, 1), -0.9999546021312976);
  near(LOSSES.mse.slope(-10, 1), -4.539374e-5, 1e-6);
  assert.equal(Math.round(LOSSES.ce.slope(-10, 1) / LOSSES.mse.slope(-10, 1)), 22028);
});

test("1/3 is where half the squared error is steepest, by 4/27", () => {
  near(LOSSES.mse.slope(-Math.LN2, 1), -4 / 27);
  for (const z of [-0.8, -0.6]) assert.ok(LOSSES.mse.slope(z, 1) > -4 / 27);
});

test("from w = b = 2 cross-entropy is below 0.5 at step 17, half the squared error at 232", () => {
  const first = (kind) => descend([2, 2], kind, [1], [0], 0.15, 600).findIndex(([w, b]) => w + b < 0);
  assert.deepEqual([first("ce"), first("mse")], [17, 232]);
});
