// One bell q against a truth p with two humps: where it wastes and saves, and where it goes if it
// may descend on KL(p‖q) or on KL(q‖p).

import { clip, set, svg, ticks } from "../kit/chart.js";
import { button, choice } from "../kit/frame.js";
import { handle, line, marks, mix, stage } from "../kit/stage.js";
import { CENTRE, HUMPS, WIDTH, contours, descent, divergence, excess, log_bell, log_p } from "./humps.js";
import { sentence, tables } from "./words.js";

const RUN = 1400; // milliseconds of a descent
const FROM = -5; // the picture's left end, and it is 10 wide
const XS = Array.from({ length: 301 }, (_, i) => FROM + i / 30);
const TALL = 0.52; // probability for each unit of x that the upper picture is high
const LEVELS = [0.5, 0.6, 0.75, 0.95, 1.2, 1.5, 2, 3, 5, 8, 13, 21];
const [COLUMNS, ROWS] = [49, 25]; // of the map

const within = (v, [low, high]) => v >= low && v <= high;
export const valid = {
  q: (q) => Array.isArray(q) && q.length === 2 && within(q[0], CENTRE) && within(q[1], WIDTH),
  way: (way) => way === "pq" || way === "qp",
  running: (running) => typeof running === "boolean",
};

const render = ({ model, el }) =>
  stage({ model, el, label: "Two humps and one bell", keys: ["q", "way", "running"], build });

function build(fig) {
  const move = (centre, width) => {
    runner.stop();
    fig.write({ q: [clip(centre, ...CENTRE), clip(width, ...WIDTH)].map((v) => +v.toFixed(3)), running: false });
  };
  const densities = drawDensities(fig);
  const map = drawMap(fig, move);
  const terms = drawTerms(fig);
  const bars = drawBars(fig);
  const hands = drawHands(fig, move);
  const runner = run(fig);
  const go = button("Let q descend", () => {
    if (fig.state().running) return runner.stop(true); // pressed again
    fig.write({ running: true });
  });
  const way = choice({
    label: "which divergence",
    options: [["pq", "KL(p‖q)"], ["qp", "KL(q‖p)"]],
    input: (value) => {
      runner.stop();
      fig.write({ way: value, running: false });
    },
  });
  fig.controls.append(go, way.root);
  const room = {};

  return {
    glides: { q: ([c, w], to, t) => [mix(c, to[0], t), Math.exp(mix(Math.log(w), Math.log(to[1]), t))] },
    layout(width, narrow) {
      const w = narrow ? width - 118 : width - 300; // of the pictures; the rest is for bars and map
      const top = narrow ? 108 : 98;
      const foot = top + (narrow ? 112 : 148);
      const zero = foot + (narrow ? 132 : 172);
      const side = w + (narrow ? 14 : 40);
      const bar = narrow ? { width: 28, apart: 38 } : { width: w / 10, apart: 94 };
      const box = { x: side, y: top - (narrow ? 0 : 6), w: width - side - 4, h: foot - top - (narrow ? 12 : 26) };
      Object.assign(room, { width, narrow, w, top, foot, zero, side, bar, box, space: zero - foot - (narrow ? 22 : 28) });
      return zero + (narrow ? 56 : 74);
    },
    draw(s) {
      const bill = divergence(s.q, s.way);
      const values = XS.map((x) => excess(x, s.q, s.way));
      const peak = Math.max(0.7, ...values, bill.wasted);
      const low = Math.max(0.1, ...values.map((v) => -v));
      const k = Math.min(room.space / peak, (room.narrow ? 34 : 50) / low);
      const highest = Math.exp(log_bell(s.q[0], s.q));
      const view = {
        ...s,
        ...room,
        bill,
        values,
        k, // pixels for each bit
        X: (x) => ((x - FROM) / 10) * room.w,
        // a narrow bell is drawn lower, and p with it, so that it stays in the picture
        Y: (d) => room.foot - (d * (room.foot - room.top)) / Math.max(TALL, highest),
      };
      densities(view);
      map(view, runner.walked(s));
      terms(view);
      bars(view);
      hands(view);
      way.update(s.way);
      return sentence(view);
    },
    table: (s) => tables(s),
    close: runner.close,
  };
}

