// Words fall from the sky, become clicks and run along the wire; the bill is H(p) and KL.

import { is_distribution, move_to } from "../code_length/distribution.js";
import { cross_entropy, entropy, kl_divergence, to_bits } from "../kit/ce_math.js";
import { clip, set, svg } from "../kit/chart.js";
import { button } from "../kit/frame.js";
import { at_point, handle, line, mix, seeded, stage } from "../kit/stage.js";
import { clicks, code_words, expect_more, LEAST, month, share } from "./code_words.js";
import { landscape } from "./landscape.js";
import { preset } from "./preset.js";
import { judge, sentence } from "./sayings.js";
import { advance, begin, FALL, finish, mean_clicks, over } from "./run.js";
import { click, clicks_look, hut, office, part_of_click, pen, row, weather } from "./shapes.js";

export const valid = {
  p: (p, state) => is_distribution(p) && p.length === state.p.length,
  q: (q, state) => is_distribution(q) && q.length === state.q.length,
  running: (running) => typeof running === "boolean",
};

// Pixels: where things stand below the top, below the foot of the bars (base), below the land (bill).
const ON_A_PAGE = {
  names: 18, base: 184, tall: 138, bar: 34, sign: 25, word: 54, code: 98, ridge: 160,
  bill: 76, deep: 28, rise: 34, ticks: 17, gap: 16, speed: 500,
};
const ON_A_PHONE = {
  names: 115, base: 208, tall: 70, bar: 24, sign: 19, word: 45, code: 78, ridge: 138,
  bill: 64, deep: 24, rise: 24, ticks: 15, gap: 14, speed: 370,
};
const MONTH = 120; // words: four a day
const STEP = 0.025; // of a knob by a key; ⅛ is one of its places
const LISTS = [
  ["pairs", "old pairs", [0.25, 0.25, 0.25, 0.25]],
  ["ines", "Ines’s", [0.5, 0.25, 0.125, 0.125]],
  ["coast", "coast’s", [0.125, 0.25, 0.5, 0.125]],
];
const WEATHERS = [
  ["ridge", "ridge", [0.5, 0.25, 0.125, 0.125]],
  ["even", "all alike", [0.25, 0.25, 0.25, 0.25]],
  ["sure", "always clear", [1, 0, 0, 0]],
  ["coast", "coast", [0.125, 0.25, 0.5, 0.125]],
];

