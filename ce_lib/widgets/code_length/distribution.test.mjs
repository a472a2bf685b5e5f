import assert from "node:assert/strict";
import test from "node:test";
import { is_distribution, move_to, type_in } from "./distribution.js";

const thousandths = (p) => p.map((v) => Math.round(v * 1000)).reduce((a, b) => a + b, 0);

// A small generator with a seed: the same thousand moves on every run.
function random(seed) {
  return () => (seed = (seed * 48271) % 2147483647) / 2147483647;
}

test("after any thousand moves the values are probabilities that sum to 1", () => {
  const next = random(7);
  let p = [1 / 3, 1 / 3, 1 / 3];
  for (let k = 0; k < 1000; k++) {
    const move = next() < 0.5 ? move_to : type_in;
    p = move(p, Math.floor(next() * 3), next() < 0.2 ? Math.round(next()) : next() * 1.2 - 0.1);
    assert.ok(is_distribution(p), `${p}`);
    assert.equal(thousandths(p), 1000);
  }
});

test("a dragged bar gets its value and the others keep their proportions", () => {
  assert.deepEqual(move_to([0.5, 0.25, 0.125, 0.125], 0, 0), [0, 0.5, 0.25, 0.25]);
  assert.deepEqual(move_to([0, 0, 0, 1], 3, 0.4), [0.2, 0.2, 0.2, 0.4]);
  assert.deepEqual(move_to([0.5, 0.5], 0, 7), [1, 0]);
});

test("typing from left to right keeps what was typed before", () => {
  let p = [0.25, 0.25, 0.25, 0.25];
  for (const [i, v] of [0.125, 0.5, 0.25].entries()) p = type_in(p, i, v);
  assert.deepEqual(p, [0.125, 0.5, 0.25, 0.125]);
});

test("a typed value that does not fit beside the earlier ones moves them too", () => {
  assert.deepEqual(type_in([0.5, 0.25, 0.25], 1, 0.8), [0.133, 0.8, 0.067]);
  assert.deepEqual(type_in([0.5, 0.25, 0.25], 2, 0.4), [0.4, 0.2, 0.4]);
});

test("what is not a distribution is not taken for one", () => {
  for (const wrong of [null, "0.5,0.5", [1], [0.5, 0.6], [1.5, -0.5], [NaN, 1], [0.5, "0.5"], {}]) {
    assert.equal(is_distribution(wrong), false, JSON.stringify(wrong));
  }
});
