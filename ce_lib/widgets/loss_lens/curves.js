// The loss of one prediction and its slope, as functions of the probability q and of the logit z:
// plain, behind a clamp, or with a weight and the focal loss's γ.

import {
  binary_cross_entropy,
  binary_cross_entropy_grad,
  binary_cross_entropy_with_logits,
  binary_cross_entropy_with_logits_grad,
  logit,
  sigmoid,
  sigmoid_focal_loss,
  sigmoid_focal_loss_grad,
} from "../kit/ce_math.js";
import { clip } from "../kit/chart.js";

// q moved into [ε, 1 − ε]; where that moves it, the loss no longer depends on q.
const clamped = (q, clamp) => clip(q, clamp, 1 - clamp);
export const is_flat = (q, clamp) => clamped(q, clamp) !== q;

const turned = ({ knobs }) => knobs.length > 0;
const factor = ({ weight }, y) => 1 + (weight - 1) * y; // what "yes" counts for

export const against_z = {
  exact: binary_cross_entropy_with_logits,
  loss(state, z) {
    const { y, gamma, clamp } = state;
    if (turned(state)) return factor(state, y) * sigmoid_focal_loss(z, y, gamma);
    const q = sigmoid(z);
    return is_flat(q, clamp) ? binary_cross_entropy(clamped(q, clamp), y) : binary_cross_entropy_with_logits(z, y);
  },
  slope(state, z) {
    const { y, gamma, clamp } = state;
    if (turned(state)) return factor(state, y) * sigmoid_focal_loss_grad(z, y, gamma);
    return is_flat(sigmoid(z), clamp) ? 0 : binary_cross_entropy_with_logits_grad(z, y);
  },
};

export const against_q = {
  exact: binary_cross_entropy,
  loss: (state, q) =>
    turned(state) ? against_z.loss(state, logit(q)) : binary_cross_entropy(clamped(q, state.clamp), state.y),
  slope(state, q) {
    if (turned(state)) return against_z.slope(state, logit(q)) / (q * (1 - q));
    return is_flat(q, state.clamp) ? 0 : binary_cross_entropy_grad(q, state.y);
  },
};

// torch's binary_cross_entropy after a sigmoid, in float64, for y = 1: the loss is right down to
// −100, but the slope is divided by q(1 − q) no smaller than 1e-12 and multiplied by it again.
export function torch_after_sigmoid(z) {
  const q = sigmoid(z);
  const steep = q * sigmoid(-z);
  return { loss: Math.min(100, binary_cross_entropy(q, 1)), slope: (-sigmoid(-z) / Math.max(steep, 1e-12)) * steep };
}
