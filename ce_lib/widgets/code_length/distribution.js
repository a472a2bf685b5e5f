// Distributions that a hand moves: values on a grid of 1/1000 that always sum to exactly 1.

const GRID = 1000;

export const is_distribution = (p) =>
  Array.isArray(p) &&
  p.length > 1 &&
  p.every((v) => Number.isFinite(v) && v >= 0 && v <= 1) &&
  Math.abs(p.reduce((a, b) => a + b, 0) - 1) < 1e-6;

// `p` with entry i moved to `value`; the entries `others` share what is left in the proportions
// they have in `p`, equally where all are 0.
export function move_to(p, i, value, others = p.map((_, j) => j).filter((j) => j !== i)) {
  const fixed = p.reduce((sum, v, j) => (j === i || others.includes(j) ? sum : sum + round(v)), 0);
  const mine = Math.min(GRID - fixed, Math.max(0, round(value)));
  const left = GRID - fixed - mine;
  const weight = others.reduce((sum, j) => sum + p[j], 0);
  const share = others.map((j) => (weight > 0 ? (p[j] / weight) * left : left / others.length));
  // whole grid steps; the largest remainders take the steps that rounding down leaves over
  const steps = share.map(Math.floor);
  const order = share.map((_, k) => k).sort((a, b) => share[b] % 1 - (share[a] % 1) || a - b);
  const missing = left - steps.reduce((a, b) => a + b, 0);
  for (const k of order.slice(0, missing)) steps[k] += 1;
  const next = p.map(round);
  next[i] = mine;
  others.forEach((j, k) => (next[j] = steps[k]));
  return next.map((v) => v / GRID);
}

// The same for a typed value: typing ½, ¼, ⅛ from left to right keeps what was typed before,
// so the entries to the right give way first, and the others only when those are used up.
export function type_in(p, i, value) {
  const right = p.map((_, j) => j).filter((j) => j > i);
  const before = p.slice(0, i).reduce((sum, v) => sum + v, 0);
  const fits = right.length > 0 && before + value <= 1 + 1e-9;
  return fits ? move_to(p, i, value, right) : move_to(p, i, value);
}

const round = (v) => Math.round(v * GRID);
