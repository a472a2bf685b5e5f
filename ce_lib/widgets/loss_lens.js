// One point, seen twice: the binary cross-entropy against the probability q and the logit z.

import {
  binary_cross_entropy,
  binary_cross_entropy_grad,
  binary_cross_entropy_with_logits,
  binary_cross_entropy_with_logits_grad,
  entropy,
  logit,
  sigmoid,
} from "./ce_math.js";
import { chart, path, set, show, svg } from "./chart.js";
import { choice, drag, frame, html, slider } from "./figure.js";

const LIMIT = 8; // |z|: at 8 the probability is 0.99966, and the loss of being wrong 8.0003

export const valid = {
  z: (z) => Number.isFinite(z) && Math.abs(z) <= LIMIT,
  y: (y, state) => (state.soft ? y >= 0 && y <= 1 : y === 0 || y === 1),
};

function render({ model, el }) {
  const soft = model.get("soft");

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({
    model,
    el,
    label: "Loss lens: binary cross-entropy against probability and logit",
    keys: ["z", "y"],
  });
  const yAxis = { domain: [0, LIMIT + 0.5], label: "loss (nats)" };
  const views = [
    {
      chart: chart({ name: "q", x: { domain: [0, 1], label: "probability q of class 1" }, y: { ...yAxis } }),
      xs: Array.from({ length: 401 }, (_, i) => sigmoid(34 * (i / 200 - 1) ** 3)), // dense at the ends
      at: (z) => sigmoid(z),
      loss: binary_cross_entropy,
      slope: binary_cross_entropy_grad,
      toZ: (q) => logit(Math.min(1 - 1e-9, Math.max(1e-9, q))),
    },
    {
      chart: chart({ name: "z", x: { domain: [-LIMIT, LIMIT], ticks: [-8, -4, 0, 4, 8], label: "logit z" }, y: { ...yAxis } }),
      xs: Array.from({ length: 161 }, (_, i) => -LIMIT + (2 * LIMIT * i) / 160),
      at: (z) => z,
      loss: binary_cross_entropy_with_logits,
      slope: binary_cross_entropy_with_logits_grad,
      toZ: (z) => z,
    },
  ];
  for (const view of views) {
    view.floor = svg("line", { class: "ce-floor" });
    view.curve = svg("path", { class: "ce-line ce-p" });
    view.tangent = svg("line", { class: "ce-tangent ce-q" });
    view.dot = svg("circle", { class: "ce-dot ce-q", r: 7 });
    view.chart.layers.append(view.floor, view.curve, view.tangent, view.dot);
    view.chart.root.classList.add("ce-across");
    f.charts.append(html("div", { className: "ce-chart-box" }, view.chart.root));
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
    text: (q) => show(q),
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
  f.controls.append(zSlider.root, qSlider.root, ySlider.root);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [z, y] = [model.get("z"), model.get("y")];
    const q = sigmoid(z);
    const floor = entropy([y, 1 - y]); // what a perfect prediction still costs
    zSlider.update(z);
    qSlider.update(q);
    ySlider.update(y);
    for (const { chart: c, xs, at, loss, slope, curve, tangent, dot, floor: line } of views) {
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
    const loss = binary_cross_entropy_with_logits(z, y);
    const slopes = {
      q: show(binary_cross_entropy_grad(q, y)),
      z: show(binary_cross_entropy_with_logits_grad(z, y)),
    };
    return {
      values: [
        ["probability q", show(q, 4)],
        ["logit z", show(z, 2)],
        ["loss", `${show(loss)} nats`],
        ...(soft ? [["floor H(y)", `${show(floor)} nats`]] : []),
        ["slope dℓ/dq", slopes.q],
        ["slope dℓ/dz", slopes.z],
      ],
      sentence: `At logit ${show(z, 2)}, probability ${show(q)}, target ${show(y, soft ? 2 : 0)}: loss ${show(loss)} nats, slope in q ${slopes.q}, slope in z ${slopes.z}.`,
      table: {
        head: ["logit z", "probability q", "loss (nats)", "dℓ/dq", "dℓ/dz"],
        rows: [-8, -6, -4, -2, 0, 2, 4, 6, 8].map((v) => [
          show(v, 0),
          sigmoid(v),
          binary_cross_entropy_with_logits(v, y),
          binary_cross_entropy_grad(sigmoid(v), y),
          binary_cross_entropy_with_logits_grad(v, y),
        ]),
      },
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  for (const { chart: c, toZ } of views) {
    const move = (px) => {
      const z = toZ(c.unX(px));
      f.write({ z: Math.min(LIMIT, Math.max(-LIMIT, Math.round(z * 100) / 100)) });
    };
    drag(c.root, { move });
  }

  // ---- model → view, cleanup (the keyboard works the sliders) --------------------------------
  return f.start(paint, views.map((view) => view.chart));
}

export default { render };
