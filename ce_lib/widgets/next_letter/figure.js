// Guess the next letter of a story: what it costs whoever expected another one.

import { clip, set, svg } from "../kit/chart.js";
import { button, choice, html } from "../kit/frame.js";
import { marks, stage } from "../kit/stage.js";
import {
  ENOUGH,
  LETTERS,
  MEMORY,
  PASSAGE,
  chance,
  learn,
  mean,
  plain,
  prices,
  reader,
  shares,
} from "./letters.js";
import { fixed, sentence, tables } from "./words.js";

const LEAD = 34; // letters before them that one sees
const PAGE = 500;
const LONGEST = 300;
const HIGH = 7; // bits that a lane is high

const whole = (v, low, high) => Number.isInteger(v) && v >= low && v <= high;
export const valid = {
  text: (text) => text === "story" || text === "own",
  own: (text) => text.length <= LONGEST,
  n: (n) => whole(n, 0, PASSAGE),
  order: (order) => whole(order, 1, 3),
  source: (source) => source === "story" || source === "page",
  hint: (hint) => typeof hint === "boolean",
};

const KEYS = ["text", "own", "n", "ranks", "tried", "order", "source", "hint"];
const render = ({ model, el }) =>
  stage({ model, el, label: "Guess the next letter", keys: KEYS, build });

function build(fig) {
  const models = teach(fig.model);
  const tape = drawTape(fig);
  const lanes = [0, 1, 2].map((i) => drawLane(fig, tape.inside, i));
  lanes.push(drawSaved(fig, tape.inside));
  const board = keyboard(fig, play);
  const own = ownText(fig);
  const go = button("Read on", () => {
    const n = Math.min(PASSAGE, fig.state().n + 12);
    fig.glide({ n, ranks: padded(fig.state()), tried: "" });
  });
  const which = choice({
    label: "which text",
    options: [["story", "the story"], ["own", "your text"]],
    input: (text) => fig.write({ text }),
  });
  const order = choice({
    label: "letters that the memory holds",
    options: Object.entries(MEMORY),
    input: (value) => fig.write({ order: Number(value) }),
  });
  const source = choice({
    label: "what the two have read",
    options: [["story", "read the whole story"], ["page", "read one page of it"]],
    input: (value) => fig.write({ source: value }),
  });
  const hint = button("Show on the keys what the memory expects", () => fig.write({ hint: !fig.state().hint }));
  const typing = html("div", { className: "ce-typing" }); // as high with keys as with a text
  fig.controls.append(go, which.root);
  fig.controls.before(typing);
  fig.more.append(order.root, source.root, hint);
  const room = {};

  // A guess: a wrong one is struck out, the right one opens the letter and notes its number.
  function play(letter) {
    const s = fig.state();
    const { text } = opened(s, fig.model);
    const wrong = tried_at(s);
    if (s.text !== "story" || s.n >= PASSAGE || wrong.includes(letter)) return;
    if (letter !== text[s.n]) return fig.write({ tried: `${s.n}:${wrong}${letter}` });
    fig.glide({ n: s.n + 1, ranks: [...padded(s), wrong.length + 1], tried: "" });
  }

  function see(s) {
    const { lead, text } = opened(s, fig.model);
    const n = s.text === "own" ? text.length : clip(Math.round(s.n), 0, text.length);
    const [alone, memory] = prices(models(s), lead, text, n, s.order);
    const ranks = s.text === "own" ? [] : s.ranks.slice(0, n);
    const read = reader(ranks);
    const mine = alone.map((_, i) => read[i] ?? null);
    // once the reader has guessed enough, all three are compared on the same letters
    const enough = ranks.filter(Boolean).length >= ENOUGH;
    const counted = mine.map((v) => v !== null || !enough);
    const means = [alone, memory, mine].map((list) => mean(list.filter((v, i) => counted[i] && v !== null)));
    return {
      ...s,
      ...room,
      kind: s.text,
      tried: tried_at(s),
      lead,
      text,
      length: n,
      place: s.text === "own" ? n : s.n, // between two letters while the tape moves
      ranks,
      prices: [alone, memory, mine],
      saved: alone.map((v, i) => v - memory[i]),
      counted,
      means,
    };
  }

  return {
    glides: { ranks: null, order: null },
    layout(width, narrow) {
      const cell = narrow ? 19 : 27;
      const top = narrow ? 84 : 82;
      const tall = narrow ? 46 : 78;
      const box = narrow ? width - 76 : width - 178; // where the next letter will stand
      const first = top + (narrow ? 34 : 44);
      const bases = [1, 2, 3].map((i) => first + i * tall);
      Object.assign(room, { width, narrow, cell, top, box, bases, bit: (tall - (narrow ? 15 : 20)) / HIGH });
      room.edge = box - (Math.floor(box / cell - 0.5) + 0.5) * cell; // no letter is cut in two
      room.foot = bases[2] + (narrow ? 10 : 14);
      return room.foot;
    },
    draw(s) {
      const view = see(s);
      view.x = (i) => view.box - (view.place - i) * view.cell; // the tape slides under the box
      const slots = Math.ceil(view.box / view.cell) + 2;
      view.shown = Array.from({ length: view.length }, (_, i) => i).slice(-slots);
      view.slots = slots;
      tape.draw(view);
      lanes.forEach((lane) => lane(view));
      const story = s.text === "story";
      board.draw(view, story && s.hint ? models(s) : null);
      attach(board.root, story, typing);
      attach(own.root, !story, typing);
      own.fill(s.own);
      go.hidden = !story;
      go.disabled = s.n >= PASSAGE;
      hint.setAttribute("aria-pressed", String(s.hint));
      which.update(s.text);
      order.update(String(s.order));
      source.update(s.source);
      return sentence(view);
    },
    table: (s) => tables(see(s)),
  };
}

