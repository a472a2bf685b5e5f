// What each outcome costs in a code made for q: a column as wide as p and as high as its length, and
// beside the columns what is wasted and saved in all.

import { perplexity, to_bits } from "../kit/ce_math.js";
import { clip, set, svg } from "../kit/chart.js";
import { button, choice, html } from "../kit/frame.js";
import { handle, marks, stage } from "../kit/stage.js";
import { bill, hatch, q_of_length, spread } from "./bill.js";
import { is_distribution, move_to, type_in } from "./distribution.js";

const TOP = 7; // bits that the picture is high; what is longer leaves it
const LONGEST = 10.2; // where a knob's way ends: at ∞

export const valid = {
  p: (p, state) => is_distribution(p) && p.length === state.p.length,
  q: (q, state) => is_distribution(q) && q.length === state.q.length,
  unit: (unit) => unit === "bits" || unit === "nats",
};

const render = ({ model, el }) =>
  stage({ model, el, label: "Code length: what a code made for q wastes", keys: ["p", "q", "unit"], build });

function build(fig) {
  const labels = fig.model.get("labels");
  const inputs = fields(fig, labels);
  const columns = drawColumns(fig, labels);
  const steps = drawSteps(fig);
  const unit = choice({
    label: "unit",
    options: [["bits", "bits"], ["nats", "nats"]],
    input: (value) => fig.write({ unit: value }),
  });
  fig.controls.append(
    button("Make q equal p", () => fig.glide({ q: fig.state().p })),
    button("Swap p and q", () => fig.glide({ p: fig.state().q, q: fig.state().p })),
  );
  fig.more.append(inputs.root, unit.root);
  const room = {};

  return {
    layout(width, narrow) {
      const bar = narrow ? 44 : 66;
      Object.assign(room, {
        narrow,
        bar,
        left: 30,
        right: width - 3 * bar - (narrow ? 12 : 48),
        bars: width - 3 * bar,
        base: narrow ? 346 : 404,
        bit: narrow ? 31 : 42,
      });
      room.top = room.base - TOP * room.bit;
      return room.base + 50;
    },
    draw(state) {
      const scale = state.unit === "bits" ? to_bits(1) : 1;
      const view = { ...room, ...state, scale, all: bill(state.p, state.q) };
      // a length in nats → its pixel; the longest leave the picture at its top
      view.Y = (nats) => view.base - Math.min(to_bits(nats), TOP) * view.bit;
      unit.update(state.unit);
      inputs.fill(state);
      columns(view);
      steps(view);
      return sentence(view, labels);
    },
    table: (state) => tables(state, labels),
  };
}

