// Logits → softmax → loss → gradient: drag the logits of a few classes and see all four at once.

import { clip, set, show, svg } from "../kit/chart.js";
import { choice, html, slider, temperature } from "../kit/frame.js";
import { arrow, at_point, handle, line, marks, short, stage } from "../kit/stage.js";
import { answer, LIMIT, reach, together } from "./logits.js";

const MOST = 0.5; // smoothing
const NATS = 6; // the end of the axis of the loss
const STEP = 3; // logits: the arrow of a gradient of 1

export const valid = {
  z: (z, state) => Array.isArray(z) && z.length === state.z.length && z.every((v) => Math.abs(v) <= LIMIT),
  y: (y, state) => Number.isInteger(y) && y >= 0 && y < state.z.length,
  smoothing: (v, state) => state.knobs.includes("smoothing") && v >= 0 && v <= MOST,
  temperature: (v, state) => state.knobs.includes("temperature") && v >= 0.1 && v <= 10,
};

function render({ model, el }) {
  const [names, knobs] = [model.get("labels"), model.get("knobs")];
  const K = names.length;
  const all = K === 2 ? "both" : `all ${K === 3 ? "three" : K}`;

  function build(fig) {
    const add = (tag, attributes = {}, parent = fig.picture) => {
      const node = svg(tag, attributes);
      parent.append(node);
      return node;
    };
    const curve = (tone, width, more = {}) => ({ fill: "none", stroke: `var(--ce-${tone})`, "stroke-width": width, ...more });

    // ---- the marks --------------------------------------------------------------------------
    const titles = ["q", "q", "grad"].map((tone) => add("text", { class: `ce-small ce-${tone}` }));
    const grid = add("path", { class: "ce-hair", "stroke-width": 1 });
    const axis = add("path", curve("ink", 1));
    const ticks = marks(fig.picture, "text", { class: "ce-small ce-muted ce-mid" });
    const rows = names.map((name, k) => {
      const title = add("g", { cursor: "pointer" });
      add("rect", { x: 0, y: -24, width: 56, height: 48, fill: "transparent" }, title);
      const text = add("text", { y: 6 }, title);
      text.textContent = name;
      title.addEventListener("click", () => fig.write({ y: k }));
      return {
        title,
        text,
        z: add("text", { class: "ce-q ce-mid ce-halo" }),
        pull: add("path", curve("grad", 2.5, { "stroke-linecap": "round" })),
        q: add("rect", { class: "ce-q ce-tinted", stroke: "var(--ce-q)", "stroke-width": 1 }),
        p: add("path", curve("p", 2)),
        share: add("text", { class: "ce-q" }),
        gradient: add("rect", { class: "ce-grad ce-full" }),
        amount: add("text", { class: "ce-grad ce-mid ce-halo" }),
      };
    });
    const loss_name = add("text", { class: "ce-loss ce-bold" });
    loss_name.textContent = "loss";
    const parts = marks(fig.picture, "rect", { class: "ce-loss ce-tinted", stroke: "var(--ce-loss)", "stroke-width": 1.2 });
    const more = add("path", curve("loss", 2));
    const floor = add("path", curve("ink", 1.5, { "stroke-dasharray": "2 3" }));
    const floor_name = add("text", { class: "ce-small ce-halo" });
    const paid = add("text", { class: "ce-loss ce-bold ce-halo" });
    const knobs_of_z = names.map((name, k) => {
      const to = (v) => move(k, clip(Math.round(v * 10) / 10, -LIMIT, LIMIT));
      return handle(fig, {
        drag: (x) => to(unZ(x)),
        ways: [{ label: `logit of ${name}`, min: -LIMIT, max: LIMIT, step: 0.1, text: (v) => show(v, 1), input: to }],
      });
    });
    const move = (k, value) => fig.write({ z: fig.state().z.map((old, i) => (i === k ? value : old)) });

    // ---- the controls -----------------------------------------------------------------------
    const mean = slider({
      label: `${all} together`,
      min: -LIMIT,
      max: LIMIT,
      step: 0.1,
      text: (v) => show(v, 1),
      input: (v) => fig.write({ z: together(fig.state().z, v) }),
    });
    const truth = choice({
      label: "right class",
      options: names.map((name, k) => [k, name]),
      input: (y) => fig.write({ y }),
    });
    truth.root.querySelector("legend").after(html("span", { aria: { hidden: "true" } }, "right class\u00a0\u00a0"));
    const smoothing = slider({
      label: "smoothing ε",
      min: 0,
      max: MOST,
      step: 0.01,
      text: (v) => show(v, 2),
      input: (v) => fig.write({ smoothing: v }),
    });
    const heat = temperature((T) => fig.write({ temperature: T }));
    const turned = [
      ...(knobs.includes("smoothing") ? [smoothing.root] : []),
      ...(knobs.includes("temperature") ? [heat.root] : []),
    ];
    const [first, ...others] = [...turned, mean.root];
    fig.controls.append(first, truth.root);
    fig.more.append(...others);

    // ---- value ↔ pixel ----------------------------------------------------------------------
    let at = { top: 0, high: 0, loss: 0 };
    let [z0, zw, q0, qw, middle, half, l0, lw] = Array(8).fill(0);
    let narrow = false;
    const row_y = (k) => at.top + (k + 0.5) * at.high;
    const Z = (v) => z0 + ((v + LIMIT) / (2 * LIMIT)) * zw;
    const unZ = (x) => ((x - z0) / zw) * 2 * LIMIT - LIMIT;

    return {
      layout(width, small) {
        narrow = small;
        const left = Math.max(narrow ? 40 : 70, ...names.map((name) => name.length * (narrow ? 8 : 11) + 14));
        const room = width - left;
        [z0, zw] = [left + 6, room * 0.36 - 12];
        [q0, qw] = [left + room * (narrow ? 0.45 : 0.46), room * 0.22];
        [middle, half] = [left + room * 0.85, room * 0.12];
        at = { top: narrow ? 112 : 104, high: narrow ? 54 : 60, loss: 0 };
        at.loss = at.top + K * at.high + 50;
        [l0, lw] = [left + 6, room - 12];
        return at.loss + 40;
      },
      draw(state) {
        const now = answer(state);
        const { z, y, smoothing: epsilon, temperature: T } = state;
        const end = reach(now.gradient);
        const bottom = at.top + K * at.high;

        const warm = Math.abs(T - 1) > 0.001;
        const heads = [
          [z0, narrow ? "logit z" : "logit z, to drag"],
          [q0, narrow ? "softmax q" : `q = softmax(${warm ? "z / T" : "z"})`],
          [middle - half, `${narrow ? "" : "gradient "}${warm ? "(q − p) / T" : "q − p"}`],
        ];
        heads.forEach(([x, text], i) => {
          set(titles[i], { x, y: at.top - 12 });
          titles[i].textContent = text;
        });
        const zeros = names.map((_, k) => `M${z0} ${row_y(k)}h${zw}`).join("");
        const nats = Array.from({ length: NATS + 1 }, (_, n) => l0 + (n / NATS) * lw);
        set(grid, { d: `${zeros}M${Z(0)} ${at.top}V${bottom}M${q0 + qw} ${at.top}V${bottom}M${middle - half} ${at.top}V${bottom}M${middle + half} ${at.top}V${bottom}${nats.map((x) => `M${x} ${at.loss - 8}v16`).join("")}` });
        set(axis, { d: `M${q0} ${at.top}V${bottom}M${middle} ${at.top}V${bottom}M${l0} ${at.loss - 9}v18` });
        ticks(
          [
            [Z(-LIMIT), bottom + 4, "−6"],
            [Z(0), bottom + 4, "0"],
            [Z(LIMIT), bottom + 4, "6"],
            [q0, bottom + 4, "0"],
            [q0 + qw, bottom + 4, "1"],
            ...(narrow ? [] : [[middle - half, bottom + 4, short(-end)]]),
            [middle + half, bottom + 4, short(end)],
            ...nats.map((x, n) => [n === NATS ? x - 14 : x, at.loss + 18, n === NATS ? "6 nats" : String(n)]),
          ],
          ([x, y, text]) => ({ x, y: y + 8, text }),
        );

        rows.forEach((row, k) => {
          const mid = row_y(k);
          const [q, p, g] = [now.q[k], now.p[k], now.gradient[k]];
          set(row.title, { transform: at_point(0, mid) });
          set(row.text, { class: k === y ? "ce-big ce-p" : "ce-big" });
          const x = Z(z[k]);
          knobs_of_z[k].place(x, mid, [z[k]]);
          set(row.z, { x, y: mid - 16 });
          row.z.textContent = show(z[k], 1);
          const far = clip(g, -1, 1) * STEP * (zw / (2 * LIMIT));
          const from = x - Math.sign(far) * 10;
          const tip = clip(x - far, z0 - 6, z0 + zw + 6);
          set(row.pull, { d: Math.abs(far) > 13 && Math.abs(tip - x) > 11 ? arrow([from, mid], [tip, mid], 9) : "" });
          set(row.q, { x: q0, y: mid - 10, width: Math.max(q * qw, 0.5), height: 20 });
          const target = q0 + p * qw;
          set(row.p, { d: line([[q0, mid - 13], [target, mid - 13], [target, mid + 13], [q0, mid + 13]]) });
          set(row.share, { x: q0 + 3, y: mid - 18 });
          row.share.textContent = short(q);
          const wide = (g / end) * half;
          set(row.gradient, { x: Math.min(middle, middle + wide), y: mid - 8, width: Math.max(Math.abs(wide), 0.5), height: 16 });
          set(row.amount, { x: middle, y: mid - 14 });
          row.amount.textContent = short(g);
        });

        const drawn = Math.min(now.loss, NATS);
        let from = 0;
        parts(now.parts, (part) => {
          const [a, b] = [from, Math.min(from + part, NATS)];
          from += part;
          const width = Math.max(((b - a) / NATS) * lw, 0);
          return { x: l0 + (Math.min(a, NATS) / NATS) * lw, y: at.loss - 8, width, height: 16, visibility: part ? "visible" : "hidden" };
        });
        const end_x = l0 + (drawn / NATS) * lw;
        set(more, { d: now.loss > NATS ? arrow([end_x - 14, at.loss], [end_x + 6, at.loss], 10) : "" });
        const floor_x = l0 + (now.floor / NATS) * lw;
        set(floor, { d: now.floor > 0.004 ? `M${floor_x} ${at.loss - 13}v26` : "" });
        set(floor_name, { x: floor_x + 5, y: at.loss - 14, "text-anchor": "start" });
        floor_name.textContent = now.floor > 0.004 ? `the least possible, ${show(now.floor, 2)}` : "";

        set(loss_name, { x: 0, y: at.loss + 5 });
        const beyond = end_x > l0 + lw - 90;
        set(paid, { x: beyond ? end_x - 26 : Math.max(end_x, floor_x) + 9, y: at.loss + 5, "text-anchor": beyond ? "end" : "start" });
        paid.textContent = `${show(now.loss, 2)} nats`;
        mean.update(z.reduce((a, b) => a + b, 0) / K);
        truth.update(y);
        smoothing.update(epsilon);
        heat.update(T);
        return sentence(state, now);
      },
      table(state) {
        const { p, q, gradient, loss, floor, parts } = answer(state);
        return [
          {
            head: ["class", "logit z", "softmax q", "target p", "part of the loss (nats)", "gradient dℓ/dz"],
            rows: names.map((name, k) => [name, state.z[k], q[k], p[k], parts[k], gradient[k]]),
          },
          { head: ["of the answer", "nats"], rows: [["loss", loss], ["the least possible", floor]] },
        ];
      },
      glides: { y: null, temperature: (a, b, t) => a * (b / a) ** t },
    };
  }

  function sentence({ y, smoothing, temperature }, { q, p, loss, floor, gradient, best }) {
    const given = q[y] > 0.995 ? show(q[y], 4) : short(q[y]);
    const right = `<b class="p">${names[y]}</b>`;
    const cost = `<b class="loss">${show(loss, loss < 0.095 ? 3 : 2)}</b>`;
    const heat = Math.abs(temperature - 1) > 0.001 ? `At temperature ${show(temperature, temperature < 1 ? 2 : 1)}, ` : "";
    if (smoothing > 0.004) {
      const told = `${heat ? `${heat}the` : "The"} loss is ${cost} nats, and no answer costs less than ${show(floor, 2)}.`;
      if (loss - floor < 5e-4) return `${told} This one does not: q is the target, and nothing <b class="grad">pulls</b>.`;
      if (gradient[y] > 0) return `${told} Surer than the target: the <b class="grad">gradient</b> of ${right} has turned, and pulls it down.`;
      return `${told} The <b class="grad">gradient</b> still pulls ${right} up, towards ${short(p[y])}.`;
    }
    const told = `${heat ? `${heat}${right}` : `The right class, ${right},`} is given <b class="q">${given}</b>, and the loss is −ln ${given} = ${cost} nats.`;
    return best === y ? `${told} The model chooses it, too.` : `${told} The model chooses ${names[best]}.`;
  }

  return stage({
    model,
    el,
    label: "Softmax lens: drag the logits, see softmax, loss and gradient",
    keys: ["z", "y", "smoothing", "temperature"],
    build,
  });
}

export default { render };
