// What the picture says, in words.

import { short } from "../kit/stage.js";

const loss = (value, digits = 2) => `<b class="loss">${value.toFixed(digits)}</b>`;

// "1 in 300"; where the chance is no rarity, "38 %".
export function odds(chance) {
  if (chance >= 0.1) return `${Math.round(100 * chance)} %`;
  const one_in = Number((1 / chance).toPrecision(2));
  return `1 in ${one_in < 1e6 ? one_in.toLocaleString("en") : short(one_in)}`;
}

// `chosen` is the index of the mail that the reader picked, or null; `before` the mean price one
// step earlier; `many` how many of the cheapest mails cost as much as the dearest.
export function sentence({ mails, prices, mean, here, steps, chosen, dear, alike, before, rests, many }) {
  const name = (i) => `“${mails[i][2]}”`;
  const was = (i) => `was ${mails[i][1] ? "" : "not "}spam, and the filter had given that`;
  if (chosen !== null) {
    const chance = odds(Math.exp(-prices[chosen]));
    return `${name(chosen)} ${was(chosen)} ${chance}. It costs −log of this: ${loss(prices[chosen])}.`;
  }
  if (rests) {
    const after = steps > 1 ? `After ${Math.floor(steps)} steps the` : "The";
    return `${after} <b class="grad">pulls</b> up and down hold each other. The mean price is ${loss(mean)}, and no small move makes it lower.`;
  }
  if (steps > 1) return `${Math.ceil(steps)} steps: the mean price is ${loss(mean)}.`;
  if (steps > 0) {
    return `One step: the mean price goes from ${before.toFixed(2)} to ${loss(mean)}. The longest <b class="grad">pulls</b> pull hardest.`;
  }
  if (alike && here.w === 0 && here.b === 0) {
    return `The filter knows nothing. Every mail costs ${loss(mean)}, what a coin would pay.`;
  }
  const chance = Math.exp(-prices[dear]);
  if (chance < 0.1) {
    const as_much = many > 1 ? `, as much as the ${many} cheapest together` : "";
    return `Sure and wrong: ${name(dear)} ${was(dear)} ${odds(chance)}. It costs ${loss(prices[dear], 1)}${as_much}.`;
  }
  return `A mail costs ${loss(mean)} on average. The dearest, ${name(dear)}, costs ${loss(prices[dear], 1)}.`;
}
