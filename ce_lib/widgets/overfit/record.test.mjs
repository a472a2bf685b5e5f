import assert from "node:assert/strict";
import test from "node:test";
import * as record from "./record.js";
import { RUN } from "./run.js";

const near = (got, want, within = 1e-9) => assert.ok(Math.abs(got - want) <= within, `${got}, want ${want}`);
const END = RUN.epochs.length - 1;

test("an epoch and its place on the axis lead to each other", () => {
  assert.equal(record.place_of(0), 0);
  near(record.place_of(record.LAST), 1);
  for (const epoch of [1, 27, 333, 1000]) near(record.epoch_at(record.place_of(epoch)), epoch, 1e-8);
});

test("what is stored is what is read", () => {
  RUN.epochs.forEach((epoch, i) => {
    RUN.temperatures.forEach((T, j) => near(record.along(record.losses_at(T), epoch), RUN.tempered[i][j] / 1000));
  });
  near(record.along(record.RIGHT, record.LAST), record.RIGHT[END]);
});

test("between two stored epochs the loss lies between theirs", () => {
  const losses = record.losses_at(1);
  const middle = record.along(losses, 850);
  assert.ok(losses[END - 1] < middle && middle < losses[END]);
});

test("at T = 1 the tempered losses are those of the run", () => {
  const run = RUN.runs.find(({ seed }) => seed === RUN.seed);
  record.losses_at(1).forEach((nats, i) => near(nats, run.loss[i] / 1000));
  assert.equal(record.OTHERS.length, RUN.runs.length - 1);
});

test("what a digit pays follows the temperature, and what it is called does not", () => {
  for (const digit of record.DIGITS) {
    const [raw, hot] = [1, 8].map((T) => record.verdict(digit, record.LAST, T));
    assert.equal(raw.called, hot.called);
    assert.ok(raw.sure > hot.sure);
    if (raw.called !== digit.y) assert.ok(raw.pays > hot.pays);
  }
});

test("a digit that is a logit behind, alone, pays ln(1 + e)", () => {
  const far = Array(10).fill(9999);
  const below = RUN.epochs.map(() => [0, 10, ...far.slice(2)]);
  near(record.verdict({ y: 1, below }, 100, 1).pays, Math.log(1 + Math.E));
});

test("the dearest come first, and five of them pay less than all", () => {
  for (const [epoch, T] of [[200, 1], [1000, 1], [1000, 2.9]]) {
    const pays = record.bills(epoch, T).map((bill) => bill.pays);
    assert.deepEqual(pays, [...pays].sort((a, b) => b - a));
    const five = pays.slice(0, 5).reduce((a, b) => a + b);
    assert.ok(five < record.along(record.losses_at(T), epoch) * record.TESTED);
  }
});

test("each picture has 64 pixels of 0 to 16", () => {
  for (const { pixels } of record.DIGITS) assert.match(pixels, /^[0-9a-g]{64}$/);
});
