// One loss, read as nats, bits, the probability of the truth, and a number of equal choices.

import { cross_entropy, perplexity, to_bits } from "../kit/ce_math.js";
import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { box, choice, drag, frame, slider } from "../kit/frame.js";

const MOST = 12; // nats
const CLASSES = [2, 10, 100, 1000, 50257];

export const valid = {
  loss: (loss) => loss >= 0 && loss <= MOST,
  classes: (classes) => CLASSES.includes(classes),
};

function render({ model, el }) {
  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Loss thermometer: one loss in nats, in bits, as a probability and as a number of choices", keys: ["loss", "classes"] });
  const c = chart({
    name: "thermometer",
    x: { domain: [0, MOST], label: "loss (nats)" },
    y: { domain: [0, 1], label: "probability of the truth" },
  });
  const even = svg("line", { class: "ce-floor" });
  const curve = svg("path", { class: "ce-line" });
  const dot = svg("circle", { class: "ce-dot ce-q", r: 7 });
  const note = svg("text", { class: "ce-label" });
  c.layers.append(even, curve, dot, note);
  c.root.classList.add("ce-across");
  f.charts.append(box(c));
  const lossSlider = slider({
    label: "loss",
    min: 0,
    max: MOST,
    step: 0.01,
    text: (v) => `${show(v, 2)} nats`,
    input: (loss) => f.write({ loss }),
  });
  const K = choice({
    label: "classes K",
    options: CLASSES.map((n) => [n, n.toLocaleString("en")]),
    input: (classes) => f.write({ classes }),
  });
  f.controls.append(lossSlider.root, K.root);

  // ---- paint --------------------------------------------------------------------------------
  const probability = (nats) => 1 / perplexity(nats);
  const curvePoints = Array.from({ length: 241 }, (_, i) => (i * MOST) / 240);

  function paint() {
    const [loss, classes] = [model.get("loss"), model.get("classes")];
    const baseline = cross_entropy([1], [1 / classes]); // ln K
    lossSlider.update(loss);
    K.update(classes);
    set(curve, { d: path(c, curvePoints.map((v) => [v, probability(v)])) });
    set(dot, { cx: c.X(loss), cy: c.Y(probability(loss)) });
    const [at, top] = [c.X(baseline), c.Y(1)];
    set(even, { x1: at, x2: at, y1: c.Y(0), y2: top });
    const right = baseline > MOST / 2;
    set(note, { x: at + (right ? -6 : 6), y: top + 12, "text-anchor": right ? "end" : "start" });
    note.textContent = "ln K: knows nothing";
    const gap = loss - baseline;
    const verdict = Math.abs(gap) < 0.005 ? "as good as" : gap < 0 ? "better than" : "worse than";
    const percent = probability(loss) * 100;
    return {
      values: [
        ["loss", `${show(loss)} nats`],
        ["in bits", `${show(to_bits(loss))} bits`],
        ["probability of the truth", percent < 0.1 ? `${show(percent, 2)} %` : `${show(percent, 1)} %`],
        ["as surprised as among", `${show(perplexity(loss), perplexity(loss) < 100 ? 2 : 0)} choices`],
        ["ln K", `${show(baseline)} nats`],
      ],
      sentence: `Loss ${show(loss, 2)} nats, ${show(to_bits(loss), 2)} bits, probability ${show(percent, 1)} per cent, perplexity ${show(perplexity(loss), 1)}: ${verdict} knowing nothing of ${classes} classes.`,
      table: () => ({
        head: ["loss (nats)", "bits", "probability of the truth", "perplexity"],
        rows: [0, 0.1, 0.5, 1, 2, 3, 5, 8, 12].map((v) => [
          show(v, 1),
          to_bits(v),
          probability(v),
          perplexity(v),
        ]),
      }),
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  drag(c.root, {
    move: (px) => f.write({ loss: clip(Math.round(c.unX(px) * 100) / 100, 0, MOST) }),
  });

  // ---- model → view, cleanup (the keyboard works the slider) ---------------------------------
  return f.start(paint, [c]);
}

export default { render };
