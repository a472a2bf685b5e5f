// The focal loss against the probability of the truth, and which examples then make up its sum.

import { logit, sigmoid_focal_loss } from "../kit/ce_math.js";
import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { box, drag, frame, legend, slider } from "../kit/frame.js";

const BINS = 10;
const GRID = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);

export const valid = { gamma: (gamma) => gamma >= 0 && gamma <= 5 };

export const bin_of = (p) => Math.min(BINS - 1, Math.floor(p * BINS));

// Of all examples, and of their summed loss, the share in each tenth of the probability.
export function shares(p, gamma) {
  const [count, mass] = [Array(BINS).fill(0), Array(BINS).fill(0)];
  for (const v of p) {
    count[bin_of(v)] += 1 / p.length;
    mass[bin_of(v)] += sigmoid_focal_loss(logit(v), 1, gamma);
  }
  const whole = mass.reduce((a, b) => a + b, 0);
  return { count, mass: mass.map((m) => m / whole) };
}

function render({ model, el }) {
  const p = model.get("p");

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Focal loss, and which examples make up its sum", keys: ["gamma"] });
  const x = { domain: [0, 1], label: "probability of the truth" };
  const curves = chart({ name: "focal", x: { ...x }, y: { domain: [0, 5], label: "loss (nats)" } });
  const masses = chart({ name: "mass", x: { ...x }, y: { domain: [0, 1], label: "share" } });
  const plain = svg("path", { class: "ce-run", "stroke-dasharray": "2 4" });
  const focal = svg("path", { class: "ce-line ce-p" });
  curves.layers.append(plain, focal);
  const bars = Array.from({ length: BINS }, () => {
    const pair = { count: svg("rect", { class: "ce-outline" }), mass: svg("rect", { class: "ce-bar ce-p ce-fixed" }) };
    masses.layers.append(pair.mass, pair.count);
    return pair;
  });
  f.charts.append(
    box(curves, legend(["", "dotted: γ = 0, the cross-entropy"])),
    box(masses, legend(["ce-swatch ce-outlined", "of the examples"], ["", "filled: of the loss"])),
  );
  const gamma = slider({ label: "focal γ", min: 0, max: 5, step: 0.1, text: (v) => show(v, 1), input: (v) => f.write({ gamma: v }) });
  f.controls.append(gamma.root);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const g = model.get("gamma");
    gamma.update(g);
    const line = (power) => path(curves, GRID.map((v) => [v, sigmoid_focal_loss(logit(v), 1, power)]));
    set(plain, { d: line(0) });
    set(focal, { d: line(g) });
    const { count, mass } = shares(p, g);
    bars.forEach((pair, k) => {
      const [left, right] = [masses.X((k + 0.08) / BINS), masses.X((k + 0.92) / BINS)];
      for (const [name, value] of [["count", count[k]], ["mass", mass[k]]]) {
        set(pair[name], { x: left, y: masses.Y(value), width: right - left, height: masses.Y(0) - masses.Y(value) });
      }
    });
    const [easy, easyMass] = [count.at(-1), mass.at(-1)];
    const percent = (v) => `${show(100 * v, v > 0 && v < 0.001 ? 3 : 1)} %`;
    return {
      values: [
        ["γ", show(g, 1)],
        ["easy examples (above 0.9)", percent(easy)],
        ["their share of the loss", percent(easyMass)],
        ["hard examples (below 0.5)", percent(count.slice(0, 5).reduce((a, b) => a + b, 0))],
        ["their share", percent(mass.slice(0, 5).reduce((a, b) => a + b, 0))],
      ],
      sentence: `γ ${show(g, 1)}: the easy examples, ${percent(easy)} of all, make ${percent(easyMass)} of the loss.`,
      table: () => ({
        head: ["probability of the truth", "of the examples (%)", "of the loss (%)", "focal loss in the middle (nats)", "γ = 0 (nats)"],
        rows: count.map((c, k) => [
          `${show(k / BINS, 1)} to ${show((k + 1) / BINS, 1)}`,
          100 * c,
          100 * mass[k],
          ...[g, 0].map((power) => sigmoid_focal_loss(logit((k + 0.5) / BINS), 1, power)),
        ]),
      }),
    };
  }

  // ---- pointer: up and down in the curves turns γ --------------------------------------------
  drag(curves.root, {
    start: (px, py) => px > curves.X(0) && py < curves.Y(0), // the axes are for scrolling
    move: (_, py) => f.write({ gamma: clip(Math.round((5 - curves.unY(py)) * 10) / 10, 0, 5) }),
  });

  // ---- model → view, cleanup (the keyboard works the slider) ---------------------------------
  return f.start(paint, [curves, masses]);
}

export default { render };
