// Train a classifier in the page: pick data, network, loss and rate, and watch boundary, loss and
// calibration move.

import { binary_cross_entropy_with_logits, entropy, sigmoid } from "../kit/ce_math.js";
import { clip, set, svg } from "../kit/chart.js";
import { button, choice, slider } from "../kit/frame.js";
import { line, marks, short, stage } from "../kit/stage.js";
import { filled_above, line_at } from "./contours.js";
import { calibration, HIDDEN, logit, points, run, slope, weight_of } from "./training.js";

const MOST = 2000; // steps
const PACE = 3; // steps a frame
const DATA = { moons: "moons", blobs: "blobs", rare: "1 in 20", noisy: "wrong labels" };
const LOSSES = { ce: "cross-entropy", mse: "½MSE", focal: "focal", weighted: "weighted" };
const NETS = { line: "logistic regression", mlp: `network of ${HIDDEN}` };
const STARTS = { fresh: "fresh start", wrong: "sure and wrong" };
const SHADES = [0.1, 0.3, 0.7, 0.9]; // the model's answer steps from one shade to the next
const one_of = (names) => (v) => Object.hasOwn(names, v);

export const valid = {
  data: one_of(DATA),
  loss: one_of(LOSSES),
  net: one_of(NETS),
  start: one_of(STARTS),
  rate: (v) => v >= 0.03 && v <= 10,
  seed: (v) => Number.isInteger(v) && v >= 0 && v <= 999,
  flip: (list) => list.length <= 400 && list.every((v) => Number.isInteger(v) && v >= 0 && v < 400),
  step: (v) => Number.isInteger(v) && v >= 0 && v <= MOST,
};

