// Drag a forecast along a line; above it stands the price of a dry day, below it that of rain.

import { binary_cross_entropy, to_bits } from "../kit/ce_math.js";
import { clip, set, svg } from "../kit/chart.js";
import { handle, line, stage } from "../kit/stage.js";

const MOST = 7; // bits that the picture shows
const POINTS = 400;

export const valid = { percent: (v) => v >= 0 && v <= 100 };

const price = (q, rain) => to_bits(binary_cross_entropy(q, rain));
const bits = (v) => (v === Infinity ? "∞" : v.toFixed(2));

function build(fig) {
  const mark = (tag, attributes) => fig.picture.appendChild(svg(tag, attributes));
  const field = mark("svg", {}); // cuts off what is dearer
  const areas = [0, 1].map(() => field.appendChild(svg("path", { class: "ce-loss ce-tinted" })));
  const edges = [0, 1].map(() => field.appendChild(svg("path", { class: "ce-loss ce-drawn", "stroke-width": 1.5 })));
  const axis = mark("path", { class: "ce-drawn", "stroke-width": 1 });
  const bars = [0, 1].map(() => mark("line", { class: "ce-loss ce-drawn", "stroke-width": 5, "stroke-linecap": "round" }));
  const labels = ["If it stays dry, you pay", "If it rains, you pay"].map((text) => {
    const node = mark("text", { class: "ce-muted" });
    node.textContent = text;
    return node;
  });
  const prices = [0, 1].map(() => mark("text", { class: "ce-loss ce-big" }));
  const ends = ["surely dry", "50 %", "surely rain"].map((text) => {
    const node = mark("text", { class: "ce-small ce-muted" });
    node.textContent = text;
    return node;
  });
  let [middle, unit] = [0, 0];
  const knob = handle(fig, {
    look: "q",
    radius: 13,
    ways: [
      {
        label: "chance of rain",
        min: 0,
        max: 100,
        step: 1,
        text: (v) => `${Math.round(v)} percent`,
        input: (percent) => fig.write({ percent }),
      },
    ],
    drag: (x) => fig.write({ percent: clip(Math.round((100 * x) / fig.width), 0, 100) }),
  });

  function layout(width, narrow) {
    unit = narrow ? 19 : 30;
    middle = (narrow ? 66 : 44) + MOST * unit;
    const height = middle + MOST * unit;
    set(field, { width, height, viewBox: `0 0 ${width} ${height}` });
    [-1, 1].forEach((way, rain) => {
      const Y = (q) => middle + way * unit * Math.min(MOST + 2, price(q, rain));
      const points = Array.from({ length: POINTS + 1 }, (_, k) => [(k / POINTS) * width, Y(k / POINTS)]);
      set(edges[rain], { d: line(points) });
      set(areas[rain], { d: `M0 ${middle}L${line(points).slice(1)}L${width} ${middle}Z` });
    });
    set(axis, { d: `M0 ${middle}H${width}M${width / 2} ${middle - 5}v10` });
    set(ends[0], { x: 0, y: middle - 10 });
    set(ends[1], { x: width / 2, y: middle + 19, "text-anchor": "middle" });
    set(ends[2], { x: width, y: middle + 20, "text-anchor": "end" });
    return height;
  }

  function draw({ percent }) {
    const [q, W] = [percent / 100, fig.width];
    const x = q * W;
    const paid = [price(q, 0), price(q, 1)];
    paid.forEach((cost, rain) => {
      const way = rain ? 1 : -1;
      const tip = middle + way * unit * Math.min(MOST, cost);
      set(bars[rain], { x1: x, x2: x, y1: middle, y2: tip });
      const far = clip(unit * cost + 12, 34, MOST * unit - 50);
      const before = rain ? x > W - 190 : x > 190; // the words stand left of the bar
      const aside = cost > 4.5 ? 0.045 * W + 8 : 8;
      const place = { x: before ? x - aside : x + aside, "text-anchor": before ? "end" : "start" };
      set(labels[rain], { ...place, y: middle + way * far + (rain ? 14 : -30) });
      set(prices[rain], { ...place, y: middle + way * far + (rain ? 42 : -4) });
      prices[rain].textContent = `${bits(cost)} bits`;
    });
    [q > 0.15, q < 0.25 || q > 0.65, q < 0.75].forEach((free, i) => set(ends[i], { visibility: free ? "visible" : "hidden" }));
    knob.place(x, middle, [percent]);
    const [cheap, dear] = paid.toSorted((a, b) => a - b);
    const forecast = `<b class="q">${Math.round(percent)} % rain</b>`;
    if (dear === Infinity) return `${forecast}: you are certain, and one mistake costs without end.`;
    const times = Math.round(dear / cheap);
    if (times < 2) return `${forecast}: you do not know, and pay about a bit either way.`;
    return `${forecast}: one mistake costs as much as <b class="loss">${times}</b> right answers.`;
  }

  const table = ({ percent }) => ({
    head: ["if", "forecast", "price (bits)"],
    rows: [
      ["it stays dry", `${Math.round(100 - percent)} %`, price(percent / 100, 0)],
      ["it rains", `${Math.round(percent)} %`, price(percent / 100, 1)],
    ],
  });
  return { layout, draw, table };
}

function render({ model, el }) {
  return stage({ model, el, label: "The price of a forecast", keys: ["percent"], build });
}

export default { render };
