// Code words share a strip from 0 to 1; above it the bill, as wide as p and as tall as the clicks.

import { is_distribution } from "../code_length/distribution.js";
import { clip, set, svg } from "../kit/chart.js";
import { button, choice } from "../kit/frame.js";
import { at_point, handle, line, mix, stage } from "../kit/stage.js";
import { clicks, share } from "../tape/code_words.js";
import { preset } from "../tape/preset.js";
import { click, pen, weather } from "../tape/shapes.js";
import { codes_of, is_whole, order_of, OVER, part, places_of, spread, taken, total } from "./room.js";
import { costs_of, sentence } from "./sayings.js";

const LONGEST = 5; // clicks that a link may set
const REACH = 4; // clicks that a hand may set

export const valid = {
  p: (p, state) => is_distribution(p) && p.length === state.p.length,
  lengths: (lengths, state) =>
    Array.isArray(lengths) &&
    lengths.length === state.lengths.length &&
    lengths.every((n) => n >= 0 && n <= LONGEST),
};

const WEATHERS = [
  ["ridge", "ridge", [0.5, 0.25, 0.125, 0.125]],
  ["uneven", "an ordinary month", [0.4, 0.3, 0.18, 0.12]],
  ["even", "all alike", [0.25, 0.25, 0.25, 0.25]],
];
const rounded = (n) => Number(n.toFixed(2));
const exact = (p) => p.map((v) => clip(Number(clicks(v).toFixed(4)), 0, LONGEST));

