// The likelihood of n coin flips, multiplied as the dtype multiplies, over the mean −log likelihood.

import { binary_cross_entropy } from "../kit/ce_math.js";
import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { box, choice, drag, frame, slider } from "../kit/frame.js";

export const valid = {
  q: (q) => q >= 0.01 && q <= 0.99,
  n: (n) => Number.isInteger(n) && n >= 10 && n <= 2000,
  dtype: (dtype) => dtype === "float32" || dtype === "float64",
};

const GRID = Array.from({ length: 197 }, (_, i) => (i + 2) / 200);

// q · q · … · (1 − q) · …, rounded to the dtype after each step, as np.prod does.
function product(q, heads, n, dtype) {
  const round = dtype === "float32" ? Math.fround : (v) => v;
  const [yes, no] = [round(q), round(1 - round(q))];
  let result = 1;
  for (let i = 0; i < n && result > 0; i++) result = round(result * (i < heads ? yes : no));
  return result;
}

function render({ model, el }) {
  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({
    model,
    el,
    label: "Likelihood of coin flips: the product and the sum of logs",
    keys: ["q", "n", "dtype"],
  });
  const x = { domain: [0, 1], label: "probability of heads q" };
  const above = chart({
    name: "product",
    left: 92, // for 6.81·10⁻²⁸⁵
    x: { ...x },
    y: { domain: [0, 1], label: "likelihood (product)", format: (v) => (v === 0 ? "0" : show(v, 2)) },
  });
  const below = chart({
    name: "mean",
    left: 92,
    x: { ...x },
    y: { domain: [0, 3], label: "mean −log (nats)" },
  });
  const best = svg("line", { class: "ce-floor" });
  below.layers.append(best);
  const views = [above, below].map((c) => {
    const view = { c, curve: svg("path", { class: "ce-line ce-p" }), dot: svg("circle", { class: "ce-dot ce-q", r: 7 }) };
    c.layers.append(view.curve, view.dot);
    c.root.classList.add("ce-across");
    f.charts.append(box(c));
    return view;
  });
  const gone = svg("text", { "text-anchor": "middle", class: "ce-label" });
  above.layers.append(gone);

  const sliders = {
    q: slider({
      label: "probability q",
      min: 0.01,
      max: 0.99,
      step: 0.01,
      text: (q) => show(q, 2),
      input: (q) => f.write({ q }),
    }),
    n: slider({
      label: "flips n",
      min: 10,
      max: 2000,
      step: 10,
      text: (n) => String(n),
      input: (n) => f.write({ n }),
    }),
  };
  const dtype = choice({
    label: "arithmetic",
    options: [["float32", "float32"], ["float64", "float64"]],
    input: (value) => f.write({ dtype: value }),
  });
  f.controls.append(sliders.q.root, sliders.n.root, dtype.root);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [q, n, type] = ["q", "n", "dtype"].map((key) => model.get(key));
    const heads = Math.round(model.get("share") * n);
    const share = heads / n;
    sliders.q.update(q);
    sliders.n.update(n);
    dtype.update(type);
    const likelihood = (v) => product(v, heads, n, type);
    const mean = (v) => binary_cross_entropy(v, share);

    const products = GRID.map(likelihood);
    const peak = Math.max(...products);
    above.y.domain = [0, peak > 0 ? peak * 1.1 : 1];
    above.y.ticks = peak > 0 ? [0, peak / 2, peak] : [0];
    above.layout();
    gone.textContent = peak > 0 ? "" : `every product is 0 in ${type}`;
    set(gone, { x: above.X(0.5), y: above.Y(0.5) });
    set(views[0].curve, { d: path(above, GRID.map((v, i) => [v, products[i]])) });
    set(views[0].dot, { cx: above.X(q), cy: above.Y(likelihood(q)) });
    set(views[1].curve, { d: path(below, GRID.map((v) => [v, mean(v)])) });
    set(views[1].dot, { cx: below.X(q), cy: below.Y(mean(q)) });
    set(best, { x1: below.X(share), x2: below.X(share), y1: below.Y(0), y2: below.Y(3) });

    const text = (v) => (v === 0 ? "0" : show(v, 2));
    const [at, sum] = [likelihood(q), -n * mean(q)];
    return {
      values: [
        ["heads", `${heads} of ${n}`],
        [`product in ${type}`, text(at)],
        ["sum of logs", show(sum, 1)],
        ["mean −log", `${show(mean(q))} nats`],
        ["lowest mean", `${show(mean(share))} nats`],
        ["it is at q", show(share, 2)],
      ],
      sentence: `q ${show(q, 2)}, ${heads} heads in ${n} flips: the product in ${type} is ${text(at)}, the sum of logs ${show(sum, 1)}, the mean loss ${show(mean(q))} nats.`,
      table: () => ({
        head: ["q", `product in ${type}`, "sum of logs", "mean −log (nats)"],
        rows: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((v) => [
          show(v, 1),
          text(likelihood(v)),
          show(-n * mean(v), 1),
          mean(v),
        ]),
      }),
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  for (const { c } of views) {
    drag(c.root, {
      move: (px) => f.write({ q: clip(Math.round(c.unX(px) * 100) / 100, 0.01, 0.99) }),
    });
  }

  // ---- model → view, cleanup (the keyboard works the sliders) --------------------------------
  return f.start(paint, [above, below]);
}

export default { render };
