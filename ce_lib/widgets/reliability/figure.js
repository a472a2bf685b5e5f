// Does 80 % come true 80 % of the time? Confidence against accuracy, as the temperature moves.

import { softmax, softmax_cross_entropy_with_logits } from "../kit/ce_math.js";
import { chart, path, set, show, svg } from "../kit/chart.js";
import { box, drag, frame, legend, temperature, temperature_at } from "../kit/frame.js";

const BINS = 10;

export const valid = { temperature: (T) => T >= 0.1 && T <= 10 };

// Per bin of (0, 1/n], (1/n, 2/n], …: how many, their mean confidence, the fraction that came true.
export function reliability_bins(confidence, right, n = BINS) {
  const bins = Array.from({ length: n }, () => ({ count: 0, confidence: 0, fraction: 0 }));
  confidence.forEach((v, i) => {
    const bin = bins[Math.min(n - 1, Math.max(0, Math.ceil(v * n) - 1))];
    bin.count++;
    bin.confidence += v;
    bin.fraction += right[i];
  });
  return bins.map(({ count, confidence: c, fraction }) => ({ count, confidence: c / count, fraction: fraction / count }));
}

export const calibration_error = (bins) => {
  const N = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { count, confidence, fraction }) => sum + (count ? (count / N) * Math.abs(fraction - confidence) : 0), 0);
};

function render({ model, el }) {
  const [logits, labels] = [model.get("logits"), model.get("labels")];

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Reliability diagram with a temperature", keys: ["temperature"] });
  const diagram = chart({
    name: "reliability",
    x: { domain: [0, 1], label: "confidence" },
    y: { domain: [0, 1], label: "fraction right" },
  });
  const curve = chart({
    name: "loss",
    x: { domain: [-1, 1], ticks: [-1, 0, 1], format: (v) => String(10 ** v), label: "temperature T" },
    y: { domain: [0, 1], label: "cross-entropy (nats)" },
  });
  curve.root.classList.add("ce-across");
  const bars = Array.from({ length: BINS }, () => svg("rect", { class: "ce-area ce-p" }));
  const gaps = bars.map(() => svg("line", { class: "ce-hatch" }));
  const dots = bars.map(() => svg("circle", { class: "ce-dot" }));
  const diagonal = svg("line", { class: "ce-floor" });
  diagram.layers.append(...bars, diagonal, ...gaps, ...dots);
  const line = svg("path", { class: "ce-line" });
  const dot = svg("circle", { class: "ce-dot", r: 6 });
  curve.layers.append(line, dot);
  f.charts.append(
    box(
      diagram,
      legend(
        ["", "● fraction right at the mean confidence, larger for more examples"],
        ["ce-stroke ce-key-floor", "calibrated"],
      ),
    ),
    box(curve),
  );
  const knob = temperature((T) => f.write({ temperature: T }));
  f.controls.append(knob.root);

  // ---- paint --------------------------------------------------------------------------------
  const mean_loss_at = (T) =>
    logits.reduce((sum, z, i) => sum + softmax_cross_entropy_with_logits(z.map((v) => v / T), labels[i]), 0) / logits.length;
  const grid = Array.from({ length: 61 }, (_, i) => i / 30 - 1);
  const losses = grid.map((v) => mean_loss_at(10 ** v));
  const best = 10 ** grid[losses.indexOf(Math.min(...losses))];
  curve.y.domain = [0, Math.max(...losses.filter((_, i) => grid[i] > -0.5)) * 1.05];

  function paint() {
    const T = model.get("temperature");
    knob.update(T);
    const q = logits.map((z) => softmax(z, T));
    const confidence = q.map((row) => Math.max(...row));
    const right = q.map((row, i) => Number(row.indexOf(confidence[i]) === labels[i]));
    const bins = reliability_bins(confidence, right);
    const [X, Y] = [diagram.X, diagram.Y];
    bins.forEach(({ count, confidence: c, fraction }, i) => {
      const full = count > 0;
      const height = full ? Y(0) - Y(fraction) : 0;
      set(bars[i], { x: X(i / BINS) + 1, y: Y(0) - height, width: X(1 / BINS) - X(0) - 2, height });
      set(gaps[i], full ? { x1: X(c), x2: X(c), y1: Y(c), y2: Y(fraction) } : { x1: 0, x2: 0, y1: 0, y2: 0 });
      set(dots[i], { cx: full ? X(c) : 0, cy: full ? Y(fraction) : 0, r: full ? 3 + 7 * Math.sqrt(count / labels.length) : 0 });
    });
    set(diagonal, { x1: X(0), y1: Y(0), x2: X(1), y2: Y(1) });
    const [loss, ece] = [mean_loss_at(T), calibration_error(bins)];
    const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
    const accuracy = mean(right);
    set(line, { d: path(curve, grid.map((v, i) => [v, losses[i]])) });
    set(dot, { cx: curve.X(Math.log10(T)), cy: curve.Y(loss) });
    return {
      values: [
        ["temperature T", show(T, 2)],
        ["cross-entropy", `${show(loss)} nats`],
        ["ECE", show(ece)],
        ["mean confidence", show(mean(confidence))],
        ["accuracy", show(accuracy)],
        ["lowest loss near T", show(best, 2)],
      ],
      sentence: `Temperature ${show(T, 2)}: cross-entropy ${show(loss)} nats, calibration error ${show(ece)}, mean confidence ${show(mean(confidence))}, accuracy ${show(accuracy)}.`,
      table: () => [
        {
          head: ["confidence up to", "examples", "mean confidence", "fraction right"],
          rows: bins.map(({ count, confidence: c, fraction }, i) => [show((i + 1) / BINS, 1), String(count), ...(count ? [c, fraction] : ["–", "–"])]),
        },
        {
          head: ["temperature T", "cross-entropy (nats)"],
          rows: grid.flatMap((v, i) => (i % 5 ? [] : [[show(10 ** v, 2), losses[i]]])),
        },
      ],
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  drag(curve.root, { move: (px) => f.write({ temperature: temperature_at(curve.unX(px)) }) });

  // ---- model → view, cleanup (the keyboard works the slider) ---------------------------------
  return f.start(paint, [diagram, curve]);
}

export default { render };