const KEYS = Object.keys(valid);
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function build(fig) {
  const mark = (tag, attributes) => fig.picture.appendChild(svg(tag, attributes));

  // ---- marks --------------------------------------------------------------------------------
  const plain = mark("svg", {}); // an inner svg cuts off what lies beyond its box
  const shades = SHADES.map(() => plain.appendChild(svg("path", { class: "ce-q ce-full", "fill-opacity": 0.13 })));
  const boundary = plain.appendChild(svg("path", { class: "ce-q ce-drawn" }));
  const dots = marks(plain, "circle", {});
  const chosen = mark("circle", { class: "ce-drawn", r: 9, visibility: "hidden" });
  const worst_ring = mark("circle", { class: "ce-loss ce-drawn", r: 9 });
  const past = marks(fig.picture, "path", { class: "ce-loss ce-drawn", "stroke-opacity": 0.4 });
  const past_names = marks(fig.picture, "text", { class: "ce-loss ce-halo ce-right ce-small" });
  const constant_line = mark("path", { class: "ce-drawn", "stroke-dasharray": "1 4", "stroke-width": 1 });
  const now = mark("path", { class: "ce-loss ce-drawn" });
  const head = mark("circle", { class: "ce-loss ce-full", r: 3.5 });
  const axes = mark("path", { class: "ce-drawn", "stroke-width": 1 });
  const diagonal = mark("path", { class: "ce-p ce-drawn", "stroke-dasharray": "1 4", "stroke-width": 1 });
  const errors = mark("path", { class: "ce-q ce-drawn", "stroke-width": 1.2 });
  const bins = marks(fig.picture, "circle", { class: "ce-q ce-full" });
  const words = marks(fig.picture, "text", {});

  // ---- controls -----------------------------------------------------------------------------
  const anew = (traits) => fig.write({ step: 0, flip: [], ...traits });
  const play = button("Play", () => (playing ? stop() : go()));
  play.classList.add("ce-play");
  const step = button("Step", () => {
    stop();
    fig.write({ step: Math.min(MOST, fig.state().step + 1) });
  });
  const pick = (label, names, input) => choice({ label, options: Object.entries(names), input });
  const losses = pick("loss", LOSSES, (loss) => {
    anew({ loss });
    go();
  });
  const datas = pick("data", DATA, (data) => anew({ data }));
  const nets = pick("model", NETS, (net) => anew({ net }));
  const starts = pick("start", STARTS, (start) => anew({ start }));
  const rate = slider({
    label: "learning rate",
    min: Math.log(0.03),
    max: Math.log(10),
    step: 0.01,
    text: (v) => short(Math.exp(v)),
    input: (v) => anew({ rate: clip(Number(Math.exp(v).toPrecision(2)), 0.03, 10) }),
  });
  let at = -1; // the point that was chosen by keys
  const which = slider({
    label: "point",
    min: 0,
    max: 239,
    step: 1,
    text: (v) => `${v + 1}`,
    input: (v) => {
      at = v;
      which.update(v);
      draw(fig.state());
    },
  });
  const turn = (i) => {
    const { flip } = fig.state();
    fig.write({ flip: flip.includes(i) ? flip.filter((k) => k !== i) : [...flip, i] });
  };
  const turn_it = button("Change its label", () => turn(Math.max(0, at)));
  const seed = slider({ label: "other network", min: 0, max: 20, step: 1, text: String, input: (v) => anew({ seed: v }) });
  fig.controls.append(play, step, losses.root);
  fig.more.append(datas.root, nets.root, starts.root, rate.root, seed.root, which.root, turn_it);

  fig.picture.addEventListener("click", (event) => {
    const box = fig.picture.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const far = here.train.map((point) => Math.hypot(...spot(point.x).map((v, i) => v - [x, y][i])));
    const nearest = far.indexOf(Math.min(...far));
    if (far[nearest] < 20) turn(nearest);
  });

  // ---- running ------------------------------------------------------------------------------
  let playing = 0;
  function go() {
    if (still()) return fig.write({ step: MOST }); // no motion: the end at once
    if (fig.state().step >= MOST) fig.write({ step: 0 });
    play.textContent = "Pause";
    playing ||= requestAnimationFrame(tick);
  }
  function tick() {
    const next = fig.state().step + PACE;
    fig.write({ step: Math.min(MOST, next) });
    if (next >= MOST) return stop();
    playing = requestAnimationFrame(tick);
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    play.textContent = "Play";
  }
  const seen = new IntersectionObserver(([entry]) => entry.isIntersecting || stop());
  seen.observe(fig.root);

  // ---- the run that the state asks for --------------------------------------------------------
  let [key, here, others] = ["", null, []];
  const tests = {}; // fresh points of each kind of data
  function follow(s) {
    const mine = JSON.stringify({ ...s, step: 0 });
    const world = ({ data, net, start, seed, flip }) => JSON.stringify([data, net, start, seed, flip]);
    if (mine !== key || s.step < here.costs.length - 1) {
      if (here && here.world === world(s) && here.loss !== s.loss && here.costs.length > 20) others = [here, ...others];
      others = others.filter((one) => one.world === world(s) && one.loss !== s.loss).slice(0, 2);
      [key, here] = [mine, { ...run(s), world: world(s) }];
    }
    here.to(s.step);
    tests[s.data] ??= points(s.data, 2000, 9);
  }

  // ---- layout -------------------------------------------------------------------------------
  let [plane, curve, dial] = [];
  const TOP = 82;
  function layout(width, narrow) {
    plane = narrow ? { w: width, h: 226 } : { w: Math.round(width * 0.6), h: 388 };
    plane.scale = Math.min(plane.w / 5.3, plane.h / 3.9);
    const x = narrow ? 0 : plane.w + 44;
    const under = TOP + plane.h + 30;
    curve = narrow ? { x: 2, y: under, w: width - 176, h: 92 } : { x, y: TOP + 22, w: width - x - 46, h: 142 };
    const side = narrow ? 92 : Math.min(154, width - x - 20);
    dial = narrow ? { x: width - 100, y: under } : { x, y: TOP + 216 };
    dial.side = side;
    set(plain, { x: 0, y: TOP, width: plane.w, height: plane.h, viewBox: `0 ${TOP} ${plane.w} ${plane.h}` });
    return TOP + plane.h + (narrow ? 148 : 12);
  }
  const spot = ([x1, x2]) => [plane.w / 2 + x1 * plane.scale, TOP + plane.h / 2 - x2 * plane.scale];

  // ---- paint --------------------------------------------------------------------------------
  function draw(s) {
    s = { ...s, step: Math.round(s.step) };
    follow(s);
    const { theta, train, costs } = here;
    const scored = train.map(({ x, y }) => {
      const z = logit(theta, x);
      return { x, y, z, q: sigmoid(z), cost: binary_cross_entropy_with_logits(z, y) };
    });
    const worst = scored.reduce((a, b) => (b.cost > a.cost ? b : a));
    drawPlane(theta, scored);
    if (at >= 0 && at < train.length) set(chosen, { visibility: "visible", ...centre(train[at].x) });
    const positives = train.reduce((sum, { y }) => sum + y, 0) / train.length;
    const constant = entropy([positives, 1 - positives]);
    const fair = calibration(theta, tests[s.data]);
    words([...nameWorst(worst), ...drawCurve(s, costs, constant), ...drawDial(fair)], ([x, y, text, look]) => ({ x, y, text, class: look }));
    for (const [control, value] of [[losses, s.loss], [datas, s.data], [nets, s.net], [starts, s.start]]) control.update(value);
    rate.update(Math.log(s.rate));
    seed.update(s.seed);
    set(which.range, { max: train.length - 1 });
    which.update(clip(at, 0, train.length - 1));
    return sentence(s, { scored, worst, cost: costs.at(-1), constant, ...fair });
  }

  const centre = (x) => {
    const [cx, cy] = spot(x);
    return { cx, cy };
  };
  function drawPlane(theta, scored) {
    const [nx, ny] = fig.narrow ? [40, 26] : [60, 40];
    const grid = { nx, ny, x: 0, y: TOP, dx: plane.w / nx, dy: plane.h / ny, z: [] };
    for (let j = 0; j <= ny; j++) {
      for (let i = 0; i <= nx; i++) {
        const x1 = (i * grid.dx - plane.w / 2) / plane.scale;
        grid.z.push(logit(theta, [x1, (plane.h / 2 - j * grid.dy) / plane.scale]));
      }
    }
    shades.forEach((path, i) => set(path, { d: filled_above(grid, Math.log(SHADES[i] / (1 - SHADES[i]))) }));
    set(boundary, { d: line_at(grid, 0) });
    const r = fig.narrow ? 2.6 : 3.6;
    dots(scored, ({ x, y }) => ({ ...centre(x), r: y ? r : r - 0.5, "stroke-width": y ? 0 : 1.5, class: y ? "ce-p ce-full" : "ce-p ce-drawn ce-hollow" }));
  }
  function nameWorst(worst) {
    const [x, y] = spot(worst.x);
    set(worst_ring, { cx: x, cy: y, visibility: worst.cost > 0.8 ? "visible" : "hidden" });
    if (worst.cost <= 0.8) return [];
    const left = x > plane.w * 0.6;
    const text = `${fig.narrow ? "" : "worst: "}pays ${worst.cost.toFixed(1)}`;
    const look = `ce-loss ce-bold ce-halo${left ? " ce-right" : ""}`;
    return [[x + (left ? -15 : 15), clip(y + 5, TOP + 16, TOP + plane.h - 8), text, look]];
  }
  function drawCurve(s, costs, constant) {
    const lists = [costs, ...others.map((one) => one.costs)];
    const top = Math.max(constant * 1.25, ...lists.map((list) => Math.min(6, Math.max(...list))));
    const last = Math.max(120, ...lists.map((list) => list.length - 1));
    const X = (n) => curve.x + (n / last) * curve.w;
    const Y = (v) => curve.y + curve.h * (1 - Math.min(v, top) / top);
    const trace = (list) => {
      const every = Math.ceil(list.length / 300);
      return line(list.map((v, n) => [X(n), Y(v)]).filter((_, n) => n % every === 0 || n === list.length - 1));
    };
    const [end, level] = [costs.at(-1), Y(costs.at(-1))];
    past(others, (one) => ({ d: trace(one.costs) }));
    past_names(others, (one) => ({
      x: Math.max(curve.x + 110, X(one.costs.length - 1)),
      y: Math.abs(Y(one.costs.at(-1)) - level) < 22 ? level - 18 : Y(one.costs.at(-1)) - 6,
      text: `${LOSSES[one.loss]} ${one.costs.at(-1).toFixed(2)}`,
    }));
    set(now, { d: trace(costs) });
    set(head, { cx: X(s.step), cy: level });
    set(constant_line, { d: `M${curve.x} ${Y(constant)}h${curve.w}` });
    const right = curve.x + curve.w;
    return [
      [curve.x, curve.y - 10, fig.narrow ? "loss, nats" : "cross-entropy, nats a point", "ce-small"],
      [right, curve.y + curve.h + 17, `step ${s.step}`, "ce-small ce-muted ce-right"],
      [X(s.step) + 8, level + 5, end.toFixed(2), "ce-loss ce-bold ce-halo"],
      [right, Y(constant) - 5, fig.narrow ? "a constant" : `a constant pays ${constant.toFixed(2)}`, "ce-small ce-muted ce-halo ce-right"],
    ];
  }
  function drawDial({ bins: full, said, happens }) {
    const { x, y, side } = dial;
    const X = (v) => x + v * side;
    const Y = (v) => y + side * (1 - v);
    const foot = curve.y + curve.h;
    set(axes, { d: `M${curve.x} ${foot}h${curve.w}M${x} ${y}v${side}h${side}` });
    set(diagonal, { d: `M${X(0)} ${Y(0)}L${X(1)} ${Y(1)}` });
    set(errors, { d: full.map((bin) => `M${X(bin.q)} ${Y(Math.max(0, bin.y - bin.error))}V${Y(Math.min(1, bin.y + bin.error))}`).join("") });
    bins(full, (bin) => ({ cx: X(bin.q), cy: Y(bin.y), r: 2 + Math.sqrt(bin.n / 2000) * (fig.narrow ? 5 : 7) }));
    const names = [
      [x, y - 10, fig.narrow ? "happened" : "how often it happened", "ce-small ce-p"],
      [X(1), y + side + 17, "model says", "ce-small ce-q ce-right"],
    ];
    if (fig.width < 860) return names;
    const means = [
      [X(1) + 14, Y(0) - 20, `says ${said.toFixed(2)}`, "ce-q"],
      [X(1) + 14, Y(0), `happens ${happens.toFixed(2)}`, "ce-p"],
    ];
    return [...names, ...means];
  }
  const table = (s) => {
    const { costs, theta } = here;
    const { bins: full, said, happens } = calibration(theta, tests[s.data]);
    const fresh = {
      head: ["of fresh points, the model says", "it happens", "points"],
      rows: full.map(({ n, q, y }) => [q.toFixed(2), y, String(n)]),
    };
    const mean = {
      head: ["quantity", "value"],
      rows: [
        ["data", DATA[s.data]],
        ["model", NETS[s.net]],
        ["trained on", LOSSES[s.loss]],
        ["weight of a positive", s.loss === "weighted" ? weight_of(s.data) : 1],
        ["learning rate", short(s.rate)],
        ["step", String(s.step)],
        ["mean cross-entropy (nats)", costs.at(-1)],
        ["the model says, on average", said],
        ["it happens", happens],
      ],
    };
    return [fresh, mean];
  };
  const close = () => {
    stop();
    seen.disconnect();
  };
  return { layout, draw, table, close, glides: { rate: null, seed: null, flip: null } };
}

