// How hard each loss pulls on the logit: the size of the slope of cross-entropy and of ½MSE.

import { sigmoid } from "../kit/ce_math.js";
import { LOSSES } from "../kit/neuron.js";
import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { box, choice, drag, frame, legend, slider } from "../kit/frame.js";

const LIMIT = 10; // |z|

export const valid = {
  z: (z) => Number.isFinite(z) && Math.abs(z) <= LIMIT,
  y: (y) => y === 0 || y === 1,
  scale: (scale) => scale === "linear" || scale === "log",
};

function render({ model, el }) {
  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Slopes of cross-entropy and of ½MSE in the logit", keys: ["z", "y", "scale"] });
  const c = chart({
    name: "slopes",
    x: { domain: [-LIMIT, LIMIT], ticks: [-10, -5, 0, 5, 10], label: "logit z" },
    y: { domain: [0, 1], label: "size of the slope" },
    left: 56,
  });
  c.root.classList.add("ce-across");
  const third = svg("line", { class: "ce-floor" });
  const note = svg("text", { class: "ce-label" });
  const curves = { ce: svg("path", { class: "ce-line" }), mse: svg("path", { class: "ce-tangent", fill: "none" }) };
  const dots = { ce: svg("circle", { class: "ce-dot", r: 6 }), mse: svg("rect", { class: "ce-dot", width: 11, height: 11 }) };
  c.layers.append(third, note, curves.ce, curves.mse, dots.ce, dots.mse);
  f.charts.append(
    box(
      c,
      legend(
        ["ce-stroke ce-key-line", "cross-entropy"],
        ["ce-stroke ce-key-tangent", "½MSE"],
        ["ce-stroke ce-key-floor", "½MSE steepest, 4/27"],
      ),
    ),
  );
  const z_slider = slider({ label: "logit z", min: -LIMIT, max: LIMIT, step: 0.1, text: (z) => show(z, 1), input: (z) => f.write({ z }) });
  const label = choice({ label: "label y", options: [[1, "y = 1"], [0, "y = 0"]], input: (y) => f.write({ y }) });
  const scale = choice({ label: "scale", options: [["linear", "linear"], ["log", "logarithmic"]], input: (v) => f.write({ scale: v }) });
  f.controls.append(z_slider.root, label.root, scale.root);

  // ---- paint --------------------------------------------------------------------------------
  const grid = Array.from({ length: 201 }, (_, i) => -LIMIT + i / 10);

  function paint() {
    const [z, y, kind] = ["z", "y", "scale"].map((key) => model.get(key));
    const log = kind === "log";
    z_slider.update(z);
    label.update(y);
    scale.update(kind);
    Object.assign(c.y, {
      domain: log ? [-5, 0.2] : [0, 1],
      ticks: log ? [-5, -4, -3, -2, -1, 0] : [0, 0.25, 0.5, 0.75, 1],
      format: log ? (v) => (v === 0 ? "1" : `10⁻${"⁰¹²³⁴⁵"[-v]}`) : undefined,
    });
    c.layout();
    const high = (name, v) => {
      const size = Math.abs(LOSSES[name].slope(v, y));
      return log ? Math.log10(size) : size;
    };
    for (const name of ["ce", "mse"]) set(curves[name], { d: path(c, grid.map((v) => [v, high(name, v)])) });
    set(dots.ce, { cx: c.X(z), cy: c.Y(high("ce", z)) });
    set(dots.mse, { x: c.X(z) - 5.5, y: c.Y(high("mse", z)) - 5.5 });
    const steepest = y ? -Math.LN2 : Math.LN2; // where the truth gets 1/3
    const at = c.X(steepest);
    set(third, { x1: at, x2: at, y1: c.Y(c.y.domain[0]), y2: c.Y(c.y.domain[1]) });
    set(note, { x: at + (y ? 6 : -6), y: 24, "text-anchor": y ? "start" : "end" });
    note.textContent = y ? "a = 1/3" : "a = 2/3";
    const [ce, mse] = ["ce", "mse"].map((name) => LOSSES[name].slope(z, y));
    const ratio = ce / mse;
    const big = ratio >= 1000 ? Math.round(ratio).toLocaleString("en") : show(ratio, 2);
    const truth = y ? sigmoid(z) : sigmoid(-z);
    const bowl = truth > 1 / 3 ? "yes" : "no";
    return {
      values: [
        ["output a", show(sigmoid(z), 4)],
        ["slope of cross-entropy", show(ce, 5)],
        ["slope of ½MSE", show(mse, 4)],
        ["ratio", big],
        ["½MSE convex here", bowl],
      ],
      sentence: `At logit ${show(z, 1)}, label ${y}: slope ${show(ce, 5)} for cross-entropy, ${show(mse, 5)} for half the squared error, ratio ${big}.`,
      table: () => ({
        head: ["logit z", "output a", "slope of cross-entropy", "slope of ½MSE"],
        rows: [-10, -5, -2, -1, 0, 1, 2, 5, 10].map((v) => [show(v, 0), sigmoid(v), LOSSES.ce.slope(v, y), LOSSES.mse.slope(v, y)]),
      }),
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  drag(c.root, {
    move: (px) => f.write({ z: clip(Math.round(c.unX(px) * 10) / 10, -LIMIT, LIMIT) }),
  });

  // ---- model → view, cleanup (the keyboard works the slider) ---------------------------------
  return f.start(paint, [c]);
}

export default { render };
