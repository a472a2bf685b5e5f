// The bill of a code that was made for q and is used where p holds, in nats.

import { cross_entropy, entropy, kl_divergence } from "../kit/ce_math.js";

// best, actual: the length for each outcome in the code for p and in the code for q. The outcomes
// that are longer than they need be waste, the others save; `net` is the difference, KL(p‖q).
export function bill(p, q) {
  const length = (v) => cross_entropy([1], [v]);
  const [best, actual] = [p.map(length), q.map(length)];
  const extra = p.map((v, k) => (v === 0 ? 0 : v * (actual[k] - best[k])));
  const total = (sign) => extra.reduce((sum, v) => sum + Math.max(0, sign * v), 0);
  return {
    best,
    actual,
    extra,
    wasted: total(1),
    saved: total(-1),
    must: entropy(p),
    net: kl_divergence(p, q),
    paid: cross_entropy(p, q),
  };
}

// The q whose code is `wanted` nats long, in steps of 1/1000. A wish that is too small for a
// step still moves by one, so that a key never seems dead.
export function q_of_length(wanted, now) {
  const q = Math.round(Math.exp(-wanted) * 1000);
  const old = Math.round(now * 1000);
  const longer = wanted > cross_entropy([1], [now]);
  return (q === old ? Math.max(0, Math.min(1000, old + (longer ? -1 : 1))) : q) / 1000;
}

// The places nearest to `xs` that are `least` apart, in the same order, between low and high.
export function spread(xs, least, low, high) {
  const gap = Math.min(least, (high - low) / Math.max(1, xs.length - 1));
  const places = [];
  for (const x of xs) places.push(Math.max(x, low, places.length ? places.at(-1) + gap : low));
  let end = high;
  for (let k = places.length - 1; k >= 0; k--) {
    places[k] = Math.min(places[k], end);
    end = places[k] - gap;
  }
  return places;
}

// Diagonal lines at 45° through a box: an area that prints in black and white.
export function hatch(x, width, y0, y1, gap = 7) {
  const height = y1 - y0;
  if (width < 1 || height < 1) return "";
  let d = "";
  for (let c = gap - ((x + y1) % gap); c < width + height; c += gap) {
    const a = Math.max(0, c - height);
    const b = Math.min(c, width);
    d += `M${(x + a).toFixed(1)} ${(y1 - (c - a)).toFixed(1)}L${(x + b).toFixed(1)} ${(y1 - (c - b)).toFixed(1)}`;
  }
  return d;
}
