// One prediction, seen twice: its price against the probability q and against the logit z.

import { entropy, logit, sigmoid } from "../kit/ce_math.js";
import { clip, set, show, svg } from "../kit/chart.js";
import { choice, html, slider } from "../kit/frame.js";
import { handle, line, marks, short, stage } from "../kit/stage.js";
import { against_q, against_z, is_flat, torch_after_sigmoid } from "./curves.js";
import { sentence } from "./sentence.js";

const LIMIT = 8; // |z|: at 8 the probability is 0.99966, and the loss of being wrong 8.0003
const CLAMPS = [0.1, 0.01, 0.001, 0];
const HIGH = LIMIT + 0.5; // nats
const TANGENT = 62; // pixels to either side of the point

export const valid = {
  z: (z) => Number.isFinite(z) && Math.abs(z) <= LIMIT,
  y: (y, state) => (state.soft ? y >= 0 && y <= 1 : y === 0 || y === 1),
  clamp: (clamp, state) => state.clamp > 0 && CLAMPS.includes(clamp),
  weight: (w, state) => state.knobs.includes("weight") && w >= 0.1 && w <= 100,
  gamma: (gamma, state) => state.knobs.includes("gamma") && gamma >= 0 && gamma <= 5,
};

const text = (look, words = "") => svg("text", { class: look }, words);
const path = (look, more) => svg("path", { class: look, ...more });
const seen = (yes) => ({ visibility: yes ? "visible" : "hidden" });

function render({ model, el }) {
  return stage({
    model,
    el,
    label: "Loss lens: binary cross-entropy against probability and logit",
    keys: ["z", "y", "clamp", "weight", "gamma"],
    build,
  });
}