// ---- the way down --------------------------------------------------------------------------------
// It is worked out when it begins, and walked at an even pace. With reduced motion, or out of sight,
// the bell stands at its end at once.
function run(fig) {
  let [path, frame, step, timer] = [null, 0, 0, 0];
  let seen = true;
  const eye = new IntersectionObserver(([entry]) => (seen = entry.isIntersecting));
  eye.observe(fig.root);

  function begin() {
    clearTimeout(timer);
    if (!fig.model.get("running")) return cancelAnimationFrame(frame);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    timer = setTimeout(walk, calm ? 0 : 750, calm); // a link first moves the bell to its start
  }
  function walk(calm) {
    const { q, way } = fig.state();
    path = descent(q, way);
    step = 0;
    if (calm || !seen) return end();
    let began = null;
    const tick = (now) => {
      began ??= now;
      const t = Math.min(1, (now - began) / RUN);
      step = Math.floor(t * (path.length - 1));
      if (t === 1) return end();
      fig.write({ q: path[step] });
      frame = requestAnimationFrame(tick);
    };
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(tick);
  }
  function end() {
    step = path.length - 1;
    fig.write({ q: path[step].map((v) => +v.toFixed(3)), running: false });
  }
  function stop(here = false) {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    if (!here) path = null;
    else fig.write({ running: false });
  }
  fig.model.on("change:running", begin);
  return {
    stop,
    // where the bell has come from, if it stands on its way
    walked({ q }) {
      const on = path && Math.hypot(path[step][0] - q[0], path[step][1] - q[1]) < 0.01;
      return on ? path.slice(0, step + 1) : [];
    },
    close() {
      stop();
      eye.disconnect();
      fig.model.off("change:running", begin);
    },
  };
}

// ---- p and q -------------------------------------------------------------------------------------
function drawDensities(fig) {
  const shapes = ["p", "q"].map((name) => [
    svg("path", { class: `ce-${name} ce-tinted`, opacity: 0.6 }),
    svg("path", { class: `ce-${name} ce-drawn` }),
  ]);
  const floor = svg("path", { class: "ce-drawn ce-thin" });
  const names = ["p", "q"].map((name) => svg("text", { class: `ce-${name} ce-bold ce-halo ce-mid` }, name));
  fig.picture.append(...shapes[0], ...shapes[1], floor, ...names);
  return ({ q, X, Y, w, foot }) => {
    const curves = [log_p, (x) => log_bell(x, q)].map((log) => XS.map((x) => [X(x), Y(Math.exp(log(x)))]));
    curves.forEach((points, i) => {
      const [area, edge] = shapes[i];
      set(area, { d: `${line(points)}L${w} ${foot}L0 ${foot}Z` });
      set(edge, { d: line(points) });
    });
    set(floor, { d: `M0 ${foot}H${w}` });
    set(names[0], { x: X(HUMPS[0].centre), y: Y(Math.exp(log_p(HUMPS[0].centre))) - 9 });
    set(names[1], { x: X(q[0]) + 20, y: Y(Math.exp(log_bell(q[0], q))) - 6 });
  };
}

function drawHands(fig, move) {
  let now = null;
  const at = (x) => (x / now.w) * 10 + FROM;
  const width = handle(fig, {
    look: "q ce-wide-knob",
    radius: 6,
    ways: [
      {
        label: "width of q",
        min: WIDTH[0],
        max: WIDTH[1],
        step: 0.05,
        text: (v) => `width ${v.toFixed(2)}`,
        input: (v) => move(now.q[0], v),
      },
    ],
    drag: (x) => move(now.q[0], Math.abs(at(x) - now.q[0])),
  });
  const centre = handle(fig, {
    look: "q",
    ways: [
      {
        label: "centre of q",
        min: CENTRE[0],
        max: CENTRE[1],
        step: 0.1,
        text: (v) => `centre ${v.toFixed(2)}`,
        input: (v) => move(v, now.q[1]),
      },
    ],
    drag: (x) => move(at(x), now.q[1]),
  });
  const arrows = svg("path", { class: "ce-q ce-drawn", d: "M-16 0H16M-11 -5l-5 5 5 5M11 -5l5 5-5 5" });
  width.root.prepend(arrows);
  return (view) => {
    now = view;
    const { q, X, Y } = view;
    centre.place(X(q[0]), Y(Math.exp(log_bell(q[0], q))), [q[0]]);
    width.place(X(q[0] + q[1]), Y(Math.exp(log_bell(q[0] + q[1], q))), [q[1]]);
  };
}

