// A month of words on its way, by the time in seconds: what falls, runs along the wire, has arrived.

export const FALL = 0.8; // seconds that a word falls
const KEPT = 60; // means of which the picture shows the trace

export const begin = (deck, K) => ({
  deck,
  time: 0,
  next: FALL, // when the next word is at the key
  drawn: 0, // words that have left the sky
  under_way: [], // {word, code, length, at, slow}, the first is the next to arrive
  counts: Array(K).fill(0),
  arrived: 0,
  last: -1, // the word that arrived last
  trace: [],
});

export const over = (run) => run.arrived === run.deck.length;

// The mean number of clicks of the words that have arrived, at the lengths of a list.
export const mean_clicks = (run, lengths) =>
  run.counts.reduce((sum, n, k) => sum + (n ? n * lengths[k] : 0), 0) / run.arrived;

// `wire` is {length, speed, gap}: pixels, pixels a second, pixels between two clicks.
export function advance(run, seconds, { codes, lengths }, wire) {
  run.time += seconds;
  while (run.drawn < run.deck.length && run.next < run.time + FALL) {
    const word = run.deck[run.drawn];
    const pause = 0.8 * 0.78 ** run.drawn; // slowly at first, then as fast as the wire can carry
    const [code, length, slow] = [codes[word], lengths[word], pause > 0.12];
    run.under_way.push({ word, code, length, at: run.next, slow });
    run.next += Math.max(((code.length + 0.6) * wire.gap) / wire.speed, pause);
    run.drawn += 1;
  }
  while (run.under_way.length && run.time > arrival(run.under_way[0], wire)) {
    arrive(run, run.under_way.shift().word, lengths);
  }
}

const arrival = ({ at, code }, wire) =>
  at + (wire.length + Math.max(0, code.length - 1) * wire.gap) / wire.speed;

// The whole month at once.
export function finish(run, lengths) {
  while (run.under_way.length) arrive(run, run.under_way.shift().word, lengths);
  for (; run.drawn < run.deck.length; run.drawn++) arrive(run, run.deck[run.drawn], lengths);
}

function arrive(run, word, lengths) {
  run.counts[word] += 1;
  run.arrived += 1;
  run.last = word;
  run.trace.push(mean_clicks(run, lengths));
  if (run.trace.length > KEPT) run.trace.shift();
}
