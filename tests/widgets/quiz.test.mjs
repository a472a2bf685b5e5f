import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, typed } from "../../engine/theme/js/quiz.mjs";

test("a number is read as people type it", () => {
  for (const text of ["0.5", " .5 ", "0,5", "1/2", "1 / 2", "2/4"]) assert.equal(typed(text), 0.5, text);
  assert.equal(typed("−3"), -3);
});

test("what is no number is none", () => {
  for (const text of ["", "two", "1/2/3", "1e3x", "0.5 bits", "/", "1/"]) assert.equal(typed(text), NaN, text);
});

test("a number belongs to the option that it comes near, and else to the last", () => {
  const spans = [[2, 0.1], [4, 0.1]];
  const places = [1.9, 2.1, 4, 3, -2].map((number) => chosen(number, spans));
  assert.deepEqual(places, [0, 0, 1, 2, 2]);
});