// ---- all bells: each is a point of the map, whose height is the divergence --------------------------
function drawMap(fig, move) {
  const lines = marks(fig.picture, "path", { class: "ce-loss ce-drawn ce-thin" });
  const axes = svg("path", { class: "ce-drawn ce-thin" });
  const trail = svg("path", { class: "ce-q ce-drawn" });
  fig.picture.append(axes, trail);
  const pits = marks(fig.picture, "path", { class: "ce-loss ce-drawn" });
  const names = marks(fig.picture, "text", { class: "ce-small" });
  const known = {}; // way → the heights of the map
  let now = null;
  let drawn = "";
  const MX = (centre) => now.box.x + ((centre - CENTRE[0]) / 8) * now.box.w;
  const MY = (width) => now.box.y + now.box.h * (1 - Math.log(width / WIDTH[0]) / Math.log(10));
  const dot = handle(fig, {
    look: "q",
    radius: 6,
    ways: [], // the two knobs of the bell are its sliders
    drag(x, y) {
      const { box } = now;
      move(CENTRE[0] + ((x - box.x) / box.w) * 8, WIDTH[0] * 10 ** (1 - (y - box.y) / box.h));
    },
  });

  function landscape({ way, box, width }) {
    if (drawn === `${way}${width}`) return;
    drawn = `${way}${width}`;
    const bell = (i, j) => [CENTRE[0] + (8 * i) / (COLUMNS - 1), WIDTH[0] * 10 ** (j / (ROWS - 1))];
    const heights = (known[way] ??= Array.from(
      { length: COLUMNS * ROWS },
      (_, n) => divergence(bell(n % COLUMNS, Math.floor(n / COLUMNS)), way, 6).net,
    ));
    const at = ([i, j]) => `${(box.x + (i / (COLUMNS - 1)) * box.w).toFixed(1)} ${(box.y + box.h * (1 - j / (ROWS - 1))).toFixed(1)}`;
    lines(LEVELS, (level) => ({
      d: contours(heights, COLUMNS, level).map(([a, b]) => `M${at(a)}L${at(b)}`).join(""),
      opacity: 0.25 + 0.6 / (1 + level),
    }));
    const ends = (way === "qp" ? [[-2, 0.6], [2, 0.6]] : [[0, 2]]).map((q) => descent(q, way).at(-1));
    pits(ends, ([c, w]) => ({ d: `M${MX(c) - 4} ${MY(w)}h8M${MX(c)} ${MY(w) - 4}v8` }));
  }

  return (view, path) => {
    now = view;
    const { q, way, box, narrow } = view;
    landscape(view);
    set(axes, { d: `M${box.x} ${box.y}v${box.h}h${box.w}` });
    set(trail, { d: line(path.map(([c, w]) => [MX(c), MY(w)])) });
    dot.place(MX(q[0]), MY(q[1]), []);
    const count = way === "pq" ? "one pit" : "two pits";
    names(["width ↑", narrow ? "" : `all bells: ${count}`, narrow ? "centre →" : "its centre →"], (text, i) => ({
      class: `ce-small${i === 1 ? "" : " ce-muted"}${i ? " ce-right" : ""}`,
      x: i ? box.x + box.w : box.x,
      y: i === 2 ? box.y + box.h + 15 : box.y - 6,
      text,
    }));
  };
}

