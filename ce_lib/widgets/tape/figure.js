// Words fall from the sky, become clicks and run along the wire; the bill is H(p) and KL.

import { is_distribution, move_to } from "../code_length/distribution.js";
import { cross_entropy, entropy, kl_divergence, to_bits } from "../kit/ce_math.js";
import { clip, set, svg } from "../kit/chart.js";
import { button } from "../kit/frame.js";
import { at_point, handle, line, mix, seeded, stage } from "../kit/stage.js";
import { clicks, code_words, expect_more, LEAST, month, share } from "./code_words.js";
import { preset } from "./preset.js";
import { advance, begin, FALL, finish, mean_clicks, over } from "./run.js";
import { click, clicks_look, hut, office, part_of_click, pen, row, weather } from "./shapes.js";

export const valid = {
  p: (p, state) => is_distribution(p) && p.length === state.p.length,
  q: (q, state) => is_distribution(q) && q.length === state.q.length,
  running: (running) => typeof running === "boolean",
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
      c.value = { p: text("ce-small ce-mid ce-halo ce-p"), q: text("ce-small ce-mid ce-halo ce-q") };
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
    const bill_texts = { H: text("ce-bold"), KL: text("ce-bold"), goal: text("ce-mid ce-bold ce-halo"), so_far: text("") };
    const ticks = [0, 1, 2, 3, 4, 5].map(() => text("ce-small ce-mid ce-muted"));
    const unit = text("ce-small ce-right ce-muted");

    // ---- controls -----------------------------------------------------------------------------
    const change = { p: move_to, q: expect_more };
    const knobs = Object.fromEntries(
      ["p", "q"].map((key) => [key, each.map((k) => knob(key, k))]),
    );
    function knob(key, k) {
      const said = key === "p" ? `p, how often it is ${words[k]}` : `q, how often the list expects ${words[k]}`;
      const [min, max] = key === "p" ? [0, 1] : [LEAST, 1 - (K - 1) * LEAST];
      const move = (value) => fig.write({ [key]: change[key](model.get(key), k, value) });
      return handle(fig, {
        look: key,
        radius: 7,
        ways: [{ label: said, min, max, step: STEP, text: (v) => `${+v.toFixed(3)}`, input: move }],
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
      if (!opened || !model.get("running")) return;
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
    const seen = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting && model.get("running")) rest();
    });
    seen.observe(fig.root);

    // ---- value ↔ pixel --------------------------------------------------------------------------
    const g = {};
    function layout(w, narrow) {
      const sky = narrow ? w : Math.min(590, w * 0.6);
      Object.assign(g, narrow
        ? { base: 208, tall: 70, bar: 24, word: 45, sign: 19, code: 78, left: 138, fall: 10, bill: 64, deep: 24, from: 30, to: w - 34 }
        : { base: 184, tall: 138, bar: 34, word: 54, sign: 25, code: 98, left: 160, fall: 28, bill: 76, deep: 28, from: 66, to: w - 52 });
      Object.assign(g, { w, narrow, rise: narrow ? 24 : 34, column: (k) => ((k + 0.5) * sky) / K });
      const [top, low] = [g.base + g.left, g.base + g.left + g.fall];
      const far = g.to - g.from;
      Object.assign(lines, { gap: narrow ? 14 : 16, speed: narrow ? 370 : 500, length: far });
      g.land = (x) => mix(top, low, smooth(clip((x / w - 0.2) / 0.75, 0, 1))) + 3 * Math.sin(x / 41) + 2 * Math.sin(x / 17);
      const spans = Math.max(2, Math.round(far / 190));
      const post = (i) => {
        const x = g.from + (far * i) / spans;
        return [x, g.land(x) - (i === 0 || i === spans ? 27 : narrow ? 30 : 36)];
      };
      g.wire = (x) => {
        const u = clip(((x - g.from) / far) * spans, 0, spans - 1e-6);
        const sag = (narrow ? 20 : 28) * (u % 1) * (1 - (u % 1));
        return mix(post(Math.floor(u))[1], post(Math.floor(u) + 1)[1], u % 1) + sag;
      };
      const points = (f, a, z) => line(Array.from({ length: 121 }, (_, i) => mix(a, z, i / 120)).map((x) => [x, f(x)]));
      const ground = points(g.land, 0, w);
      set(land, { d: `${ground}V${low + 22}Q${w * 0.7} ${low + 12} ${w * 0.4} ${low + 20}T0 ${low + 10}Z` });
      set(crest, { d: ground });
      set(wire, { d: points(g.wire, g.from, g.to) });
      const pole = ([x, y]) => `${line([[x, g.land(x)], [x, y - 4]])}${line([[x - 5, y], [x + 5, y]])}`;
      set(poles, { d: Array.from({ length: spans - 1 }, (_, i) => pole(post(i + 1))).join("") });
      set(houses[0], { transform: at_point(g.from, g.land(g.from) + 1) });
      set(houses[1], { transform: at_point(g.to, g.land(g.to) + 1) });
      write(places[0], g.from, g.land(g.from) + 20, "the ridge");
      write(places[1], g.to - 30, g.land(g.to - 60) + 19, "the valley");
      g.counted = [narrow ? w * 0.45 : w * 0.5, low + (narrow ? 13 : 15)];
      g.bill_top = low + g.bill;
      write(names[0], narrow ? 2 : 22, narrow ? 115 : 18, "p, how often it comes");
      write(names[1], narrow ? w - 2 : 192, narrow ? 115 : 18, "q, how often it is expected");
      set(names[1], { class: `ce-small ce-q${narrow ? " ce-right" : ""}` });
      each.forEach((k) => {
        const scale = narrow ? "" : " scale(1.25)";
        set(columns[k].sign, { transform: at_point(g.column(k), g.base + g.sign) + scale });
        write(columns[k].word, g.column(k), g.base + g.word, words[k]);
      });
      write(unit, w - 2, g.bill_top + g.deep + (narrow ? 15 : 17), "clicks a word");
      return g.bill_top + g.deep + (narrow ? 22 : 24);
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
      return sentence({ p, q, lengths, H, X, KL });
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

    function judge(p, length) {
      if (p < 0.0005) return ["muted", "never comes"];
      if (length === Infinity) return ["loss", "has no clicks"];
      const gap = length - clicks(p);
      if (Math.abs(gap) < 0.02) return ["muted", "just right"];
      return gap > 0 ? ["loss", `${share(gap)} wasted`] : ["grad", `${share(-gap)} saved`];
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
      ticks.forEach((tick, i) => write(tick, g.scale(i), foot + (g.narrow ? 15 : 17), i < top && (g.scale(i) < g.w - 110) ? `${i}` : ""));
      const middle = g.bill_top + g.deep / 2 + 5;
      const room = from - zero;
      const named = `H(p) ${H.toFixed(2)}`;
      set(bill_texts.H, { class: "ce-bold ce-on" });
      write(bill_texts.H, zero + 10, middle, room > 210 ? `the weather itself, ${named}` : room > 88 ? named : "");
      const extra = `+ ${KL === Infinity ? "∞" : KL.toFixed(2)}`;
      const tail = KL < 0.005 ? "" : g.w - to > 240 ? `${extra} for the wrong list, KL(p‖q)` : g.w - to > 70 ? `${extra} KL` : extra;
      const inside = X === Infinity;
      set(bill_texts.KL, { class: inside ? "ce-bold ce-right ce-on" : "ce-bold ce-loss" });
      write(bill_texts.KL, inside ? to - 10 : to + 8, middle, tail);
      set(bill.goal, { d: line([[to, g.bill_top - g.rise], [to, foot]]) });
      write(bill_texts.goal, clip(to, 46, g.w - 46), g.bill_top - g.rise - 5, `H(p, q) ${inside ? "∞" : X.toFixed(2)}`);
    }

    // What changes while words fall: in the air, on the wire, at the meter.
    function paint_run() {
      const air = each.map(() => null);
      const [marks, parts] = [[], []];
      let rain = "";
      const lit = each.map(() => false);
      const [high, low] = [g.base + g.word + 16, g.base + g.code - 8];
      for (const [i, { word, code, length, at, slow }] of run.under_way.entries()) {
        const gone = run.time - at; // seconds on the wire
        if (gone < 0) {
          const y = mix(high, low, clip(1 + gone / FALL, 0, 1) ** 2);
          if (slow) air[word] = y;
          else rain += `M${(g.column(word) + (((i * 0.618) % 1) - 0.5) * 30).toFixed(1)} ${(y - 8).toFixed(1)}v8`;
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
        set(falling[k], { x: g.column(k), y: (air[k] ?? low).toFixed(1), visibility: air[k] === null ? "hidden" : "visible" });
        set(columns[k].lit, { visibility: lit[k] ? "visible" : "hidden" });
      });
      set(drops, { d: rain });
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
      write(counted, ...g.counted, n ? some : `a month is ${MONTH} words`);
      const x = g.scale(mean);
      const height = (i) => g.bill_top - 9 - ((trace.length - 1 - i) * (g.rise - 12)) / Math.max(14, trace.length - 1);
      set(bill.trace, { d: trace.length > 1 && Number.isFinite(mean) ? line(trace.map((v, i) => [g.scale(v), height(i)])) : "" });
      set(bill.needle, { transform: at_point(x, g.bill_top - 1), visibility: n ? "visible" : "hidden" });
      const before = (mean < now.X && x > 110) || x > g.w - 100;
      set(bill_texts.so_far, { class: `ce-small ce-halo${before ? " ce-right" : ""}` });
      const said = Number.isFinite(mean) ? mean.toFixed(2) : "∞";
      write(bill_texts.so_far, x + (before ? -10 : 10), g.bill_top - 4, n ? `so far ${said}` : "");
    }

    // ---- words ----------------------------------------------------------------------------------
    function sentence({ p, q, lengths, H, X, KL }) {
      const cost = share(Math.round(X * MONTH));
      const parts = lengths.some((l) => l !== Infinity && Math.ceil(l - 1e-3) - l > 1e-3);
      const hollow = parts ? " A hollow click is a part of one: to get it, send many words as one." : "";
      const lost = each.find((k) => p[k] > 0 && q[k] === 0);
      if (lost !== undefined) {
        return `The list has no clicks for <i>${words[lost]}</i>, and it does come. No bill is high enough: <b class="loss">H(p, q) is ∞</b>.`;
      }
      if (H < 0.005 && X < 0.005) return "A message that can only say one thing says nothing, and needs no clicks.";
      if (H < 0.005) {
        return `A message that can only say one thing says nothing: <b class="p">0</b> bits. <b class="loss">All ${cost} clicks of the month are wasted.</b>`;
      }
      if (KL < 0.005) {
        return `The list expects just this weather: <b class="p">${H.toFixed(2)}</b> clicks a word, ${cost} a month. No list costs less.${hollow}`;
      }
      return `This weather must cost <b class="p">${H.toFixed(2)}</b> a word. The list expects another, and that costs <b class="loss">${KL.toFixed(2)}</b> more: ${cost} clicks a month.${hollow}`;
    }

    function table({ p, q }) {
      const [H, X, KL] = [entropy(p), cross_entropy(p, q), kl_divergence(p, q)].map(to_bits);
      return [
        {
          head: ["word", "p", "q", "clicks, −log₂ q", "surprise, −log₂ p (bits)", "p × clicks"],
          rows: each.map((k) => [words[k], p[k], q[k], clicks(q[k]), clicks(p[k]), p[k] ? p[k] * clicks(q[k]) : 0]),
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
const smooth = (t) => t * t * (3 - 2 * t);

// A share in hundredths, or an eighth that is close by.
function snapped(v) {
  const eighth = Math.round(v * 8) / 8;
  return Math.abs(v - eighth) < 0.012 ? eighth : Math.round(v * 100) / 100;
}

export default { render };
