import assert from "node:assert/strict";
import test from "node:test";
import { is_distribution } from "../code_length/distribution.js";
import { seeded } from "../kit/stage.js";
import { clicks, code_words, counts_of, expect_more, LEAST, month, share } from "./code_words.js";
import { advance, begin, finish, mean_clicks, over } from "./run.js";

const RIDGE = [1 / 2, 1 / 4, 1 / 8, 1 / 8];
const PAIRS = [1 / 4, 1 / 4, 1 / 4, 1 / 4];
const COAST = [1 / 8, 1 / 4, 1 / 2, 1 / 8];
const spell = (q) => code_words(q).map((word) => word.join(""));

test("the lists of the story are these", () => {
  assert.deepEqual(spell(PAIRS), ["00", "01", "10", "11"]);
  assert.deepEqual(spell(RIDGE), ["0", "10", "110", "111"]);
  assert.deepEqual(spell(COAST), ["110", "10", "0", "111"]);
  assert.deepEqual(spell([1, 0, 0, 0]), ["", "", "", ""]); // nothing has to be said
});

test("no word of any list begins like another, and each has its clicks, rounded up", () => {
  const random = seeded(3);
  for (let n = 0; n < 500; n++) {
    let q = RIDGE;
    for (let m = 0; m < 4; m++) q = expect_more(q, Math.floor(random() * 4), random());
    const list = spell(q);
    list.forEach((word, k) => {
      assert.equal(word.length, Math.ceil(-Math.log2(q[k]) - 1e-6), `${q}`);
      list.forEach((other, j) => assert.ok(j === k || !other.startsWith(word), `${q}: ${list}`));
    });
  }
});

test("a word that is halved gets one click more", () => {
  for (let n = 0; n < 12; n++) assert.equal(clicks(2 ** -n), n);
  assert.equal(clicks(0), Infinity);
});

test("a knob gets its value, and leaves at least a little to each word", () => {
  const random = seeded(5);
  let q = PAIRS;
  for (let n = 0; n < 1000; n++) {
    const [i, value] = [Math.floor(random() * 4), random()];
    q = expect_more(q, i, value);
    assert.ok(is_distribution(q), `${q}`);
    assert.ok(Math.min(...q) >= LEAST - 0.002, `${q}`);
    assert.ok(Math.abs(q[i] - Math.min(1 - 3 * LEAST, Math.max(LEAST, value))) < 0.002, `${q}`);
  }
  assert.deepEqual(expect_more(RIDGE, 0, 0.5), RIDGE);
});

test("a month has each word as often as it should come", () => {
  assert.deepEqual(counts_of(RIDGE, 120), [60, 30, 15, 15]);
  assert.deepEqual(counts_of([1 / 3, 1 / 3, 1 / 3], 100), [34, 33, 33]);
  const deck = month(RIDGE, 120, seeded(1));
  assert.deepEqual([0, 1, 2, 3].map((k) => deck.filter((one) => one === k).length), [60, 30, 15, 15]);
  assert.notDeepEqual(deck, [...deck].sort());
  assert.deepEqual(deck, month(RIDGE, 120, seeded(1)));
});

// The bills of the chapter, in exact whole clicks.
for (const [name, q, total] of [["pairs", PAIRS, 240], ["Ines's", RIDGE, 210], ["coast's", COAST, 300]]) {
  test(`a month on the ridge with the list of ${name} costs ${total} clicks`, () => {
    const list = { codes: code_words(q), lengths: q.map(clicks) };
    const wire = { length: 300, speed: 500, gap: 16 };
    const run = begin(month(RIDGE, 120, seeded(11)), 4);
    for (let n = 0; n < 5000 && !over(run); n++) advance(run, 0.02, list, wire);
    assert.equal(run.under_way.length, 0);
    assert.equal(mean_clicks(run, list.lengths) * 120, total);
    assert.equal(run.counts.reduce((sum, times, k) => sum + times * list.codes[k].length, 0), total);
    const jumped = begin(month(RIDGE, 120, seeded(11)), 4);
    finish(jumped, list.lengths);
    assert.deepEqual(jumped.counts, run.counts);
  });
}

test("words do not run into each other on the wire", () => {
  const list = { codes: code_words(COAST), lengths: COAST.map(clicks) };
  const wire = { length: 300, speed: 500, gap: 16 };
  const run = begin(month(RIDGE, 120, seeded(11)), 4);
  for (let n = 0; n < 2000; n++) {
    advance(run, 0.02, list, wire);
    for (const [i, word] of run.under_way.slice(1).entries()) {
      const before = run.under_way[i];
      assert.ok((word.at - before.at) * wire.speed >= (before.code.length + 0.5) * wire.gap);
    }
  }
});

test("numbers are said as on a bill", () => {
  const said = { 0: "0", 0.125: "⅛", 1: "1", 1.25: "1¼", 0.0625: "0.0625", 0.31: "0.31", 2.875: "2⅞" };
  for (const [value, text] of Object.entries(said)) assert.equal(share(Number(value)), text);
  assert.equal(share(-0.5), "−½");
  assert.equal(share(Infinity), "∞");
});
