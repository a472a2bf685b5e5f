import assert from "node:assert/strict";
import test from "node:test";
import { sigmoid_focal_loss, sigmoid_focal_loss_grad } from "../kit/ce_math.js";
import { shares } from "./figure.js";

const near = (got, want, within = 1e-12) => assert.ok(Math.abs(got - want) <= within, `${got}, want ${want}`);

test("the focal loss at γ = 2 is 100 times smaller at .9 and 1.23 times at .1", () => {
  const ratio = (q) => sigmoid_focal_loss(Math.log(q / (1 - q)), 1, 0) / sigmoid_focal_loss(Math.log(q / (1 - q)), 1, 2);
  near(ratio(0.9), 100, 1e-10);
  near(ratio(0.1), 1 / 0.81, 1e-12);
});

test("the slope of the focal loss is its central difference", () => {
  for (const gamma of [0, 0.5, 2, 5]) {
    for (const z of [-4, -1, 0, 0.7, 3]) {
      for (const y of [0, 1, 0.3]) {
        const rise = sigmoid_focal_loss(z + 1e-5, y, gamma) - sigmoid_focal_loss(z - 1e-5, y, gamma);
        near(sigmoid_focal_loss_grad(z, y, gamma), rise / 2e-5, 1e-9);
      }
    }
  }
});

test("the shares of three examples, by hand", () => {
  const { count, mass } = shares([0.5, 0.95, 0.97], 0);
  const losses = [0.5, 0.95, 0.97].map((q) => -Math.log(q));
  near(count[5], 1 / 3);
  near(count[9], 2 / 3);
  near(mass[9], (losses[1] + losses[2]) / (losses[0] + losses[1] + losses[2]));
  const focal = [0.5, 0.95, 0.97].map((q) => -((1 - q) ** 2) * Math.log(q));
  near(shares([0.5, 0.95, 0.97], 2).mass[5], focal[0] / (focal[0] + focal[1] + focal[2]));
});
