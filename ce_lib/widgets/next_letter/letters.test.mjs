import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { LETTERS, chance, learn, mean, plain, prices, reader, shannon, shares } from "./letters.js";

const file = new URL("../../station.txt", import.meta.url);
const STORY = plain(readFileSync(file, "utf-8")).trim();
const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
const story = { alone: shares(STORY), seen: learn(STORY) };
const page = { alone: shares(STORY.slice(0, 500)), seen: learn(STORY.slice(0, 500)) };
const cost = (models, text, order = 2) => prices(models, "", text, text.length, order).map(mean);

test("what is no letter is a space, and spaces do not pile up", () => {
  assert.equal(plain("  Ab - c!"), "ab c ");
  assert.equal(plain("¡9!"), "");
  assert.equal(plain("<img src=x onerror=alert(1)>"), "img src x onerror alert ");
});

test("over the whole story letters alone cost the entropy of chapter 1", () => {
  near(cost(story, STORY)[0], 3.97165, 5e-6);
});

test("all that may come next has together probability 1", () => {
  for (const before of ["", "th", "zz", "the", "q"]) {
    for (const order of [1, 2, 3]) {
      const all = [...LETTERS].map((letter) => chance(story.seen, before, letter, order));
      near(all.reduce((a, b) => a + b, 0), 1);
      assert.ok(all.every((q) => q > 0));
    }
  }
});

test("letters alone charge a sentence the same when each word is turned around", () => {
  const text = "the clerk sold the mule and bought a boat";
  const turned = text.split(" ").map((word) => [...word].reverse().join("")).join(" ");
  const [alone, memory] = cost(story, text);
  near(cost(story, turned)[0], alone);
  assert.ok(cost(story, turned)[1] > memory + 1);
});

test("a letter never seen costs infinity by bare counts, and only much with a memory", () => {
  const [alone, memory] = cost(page, "zebra quiz");
  assert.equal(alone, Infinity);
  assert.ok(memory > 4 && memory < 20, `${memory}`);
  assert.ok(Number.isFinite(cost(story, "zebra quiz")[0]));
});

test("a longer memory makes a text that it has not learned cheaper, up to a point", () => {
  const at = STORY.indexOf("a word is worth");
  const rest = learn(`${STORY.slice(0, at)} ${STORY.slice(at + 170)}`);
  const memory = (order) => prices({ ...story, seen: rest }, "", STORY.slice(at, at + 170), 170, order).map(mean)[1];
  assert.ok(memory(1) < 3.5 && memory(2) < memory(1));
});

test("who is always right at the first guess pays less and less", () => {
  const paid = reader([1, 1, 1, 0, 1, 27]);
  assert.equal(paid[3], null);
  const said = paid.filter((v) => v !== null);
  assert.ok(said[0] > said[1] && said[1] > said[2] && said[2] > said[3] && said[4] > 8);
});

test("Shannon's bounds", () => {
  assert.deepEqual(shannon([1, 1, 0, 1]).map((v) => v + 0), [0, 0]);
  const [low, high] = shannon([1, 2, 1, 2]);
  near(low, 1); // both are right half of the time
  near(high, 1);
});
