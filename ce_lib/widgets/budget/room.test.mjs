import assert from "node:assert/strict";
import test from "node:test";
import { seeded } from "../kit/stage.js";
import { codes_of, least_whole, part, places_of, spread, taken, total } from "./room.js";

const spell = (lengths) => codes_of(lengths).map((code) => code && code.join(""));

test("the lists of the story and the room that they take", () => {
  assert.deepEqual(spell([2, 2, 2, 2]), ["00", "01", "10", "11"]);
  assert.deepEqual(spell([1, 2, 3, 3]), ["0", "10", "110", "111"]);
  assert.equal(total(taken([1, 2, 3, 3])), 1);
  assert.deepEqual(spell([3, 2, 1, 3]), ["110", "10", "0", "111"]); // the shortest stands first
  assert.deepEqual(places_of([3, 2, 1, 3]), [6 / 8, 1 / 2, 0, 7 / 8]);
});

test("what is over the end of the strip, or a fraction, has no clicks of its own", () => {
  assert.deepEqual(spell([1, 2, 2, 2]), ["0", "10", "11", null]);
  assert.deepEqual(spell([1, 1, 1, 1]), ["0", "1", null, null]);
  assert.deepEqual(spell([1, 1.5, 3, 3]), ["0", null, null, null]);
});

// All lists of four lengths from 1 to 5 that a clerk can read (Kraft): 2⁻ˡ in whole 32nds.
const LISTS = [];
for (let n = 0; n < 5 ** 4; n++) {
  const lengths = [0, 1, 2, 3].map((i) => 1 + (Math.floor(n / 5 ** i) % 5));
  if (lengths.reduce((sum, l) => sum + 32 / 2 ** l, 0) <= 32) LISTS.push(lengths);
}

test("in each list that fits, no word begins like another", () => {
  for (const lengths of LISTS) {
    const words = spell(lengths);
    words.forEach((word, k) => {
      assert.equal(word?.length, lengths[k], `${lengths}`);
      words.forEach((other, j) => assert.ok(j === k || !other.startsWith(word), `${lengths}: ${words}`));
    });
  }
});

test("the least mean of whole clicks is the least of all lists that fit", () => {
  const random = seeded(2);
  for (let n = 0; n < 100; n++) {
    const raw = [0, 1, 2, 3].map(() => random() ** 3 + 1e-3);
    const p = raw.map((v) => v / total(raw));
    const best = Math.min(...LISTS.map((lengths) => total(p.map((v, k) => v * lengths[k]))));
    assert.ok(Math.abs(least_whole(p) - best) < 1e-9, `${p}`);
  }
  assert.equal(least_whole([1 / 2, 1 / 4, 1 / 8, 1 / 8]), 7 / 4);
  assert.equal(least_whole([1, 0, 0, 0]), 0);
});

test("knobs keep their distance and their order, and stay within", () => {
  assert.deepEqual(spread([0, 100, 200], 44, 0, 300), [0, 100, 200]);
  const random = seeded(4);
  for (let n = 0; n < 200; n++) {
    const at = [0, 1, 2, 3].map(() => random() * 270).sort((a, b) => a - b);
    const out = spread(at, 44, 0, 270);
    out.slice(1).forEach((x, i) => assert.ok(x - out[i] > 43.5, `${at}: ${out}`));
    assert.ok(out[0] >= 0 && out[3] <= 270);
  }
});

test("parts of the strip are said as fractions", () => {
  assert.deepEqual([0, 0.25, 1.25, 1 / 16, 15 / 16, 33 / 32, 0.31].map(part), ["0", "¼", "1¼", "1/16", "15/16", "1 1/32", "0.31"]);
});
