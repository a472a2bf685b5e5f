import assert from "node:assert/strict";
import test from "node:test";
import { cross_entropy, entropy, softmax } from "../kit/ce_math.js";
import * as simplex from "./simplex.js";

const near = (got, want, within = 1e-12) => assert.ok(Math.abs(got - want) <= within, `${got}, want ${want}`);
const Q = [0.12, 0.66, 0.22];

test("the bill of the first picture: −ln 0.12, and a pull that leads to the target", () => {
  const { loss, floor, pull } = simplex.bill([1, 0, 0], Q);
  near(loss, 2.120263536200091);
  near(floor, 0);
  [0.88, -0.66, -0.22].forEach((v, k) => near(pull[k], v));
});

test("smoothing moves the target off the corner, and the lowest bill is its entropy", () => {
  const p = simplex.target(1, 0.3);
  [0.1, 0.8, 0.1].forEach((v, k) => near(p[k], v));
  near(simplex.bill(p, p).loss, entropy(p));
  for (const v of simplex.bill(p, p).pull) near(v, 0);
});

test("each answer on a contour costs what the contour says", () => {
  for (const smoothing of [0, 0.1, 0.6]) {
    for (const y of [0, 2]) {
      const p = simplex.target(y, smoothing);
      for (const loss of [1.2, 2, 4]) {
        for (const z of simplex.contour(loss, p, y).line) near(cross_entropy(p, softmax(z)), loss, 2e-4);
      }
    }
  }
});

test("a closed contour is closed, and an open one ends on two edges", () => {
  const { line, back } = simplex.contour(1.2, simplex.target(0, 0.3), 0);
  line[0].forEach((v, k) => near(v, line.at(-1)[k], 1e-3));
  assert.deepEqual(back, []);
  const open = simplex.contour(1, [1, 0, 0], 0);
  near(softmax(open.line[0])[1], 0, 1e-9);
  near(softmax(open.line.at(-1))[2], 0, 1e-9);
  // the way back begins where the line ends, and passes the corner
  near(softmax(open.back[0])[0], Math.exp(-1), 1e-9);
  assert.ok(open.back.some((z) => softmax(z)[0] > 1 - 1e-9));
});

test("each step is a step against the gradient, and costs less", () => {
  const p = simplex.target(0, 0.3);
  const path = simplex.walk([0.05, 0.9, 0.05], p, 9);
  assert.equal(path.length, 10);
  const first = softmax([0.05, 0.9, 0.05].map((v, k) => Math.log(v) + p[k] - v));
  first.forEach((v, k) => near(path[1][k], v));
  const losses = path.map((q) => cross_entropy(p, q));
  losses.slice(1).forEach((loss, i) => assert.ok(loss < losses[i]));
});

test("half a step lies on the way of the whole one, straight in the logits", () => {
  const [, half] = simplex.walk(Q, [1, 0, 0], 0.5);
  const whole = simplex.stepped(Q, [1, 0, 0]);
  simplex.between(Q, whole, 0.5).forEach((v, k) => near(v, half[k]));
});

test("a point and its answer lead to each other", () => {
  assert.deepEqual(simplex.answer_in_triangle(simplex.flat(Q)), Q);
  const z = [1.5, -0.5, -1];
  const q = simplex.answer_in_plane(simplex.flat(z));
  softmax(z).forEach((v, k) => near(q[k], v, 1e-5));
  simplex.lifted(simplex.flat(z)).forEach((v, k) => near(v, z[k]));
});

test("no hand leaves the triangle, and what it sets can be set by an address", () => {
  for (const point of [[0, -9], [9, 9], [-9, 0.5], [0, 0]]) {
    for (const place of [simplex.answer_in_triangle, simplex.answer_in_plane]) {
      const q = place(point);
      assert.ok(simplex.is_answer(q), String(q));
      near(q[0] + q[1] + q[2], 1);
    }
  }
  for (const q of [[0.5, 0.5], [1, 0, 0], [0.5, 0.6, 0.1], [NaN, 0.5, 0.5], "0.3"]) assert.ok(!simplex.is_answer(q));
});

test("a slider moves one class, and the others keep their proportion", () => {
  assert.deepEqual(simplex.moved([0.2, 0.6, 0.2], 0, 0.6), [0.6, 0.3, 0.1]);
  assert.ok(simplex.is_answer(simplex.moved([0.98, 0.01, 0.01], 0, 0.98)));
});

test("the three edges follow each other around the triangle", () => {
  for (const z of simplex.border()) assert.ok(Math.min(...softmax(z)) < 1e-9);
});
