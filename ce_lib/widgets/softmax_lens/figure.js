// Logits → softmax → loss → slope: drag the logits of a few classes and see all four at once.

import {
  entropy,
  perplexity,
  softmax,
  softmax_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits_grad,
} from "../kit/ce_math.js";
import { categories, chart, clip, set, show, svg } from "../kit/chart.js";
import { box, choice, drag, frame, legend, slider, temperature } from "../kit/frame.js";

const LIMIT = 6; // |z|: at 6 and −6 the odds of two classes are 160,000 to 1
const MOST = 0.5; // smoothing

export const valid = {
  z: (z, state) => Array.isArray(z) && z.length === state.z.length && z.every((v) => Math.abs(v) <= LIMIT),
  y: (y, state) => Number.isInteger(y) && y >= 0 && y < state.z.length,
  smoothing: (v, state) => state.knobs.includes("smoothing") && v >= 0 && v <= MOST,
  temperature: (v, state) => state.knobs.includes("temperature") && v >= 0.1 && v <= 10,
};

function render({ model, el }) {
  const [labels, knobs] = [model.get("labels"), model.get("knobs")];
  const K = labels.length;

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({
    model,
    el,
    label: "Softmax lens: drag the logits, see softmax and slope",
    keys: ["z", "y", "smoothing", "temperature"],
  });
  f.charts.classList.add("ce-three");
  const x = categories(labels);
  const views = {
    z: chart({ name: "logits", x: { ...x }, y: { domain: [-LIMIT, LIMIT], ticks: [-6, -3, 0, 3, 6], label: "logit z" } }),
    q: chart({ name: "softmax", x: { ...x }, y: { domain: [0, 1], label: "softmax q" } }),
    slope: chart({ name: "slopes", x: { ...x }, y: { domain: [-1, 1], label: "slope dℓ/dz" } }),
  };
  const marks = Object.fromEntries(
    Object.entries(views).map(([name, c]) => {
      const bars = labels.map(() => {
        const bar = svg("rect", { class: name === "z" ? "ce-bar ce-p" : "ce-bar ce-q ce-fixed" });
        const target = svg("rect", { class: "ce-outline ce-target" });
        c.layers.append(bar);
        if (name === "q") c.layers.append(target);
        return { bar, target };
      });
      const zero = svg("line", { class: "ce-zero" });
      c.layers.append(zero);
      f.charts.append(box(c, ...(name === "q" ? [legend(["ce-swatch ce-outlined", "target"])] : [])));
      return [name, { bars, zero }];
    }),
  );
  const sliders = labels.map((label, k) =>
    slider({
      label: `logit of ${label}`,
      min: -LIMIT,
      max: LIMIT,
      step: 0.1,
      text: (v) => show(v, 1),
      input: (v) => f.write({ z: model.get("z").map((old, i) => (i === k ? v : old)) }),
    }),
  );
  const truth = choice({
    label: "true class y",
    options: labels.map((label, k) => [k, label]),
    input: (y) => f.write({ y }),
  });
  const smoothing = slider({
    label: "smoothing ε",
    min: 0,
    max: MOST,
    step: 0.01,
    text: (v) => show(v, 2),
    input: (v) => f.write({ smoothing: v }),
  });
  const heat = temperature((T) => f.write({ temperature: T }));
  f.controls.append(...sliders.map((s) => s.root), truth.root);
  if (knobs.includes("smoothing")) f.controls.append(smoothing.root);
  if (knobs.includes("temperature")) f.controls.append(heat.root);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [z, y, epsilon, T] = ["z", "y", "smoothing", "temperature"].map((key) => model.get(key));
    const target = labels.map((_, k) => (k === y ? 1 - epsilon : 0) + epsilon / K);
    const scaled = z.map((v) => v / T);
    const q = softmax(scaled);
    const loss = softmax_cross_entropy_with_logits(scaled, target);
    const slope = softmax_cross_entropy_with_logits_grad(scaled, target).map((v) => v / T);
    sliders.forEach((s, k) => s.update(z[k]));
    truth.update(y);
    smoothing.update(epsilon);
    heat.update(T);
    views.slope.y.domain = [-1, 1].map((v) => v * Math.max(1, ...slope.map(Math.abs)));
    views.slope.layout();
    for (const [name, values] of Object.entries({ z, q, slope })) {
      const c = views[name];
      const [left, width] = [(k) => c.X(k - 0.35), c.X(0.35) - c.X(-0.35)];
      values.forEach((v, k) => {
        const [top, bottom] = [c.Y(Math.max(v, 0)), c.Y(Math.min(v, 0))];
        set(marks[name].bars[k].bar, { x: left(k), y: top, width, height: Math.max(bottom - top, 0.5) });
        const level = c.Y(target[k]);
        set(marks[name].bars[k].target, { x: left(k), y: level, width, height: c.Y(0) - level });
      });
      const [a, b] = c.x.domain.map(c.X);
      set(marks[name].zero, { x1: a, x2: b, y1: c.Y(0), y2: c.Y(0) });
    }
    const nats = (v) => `${show(v)} nats`;
    const best = q.indexOf(Math.max(...q));
    return {
      values: [
        [`probability of ${labels[y]}`, show(q[y], 4)],
        ["loss", nats(loss)],
        ["perplexity", show(perplexity(loss), 2)],
        ...(knobs.includes("smoothing") ? [["floor H(target)", nats(entropy(target))]] : []),
        ["the model's choice", labels[best]],
      ],
      sentence: `True class ${labels[y]}, loss ${nats(loss)}; probabilities ${labels.map((label, k) => `${label} ${show(q[k])}`).join(", ")}; the model chooses ${labels[best]}.`,
      table: () => ({
        head: ["class", "logit z", "softmax q", "target", "slope dℓ/dz"],
        rows: labels.map((label, k) => [label, z[k], q[k], target[k], slope[k]]),
      }),
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  let held = 0;
  drag(views.z.root, {
    start: (px, py) => {
      if (py > views.z.Y(-LIMIT) + 12 || px < views.z.X(-0.5)) return false;
      held = clip(Math.round(views.z.unX(px)), 0, K - 1);
      return true;
    },
    move: (_, py) => {
      const v = clip(Math.round(views.z.unY(py) * 10) / 10, -LIMIT, LIMIT);
      f.write({ z: model.get("z").map((old, k) => (k === held ? v : old)) });
    },
  });

  // ---- model → view, cleanup (the keyboard works the sliders) --------------------------------
  return f.start(paint, Object.values(views));
}

export default { render };
