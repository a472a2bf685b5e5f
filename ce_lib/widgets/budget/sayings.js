// What the budget says, in words.

import { cross_entropy, entropy, to_bits } from "../kit/ce_math.js";
import { clicks, share } from "../tape/code_words.js";
import { is_whole, least_whole, OVER, part, places_of, taken, total } from "./room.js";

// What each word deserves, −log₂ p, and what a word costs on average: p × its clicks.
export function costs_of(p, lengths) {
  const average = to_bits(cross_entropy(p, taken(lengths)));
  return { needs: p.map(clicks), average, H: to_bits(entropy(p)) };
}

export function sentence(words, p, lengths) {
  const { needs, average, H } = costs_of(p, lengths);
  const waste = average - H;
  const spare = 1 - total(taken(lengths));
  if (spare < -OVER) return too_much(words, lengths, -spare);
  if (waste < 0.005) {
    const least = `<b class="p">${H.toFixed(2)}</b> clicks a word, and it cannot be shorter.`;
    return `Every word has as many clicks as it has surprise. ${least}`;
  }
  if (is_whole(lengths) && average < least_whole(p) + 1e-9) {
    const more = `<b class="loss">${waste.toFixed(2)}</b> more than the surprise`;
    return `No list of whole clicks is shorter: <b>${average.toFixed(2)}</b> a word, ${more}.`;
  }
  const wasted = `<b class="loss">${amount(waste)} a word ${waste > 1.005 ? "are" : "is"} wasted</b>`;
  if (spare > OVER) {
    const empty = `<b class="q">${part(spare)} of the strip is empty</b>`;
    return `${empty}, so some word could be shorter. As it is, ${wasted}.`;
  }
  const loss = (k) => (p[k] > 0 ? p[k] * (lengths[k] - needs[k]) : 0);
  const worst = words.reduce((a, _, k) => (loss(k) > loss(a) ? k : a), 0);
  const name = `<i>${words[worst]}</i>`;
  const many = `${count(lengths[worst] - needs[worst])} too many`;
  const often = `${share(p[worst])} of all words are ${name}`;
  return `The strip is full, yet ${wasted}: ${name} has ${many}, and ${often}.`;
}

function too_much(words, lengths, over) {
  const [places, room] = [places_of(lengths), taken(lengths)];
  const out = words.filter((_, k) => places[k] + room[k] > 1 + OVER).map((word) => `<i>${word}</i>`);
  const lost = out.length > 1 ? `${out.slice(0, -1).join(", ")} and ${out.at(-1)}` : out[0];
  const begin = `${out.length > 1 ? "they" : "it"} would begin like another word`;
  const sum = `<b class="loss">${part(over)} over the budget.</b>`;
  return `${sum} Whatever clicks ${lost} got, ${begin}: the clerk could not tell them apart.`;
}

const count = (n) => (Math.abs(n - 1) < 0.005 ? "a click" : `${share(n)} click${n > 1 ? "s" : ""}`);
const amount = (n) => (n < 0.995 ? `${share(n)} of a click` : `${share(n)} click${n > 1.005 ? "s" : ""}`);