const padded = ({ n, ranks }) => Array.from({ length: n }, (_, i) => ranks[i] ?? 0);

// The wrong guesses, "16:xq", count for the letter at which they were made.
function tried_at({ text, n, tried }) {
  const [at, letters] = tried.split(":");
  return text === "story" && Number(at) === n && letters ? letters : "";
}

function attach(node, wanted, room) {
  if (wanted && !node.isConnected) room.append(node);
  if (!wanted) node.remove();
}

// What stands on the tape: letters that are given, and those that have a price.
function opened({ text, own }, model) {
  if (text === "own") return { lead: "", text: plain(own) };
  const [story, start] = [model.get("story"), model.get("start")];
  return { lead: story.slice(start - LEAD, start), text: story.slice(start, start + PASSAGE) };
}

// What the models have read. The memory has not read the passage that is to be guessed.
function teach(model) {
  const [story, start] = [model.get("story"), model.get("start")];
  const known = new Map();
  return ({ text, source }) => {
    const key = source === "page" ? "page" : text;
    if (!known.has(key)) {
      const read = source === "page" ? story.slice(0, PAGE) : story;
      const rest = `${story.slice(0, start)} ${story.slice(start + PASSAGE)}`;
      known.set(key, { alone: shares(read), seen: learn(key === "story" ? rest : read) });
    }
    return known.get(key);
  };
}

