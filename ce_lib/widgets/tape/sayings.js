// What the tape says, in words.

import { clicks, share } from "./code_words.js";

// What a word of `length` clicks does to the bill if it comes with probability p: [colour, words].
export function judge(p, length) {
  if (p < 0.0005) return ["muted", "never comes"];
  if (length === Infinity) return ["loss", "has no clicks"];
  const gap = length - clicks(p);
  if (Math.abs(gap) < 0.02) return ["muted", "just right"];
  return gap > 0 ? ["loss", `${share(gap)} wasted`] : ["grad", `${share(-gap)} saved`];
}

const HOLLOW = " A hollow click is a part of one: to get it, send many words as one.";
const in_blue = (bits) => `<b class="p">${bits.toFixed(2)}</b>`;
const in_red = (said) => `<b class="loss">${said}</b>`;

// H, X and KL are the entropy, the cross-entropy and what lies between, in bits a word; a month has
// n words.
export function sentence({ words, p, q, lengths, H, X, KL, n }) {
  const lost = words.find((_, k) => p[k] > 0 && q[k] === 0);
  if (lost !== undefined) {
    const never = `The list has no clicks for <i>${lost}</i>, and it does come.`;
    return `${never} No bill is high enough: ${in_red("H(p, q) is ∞")}.`;
  }
  const nothing = "A message that can only say one thing says nothing";
  if (X < 0.005) return `${nothing}, and needs no clicks.`;
  const cost = `${Math.round(X * n)} clicks`;
  if (H < 0.005) {
    const wasted = in_red(`All ${cost} of the month are wasted.`);
    return `${nothing}: <b class="p">0</b> bits. ${wasted}`;
  }
  const parted = lengths.some((l) => l !== Infinity && Math.ceil(l - 1e-3) - l > 1e-3);
  const end = parted ? HOLLOW : "";
  if (KL < 0.005) {
    const fits = `The list expects just this weather: ${in_blue(H)} clicks a word`;
    return `${fits}, ${Math.round(X * n)} a month. No list costs less.${end}`;
  }
  const more = `The list expects another, and that costs ${in_red(KL.toFixed(2))} more`;
  return `This weather must cost ${in_blue(H)} a word. ${more}: ${cost} a month.${end}`;
}
