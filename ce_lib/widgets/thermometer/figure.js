// One loss, read as nats, as bits, as the probability of the right class, and as a number of equally
// likely answers: four scales on one axis.

import { cross_entropy, perplexity, to_bits } from "../kit/ce_math.js";
import { clip, set, show, svg } from "../kit/chart.js";
import { choice } from "../kit/frame.js";
import { handle, marks, short, stage } from "../kit/stage.js";

const MOST = 12; // nats
const CLASSES = [2, 10, 100, 1000, 50257];

export const valid = {
  loss: (loss) => loss >= 0 && loss <= MOST,
  classes: (classes) => CLASSES.includes(classes),
};

const count = (n) => (n < 100 ? short(n) : Math.round(Number(n.toPrecision(3))).toLocaleString("en"));
const percent = (nats) => `${short(100 / perplexity(nats))}\u00a0%`;
const nats_of = (q) => cross_entropy([1], [q]);

const SCALES = [
  { title: "loss, in nats", ticks: [0, 2, 4, 6, 8, 10, 12].map((v) => [v, String(v)]), read: (v) => `${show(v, 2)} nats` },
  {
    title: "in bits",
    ticks: [0, 4, 8, 12, 16].map((bits) => [bits / to_bits(1), String(bits)]),
    read: (v) => `${show(to_bits(v), 2)} bits`,
  },
  {
    title: "probability of the right class",
    ticks: [[1, "1"], [0.1, "10 %"], [0.01, "1 %"], [1e-3, "0.1 %"], [1e-4, "0.01 %"], [1e-5, "0.001 %"]].map(([q, text]) => [nats_of(q), text]),
    read: percent,
  },
  {
    title: "as surprising as one of so many equal answers",
    ticks: [1, 10, 100, 1000, 1e4, 1e5].map((n) => [nats_of(1 / n), n.toLocaleString("en")]),
    read: (v) => `one of ${count(perplexity(v))}`,
  },
];

function render({ model, el }) {
  function build(fig) {
    const add = (tag, attributes = {}) => {
      const node = svg(tag, attributes);
      fig.picture.append(node);
      return node;
    };
    const axes = add("path", { fill: "none", stroke: "var(--ce-edge)", "stroke-width": 1 });
    const paid = marks(fig.picture, "rect", { class: "ce-loss ce-full" });
    const nothing = add("path", { fill: "none", stroke: "var(--ce-ink)", "stroke-width": 1.4, "stroke-dasharray": "2 4" });
    const nothing_name = add("text", { class: "ce-halo" });
    const rod = add("path", { fill: "none", stroke: "var(--ce-loss)", "stroke-width": 1.4 });
    const ticks = SCALES.map(() => marks(fig.picture, "text", { class: "ce-small ce-muted ce-mid ce-halo" }));
    const titles = SCALES.map(({ title }) => {
      const node = add("text", { class: "ce-small ce-muted ce-halo" });
      node.textContent = title;
      return node;
    });
    const reads = SCALES.map(() => add("text", { class: "ce-loss ce-bold ce-mid ce-halo" }));
    const round = (v) => clip(Math.round(v * 100) / 100, 0, MOST);
    const knob = handle(fig, {
      look: "loss",
      drag: (x) => fig.write({ loss: round(((x - left) / long) * MOST) }),
      ways: [
        {
          label: "loss",
          min: 0,
          max: MOST,
          step: 0.01,
          text: (v) => `${show(v, 2)} nats`,
          input: (loss) => fig.write({ loss }),
        },
      ],
    });
    const K = choice({
      label: "classes K",
      options: CLASSES.map((n) => [n, n === 2 ? "2 classes" : n.toLocaleString("en")]),
      input: (classes) => fig.write({ classes }),
    });
    fig.controls.append(K.root);

    let [left, long, top, apart, narrow] = [0, 1, 0, 0, false];
    const X = (nats) => left + (nats / MOST) * long;
    const Y = (i) => top + i * apart;
    return {
      layout(width, small) {
        narrow = small;
        [left, long] = [12, width - 40];
        [top, apart] = narrow ? [114, 60] : [110, 62];
        return Y(SCALES.length - 1) + 62;
      },
      draw({ loss, classes }) {
        const baseline = nats_of(1 / classes);
        const x = X(loss);
        const bottom = Y(SCALES.length - 1);
        set(axes, {
          d: SCALES.map(({ ticks: at }, i) => `M${left} ${Y(i)}h${long}${at.map(([v]) => `M${X(v).toFixed(1)} ${Y(i)}v6`).join("")}`).join(""),
        });
        paid(SCALES, (_, i) => ({ x: left, y: Y(i) - 2.5, width: x - left, height: 5 }));
        set(rod, { d: `M${x} ${Y(0)}V${bottom}` });
        set(nothing, { d: `M${X(baseline)} ${top - 14}V${bottom + 40}` });
        const at_right = baseline < MOST * 0.55;
        set(nothing_name, { x: X(baseline) + (at_right ? 7 : -7), y: bottom + 44, "text-anchor": at_right ? "start" : "end" });
        nothing_name.textContent = `ln ${classes.toLocaleString("en")} = ${show(baseline, 2)}: knows nothing`;
        SCALES.forEach(({ ticks: at, read }, i) => {
          const shown = at.filter((_, n) => !narrow || i < 2 || n % 2 === 0);
          ticks[i](shown, ([v, text]) => ({ x: X(v), y: Y(i) + 21, text }));
          set(reads[i], { x: clip(x, left + 34, left + long - 24), y: Y(i) - 14 });
          reads[i].textContent = read(loss);
          const right = x < left + long / 2; // the title stands where the reading does not
          set(titles[i], { x: right ? left + long : left, y: Y(i) - 14, "text-anchor": right ? "end" : "start" });
          titles[i].textContent = narrow && i === 3 ? "one of so many answers" : SCALES[i].title;
        });
        knob.place(x, Y(0), [loss]);
        K.update(classes);
        return sentence(loss, classes, baseline);
      },
      table: () => ({
        head: ["loss (nats)", "bits", "probability of the right class", "perplexity"],
        rows: [0, 0.1, 0.5, 1, 2, 3, 5, 8, 12].map((v) => [show(v, 1), to_bits(v), 1 / perplexity(v), perplexity(v)]),
      }),
      glides: { classes: null },
    };
  }

  function sentence(loss, classes, baseline) {
    const cost = `<b class="loss">${show(loss, 2)}</b>`;
    const gap = loss - baseline;
    const beside = Math.abs(gap) < 0.005 ? "just what it costs to know nothing" : `${gap < 0 ? "better" : "worse"} than to know nothing`;
    return `A loss of ${cost} nats, ${show(to_bits(loss), 2)} bits: the right class was given ${percent(loss)}. For ${classes.toLocaleString("en")} classes that is ${beside}.`;
  }

  return stage({
    model,
    el,
    label: "Loss thermometer: one loss in nats, in bits, as a probability and as a number of choices",
    keys: ["loss", "classes"],
    build,
  });
}

export default { render };
