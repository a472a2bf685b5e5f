import assert from "node:assert/strict";
import test from "node:test";
import { sigmoid } from "../kit/ce_math.js";
import { against_q, against_z, is_flat, torch_after_sigmoid } from "./curves.js";

const PLAIN = { y: 1, clamp: 0, weight: 1, gamma: 0, knobs: [] };
const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);
const STATES = {
  plain: PLAIN,
  no: { ...PLAIN, y: 0 },
  soft: { ...PLAIN, y: 0.7 },
  clamped: { ...PLAIN, clamp: 0.01 },
  weighted: { ...PLAIN, knobs: ["weight"], weight: 5 },
  focal: { ...PLAIN, knobs: ["gamma"], gamma: 2 },
};

for (const [name, state] of Object.entries(STATES)) {
  test(`${name}: both pictures show one loss, and each slope is that of its curve`, () => {
    for (const z of [-6, -2, 0.5, 3]) {
      const q = sigmoid(z);
      near(against_q.loss(state, q), against_z.loss(state, z));
      const h = 1e-5;
      near(against_z.slope(state, z), (against_z.loss(state, z + h) - against_z.loss(state, z - h)) / (2 * h), 1e-6);
      const k = 1e-4 * q * (1 - q);
      near(against_q.slope(state, q), (against_q.loss(state, q + k) - against_q.loss(state, q - k)) / (2 * k), 1e-5);
    }
  });
}

test("behind a clamp the loss is constant and its slope is 0", () => {
  const state = STATES.clamped;
  near(against_z.loss(state, -6), -Math.log(0.01));
  assert.equal(against_z.slope(state, -6), 0);
  assert.equal(against_z.slope(state, -2), against_z.slope(PLAIN, -2));
  assert.ok(is_flat(0.001, 0.01) && !is_flat(0.5, 0.01) && !is_flat(1e-300, 0));
});

test("torch at z = −50 has the right loss and next to no slope", () => {
  const { loss, slope } = torch_after_sigmoid(-50);
  near(loss, 50);
  near(slope, -1.9287498479639178e-10, 1e-6);
  near(torch_after_sigmoid(-5).slope, -sigmoid(5));
});
