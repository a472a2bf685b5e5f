// One point, seen twice: the binary cross-entropy against the probability q and the logit z.

import {
  binary_cross_entropy,
  binary_cross_entropy_grad,
  binary_cross_entropy_with_logits,
  binary_cross_entropy_with_logits_grad,
  entropy,
  logit,
  sigmoid,
  sigmoid_focal_loss,
  sigmoid_focal_loss_grad,
} from "../kit/ce_math.js";
import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { box, choice, drag, frame, slider } from "../kit/frame.js";

const LIMIT = 8; // |z|: at 8 the probability is 0.99966, and the loss of being wrong 8.0003

const CLAMPS = [0.1, 0.01, 0.001, 0];

export const valid = {
  z: (z) => Number.isFinite(z) && Math.abs(z) <= LIMIT,
  y: (y, state) => (state.soft ? y >= 0 && y <= 1 : y === 0 || y === 1),
  clamp: (clamp, state) => state.clamp > 0 && CLAMPS.includes(clamp),
  weight: (w, state) => state.knobs.includes("weight") && w >= 0.1 && w <= 100,
  gamma: (gamma, state) => state.knobs.includes("gamma") && gamma >= 0 && gamma <= 5,
};

function render({ model, el }) {
  const soft = model.get("soft");
  const clamping = model.get("initial").clamp > 0;
  const knobs = model.get("knobs");
  const dotted = clamping || knobs.length > 0; // the plain loss is drawn too
  // q moved into [ε, 1 − ε], and whether that moved it: then the loss no longer depends on q
  const clamped = (q) => clip(q, model.get("clamp"), 1 - model.get("clamp"));
  const flat = (q) => clamped(q) !== q;
  // with a weight or γ: what "yes" counts for, times the focal loss of a logit (γ = 0: the plain one)
  const factor = (y) => 1 + (model.get("weight") - 1) * y;
  const turned = (z, y) => factor(y) * sigmoid_focal_loss(z, y, model.get("gamma"));
  const turned_slope = (z, y) => factor(y) * sigmoid_focal_loss_grad(z, y, model.get("gamma"));

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({
    model,
    el,
    label: "Loss lens: binary cross-entropy against probability and logit",
    keys: ["z", "y", "clamp", "weight", "gamma"],
  });
  const yAxis = { domain: [0, LIMIT + 0.5], label: "loss (nats)" };
  const views = [
    {
      chart: chart({ name: "q", x: { domain: [0, 1], label: "probability q of class 1" }, y: { ...yAxis } }),
      xs: Array.from({ length: 401 }, (_, i) => sigmoid(34 * (i / 200 - 1) ** 3)), // dense at the ends
      at: (z) => sigmoid(z),
      exact: binary_cross_entropy,
      loss: (q, y) => (knobs.length ? turned(logit(q), y) : binary_cross_entropy(clamped(q), y)),
      slope: (q, y) =>
        knobs.length ? turned_slope(logit(q), y) / (q * (1 - q)) : flat(q) ? 0 : binary_cross_entropy_grad(q, y),
      toZ: (q) => logit(clip(q, 1e-9, 1 - 1e-9)),
    },
    {
      chart: chart({ name: "z", x: { domain: [-LIMIT, LIMIT], ticks: [-8, -4, 0, 4, 8], label: "logit z" }, y: { ...yAxis } }),
      xs: Array.from({ length: 161 }, (_, i) => -LIMIT + (2 * LIMIT * i) / 160),
      at: (z) => z,
      exact: binary_cross_entropy_with_logits,
      loss: (z, y) => {
        if (knobs.length) return turned(z, y);
        const q = sigmoid(z);
        return flat(q) ? binary_cross_entropy(clamped(q), y) : binary_cross_entropy_with_logits(z, y);
      },
      slope: (z, y) => {
        if (knobs.length) return turned_slope(z, y);
        return flat(sigmoid(z)) ? 0 : binary_cross_entropy_with_logits_grad(z, y);
      },
      toZ: (z) => z,
    },
  ];
  for (const view of views) {
    view.floor = svg("line", { class: "ce-floor" });
    view.curve = svg("path", { class: "ce-line ce-p" });
    view.tangent = svg("line", { class: "ce-tangent ce-q" });
    view.dot = svg("circle", { class: "ce-dot ce-q", r: 7 });
    view.dashes = svg("path", { class: "ce-run", "stroke-dasharray": "2 4" });
    view.chart.layers.append(view.floor, view.dashes, view.curve, view.tangent, view.dot);
    view.chart.root.classList.add("ce-across");
    f.charts.append(box(view.chart));
  }
  const zSlider = slider({
    label: "logit z",
    min: -LIMIT,
    max: LIMIT,
    step: 0.1,
    text: (z) => show(z, 1),
    input: (z) => f.write({ z }),
  });
  const qSlider = slider({
    label: "probability q",
    min: 0.001,
    max: 0.999,
    step: 0.001,
    text: (q) => show(q, 4),
    input: (q) => f.write({ z: logit(q) }),
  });
  const ySlider = soft
    ? slider({
        label: "target y",
        min: 0,
        max: 1,
        step: 0.05,
        text: (y) => show(y, 2),
        input: (y) => f.write({ y }),
      })
    : choice({
        label: "label y",
        options: [[1, "y = 1"], [0, "y = 0"]],
        input: (y) => f.write({ y }),
      });
  const clampChoice = choice({
    label: "clamp ε",
    options: CLAMPS.map((clamp) => [clamp, clamp === 0 ? "none" : String(clamp)]),
    input: (clamp) => f.write({ clamp }),
  });
  const weightSlider = slider({
    label: "weight w of y = 1",
    min: -1,
    max: 2,
    step: 0.01,
    text: (v) => show(10 ** v, v < 0 ? 3 : 2), // each step of the slider reads differently
    input: (v) => f.write({ weight: Number((10 ** v).toPrecision(3)) }),
  });
  const gammaSlider = slider({
    label: "focal γ",
    min: 0,
    max: 5,
    step: 0.1,
    text: (v) => show(v, 1),
    input: (gamma) => f.write({ gamma }),
  });
  f.controls.append(zSlider.root, qSlider.root, ySlider.root, ...(clamping ? [clampChoice.root] : []));
  if (knobs.includes("weight")) f.controls.append(weightSlider.root);
  if (knobs.includes("gamma")) f.controls.append(gammaSlider.root);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [z, y] = [model.get("z"), model.get("y")];
    const q = sigmoid(z);
    const floor = entropy([y, 1 - y]); // what a perfect prediction still costs
    zSlider.update(z);
    qSlider.update(q);
    ySlider.update(y);
    clampChoice.update(model.get("clamp"));
    weightSlider.update(Math.log10(model.get("weight")));
    gammaSlider.update(model.get("gamma"));
    for (const { chart: c, xs, at, exact, loss, slope, dashes, curve, tangent, dot, floor: line } of views) {
      if (dotted) set(dashes, { d: path(c, xs.map((v) => [v, exact(v, y)])) });
      const x = at(z);
      const [value, steepness] = [loss(x, y), slope(x, y)];
      set(curve, { d: path(c, xs.map((v) => [v, loss(v, y)])) });
      set(dot, { cx: c.X(x), cy: c.Y(value) });
      // 45 px to either side of the point, along the slope as it looks on the screen
      const [dx, dy] = [c.X(1) - c.X(0), steepness * (c.Y(1) - c.Y(0))];
      const k = 45 / Math.hypot(dx, dy);
      set(tangent, {
        x1: c.X(x) - k * dx,
        y1: c.Y(value) - k * dy,
        x2: c.X(x) + k * dx,
        y2: c.Y(value) + k * dy,
      });
      const [a, b] = c.x.domain;
      set(line, { x1: c.X(a), x2: c.X(b), y1: c.Y(floor), y2: c.Y(floor) });
    }
    const [loss, in_z] = [views[1].loss(z, y), views[1].slope(z, y)];
    const slopes = { q: show(views[0].slope(q, y)), z: show(in_z) };
    return {
      values: [
        ["probability q", show(q, 4)],
        ["logit z", show(z, 2)],
        ["loss", `${show(loss)} nats`],
        ...(knobs.length ? [["plain loss", `${show(views[1].exact(z, y))} nats`]] : []),
        ...(soft ? [["floor H(y)", `${show(floor)} nats`]] : []),
        ["slope dℓ/dq", slopes.q],
        ["slope dℓ/dz", slopes.z],
      ],
      sentence: `At logit ${show(z, 2)}, probability ${show(q, 4)}, target ${show(y, soft ? 2 : 0)}: loss ${show(loss)} nats, slope in q ${slopes.q}, slope in z ${slopes.z}.`,
      table: () => ({
        head: ["logit z", "probability q", "loss (nats)", "dℓ/dq", "dℓ/dz", ...(dotted ? ["plain loss (nats)"] : [])],
        rows: [-8, -6, -4, -2, 0, 2, 4, 6, 8].map((v) => [
          show(v, 0),
          sigmoid(v),
          views[1].loss(v, y),
          views[0].slope(sigmoid(v), y),
          views[1].slope(v, y),
          ...(dotted ? [views[1].exact(v, y)] : []),
        ]),
      }),
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  for (const { chart: c, toZ } of views) {
    const move = (px) => {
      const z = toZ(c.unX(px));
      f.write({ z: clip(Math.round(z * 100) / 100, -LIMIT, LIMIT) });
    };
    drag(c.root, { move });
  }

  // ---- model → view, cleanup (the keyboard works the sliders) --------------------------------
  return f.start(paint, views.map((view) => view.chart));
}

export default { render };
