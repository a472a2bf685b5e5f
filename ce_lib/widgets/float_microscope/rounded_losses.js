// The cross-entropy of two logits, and its slope in the true one, by four formulas of which each
// step is rounded to a dtype. Pure functions; the float microscope shows them.

import { softmax_cross_entropy_with_logits, softmax_cross_entropy_with_logits_grad } from "../kit/ce_math.js";
import { round } from "./float_rounding.js";

export const DTYPES = { float64: 53, float32: 24, float16: 11, bfloat16: 8 }; // bits of the significand

// Each takes the true logit, the other one and the rounding: [loss, slope].
const FORMULAS = {
  naive(z, other, r) {
    const [e, e_other] = [r(Math.exp(z)), r(Math.exp(other))];
    const q = r(e / r(e + e_other));
    return [r(-Math.log(q)), r(q - 1)];
  },
  "log Σ"(z, other, r) {
    const e = r(Math.exp(z));
    const sum = r(e + r(Math.exp(other)));
    return [r(r(Math.log(sum)) - z), r(r(e / sum) - 1)];
  },
  max(z, other, r) {
    const top = Math.max(z, other);
    const [u, u_other] = [r(z - top), r(other - top)];
    const logs = r(Math.log(r(r(Math.exp(u)) + r(Math.exp(u_other)))));
    return [r(logs - u), r(r(Math.exp(r(u - logs))) - 1)];
  },
  log1p(z, other, r) {
    const u = r(z - Math.max(z, other)); // 0 where the truth is on top
    const rest = r(Math.exp(r(-Math.abs(r(z - other))))); // of all but the top
    const not_q = z > other ? rest : 1; // what the others have; of two equals, each has 1
    return [r(r(Math.log1p(rest)) - u), -r(not_q / r(1 + rest))];
  },
};

// What the formulas make of the logits (margin + shift, shift), class 0 being true. Exact is what
// they should make of the logits as they are stored.
export function rounded_losses(dtype, margin, shift) {
  const r = (x) => round(x, dtype);
  const z = [r(margin + shift), r(shift)];
  const exact = [
    softmax_cross_entropy_with_logits(z, 0),
    softmax_cross_entropy_with_logits_grad(z, 0)[0],
  ];
  const rows = Object.entries(FORMULAS).map(([name, formula]) => ({
    name,
    got: formula(...z, r).map((v) => v + 0), // −0 is 0
  }));
  return { z, exact, rows };
}

export const most_digits = (dtype) => DTYPES[dtype] * Math.log10(2);

// How many decimal digits are right, of the dtype's `most_digits`.
export function right_digits(got, exact, dtype) {
  if (got === round(exact, dtype)) return most_digits(dtype);
  if (!Number.isFinite(got)) return 0;
  const digits = -Math.log10(Math.abs(got - exact) / Math.abs(exact));
  return Math.min(most_digits(dtype), Math.max(0, digits));
}

// In a word: "inf", "nan", "0" (where a number was due), "" (some digits are right), "none".
export function symptom(got, exact, dtype) {
  if (Number.isNaN(got)) return "nan";
  if (!Number.isFinite(got)) return "inf";
  if (got === 0 && round(exact, dtype) !== 0) return "0";
  return right_digits(got, exact, dtype) < 0.5 ? "none" : "";
}
