import assert from "node:assert/strict";
import test from "node:test";
import { counts_at, fresh, plug_in } from "./figure.js";

const total = (a) => a.reduce((x, y) => x + y, 0);

test("a run is the same twice, and grows by the throws that come after", () => {
  const [early, late] = counts_at(3, [20, 50]);
  assert.deepEqual(counts_at(3, [20]), [early]);
  assert.deepEqual([total(early), total(late)], [20, 50]);
  early.forEach((c, i) => assert.ok(c <= late[i]));
  assert.notDeepEqual(counts_at(4, [50])[0], late);
});

test("no face of the die is favoured", () => {
  const [count] = counts_at(1, [600_000]); // each face 100,000 ± 289
  for (const c of count) assert.ok(Math.abs(c - 100_000) < 5 * 289, `${count}`);
});

test("the average over runs is the expectation that binomials give", () => {
  // n = 10: E[−Σ p̂ log p̂] and E[−Σ p log((c + 1)/16)] for a fair die, as tests/test_chapter_numbers.py
  const choose = [1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1];
  const chance = (j) => (choose[j] * 5 ** (10 - j)) / 6 ** 10;
  const sum = (f) => total(choose.map((_, j) => chance(j) * f(j)));
  const exact = {
    plug_in: -6 * sum((j) => (j ? (j / 10) * Math.log(j / 10) : 0)),
    fresh: -sum((j) => Math.log((j + 1) / 16)),
  };
  const runs = Array.from({ length: 4000 }, (_, k) => counts_at(k, [10])[0]);
  for (const [name, f] of Object.entries({ plug_in, fresh })) {
    const mean = total(runs.map(f)) / runs.length;
    assert.ok(Math.abs(mean - exact[name]) < 0.02, `${name}: ${mean}, expected ${exact[name]}`);
  }
});
