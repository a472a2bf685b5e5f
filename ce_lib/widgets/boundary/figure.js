// A classifier of rare events, trained anew in the page for each class weight, and what it costs.

import { binary_cross_entropy_with_logits, sigmoid } from "../kit/ce_math.js";
import { COUNT, POSITIVES, logit_of, sample, train, true_logit } from "./logistic.js";
import { chart, path, set, show, svg } from "../kit/chart.js";
import { box, choice, frame, legend, slider } from "../kit/frame.js";

const EDGE = 4;
const MOST = 99;

export const valid = {
  weight: (w) => w >= 1 && w <= MOST,
  corrected: (v) => typeof v === "boolean",
  seed: (seed) => Number.isInteger(seed) && seed >= 0 && seed <= 999,
};

function render({ model, el }) {
  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({
    model,
    el,
    label: "Decision boundary of rare events as their weight moves",
    keys: ["weight", "corrected", "seed"],
  });
  const plane = chart({
    name: "plane",
    x: { domain: [-EDGE, EDGE], ticks: [-4, -2, 0, 2, 4], label: "feature x₁" },
    y: { domain: [-EDGE, EDGE], ticks: [-4, -2, 0, 2, 4], label: "feature x₂" },
    height: 300,
  });
  const truth = chart({
    name: "calibration",
    x: { domain: [0, 1], label: "true probability of +" },
    y: { domain: [0, 1], label: "predicted" },
    height: 300,
  });
  const marks = {
    no: svg("path", { class: "ce-specks" }),
    yes: svg("path", { class: "ce-cross" }),
    line: svg("path", { class: "ce-line ce-p" }),
    even: svg("path", { class: "ce-run", "stroke-dasharray": "2 4" }),
    pairs: svg("path", { class: "ce-specks ce-strong" }),
  };
  plane.layers.append(marks.no, marks.yes, marks.line);
  truth.layers.append(marks.even, marks.pairs);
  f.charts.append(
    box(plane, legend(["", "+ positive, · negative; the line is where the answer is ½"])),
    box(truth, legend(["", "one dot an example; dotted: told the truth"])),
  );
  const weight = slider({
    label: "weight w of +",
    min: 0,
    max: MOST + 80,
    step: 1,
    text: (v) => show(to_weight(v), 1),
    input: (v) => f.write({ weight: to_weight(v) }),
  });
  const corrected = choice({
    label: "logit",
    options: [[false, "as trained"], [true, "minus ln w"]],
    input: (v) => f.write({ corrected: v }),
  });
  const seed = slider({ label: "other data", min: 0, max: 20, step: 1, text: String, input: (v) => f.write({ seed: v }) });
  f.controls.append(weight.root, corrected.root, seed.root);

  // ---- value ↔ slider: by tenths from 1 to 10, from there by ones --------------------------------
  function to_weight(v) {
    return v < 90 ? (10 + v) / 10 : v - 80;
  }
  const to_slider = (w) => (w < 10 ? 10 * w - 10 : w + 80);

  // ---- the data of a seed, kept until the seed changes ----------------------------------------
  let points = [];
  let drawn = null;

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [w, fix, s] = ["weight", "corrected", "seed"].map((key) => model.get(key));
    weight.update(to_slider(w));
    corrected.update(fix);
    seed.update(s);
    if (drawn !== s) points = sample((drawn = s));
    const theta = train(points, w);
    if (fix) theta[2] -= Math.log(w);

    const dot = (c, x, y) => `M${c.X(x).toFixed(1)} ${c.Y(y).toFixed(1)}h0`;
    const cross = ([a, b]) => `M${plane.X(a) - 4} ${plane.Y(b)}h8m-4 -4v8`;
    set(marks.no, { d: points.filter((p) => !p.y).map(({ x }) => dot(plane, ...x)).join("") });
    set(marks.yes, { d: points.filter((p) => p.y).map(({ x }) => cross(x)).join("") });
    // where w₁x₁ + w₂x₂ + b = 0, drawn beyond both edges
    const at = (x1) => -(theta[0] * x1 + theta[2]) / theta[1];
    set(marks.line, { d: path(plane, [[-99, at(-99)], [99, at(99)]]) });
    set(marks.even, { d: path(truth, [[0, 0], [1, 1]]) });

    const answers = points.map(({ x, y }) => {
      const z = logit_of(theta, x);
      return { q: sigmoid(z), p: sigmoid(true_logit(x)), loss: binary_cross_entropy_with_logits(z, y), y };
    });
    set(marks.pairs, { d: answers.map(({ p, q }) => dot(truth, p, q)).join("") });
    const sum = (value) => answers.reduce((total, a) => total + value(a), 0);
    const found = sum(({ q, y }) => Number(q > 0.5 && y === 1));
    const named = sum(({ q }) => Number(q > 0.5));
    const [recall, precision] = [found / POSITIVES, found / named];
    const [mean, loss] = [sum(({ q }) => q) / COUNT, sum((a) => a.loss) / COUNT];
    return {
      values: [
        ["weight w", show(w, 1)],
        ["found (recall)", `${found} of ${POSITIVES}`],
        ["right (precision)", named ? `${found} of ${named}` : "none named"],
        ["mean prediction", show(mean)],
        ["share of positives", show(POSITIVES / COUNT)],
        ["plain loss", `${show(loss)} nats`],
      ],
      sentence: `Weight ${show(w, 1)}${fix ? ", logit minus ln w" : ""}: the line crosses x₂ = 0 at x₁ = ${show(-theta[2] / theta[0], 2)}, recall ${show(recall, 2)}, precision ${named ? show(precision, 2) : "undefined"}, mean prediction ${show(mean)} of a share of ${show(POSITIVES / COUNT)}, plain loss ${show(loss)} nats.`,
      table: () => ({
        head: ["weight w", "line at x₂ = 0: x₁", "recall", "named positive", "mean prediction", "the same, logit minus ln w"],
        rows: [1, 3, 10, 19, 50, 99].map((v) => {
          const t = train(points, v);
          const z = points.map(({ x }) => logit_of(t, x));
          const average = (shift) => z.reduce((total, u) => total + sigmoid(u - shift), 0) / COUNT;
          const hits = z.filter((u, i) => u > 0 && points[i].y).length;
          return [String(v), -t[2] / t[0], hits / POSITIVES, String(z.filter((u) => u > 0).length), average(0), average(Math.log(v))];
        }),
      }),
    };
  }

  // ---- model → view, cleanup (the keyboard works the sliders) --------------------------------
  return f.start(paint, [plane, truth]);
}

export default { render };
