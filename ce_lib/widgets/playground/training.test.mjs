import assert from "node:assert/strict";
import test from "node:test";
import { sigmoid } from "../kit/ce_math.js";
import { calibration, gradient, logit, mean_loss, network, points, run, weight_of } from "./training.js";

const FRESH = { data: "moons", loss: "ce", net: "mlp", start: "fresh", rate: 1, seed: 1, flip: [] };

// Each loss as its textbook formula, in the probability of class 1.
const FORMULAS = {
  ce: (q, y) => -Math.log(y ? q : 1 - q),
  mse: (q, y) => (q - y) ** 2 / 2,
  focal: (q, y) => -((1 - (y ? q : 1 - q)) ** 2) * Math.log(y ? q : 1 - q),
  weighted: (q, y, w) => -(y ? w : 1) * Math.log(y ? q : 1 - q),
};

for (const [loss, formula] of Object.entries(FORMULAS)) {
  test(`the gradient of ${loss} is the slope of its formula`, () => {
    const [train, w] = [points("blobs", 40, 5), weight_of("blobs")];
    const mass = loss === "weighted" ? train.reduce((sum, { y }) => sum + (y ? w : 1), 0) : train.length;
    const mean = (theta) => train.reduce((sum, { x, y }) => sum + formula(sigmoid(logit(theta, x)), y, w), 0) / mass;
    for (const net of ["line", "mlp"]) {
      const theta = network(net, 2).map((v, i) => v + 0.1 * Math.sin(i));
      const exact = gradient(theta, train, loss, w);
      theta.forEach((v, i) => {
        const [up, down] = [1e-5, -1e-5].map((h) => mean(theta.with(i, v + h)));
        assert.ok(Math.abs((up - down) / 2e-5 - exact[i]) < 1e-8, `${net} ${i}`);
      });
    }
  });
}

test("a run goes on from where it stands, and a new one repeats it", () => {
  const [at_once, in_parts] = [run(FRESH), run(FRESH)];
  at_once.to(30);
  in_parts.to(10);
  in_parts.to(30);
  assert.deepEqual(at_once.costs, in_parts.costs);
  assert.equal(at_once.costs.length, 31);
  assert.ok(at_once.costs[30] < at_once.costs[0]);
});

test("sure and wrong: cross-entropy turns round, half a squared error does not", () => {
  const wrong = { ...FRESH, start: "wrong", rate: 0.5 };
  const [ce, mse] = ["ce", "mse"].map((loss) => run({ ...wrong, loss }));
  assert.ok(ce.costs[0] > 2);
  for (const one of [ce, mse]) one.to(60);
  assert.ok(ce.costs[60] < 0.69 && mse.costs[60] > 2, `${ce.costs[60]} ${mse.costs[60]}`);
});

test("one in twenty is rare, every ninth noisy label is wrong, and a turned label is turned", () => {
  assert.equal(points("rare", 400, 3).filter(({ y }) => y).length, 20);
  const [noisy, clean] = ["noisy", "blobs"].map((data) => points(data, 180, 3));
  assert.equal(noisy.filter(({ y }, i) => y !== clean[i].y).length, 20);
  const [plain, turned] = [run(FRESH), run({ ...FRESH, flip: [3] })];
  plain.train.forEach(({ y }, i) => assert.equal(turned.train[i].y, i === 3 ? 1 - y : y));
});

test("the bins of a model that is always at ½ hold the share of positives", () => {
  const { bins, said, happens } = calibration(new Float64Array(3), points("rare", 2000, 9));
  assert.equal(bins.length, 1);
  assert.deepEqual([bins[0].n, bins[0].q, bins[0].y, said, happens], [2000, 0.5, 0.05, 0.5, 0.05]);
  assert.equal(mean_loss(new Float64Array(3), points("rare", 20, 9)), Math.LN2);
});
