// What the picture of the telegraph is drawn with: weathers, houses, clicks.

import { svg } from "../kit/chart.js";

export const pen = (width, colour = "var(--ce-ink)") => ({
  fill: "none",
  stroke: colour,
  "stroke-width": width,
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
});
const solid = (width, colour) => ({ ...pen(width, colour), fill: "var(--ce-ground)" });

const CLOUD = "M-9.5 7h18a6 6 0 0 0 1.2-11.9A8.5 8.5 0 0 0-6.3-6 6.7 6.7 0 0 0-9.5 7z";
const RAYS = Array.from({ length: 8 }, (_, i) => {
  const [c, s] = [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)];
  return `M${(9.5 * c).toFixed(1)} ${(9.5 * s).toFixed(1)}L${(13 * c).toFixed(1)} ${(13 * s).toFixed(1)}`;
}).join("");
const BELOW = { rain: "M-6 3l-2.5 6M0 3l-2.5 6M6 3l-2.5 6", storm: "M1.5 0l-4.5 6h5l-3 6.500" };

// The sign of a weather, about 26 pixels wide; nothing for another word.
export function weather(word) {
  const path = (d, look) => svg("path", { d, ...look });
  if (word === "clear") return svg("g", {}, svg("circle", { r: 6, ...pen(1.5) }), path(RAYS, pen(1.5)));
  if (word === "cloud") return svg("g", {}, path(CLOUD, solid(1.5)));
  const cloud = path(CLOUD, { ...solid(1.5), transform: "translate(0 -5)" });
  return BELOW[word] ? svg("g", {}, cloud, path(BELOW[word], pen(1.5))) : svg("g");
}

// Houses stand on the point (0, 0).
const HUT = "M-13 0V-14L0-24 13-14V0ZM-4 0V-9H4V0";
const OFFICE = "M-17 0V-22H17V0ZM-21-22H21L14-31H-14ZM-10 0V-8H-3V0M4-15H11V-9H4Z";
export const hut = () => svg("path", { d: HUT, ...solid(1.5) });
export const office = () => svg("path", { d: OFFICE, ...solid(1.5) });

// Clicks are drawn by two paths: whole ones by a thick line, parts of one by an outline.
export const clicks_look = { whole: pen(5, "var(--ce-q)"), part: pen(1.5, "var(--ce-q)") };
const HALF = 3.5; // pixels from the middle of a long click to the middle of its round end
const ROUND = 1.9; // radius of the outline

export const click = (x, y, long, slope = 0, half = HALF) =>
  long
    ? `M${n(x - half)} ${n(y - slope)}L${n(x + half)} ${n(y + slope)}`
    : `M${n(x)} ${n(y)}h.01`;

export function part_of_click(x, y, long) {
  const half = long ? HALF : 0.01;
  const end = (side) => `a${ROUND} ${ROUND} 0 0 1 0 ${side * 2 * ROUND}`;
  return `M${n(x + half)} ${n(y - ROUND)}${end(1)}h${-2 * half}${end(-1)}z`;
}

// A code word whose last click is a part of one if `length` says so: [whole, part].
export function row(code, length, x, y, gap) {
  const middle = (code.length - 1) / 2;
  const at = code.map((long, j) => [x + (j - middle) * gap, y, long, j]);
  const parted = ([, , , j]) => j + 1 > length + 1e-3;
  const draw = (shape, some) => some.map(([cx, cy, long]) => shape(cx, cy, long)).join("");
  return [draw(click, at.filter((one) => !parted(one))), draw(part_of_click, at.filter(parted))];
}

const n = (v) => v.toFixed(1);
