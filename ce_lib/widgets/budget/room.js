// What code words take of [0, 1]: a word of n clicks takes ½ⁿ, all that begins like it.

import { share } from "../tape/code_words.js";

export const taken = (lengths) => lengths.map((n) => 2 ** -n);

export const total = (values) => values.reduce((a, b) => a + b, 0);

// The words from the shortest to the longest, equal ones in their order.
export const order_of = (lengths) =>
  lengths.map((_, k) => k).sort((i, j) => lengths[i] - lengths[j] || i - j);

// Where each word begins on the strip, side by side and the shortest first.
export function places_of(lengths) {
  const places = [];
  let from = 0;
  for (const k of order_of(lengths)) {
    places[k] = from;
    from += 2 ** -lengths[k];
  }
  return places;
}

// What one calls over the end: more than a rounded length may be out.
export const OVER = 0.004;

export const is_whole = (lengths) => lengths.every((n) => Math.abs(n - Math.round(n)) < 1e-6);

// The clicks of each word, 0 short and 1 long: the first binary digits of where it begins. null
// where it has no place of its own: beyond the end of the strip, or with a fraction of a click.
export function codes_of(lengths) {
  const places = places_of(lengths);
  return lengths.map((n, k) => {
    const at = places[k] * 2 ** n;
    const fits = places[k] + 2 ** -n <= 1 + OVER && Math.abs(at - Math.round(at)) < 1e-6;
    if (!fits || !is_whole([n])) return null;
    return Array.from({ length: Math.round(n) }, (_, d) => Math.floor(places[k] * 2 ** (d + 1) + 1e-9) % 2);
  });
}

// The least mean length that whole clicks can have (Huffman): join the two rarest words into one,
// again and again; each time a click is paid as often as one of the two comes.
export function least_whole(p) {
  const left = p.filter((v) => v > 0);
  let mean = 0;
  while (left.length > 1) {
    left.sort((a, b) => b - a);
    const both = left.pop() + left.pop();
    mean += both;
    left.push(both);
  }
  return mean;
}

// The numbers `at`, in their order, moved as little as it needs so that each is `gap` from the next
// and all are within [low, high].
export function spread(at, gap, low, high) {
  const out = [...at];
  const step = Math.min(gap, (high - low) / Math.max(1, at.length - 1));
  for (let round = 0; round < 60; round++) {
    for (let i = 1; i < out.length; i++) {
      const lack = step - (out[i] - out[i - 1]);
      if (lack <= 0) continue;
      out[i] += lack / 2;
      out[i - 1] -= lack / 2;
    }
    out[0] = Math.max(out[0], low);
    out[out.length - 1] = Math.min(out.at(-1), high);
  }
  return out;
}

// A part of the strip as one says it: 0.75 → ¾, 0.0625 → 1/16, 0.31 → 0.31.
export function part(value) {
  if (Math.abs(value * 8 - Math.round(value * 8)) < 1e-6) return share(value);
  const lowest = [16, 32].find((n) => Math.abs(value * n - Math.round(value * n)) < 1e-6);
  if (!lowest) return share(value);
  const whole = Math.floor(value);
  return `${whole ? `${whole} ` : ""}${Math.round((value - whole) * lowest)}/${lowest}`;
}
