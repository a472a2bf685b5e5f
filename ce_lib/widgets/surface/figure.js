// The loss over (w, b), darker where higher, and gradient descent on either loss from one start.

import { LOSSES, descend, mean_loss } from "../kit/neuron.js";
import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { box, choice, drag, frame, legend, slider } from "../kit/frame.js";
import { player } from "../kit/player.js";

const EDGE = 6; // |w|, |b|
const MOST = 2000; // steps: from the first start ½MSE needs 1,500 to its valley
const BANDS = 12;
const KINDS = ["ce", "mse"];

const inside = (v) => Number.isFinite(v) && Math.abs(v) <= EDGE;
export const valid = {
  w: inside,
  b: inside,
  loss: (loss) => KINDS.includes(loss),
  steps: (steps) => Number.isInteger(steps) && steps >= 0 && steps <= MOST,
};

function render({ model, el }) {
  const [x, y, rate] = [model.get("x"), model.get("y"), model.get("rate")];

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Loss surface over w and b: drag the start", keys: ["w", "b", "loss", "steps"] });
  const c = chart({
    name: "surface",
    x: { domain: [-EDGE, EDGE], ticks: [-6, -3, 0, 3, 6], label: "weight w" },
    y: { domain: [-EDGE, EDGE], ticks: [-6, -3, 0, 3, 6], label: "bias b" },
    height: 340,
  });
  const cells = model.get("still") ? 120 : 160; // a side
  const heat = svg("svg", { viewBox: `0 0 ${cells} ${cells}`, preserveAspectRatio: "none" });
  const bands = Array.from({ length: BANDS }, (_, k) =>
    svg("path", { class: "ce-field", "fill-opacity": ((0.85 * k) / (BANDS - 1)).toFixed(2) }),
  );
  heat.append(...bands);
  const ways = { ce: svg("path", { class: "ce-run" }), mse: svg("path", { class: "ce-tangent", fill: "none" }) };
  const ends = { ce: svg("circle", { class: "ce-dot", r: 5 }), mse: svg("rect", { class: "ce-dot", width: 10, height: 10 }) };
  const from = svg("circle", { class: "ce-outline", r: 9 });
  c.layers.append(heat, ways.ce, ways.mse, ends.ce, ends.mse, from);
  f.charts.append(
    box(
      c,
      legend(
        ["ce-stroke", "descent on cross-entropy, ends at ●"],
        ["ce-stroke ce-key-tangent", "on ½MSE, ends at ■"],
        ["", "bluer: higher loss; ○ start"],
      ),
    ),
  );
  const again = (state) => f.write({ ...state, steps: 0 });
  const knob = (key) =>
    slider({ label: `start ${key}`, min: -EDGE, max: EDGE, step: 0.1, text: (v) => show(v, 1), input: (v) => again({ [key]: v }) });
  const sliders = { w: knob("w"), b: knob("b") };
  const which = choice({
    label: "surface of",
    options: KINDS.map((kind) => [kind, LOSSES[kind].name]),
    input: (loss) => f.write({ loss }),
  });
  f.controls.append(which.root, sliders.w.root, sliders.b.root);
  const run = player({
    root: f.root,
    // by itself ever faster: cross-entropy is there in 100 steps
    advance: (n) => {
      const steps = model.get("steps");
      model.set("steps", Math.min(MOST, steps + (n || 1 + Math.floor(steps / 100))));
    },
    finished: () => model.get("steps") >= MOST,
    save: () => model.save_changes(),
  });
  f.buttons.firstChild.addEventListener("click", run.stop); // Reset
  f.buttons.prepend(...run.buttons);

  // ---- the field of a loss: drawn once for each, in bands that read as contours ----------------
  const fields = {};
  function field(kind) {
    if (fields[kind]) return fields[kind];
    const at = (i) => -EDGE + (2 * EDGE * (i + 0.5)) / cells;
    const values = Array.from({ length: cells * cells }, (_, i) =>
      mean_loss([at(i % cells), -at(Math.floor(i / cells))], kind, x, y),
    );
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const band = values.map((v) => Math.min(BANDS - 1, Math.floor((BANDS * (v - low)) / (high - low))));
    const paths = Array(BANDS).fill("");
    for (let i = 0, from = 0; i < band.length; i++) {
      if (band[i + 1] === band[i] && (i + 1) % cells) continue; // the run goes on along its row
      const length = i + 1 - from;
      paths[band[i]] += `M${from % cells} ${Math.floor(i / cells)}h${length}v1h${-length}z`;
      from = i + 1;
    }
    return (fields[kind] = paths);
  }

  // ---- paint --------------------------------------------------------------------------------
  const corners = [-6, -3, 0, 3, 6];
  let shown = "";
  function paint() {
    const [w, b, loss, steps] = ["w", "b", "loss", "steps"].map((key) => model.get(key));
    which.update(loss);
    sliders.w.update(w);
    sliders.b.update(b);
    const [left, right, top, bottom] = [c.X(-EDGE), c.X(EDGE), c.Y(EDGE), c.Y(-EDGE)];
    set(heat, { x: left, y: top, width: right - left, height: bottom - top });
    if (shown !== loss) field((shown = loss)).forEach((d, k) => set(bands[k], { d }));
    set(from, { cx: c.X(w), cy: c.Y(b) });
    const at = {};
    for (const kind of KINDS) {
      const way = descend([w, b], kind, x, y, rate, steps);
      set(ways[kind], { d: path(c, way) });
      at[kind] = way.at(-1);
      const [px, py] = [c.X(at[kind][0]), c.Y(at[kind][1])];
      set(ends[kind], kind === "ce" ? { cx: px, cy: py } : { x: px - 5, y: py - 5 });
    }
    const rounded = (v, digits) => Number(v.toFixed(digits)); // a 0 that is reached is 5·10⁻¹⁷
    const where = (kind) => at[kind].map((v) => show(rounded(v, 2), 2)).join(", ");
    const [ce, mse] = KINDS.map((kind) => mean_loss(at[kind], "ce", x, y));
    return {
      values: [
        ["step", String(steps)],
        ["● w, b", where("ce")],
        ["■ w, b", where("mse")],
        ["cross-entropy at ●", `${show(ce)} nats`],
        ["cross-entropy at ■", `${show(mse)} nats`],
      ],
      sentence: `Step ${steps}: cross-entropy ${show(ce)} nats on its own path, ${show(mse)} on the path of half the squared error.`,
      table: () => [
        {
          head: ["path", "w", "b", "cross-entropy (nats)", "½MSE"],
          rows: KINDS.map((kind) => [LOSSES[kind].name, ...at[kind].map((v) => rounded(v, 4)), mean_loss(at[kind], "ce", x, y), mean_loss(at[kind], "mse", x, y)]),
        },
        {
          head: [`${LOSSES[loss].name} at`, ...corners.map((v) => `w = ${show(v, 0)}`)],
          rows: corners.map((v) => [`b = ${show(-v, 0)}`, ...corners.map((u) => mean_loss([u, -v], loss, x, y))]),
        },
      ],
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  const at = (v) => clip(Math.round(v * 10) / 10, -EDGE, EDGE);
  drag(c.root, { // only from near the start: a finger elsewhere scrolls
    start: (px, py) => Math.hypot(px - c.X(model.get("w")), py - c.Y(model.get("b"))) < 40,
    move: (px, py) => again({ w: at(c.unX(px)), b: at(c.unY(py)) }),
  });

  // ---- model → view, cleanup (the keyboard works sliders and buttons) ------------------------
  const stop = f.start(paint, [c]);
  return () => {
    run.close();
    stop();
  };
}

export default { render };
