// The digits that pay most, as pictures whose areas are what they pay.

import { set, show, svg } from "../kit/chart.js";
import { at_point } from "../kit/stage.js";

const GREYS = 8; // a path each

export function pictures(fig, digits) {
  const nodes = digits.map(({ y, pixels }) => {
    const inner = svg("g", {}, svg("rect", { x: -4, y: -8, width: 8, height: 8, fill: "var(--ce-raised)" }));
    const shades = Array.from({ length: GREYS + 1 }, () => "");
    [...pixels].forEach((one, i) => {
      const grey = Math.round(parseInt(one, 17) / 2);
      shades[grey] += `M${(i % 8) - 4} ${Math.floor(i / 8) - 8}h1.02v1.02h-1.02z`;
    });
    shades.forEach((d, grey) => {
      if (grey && d) inner.append(svg("path", { d, fill: "var(--ce-ink)", opacity: grey / GREYS }));
    });
    const pays = svg("text", { class: "ce-loss ce-bold ce-mid", y: 17 });
    const parts = ["ce-p", "", "ce-q"].map((tone) => svg("tspan", { class: tone }));
    const named = svg("text", { class: "ce-small ce-mid", y: 34 }, ...parts);
    parts[0].textContent = y;
    const root = svg("g", {}, inner, pays, named);
    fig.picture.append(root);
    return { root, inner, pays, parts };
  });

  // `shown` are the bills to draw, side by side; `side` is the length of a picture that pays `dearest`.
  return (shown, { x, base, column, side, dearest, narrow }) => {
    const places = new Map(shown.map((bill, i) => [bill.n, { bill, i }]));
    nodes.forEach((node, n) => {
      const here = places.get(n);
      set(node.root, { visibility: here ? "visible" : "hidden" });
      if (!here) return;
      const { pays, called, sure } = here.bill;
      set(node.root, { transform: at_point(x + (here.i + 0.5) * column, base) });
      set(node.inner, { transform: `scale(${((side / 8) * Math.sqrt(Math.min(pays / dearest, 1))).toFixed(2)})` });
      node.pays.textContent = narrow ? show(pays, 1) : `pays ${show(pays, 1)}`;
      node.parts[1].textContent = narrow ? " → " : ", called ";
      node.parts[2].textContent = narrow ? called : `${called} (${sure > 0.995 ? "> 99" : show(100 * sure, 0)} %)`;
    });
  };
}
