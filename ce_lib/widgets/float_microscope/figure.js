// What a dtype makes of the cross-entropy: four formulas, their value and slope, digit by digit.

import { chart, clip, path, set, show, svg } from "../kit/chart.js";
import { button, choice, drag, frame, html, slider } from "../kit/frame.js";
import { DTYPES, most_digits, right_digits, rounded_losses, symptom } from "./rounded_losses.js";

const MOST = 1000; // |margin| and |shift|: beyond float64's exp, which ends at 709.8
const NAMES = {
  naive: "−log of softmax",
  "log Σ": "−z + log Σ exp z",
  max: "largest logit taken off first, as frameworks do",
  log1p: "log1p of the others, as ce_lib does",
};
const LANE = 0.8; // of the distance between two lanes

export const valid = {
  dtype: (dtype) => Object.hasOwn(DTYPES, dtype),
  margin: (v) => Math.abs(v) <= MOST,
  shift: (v) => Math.abs(v) <= MOST,
};

function render({ model, el }) {
  const names = Object.keys(NAMES);

  // ---- DOM ----------------------------------------------------------------------------------
  const f = frame({ model, el, label: "Float microscope: how many digits four formulas of the cross-entropy get right", keys: ["dtype", "margin", "shift"] });
  const far = Math.log10(1 + MOST);
  const views = ["loss", "slope"].map((what) => {
    const c = chart({
      name: what,
      x: {
        domain: [-far, far],
        ticks: [-100, -10, 0, 10, 100].map(place),
        format: (s) => show(Math.round(margin_at(s)), 0),
        label: "margin: true logit − other",
      },
      y: { domain: [0, names.length], ticks: names.map((_, k) => k), format: () => "", label: "" },
      left: 50,
      height: 250,
    });
    const lanes = names.map((name) => {
      const lane = {
        area: svg("path", { class: "ce-area ce-p" }),
        line: svg("path", { class: "ce-line" }),
        notes: Array.from({ length: 8 }, () => svg("text", { "text-anchor": "middle" })),
        name: svg("text", { "text-anchor": "end" }, name),
      };
      c.layers.append(lane.area, lane.line, ...lane.notes);
      c.root.append(lane.name);
      return lane;
    });
    const at = svg("line", { class: "ce-tangent" });
    c.layers.append(at);
    c.root.classList.add("ce-across");
    const title = html("p", { className: "ce-legend" }, `right digits of the ${what}`);
    f.charts.append(html("div", { className: "ce-chart-box" }, title, c.root));
    return { c, lanes, at };
  });
  const cells = names.map(() => ["loss", "slope"].map(() => html("td")));
  const verdicts = html(
    "table",
    { className: "ce-verdicts" },
    html(
      "thead",
      {},
      html("tr", {}, ...["formula", "loss", "slope"].map((h) => html("th", { scope: "col" }, h))),
    ),
    html(
      "tbody",
      {},
      ...names.map((name, k) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, html("b", {}, name), html("span", {}, NAMES[name])),
          ...cells[k],
        ),
      ),
    ),
  );
  f.charts.after(verdicts);
  const dtypes = choice({
    label: "dtype",
    options: Object.keys(DTYPES).map((name) => [name, name]),
    input: (dtype) => f.write({ dtype }),
  });
  const [margins, shifts] = [
    ["margin", "margin"],
    ["shift", "shift of both"],
  ].map(([key, label]) =>
    slider({
      label,
      min: -far,
      max: far,
      step: 0.004,
      text: (s) => tidied(margin_at(s)),
      input: (s) => f.write({ [key]: margin_at(s) }),
    }),
  );
  const typed = html("input", {
    type: "number",
    min: -MOST,
    max: MOST,
    step: "any",
    aria: { label: "margin, typed" },
  });
  typed.addEventListener("input", () => {
    const v = typed.valueAsNumber;
    if (valid.margin(v)) f.write({ margin: v });
  });
  const field = html("label", { className: "ce-field ce-short" }, html("span", {}, "or type it"), typed);
  f.controls.append(dtypes.root, margins.root, field, shifts.root);
  f.buttons.prepend(
    button("First loss of 0", () => jump("max", (v) => v === "0")),
    button("First nan", () => jump("naive", (v) => v === "nan")),
  );

  // ---- state --------------------------------------------------------------------------------
  // The curves stay while the margin moves.
  let [known, found] = ["", []];
  function over_all_margins(dtype, shift) {
    if (known !== `${dtype} ${shift}`) {
      known = `${dtype} ${shift}`;
      found = samples.map((s) => rounded_losses(dtype, margin_at(s), shift));
    }
    return found;
  }

  // The smallest whole margin at which a formula's loss shows a symptom, with no shift.
  function jump(name, is) {
    const dtype = model.get("dtype");
    for (let margin = 1; margin <= MOST; margin++) {
      const { exact, rows } = rounded_losses(dtype, margin, 0);
      const row = rows.find((other) => other.name === name);
      if (is(symptom(row.got[0], exact[0], dtype))) return f.write({ margin, shift: 0 });
    }
  }

  // ---- value ↔ pixel: equal steps are about equal factors -------------------------------------
  function place(margin) {
    return Math.sign(margin) * Math.log10(1 + Math.abs(margin));
  }
  function margin_at(s) {
    const size = Math.min(MOST, 10 ** Math.abs(s) - 1);
    return Number((Math.sign(s) * size).toPrecision(3)) + 0;
  }
  const tidied = (v) => String(v).replace("-", "−");
  const samples = Array.from({ length: 201 }, (_, i) => -far + (i * 2 * far) / 200);

  // ---- paint --------------------------------------------------------------------------------
  function judged(got, exact, dtype) {
    const most = Math.round(most_digits(dtype));
    const digits = Math.round(right_digits(got, exact, dtype));
    const wrong = symptom(got, exact, dtype);
    if (wrong === "none") return ["✗ no digit is right", digits];
    if (wrong === "0") return ["✗ silent 0", 0];
    if (wrong) return [`✗ ${wrong}`, 0];
    return digits === most ? [`✓ all ${most} digits`, most] : [`${digits} of ${most} digits`, digits];
  }
  // As a computer prints it; a plain 0 is exactly 0.
  const number = (v) => (Number.isNaN(v) ? "nan" : v === Infinity ? "inf" : v === 0 ? "0" : show(v, 4));

  function paint() {
    const [dtype, margin, shift] = ["dtype", "margin", "shift"].map((key) => model.get(key));
    dtypes.update(dtype);
    margins.update(place(margin));
    shifts.update(place(shift));
    if (typed.valueAsNumber !== margin) typed.value = margin;
    const curves = over_all_margins(dtype, shift);
    views.forEach(({ c, lanes, at }, what) => {
      lanes.forEach((lane, k) => {
        const base = names.length - 1 - k;
        const height = curves.map(({ exact, rows }) =>
          right_digits(rows[k].got[what], exact[what], dtype) / most_digits(dtype),
        );
        const points = samples.map((s, i) => [s, base + LANE * height[i]]);
        const line = path(c, points);
        set(lane.line, { d: line });
        set(lane.area, { d: `${line}L${c.X(far)} ${c.Y(base)}L${c.X(-far)} ${c.Y(base)}Z` });
        set(lane.name, { x: c.X(-far) - 6, y: c.Y(base + LANE / 2) + 4 });
        const runs = failures(curves.map(({ exact, rows }) => symptom(rows[k].got[what], exact[what], dtype)));
        lane.notes.forEach((note, i) => {
          const run = runs[i];
          const wide = run && c.X(samples[run.to]) - c.X(samples[run.from]) > 8 * run.word.length;
          note.textContent = wide ? run.word : "";
          if (wide) set(note, { x: c.X((samples[run.from] + samples[run.to]) / 2), y: c.Y(base) - 5 });
        });
      });
      const x = c.X(place(margin));
      set(at, { x1: x, x2: x, y1: c.Y(0), y2: c.Y(names.length) });
    });
    const { z, exact, rows } = rounded_losses(dtype, margin, shift);
    const said = rows.map(({ got }, k) =>
      [0, 1].map((what) => {
        const [verdict] = judged(got[what], exact[what], dtype);
        cells[k][what].replaceChildren(html("b", {}, number(got[what])), html("span", {}, verdict));
        return verdict;
      }),
    );
    return {
      values: [
        ["true logit, as stored", tidied(Number(z[0].toPrecision(7)))],
        ["other logit, as stored", tidied(Number(z[1].toPrecision(7)))],
        ["exact loss", `${number(exact[0])} nats`],
        ["exact slope", number(exact[1])],
      ],
      sentence: `${dtype}, margin ${tidied(margin)}: exact loss ${number(exact[0])} nats. ${rows
        .map(({ name, got }, k) => `${name}: ${number(got[0])}, ${said[k][0].replace(/^. /, "")}`)
        .join("; ")}.`,
      table: () => ({
        head: ["margin", "exact loss", ...names, "exact slope", ...names.map((name) => `slope, ${name}`)],
        rows: [-1000, -100, -20, -8, 0, 4, 8, 12, 17, 37, 89, 100, 710, 1000].map((m) => {
          const all = rounded_losses(dtype, m, shift);
          const both = [0, 1].flatMap((what) => [all.exact[what], ...all.rows.map(({ got }) => got[what])]);
          return [tidied(m), ...both.map(number)];
        }),
      }),
    };
  }

  // ---- pointer ------------------------------------------------------------------------------
  for (const { c } of views) drag(c.root, { move: (px) => f.write({ margin: held_in(c.unX(px)) }) });
  function held_in(s) {
    return margin_at(clip(s, -far, far));
  }

  // ---- model → view, cleanup (the keyboard works the sliders and the field) -------------------
  return f.start(paint, views.map(({ c }) => c));
}

// The stretches of one symptom: [{ word, from, to }], the indices included.
function failures(words) {
  const runs = [];
  words.forEach((word, i) => {
    if (!word || word === "none") return;
    const last = runs.at(-1);
    if (last && last.word === word && last.to === i - 1) last.to = i;
    else runs.push({ word, from: i, to: i });
  });
  return runs;
}

export default { render };
