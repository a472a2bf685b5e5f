import assert from "node:assert/strict";
import test from "node:test";
import { answer, LIMIT, reach, together } from "./logits.js";

const near = (got, want, within = 1e-12) => assert.ok(Math.abs(got - want) <= within, `${got}, want ${want}`);
const state = (more) => ({ z: [2, 1, 0], y: 0, smoothing: 0, temperature: 1, ...more });

test("one true class: the loss is −ln of its probability, and the gradients sum to 0", () => {
  const { q, loss, floor, gradient, parts } = answer(state());
  near(loss, 0.4076059644443804);
  near(loss, -Math.log(q[0]));
  near(floor, 0);
  near(gradient.reduce((a, b) => a + b), 0);
  assert.deepEqual(parts.slice(1), [0, 0]);
});

test("the parts of a smoothed loss sum to it, also where a probability is tiny", () => {
  const { loss, parts } = answer(state({ smoothing: 0.3, z: [-6, 6, 6] }));
  near(parts.reduce((a, b) => a + b), loss);
});

test("under smoothing the gradient of the right class turns at ln 28", () => {
  const at = (z) => answer(state({ z: [z, 0, 0], smoothing: 0.1 })).gradient[0];
  assert.ok(at(Math.log(28) - 0.01) < 0 && at(Math.log(28) + 0.01) > 0);
  near(at(Math.log(28)), 0);
});

test("the gradient at a temperature is its difference quotient", () => {
  const at = (v) => answer(state({ z: [v, 1, 0], temperature: 0.5 }));
  near(at(2).gradient[0], (at(2 + 1e-6).loss - at(2 - 1e-6).loss) / 2e-6, 1e-8);
});

test("moved together, the logits keep their differences and their probabilities", () => {
  assert.deepEqual(together([2, 1, 0], 3), [4, 3, 2]);
  answer(state({ z: together([2, 1, 0], 3) })).q.forEach((v, k) => near(v, answer(state()).q[k]));
});

test("none is moved off the axis", () => {
  assert.deepEqual(together([2, 1, 0], 6), [LIMIT, 5, 4]);
  assert.deepEqual(together([2, 1, 0], -6), [-4, -5, -LIMIT]);
  const z = together([5.999999, -5.3, 0.1], 6);
  assert.ok(z.every((v) => Math.abs(v) <= LIMIT));
});

test("an axis ends at 1, 2 or 5 times a power of ten", () => {
  assert.deepEqual([[0.97], [0.07, -0.02], [0.3, -0.4], [3.2], [0], [0.02]].map(reach), [1, 0.1, 0.5, 5, 0.005, 0.02]);
});
