// What every figure shares: its frame, controls, read-out, data table, reset, and when to repaint.

import { clip, show, svg } from "./chart.js";

export function html(tag, properties = {}, ...children) {
  const { dataset, aria, role, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, dataset);
  if (role) node.setAttribute("role", role); // not every document knows it as a property
  for (const [name, value] of Object.entries(aria ?? {})) node.setAttribute(`aria-${name}`, value);
  node.append(...children);
  return node;
}

// A labelled range input with its value beside it. `text` says the value as a reader would.
export function slider({ label, min, max, step, text, input }) {
  const range = html("input", { type: "range", min, max, step, aria: { label } });
  const value = html("span", { className: "ce-value", aria: { hidden: "true" } });
  range.addEventListener("input", () => input(Number(range.value)));
  const root = html(
    "label",
    { className: "ce-slider" },
    html("span", { aria: { hidden: "true" } }, label),
    range,
    value,
  );
  return {
    root,
    range,
    update(v) {
      range.value = v;
      value.textContent = text(v);
      range.setAttribute("aria-valuetext", text(v));
    },
  };
}

// The temperature of a softmax, from 0.1 to 10 on a logarithmic scale.
export function temperature(input) {
  const knob = slider({
    label: "temperature T",
    min: -1,
    max: 1,
    step: 0.01,
    text: (v) => show(10 ** v, v < 0 ? 3 : 2), // each step of the slider reads differently
    input: (v) => input(temperature_at(v)),
  });
  return { root: knob.root, update: (T) => knob.update(Math.log10(T)) };
}

export const temperature_at = (v) => Number((10 ** clip(v, -1, 1)).toPrecision(3));

// One of a few: radio buttons in a row, the arrow keys move between them.
export function choice({ label, options, input }) {
  const name = `ce-${Math.random().toString(36).slice(2)}`; // groups these buttons and no others
  const buttons = options.map(([value, text]) => {
    const radio = html("input", { type: "radio", name, value });
    radio.addEventListener("change", () => input(value));
    return html("label", {}, radio, html("span", {}, text));
  });
  const root = html(
    "fieldset",
    { className: "ce-choice" },
    html("legend", {}, label),
    ...buttons,
  );
  return {
    root,
    update(v) {
      buttons.forEach((b, i) => (b.firstChild.checked = options[i][0] === v));
    },
  };
}

export const button = (label, click) => {
  const node = html("button", { type: "button", className: "ce-button" }, label);
  node.addEventListener("click", click);
  return node;
};

// A button that shows a sign, and whose name is read out.
const SIGNS = {
  reset: "M4 10a6.5 6.5 0 1 1 2 4.7M4 5v5h5",
  link: "M8.5 11.5l3-3M7 9L4.8 11.2a3 3 0 0 0 4 4L11 13M9 7l2.2-2.2a3 3 0 0 1 4 4L13 11",
};
export function iconButton(sign, label, click) {
  const picture = svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: SIGNS[sign] }));
  const name = html("span", {}, label);
  const node = html("button", { type: "button", className: "ce-icon", title: label }, name);
  node.prepend(picture);
  node.addEventListener("click", click);
  return node;
}

// A chart with what is said beneath it.
export const box = (chart, ...below) => html("div", { className: "ce-chart-box" }, chart.root, ...below);

// What the marks of a chart mean: [[class of the sign, or "", text], …].
export const legend = (...items) =>
  html(
    "p",
    { className: "ce-legend", aria: { hidden: "true" } },
    ...items.map(([look, text]) => html("span", {}, ...(look ? [html("span", { className: look })] : []), text)),
  );

// In a notebook a sentence follows the figure as an output of its own, for when its kernel is gone: a
// style within the figure hides it, for as long as the figure is there.
export function hideSpare(model) {
  const name = model.get("spare"); // a page of the book has none
  return name ? [html("style", {}, `[data-spare="${name}"] { display: none }`)] : [];
}

