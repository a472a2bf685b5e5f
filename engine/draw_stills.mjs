// Draws the still of each figure: the first drawing that its own code makes, without what only a
// script can work. Reads [{figure, state, widths}, …] and writes ["<div class=\"ce ce-still\" …>", …].

import { text } from "node:stream/consumers";
import { parseHTML } from "linkedom/worker"; // it is in one file

const SCREENS = ["wide", "mid", "narrow"]; // a laptop, a tablet, a phone: content.css shows one
const WORKED = "input, :is(.ce-controls, .ce-buttons, .ce-table, .ce-foot), :is(.ce-controls, .ce-buttons, .ce-table) *";
const SPOKEN = /^(class|type|min|max)$/; // what a control needs to be as high as it will be
const PLACE = /^(d|r|[xy][12]?|c[xy]|width|height|viewBox|transform)$/; // a tenth of a pixel is enough

const { document, Element } = parseHTML("<html><body></body></html>");
class Idle {
  observe() {}
  disconnect() {}
}
Object.assign(globalThis, {
  document,
  location: { search: "" },
  IntersectionObserver: Idle,
  ResizeObserver: Idle,
  requestAnimationFrame() {},
});

// The width of a chart's box, by the grid of .ce-charts in figure.css.
let room = 0;
Object.defineProperty(Element.prototype, "clientWidth", {
  get() {
    const charts = this.parentElement;
    const [least, gap] = [charts.classList.contains("ce-three") ? 200 : 280, 12];
    const columns = Math.min(charts.children.length, Math.floor((room + gap) / (least + gap)));
    return (room - gap * (columns - 1)) / columns;
  },
});

const { start } = await import("../ce_lib/widgets/kit/host.js");

async function drawn({ figure, state }, width) {
  room = width;
  const el = document.createElement("div");
  Object.assign(el.dataset, { figure, state });
  await start(el, "", { still: true });
  return el.querySelector(".ce");
}

const sizeOf = (charts) => ["width", "height"].map((side) => Number(charts.querySelector(".ce-chart").getAttribute(side)));

// Whether one drawing, made as wide as the other, may stand for it.
function alike(one, other) {
  const [[w, h], [width, height]] = [one, other].map(sizeOf);
  return Math.abs(w - width) <= width / 5 && Math.abs((h * width) / w - height) <= 1;
}

// A drawing for each screen, or one for several where it is about as wide, and as high.
async function still(one) {
  const root = await drawn(one, one.widths[0]);
  let last = root.querySelector(".ce-charts");
  if (last) {
    last.classList.add("ce-fit", "ce-fit-wide");
    for (const [i, width] of one.widths.slice(1).entries()) {
      const next = (await drawn(one, width)).querySelector(".ce-charts");
      if (!alike(last, next)) {
        next.classList.add("ce-fit");
        last.after(next);
        last = next;
      }
      last.classList.add(`ce-fit-${SCREENS[i + 1]}`);
    }
  }
  root.querySelectorAll("[hidden], .ce-live, .ce-table > div").forEach((node) => node.remove());
  for (const node of root.querySelectorAll(WORKED)) {
    for (const { name } of [...node.attributes]) if (!SPOKEN.test(name)) node.removeAttribute(name);
  }
  root.classList.add("ce-still");
  for (const node of root.querySelectorAll("svg, svg *")) {
    for (const { name, value } of [...node.attributes]) {
      if (PLACE.test(name)) node.setAttribute(name, value.replace(/-?\d+\.\d+/g, (v) => +Number(v).toFixed(1)));
    }
  }
  return root.outerHTML;
}

const stills = [];
for (const one of JSON.parse(await text(process.stdin))) stills.push(await still(one));
process.stdout.write(JSON.stringify(stills));
