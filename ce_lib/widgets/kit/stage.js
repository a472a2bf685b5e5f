// The frame of a figure that explains: one picture, above it one sentence that changes with it, a
// quiet row of controls below, and the rest behind "More".

import { clip, set, svg } from "./chart.js";
import { hideSpare, html, iconButton, tableOf } from "./frame.js";

const GLIDE = 700; // milliseconds of a motion
const NARROW = 600; // pixels of a picture on a phone
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// `keys` are the traits that make up the state. `build(fig)` makes the parts, once, and returns
//   layout  (width, narrow) → the height of the picture; called before the first paint
//   draw    (state) → the sentence; it alone changes the picture. <b class="p">…</b> (or q, loss,
//           grad) colours a word, <i>…</i> sets it in italics
//   table   (state) → {head, rows}, or a list of them, for the data table
//   glides  {trait: (from, to, t) → what is between}, for traits that need more than a straight
//           way; null for one that jumps. Other numbers, and lists of numbers, glide.
// `fig.write(traits)` moves there at once, as a hand does; fig.glide(traits) moves there in sight.
// What comes from elsewhere (a link of the text, the kernel) glides.
export function stage({ model, el, label, keys, build }) {
  const says = html("p", { className: "ce-says" });
  const picture = svg("svg", { class: "ce-chart", "aria-hidden": "true" });
  const room = html("div", { className: "ce-chart-box" }, says, picture);
  const charts = html("div", { className: "ce-charts", role: "img" }, room);
  const hands = html("div", { className: "ce-hands" });
  const controls = html("div", { className: "ce-controls" });
  const more = html("div", { className: "ce-more", hidden: true });
  const tables = html("div", { className: "ce-tables", tabIndex: 0, role: "group", ariaLabel: `Data table: ${label}` });
  const live = html("p", { className: "ce-live", role: "status", aria: { live: "polite" } });
  const opener = html("button", { type: "button", className: "ce-quiet", aria: { expanded: "false" } }, "More");
  const reset = iconButton("reset", "Reset", () => write(model.get("initial")));
  const buttons = html("div", { className: "ce-buttons" }, opener, reset);
  const bar = html("div", { className: "ce-foot" }, controls, buttons);
  const root = html(
    "div",
    { className: "ce ce-stage", role: "group", aria: { label } },
    charts,
    hands,
    bar,
    more,
    live,
    ...hideSpare(model),
  );

  let goal = read();
  let shown = { ...goal };
  let direct = true; // the next change is of a hand
  let [frame, motion, timer] = [0, 0, 0];
  let said = null; // what was read out last; of the first paint nothing is
  let text = ""; // the sentence that stands there
  const fig = { model, el, root, picture, hands, controls, more, width: 0, narrow: false, write, glide, state: () => goal };

  function read() {
    return Object.fromEntries(keys.map((key) => [key, model.get(key)]));
  }
  function write(traits) {
    direct = true;
    for (const [key, value] of Object.entries(traits)) model.set(key, value);
    model.save_changes();
    later();
  }
  function glide(traits) {
    write(traits);
    direct = false;
  }

  // ---- from the model to the picture --------------------------------------------------------
  function later() {
    frame ||= requestAnimationFrame(arrive);
  }
  function arrive() {
    frame = 0;
    goal = read();
    cancelAnimationFrame(motion);
    const moving = direct || calm() ? [] : keys.filter((key) => glides(shown[key], goal[key], key));
    direct = false;
    if (moving.length) return move(moving);
    shown = { ...goal };
    paint();
  }
  const numbers = (v) => typeof v === "number" || (Array.isArray(v) && v.every(Number.isFinite));
  function glides(from, to, key) {
    const way = parts.glides?.[key];
    if (way === null || JSON.stringify(from) === JSON.stringify(to)) return false;
    return Boolean(way) || (numbers(from) && numbers(to) && from.length === to.length);
  }
  function move(moving) {
    const from = { ...shown };
    shown = { ...goal };
    let began = null;
    const step = (now) => {
      began ??= now;
      const t = clip((now - began) / GLIDE, 0, 1);
      for (const key of moving) {
        const way = parts.glides?.[key] ?? mix;
        shown[key] = t === 1 ? goal[key] : way(from[key], goal[key], ease(t));
      }
      if (t < 1) motion = requestAnimationFrame(step);
      paint();
    };
    step(performance.now());
  }

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const sentence = parts.draw(shown);
    if (sentence !== text) says.replaceChildren(...marked((text = sentence)));
    const plain = says.textContent;
    charts.setAttribute("aria-label", plain);
    said ??= plain;
    clearTimeout(timer);
    timer = setTimeout(settle, 400); // once the hand rests
  }
  function settle() {
    const plain = says.textContent;
    if (said !== plain) live.textContent = said = plain;
    if (!more.hidden) fill();
  }
  const fill = () => tables.replaceChildren(...[parts.table(goal)].flat().map(tableOf));
  function resize() {
    const width = room.clientWidth;
    if (width < 1 || width === fig.width) return;
    [fig.width, fig.narrow] = [width, width < NARROW];
    const height = parts.layout(width, fig.narrow);
    set(picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    paint();
  }

  opener.addEventListener("click", () => {
    more.hidden = !more.hidden;
    opener.setAttribute("aria-expanded", String(!more.hidden));
    if (!more.hidden) fill();
  });
  const parts = build(fig);
  more.append(tables);
  for (const key of keys) model.on(`change:${key}`, later);
  const observer = new ResizeObserver(resize);
  observer.observe(room);
  el.append(root);
  resize();
  later(); // what a link of another page asks for stands there at once
  return () => {
    for (const id of [frame, motion]) cancelAnimationFrame(id);
    clearTimeout(timer);
    observer.disconnect();
    for (const key of keys) model.off(`change:${key}`, later);
    parts.close?.();
    root.remove();
  };
}