// ---- the tape -----------------------------------------------------------------------------------
function drawTape(fig) {
  const paper = svg("rect", { class: "ce-tinted" });
  const inside = svg("svg"); // an inner svg clips to its box, without an id
  fig.picture.append(paper, inside);
  const letters = marks(inside, "text", { class: "ce-mid ce-letter" });
  const box = svg("rect", { class: "ce-drawn ce-hollow", rx: 5, "stroke-width": 1.5 });
  const mark = svg("text", { class: "ce-mid ce-muted ce-letter" }, "?");
  fig.picture.append(box, mark);

  function draw({ text, lead, length, place, slots, x, cell, top, box: at, edge, foot, narrow, ...s }) {
    const right = at + cell / 2 + 1;
    set(inside, { x: edge, y: top, width: right - edge, height: foot - top, viewBox: `${edge} ${top} ${right - edge} ${foot - top}` });
    set(paper, { x: 0, y: top, width: at + cell * 0.7, height: narrow ? 32 : 40 });
    const line = top + (narrow ? 23 : 28);
    const all = lead + text.slice(0, length);
    const from = Math.max(0, all.length - slots);
    letters([...all].slice(from), (letter, j) => {
      const i = from + j - lead.length;
      const faint = letter === " " ? 0.3 : i < 0 ? 0.55 : 1;
      const visibility = x(i) < edge - cell / 2 ? "hidden" : "visible"; // it has left the tape
      return { x: x(i).toFixed(1), y: line, opacity: faint, visibility, text: letter === " " ? "␣" : letter };
    });
    const seen = s.kind === "own" || place >= PASSAGE ? "hidden" : "visible";
    set(box, { x: at - cell * 0.58, y: top + 2, width: cell * 1.16, height: narrow ? 28 : 36, visibility: seen });
    set(mark, { x: at, y: line, visibility: seen });
  }
  return { inside, draw };
}

// ---- one who expects: a bar for each letter, and their mean --------------------------------------
function drawLane(fig, inside, i) {
  const base = svg("path", { class: "ce-hair" });
  const bars = marks(inside, "rect", { class: "ce-loss ce-full" });
  const values = marks(inside, "text", { class: "ce-loss ce-mid ce-tiny" });
  const level = svg("path", { class: "ce-loss ce-drawn ce-thin", "stroke-dasharray": "1 4" });
  const name = svg("text", { class: `ce-right ce-bold ce-halo ${i < 2 ? "ce-q" : ""}` });
  const number = svg("text", { class: "ce-loss ce-right ce-big" });
  const unit = svg("text", { class: "ce-muted ce-small ce-right" }, "bits a letter");
  const ask = svg("text", { class: "ce-muted ce-right" }, i === 2 ? "your turn: which letter comes next?" : "");
  fig.picture.append(base, level, name, number, unit, ask);

  return (view) => {
    const { bases, bit, narrow, width, box, cell, length, means, counted, x } = view;
    const y = bases[i];
    const list = view.shown.filter((k) => view.prices[i][k] !== null);
    const high = (bits) => Math.min(bits, HIGH) * bit;
    const mine = i === 2 && view.kind === "own"; // of an own text nobody has guessed anything
    set(base, { d: mine ? "" : `M0 ${y}H${box + cell / 2}` });
    bars(list, (k) => ({
      x: (x(k) - cell * 0.3).toFixed(1),
      y: y - high(view.prices[i][k]),
      width: cell * 0.6,
      height: high(view.prices[i][k]),
      opacity: !counted[k] ? 0.18 : k === length - 1 ? 1 : 0.55,
    }));
    values(narrow ? list.filter((k) => k === length - 1) : list, (k) => ({
      x: x(k).toFixed(1),
      y: y - high(view.prices[i][k]) - 4,
      opacity: counted[k] ? 1 : 0.4,
      text: fixed(view.prices[i][k]),
    }));
    const there = means[i] !== null;
    set(level, { d: there ? `M0 ${y - high(means[i])}H${box + cell / 2}` : "" });
    name.textContent = mine ? "" : title(i, view);
    number.textContent = mine ? "" : there ? fixed(means[i]) : "–";
    set(name, { x: width, y: y - (narrow ? 27 : 44) });
    set(number, { x: width, y: y - (narrow ? 5 : 16) });
    set(unit, { x: width, y, visibility: narrow || mine ? "hidden" : "visible" });
    set(ask, { x: box, y: y - 16, visibility: i === 2 && !mine && !there ? "visible" : "hidden" });
    if (i === 2) ask.textContent = narrow ? "your turn" : "your turn: which letter comes next?";
  };
}

const title = (i, { narrow, order }) =>
  [narrow ? "alone" : "letters alone", narrow ? "memory" : `memory of ${MEMORY[order]}`, "you"][i];

