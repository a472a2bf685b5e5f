// A real digit, blurred by the reader, through a trained softmax regression.

import { linear, blurred } from "./blurring.js";
import { softmax, softmax_cross_entropy_with_logits } from "../kit/ce_math.js";
import { categories, chart, clip, set, show, svg } from "../kit/chart.js";
import { box, choice, drag, frame, html, legend, slider, temperature } from "../kit/frame.js";

const BLUR = 4; // pixels, of 8
const WHITE = 16; // the pixels are 0 to 16

export const valid = {
  digit: (digit, state) => Number.isInteger(digit) && digit >= 0 && digit < state.labels.length,
  blur: (blur) => blur >= 0 && blur <= BLUR,
  temperature: (v) => v >= 0.1 && v <= 10,
};

function render({ model, el }) {
  const [pixels, truths, weights, bias] = ["pixels", "labels", "weights", "bias"].map((key) => model.get(key));

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Blurred digit: a picture, its logits and their softmax", keys: ["digit", "blur", "temperature"] });
  f.charts.classList.add("ce-three");
  const dots = pixels[0].map((_, i) =>
    svg("rect", { x: i % 8, y: Math.floor(i / 8), width: 1, height: 1, class: "ce-pixel" }),
  );
  const edge = svg("rect", { x: 0, y: 0, width: 8, height: 8, class: "ce-edge" });
  const image = svg("svg", { class: "ce-image", viewBox: "-0.1 -0.1 8.2 8.2", "aria-hidden": "true" });
  image.append(...dots, edge);
  f.charts.append(html("div", { className: "ce-image-box" }, image));
  const crisp = pixels.flatMap((picture) => linear(picture.map((v) => v / WHITE), weights, bias));
  const most = Math.ceil(Math.max(...crisp.map(Math.abs))); // blur only takes from it
  const x = categories(bias.map((_, k) => String(k)), "digit");
  const views = {
    z: chart({ name: "logits", x: { ...x }, y: { domain: [-most, most], label: "logit z" } }),
    q: chart({ name: "softmax", x: { ...x }, y: { domain: [0, 1], label: "softmax q" } }),
  };
  const marks = Object.fromEntries(
    Object.entries(views).map(([name, c]) => {
      const bars = bias.map(() => svg("rect", { class: `ce-bar ce-fixed ${name === "z" ? "ce-p" : "ce-q"}` }));
      const zero = svg("line", { class: "ce-zero" });
      c.layers.append(...bars, zero);
      f.charts.append(box(c, ...(name === "q" ? [legend(["ce-swatch ce-outlined", "target"])] : [])));
      return [name, { bars, zero }];
    }),
  );
  const target = svg("rect", { class: "ce-outline" });
  views.q.layers.append(target);
  const digits = choice({
    label: "picture of a",
    options: truths.map((label, i) => [i, label]),
    input: (digit) => f.write({ digit }),
  });
  const blur = slider({
    label: "blur",
    min: 0,
    max: BLUR,
    step: 0.05,
    text: (v) => `${show(v, 2)} px`,
    input: (v) => f.write({ blur: v }),
  });
  const heat = temperature((T) => f.write({ temperature: T }));
  f.controls.append(digits.root, blur.root, heat.root);

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [digit, sigma, T] = ["digit", "blur", "temperature"].map((key) => model.get(key));
    const seen = blurred(pixels[digit].map((v) => v / WHITE), sigma);
    const z = linear(seen, weights, bias);
    const q = softmax(z, T);
    const y = truths[digit];
    const loss = softmax_cross_entropy_with_logits(z.map((v) => v / T), y);
    digits.update(digit);
    blur.update(sigma);
    heat.update(T);
    dots.forEach((dot, i) => set(dot, { "fill-opacity": seen[i].toFixed(3) }));
    for (const [name, values] of Object.entries({ z, q })) {
      const c = views[name];
      const half = (c.X(1) - c.X(0)) * 0.38;
      values.forEach((v, k) => {
        const [top, bottom] = [c.Y(Math.max(v, 0)), c.Y(Math.min(v, 0))];
        set(marks[name].bars[k], { x: c.X(k) - half, y: top, width: 2 * half, height: Math.max(bottom - top, 0.5) });
      });
      const [a, b] = c.x.domain.map(c.X);
      set(marks[name].zero, { x1: a, x2: b, y1: c.Y(0), y2: c.Y(0) });
      if (name === "q") set(target, { x: c.X(y) - half, y: c.Y(1), width: 2 * half, height: c.Y(0) - c.Y(1) });
    }
    const best = q.indexOf(Math.max(...q));
    const spread = Math.max(...z) - Math.min(...z);
    return {
      values: [
        ["the model's choice", String(best)],
        ["its probability", show(q[best])],
        ["spread of the logits", show(spread, 2)],
        [`loss of the ${y}`, `${show(loss)} nats`],
      ],
      sentence: `A ${y}, blurred by ${show(sigma, 2)} pixels, temperature ${show(T, 2)}: the logits spread over ${show(spread, 1)}, the model says ${best} with probability ${show(q[best])}.`,
      table: () => ({
        head: ["digit", "logit z", "z / T", "softmax q"],
        rows: z.map((v, k) => [k, v, v / T, q[k]]),
      }),
    };
  }

  // ---- pointer: the picture itself is a handle for the blur -----------------------------------
  drag(image, {
    move: (px) => {
      const share = clip(px / image.getBoundingClientRect().width, 0, 1);
      f.write({ blur: Math.round(share * BLUR * 20) / 20 });
    },
  });

  // ---- model → view, cleanup (the keyboard works the sliders) --------------------------------
  return f.start(paint, Object.values(views));
}

export default { render };