// ---- the columns ------------------------------------------------------------------------------
function drawColumns(fig, labels) {
  const into = fig.picture;
  const grid = marks(into, "line", { class: "ce-hair" });
  const ticks = marks(into, "text", { class: "ce-muted ce-small ce-right" });
  const need = marks(into, "rect", { class: "ce-p ce-tinted" });
  const over = marks(into, "rect", { class: "ce-loss ce-tinted" });
  const under = marks(into, "rect", { class: "ce-grad ce-tinted" });
  const lines = marks(into, "path");
  const edges = marks(into, "path", { class: "ce-p ce-drawn" });
  const endless = svg("path", { class: "ce-loss ce-drawn" });
  const saving = svg("path", { class: "ce-grad ce-drawn ce-thin" });
  const floor = svg("path", { class: "ce-drawn ce-thin" });
  const ruler = svg("text", { class: "ce-muted ce-small ce-right" });
  into.append(endless, saving, floor, ruler);
  const code = marks(into, "path", { class: "ce-q ce-drawn" });
  const words = marks(into, "text", { class: "ce-mid ce-halo" });
  const names = marks(into, "text", { class: "ce-mid ce-word" });
  const shares = marks(into, "text", { class: "ce-mid ce-p ce-small" });
  const lengths = marks(into, "text", { class: "ce-mid ce-halo ce-bold" });
  let now = null;

  const lengthen = (k, nats) => {
    const { q } = fig.state();
    fig.write({ q: move_to(q, k, q_of_length(nats, q[k])) });
  };
  const knobs = labels.map((name, k) =>
    handle(fig, {
      look: "q",
      radius: 8,
      ways: [
        {
          label: `length of the code word for ${name}`,
          min: 0,
          max: LONGEST,
          step: 0.1,
          text: () => `${said(now.all.actual[k], now)}, q is ${+now.q[k].toFixed(3)}`,
          input: (v) => lengthen(k, v === LONGEST ? Infinity : v / now.scale),
        },
      ],
      drag(x, y) {
        const bits = (now.base - y) / now.bit;
        lengthen(k, bits > TOP + 0.4 ? Infinity : Math.max(0, bits) * Math.LN2);
      },
    }),
  );

  return (view) => {
    now = view;
    const { p, left, right, base, top, narrow, Y, scale, all } = view;
    const width = right - left;
    const starts = p.map((_, k) => left + width * p.slice(0, k).reduce((a, b) => a + b, 0));
    const boxes = p.map((v, k) => ({
      x: starts[k],
      width: v * width,
      best: Y(all.best[k]),
      actual: Y(all.actual[k]),
      endless: all.actual[k] === Infinity && v > 0,
      kind: all.extra[k] > 1e-9 ? "loss" : all.extra[k] < -1e-9 ? "grad" : "",
    }));
    const most = Math.floor(TOP / to_bits(1) * scale + 1e-9);
    const marks_at = Array.from({ length: most }, (_, k) => k + 1);
    const level = (v) => Y(v / scale);
    grid(marks_at, (v) => ({ x1: left, x2: right, y1: level(v), y2: level(v) }));
    ticks(marks_at, (v) => ({ x: left - 6, y: level(v) + 4, text: v }));
    set(ruler, { x: left - 6, y: base + 4 });
    ruler.textContent = view.unit;
    set(floor, { d: `M${left} ${base}H${right}` });

    const area = (b, from, to) => ({ x: b.x, width: b.width, y: to, height: Math.max(0, from - to) });
    need(boxes, (b) => area(b, base, Math.max(b.best, b.actual)));
    over(boxes, (b) => area(b, b.best, Math.min(b.best, b.actual)));
    under(boxes, (b) => area(b, b.actual, Math.min(b.best, b.actual)));
    lines(boxes, (b) => ({
      class: `ce-drawn ce-thin ce-${b.kind || "p"}`,
      d: outline(b),
    }));
    edges(boxes, (b) => ({ d: b.width > 0 ? `M${b.x} ${b.best}H${b.x + b.width}` : "" }));
    set(endless, { d: boxes.map((b) => (b.endless ? hatch(b.x, b.width, top, b.best) : "")).join("") });
    set(saving, {
      d: boxes.map((b) => (b.kind === "grad" ? hatch(b.x, b.width, b.best, b.actual, 6) : "")).join(""),
    });

    const middles = boxes.map((b) => b.x + b.width / 2);
    const places = spread(middles, narrow ? 40 : 46, left + 16, right - 16);
    code(boxes, (b, k) => ({ d: `M${Math.min(b.x, places[k])} ${b.actual}H${Math.max(b.x + b.width, places[k])}` }));
    boxes.forEach((b, k) => {
      knobs[k].place(places[k], b.actual, [Math.min(LONGEST, all.actual[k] * scale)]);
    });
    lengths(boxes, (b, k) => ({ x: places[k], y: b.actual - 16, text: number(all.actual[k], scale) }));
    names(labels, (name, k) => ({ x: places[k], y: base + 19, text: name }));
    shares(p, (v, k) => ({ x: places[k], y: base + 37, text: percent(v) }));
    words(["loss", "grad"], (kind) => word(boxes, kind));
  };
}

const outline = (b) => {
  const [high, low] = [Math.min(b.best, b.actual), Math.max(b.best, b.actual)];
  return b.width > 0 && low - high > 0.5 ? `M${b.x} ${low}V${high}H${b.x + b.width}V${low}` : "";
};

// "wasted" and "saved" stand once each, where there is most room for them.
function word(boxes, kind) {
  const tall = (b) => Math.abs(b.best - b.actual);
  const loss = kind === "loss"; // the length of what is saved stands in the middle of its area
  const fits = boxes.filter((b) => b.kind === kind && b.width > (loss ? 52 : 120) && tall(b) > 22);
  const [b] = fits.sort((one, two) => two.width * tall(two) - one.width * tall(one));
  if (!b) return { text: "", x: 0, y: 0 };
  const y = (b.best + b.actual) / 2 + 5;
  const x = b.x + b.width * (loss ? 1 / 2 : 3 / 4);
  return { class: `ce-mid ce-halo ce-${kind}`, x, y, text: loss ? "wasted" : "saved" };
}

