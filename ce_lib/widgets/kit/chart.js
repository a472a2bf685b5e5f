// A small chart: SVG axes in the text's colour, as wide as its box, redrawn in place.
// Elements are kept and updated, never replaced, so that a finger can hold on to one.

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  set(node, attributes);
  node.append(...children);
  return node;
}

export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export const clip = (v, low, high) => Math.min(high, Math.max(low, v));

// An axis of names, each in the middle of its place.
export const categories = (names, label = "") => ({
  domain: [-0.5, names.length - 0.5],
  ticks: names.map((_, k) => k),
  format: (k) => names[k],
  label,
});

// About `count` round values from a to b: steps of 1, 2 or 5 times a power of ten.
export function ticks(a, b, count) {
  const raw = (b - a) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= raw * 0.999);
  const first = Math.ceil(a / step - 1e-9);
  const last = Math.floor(b / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

// A number as a reader writes it: a true minus, no noise in the last digits, ∞ for infinity.
export function show(value, digits = 3) {
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  if (Number.isNaN(value)) return "undefined";
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 10 ** -digits || size >= 1e6)
      ? value.toExponential(2).replace(/e\+?(-?\d+)$/, (_, e) => `·10${superscript(e)}`)
      : value.toFixed(digits);
  return text.replace("-", "−");
}

const superscript = (e) => e.replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));

// A pair of axes. `x` and `y` are {domain, label, ticks?: [values], format?}; change and layout()
// to move them. `layers` is where the figure puts its marks; X and Y map a value to its pixel,
// and unX, unY back.
export function chart({ x, y, height = 230, left = 46, bottom = 40, name }) {
  const top = 12;
  const right = 10;
  let width = 320;
  const axes = svg("g", { class: "ce-axes" });
  const layers = svg("svg"); // an inner svg clips to its box, without an id
  const root = svg("svg", { class: "ce-chart", "aria-hidden": "true", "data-chart": name }, axes, layers);
  const X = (v) => left + ((v - x.domain[0]) / (x.domain[1] - x.domain[0])) * (width - left - right);
  const Y = (v) =>
    height - bottom - ((v - y.domain[0]) / (y.domain[1] - y.domain[0])) * (height - top - bottom);
  const unX = (px) => x.domain[0] + ((px - left) / (width - left - right)) * (x.domain[1] - x.domain[0]);
  const unY = (px) =>
    y.domain[0] + ((height - bottom - px) / (height - top - bottom)) * (y.domain[1] - y.domain[0]);

  const label = (attributes, text) => svg("text", attributes, String(text));
  function layout() {
    set(root, { width, height, viewBox: `0 0 ${width} ${height}` });
    // a little more than the axes, so that a line or a dot at an edge is whole
    const box = [left - 8, top - 8, width - left - right + 16, height - top - bottom + 16];
    set(layers, { x: box[0], y: box[1], width: box[2], height: box[3], viewBox: box.join(" ") });
    const marks = [];
    for (const v of x.ticks ?? ticks(...x.domain, width < 260 ? 4 : 5)) {
      marks.push(svg("line", { x1: X(v), x2: X(v), y1: height - bottom, y2: height - bottom + 4 }));
      marks.push(
        label({ x: X(v), y: height - bottom + 18, "text-anchor": "middle" }, (x.format ?? tidy)(v)),
      );
    }
    for (const v of y.ticks ?? ticks(...y.domain, 5)) {
      marks.push(svg("line", { x1: left, x2: width - right, y1: Y(v), y2: Y(v), class: "ce-grid" }));
      marks.push(label({ x: left - 6, y: Y(v) + 3, "text-anchor": "end" }, (y.format ?? tidy)(v)));
    }
    const base = height - bottom;
    marks.push(svg("line", { x1: left, x2: width - right, y1: base, y2: base }));
    const middle = (left + width - right) / 2;
    marks.push(label({ x: middle, y: height - 6, "text-anchor": "middle", class: "ce-label" }, x.label));
    marks.push(
      label(
        {
          transform: `translate(12 ${(top + height - bottom) / 2}) rotate(-90)`,
          "text-anchor": "middle",
          class: "ce-label",
        },
        y.label,
      ),
    );
    axes.replaceChildren(...marks);
  }
  const resize = (px) => {
    if (px < 1 || Math.abs(px - width) < 1) return false;
    width = px;
    layout();
    return true;
  };
  layout();
  return { root, layers, x, y, X, Y, unX, unY, layout, resize };
}

const tidy = (v) => show(v, 6).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

// "M… L…" through the points whose y is finite.
export function path(chart, points) {
  let open = false;
  let d = "";
  for (const [vx, vy] of points) {
    if (!Number.isFinite(vy)) {
      open = false;
      continue;
    }
    d += `${open ? "L" : "M"}${chart.X(vx).toFixed(1)} ${chart.Y(vy).toFixed(1)}`;
    open = true;
  }
  return d;
}
