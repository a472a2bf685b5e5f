// One neuron with x = 1 and y = 0, taught by cross-entropy and by ½MSE: same start, same rate.

import { sigmoid } from "../kit/ce_math.js";
import { LOSSES, descend } from "../kit/neuron.js";
import { chart, path, set, show, svg } from "../kit/chart.js";
import { box, frame, legend, slider } from "../kit/frame.js";
import { player } from "../kit/player.js";

const MOST = 600; // steps
const EDGE = 4; // |w|, |b|
const FASTEST = 5;
const KINDS = ["ce", "mse"];

const inside = (v) => Number.isFinite(v) && Math.abs(v) <= EDGE;
export const valid = {
  w: inside,
  b: inside,
  rate: (rate) => rate >= 0.01 && rate <= FASTEST,
  steps: (steps) => Number.isInteger(steps) && steps >= 0 && steps <= MOST,
};

function render({ model, el }) {
  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Race of cross-entropy and ½MSE: output and loss, step by step", keys: ["w", "b", "rate", "steps"] });
  const x = { domain: [0, MOST], label: "step" };
  const views = {
    output: chart({ name: "output", x: { ...x }, y: { domain: [0, 1], label: "output a, wanted 0" } }),
    loss: chart({ name: "loss", x: { ...x }, y: { domain: [0, 4], label: "loss, each its own" } }),
  };
  const half = svg("line", { class: "ce-floor" });
  views.output.layers.append(half);
  const lines = Object.fromEntries(
    Object.entries(views).map(([name, c]) => {
      const line = { ce: svg("path", { class: "ce-line" }), mse: svg("path", { class: "ce-tangent", fill: "none" }) };
      const dot = { ce: svg("circle", { class: "ce-dot", r: 5 }), mse: svg("rect", { class: "ce-dot", width: 9, height: 9 }) };
      c.layers.append(line.ce, line.mse, dot.ce, dot.mse);
      const keys = [["ce-stroke ce-key-line", "cross-entropy"], ["ce-stroke ce-key-tangent", "½MSE"]];
      f.charts.append(box(c, ...(name === "loss" ? [legend(...keys)] : [])));
      return [name, { line, dot }];
    }),
  );
  const again = (state) => f.write({ ...state, steps: 0 }); // another start is another race
  const knob = (key, label, digits, rest) =>
    slider({ label, text: (v) => show(v, digits), input: (v) => again({ [key]: v }), ...rest });
  const sliders = {
    w: knob("w", "start w", 1, { min: -EDGE, max: EDGE, step: 0.1 }),
    b: knob("b", "start b", 1, { min: -EDGE, max: EDGE, step: 0.1 }),
    rate: knob("rate", "learning rate", 2, { min: 0.01, max: FASTEST, step: 0.01 }),
  };
  f.controls.append(...Object.values(sliders).map((s) => s.root));
  const run = player({
    root: f.root,
    advance: (n) => model.set("steps", Math.min(MOST, model.get("steps") + (n || 1))),
    finished: () => model.get("steps") >= MOST,
    save: () => model.save_changes(),
  });
  f.buttons.firstChild.addEventListener("click", run.stop); // Reset
  f.buttons.prepend(...run.buttons);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [w, b, rate, steps] = ["w", "b", "rate", "steps"].map((key) => model.get(key));
    for (const [key, s] of Object.entries(sliders)) s.update(model.get(key));
    const logits = KINDS.map((kind) => descend([w, b], kind, [1], [0], rate, MOST).map(([v, u]) => v + u));
    const a = logits.map((zs) => zs.map(sigmoid));
    const losses = KINDS.map((kind, k) => logits[k].map((z) => LOSSES[kind].loss(z, 0)));
    const width = Math.max(20, steps);
    for (const c of Object.values(views)) c.x.domain = [0, Math.min(MOST, Math.ceil(width / 50) * 50)];
    views.loss.y.domain = [0, Math.max(0.5, losses[0][0], losses[1][0]) * 1.05];
    for (const [name, values] of [["output", a], ["loss", losses]]) {
      const c = views[name];
      c.layout();
      KINDS.forEach((kind, k) => {
        set(lines[name].line[kind], { d: path(c, values[k].slice(0, steps + 1).map((v, n) => [n, v])) });
        const [px, py] = [c.X(steps), c.Y(values[k][steps])];
        set(lines[name].dot[kind], kind === "ce" ? { cx: px, cy: py } : { x: px - 4.5, y: py - 4.5 });
      });
    }
    const [left, right] = views.output.x.domain.map(views.output.X);
    set(half, { x1: left, x2: right, y1: views.output.Y(0.5), y2: views.output.Y(0.5) });
    const crossed = a.map((outputs) => outputs.findIndex((v) => v < 0.5));
    const when = crossed.map((n) => (n >= 0 && n <= steps ? `step ${n}` : "not yet"));
    return {
      values: [
        ["step", String(steps)],
        ["output, cross-entropy", show(a[0][steps], 4)],
        ["output, ½MSE", show(a[1][steps], 4)],
        ["cross-entropy below 0.5", when[0]],
        ["½MSE below 0.5", when[1]],
      ],
      sentence: `Step ${steps}: output ${show(a[0][steps])} with cross-entropy, ${show(a[1][steps])} with half the squared error.`,
      table: () => ({
        head: ["step", "output, cross-entropy", "output, ½MSE", "cross-entropy (nats)", "½MSE"],
        rows: [0, 1, 5, 10, 17, 50, 100, 232, 400, MOST].map((n) => [String(n), a[0][n], a[1][n], losses[0][n], losses[1][n]]),
      }),
    };
  }

  // ---- model → view, cleanup (the keyboard works sliders and buttons) ------------------------
  const stop = f.start(paint, Object.values(views));
  return () => {
    run.close();
    stop();
  };
}

export default { render };