// ---- the bill: wasted − saved = KL, on top of H(p) ----------------------------------------------
function drawSteps(fig) {
  const into = fig.picture;
  const rect = (look) => {
    const node = svg("rect", { class: look });
    into.append(node);
    return node;
  };
  const need = rect("ce-p ce-tinted");
  const bars = ["ce-loss ce-tinted", "ce-grad ce-tinted", "ce-loss ce-full"].map(rect);
  const rims = marks(into, "path");
  const saving = svg("path", { class: "ce-grad ce-drawn ce-thin" });
  const endless = svg("path", { class: "ce-loss ce-drawn" });
  const levels = svg("path", { class: "ce-drawn ce-thin", "stroke-dasharray": "1 4" });
  const floor = svg("path", { class: "ce-drawn ce-thin" });
  into.append(saving, endless, levels, floor);
  const must = svg("text", { class: "ce-p ce-mid ce-bold" });
  const below = svg("text", { class: "ce-p ce-mid ce-small" }, "must be paid: H(p)");
  into.append(must, below);
  const values = marks(into, "text", { class: "ce-mid ce-halo ce-bold" });
  const names = marks(into, "text", { class: "ce-mid ce-small" });

  return ({ all, Y, bars: x, bar, base, top, narrow, scale }) => {
    const { must: H, wasted, saved, net } = all;
    const level = { must: Y(H), wasted: Y(H + wasted), net: Y(H + net) };
    const low = wasted === Infinity ? top + (Y(0) - Y(saved)) : level.net; // where the saving ends
    const ends = [[level.must, level.wasted], [Math.min(low, level.must), level.wasted], [level.must, level.net]];
    const inner = bar - 8;
    const at = (i) => x + i * bar + 4;
    set(need, { x: at(0), width: 3 * bar - 8, y: level.must, height: base - level.must });
    ends.forEach(([from, to], i) => set(bars[i], { x: at(i), width: inner, y: to, height: Math.max(0, from - to) }));
    rims(ends, ([from, to], i) => ({
      class: `ce-drawn ce-thin ce-${i === 1 ? "grad" : "loss"}`,
      d: from - to > 0.5 ? `M${at(i)} ${from}V${to}h${inner}V${from}Z` : "",
    }));
    set(saving, { d: hatch(at(1), inner, ends[1][1], ends[1][0], 6) });
    set(bars[2], { class: net === Infinity ? "ce-loss ce-tinted" : "ce-loss ce-full" });
    const both = [0, 2].map((i) => hatch(at(i), inner, top, level.must)).join("");
    set(endless, { d: net === Infinity ? both : "" });
    set(levels, { d: `M${at(0)} ${level.wasted}H${at(1) + inner}M${at(1)} ${ends[1][0]}H${at(2) + inner}` });
    set(floor, { d: `M${at(0)} ${base}H${at(2) + inner}M${at(0)} ${level.must}H${at(2) + inner}` });
    const roomy = base - level.must > 44 && !narrow;
    const middle = x + 1.5 * bar;
    set(must, { x: middle, y: base - (roomy ? 27 : 9), visibility: base - level.must > 22 ? "visible" : "hidden" });
    must.textContent = narrow ? `H(p) ${number(H, scale)}` : number(H, scale);
    set(below, { x: middle, y: base - 9, visibility: roomy ? "visible" : "hidden" });
    values([wasted, saved, net], (v, i) => ({
      class: `ce-mid ce-halo ce-bold ce-${i === 1 ? "grad" : "loss"}`,
      x: at(i) + inner / 2,
      y: i === 1 && v > 0 ? ends[1][0] + 18 : ends[i][1] - 7,
      text: `${i === 1 && v > 0 ? "−" : ""}${number(v, scale)}`,
    }));
    names(["wasted", "saved", narrow ? "KL" : "net: KL"], (text, i) => ({ x: at(i) + inner / 2, y: base + 19, text }));
  };
}

