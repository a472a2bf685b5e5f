// Three who expect the next letter: how often letters come, a memory of the last few, and the reader.

import { cross_entropy, entropy, to_bits } from "../kit/ce_math.js";

export const LETTERS = " abcdefghijklmnopqrstuvwxyz";
export const PASSAGE = 170; // letters of the story that one can guess
export const ENOUGH = 8; // guesses, for a mean that says something
export const MEMORY = { 1: "one letter", 2: "two letters", 3: "three letters" };
const MOST = 3; // letters that a memory holds

// What is no letter is a space, and spaces do not pile up.
export const plain = (text) => text.toLowerCase().replace(/[^a-z]+/g, " ").replace(/^ /, "");

export const price = (q) => to_bits(cross_entropy([1], [q])); // bits

// The share of each of the 27 letters of a text.
export function shares(text) {
  const counts = new Map([...LETTERS].map((letter) => [letter, 0]));
  for (const letter of text) counts.set(letter, counts.get(letter) + 1);
  return new Map([...counts].map(([letter, count]) => [letter, count / text.length]));
}

// How often each letter followed each context of up to MOST letters.
export function learn(text) {
  const seen = new Map();
  for (let i = 0; i < text.length; i++) {
    for (let k = 0; k <= MOST && k <= i; k++) {
      const context = text.slice(i - k, i);
      if (!seen.has(context)) seen.set(context, { n: 0, next: new Map() });
      const row = seen.get(context);
      row.n += 1;
      row.next.set(text[i], (row.next.get(text[i]) ?? 0) + 1);
    }
  }
  return seen;
}

// The probability of a letter after others. Witten and Bell: start with all 27 alike; each longer
// context speaks as loudly as it is well known, and keeps a little back for what it has not seen.
export function chance(seen, before, letter, order) {
  let q = 1 / LETTERS.length;
  for (let k = 0; k <= order && k <= before.length; k++) {
    const row = seen.get(before.slice(before.length - k));
    if (!row) break;
    const kinds = row.next.size;
    q = ((row.next.get(letter) ?? 0) + kinds * q) / (row.n + kinds);
  }
  return q;
}

// What the reader pays for each guess: its number, sent in a code that learns as it goes. The code
// begins with four guesses that it has not seen, of which the r-th is as likely as 1/r². A letter
// that was not guessed has rank 0 and no price.
export function reader(ranks) {
  const prior = Array.from(LETTERS, (_, i) => 1 / (i + 1) ** 2);
  const whole = prior.reduce((a, b) => a + b, 0);
  const counts = prior.map((v) => (4 * v) / whole);
  let n = 4;
  return ranks.map((rank) => {
    if (!rank) return null;
    const bits = price(counts[rank - 1] / n);
    counts[rank - 1] += 1;
    n += 1;
    return bits;
  });
}

// Shannon's bounds of 1951 on what the reader would need, from how often each rank came, in bits.
export function shannon(ranks) {
  const said = ranks.filter(Boolean);
  const share = Array.from({ length: 28 }, (_, i) => said.filter((r) => r === i + 1).length / said.length);
  const low = share.slice(0, 27).map((v, i) => (i + 1) * (v - share[i + 1]) * Math.log2(i + 1));
  return [low.reduce((a, b) => a + b, 0), to_bits(entropy(share))];
}

// The prices of the first `n` letters of `text`, after `lead`: [letters alone, memory].
export function prices({ alone, seen }, lead, text, n, order) {
  const read = Array.from({ length: n }, (_, i) => i);
  const before = (i) => (lead + text.slice(Math.max(0, i - MOST), i)).slice(-MOST);
  return [
    read.map((i) => price(alone.get(text[i]))),
    read.map((i) => price(chance(seen, before(i), text[i], order))),
  ];
}

export const mean = (list) => (list.length ? list.reduce((a, b) => a + b, 0) / list.length : null);
