// What the run says at any epoch and temperature: between what is stored it goes straight, in the
// logarithm of the epoch and of the temperature.

import { perplexity, softmax, softmax_cross_entropy_with_logits } from "../kit/ce_math.js";
import { RUN } from "./run.js";

export const LAST = RUN.epochs.at(-1);
export const HOTTEST = RUN.temperatures.at(-1);
export const TESTED = RUN.tested;
export const EPOCHS = RUN.epochs;
export const TRAIN = RUN.train; // nats
const SHOWN = RUN.runs.find(({ seed }) => seed === RUN.seed);
export const RIGHT = SHOWN.right;
export const OTHERS = RUN.runs.filter((run) => run !== SHOWN).map(({ right, loss }) => ({ right, loss: loss.map(nats) }));
export const LOWEST = SHOWN.loss.indexOf(Math.min(...SHOWN.loss)); // where the loss of the run is least
export const DIGITS = RUN.digits;

// Where an epoch stands on the axis: 0 at the start, 1 at the end.
export const place_of = (epoch) => Math.log(1 + epoch) / Math.log(1 + LAST);
export const epoch_at = (place) => perplexity(place * Math.log(1 + LAST)) - 1;

// Each run's numbers at a temperature: one for each stored epoch.
export function losses_at(T) {
  const [j, t] = between(RUN.temperatures.map(Math.log), Math.log(T));
  return RUN.tempered.map((row) => nats(row[j] + t * (row[j + 1] - row[j])));
}

// The value of a list with one entry for each stored epoch.
export function along(list, epoch) {
  const [i, t] = between(RUN.epochs.map(place_of), place_of(epoch));
  return list[i] + t * (list[i + 1] - list[i]);
}

// What a digit pays, what it is called, and how surely.
export function verdict({ y, below }, epoch, T) {
  const logits = below[0].map((_, k) => -along(below.map((row) => row[k]), epoch) / 10 / T);
  const called = logits.indexOf(Math.max(...logits));
  return { pays: softmax_cross_entropy_with_logits(logits, y), called, sure: softmax(logits)[called] };
}

// The digits by what they pay, the dearest first.
export const bills = (epoch, T) =>
  DIGITS.map((digit, n) => ({ n, ...verdict(digit, epoch, T) })).sort((a, b) => b.pays - a.pays);

// The stored value before x, and how far x is from there to the next.
function between(values, x) {
  const i = Math.min(Math.max(values.findLastIndex((v) => v <= x + 1e-12), 0), values.length - 2);
  return [i, Math.min(Math.max((x - values[i]) / (values[i + 1] - values[i]), 0), 1)];
}

function nats(thousandths) {
  return thousandths / 1000;
}
