// What a constant answer costs where a share r is positive, and what the picture says about it.

import { binary_cross_entropy_with_logits, entropy, logit, sigmoid } from "../kit/ce_math.js";
import { short } from "../kit/stage.js";

const ALIKE = 0.1; // log-odds within which an answer counts as the share itself
const COIN = Math.LN2;

// Everybody gets the q with log-odds z: a label that is r on average.
export const cost = (r, z) => binary_cross_entropy_with_logits(z, r);

export const lowest = (r) => entropy([r, 1 - r]);

export const says_the_share = ({ r, z }) => Math.abs(z - logit(r)) <= ALIKE;

// The log-odds to the right of the lowest point (to its left if r > ½) at which the cost is `nats`.
export function where_it_costs(r, nats) {
  const side = r > 0.5 ? -1 : 1;
  let [near, far] = [0, 40];
  for (let k = 0; k < 50; k++) {
    const middle = (near + far) / 2;
    if (cost(r, logit(r) + side * middle) < nats) near = middle;
    else far = middle;
  }
  return logit(r) + side * near;
}

export function percent(share) {
  const value = 100 * share;
  return `${value < 9.95 || value > 99 ? short(value, value > 99 ? 4 : 2) : Math.round(value)} %`;
}

// Two digits that count: 0.056, 0.10, 0.69; 1.1.
export const nats = (v) => (v === 0 ? "0" : v < 0.01 ? v.toPrecision(1) : v.toPrecision(2));

const bold = (look, text) => `<b class="${look}">${text}</b>`;

export function sentence(state) {
  const { r, z, loss } = state;
  const floor = bold("p", nats(lowest(r)));
  const share = bold("q", percent(r));
  const reported = bold("loss", nats(loss));
  const saved = 1 - loss / lowest(r);
  if (!says_the_share(state)) {
    const price = cost(r, z);
    const dear = price > COIN + 0.005 ? ", more than a coin would (0.69)" : "";
    const hard = z < -5 ? ", and a flat <i>no</i> would cost ∞" : z > 5 ? ", and a flat <i>yes</i> would cost ∞" : "";
    const verdict = saved > 0.03 ? "better than" : saved < -0.03 ? "worse than" : "worth just";
    const model = dear || hard ? "" : ` A loss of ${reported} is ${verdict} that.`;
    return (
      `Giving everybody ${bold("q", nats(sigmoid(z)))} costs ${bold("loss", nats(price))}${dear}${hard}. ` +
      `The share itself, ${share}, costs ${floor}: no constant is cheaper.${model}`
    );
  }
  const who = `iving everybody the same ${share} costs ${floor}`;
  if (Math.abs(saved) < 0.03) {
    return `G${who}. A loss of ${reported} is just that: it knows how many are positive, and nothing about who.`;
  }
  if (saved < 0) {
    return loss < 0.35
      ? `A loss of ${reported} looks small. But g${who}, without looking at anybody: the model is worse than not looking.`
      : `G${who}. A loss of ${reported} is worse than not looking.`;
  }
  const part = bold("grad", `${Math.round(100 * saved)} %`);
  return loss > 0.3
    ? `A loss of ${reported} looks large. But g${who}: the model has saved ${part} of it.`
    : `G${who}. A loss of ${reported} saves ${part} of that: the model knows something about who.`;
}
