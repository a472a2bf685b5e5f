import assert from "node:assert/strict";
import test from "node:test";
import { to_bits } from "../kit/ce_math.js";
import { bill, q_of_length, spread } from "./bill.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
const INES = [0.5, 0.25, 0.125, 0.125];

test("wasted minus saved is KL, on top of the entropy", () => {
  const { wasted, saved, net, must, paid } = bill(INES, [0.125, 0.5, 0.25, 0.125]);
  near(to_bits(wasted), 1); // two bits too many, half of the time
  near(to_bits(saved), 0.375);
  near(to_bits(net), 0.625);
  near(to_bits(must), 1.75);
  near(to_bits(paid), 2.375);
  near(wasted - saved, net);
});

test("the right code wastes nothing, not even by rounding", () => {
  const p = [0.7, 0.2, 0.1];
  const { wasted, saved, net } = bill(p, p);
  assert.deepEqual([wasted, saved, net], [0, 0, 0]);
});

test("what happens without a name costs infinity, what never happens costs nothing", () => {
  assert.equal(bill([0.5, 0.5], [1, 0]).paid, Infinity);
  assert.equal(bill([0.5, 0.5], [1, 0]).wasted, Infinity);
  assert.equal(to_bits(bill([1, 0], [1, 0]).paid), 0);
  near(to_bits(bill([1, 0], [0.5, 0.5]).net), 1);
});

test("each step of a length moves q, down to nothing and up to one", () => {
  assert.equal(q_of_length(2 * Math.LN2, 0.5), 0.25);
  let q = 0.5;
  for (let k = 0; q > 0; k++) {
    const next = q_of_length(-Math.log(q) + 0.07, q);
    assert.ok(next < q && k < 200, `${q}`);
    q = next;
  }
  assert.equal(q_of_length(7, 0), 0.001); // back from ∞
});

test("knobs keep their distance and their order", () => {
  assert.deepEqual(spread([0, 0, 5, 90], 20, 0, 100), [0, 20, 40, 90]);
  assert.deepEqual(spread([95, 100, 100], 20, 0, 100), [60, 80, 100]);
  assert.deepEqual(spread([1, 1, 1], 80, 0, 100), [0, 50, 100]);
});
