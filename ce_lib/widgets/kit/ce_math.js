// The numbers of the figures: the third backend, for pages that have no Python.
// Same names, arguments and nats as ce_lib; tests/golden.json holds all three together.

const total = (terms) => terms.reduce((sum, term) => sum + term, 0);
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))); // log(1 + eˣ)

export const to_bits = (nats) => nats / Math.LN2;

export const perplexity = (nats) => Math.exp(nats);

export const entropy = (p) => cross_entropy(p, p);

export const cross_entropy = (p, q) =>
  total(p.map((pi, i) => (pi === 0 ? 0 : -pi * Math.log(q[i])))); // 0 log 0 = 0

// Σ p log(p/q) − p + q: each term is ≥ 0, so the sum cannot come out negative.
export const kl_divergence = (p, q) =>
  total(
    p.map((pi, i) => {
      if (pi === 0) return q[i];
      const x = (q[i] - pi) / pi;
      return pi * (Math.abs(x) < 0.01 ? x_minus_log1p(x) : x - Math.log(q[i] / pi));
    }),
  );

// x − log(1 + x) for small x, where the difference would cancel: x²/2 − x³/3 + …
function x_minus_log1p(x) {
  let sum = 0;
  for (let k = 9; k >= 2; k--) sum = ((k % 2 ? -1 : 1) / k + sum * x);
  return sum * x * x;
}

// a − b, and what rounding took from it: exp shows what a wide gap has lost.
function difference(a, b) {
  const gap = a - b;
  const back = gap - a;
  const lost = a - (gap - back) - (b + back);
  return [gap, Number.isFinite(lost) ? lost : 0];
}

// How far each logit lies below the largest, exp of that, and Σ exp of the others.
function around_the_top(z) {
  const top = z.indexOf(Math.max(...z));
  const parts = z.map((v) => difference(v, z[top]));
  const e = parts.map(([gap, lost]) => Math.exp(gap) * (1 + lost));
  const rest = total(e.filter((_, k) => k !== top));
  return { top, gap: parts.map(([gap, lost]) => gap + lost), e, rest };
}

export function log_softmax(z) {
  const { gap, rest } = around_the_top(z);
  return gap.map((v) => v - Math.log1p(rest));
}

export function softmax(z, temperature = 1) {
  const { e, rest } = around_the_top(temperature === 1 ? z : z.map((v) => v / temperature));
  return e.map((v) => v / (1 + rest));
}

const as_row = (target, K) =>
  Array.isArray(target) ? target : Array.from({ length: K }, (_, k) => Number(k === target));

export function softmax_cross_entropy_with_logits(z, target) {
  const logs = log_softmax(z);
  return total(as_row(target, z.length).map((c, k) => (c === 0 ? 0 : -c * logs[k])));
}

// softmax − target; where the two may be nearly equal, by what each lacks to its whole
export function softmax_cross_entropy_with_logits_grad(z, target) {
  const { top, e, rest } = around_the_top(z);
  const cost = as_row(target, z.length);
  const all = total(cost);
  return cost.map((c, k) => {
    const [p, not_p] = [e[k], k === top ? rest : 1 + rest - e[k]].map((v) => v / (1 + rest));
    const others = total(cost.filter((_, j) => j !== k));
    return 2 * c > all ? p * others - c * not_p : p * all - c;
  });
}

export const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

export const logit = (q) => Math.log(q) - Math.log1p(-q); // the z with sigmoid(z) = q

export const binary_cross_entropy = (q, y) =>
  (y === 0 ? 0 : -y * Math.log(q)) + (y === 1 ? 0 : -(1 - y) * Math.log1p(-q));

export const binary_cross_entropy_grad = (q, y) =>
  (y === 0 ? 0 : -y / q) + (y === 1 ? 0 : (1 - y) / (1 - q));

export const binary_cross_entropy_with_logits = (z, y) =>
  (y === 0 ? 0 : y * softplus(-z)) + (y === 1 ? 0 : (1 - y) * softplus(z));

// σ(z) − y, without the cancellation when the two are nearly equal
export const binary_cross_entropy_with_logits_grad = (z, y) =>
  (1 - y) * sigmoid(z) - y * sigmoid(-z);

// One label at a time, with s = z for "no" and −z for "yes": σ(s)^γ times the cross-entropy.
export const sigmoid_focal_loss = (z, y, gamma = 2) => y * focal(-z, gamma) + (1 - y) * focal(z, gamma);

export const sigmoid_focal_loss_grad = (z, y, gamma = 2) =>
  (1 - y) * focal_slope(z, gamma) - y * focal_slope(-z, gamma);

const focal = (s, gamma) => sigmoid(s) ** gamma * softplus(s);
const focal_slope = (s, gamma) =>
  sigmoid(s) ** gamma * (gamma * sigmoid(-s) * softplus(s) + sigmoid(s));