// ---- fields for those who type ------------------------------------------------------------------
function fields(fig, labels) {
  const names = { p: "truth p", q: "model q" };
  const rows = Object.entries(names).map(([key, name]) => {
    const inputs = labels.map((symbol) =>
      html("input", {
        type: "number",
        min: 0,
        max: 1,
        step: 0.01,
        inputMode: "decimal",
        aria: { label: `${name} of symbol ${symbol}` },
      }),
    );
    inputs.forEach((input, i) => listen(input, i, key));
    return [key, inputs];
  });
  const fill = (state) => {
    for (const [key, inputs] of rows) {
      inputs.forEach((input, i) => {
        if (!input.dataset.typing) input.value = +state[key][i].toFixed(3);
      });
    }
  };
  function listen(input, i, key) {
    let before = null; // the distribution when the typing began: "0.5" passes through "0"
    const settle = () => {
      before = null;
      delete input.dataset.typing;
      fill(now());
    };
    input.addEventListener("input", () => {
      const v = input.valueAsNumber;
      before ??= now()[key];
      input.dataset.typing = "1"; // what is being typed stays as typed until it is left
      if (v >= 0 && v <= 1) fig.write({ [key]: type_in(before, i, v) });
      fill(now()); // a paint after the next field is entered would drop the selection of its text
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "PageUp") input.stepUp(10);
      else if (event.key === "PageDown") input.stepDown(10);
      else return;
      event.preventDefault();
      input.dispatchEvent(new Event("input"));
    });
    input.addEventListener("change", settle);
    input.addEventListener("blur", settle);
  }
  const now = () => ({ p: fig.model.get("p"), q: fig.model.get("q") }); // not what the last paint saw
  const lines = rows.map(([key, inputs]) => {
    const sign = html("span", { className: `ce-key ce-${key}`, aria: { hidden: "true" } }, names[key]);
    return html("div", { className: "ce-row" }, sign, ...inputs);
  });
  return { root: html("div", { className: "ce-rows" }, ...lines), fill };
}

// ---- words --------------------------------------------------------------------------------------
const number = (nats, scale) => {
  const v = nats * scale;
  if (v === Infinity) return "∞";
  if (v > 0 && v < 0.005) return "< 0.01";
  const text = (v + 1e-9).toFixed(2); // 0.625 is 0.63
  return text.endsWith(".00") ? text.slice(0, -3) : text;
};
const percent = (v) => `${+(100 * v).toFixed(1)}\u2009%`;
const said = (nats, { scale, unit }) => `${number(nats, scale)} ${unit}`;

function sentence({ p, all, scale, unit }, labels) {
  const each = unit === "bits" ? "bits a word" : "nats";
  if (all.paid === Infinity) {
    const k = p.findIndex((v, i) => v > 0 && all.actual[i] === Infinity);
    return `The code for <b class="q">q</b> has no word for <i>${labels[k]}</i>, which happens: its price is <b class="loss">∞</b>.`;
  }
  const must = `<b class="p">${number(all.must, scale)}</b>`;
  if (all.net === 0) return `Made for <b class="p">p</b> itself, the code costs ${must} ${each}, and no code costs less.`;
  const made = `Made for <b class="q">q</b>, the code costs <b>${number(all.paid, scale)}</b> ${each}`;
  return `${made}: ${must} must be paid, <b class="loss">${number(all.net, scale)}</b> is wasted.`;
}

function tables({ p, q, unit }, labels) {
  const scale = unit === "bits" ? to_bits(1) : 1;
  const [one, other] = [bill(p, q), bill(q, p)];
  const value = (nats) => `${+(nats * scale).toFixed(3)} ${unit}`.replace("Infinity", "∞");
  return [
    {
      head: ["symbol", "p", "q", `best length (${unit})`, `length for q (${unit})`, `wasted (${unit})`],
      rows: labels.map((name, k) => [
        name,
        p[k],
        q[k],
        one.best[k] * scale,
        one.actual[k] * scale,
        one.extra[k] * scale,
      ]),
    },
    {
      head: ["in all", "truth p, code for q", "truth q, code for p"],
      rows: [
        ["must be paid: H", value(one.must), value(other.must)],
        ["wasted", value(one.wasted), value(other.wasted)],
        ["saved", value(one.saved), value(other.saved)],
        ["wasted − saved: KL", value(one.net), value(other.net)],
        ["paid: cross-entropy", value(one.paid), value(other.paid)],
        ["perplexity", plain(perplexity(one.paid)), plain(perplexity(other.paid))],
      ],
    },
  ];
}

const plain = (v) => (v === Infinity ? "∞" : v.toFixed(2));

export default { render };