export const tableOf = ({ head, rows }) =>
  html(
    "table",
    {},
    html("thead", {}, html("tr", {}, ...head.map((h) => html("th", { scope: "col" }, h)))),
    html(
      "tbody",
      {},
      ...rows.map(([first, ...rest]) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, first),
          ...rest.map((v) => html("td", {}, typeof v === "number" ? show(v, 4) : v)),
        ),
      ),
    ),
  );

// The frame of a figure. The figure appends to `charts` and `controls`, and hands over
//   keys    the traits that make up its state
//   paint   () → { values: [[name, text], …], sentence, table: () → {head, rows}, or a list of
//           them }, the only place where the DOM of the figure changes
// `write` sets traits and saves them; `start` paints and returns the clean-up.
export function frame({ model, el, label, keys }) {
  const charts = html("div", { className: "ce-charts", role: "img" });
  const controls = html("div", { className: "ce-controls" });
  const values = html("dl", { className: "ce-values" });
  const live = html("p", { className: "ce-live", role: "status", aria: { live: "polite" } });
  const tables = html("div", { tabIndex: 0, role: "group", ariaLabel: `Data table: ${label}` });
  const details = html(
    "details",
    { className: "ce-table" },
    html("summary", {}, "Data table"),
    tables,
  );
  const reset = iconButton("reset", "Reset", () => write(model.get("initial")));
  const buttons = html("div", { className: "ce-buttons" }, reset);
  const root = html(
    "div",
    { className: "ce", role: "group", aria: { label } },
    charts,
    values,
    controls,
    buttons,
    details,
    live,
    ...hideSpare(model),
  );

  function write(state) {
    for (const [key, value] of Object.entries(state)) model.set(key, value);
    model.save_changes();
  }

  function start(paint, drawn) {
    let frameId = 0;
    let timer = 0;
    let cells = [];
    let said = null; // the last that was read out; of the first paint nothing is
    function now() {
      frameId = 0;
      const result = paint();
      if (cells.length !== result.values.length) {
        cells = result.values.map(() => [html("dt"), html("dd")]);
        values.replaceChildren(...cells.map((pair) => html("div", {}, ...pair)));
      }
      result.values.forEach((texts, i) => texts.forEach((text, k) => (cells[i][k].textContent = text)));
      if (details.open) tables.replaceChildren(...[result.table()].flat().map(tableOf));
      charts.setAttribute("aria-label", result.sentence);
      said ??= result.sentence;
      clearTimeout(timer);
      if (said !== result.sentence) timer = setTimeout(say, 400, result.sentence); // once settled
    }
    const say = (sentence) => (live.textContent = said = sentence);
    const later = () => (frameId ||= requestAnimationFrame(now));
    details.addEventListener("toggle", later);
    for (const key of keys) model.on(`change:${key}`, later);
    const observer = new ResizeObserver(() => {
      if (drawn.map((c) => c.resize(c.root.parentElement.clientWidth)).some(Boolean)) now();
    });
    for (const c of drawn) observer.observe(c.root.parentElement);
    el.append(root);
    drawn.forEach((c) => c.resize(c.root.parentElement.clientWidth));
    now();
    return () => {
      cancelAnimationFrame(frameId);
      clearTimeout(timer);
      observer.disconnect();
      for (const key of keys) model.off(`change:${key}`, later);
      root.remove();
    };
  }

  return { root, charts, controls, buttons, write, start };
}

// Follows one finger or mouse from press to release: `move` gets the pixel within `node`. With
// `start`, which says whether a pixel is one to hold on to, the page scrolls under no finger that
// does; without it the page scrolls up and down, if the node's touch-action is pan-y.
export function drag(node, { start, move }) {
  let held = null;
  const at = (event) => {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || held !== null) return;
    if (start && !start(...at(event))) return;
    held = event.pointerId;
    node.setPointerCapture(held);
    event.preventDefault();
    move(...at(event));
  });
  if (start) { // touch-action would hold the axes as well
    node.addEventListener("touchstart", (event) => held !== null && event.preventDefault(), { passive: false });
  }
  node.addEventListener("pointermove", (event) => {
    if (event.pointerId === held) move(...at(event));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, (event) => {
      if (event.pointerId === held) held = null;
    });
  }
}
