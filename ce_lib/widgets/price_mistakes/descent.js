// What the mails cost, how they pull, and where the filter is after some steps downhill.
// A mail is [score, 1 if it is spam, subject]; a filter is {w, b}.

import {
  binary_cross_entropy_with_logits,
  binary_cross_entropy_with_logits_grad,
} from "../kit/ce_math.js";

const AT_REST = 5e-4; // a slope so small leaves the mean price within 1e-6 of the lowest
const PULLING = 0.4; // the part of the first step in which the pulls appear

const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

// The price and the pull (q − y) of each mail, the mean price, and its slope.
export function bill(mails, { w, b }) {
  const logits = mails.map(([x]) => w * x + b);
  const prices = mails.map(([, y], i) => binary_cross_entropy_with_logits(logits[i], y));
  const pulls = mails.map(([, y], i) => binary_cross_entropy_with_logits_grad(logits[i], y));
  const slope = { w: mean(pulls.map((pull, i) => pull * mails[i][0])), b: mean(pulls) };
  return { prices, pulls, mean: mean(prices), slope };
}

export const at_rest = ({ slope }) => Math.hypot(slope.w, slope.b) < AT_REST;

function downhill(mails, { w, b }, rate) {
  const { slope } = bill(mails, { w, b });
  return { w: w - rate * slope.w, b: b - rate * slope.b };
}

// A function from {mails, w, b, rate, steps} to where the filter is then. It keeps the way from one start.
//   here    the filter, {w, b}
//   before  the filter one step earlier
//   pull    how much of the pulls is to be seen, 0 to 1
export function walker() {
  let way = [];
  let start = "";
  return ({ mails, w, b, rate, steps }) => {
    const key = JSON.stringify([mails, w, b, rate]);
    if (key !== start) [start, way] = [key, [{ w, b }]];
    const whole = Math.floor(steps);
    const part = steps - whole;
    while (way.length < whole + 2) way.push(downhill(mails, way.at(-1), rate));
    const [from, to] = [way[whole], way[whole + 1]];
    const t = whole > 0 ? part : Math.max(0, (part - PULLING) / (1 - PULLING));
    return {
      here: { w: from.w + (to.w - from.w) * t, b: from.b + (to.b - from.b) * t },
      before: way[Math.max(0, Math.ceil(steps) - 1)],
      pull: whole > 0 ? 1 : Math.min(1, part / PULLING),
    };
  };
}

// How many of the cheapest mails together cost no more than the dearest.
export function as_many_as(prices) {
  const [dearest, ...others] = [...prices].sort((a, b) => b - a);
  let [left, count] = [dearest, 0];
  for (const price of others.reverse()) {
    left -= price;
    if (left < 0) break;
    count++;
  }
  return count;
}
