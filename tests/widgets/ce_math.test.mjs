// The golden cases of the Python backends, for the functions that the figures use.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import * as ce from "../../ce_lib/widgets/kit/ce_math.js";

const golden = JSON.parse(readFileSync(new URL("../golden.json", import.meta.url)));
const cases = golden.cases ?? golden;
const SPECIAL = { inf: Infinity, "-inf": -Infinity, nan: NaN };
const decode = (v) => (Array.isArray(v) ? v.map(decode) : (SPECIAL[v] ?? v));

// V8's log, log1p and exp are within 1 ULP each; a sum of K terms adds some.
function assertClose(got, want, what) {
  if (Array.isArray(want)) return want.forEach((w, i) => assertClose(got[i], w, `${what}[${i}]`));
  const near = got === want || Math.abs(got - want) <= 16 * Number.EPSILON * Math.abs(want);
  assert.ok(near || (Number.isNaN(got) && Number.isNaN(want)), `${what}: got ${got}, want ${want}`);
}

const elementwise = (f, ...args) =>
  Array.isArray(args[0])
    ? args[0].map((_, i) => elementwise(f, ...args.map((a) => (Array.isArray(a) ? a[i] : a))))
    : f(...args);
const OF_ROWS = [
  ...["entropy", "cross_entropy", "kl_divergence", "log_softmax", "softmax"],
  "softmax_cross_entropy_with_logits",
];
const rows = (f, ...args) =>
  Array.isArray(args[0][0]) ? args[0].map((_, i) => rows(f, ...args.map((a) => a[i]))) : f(...args);

const related = ["logit", "binary_cross_entropy_grad"]; // not in ce_lib: tested below
const golden_of = Object.entries(ce).filter(([n]) => !related.includes(n) && !n.endsWith("_grad"));

for (const [name, f] of golden_of) {
  const mine = cases.filter((c) => c.function === name && usable(c));
  test(`${name}: ${mine.length} golden cases`, () => {
    assert.ok(mine.length >= 5, "each function that a figure uses has its golden cases");
    assert.ok(!ce[`${name}_grad`] || related.includes(`${name}_grad`) || mine.some((c) => "grad" in c));
    for (const { id, args, value, grad } of mine) {
      const input = decode(args);
      const call = OF_ROWS.includes(name) ? rows : elementwise;
      assertClose(call(f, ...input), decode(value), id);
      const gradient = ce[`${name}_grad`];
      if (grad !== undefined && gradient) assertClose(call(gradient, ...input), decode(grad), `${id} grad`);
    }
  });
}

function depth(x) {
  return Array.isArray(x) ? 1 + depth(x[0]) : 0;
}

// The figures know no keywords and no means: of the losses they use the plain ones, example by
// example.
function usable({ args, value, kwargs = {} }) {
  if (depth(args[0]) === 2 && !Array.isArray(value)) return false;
  return Object.entries(kwargs).every(([name, value]) => name === "reduction" && value === "none");
}

// Away from 1 and from the subnormals, where a double still holds all that the other function needs.
const moderate = cases.filter((c) => c.function === "sigmoid" && c.value > 1e-300 && c.value < 0.95);

test("logit undoes the golden values of sigmoid", () => {
  assert.ok(moderate.length >= 10);
  for (const { id, args, value } of moderate) {
    const [z] = decode(args);
    const off = Math.abs(ce.logit(value) - z);
    assert.ok(off <= 32 * Number.EPSILON * Math.max(1, Math.abs(z)), `${id}: ${ce.logit(value)}`);
  }
});

test("the slope in q, times dq/dz = q(1 − q), is the golden slope in z", () => {
  const slopes = cases.filter((c) => c.id.startsWith("bce-logits-") && "grad" in c && usable(c));
  let tested = 0;
  for (const { id, args, grad } of slopes) {
    const [z, y] = decode(args);
    if (Math.abs(z) > 3) continue;
    const q = ce.sigmoid(z);
    const off = Math.abs(ce.binary_cross_entropy_grad(q, y) * q * (1 - q) - grad);
    assert.ok(off <= 32 * Number.EPSILON, `${id}: off by ${off}`);
    tested++;
  }
  assert.ok(tested >= 20, `${tested}`);
});
