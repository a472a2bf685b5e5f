// What the figure says and what its data tables hold.

import { HUMPS, divergence, excess, log_bell, log_p } from "./humps.js";

export function sentence({ q: [centre, width], way, bill: { wasted, saved, net } }) {
  const [P, Q] = ['<b class="p">p</b>', '<b class="q">q</b>'];
  const loss = (v) => `<b class="loss">${v.toFixed(2)}</b>`;
  const bill = `${loss(wasted)} bits wasted, <b class="grad">${saved.toFixed(2)}</b> saved: ${loss(net)} net.`;
  const on = HUMPS.findIndex((h) => Math.abs(centre - h.centre) < 0.35 && width < 0.9);
  const wide = width > 1.55 && Math.abs(centre) < 0.8;
  if (way === "pq") {
    if (wide) return `${Q} covers both humps, and claims the valley too: forward KL fears missing what happens. ${bill}`;
    if (on >= 0) return `${Math.round(100 * (1 - HUMPS[on].share))} % of what happens lies where ${Q} says “never”, and forward KL fears nothing more. ${bill}`;
    return `${Q} pays wherever ${P} happens and it had said too little. ${bill}`;
  }
  if (on >= 0) return `${Q} keeps to one hump, and says nothing false: reverse KL fears claiming what does not happen. ${bill}`;
  if (wide || Math.abs(centre) < 1) return `${Q} claims the valley, where next to nothing happens: that is what reverse KL fears. ${bill}`;
  return `${Q} pays wherever it claims more than ${P} gives. ${bill}`;
}

export function tables({ q, way }) {
  const both = ["pq", "qp"].map((one) => divergence(q, one));
  const row = (name, key) => [name, ...both.map((bill) => `${bill[key].toFixed(3)} bits`)];
  const where = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
  return [
    {
      head: [`q: centre ${q[0].toFixed(2)}, width ${q[1].toFixed(2)}`, "KL(p‖q)", "KL(q‖p)"],
      rows: [row("wasted", "wasted"), row("saved", "saved"), row("net", "net")],
    },
    {
      head: ["x", "p", "q", way === "pq" ? "p log₂ p/q (bits)" : "q log₂ q/p (bits)"],
      rows: where.map((x) => [String(x).replace("-", "−"), Math.exp(log_p(x)), Math.exp(log_bell(x, q)), excess(x, q, way)]),
    },
  ];
}