// Of a text of one's own: what the memory saves at each letter, or pays on top.
function drawSaved(fig, inside) {
  const base = svg("path", { class: "ce-hair" });
  const bars = marks(inside, "rect");
  const name = svg("text", { class: "ce-right ce-bold ce-halo" });
  const number = svg("text", { class: "ce-right ce-big" });
  const unit = svg("text", { class: "ce-muted ce-small ce-right" }, "bits a letter");
  fig.picture.append(base, name, number, unit);
  return ({ kind, saved, shown, bases, bit, box, cell, width, narrow, x }) => {
    const there = kind === "own" && saved.length > 1;
    const y = bases[2] - (narrow ? 9 : 18);
    const below = bases[2] + 8 - y; // what is dearer hangs there as far as it can
    const high = (v) => (v > 0 ? Math.min(v, HIGH - 2) * bit : Math.max(v * bit, -below));
    set(base, { d: there ? `M0 ${y}H${box + cell / 2}` : "" });
    bars(there ? shown : [], (k) => ({
      class: `ce-full ${saved[k] > 0 ? "ce-grad" : "ce-loss"}`,
      x: (x(k) - cell * 0.3).toFixed(1),
      y: y - Math.max(0, high(saved[k])),
      width: cell * 0.6,
      height: Math.abs(high(saved[k])),
    }));
    const all = there ? mean(saved) : 0;
    const side = all < 0 ? "ce-loss" : "ce-grad";
    name.textContent = there ? (all < 0 ? "on top" : "saved") : "";
    number.textContent = there ? fixed(Math.abs(all)) : "";
    set(name, { x: width, y: bases[2] - (narrow ? 27 : 44), class: `ce-right ce-bold ce-halo ${side}` });
    set(number, { x: width, y: bases[2] - (narrow ? 5 : 16), class: `ce-right ce-big ${side}` });
    set(unit, { x: width, y: bases[2], visibility: there && !narrow ? "visible" : "hidden" });
  };
}

// ---- keys, and a text of one's own ----------------------------------------------------------------
function keyboard(fig, play) {
  const name = (letter) => (letter === " " ? "space" : letter);
  const keys = [...LETTERS.slice(1), " "].map((letter) => button(name(letter), () => play(letter)));
  const letters = [...LETTERS.slice(1), " "];
  const root = html("div", { className: "ce-keys", role: "group", aria: { label: "the next letter" } }, ...keys);
  // The space bar presses the key that Tab or an arrow has reached; while one types it is a space.
  let typing = false;
  root.addEventListener("pointerdown", () => (typing = true));
  root.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const step = { arrowleft: -1, arrowright: 1 }[key];
    if (key === "tab" || step) typing = false;
    const here = keys.indexOf(document.activeElement);
    if (step && here >= 0) keys[(here + step + keys.length) % keys.length].focus();
    const plainKey = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plainKey || !letters.includes(key) || (key === " " && !typing)) return;
    event.preventDefault();
    typing = true;
    play(key);
  });
  function draw({ tried, text, lead, length, order }, known) {
    const before = (lead + text.slice(0, length)).slice(-4);
    keys.forEach((node, i) => {
      const letter = letters[i];
      const out = tried.includes(letter);
      const q = known ? chance(known.seen, before, letter, order) : 0;
      node.classList.toggle("ce-tried", out);
      node.setAttribute("aria-disabled", String(out));
      node.setAttribute("aria-label", name(letter) + (known ? `, expected ${Math.round(100 * q)} %` : ""));
      // as high as the root of q, so that small expectations are seen
      if (known) node.style.setProperty("--ce-expected", `${Math.round(100 * Math.sqrt(q))}%`);
      else node.removeAttribute("style");
    });
  }
  return { root, draw };
}

function ownText(fig) {
  const label = `your own text, up to ${LONGEST} letters`;
  const input = html("input", { type: "text", maxLength: LONGEST, spellcheck: false, aria: { label } });
  input.placeholder = "Type here: each letter gets its price";
  input.addEventListener("input", () => fig.write({ own: input.value }));
  const fill = (text) => {
    if (input.value !== text) input.value = text;
  };
  return { root: html("label", { className: "ce-field ce-own" }, input), fill };
}

export default { render };