function render({ model, el }) {
  const words = model.get("words");
  const K = words.length;
  const each = words.map((_, k) => k);
  const label = "The tape: what a month of words costs";
  return stage({ model, el, label, keys: ["p", "q", "running"], build });

  function build(fig) {
    fig.root.classList.add("ce-tape");
    const text = (look, at = fig.picture) => {
      const node = svg("text", { class: look });
      at.append(node);
      return node;
    };
    const path = (look) => {
      const node = svg("path", look);
      fig.picture.append(node);
      return node;
    };
    const write = (node, x, y, words) => {
      set(node, { x: x.toFixed(1), y: y.toFixed(1) });
      if (node.textContent !== words) node.textContent = words;
    };

    // ---- parts, in the order in which they lie on each other ----------------------------------
    const land = path({ class: "ce-tinted" });
    const crest = path(pen(1, "var(--ce-muted)"));
    const wire = path(pen(1, "var(--ce-muted)"));
    const poles = path(pen(1.5, "var(--ce-muted)"));
    const columns = each.map((k) => ({
      p: svg("rect", { class: "ce-p ce-full" }),
      q: svg("rect", { class: "ce-q ce-tinted", stroke: "var(--ce-q)", "stroke-width": 1.5 }),
      sign: weather(words[k]),
      lit: svg("path", { ...pen(13, "var(--ce-q-soft)"), visibility: "hidden" }),
      whole: svg("path", clicks_look.whole),
      part: svg("path", clicks_look.part),
    }));
    for (const c of columns) fig.picture.append(...Object.values(c));
    const names = [text("ce-small ce-p"), text("ce-small ce-q")];
    for (const [k, c] of columns.entries()) {
      c.word = text("ce-mid ce-bold");
      c.word.textContent = words[k];
      c.beside = text("ce-small ce-muted");
      c.verdict = text("ce-small ce-mid");
      const value = "ce-small ce-mid ce-halo";
      c.value = { p: text(`${value} ce-p`), q: text(`${value} ce-q`) };
    }
    const drops = path(pen(2, "var(--ce-p)"));
    const falling = each.map((k) => {
      const node = text("ce-mid ce-bold ce-halo ce-p");
      node.textContent = words[k];
      return node;
    });
    const on_wire = { whole: path(clicks_look.whole), part: path(clicks_look.part) };
    const houses = [hut(), office()];
    fig.picture.append(...houses);
    const places = [text("ce-word ce-mid ce-muted"), text("ce-word ce-right ce-muted")];
    const heard = text("ce-mid ce-bold ce-p");
    const counted = text("ce-small ce-mid");
    const bill = {
      H: svg("rect", { class: "ce-p ce-full" }),
      KL: svg("rect", { class: "ce-loss ce-full" }),
      axis: svg("path", pen(1, "var(--ce-muted)")),
      goal: svg("path", pen(1)),
      trace: svg("path", pen(1.2)),
      needle: svg("path", { d: "M0 0L-6-9H6Z", fill: "var(--ce-ink)" }),
    };
    fig.picture.append(...Object.values(bill));
    const bill_texts = {
      H: text("ce-bold"),
      KL: text("ce-bold"),
      goal: text("ce-mid ce-bold ce-halo"),
      so_far: text(""),
    };
    const ticks = [0, 1, 2, 3, 4, 5].map(() => text("ce-small ce-mid ce-muted"));
    const unit = text("ce-small ce-right ce-muted");

    // ---- controls -----------------------------------------------------------------------------
    const change = { p: move_to, q: expect_more };
    const knobs = Object.fromEntries(["p", "q"].map((key) => [key, each.map((k) => knob(key, k))]));
    function knob(key, k) {
      const asked = { p: "p, how often it is", q: "q, how often the list expects" };
      const label = `${asked[key]} ${words[k]}`;
      const [min, max] = key === "p" ? [0, 1] : [LEAST, 1 - (K - 1) * LEAST];
      const move = (value) => fig.write({ [key]: change[key](model.get(key), k, value) });
      return handle(fig, {
        look: key,
        radius: 7,
        ways: [{ label, min, max, step: STEP, text: thousandths, input: move }],
        drag: (_, y) => move(snapped(clip((g.base - y) / g.tall, 0, 1))),
      });
    }
    const even = [["even", "all alike", words.map(() => 1 / K)]];
    const list = presets("q", "which list", LISTS);
    const sky = presets("p", "which weather", WEATHERS);
    function presets(key, label, all) {
      const input = (value) => fig.glide({ [key]: value });
      return preset({ label, all: K === 4 ? all : even, initial: model.get(key), input });
    }
    const play = button("Run", () => fig.write({ running: !model.get("running") }));
    play.classList.add("ce-play");
    fig.controls.append(play, list.root);
    fig.more.append(sky.root);

    // ---- the run ------------------------------------------------------------------------------
    const fresh = () => begin(month(model.get("p"), MONTH, seeded(11)), K);
    let run = fresh();
    let [frame, last, opened] = [0, 0, false];
    const lines = { gap: 15, speed: 480, length: 900 }; // of the wire
    const rest = () => fig.write({ running: false });
    function start_or_stop() {
      cancelAnimationFrame(frame);
      seen.disconnect();
      if (!opened || !model.get("running")) return;
      watched = false;
      seen.observe(fig.root);
      if (over(run)) run = fresh();
      last = null;
      if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
        frame = requestAnimationFrame(tick);
        return;
      }
      finish(run, list_of(model.get("q")).lengths);
      rest();
    }
    function tick(now) {
      const pace = 1 + Math.min(1, run.arrived / 30); // faster once the first words have been seen
      const seconds = pace * Math.min(0.05, (now - (last ?? now)) / 1000);
      advance(run, seconds, list_of(model.get("q")), lines);
      last = now;
      paint_run();
      if (over(run)) rest();
      else frame = requestAnimationFrame(tick);
    }
    const new_words = () => (run = fresh());
    const new_list = () => (run.trace = []);
    model.on("change:running", start_or_stop);
    model.on("change:p", new_words);
    model.on("change:q", new_list);
    fig.root.querySelector(".ce-buttons .ce-icon").addEventListener("click", new_words); // Reset
    queueMicrotask(() => { // an address alone starts nothing
      opened = true;
      if (model.get("running")) rest();
    });
    let watched = false; // in sight since the start: a link may start it from below
    const seen = new IntersectionObserver(([entry]) => {
      if (watched && !entry.isIntersecting && model.get("running")) rest();
      watched = entry.isIntersecting;
    });

    // ---- value ↔ pixel --------------------------------------------------------------------------
    const g = {};
    function layout(w, narrow) {
      Object.assign(g, { w, narrow }, narrow ? ON_A_PHONE : ON_A_PAGE);
      const sky = narrow ? w : Math.min(590, w * 0.6);
      g.column = (k) => ((k + 0.5) * sky) / K;
      const view = landscape(w, narrow, g.base + g.ridge);
      Object.assign(lines, { gap: g.gap, speed: g.speed, length: view.to - view.from });
      Object.assign(g, view, { bill_top: view.low + g.bill });
      set(land, { d: view.land_path });
      set(crest, { d: view.crest_path });
      set(wire, { d: view.wire_path });
      set(poles, { d: view.poles_path });
      [view.from, view.to].forEach((x, i) => {
        set(houses[i], { transform: at_point(x, view.land(x) + 1) });
      });
      write(places[0], view.from, view.land(view.from) + 20, "the ridge");
      write(places[1], view.to - 30, view.land(view.to - 60) + 19, "the valley");
      write(names[0], narrow ? 2 : 22, g.names, "p, how often it comes");
      write(names[1], narrow ? w - 2 : 192, g.names, "q, how often it is expected");
      set(names[1], { class: `ce-small ce-q${narrow ? " ce-right" : ""}` });
      each.forEach((k) => {
        const scale = narrow ? "" : " scale(1.25)";
        set(columns[k].sign, { transform: at_point(g.column(k), g.base + g.sign) + scale });
        write(columns[k].word, g.column(k), g.base + g.word, words[k]);
      });
      write(unit, w - 2, g.bill_top + g.deep + g.ticks, "clicks a word");
      return g.bill_top + g.deep + g.ticks + 7;
    }

    // ---- paint ----------------------------------------------------------------------------------
    let now = null; // what is drawn: the list of the state, and its bill
    function draw({ p, q, running }) {
      const { codes, lengths } = list_of(q);
      const [H, X, KL] = [entropy(p), cross_entropy(p, q), kl_divergence(p, q)].map(to_bits);
      now = { codes, lengths, X };
      each.forEach((k) => paint_column(k, { p, q }, lengths[k], codes[k]));
      paint_bill(H, X, KL);
      paint_run();
      list.update(model.get("q"));
      sky.update(model.get("p"));
      play.textContent = running ? "Pause" : "Run";
      return sentence({ words, p, q, lengths, H, X, KL, n: MONTH });
    }

    function paint_column(k, state, length, code) {
      const [c, middle] = [columns[k], g.column(k)];
      for (const [key, side] of [["p", -1], ["q", 1]]) {
        const [x, v] = [middle + side * 22, state[key][k]];
        const y = g.base - v * g.tall;
        set(c[key], { x: x - g.bar / 2, y, width: g.bar, height: g.base - y });
        write(c.value[key], x, y - 12, share(v));
        knobs[key][k].place(x, y, [v]);
      }
      const [y, half] = [g.base + g.code, (code.length * lines.gap) / 2];
      const parted = code.length > length + 1e-3; // then the length stands beside the clicks
      const at = parted ? middle - 15 : middle;
      const [whole, part] = row(code, length, at, y, lines.gap);
      set(c.whole, { d: whole });
      set(c.part, { d: part });
      set(c.lit, { d: half ? line([[at - half + 5, y], [at + half - 5, y]]) : "" });
      write(c.beside, at + half + 3, y + 4.5, parted ? length.toFixed(2) : "");
      const [look, verdict] = judge(state.p[k], length);
      set(c.verdict, { class: `ce-small ce-mid ce-${look}` });
      write(c.verdict, middle, y + 20, verdict);
    }

    function paint_bill(H, X, KL) {
      const top = X === Infinity ? 6 : Math.max(4, Math.ceil(X + 0.8));
      const left = g.narrow ? 6 : 20;
      g.scale = (v) => left + (Math.min(v, top) / top) * (g.w - 2 * left);
      const [zero, from, to] = [0, H, X].map(g.scale);
      const foot = g.bill_top + g.deep;
      set(bill.H, { x: zero, y: g.bill_top, width: from - zero, height: g.deep });
      set(bill.KL, { x: from, y: g.bill_top, width: Math.max(0, to - from), height: g.deep });
      set(bill.axis, { d: line([[zero, foot + 0.5], [g.scale(top), foot + 0.5]]) });
      ticks.forEach((tick, i) => {
        const clear = i < top && g.scale(i) < g.w - 110; // of "clicks a word"
        write(tick, g.scale(i), foot + g.ticks, clear ? `${i}` : "");
      });
      const middle = g.bill_top + g.deep / 2 + 5;
      const room = from - zero;
      const named = `H(p) ${H.toFixed(2)}`;
      set(bill_texts.H, { class: "ce-bold ce-on" });
      const long = room > 210 ? "the weather itself, " : "";
      write(bill_texts.H, zero + 10, middle, room > 88 ? long + named : "");
      const extra = `+ ${KL === Infinity ? "∞" : KL.toFixed(2)}`;
      const after = g.w - to > 240 ? " for the wrong list, KL(p‖q)" : g.w - to > 70 ? " KL" : "";
      const tail = KL < 0.005 ? "" : extra + after;
      const inside = X === Infinity;
      set(bill_texts.KL, { class: inside ? "ce-bold ce-right ce-on" : "ce-bold ce-loss" });
      write(bill_texts.KL, inside ? to - 10 : to + 8, middle, tail);
      const named_X = `H(p, q) ${inside ? "∞" : X.toFixed(2)}`;
      set(bill.goal, { d: line([[to, g.bill_top - g.rise], [to, foot]]) });
      write(bill_texts.goal, clip(to, 46, g.w - 46), g.bill_top - g.rise - 5, named_X);
    }

    // What changes while words fall: in the air, on the wire, at the meter.
    function paint_run() {
      const air = each.map(() => null);
      const [marks, parts] = [[], []];
      const rain = [];
      const lit = each.map(() => false);
      const [high, low] = [g.base + g.word + 16, g.base + g.code - 8];
      for (const [i, { word, code, length, at, slow }] of run.under_way.entries()) {
        const gone = run.time - at; // seconds on the wire
        if (gone < 0) {
          const y = mix(high, low, clip(1 + gone / FALL, 0, 1) ** 2);
          if (slow) air[word] = y;
          else rain.push(drop(g.column(word) + (((i * 0.618) % 1) - 0.5) * 30, y));
          continue;
        }
        lit[word] ||= slow && gone < 0.3;
        code.forEach((long, j) => {
          const x = g.from + gone * lines.speed - j * lines.gap;
          if (x < g.from || x > g.to) return;
          const y = g.wire(x);
          if (j + 1 > length + 1e-3) parts.push(part_of_click(x, y, long));
          else marks.push(click(x, y, long, (g.wire(x + 4) - g.wire(x - 4)) / 2));
        });
      }
      each.forEach((k) => {
        const y = (air[k] ?? low).toFixed(1);
        set(falling[k], { x: g.column(k), y, visibility: air[k] === null ? "hidden" : "visible" });
        set(columns[k].lit, { visibility: lit[k] ? "visible" : "hidden" });
      });
      set(drops, { d: rain.join("") });
      set(on_wire.whole, { d: marks.join("") });
      set(on_wire.part, { d: parts.join("") });
      write(heard, g.to, g.land(g.to) - 38, words[run.last] ?? "");
      paint_meter();
    }

    function paint_meter() {
      const { arrived: n, trace } = run;
      const mean = n ? mean_clicks(run, now.lengths) : 0;
      const total = mean * n;
      const some = `${n} word${n > 1 ? "s" : ""}, ${total === Infinity ? "∞" : total.toFixed(0)} clicks`;
      const [x_text, y_text] = g.narrow ? [g.w * 0.45, g.low + 13] : [g.w * 0.5, g.low + 15];
      write(counted, x_text, y_text, n ? some : `a month is ${MONTH} words`);
      const x = g.scale(mean);
      const up = (g.rise - 12) / Math.max(14, trace.length - 1); // the older, the higher
      const points = trace.map((v, i) => [g.scale(v), g.bill_top - 9 - (trace.length - 1 - i) * up]);
      set(bill.trace, { d: points.length > 1 && Number.isFinite(mean) ? line(points) : "" });
      set(bill.needle, { transform: at_point(x, g.bill_top - 1), visibility: n ? "visible" : "hidden" });
      const before = (mean < now.X && x > 110) || x > g.w - 100;
      set(bill_texts.so_far, { class: `ce-small ce-halo${before ? " ce-right" : ""}` });
      const said = Number.isFinite(mean) ? mean.toFixed(2) : "∞";
      write(bill_texts.so_far, x + (before ? -10 : 10), g.bill_top - 4, n ? `so far ${said}` : "");
    }

    function table({ p, q }) {
      const [H, X, KL] = [entropy(p), cross_entropy(p, q), kl_divergence(p, q)].map(to_bits);
      return [
        {
          head: ["word", "p", "q", "clicks, −log₂ q", "surprise, −log₂ p (bits)", "p × clicks"],
          rows: each.map((k) => {
            const part = to_bits(cross_entropy([p[k]], [q[k]]));
            return [words[k], p[k], q[k], clicks(q[k]), clicks(p[k]), part];
          }),
        },
        {
          head: ["bill", "bits a word", `clicks for ${MONTH} words`],
          rows: [["H(p)", H], ["KL(p‖q)", KL], ["H(p, q)", X]].map(([name, v]) => [name, v, v * MONTH]),
        },
      ];
    }

    layout(736, false); // a first paint may come before the first layout
    const close = () => {
      cancelAnimationFrame(frame);
      seen.disconnect();
      model.off("change:running", start_or_stop);
      model.off("change:p", new_words);
      model.off("change:q", new_list);
    };
    return { layout, draw, table, close, glides: { running: null } };
  }
}

const list_of = (q) => ({ codes: code_words(q), lengths: q.map(clicks) });

// A share in hundredths, or an eighth that is close by.
function snapped(v) {
  const eighth = Math.round(v * 8) / 8;
  return Math.abs(v - eighth) < 0.012 ? eighth : Math.round(v * 100) / 100;
}

const thousandths = (v) => `${+v.toFixed(3)}`;
const drop = (x, y) => `M${x.toFixed(1)} ${(y - 8).toFixed(1)}v8`;

export default { render };