function render({ model, el }) {
  const words = model.get("words");
  const K = words.length;
  const each = words.map((_, k) => k);
  const label = "The budget: code words share a strip from 0 to 1";
  return stage({ model, el, label, keys: ["p", "lengths"], build });

  function build(fig) {
    const layer = (tag, look) => {
      const nodes = each.map(() => svg(tag, look));
      fig.picture.append(...nodes);
      return nodes;
    };
    const path = (look) => layer("path", look)[0];
    const text = (look) => {
      const node = svg("text", { class: look });
      fig.picture.append(node);
      return node;
    };
    const write = (node, x, y, said) => {
      set(node, { x: x.toFixed(1), y: y.toFixed(1) });
      if (node.textContent !== said) node.textContent = said;
    };
    const box = (node, x, y, width, height) => {
      const visibility = width > 0.2 && height > 0.2 ? "visible" : "hidden"; // with its edge
      set(node, { x, y, width: Math.max(0, width), height: Math.max(0, height), visibility });
    };

    // ---- parts, in the order in which they lie on each other ----------------------------------
    const rows = path({ class: "ce-hair" });
    const need = layer("rect", { class: "ce-p ce-tinted", stroke: "var(--ce-p)" });
    const wasted = layer("rect", { class: "ce-loss ce-full", stroke: "var(--ce-ground)" });
    const saved = layer("rect", { class: "ce-grad ce-tinted", stroke: "var(--ce-grad)" });
    const hatches = layer("path", pen(1.2, "var(--ce-grad)"));
    const tops = layer("path", pen(2, "var(--ce-q)"));
    const due = layer("path", pen(3, "var(--ce-p)"));
    const floor = path({ ...pen(1.5, "var(--ce-p)"), "stroke-dasharray": "5 4" });
    const mean = path(pen(1.5, "var(--ce-loss)"));
    const leaders = layer("path", pen(1, "var(--ce-q)"));
    const row_names = Array.from({ length: LONGEST }, () => text("ce-small ce-right ce-muted"));
    const costs = each.map(() => text("ce-small ce-mid"));
    const names = each.map(() => text("ce-mid ce-bold"));
    const often = each.map(() => text("ce-small ce-mid ce-p"));
    const beside = {
      mean: [text("ce-bold"), text("ce-bold")],
      floor: [text("ce-bold ce-p"), text("ce-bold ce-p")],
    };
    const captions = [text("ce-small ce-muted"), text("ce-small ce-muted")];

    const empty = svg("rect", { ...pen(1.5, "var(--ce-muted)"), "stroke-dasharray": "3 5" });
    fig.picture.append(empty);
    const cells = layer("rect", { "stroke-width": 1.5 });
    const warnings = layer("path", pen(1.2, "var(--ce-loss)"));
    const marks = layer("path", pen(5, "var(--ce-q)"));
    const signs = words.map((word) => weather(word));
    fig.picture.append(...signs);
    const cell_names = each.map(() => text("ce-mid ce-bold ce-halo"));
    const cell_sizes = each.map(() => text("ce-small ce-mid"));
    const empty_name = text("ce-small ce-mid ce-muted");
    const ruler = path(pen(1, "var(--ce-muted)"));
    const end = path(pen(2.5));
    const ticks = ["0", "¼", "½", "¾", "1"].map((name) => {
      const node = text("ce-small ce-mid ce-muted");
      node.textContent = name;
      return node;
    });
    const account = text("ce-mid ce-bold");
    const sizes = each.map(() => text("ce-small ce-mid ce-halo ce-bold"));

    // ---- controls -----------------------------------------------------------------------------
    let fractions = !is_whole(model.get("lengths"));
    const to_grid = (n) => clip(fractions ? rounded(n) : Math.round(n), 1, REACH);
    const lengthen = (k, n, how) => {
      const lengths = model.get("lengths").map((old, i) => (i === k ? to_grid(n) : old));
      if (lengths[k] !== model.get("lengths")[k]) how({ lengths });
    };
    const knobs = each.map((k) => {
      const input = (n) => lengthen(k, n, fig.write);
      const label = `clicks of ${words[k]}`;
      return handle(fig, {
        look: "q",
        radius: 8,
        ways: [{ label, min: 1, max: REACH, step: "any", text: said_clicks, input }],
        drag: (_, y) => lengthen(k, (g.base - y) / g.row, fractions ? fig.write : fig.glide),
      });
    });
    const ranges = [...fig.hands.querySelectorAll("input")];
    const kind = choice({
      label: "lengths",
      options: [["whole", "whole clicks"], ["parts", "fractions"]],
      input: (id) => {
        fractions = id === "parts";
        const lengths = model.get("lengths");
        const up = (n) => Math.ceil(n - 0.02); // rounded up, a list that fits still fits
        if (!fractions && !is_whole(lengths)) fig.glide({ lengths: lengths.map(up) });
        else fig.write({});
      },
    });
    const sky = preset({
      label: "which weather",
      all: K === 4 ? WEATHERS : [["even", "all alike", words.map(() => 1 / K)]],
      initial: model.get("p"),
      input: (p) => fig.glide({ p }),
    });
    fig.root.querySelector(".ce-buttons .ce-icon").addEventListener("click", () => { // Reset
      fractions = !is_whole(model.get("initial").lengths);
    });
    fig.controls.append(kind.root);
    const meet = button("Meet every line", () => fig.glide({ lengths: exact(model.get("p")) }));
    fig.more.append(sky.root, meet);

    // ---- value ↔ pixel --------------------------------------------------------------------------
    const g = {};
    function layout(w, narrow) {
      const left = narrow ? 16 : 26;
      Object.assign(g, { w, narrow, left, unit: narrow ? w - left - 72 : Math.min(w - left - 180, 740) });
      Object.assign(g, { top: narrow ? 116 : 98, tall: narrow ? 152 : 196, deep: narrow ? 52 : 62 });
      g.base = g.top + g.tall;
      g.strip = g.base + (narrow ? 64 : 76);
      g.foot = g.strip + g.deep;
      g.X = (v) => left + v * g.unit;
      g.Y = (n) => g.base - n * g.row;
      scale(REACH);
      const wide = narrow ? "p, as tall as its clicks" : "the word is common, as tall as it has clicks";
      const tight = w < 320; // a phone whose letters are spaced or very large
      write(captions[0], left, g.top - 12, tight ? "the bill" : `the bill: as wide as ${wide}`);
      write(captions[1], left, g.strip - 9, tight ? "the budget" : "the budget: one more click, half the room");
      const notch = (x) => line([[x, g.foot], [x, g.foot + 5]]);
      set(ruler, { d: ticks.map((_, i) => notch(g.X(i / 4))).join("") });
      set(end, { d: line([[g.X(1), g.strip - 8], [g.X(1), g.foot + 8]]) });
      ticks.forEach((tick, i) => set(tick, { x: g.X(i / 4), y: g.foot + 19 }));
      return g.foot + 44;
    }
    function scale(most) {
      [g.most, g.row] = [most, g.tall / most];
      const shown = row_names.map((_, i) => i + 1).filter((n) => n <= most);
      set(rows, { d: shown.map((n) => line([[g.left, g.Y(n)], [g.X(1), g.Y(n)]])).join("") });
      row_names.forEach((node, i) => write(node, g.left - 7, g.Y(i + 1) + 4, i < most ? `${i + 1}` : ""));
    }
    function hatch(x, y, width, height) {
      if (width < 1 || height < 1) return "";
      let d = "";
      for (let c = 7; c < width + height; c += 7) {
        const from = [x + Math.max(0, c - height), y + Math.min(c, height)];
        d += line([from, [x + Math.min(c, width), y + Math.max(0, c - width)]]);
      }
      return d;
    }

    // ---- paint ----------------------------------------------------------------------------------
    function draw({ p, lengths }) {
      const state = model.get("lengths");
      if (!is_whole(state)) fractions = true;
      ranges.forEach((range) => (range.step = fractions ? "0.05" : "1"));
      const bill = costs_of(p, lengths);
      scale(Math.max(...lengths) > REACH + 1e-6 ? LONGEST : REACH);
      paint_bill(p, lengths, bill);
      paint_strip(lengths);
      kind.update(fractions ? "parts" : "whole");
      sky.update(model.get("p"));
      return sentence(words, model.get("p"), state); // of its end: on the way it would flicker
    }

    function paint_bill(p, lengths, { needs, average, H }) {
      let from = 0;
      const middles = each.map((k) => {
        const [x, wide] = [g.X(from), p[k] * g.unit];
        from += p[k];
        const [n, best] = [lengths[k], Math.min(needs[k], g.most)];
        const [y, y_best] = [g.Y(n), g.Y(best)];
        box(need[k], x, Math.max(y, y_best), wide, g.base - Math.max(y, y_best));
        box(wasted[k], x, y, wide, y_best - y);
        box(saved[k], x, y_best, wide, y - y_best);
        set(hatches[k], { d: hatch(x, y_best, wide, y - y_best) });
        set(tops[k], { d: line([[x, y], [x + wide, y]]) });
        set(due[k], { d: needs[k] <= g.most ? line([[x, y_best], [x + wide, y_best]]) : "" });
        const cost = p[k] * (n - best);
        const high = Math.abs(y - y_best);
        const room = Math.abs(cost) > 0.005 && high > 30 && wide > 24;
        const what = wide > 84 ? (cost > 0 ? " wasted" : " saved") : "";
        set(costs[k], { class: `ce-small ce-mid ${cost > 0 ? "ce-on" : "ce-halo ce-grad"}` });
        const text_y = y_best + (cost > 0 ? -9 : 17);
        write(costs[k], x + wide / 2, text_y, room ? share(Math.abs(cost)) + what : "");
        return x + wide / 2;
      });
      const places = spread(middles, 44, g.left + 8, g.X(1) + (g.narrow ? 8 : -8));
      const labels = spread(middles, g.narrow ? 42 : 48, g.left + 12, g.X(1));
      each.forEach((k) => {
        const y = g.Y(lengths[k]);
        const aside = Math.abs(places[k] - middles[k]) > (p[k] * g.unit) / 2;
        knobs[k].place(places[k], y, [lengths[k]]);
        set(leaders[k], { d: aside ? line([[middles[k], y], [places[k], y]]) : "" });
        write(sizes[k], places[k], y - 14, is_whole([lengths[k]]) ? "" : lengths[k].toFixed(2));
        write(names[k], labels[k], g.base + 18, words[k]);
        write(often[k], labels[k], g.base + 34, share(p[k]));
      });

      const near = Math.abs(average - H) < 0.005;
      const up = near || average >= H;
      const look = near ? "p" : up ? "loss" : "grad";
      const level = (n) => line([[g.left, g.Y(n)], [g.X(1) + 8, g.Y(n)]]);
      set(floor, { d: level(H) });
      set(mean, { d: level(average), stroke: `var(--ce-${look})` });
      const at = (node, y, said) => write(node, g.X(1) + 14, y, said);
      const above = (y) => [y - 16, y - 1];
      const below = (y) => [y + 13, y + 28];
      const mean_at = (up ? above : below)(g.Y(average));
      const floor_at = (up ? below : above)(g.Y(H));
      beside.mean.forEach((node) => set(node, { class: `ce-bold ce-${look}` }));
      at(beside.mean[0], mean_at[0], "average");
      at(beside.mean[1], mean_at[1], near ? "= entropy" : average.toFixed(2));
      at(beside.floor[0], floor_at[0], near ? H.toFixed(2) : "entropy");
      at(beside.floor[1], floor_at[1], near ? "" : H.toFixed(2));
    }

    function paint_strip(lengths) {
      const places = lengths.places ?? places_of(lengths);
      const codes = lengths.places ? each.map(() => null) : codes_of(lengths);
      const room = taken(lengths);
      const sum = total(room);
      each.forEach((k) => {
        const bad = places[k] + room[k] > 1 + OVER;
        const [x, z] = [places[k], places[k] + room[k]].map((v) => Math.min(g.X(v), g.w));
        const wide = z - x;
        box(cells[k], x + 1, g.strip, wide - 2, g.deep);
        const colour = `--ce-${bad ? "loss" : "q"}`;
        set(cells[k], { fill: `var(${colour}-soft)`, stroke: `var(${colour})` });
        set(warnings[k], { d: bad ? hatch(x + 1, g.strip, wide - 2, g.deep) : "" });
        const middle = (x + z) / 2;
        const named = wide > words[k].length * 8 + 6;
        set(cell_names[k], { class: `ce-mid ce-bold ce-halo ce-${bad ? "loss" : "q"}` });
        write(cell_names[k], middle, g.strip + 21, named ? words[k] : "");
        const sign = !named && wide > 24;
        const small = `${at_point(middle, g.strip + 17)} scale(.8)`;
        set(signs[k], { transform: small, visibility: sign ? "visible" : "hidden" });
        const code = codes[k];
        const low = g.strip + g.deep - 14;
        const gap = Math.min(16, (wide - 6) / Math.max(1, code?.length ?? 1));
        const [half, thick] = gap < 14 ? [2, 3.5] : [3.5, 5];
        const mark = (long, j) => click(middle + (j - (code.length - 1) / 2) * gap, low, long, 0, half);
        set(marks[k], { d: code && gap > 8.4 ? code.map(mark).join("") : "", "stroke-width": thick });
        const shown = bad ? (wide > 80 ? "no room" : "") : !code && wide > 30 ? room[k].toFixed(2) : "";
        set(cell_sizes[k], { class: `ce-small ce-mid ce-halo ce-${bad ? "loss" : "q"}` });
        write(cell_sizes[k], middle, low + 4, shown);
      });
      const gone = Math.min(1, sum);
      box(empty, g.X(gone) + 2, g.strip, sum < 1 - OVER ? g.X(1) - g.X(gone) - 4 : 0, g.deep);
      const space = (1 - gone) * g.unit;
      write(empty_name, g.X((1 + gone) / 2), g.strip + g.deep / 2 + 4, space > 52 ? "empty" : "");
      const parts = order_of(lengths).map((k) => part(room[k])).join(" + ");
      const over = sum > 1 + OVER;
      set(account, { class: `ce-mid ce-bold ${over ? "ce-loss" : ""}` });
      const said = is_whole(lengths) ? `${parts} = ${part(sum)}` : `the sum is ${sum.toFixed(2)}`;
      write(account, g.X(0.5), g.foot + 37, said);
    }

    function table({ p, lengths }) {
      const { needs, average, H } = costs_of(p, lengths);
      const room = taken(lengths);
      const codes = codes_of(lengths);
      const click_names = (code) => code.map((long) => (long ? "long" : "short")).join(" ");
      const spell = (code) => (code ? click_names(code) || "nothing" : "none");
      return [
        {
          head: ["word", "p", "clicks", "surprise (bits)", "p × clicks", "room, ½ⁿ", "its clicks"],
          rows: each.map((k) => {
            const cost = p[k] * lengths[k];
            return [words[k], p[k], lengths[k], needs[k], cost, room[k], spell(codes[k])];
          }),
        },
        {
          head: ["all words", "value"],
          rows: [
            ["average (clicks)", average],
            ["entropy (bits)", H],
            ["room taken, at most 1", total(room)],
          ],
        },
      ];
    }

    layout(736, false); // a first paint may come before the first layout
    return { layout, draw, table, glides: { lengths: slide } };
  }
}

// Words slide to their places on the strip, also when they change their order.
function slide(from, to, t) {
  const [a, z] = [from, to].map((lengths) => lengths.places ?? places_of(lengths));
  return Object.assign(mix(from, to, t), { places: mix(a, z, t) });
}

const said_clicks = (n) => `${Number(n.toFixed(2))} click${n === 1 ? "" : "s"}`;

export default { render };
