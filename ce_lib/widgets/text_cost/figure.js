// What a text costs, letter by letter, in the code made for a model of 27 symbols.

import { cross_entropy, entropy, to_bits } from "../kit/ce_math.js";
import { chart, set, show, svg } from "../kit/chart.js";
import { box, choice, frame, html } from "../kit/frame.js";

const SYMBOLS = " abcdefghijklmnopqrstuvwxyz";
const LONGEST = 40; // characters: on a phone each still has a bar that one can see

export const valid = {
  text: (text) => text.length <= LONGEST,
  model: (model, state) => Object.hasOwn(state.models, model),
};

// The symbols of a text, by their place in SYMBOLS; whatever is no letter is a space.
export const symbols_of = (text) =>
  [...text.toLowerCase().replace(/[^a-z]+/g, " ").trim()].map((c) => SYMBOLS.indexOf(c));

function render({ model, el }) {
  const models = model.get("models");
  const name = (i) => (SYMBOLS[i] === " " ? "␣" : SYMBOLS[i]);

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Cost of a text: type one and choose a code", keys: ["text", "model"] });
  const bars = chart({
    name: "cost",
    x: { domain: [-0.5, 0.5], ticks: [], label: "your text, symbol by symbol" },
    y: { domain: [0, 8], label: "code length (bits)" },
  });
  const mean = svg("line", { class: "ce-tangent" });
  const columns = svg("g");
  bars.layers.append(columns, mean);
  f.charts.append(box(bars));
  const asked = `your text (up to ${LONGEST} letters)`;
  const input = html("input", { type: "text", maxLength: LONGEST, aria: { label: asked } });
  input.addEventListener("input", () => f.write({ text: input.value }));
  const code = choice({
    label: "code made for",
    options: Object.keys(models).map((key) => [key, key]),
    input: (value) => f.write({ model: value }),
  });
  f.controls.append(html("label", { className: "ce-field" }, asked, input), code.root);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [text, which] = [model.get("text"), model.get("model")];
    if (input.value !== text) input.value = text;
    code.update(which);
    const q = models[which];
    const symbols = symbols_of(text);
    const n = symbols.length;
    const p = q.map((_, i) => symbols.filter((s) => s === i).length / Math.max(n, 1));
    const cost = q.map((v) => to_bits(cross_entropy([1], [v])));
    const each = n ? to_bits(cross_entropy(p, q)) : 0;

    const finite = symbols.map((s) => cost[s]).filter(Number.isFinite);
    bars.x.domain = [-0.5, Math.max(n, 1) - 0.5];
    bars.x.ticks = symbols.map((_, k) => k);
    bars.x.format = (k) => name(symbols[k]);
    bars.y.domain = [0, Math.max(8, ...finite) * 1.08];
    bars.layout();
    const top = bars.y.domain[1];
    while (columns.children.length < n) columns.append(svg("rect", { class: "ce-area ce-p" }));
    while (columns.children.length > n) columns.lastChild.remove();
    symbols.forEach((s, k) => {
      const y = bars.Y(Math.min(cost[s], top));
      const [x, width] = [bars.X(k - 0.4), bars.X(k + 0.4) - bars.X(k - 0.4)];
      set(columns.children[k], { x, y, width, height: bars.Y(0) - y });
      columns.children[k].classList.toggle("ce-endless", cost[s] === Infinity);
    });
    const level = bars.Y(Math.min(each, top));
    const [a, b] = bars.x.domain.map(bars.X);
    set(mean, { x1: a, x2: b, y1: level, y2: level, visibility: n ? "visible" : "hidden" });

    const bits = (v) => `${show(v, 2)} bits`;
    const total = each * n;
    return {
      values: [
        ["symbols", String(n)],
        ["whole text", bits(total)],
        ["per symbol: H(p, q)", n ? bits(each) : "–"],
        ["best for these letters: H(p)", n ? bits(to_bits(entropy(p))) : "–"],
      ],
      sentence: `${n} symbols in the code made for ${which}: ${bits(total)}${n ? `, ${bits(each)} per symbol` : ""}.`,
      table: () => ({
        head: ["symbol", "times", "share p", "model q", "−log₂ q (bits)"],
        rows: [...new Set(symbols)].sort((i, j) => i - j).map((i) => [name(i), String(p[i] * n), p[i], q[i], cost[i]]),
      }),
    };
  }

  // ---- model → view, cleanup ----------------------------------------------------------------
  return f.start(paint, [bars]);
}

export default { render };