// ---- where it wastes and where it saves -------------------------------------------------------------
function drawTerms(fig) {
  const grid = marks(fig.picture, "path", { class: "ce-hair" });
  const labels = marks(fig.picture, "text", { class: "ce-muted ce-small ce-halo" });
  const sides = ["loss", "grad"].map((look) => [
    svg("path", { class: `ce-${look} ce-tinted` }),
    svg("path", { class: `ce-${look} ce-drawn` }),
    svg("text", { class: `ce-${look} ce-halo ce-mid` }, look === "loss" ? "wasted" : "saved"),
  ]);
  const floor = svg("path", { class: "ce-drawn ce-thin" });
  const name = svg("text", { class: "ce-muted ce-small" });
  fig.picture.append(...sides.flat(), floor, name);
  return ({ values, X, zero, k, w, way, width, narrow, space }) => {
    const levels = ticks(0, space / k, narrow ? 2 : 3).filter((v) => v > 0);
    grid(levels, (v) => ({ d: `M0 ${zero - v * k}H${w}` }));
    labels(levels, (v) => ({ x: 0, y: zero - v * k - 4, text: +v.toFixed(3) }));
    sides.forEach(([area, edge, word], i) => {
      const sign = i ? -1 : 1;
      const points = XS.map((x, j) => [X(x), zero - sign * Math.max(0, sign * values[j]) * k]);
      set(area, { d: `${line(points)}L${X(5)} ${zero}L0 ${zero}Z` });
      set(edge, { d: line(points) });
      const best = values.reduce((top, v, j) => (sign * v > sign * values[top] ? j : top), 0);
      const y = zero - values[best] * k + (i ? 16 : -7);
      const there = sign * values[best] * k > 3;
      set(word, { x: clip(X(XS[best]), 40, w - 30), y, visibility: there ? "visible" : "hidden" });
    });
    set(floor, { d: `M0 ${zero}H${width}` });
    name.textContent = way === "pq" ? "at each x: p · log₂ p/q, in bits" : "at each x: q · log₂ q/p, in bits";
    set(name, { x: 0, y: zero + (narrow ? 50 : 66) });
  };
}

// ---- wasted − saved = net: bars one unit of x wide, so that they are areas like the others ------------
function drawBars(fig) {
  const rects = ["ce-loss ce-tinted", "ce-grad ce-tinted", "ce-loss ce-full"].map((look) => svg("rect", { class: look }));
  const edges = ["loss", "grad", "loss"].map((look) => svg("path", { class: `ce-${look} ce-drawn ce-thin` }));
  const carry = svg("path", { class: "ce-drawn ce-thin", "stroke-dasharray": "1 4" });
  fig.picture.append(...rects, ...edges, carry);
  const values = marks(fig.picture, "text", { class: "ce-mid ce-halo" });
  const names = marks(fig.picture, "text", { class: "ce-mid ce-small" });
  return ({ bill: { wasted, saved, net }, side, bar, zero, k, way, narrow }) => {
    const at = (i) => side + i * bar.apart;
    // what is saved is taken from the top of what is wasted
    const ends = [[0, wasted], [net, wasted], [0, net]].map((pair) => pair.map((v) => zero - v * k));
    ends.forEach(([from, to], i) => {
      set(rects[i], { x: at(i), y: to, width: bar.width, height: Math.max(0, from - to) });
      set(edges[i], { d: `M${at(i)} ${from}V${to}h${bar.width}V${from}Z` });
    });
    set(carry, { d: `M${at(0) + bar.width} ${ends[0][1]}H${at(1)}M${at(1) + bar.width} ${ends[1][0]}H${at(2)}` });
    values([wasted, saved, net], (v, i) => ({
      class: `ce-mid ce-halo ce-${i === 1 ? "grad" : "loss"}${i === 2 && !narrow ? " ce-big" : ""}`,
      x: at(i) + bar.width / 2,
      y: i === 1 ? ends[1][0] + 17 : ends[i][1] - 7,
      text: `${i === 1 && v >= 0.005 ? "−" : ""}${v < 0.005 ? "0" : v.toFixed(2)}`,
    }));
    const last = narrow ? "net" : `KL(${way[0]}‖${way[1]})`;
    names([narrow ? "waste" : "wasted", "saved", last], (text, i) => ({ x: at(i) + bar.width / 2, y: zero + 18, text }));
  };
}

export default { render };