// What there is to see, in one sentence.
function sentence(s, { scored, worst, cost, constant, bins, said, happens }) {
  const name = LOSSES[s.loss];
  const loss = `<b class="loss">${cost.toFixed(2)}</b>`;
  const percent = (v) => `${(100 * v).toFixed(0)}\u00a0%`;
  const right = scored.filter(({ q, y }) => q > 0.5 === (y === 1)).length / scored.length;
  const share = percent(worst.cost / scored.reduce((sum, one) => sum + one.cost, 0));
  const pull = Math.abs(slope(s.loss, worst.z, worst.y, weight_of(s.data)));
  const ratio = pull / Math.abs(slope("ce", worst.z, worst.y));
  if (s.step === 0 && s.start === "wrong") {
    return `Sure and wrong: the worst point alone pays <b class="loss">${worst.cost.toFixed(1)}</b> nats. Press Play.`;
  }
  if (s.step === 0) {
    return `Nothing is learned yet, and a point pays ${loss}. Each filled one wants <b class="q">orange</b> under it, each hollow one wants none. Press Play.`;
  }
  if (s.loss === "mse" && ratio < 0.02 && right < 0.75) {
    return `½MSE is stuck: on the worst point its <b class="grad">gradient</b> is <b class="grad">${short(ratio)}</b> of cross-entropy’s.`;
  }
  if (s.start === "wrong" && cost > constant) {
    return `Most wrong, most pulled: with ${name} the worst point has a <b class="grad">gradient</b> of <b class="grad">${short(pull)}</b>. The loss is ${loss} after ${s.step} steps.`;
  }
  if (said > happens * 1.5) {
    return `It says <b class="q">${said.toFixed(2)}</b> on average where <b class="p">${happens.toFixed(2)}</b> happens: ${s.loss === "weighted" ? "the weight" : name} finds more positives, and exaggerates.`;
  }
  const all = bins.reduce((sum, bin) => sum + bin.n, 0);
  const timid = bins.reduce((sum, bin) => sum + bin.n * (Math.abs(bin.y - 0.5) - Math.abs(bin.q - 0.5)), 0) / all;
  if (s.step > 150 && timid > 0.05) {
    return `Trained on ${name} it is timid: its answers lie <b class="q">${timid.toFixed(2)}</b> nearer to ½ than what <b class="p">happens</b>.`;
  }
  if (s.step > 150 && timid < -0.035) {
    return `Too sure by <b class="q">${(-timid).toFixed(2)}</b> on fresh points. The loss is ${loss}, and the worst point alone pays <b class="loss">${share}</b> of it.`;
  }
  return `After ${s.step} steps a point pays ${loss} nats, and ${percent(right)} are right. The worst one alone pays <b class="loss">${share}</b> of the bill.`;
}

function render({ model, el }) {
  return stage({ model, el, label: "Playground: train a classifier", keys: KEYS, build });
}

export default { render };
