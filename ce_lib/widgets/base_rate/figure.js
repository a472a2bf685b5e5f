// The same answer for everybody: its cost over its log-odds, the arch of the lowest points, and a
// loss that a model reports.

import { entropy, logit, sigmoid } from "../kit/ce_math.js";
import { clip, set, show, svg, ticks } from "../kit/chart.js";
import { button, slider } from "../kit/frame.js";
import { handle, line, marks, short, stage } from "../kit/stage.js";
import { cost, lowest, nats, percent, says_the_share, sentence, where_it_costs } from "./constants.js";

const CROWD = 400;
const ODDS = 6; // log-odds to either side of ½ that the picture shows
const MOST = 1.15; // nats that a model may report
const NEAR = 0.14; // log-odds within which a hand finds the lowest point
const SHARES = { min: 1 / CROWD, max: 1 - 1 / CROWD };

export const valid = {
  r: (r) => r >= SHARES.min && r <= SHARES.max,
  loss: (loss) => loss >= 0 && loss <= MOST,
  z: (z) => Math.abs(z) <= ODDS,
  zoom: (zoom) => zoom >= 1 && zoom <= 5,
};

const text = (look, words = "") => svg("text", { class: look }, words);
const path = (look, more) => svg("path", { class: look, ...more });
const thin = { "stroke-width": 1 };
const seen = (yes) => ({ visibility: yes ? "visible" : "hidden" });

function render({ model, el }) {
  return stage({
    model,
    el,
    label: "What the same answer for everybody costs, and the loss of a model beside it",
    keys: ["r", "loss", "z", "zoom"],
    build,
  });
}