// A knob in the picture, for fingers and for keys. `ways` has one entry for each way that it can go,
//   {label, min, max, step, text: (value) → words, input: (value) → …}:
// a slider each, which is not seen; the knob shows that it has the focus. `drag(x, y)` gets the
// pixel. `place(x, y, values)` puts the knob there.
export function handle(fig, { look = "q", radius = 9, ways, drag, parent = fig.picture }) {
  const knob = svg(
    "g",
    { class: `ce-handle ce-${look}` },
    svg("circle", { class: "ce-hit", r: 22 }),
    svg("circle", { class: "ce-ring", r: radius + 5 }),
    svg("circle", { class: "ce-knob", r: radius }),
  );
  parent.append(knob);
  const sliders = ways.map(({ label, min, max, step, input }) => {
    const range = html("input", { type: "range", min, max, step, aria: { label } });
    range.addEventListener("input", () => input(Number(range.value)));
    range.addEventListener("focus", () => knob.classList.add("ce-focus"));
    range.addEventListener("blur", () => knob.classList.remove("ce-focus"));
    fig.hands.append(range);
    return range;
  });
  let [held, grip, here] = [null, [0, 0], [0, 0]];
  const at = (event) => {
    const box = fig.picture.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  knob.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || held !== null) return;
    held = event.pointerId;
    knob.setPointerCapture(held);
    event.preventDefault();
    grip = at(event).map((v, i) => v - here[i]); // the knob stays where the finger took it
  });
  knob.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // no scrolling
  knob.addEventListener("pointermove", (event) => {
    if (event.pointerId === held) drag(...at(event).map((v, i) => v - grip[i]));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    knob.addEventListener(end, (event) => {
      if (event.pointerId === held) held = null;
    });
  }
  return {
    root: knob,
    place(x, y, values) {
      here = [x, y];
      set(knob, { transform: at_point(x, y) });
      values.forEach((value, i) => {
        sliders[i].value = value;
        sliders[i].setAttribute("aria-valuetext", ways[i].text(value));
      });
    },
  };
}

// As many marks as there are items, each kept while it is needed.
export function marks(parent, tag, fixed = {}) {
  const nodes = [];
  const group = svg("g");
  parent.append(group);
  return (items, attributes) => {
    items.forEach((item, i) => {
      if (!nodes[i]) group.append((nodes[i] = svg(tag, fixed)));
      const { text, ...rest } = attributes(item, i);
      set(nodes[i], { visibility: "visible", ...rest });
      if (text !== undefined && nodes[i].textContent !== text) nodes[i].textContent = text;
    });
    for (const node of nodes.splice(items.length)) node.remove();
  };
}

// A shaft with an open head, which shrinks with it.
export function arrow([x1, y1], [x2, y2], head = 10) {
  const far = Math.hypot(x2 - x1, y2 - y1);
  if (far < 0.5) return "";
  const size = Math.min(head, far / 2);
  const [u, v] = [((x2 - x1) / far) * size, ((y2 - y1) / far) * size];
  const wing = (side) => `M${x2 - u - (side * v) / 2} ${y2 - v + (side * u) / 2}L${x2} ${y2}`;
  return `${line([[x1, y1], [x2, y2]])}${wing(1)}${wing(-1)}`;
}

export const line = (points) => (points.length ? `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}` : "");
export const at_point = (x, y) => `translate(${x.toFixed(1)} ${y.toFixed(1)})`;

export const mix = (a, b, t) =>
  Array.isArray(a) ? a.map((v, i) => mix(v, b[i], t)) : a + (b - a) * t;
const ease = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

// A number as a person says it: `digits` that count, a true minus.
export function short(value, digits = 2) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "undefined";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e-4 && size < 1e6) return sign + String(Number(size.toPrecision(digits)));
  const [m, e] = size.toExponential(digits - 1).split("e");
  return `${sign}${m} × 10${[...String(Number(e))].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("")}`;
}

// The same numbers on every machine (mulberry32).
export function seeded(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  next.normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return next;
}

// The nodes of a sentence with <b class="…"> and <i>; nothing else of it is read as markup.
function marked(sentence) {
  return sentence.split(/(<b(?: class="\w+")?>.*?<\/b>|<i>.*?<\/i>)/).map((part) => {
    const bold = part.match(/^<b(?: class="(\w+)")?>(.*)<\/b>$/);
    if (bold) return html("b", { className: bold[1] ? `ce-${bold[1]}` : "" }, bold[2]);
    const italic = part.match(/^<i>(.*)<\/i>$/);
    return italic ? html("i", {}, italic[1]) : part;
  });
}
