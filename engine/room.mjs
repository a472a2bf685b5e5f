// The room that each figure of a page will take: what it draws at first, stripped of all that
// takes no room. Reads [{figure, state}, …] and writes ["<div …>…</div>", …].

import { text } from "node:stream/consumers";
import { parseHTML } from "linkedom/worker"; // it is in one file

const { document, Element, HTMLCanvasElement } = parseHTML("<html><body></body></html>");
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
Element.prototype.clientWidth = 320;
HTMLCanvasElement.prototype.getContext = () => ({ createImageData: (w, h) => ({ data: new Uint8ClampedArray(4 * w * h) }), putImageData() {} });
HTMLCanvasElement.prototype.toDataURL = () => "";

const { start } = await import("../ce_lib/widgets/kit/host.js");
const KEPT = ["class", "type", "height"];

async function room({ figure, state }) {
  const el = document.createElement("div");
  Object.assign(el.dataset, { figure, state });
  await start(el, "");
  const live = el.lastElementChild;
  live.querySelectorAll("[hidden], .ce-live, summary ~ *").forEach((node) => node.remove());
  live.querySelectorAll("svg").forEach((node) => node.replaceChildren());
  for (const node of live.querySelectorAll("*")) {
    for (const { name } of [...node.attributes]) {
      if (!KEPT.includes(name)) node.removeAttribute(name);
    }
  }
  live.className = "ce-room";
  live.setAttribute("aria-hidden", "true");
  return live.outerHTML;
}

const rooms = [];
for (const one of JSON.parse(await text(process.stdin))) rooms.push(await room(one));
process.stdout.write(JSON.stringify(rooms));
