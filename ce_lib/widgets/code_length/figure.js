// Drag the bars of p and q; the areas p × code length are H(p), H(p, q) and what lies between.

import { cross_entropy, entropy, kl_divergence, perplexity, to_bits } from "../kit/ce_math.js";
import { categories, chart, clip, set, show, svg } from "../kit/chart.js";
import { is_distribution, move_to, type_in } from "./distribution.js";
import { box, button, choice, drag, frame, html, legend } from "../kit/frame.js";

export const valid = {
  p: (p, state) => is_distribution(p) && p.length === state.p.length,
  q: (q, state) => is_distribution(q) && q.length === state.q.length,
  unit: (unit) => unit === "bits" || unit === "nats",
};

function render({ model, el }) {
  const labels = model.get("labels");
  const K = labels.length;
  const names = { p: "truth p", q: "model q" };

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({
    model,
    el,
    label: "Code length: drag the bars of p and q",
    keys: ["p", "q", "unit"],
  });

  const bars = chart({
    name: "bars",
    x: categories(labels, "symbol"),
    y: { domain: [0, 1], label: "probability" },
  });
  const areas = chart({
    name: "areas",
    x: { domain: [0, 1], label: "width: probability p" },
    y: { domain: [0, 4], label: "" },
  });
  const columns = ["p", "q"].map((key) =>
    labels.map(() => {
      const bar = svg("rect", { class: `ce-bar ce-${key}` });
      const grip = svg("line", { class: `ce-grip ce-${key}` });
      bars.layers.append(bar, grip);
      return { bar, grip };
    }),
  );
  const tiles = labels.map((name) => {
    const tile = {
      best: svg("rect", { class: "ce-area ce-p" }),
      gap: svg("path", { class: "ce-hatch" }),
      outline: svg("rect", { class: "ce-outline" }),
      name: svg("text", { "text-anchor": "middle" }, name),
    };
    areas.layers.append(tile.best, tile.gap, tile.outline, tile.name);
    return tile;
  });
  f.charts.append(
    box(bars),
    box(
      areas,
      legend(
        ["ce-swatch ce-p", "best code: area H(p)"],
        ["ce-swatch ce-hatched", "what q adds or saves"],
        ["ce-swatch ce-outlined", "code for q: area H(p, q)"],
      ),
    ),
  );

  const inputs = Object.fromEntries(
    ["p", "q"].map((key) => [
      key,
      labels.map((name) =>
        html("input", {
          type: "number",
          min: 0,
          max: 1,
          step: 0.01,
          inputMode: "decimal",
          aria: { label: `${names[key]} of symbol ${name}` },
        }),
      ),
    ]),
  );
  const rows = ["p", "q"].map((key) =>
    html(
      "div",
      { className: "ce-row" },
      html("span", { className: `ce-key ce-${key}`, aria: { hidden: "true" } }, names[key]),
      ...inputs[key],
    ),
  );
  const unit = choice({
    label: "unit",
    options: [["bits", "bits"], ["nats", "nats"]],
    input: (value) => f.write({ unit: value }),
  });
  f.controls.append(html("div", { className: "ce-rows" }, ...rows), unit.root);
  f.buttons.prepend(
    button("Swap p and q", () => f.write({ p: model.get("q"), q: model.get("p") })),
    button("Make q equal p", () => f.write({ q: model.get("p") })),
  );

  // ---- state --------------------------------------------------------------------------------
  const state = () => {
    const [p, q, unit] = ["p", "q", "unit"].map((key) => model.get(key));
    return { p, q, unit, scale: unit === "bits" ? to_bits(1) : 1 };
  };
  const surprise = (v) => cross_entropy([1], [v]); // what a symbol costs that is sure to come

  // ---- value ↔ pixel ------------------------------------------------------------------------
  const column = (k, i) => {
    const half = (bars.X(1) - bars.X(0)) * 0.4;
    return { left: bars.X(i) + (k - 1) * half, width: half - 2 };
  };
  function hit(x) {
    const i = clip(Math.round(bars.unX(x)), 0, K - 1);
    return { i, key: x < bars.X(i) ? "p" : "q" };
  }

  const fill = (key) =>
    model.get(key).forEach((v, i) => {
      const input = inputs[key][i];
      if (!input.dataset.typing) input.value = +v.toFixed(3);
    });

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const { p, q, unit: name, scale } = state();
    unit.update(name);
    ["p", "q"].forEach(fill);
    [p, q].forEach((values, k) =>
      values.forEach((v, i) => {
        const { left, width } = column(k, i);
        const y = bars.Y(v);
        set(columns[k][i].bar, { x: left, y, width, height: bars.Y(0) - y });
        set(columns[k][i].grip, { x1: left, x2: left + width, y1: y, y2: y });
      }),
    );

    const best = p.map((v) => surprise(v) * scale);
    const actual = q.map((v) => surprise(v) * scale);
    // Only symbols that occur (p > 0) count for the height; ∞ reaches the top of the picture.
    const finite = [...best, ...actual].filter((v, i) => Number.isFinite(v) && p[i % K] > 0);
    areas.y.domain = [0, Math.max(4 * (scale / to_bits(1)), ...finite) * 1.08];
    areas.y.label = `height: code length (${name})`;
    areas.layout();
    const top = areas.y.domain[1];
    let from = 0;
    tiles.forEach((tile, i) => {
      const x = areas.X(from);
      const width = areas.X(from + p[i]) - x;
      from += p[i];
      const [high, low] = [Math.min(best[i], top), Math.min(actual[i], top)].map(areas.Y);
      set(tile.best, { x, y: high, width, height: areas.Y(0) - high });
      set(tile.outline, { x, y: low, width, height: areas.Y(0) - low });
      set(tile.gap, { d: hatch(x, width, Math.min(high, low), Math.max(high, low)) });
      set(tile.name, { x: x + width / 2, y: areas.Y(0) - 6, visibility: width > 12 ? "visible" : "hidden" });
      tile.name.textContent = actual[i] === Infinity && p[i] > 0 ? `${labels[i]} ∞` : labels[i];
    });

    const value = (nats) => `${show(nats * scale)} ${name}`;
    const list = (values) => values.map((v) => +v.toFixed(3)).join(", ");
    const H = { p: entropy(p), q: entropy(q), pq: cross_entropy(p, q), qp: cross_entropy(q, p) };
    const kl = { pq: kl_divergence(p, q), qp: kl_divergence(q, p) };
    return {
      values: [
        ["H(p)", value(H.p)],
        ["H(p, q)", value(H.pq)],
        ["KL(p‖q)", value(kl.pq)],
        ["H(q)", value(H.q)],
        ["H(q, p)", value(H.qp)],
        ["KL(q‖p)", value(kl.qp)],
        ["perplexity of q on p", show(perplexity(H.pq), 2)],
      ],
      sentence: `p is ${list(p)}, q is ${list(q)}: entropy of p ${value(H.p)}, cross-entropy of p and q ${value(H.pq)}, difference KL ${value(kl.pq)}.`,
      table: () => ({
        head: ["symbol", "p", "q", `−log p (${name})`, `−log q (${name})`],
        rows: labels.map((symbol, i) => [symbol, p[i], q[i], best[i], actual[i]]),
      }),
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  let held = null; // the bar in hand, and the distribution as it was when it was taken
  drag(bars.root, {
    start: (x, y) => {
      if (y > bars.Y(0) + 12 || x < bars.X(-0.5)) return false; // the axes are for scrolling
      const { i, key } = hit(x);
      held = { i, key, from: model.get(key) };
      return true;
    },
    move: (_, y) => f.write({ [held.key]: move_to(held.from, held.i, Math.round(bars.unY(y) * 100) / 100) }),
  });

  // ---- keyboard -----------------------------------------------------------------------------
  for (const key of ["p", "q"]) {
    inputs[key].forEach((input, i) => {
      let before = null; // the distribution when the typing began: "0.5" passes through "0"
      const settle = () => {
        before = null;
        delete input.dataset.typing;
        fill(key);
      };
      input.addEventListener("input", () => {
        const v = input.valueAsNumber;
        before ??= model.get(key);
        input.dataset.typing = "1"; // what is being typed stays as typed until it is left
        if (v >= 0 && v <= 1) f.write({ [key]: type_in(before, i, v) });
        fill(key); // now: a paint after the next field is entered would drop the selection of its text
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
    });
  }

  // ---- model → view, cleanup ----------------------------------------------------------------
  return f.start(paint, [bars, areas]);
}

// Diagonal lines at 45° through a box: an area that prints in black and white.
function hatch(x, width, y0, y1) {
  let d = "";
  const height = y1 - y0;
  if (width < 1 || height < 1) return d;
  for (let c = 7 - ((x + y1) % 7); c < width + height; c += 7) {
    const a = Math.max(0, c - height);
    const b = Math.min(c, width);
    d += `M${x + a} ${y1 - (c - a)}L${x + b} ${y1 - (c - b)}`;
  }
  return d;
}

export default { render };