function build(fig) {
  const { model } = fig;
  const [soft, knobs] = [model.get("soft"), model.get("knobs")];
  const clamping = model.get("initial").clamp > 0;
  const dotted = clamping || knobs.length > 0; // the plain loss is drawn too
  const whole = (state) => ({ ...state, soft, knobs });

  // ---- DOM ----------------------------------------------------------------------------------
  fig.root.classList.add("ce-lens");
  const same = path("ce-drawn ce-loss", { "stroke-width": 1, "stroke-dasharray": "2 4" });
  fig.picture.append(same);
  const write_z = (z) => fig.write({ z: clip(Math.round(z * 100) / 100, -LIMIT, LIMIT) });
  const views = [
    view({
      ...against_q,
      span: [0, 1],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      called: ["probability q", "probability q"],
      xs: Array.from({ length: 401 }, (_, i) => sigmoid(34 * (i / 200 - 1) ** 3)), // dense at the ends
      at: sigmoid,
      way: {
        label: "probability q",
        min: 0.001,
        max: 0.999,
        step: 0.001,
        text: () => show(sigmoid(fig.state().z), 4),
        input: (q) => fig.write({ z: logit(q) }),
      },
      drag: (q) => write_z(logit(clip(q, 1e-9, 1 - 1e-9))),
    }),
    view({
      ...against_z,
      span: [-LIMIT, LIMIT],
      ticks: [-8, -4, 0, 4, 8],
      called: ["evidence: the logit z", "logit z"],
      xs: Array.from({ length: 321 }, (_, i) => -LIMIT + (2 * LIMIT * i) / 320),
      at: (z) => z,
      way: {
        label: "logit z",
        min: -LIMIT,
        max: LIMIT,
        step: 0.1,
        text: (z) => show(z, 1),
        input: (z) => fig.write({ z }),
      },
      drag: write_z,
    }),
  ];

  function view(one) {
    const inside = svg("svg"); // an inner svg clips to its box
    const parts = {
      grid: path("ce-hair", { "stroke-width": 1 }),
      inside,
      floor: path("ce-drawn ce-p", { "stroke-dasharray": "2 4" }),
      hatch: path("ce-drawn", { "stroke-width": 1 }),
      dots: path("ce-drawn", { "stroke-width": 1.5, "stroke-dasharray": "2 4" }),
      curve: path("ce-drawn ce-loss"),
      tangent: path("ce-drawn ce-grad", { "stroke-width": 2.5 }),
    };
    inside.append(parts.floor, parts.hatch, parts.dots, parts.curve, parts.tangent);
    const words = {
      axis: text("ce-small ce-mid"),
      wrong: text("ce-small ce-halo"),
      right: text("ce-small ce-halo"),
      floor: text("ce-p ce-small ce-halo ce-right"),
      slope: text("ce-grad ce-bold ce-halo"),
      plain: text("ce-small ce-muted ce-halo"),
    };
    fig.picture.append(parts.grid, inside, ...Object.values(words));
    const numbers = marks(fig.picture, "text", { class: "ce-small ce-muted ce-mid" });
    return { ...one, parts, words, numbers };
  }
  const levels = marks(fig.picture, "text", { class: "ce-small ce-muted ce-right" });
  const nats = text("ce-small ce-muted", "nats");
  const price = text("ce-loss ce-bold ce-halo");
  fig.picture.append(nats, price);
  for (const one of views) {
    one.knob = handle(fig, { ways: [one.way], drag: (x) => one.drag(one.unX(x)) });
  }

  // ---- controls -------------------------------------------------------------------------------
  const target = soft
    ? slider({
        label: "target y",
        min: 0,
        max: 1,
        step: 0.05,
        text: (y) => show(y, 2),
        input: (y) => fig.write({ y }),
      })
    : choice({
        label: "label y",
        options: [[1, "y = 1"], [0, "y = 0"]],
        input: (y) => fig.write({ y }),
      });
  const clamps = choice({
    label: "clamp ε",
    options: CLAMPS.map((clamp) => [clamp, clamp === 0 ? "none" : String(clamp)]),
    input: (clamp) => fig.write({ clamp }),
  });
  const weight = slider({
    label: "weight w of y = 1",
    min: -1,
    max: 2,
    step: 0.01,
    text: (v) => show(10 ** v, v < 0 ? 3 : 2), // each step of the slider reads differently
    input: (v) => fig.write({ weight: Number((10 ** v).toPrecision(3)) }),
  });
  const gamma = slider({
    label: "focal γ",
    min: 0,
    max: 5,
    step: 0.1,
    text: (v) => show(v, 1),
    input: (v) => fig.write({ gamma: v }),
  });
  if (knobs.includes("weight")) fig.controls.append(weight.root);
  if (knobs.includes("gamma")) fig.controls.append(gamma.root);
  fig.controls.append(target.root);
  if (clamping) fig.controls.append(html("span", { aria: { hidden: "true" } }, "clamp ε"), clamps.root);
  const values = html("dl", { className: "ce-values" });
  fig.more.append(values);
  let cells = [];

  // ---- value ↔ pixel ----------------------------------------------------------------------------
  const place = {};
  function layout(width, narrow) {
    const [top, tall] = [narrow ? 104 : 92, narrow ? 196 : 272];
    const [left, gap] = [narrow ? 18 : 28, narrow ? 26 : 72];
    const across = (width - left - gap - (narrow ? 8 : 16)) / 2;
    Object.assign(place, { top, tall, narrow, across, bottom: top + tall });
    place.Y = (nats) => place.bottom - (nats / HIGH) * tall;
    views.forEach((one, i) => {
      const [low, high] = one.span;
      const x = left + i * (across + gap);
      one.X = (v) => x + ((v - low) / (high - low)) * across;
      one.unX = (px) => low + ((px - x) / across) * (high - low);
      one.left = x;
      const box = [x - 4, top - 8, across + 8, tall + 12];
      set(one.parts.inside, { x: box[0], y: box[1], width: box[2], height: box[3], viewBox: box.join(" ") });
      set(one.parts.grid, {
        d: [0, 2, 4, 6, 8].map((v) => `M${x.toFixed(1)} ${place.Y(v).toFixed(1)}h${across.toFixed(1)}`).join(""),
      });
      one.numbers(narrow ? one.ticks.filter((_, k) => k % 2 === 0) : one.ticks, (v) => ({
        x: one.X(v).toFixed(1),
        y: place.bottom + 18,
        text: show(v, 2).replace(/\.?0+$/, "") || "0",
      }));
      set(one.words.axis, { x: x + across / 2, y: place.bottom + 37 });
      one.words.axis.textContent = one.called[Number(narrow)];
    });
    levels([0, 2, 4, 6, 8], (v) => ({ x: left - 7, y: place.Y(v) + 4, text: String(v) }));
    set(nats, { x: 0, y: place.Y(HIGH) + (narrow ? -4 : -2) });
    return place.bottom + 64;
  }

  // ---- paint ------------------------------------------------------------------------------------
  function draw(state) {
    const now = whole(state);
    const { z, y } = now;
    target.update(y);
    clamps.update(now.clamp);
    weight.update(Math.log10(now.weight));
    gamma.update(now.gamma);
    const floor = entropy([y, 1 - y]); // what a perfect prediction still costs
    const loss = against_z.loss(now, z);
    const points = views.map((one) => draw_view(one, now, loss, floor));
    set(same, { d: line(points) });
    const [x, at] = points[0];
    const beside = x > views[0].left + place.across * (place.narrow ? 0.42 : 0.6) ? -14 : 14;
    set(price, { x: x + beside, y: Math.max(at - 12, place.top + 8), class: `ce-loss ce-bold ce-halo ${beside < 0 ? "ce-right" : ""}` });
    price.textContent = `${show(loss, loss < 0.01 ? 4 : 2)} nats`;
    read_out(now, loss, floor);
    return sentence(now, {
      q: sigmoid(z),
      loss,
      slope: against_z.slope(now, z),
      plain: against_z.exact(z, y),
      pull: against_z.slope({ ...now, clamp: 0, knobs: [] }, z),
      floor,
    });
  }

  // Returns where the point is.
  function draw_view(one, now, loss, floor) {
    const { X, parts, words, xs, exact } = one;
    const { Y, narrow, across, bottom, top } = place;
    const { z, y, clamp } = now;
    const x = one.at(z);
    const steepness = one.slope(now, x);
    const shown = (of) => line(xs.map((v) => [X(v), Math.max(-400, Y(of(v)))]).filter(([, at]) => Number.isFinite(at)));
    set(parts.curve, { d: shown((v) => one.loss(now, v)) });
    set(parts.dots, { d: dotted ? shown((v) => exact(v, y)) : "" });
    const at = [X(x), Math.max(top - 4, Y(loss))];

    // along the slope, as it looks on the screen
    const [dx, dy] = [X(1) - X(0), steepness * (Y(1) - Y(0))];
    const k = TANGENT / Math.hypot(dx, dy);
    set(parts.tangent, { d: line([[at[0] - k * dx, at[1] - k * dy], [at[0] + k * dx, at[1] + k * dy]]) });
    const end = at[0] > one.left + across * (narrow ? 0.42 : 0.6);
    const low = steepness === 0 || at[1] + 28 > bottom; // then above the point, and above its price
    set(words.slope, {
      x: at[0] + (end ? -14 : 14),
      y: at[1] + (low ? (one === views[0] ? -29 : -12) : 22),
      class: `ce-grad ce-bold ce-halo ${end ? "ce-right" : ""}`,
    });
    const name = fig.width < 320 ? "" : "slope "; // little room where letters are spaced
    words.slope.textContent = name + short(steepness, narrow ? 2 : 3);

    // where a clamp has made it flat: value and slope disagree there
    const off = clamping ? xs.filter((v) => is_flat(one === views[0] ? v : sigmoid(v), clamp) && exact(v, y) > 0.7) : [];
    set(parts.hatch, { d: off.length ? hatched(X(off[0]), X(off.at(-1)), Y(-Math.log(clamp)), bottom) : "" });
    const [near, far] = [off.length > 0 && one === views[1], one.left + (y === 1 ? 6 : across - 6)];
    set(words.plain, { x: far, y: bottom - 8, class: `ce-small ce-halo ${y === 1 ? "" : "ce-right"}`, ...seen(near) });
    words.plain.textContent = narrow ? "flat: no pull" : "flat: a mail here no longer pulls";

    set(parts.floor, { d: `M${one.left} ${Y(floor)}h${across}`, ...seen(soft && floor > 0) });
    set(words.floor, { x: one.left + across, y: Y(floor) + 14, ...seen(soft && floor > 0 && one === views[1]) });
    words.floor.textContent = `floor ${narrow ? "" : "H(y) = "}${show(floor, 2)}`;

    const hard = y === 0 || y === 1;
    const ends = [one.left, one.left + across];
    for (const [node, is_right] of [[words.wrong, false], [words.right, true]]) {
      const left = is_right === (y === 0);
      set(node, { x: ends[left ? 0 : 1], y: bottom + 57, class: `ce-small ce-muted ${left ? "" : "ce-right"}`, ...seen(hard) });
      const words = `sure and ${is_right ? "right" : "wrong"}`;
      node.textContent = left ? `← ${words}` : `${words} →`;
      if (narrow) node.textContent = left ? `← ${words.slice(9)}` : `${words.slice(9)} →`;
    }
    one.knob.place(...at, [x]);
    return at;
  }

  // Behind "More": every number, to three digits.
  function read_out(now, loss, floor) {
    const { z, y } = now;
    const q = sigmoid(z);
    const numbers = [
      ["probability q", show(q, 4)],
      ["logit z", show(z, 2)],
      ["loss", `${show(loss)} nats`],
      ...(knobs.length ? [["plain loss", `${show(against_z.exact(z, y))} nats`]] : []),
      ...(soft ? [["floor H(y)", `${show(floor)} nats`]] : []),
      ["slope dℓ/dq", show(against_q.slope(now, q))],
      ["slope dℓ/dz", show(against_z.slope(now, z))],
    ];
    if (!cells.length) {
      cells = numbers.map(() => [html("dt"), html("dd")]);
      values.append(...cells.map((pair) => html("div", {}, ...pair)));
    }
    numbers.forEach((texts, i) => texts.forEach((said, k) => (cells[i][k].textContent = said)));
  }

  function table(state) {
    const now = whole(state);
    const losses = {
      head: ["logit z", "probability q", "loss (nats)", "dℓ/dq", "dℓ/dz", ...(dotted ? ["plain loss (nats)"] : [])],
      rows: [-8, -6, -4, -2, 0, 2, 4, 6, 8].map((v) => [
        show(v, 0),
        sigmoid(v),
        against_z.loss(now, v),
        against_q.slope(now, sigmoid(v)),
        against_z.slope(now, v),
        ...(dotted ? [against_z.exact(v, now.y)] : []),
      ]),
    };
    if (!clamping) return losses;
    const torch = torch_after_sigmoid(-50);
    const here = { ...now, y: 1 };
    return [
      losses,
      {
        head: ["for y = 1, at the logit −50", "loss (nats)", "slope dℓ/dz"],
        rows: [
          ["from the logit", against_z.exact(-50, 1), -sigmoid(50)],
          ["with the clamp of the picture", against_z.loss(here, -50), against_z.slope(here, -50)],
          ["torch after a sigmoid: value and slope disagree", torch.loss, torch.slope],
        ],
      },
    ];
  }

  return { layout, draw, table, glides: { y: soft ? undefined : null, clamp: null } };
}

// Strokes across the box from one x to another, below `top`.
function hatched(from, to, top, bottom) {
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const strokes = [];
  for (let x = left - (bottom - top); x < right; x += 9) {
    const start = Math.max(x, left);
    const end = Math.min(x + bottom - top, right);
    if (end > start) strokes.push(line([[start, bottom - (start - x)], [end, bottom - (end - x)]]));
  }
  return strokes.join("");
}

export default { render };