function build(fig) {
  const place = {}; // where things are: set by layout and draw

  // ---- DOM ----------------------------------------------------------------------------------
  fig.root.classList.add("ce-base-rate");
  const grid = path("ce-hair", thin);
  fig.picture.append(grid);
  const odds_ticks = marks(fig.picture, "text", { class: "ce-small ce-muted ce-mid" });
  const nats_ticks = marks(fig.picture, "text", { class: "ce-small ce-muted" });
  const inside = svg("svg"); // an inner svg clips to its box
  const unknowing = svg("rect", { class: "ce-grad ce-tinted", opacity: 0.55 });
  const arch = path("ce-drawn ce-p", thin);
  const curve = path("ce-drawn ce-loss");
  const floor = path("ce-drawn ce-p", { ...thin, "stroke-dasharray": "1 4", "stroke-linecap": "round" });
  const level = path("ce-drawn ce-loss", { "stroke-dasharray": "7 4" });
  inside.append(unknowing, arch, curve, floor, level);
  const drop = path("ce-drawn ce-q", { ...thin, "stroke-dasharray": "2 3" });
  const gap = path("ce-drawn");
  const positives = path("ce-p ce-full");
  const negatives = path("ce-p ce-drawn", { ...thin, opacity: 0.6 });
  const words = {
    axis: text("ce-q ce-small ce-right"),
    no: text("ce-small ce-muted", "← a flat no costs ∞"),
    arch: text("ce-p ce-halo ce-small"),
    curve: text("ce-loss ce-halo ce-small"),
    knows: text("ce-grad ce-small ce-mid"),
    crowd: text("ce-p ce-small"),
    gap: text("ce-bold ce-halo"),
    low: text("ce-p ce-bold ce-halo ce-mid"),
    loss: text("ce-loss ce-bold ce-halo"),
    q: text("ce-q ce-bold ce-halo"),
    cost: text("ce-loss ce-bold ce-halo"),
  };
  fig.picture.append(inside, drop, gap, negatives, positives, ...Object.values(words));

  // ---- hands ----------------------------------------------------------------------------------
  const to_share = (z) => fig.write({ r: clip(sigmoid(z), SHARES.min, SHARES.max) });
  const say = (z) => fig.write({ z: clip(z, -ODDS, ODDS) });
  const low = handle(fig, { look: "p", radius: 7, ways: [], drag: (x) => to_share(place.unX(x)) }); // its keys: the slider
  const flag = handle(fig, {
    look: "loss",
    radius: 9,
    ways: [
      {
        label: "the loss that your model reports",
        min: 0,
        max: MOST,
        step: 0.005,
        text: (v) => `${show(v, 3)} nats`,
        input: (loss) => fig.write({ loss }),
      },
    ],
    drag: (_, y) => fig.write({ loss: clip(Math.round(200 * place.unY(y)) / 200, 0, MOST) }),
  });
  const said = handle(fig, {
    ways: [
      {
        label: "the q that everybody gets, by its log-odds",
        min: -ODDS,
        max: ODDS,
        step: 0.1,
        text: (z) => `q = ${short(sigmoid(z))}, which costs ${nats(cost(fig.state().r, z))} nats`,
        input: say,
      },
    ],
    drag(x) {
      const best = logit(fig.state().r);
      const z = place.unX(x);
      say(Math.abs(z - best) < NEAR ? best : z);
    },
  });
  const share = slider({
    label: "share of positives",
    min: Number(logit(SHARES.min).toFixed(2)),
    max: Number(logit(SHARES.max).toFixed(2)),
    step: 0.05, // each step reads differently
    text: (z) => percent(clip(sigmoid(z), SHARES.min, SHARES.max)),
    input: to_share,
  });
  const zoom = button("Magnify × 5", () => fig.glide({ zoom: fig.state().zoom > 1 ? 1 : 5 }));
  fig.controls.append(share.root);
  fig.more.append(zoom);

  // ---- value ↔ pixel ----------------------------------------------------------------------------
  function layout(width, narrow) {
    const top = narrow ? 112 : 84;
    const box = { x: narrow ? 26 : 36, y: top, w: width - (narrow ? 46 : 70), h: narrow ? 210 : 270 };
    const X = (z) => box.x + box.w * (0.5 + z / ODDS / 2);
    const unX = (x) => clip(((x - box.x) / box.w - 0.5) * 2 * ODDS, -ODDS, ODDS);
    const view = [box.x, box.y - 8, box.w + 1, box.h + 16];
    set(inside, { x: view[0], y: view[1], width: view[2], height: view[3], viewBox: view.join(" ") });
    const columns = narrow ? 50 : 80;
    Object.assign(place, { width, narrow, box, X, unX, bottom: top + box.h, columns, wide: width / columns, tall: narrow ? 7 : 12 });
    place.crowd = place.bottom + (narrow ? 46 : 52);
    odds_ticks([0.01, 0.1, 0.5, 0.9, 0.99], (q) => ({
      x: X(logit(q)),
      y: place.bottom + 19,
      text: q === 0.5 ? "½" : String(q),
    }));
    set(words.axis, { x: box.x + box.w, y: place.bottom + 37 });
    words.axis.textContent = narrow ? "say this q to everybody" : "the same q for everybody, on the scale of its log-odds";
    set(words.no, { x: box.x, y: place.bottom + 37 });
    const end = place.crowd + (CROWD / columns) * place.tall; // the same at every width, as the still has it
    set(words.crowd, { x: 0, y: end + 17 });
    return end + 26;
  }

  // ---- paint ------------------------------------------------------------------------------------
  function draw(state) {
    const { r, loss, z } = state;
    const { X, box, bottom, narrow } = place;
    const [H, best, now] = [lowest(r), logit(r), cost(r, z)];
    const zoomed = Math.min(state.zoom, Math.max(1, 0.95 / H)); // the lowest point stays in sight
    const Y = (v) => bottom - v * box.h * zoomed;
    place.unY = (y) => (bottom - y) / box.h / zoomed;

    const lines = ticks(0, 1 / zoomed, 4).filter((v) => Y(v) > box.y - 2);
    set(grid, { d: lines.map((v) => `M${box.x} ${Y(v)}H${box.x + box.w}`).join("") });
    nats_ticks(lines, (v) => ({ x: 0, y: Y(v) + 4, text: short(v) }));
    const along = Array.from({ length: 241 }, (_, i) => ODDS * (i / 120 - 1));
    set(curve, { d: line(along.map((v) => [X(v), Math.max(-400, Y(cost(r, v)))])) });
    set(arch, { d: line(along.map((v) => [X(v), Math.max(-400, Y(entropy([sigmoid(v), sigmoid(-v)])))])) });
    set(floor, { d: `M${X(best)} ${Y(H)}H${r < 0.5 ? box.x + box.w : box.x}` });
    set(level, { d: `M${box.x} ${Y(loss)}H${box.x + box.w}` });
    set(unknowing, { x: box.x, y: Y(H), width: box.w, height: Math.max(0, bottom - Y(H)) });
    share.update(best);
    zoom.textContent = state.zoom > 1 ? "Whole arch" : "Magnify × 5";

    const right = r < 0.5; // the cost is steep to the right of its lowest point
    const at_best = says_the_share(state);
    const gap_y = draw_gap(H, loss, Y, right);
    draw_words({ r, loss, z, H, best, now, zoomed, Y, right, at_best, gap_y });
    low.place(X(best), Y(H), []);
    flag.place(box.x + box.w + 9, Math.max(box.y - 4, Y(loss)), [loss]);
    said.place(X(z), Math.max(box.y + 2, Y(now)), [z]);
    set(drop, { d: `M${X(z)} ${Math.max(box.y + 2, Y(now)) + 10}V${bottom}`, ...seen(!at_best) });
    draw_crowd(Math.max(1, Math.round(CROWD * r)), narrow);
    return sentence(state);
  }

  // What the model pays more than the cheapest constant, or has saved, as a bar. Returns where its
  // words stand.
  function draw_gap(H, loss, Y, right) {
    const { X, box, bottom, narrow } = place;
    const x = X(right ? 4.3 : -4.3);
    const worse = loss > H;
    const look = worse ? "ce-loss" : "ce-grad";
    const out = right !== narrow ? 9 : -9; // on a phone there is room towards the middle only
    const y = clip((Y(H) + Y(loss)) / 2 + 5, box.y + 12, bottom - 4);
    const told = Math.abs(Y(H) - Y(loss)) > 12;
    set(gap, { d: `M${x - 2} ${Y(H)}h4V${Y(loss)}h-4z`, class: `${look} ce-full`, ...seen(Math.abs(loss - H) > 0.002) });
    set(words.gap, { x: x + out, y, class: `ce-bold ce-halo ${look} ${out < 0 ? "ce-right" : ""}`, ...seen(told) });
    words.gap.textContent = worse ? `${nats(loss - H)} worse` : `saves ${Math.round(100 * (1 - loss / H))} %`;
    return told ? y : -99;
  }

  function draw_words({ r, loss, z, H, best, now, zoomed, Y, right, at_best, gap_y }) {
    const { X, box, bottom, narrow } = place;
    const fits = Y(H) + 26 < bottom; // below the lowest point
    const above = Math.abs(Y(loss) - Y(H)) < 34 && loss > H ? Y(loss) - 9 : Y(H) - 12;
    const apart = fits || Math.abs(X(z) - X(best)) > 70;
    set(words.low, { x: X(best), y: fits ? Y(H) + 23 : above, ...seen(apart && !at_best) });
    words.low.textContent = `${fits ? "H" : "↓ H"} = ${nats(H)}`;

    const loss_y = Math.max(box.y + 14, Y(loss) + (loss < H ? 19 : -7));
    set(words.loss, {
      x: right ? box.x + box.w - 6 : box.x + 8,
      y: loss_y,
      class: `ce-loss ce-bold ce-halo ${right ? "ce-right" : ""}`,
    });
    words.loss.textContent = narrow ? `loss ${nats(loss)}` : `your model’s loss: ${nats(loss)}`;

    const side = right ? 1.9 : -1.9; // on the other side of the arch than its lowest point
    const arch_y = Y(entropy([sigmoid(side), sigmoid(-side)])) - 6;
    const free = [loss_y, gap_y, Y(loss)].every((y) => Math.abs(y - arch_y) > 17);
    set(words.arch, {
      x: X(side) + (right ? 16 : -16),
      y: arch_y,
      class: `ce-p ce-halo ce-small ${right ? "" : "ce-right"}`,
      ...seen(free && arch_y > box.y + 14),
    });
    words.arch.textContent = fig.width < 320 ? "H" : "H of every share";

    const steep = where_it_costs(r, 0.9 / zoomed);
    const clear = Math.abs(X(z) - X(steep)) > 40 || Math.abs(Y(now) - Y(0.9 / zoomed)) > 34;
    const flip = r > 0.5;
    set(words.curve, {
      x: X(steep) + (flip ? -12 : 12),
      y: Y(0.9 / zoomed) + 2,
      class: `ce-loss ce-halo ce-small ${flip ? "ce-right" : ""}`,
      ...seen(clear),
    });
    words.curve.textContent = narrow ? "the cost of q" : "what it costs to say q to everybody";

    const lower = Y(Math.min(H, loss));
    set(words.knows, { x: X(0), y: (lower + bottom) / 2 + 8, ...seen(bottom - lower > (loss < H ? 56 : 40)) });
    words.knows.textContent = narrow ? "here, it knows who" : "a loss down here knows something about who";

    const end = X(z) > box.x + box.w * 0.6 || (Math.abs(best) < 1.2 && at_best);
    const y = Math.max(box.y + 20, Y(now) + (at_best ? 26 : 0));
    for (const [node, dy] of [[words.q, -6], [words.cost, 11]]) {
      set(node, { x: X(z) + (end ? -16 : 16), y: y + dy });
    }
    const at_end = end ? "ce-right" : "";
    set(words.q, { class: `ce-q ce-bold ce-halo ${at_end}`, ...seen(!at_best || bottom - y > 12) });
    set(words.cost, { class: `${at_best ? "ce-p" : "ce-loss"} ce-bold ce-halo ${at_end}` });
    words.q.textContent = at_best ? (narrow ? "lowest:" : "the lowest point:") : `q = ${nats(sigmoid(z))}`;
    words.cost.textContent = at_best ? `H = ${nats(H)}` : `costs ${nats(now)}${Y(now) < box.y ? " ↑" : ""}`;
    if (at_best && bottom - y < 12) set(words.cost, { y: Y(Math.max(H, loss)) - 16 });
  }

  let crowd = ""; // what is drawn
  function draw_crowd(count, narrow) {
    if (crowd === `${count} ${place.width}`) return;
    crowd = `${count} ${place.width}`;
    const { wide, tall, columns } = place;
    const high = CROWD / columns;
    const ball = (i, radius) => {
      const x = (Math.floor(i / high) + 0.5) * wide - radius;
      const y = place.crowd + ((i % high) + 0.5) * tall;
      const arc = `a${radius.toFixed(1)} ${radius.toFixed(1)} 0 1 0`;
      return `M${x.toFixed(1)} ${y.toFixed(1)}${arc} ${(2 * radius).toFixed(1)} 0${arc} ${(-2 * radius).toFixed(1)} 0z`;
    };
    const radius = Math.min(wide, tall) * (narrow ? 0.34 : 0.31);
    const balls = (from, to, size) => Array.from({ length: to - from }, (_, i) => ball(from + i, size)).join("");
    set(positives, { d: balls(0, count, radius) });
    set(negatives, { d: balls(count, CROWD, radius - 0.4) });
    words.crowd.textContent = `${count} of ${CROWD} are positive`;
  }

  const table = (state) => [
    {
      head: ["q for everybody", "what it costs (nats)", "H where the share is q (nats)"],
      rows: [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1].map((q) => [
        short(q, 3),
        cost(state.r, logit(q)),
        entropy([q, 1 - q]),
      ]),
    },
    {
      head: ["what", "nats"],
      rows: [
        [`cheapest constant, q = ${short(state.r, 3)}: H`, lowest(state.r)],
        [`everybody gets q = ${short(sigmoid(state.z), 3)}`, cost(state.r, state.z)],
        ["the loss that your model reports", state.loss],
        ["a coin, q = ½", Math.LN2],
      ],
    },
  ];

  const glides = { r: (from, to, t) => sigmoid(logit(from) + (logit(to) - logit(from)) * t) };
  return { layout, draw, table, glides };
}

export default { render };
