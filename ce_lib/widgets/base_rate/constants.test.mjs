import assert from "node:assert/strict";
import test from "node:test";
import { logit } from "../kit/ce_math.js";
import { cost, lowest, nats, percent, sentence, where_it_costs } from "./constants.js";

const near = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

test("the cheapest constant is the share itself, and costs its entropy", () => {
  for (const r of [0.0025, 0.01, 0.2, 0.5, 0.9]) {
    near(cost(r, logit(r)), lowest(r));
    for (const away of [-2, -0.1, 0.1, 2]) assert.ok(cost(r, logit(r) + away) > lowest(r));
  }
});

test("1 % costs 0.056, a half costs log 2, and a flat no costs infinity", () => {
  near(lowest(0.01), 0.0560015, 1e-7);
  near(lowest(0.5), Math.LN2);
  assert.equal(cost(0.01, -Infinity), Infinity);
});

test("a cost is found where it is", () => {
  for (const r of [0.01, 0.3, 0.7, 0.99]) near(cost(r, where_it_costs(r, 0.9)), 0.9, 1e-9);
  assert.ok(where_it_costs(0.7, 0.9) < logit(0.7));
});

test("numbers are said as a person says them", () => {
  assert.deepEqual([0.01, 0.0025, 0.5, 0.0996, 0.995].map(percent), ["1 %", "0.25 %", "50 %", "10 %", "99.5 %"]);
  assert.deepEqual([0, 0.1, 0.056, 0.004, 1.1].map(nats), ["0", "0.10", "0.056", "0.004", "1.1"]);
});

test("a small loss is set beside the cheapest constant", () => {
  const said = (state) => sentence({ r: 0.01, loss: 0.1, z: logit(0.01), ...state }).replace(/<.*?>/g, "");
  assert.match(said({}), /^A loss of 0\.10 looks small\. But giving everybody the same 1 % costs 0\.056, .* worse/);
  assert.match(said({ r: 0.5, z: 0 }), /50 % costs 0\.69\. A loss of 0\.10 saves 86 % of that/);
  assert.match(said({ r: 0.2, z: logit(0.2), loss: 0.5 }), /is just that: it knows how many/);
  assert.match(said({ r: 0.2, z: -5.5, loss: 0.5 }), /^Giving everybody 0\.004 costs 1\.1, more than a coin .* a flat no would cost ∞\. The share itself, 20 %, costs/);
  assert.match(said({ z: 0 }), /^Giving everybody 0\.50 costs 0\.69\. .* A loss of 0\.10 is worse than that\.$/);
});
