// Throw a fair die n times: the entropy of the frequencies is too low, the loss on fresh throws not.

import { cross_entropy, entropy, to_bits } from "../kit/ce_math.js";
import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { box, button, frame, legend, slider } from "../kit/frame.js";

const FACES = 6;
const MOST = 500;
const SEEDS = 1_000_000;
const RUNS = 400; // for the average over attempts
const GRID = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500];
const die = Array.from({ length: FACES }, () => 1 / FACES);

export const valid = {
  n: (n) => Number.isInteger(n) && n >= 1 && n <= MOST,
  seed: (seed) => Number.isInteger(seed) && seed >= 0 && seed < SEEDS,
};

// Uniform numbers in [0, 1): splitmix32, small and good enough for dice.
function random(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let t = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
  };
}

// How often each face has come after each throw of `grid`.
export function counts_at(seed, grid) {
  const next = random(seed);
  const count = die.map(() => 0);
  let thrown = 0;
  return grid.map((n) => {
    for (; thrown < n; thrown++) count[Math.floor(next() * FACES)]++;
    return [...count];
  });
}

export const plug_in = (count) => {
  const n = count.reduce((a, b) => a + b, 0);
  return entropy(count.map((c) => c / n));
};

// The loss that the counts, with 1 added to each, cause on throws that are yet to come.
export const fresh = (count) => {
  const n = count.reduce((a, b) => a + b, 0);
  return cross_entropy(die, count.map((c) => (c + 1) / (n + FACES)));
};

function render({ model, el }) {
  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Throws of a fair die: entropy from counts", keys: ["n", "seed"] });
  const shares = chart({
    name: "shares",
    x: { domain: [0.5, FACES + 0.5], ticks: [1, 2, 3, 4, 5, 6], label: "face" },
    y: { domain: [0, 1], label: "share of the throws" },
  });
  const curves = chart({
    name: "curves",
    x: { domain: [0, Math.log10(MOST)], ticks: [0, 1, 2], format: (v) => String(10 ** v), label: "throws N" },
    y: { domain: [0, 3], label: "bits" },
  });
  const bars = die.map(() => svg("rect", { class: "ce-area ce-p" }));
  const even = svg("line", { class: "ce-floor" });
  shares.layers.append(...bars, even);
  const lines = {
    truth: svg("line", { class: "ce-floor" }),
    fresh: svg("path", { class: "ce-tangent", fill: "none" }),
    average: svg("path", { class: "ce-line" }),
    run: svg("path", { class: "ce-run" }),
  };
  const dot = svg("circle", { class: "ce-dot ce-q", r: 6 });
  curves.layers.append(...Object.values(lines), dot);
  f.charts.append(
    box(shares),
    box(
      curves,
      legend(
        ["ce-stroke", "this run, from its counts"],
        ["ce-stroke ce-key-line", "average run"],
        ["ce-stroke ce-key-tangent", "counts + 1, loss on fresh throws, average"],
        ["ce-stroke ce-key-floor", "truth"],
      ),
    ),
  );
  const n_slider = slider({
    label: "throws N",
    min: 0,
    max: 1,
    step: 0.001,
    text: (v) => String(to_n(v)),
    input: (v) => f.write({ n: to_n(v) }),
  });
  // the slider's own step is less than a throw where there are few
  n_slider.range.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    f.write({ n: clip(model.get("n") + by, 1, MOST) });
  });
  f.controls.append(n_slider.root);
  f.buttons.prepend(button("Throw again", () => f.write({ seed: (model.get("seed") + 1) % SEEDS })));

  // ---- value ↔ slider: equal ratios, equal ways ---------------------------------------------
  function to_n(v) {
    return Math.round(MOST ** v);
  }
  const to_slider = (n) => Math.log(n) / Math.log(MOST);

  // ---- paint --------------------------------------------------------------------------------
  const runs = Array.from({ length: RUNS }, (_, k) => counts_at(1000 + k, GRID));
  const average = (of) => GRID.map((_, g) => to_bits(runs.reduce((sum, run) => sum + of(run[g]), 0) / RUNS));
  const averages = { average: average(plug_in), fresh: average(fresh) };
  const truth = to_bits(entropy(die));

  function paint() {
    const [n, seed] = [model.get("n"), model.get("seed")];
    // the handle stays where the hand put it while that still means n
    if (to_n(Number(n_slider.range.value)) !== n || n_slider.range.value === "") n_slider.update(to_slider(n));
    else n_slider.update(Number(n_slider.range.value));
    const grid = [...GRID.filter((v) => v < n), n];
    const all = counts_at(seed, grid);
    const count = all.at(-1);
    const highest = Math.max(...count) / n;
    shares.y.domain = [0, highest > 0.5 ? 1 : 0.5];
    shares.layout();
    bars.forEach((bar, i) => {
      const y = shares.Y(count[i] / n);
      const x = shares.X(i + 0.65);
      set(bar, { x, y, width: shares.X(i + 1.35) - x, height: shares.Y(0) - y });
    });
    const level = shares.Y(1 / FACES);
    set(even, { x1: shares.X(0.5), x2: shares.X(FACES + 0.5), y1: level, y2: level });

    const draw = (ns, bits) => path(curves, ns.map((v, k) => [Math.log10(v), bits[k]]));
    const bits = all.map((c) => to_bits(plug_in(c)));
    set(lines.run, { d: draw(grid, bits) });
    set(lines.average, { d: draw(GRID, averages.average) });
    set(lines.fresh, { d: draw(GRID, averages.fresh) });
    const [a, b] = curves.x.domain.map(curves.X);
    set(lines.truth, { x1: a, x2: b, y1: curves.Y(truth), y2: curves.Y(truth) });
    set(dot, { cx: curves.X(Math.log10(n)), cy: curves.Y(bits.at(-1)) });

    const text = (v) => `${show(v)} bits`;
    return {
      values: [
        ["throws N", String(n)],
        ["plug-in H(p̂)", text(bits.at(-1))],
        ["truth H(p)", text(truth)],
        ["counts + 1, on fresh throws", text(to_bits(fresh(count)))],
      ],
      sentence: `${n} throws, faces 1 to 6 came ${count.join(", ")} times: the counts say ${text(bits.at(-1))}, the truth is ${text(truth)}, fresh throws cost ${text(to_bits(fresh(count)))}.`,
      table: () => [
        {
          head: ["throws N", "this run (bits)", "average run (bits)", "fresh throws, average (bits)"],
          rows: GRID.map((v, k) => [String(v), v <= n ? bits[k] : "–", averages.average[k], averages.fresh[k]]),
        },
        {
          head: ["face", "times", "share of the throws"],
          rows: count.map((times, i) => [String(i + 1), String(times), times / n]),
        },
      ],
    };
  }

  // ---- model → view, cleanup (the keyboard works the slider) ---------------------------------
  return f.start(paint, [shares, curves]);
}

export default { render };
