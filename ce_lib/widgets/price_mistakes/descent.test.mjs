import assert from "node:assert/strict";
import test from "node:test";
import { as_many_as, at_rest, bill, walker } from "./descent.js";

const MAILS = [[-1, 0, "a"], [-0.5, 1, "b"], [0.5, 0, "c"], [1, 1, "d"]];
const near = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

test("a filter that knows nothing pays log 2 for every mail, and each mail pulls by ½", () => {
  const { prices, pulls, mean } = bill(MAILS, { w: 0, b: 0 });
  for (const price of prices) near(price, Math.LN2);
  assert.deepEqual(pulls, [0.5, -0.5, 0.5, -0.5]);
  near(mean, Math.LN2);
});

test("the slope is the change of the mean price", () => {
  const [w, b, h] = [0.7, -0.3, 1e-6];
  const mean = (dw, db) => bill(MAILS, { w: w + dw, b: b + db }).mean;
  const { slope } = bill(MAILS, { w, b });
  near(slope.w, (mean(h, 0) - mean(-h, 0)) / (2 * h), 1e-9);
  near(slope.b, (mean(0, h) - mean(0, -h)) / (2 * h), 1e-9);
});

test("a mail that is sure and wrong costs its logit and pulls with 1", () => {
  const { prices, pulls } = bill([[-1, 1, "wrong"], [1, 1, "right"]], { w: 50, b: 0 });
  near(prices[0], 50);
  near(pulls[0], -1);
  near(pulls[1], 0);
});

test("steps go downhill, and without a step the filter is where it was put", () => {
  const walk = walker();
  const at = (steps) => walk({ mails: MAILS, w: -2, b: 3, rate: 0.5, steps });
  assert.deepEqual(at(0), { here: { w: -2, b: 3 }, before: { w: -2, b: 3 }, pull: 0 });
  let last = Infinity;
  for (let steps = 0; steps < 100; steps++) {
    const { mean } = bill(MAILS, at(steps).here);
    assert.ok(mean < last, `step ${steps}`);
    last = mean;
  }
  assert.ok(at_rest(bill(MAILS, at(400).here)));
});

test("the pulls appear before the first step moves the filter", () => {
  const walk = walker();
  const at = (steps) => walk({ mails: MAILS, w: 2, b: 1, rate: 1, steps });
  assert.deepEqual(at(0.2).here, { w: 2, b: 1 });
  near(at(0.2).pull, 0.5);
  assert.equal(at(0.7).pull, 1);
  near(at(0.7).here.w, (at(0).here.w + at(1).here.w) / 2);
  assert.deepEqual(at(1).before, { w: 2, b: 1 });
});

test("another start is another way", () => {
  const walk = walker();
  const one = walk({ mails: MAILS, w: 2, b: 1, rate: 1, steps: 3 }).here;
  walk({ mails: MAILS, w: 0, b: 0, rate: 1, steps: 3 });
  assert.deepEqual(walk({ mails: MAILS, w: 2, b: 1, rate: 1, steps: 3 }).here, one);
});

test("the dearest mail is weighed against the cheapest ones", () => {
  assert.equal(as_many_as([5, 1, 2, 1, 3]), 3);
  assert.equal(as_many_as([5, 6]), 1);
  assert.equal(as_many_as([1, 1, 1]), 1);
});
