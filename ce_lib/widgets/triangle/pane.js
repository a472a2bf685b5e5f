// One drawing of all answers: the triangle of probabilities, the plane of their logits, or what is
// between. The two lie parallel, so a difference of two answers has the same direction in both.

import { softmax } from "../kit/ce_math.js";
import { set, show, svg } from "../kit/chart.js";
import { arrow, at_point, handle, line, marks, mix, short } from "../kit/stage.js";
import { answer_in_plane, answer_in_triangle, border, contour, CORNERS, flat, stepped } from "./simplex.js";

const DARKEST = 5.2; // nats: what costs more is as dark
const stroke = (tone, width, more = {}) => ({ fill: "none", stroke: `var(--ce-${tone})`, "stroke-width": width, ...more });
const ground = (loss) => `color-mix(in oklab, var(--ce-loss) ${(30 * (loss / 4) ** 0.62).toFixed(1)}%, var(--ce-ground))`;
const halo = { "paint-order": "stroke", "stroke-width": 8, "stroke-linejoin": "round" };
const seen = (yes) => (yes ? "visible" : "hidden");

// `choose(k)` makes class k the right one, `put(q)` moves the answer; `ways` are those of its handle.
export function pane(fig, { names, choose, put, ways }) {
  const all = svg("g");
  fig.picture.append(all);
  const inside = svg("svg"); // it clips without an id
  all.append(inside);
  const add = (tag, attributes, parent = inside) => {
    const node = svg(tag, attributes);
    parent.append(node);
    return node;
  };
  const floor = add("path", { fill: ground(DARKEST) });
  const bands = marks(inside, "path");
  const lines = marks(inside, "path", stroke("loss", 0.8, { opacity: 0.75 }));
  const edge = add("path", stroke("ink", 1.2));
  const axes = add("path", stroke("ink", 1, { "stroke-dasharray": "1 5", "stroke-linecap": "round" }));
  const level = add("path", stroke("loss", 1.6));
  const numbers = marks(inside, "text", { class: "ce-loss ce-small ce-mid", ...halo });
  const rim = add("rect", { class: "ce-hair", "stroke-width": 1 }, all);
  const pull = add("path", stroke("grad", 2.5, { "stroke-linecap": "round" }));
  const ahead = add("path", stroke("q", 1.2, { "stroke-dasharray": "2 3" }));
  const landing = add("circle", stroke("q", 1.5, { r: 4.5 }));
  const trail = add("path", stroke("q", 1.6));
  const stops = marks(inside, "circle", { class: "ce-q ce-full", r: 3 });
  const goal = add("g");
  add("circle", { class: "ce-p ce-full", r: 5 }, goal);
  add("circle", stroke("p", 1.6, { r: 9.5 }), goal);
  const goal_name = add("text", { class: "ce-p ce-bold ce-halo", x: 15, y: 5 }, goal);
  const pull_name = add("text", { class: "ce-grad ce-halo ce-mid ce-word" }, all);
  pull_name.textContent = "p − q";
  const paid = add("text", { class: "ce-loss ce-bold", stroke: "var(--ce-ground)", ...halo }, all);
  const title = add("text", { class: "ce-small ce-muted ce-mid" }, all);
  title.textContent = "the same in the logits";
  const corners = names.map((name, k) => {
    const root = add("g", { cursor: "pointer" }, all);
    add("rect", { x: [-80, -10, -150][k], y: -22, width: 160, height: 44, fill: "transparent" }, root);
    const text = add("text", { y: 6, "text-anchor": ["middle", "start", "end"][k] }, root);
    root.addEventListener("click", () => choose(k));
    const name_part = add("tspan", { class: "ce-big" }, text);
    name_part.textContent = name;
    const number = (tone) => add("tspan", { class: `ce-${tone}`, dx: 9 }, text);
    return { root, name: name_part, q: number("q"), pull: number("grad") };
  });

  let [cx, cy, R, view] = [0, 0, 1, 0];
  const unit = () => R / 5; // pixels of a logit
  const knob = handle(fig, {
    parent: all,
    ways,
    drag: (x, y) => {
      const scale = view > 0.5 ? unit() : R;
      const point = [(x - cx) / scale, (y - cy) / scale];
      put(view > 0.5 ? answer_in_plane(point) : answer_in_triangle(point));
    },
  });

  const spot = (z) => {
    const [a, b] = [flat(softmax(z)), flat(z)];
    return [0, 1].map((i) => [cx, cy][i] + mix(R * a[i], unit() * b[i], view));
  };
  const place = (q) => spot(q.map(Math.log));

  // What changes with the target and the view only.
  let [drawn, values] = ["", []];
  function paint_ground({ levels, y, p }) {
    const around = `${line(border().map(spot))}Z`;
    set(floor, { d: around });
    set(edge, { d: around, opacity: 1 - view });
    bands(levels, ({ loss, line: z, back }) => ({ d: `${line([...z, ...back].map(spot))}Z`, fill: ground(loss) }));
    lines(levels, ({ line: z }) => ({ d: line(z.map(spot)) }));
    set(axes, { d: CORNERS.map(([u, v]) => line([[cx, cy], [cx + u * R * 0.94, cy + v * R * 0.94]])).join(""), opacity: view });
    // A value stands where its contour crosses the line from the target to the middle of the far edge.
    const [a, b] = [(y + 1) % 3, (y + 2) % 3];
    const beside = (z) => Math.abs(z[a] - z[b]) + (p[y] < 1 && z[y] > Math.log(p[y]) ? 99 : 0);
    let last = null;
    values = levels
      .map(({ loss, line: z }) => ({ loss, at: spot(z.reduce((one, other) => (beside(other) < beside(one) ? other : one))) }))
      .reverse()
      .filter(({ at }) => (!last || Math.hypot(at[0] - last[0], at[1] - last[1]) > 24) && (last = at));
  }

  return (where, scene) => {
    set(all, { visibility: seen(where.shown) });
    if (!where.shown) return;
    ({ cx, cy, R, view } = where);
    const { p, y, path, loss, lowest, pull: force } = scene;
    const { x, y: top, width, height } = where.box;
    const box = { x, y: top, width, height };
    set(rim, { ...box, opacity: view });
    set(inside, { ...box, viewBox: Object.values(box).join(" ") });
    const key = [scene.key, view, cx, cy, R].join();
    if (key !== drawn) paint_ground(scene);
    drawn = key;

    const q = path.at(-1);
    const here = place(q);
    const reach = flat(force);
    const scale = mix(R, unit(), view);
    const far = Math.hypot(...reach) * scale;
    const tip = here.map((v, i) => v + reach[i] * scale);
    const from = here.map((v, i) => mix(v, tip[i], 10 / far)); // clear of the knob
    set(pull, { d: far > 14 ? arrow(from, tip, 13) : "" });
    const [u, v] = reach.map((part) => (part * scale) / far);
    set(pull_name, { visibility: seen(where.shown && far > 70), x: (here[0] + tip[0]) / 2 + 22 * v, y: (here[1] + tip[1]) / 2 + 5 - 22 * u });
    const way = Array.from({ length: 13 }, (_, i) => place(stepped(q, p, i / 12)));
    set(ahead, { d: far > 14 ? line(way) : "" });
    set(landing, { cx: way[12][0], cy: way[12][1], visibility: seen(far > 14) });

    const walked = path.slice(0, -1).flatMap((answer, i) =>
      [0, 0.2, 0.4, 0.6, 0.8].map((t) => spot(mix(answer.map(Math.log), path[i + 1].map(Math.log), t))),
    );
    set(trail, { d: walked.length ? line([...walked, here]) : "" });
    stops(path.slice(0, -1).map(place), ([cx, cy]) => ({ cx, cy }));

    set(level, { d: loss > lowest + 0.003 ? line(contour(loss, p, y).line.map(spot)) : "" });
    set(goal, { transform: at_point(...place(p.map((v) => Math.max(v, 1e-9)))) });
    goal_name.textContent = p[y] < 0.997 ? `lowest, ${show(lowest, 2)}` : "";
    knob.place(...here, ways.length ? q : []);
    // The price stands on the side that the arrow does not take.
    const left = (reach[0] > 0 || (here[0] > cx && reach[0] > -0.02)) && here[0] > 84;
    set(paid, { x: here[0] + (left ? -16 : 16), y: here[1] + 5, "text-anchor": left ? "end" : "start" });
    paid.textContent = `${show(loss, 2)} nats`;
    const covered = ([a, b]) => Math.abs(b - here[1]) < 17 && a > here[0] - (left ? 95 : 28) && a < here[0] + (left ? 28 : 95);
    numbers(values.filter(({ at }) => !covered(at)), ({ loss: value, at: [a, b] }) => ({
      x: a,
      y: b + 4,
      text: value === 1 ? "1 nat" : String(value),
      stroke: ground(value * 1.1),
    }));
    set(title, { x: cx, y: top + height - 10, opacity: where.title ? view : 0 });
    const middle = q.reduce((sum, one) => sum + Math.log(one), 0) / 3;
    corners.forEach((corner, k) => {
      const side = [0, -24, 24][k];
      const at_x = Math.min(Math.max(cx + CORNERS[k][0] * R + side, x + 6), x + width - 6);
      set(corner.root, { transform: at_point(k ? at_x : cx, cy + CORNERS[k][1] * R + (k ? 24 : -26)) });
      set(corner.name, { class: k === y ? "ce-big ce-p" : "ce-big" });
      corner.q.textContent = view > 0.5 ? `z ${show(Math.log(q[k]) - middle, 1)}` : short(q[k]);
      corner.pull.textContent = Math.abs(force[k]) < 5e-4 ? "" : `${force[k] < 0 ? "▾" : "▴"} ${short(Math.abs(force[k]))}`;
    });
  };
}
