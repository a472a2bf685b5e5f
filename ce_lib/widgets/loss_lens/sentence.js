// What the lens says, in words.

import { short } from "../kit/stage.js";

// Two digits that count: 3.0, 0.11, 3.4 × 10⁻⁴.
const two = (v) => (v >= 10 ? v.toFixed(1) : v >= 0.01 ? v.toPrecision(2) : short(v));

const loss_of = (nats) => `<b class="loss">${two(nats)}</b>`;
const pull_of = (slope) => `<b class="grad">${short(Math.abs(slope), Math.abs(slope) > 0.99 ? 3 : 2)}</b>`;

export function percent(q) {
  if (q > 0.995) return `${short(100 * q, 4)} %`;
  return `${short(100 * q)} %`;
}

// `loss` and `slope` are those of the picture; `plain` and `pull` of the loss without a clamp, a
// weight or γ; `floor` is what a perfect answer costs.
export function sentence({ y, soft, clamp, knobs, weight, gamma }, { q, loss, slope, plain, pull, floor }) {
  const given = y === 1 ? q : 1 - q;
  if (knobs.length) {
    const turned = [`weight ${short(weight, 3)}`, `γ = ${short(gamma)}`];
    const what = ["weight", "gamma"].flatMap((knob, i) => (knobs.includes(knob) ? [turned[i]] : [])).join(" and ");
    if (knobs[0] === "weight" && y === 0 && gamma === 0) {
      return `The weight belongs to yes, and this is a no: it costs ${loss_of(loss)} and pulls with ${pull_of(slope)}, as without a weight.`;
    }
    const ratio = loss / plain;
    const times = ratio > 1 ? `${short(ratio, 3)} times as much` : ratio < 1 ? `${short(1 / ratio, 3)} times less` : "the same";
    return `With ${what} it costs ${loss_of(loss)} and pulls with ${pull_of(slope)}. The plain loss is ${two(plain)}: ${times}.`;
  }
  if (soft && y > 0 && y < 1) {
    const many = short(100 * y);
    const best = Math.abs(q - y) < 0.005;
    const saying = `<b class="q">${percent(q)}</b>`;
    return best
      ? `${many} of a hundred say yes, and so does the answer, ${saying}. It costs ${loss_of(loss)}, and no answer costs less: this is the floor.`
      : `${many} of a hundred say yes. To answer ${saying} costs ${loss_of(loss)}; the right answer, ${many} %, would still cost <b class="p">${two(floor)}</b>.`;
  }
  const chance = `<b class="q">${percent(given)}</b>`;
  if (clamp > 0 && slope === 0 && plain > 0.7) {
    return `The clamp hides the mistake. It should cost ${two(plain)} and pull with ${short(Math.abs(pull), 3)}; it costs ${loss_of(loss)} and does not pull at all.`;
  }
  const is = y === 1 ? "yes" : "no";
  const what = `it is a ${is}, and had been given ${chance}. That costs ${loss_of(loss)}, and`;
  if (given < 0.1) return `Sure and wrong: ${what} pulls with ${pull_of(slope)}, where 1 is the most.`;
  if (given > 0.9) return `Sure and right: ${what} hardly pulls: ${pull_of(slope)}, where 1 is the most.`;
  return `Not sure: ${what} pulls with ${pull_of(slope)}.`;
}
