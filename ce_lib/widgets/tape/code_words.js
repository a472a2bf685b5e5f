// Lists of code words: how long a word is, which clicks it has, and what a month of words costs.

import { move_to } from "../code_length/distribution.js";
import { cross_entropy, to_bits } from "../kit/ce_math.js";
import { clip } from "../kit/chart.js";

export const LEAST = 0.025; // what a list expects at least of each word in a reader's hand

// The clicks of a word that is expected with probability q: −log₂ q.
export const clicks = (q) => to_bits(cross_entropy([1], [q]));

// For each probability the clicks of its code word, 0 short and 1 long: as many as −log₂ q, rounded
// up. The commonest word comes first, and each has the first binary digits of where it begins in
// [0, 1], so that no word begins like another. A word that is never expected has none.
export function code_words(q) {
  const words = q.map(() => []);
  const order = q.map((_, k) => k).sort((i, j) => q[j] - q[i] || i - j);
  let from = 0;
  for (const k of order.filter((k) => q[k] > 0)) {
    const length = Math.ceil(clicks(q[k]) - 1e-6);
    words[k] = Array.from({ length }, (_, d) => Math.floor(from * 2 ** (d + 1) + 1e-9) % 2);
    from += q[k];
  }
  return words;
}

// `q` with entry i moved to `value`, the others in proportion, and none below LEAST.
export function expect_more(q, i, value) {
  const whole = 1 - LEAST * q.length; // what there is to share above LEAST
  const spare = q.map((v) => Math.max(0, v - LEAST));
  const all = spare.reduce((a, b) => a + b, 0);
  const shares = spare.map((v) => (all > 0 ? v / all : 1 / q.length));
  const next = move_to(shares, i, clip((value - LEAST) / whole, 0, 1)).map((v) => LEAST + v * whole);
  return move_to(next, i, next[i]); // on its grid of 1/1000
}

// How often each word comes among `n`: n·p, rounded so that the sum is n.
export function counts_of(p, n) {
  const counts = p.map((v) => Math.floor(v * n + 1e-9));
  const lost = p.map((v, k) => v * n - counts[k]);
  const order = p.map((_, k) => k).sort((i, j) => lost[j] - lost[i] || i - j);
  const missing = n - counts.reduce((a, b) => a + b, 0);
  for (const k of order.slice(0, missing)) counts[k] += 1;
  return counts;
}

// A month of n words, each as often as p says, in an order that `random` shuffles.
export function month(p, n, random) {
  const deck = counts_of(p, n).flatMap((times, k) => Array(times).fill(k));
  for (let i = deck.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [deck[i], deck[j]] = [deck[j], deck[i]];
  }
  return deck;
}

// A number as on a bill: 1.25 → 1¼, 0.31 → 0.31, 2 → 2.
const EIGHTHS = ["", "⅛", "¼", "⅜", "½", "⅝", "¾", "⅞"];
export function share(value) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  const eighths = Math.round(size * 8);
  if (size > 0.004 && Math.abs(size * 8 - eighths) < 0.004) {
    const whole = Math.floor(eighths / 8);
    return `${sign}${whole || ""}${EIGHTHS[eighths % 8]}`;
  }
  const sixteenth = Math.abs(size * 16 - Math.round(size * 16)) < 0.004;
  return size < 0.005 ? "0" : sign + size.toFixed(sixteenth ? 4 : 2);
}
