import assert from "node:assert/strict";
import test from "node:test";
import { calibration_error, reliability_bins } from "./figure.js";

const near = (got, want, within = 1e-12) => assert.ok(Math.abs(got - want) <= within * Math.abs(want), `${got}, want ${want}`);

test("bins and their calibration error are those of ce_lib's example", () => {
  const bins = reliability_bins([0.1, 0.2, 0.9, 0.9], [0, 1, 1, 1], 2);
  assert.deepEqual(bins.map(({ count }) => count), [2, 2]);
  near(calibration_error(bins), 0.225);
  assert.equal(reliability_bins([0.5, 0], [1, 0], 2)[0].count, 2); // 0 and the upper edge
});
