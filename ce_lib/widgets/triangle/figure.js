// Three probabilities as a point: what it costs, what pulls it, and where gradient descent leads.

import { show } from "../kit/chart.js";
import { button, choice, slider } from "../kit/frame.js";
import { mix, short, stage } from "../kit/stage.js";
import { pane } from "./pane.js";
import { between, bill, contour, is_answer, MOST_STEPS, moved, target, walk } from "./simplex.js";

const LEVELS = [4, 3, 2, 1.5, 1, 0.5, 0.25, 0.1]; // nats
const MOST = 0.6; // smoothing

export const valid = {
  q: (q) => is_answer(q),
  y: (y) => y === 0 || y === 1 || y === 2,
  smoothing: (v) => v >= 0 && v <= MOST,
  steps: (n) => Number.isInteger(n) && n >= 0 && n <= MOST_STEPS,
  view: (v) => v === 0 || v === 1,
};

function render({ model, el }) {
  const names = model.get("labels");

  function build(fig) {
    const answer = ({ q, y, smoothing, steps }) => walk(q, target(y, smoothing), steps).at(-1);
    const put = (q) => fig.write({ q, steps: 0 });
    const ways = names.map((name, k) => ({
      label: `probability of ${name}`,
      min: 0.01,
      max: 0.98,
      step: 0.01,
      text: (v) => show(v, 2),
      input: (v) => put(moved(answer(fig.state()), k, v)),
    }));
    const choose = (y) => fig.glide({ y });
    // On a wide page the triangle stays, and the plane of logits comes beside it.
    const first = pane(fig, { names, choose, put, ways });
    const second = pane(fig, { names, choose, put, ways: [] });

    const smoothing = slider({
      label: "label smoothing",
      min: 0,
      max: MOST,
      step: 0.01,
      text: (v) => show(v, 2),
      input: (v) => fig.write({ smoothing: v }),
    });
    const step = button("Step", () => fig.glide({ steps: Math.min(MOST_STEPS, fig.state().steps + 1) }));
    const truth = choice({ label: "right class", options: names.map((name, k) => [k, name]), input: choose });
    const view = choice({
      label: "drawn as",
      options: [[0, "probabilities"], [1, "logits"]],
      input: (v) => fig.glide({ view: v }),
    });
    fig.controls.append(step, smoothing.root);
    fig.more.append(truth.root, view.root);

    let levels = [];
    let of_levels = "";
    function scene({ q, y, smoothing, steps }) {
      const p = target(y, smoothing);
      const path = walk(q, p, steps);
      const { loss, floor: lowest, pull } = bill(p, path.at(-1));
      const key = [y, smoothing].join();
      if (key !== of_levels) {
        levels = LEVELS.filter((v) => v > lowest + 0.02).map((v) => ({ loss: v, ...contour(v, p, y) }));
      }
      of_levels = key;
      return { p, y, path, loss, lowest, pull, levels, key };
    }

    let [width, narrow, R] = [0, false, 0];
    return {
      layout(w, small) {
        [width, narrow] = [w, small];
        R = narrow ? Math.min(170, (w - 40) / 1.78) : Math.min(225, w / 3.9);
        return narrow ? 166 + 1.5 * R : 182 + 1.5 * R;
      },
      draw(state) {
        const now = scene(state);
        const t = state.view;
        const high = narrow ? 166 + 1.5 * R : 182 + 1.5 * R;
        if (narrow) {
          const box = { x: 0, y: 82, width, height: high - 82 };
          first({ shown: true, cx: width / 2, cy: 122 + R, R, view: t, box }, now);
          second({ shown: false }, now);
        } else {
          const half = width * mix(0.5, 0.235, Math.min(1, 3 * t));
          const at = (side) => mix(width / 2, width * (side ? 0.76 : 0.24), t);
          const box = { x: 0, y: 66, width, height: high - 66 };
          first({ shown: true, cx: at(0), cy: 124 + R, R, view: 0, box }, now);
          const other = { x: at(1) - half, y: 76, width: 2 * half, height: high - 86 };
          second({ shown: t > 0, cx: at(1), cy: 124 + R - 10 * t, R: R * (1 - 0.1 * t), view: t, box: other, title: true }, now);
        }
        smoothing.update(state.smoothing);
        truth.update(state.y);
        view.update(fig.state().view);
        return sentence(state, now);
      },
      table(state) {
        const { p, path, pull } = scene(state);
        const way = walk(state.q, p, Math.max(1, state.steps));
        const q = path.at(-1);
        return [
          {
            head: ["class", "target p", "model q", "pull p − q"],
            rows: names.map((name, k) => [name, p[k], q[k], pull[k]]),
          },
          {
            head: ["steps", "loss (nats)", `probability of ${names[state.y]}`],
            rows: way.map((one, i) => [String(i), bill(p, one).loss, one[state.y]]),
          },
        ];
      },
      glides: { q: between, y: null },
    };
  }

  function sentence({ y, smoothing, view }, { p, path, loss, lowest }) {
    const q = path.at(-1);
    const [mine, top] = [q[y], Math.max(...q)];
    const cost = `<b class="loss">${show(loss, 2)}</b>`;
    const given = mine > 0.995 ? show(mine, 4) : short(mine);
    const told =
      smoothing < 0.005
        ? `The model gives <b class="p">${names[y]}</b> a probability of <b class="q">${given}</b> and pays −ln ${given} = ${cost} nats.`
        : `The model pays ${cost} nats; the least that anybody can pay is ${show(lowest, 2)}.`;
    if (smoothing > 0.005 && loss - lowest < 0.004) return `${told} Here nothing <b class="grad">pulls</b>: no answer is cheaper, and a surer one costs more.`;
    if (mine > p[y] + 0.02) return `${told} Too sure for a smoothed target: the <b class="grad">pull</b> points back.`;
    if (view > 0.5) return `${told} In the logits each step goes along the <b class="grad">arrow</b>, and the valley ${smoothing < 0.005 ? "has no end" : "has a floor"}.`;
    if (top > mine && top > 0.7) return `${told} It is sure and wrong: the <b class="grad">pull</b> is nearly as long as it can be.`;
    if (mine > 0.9) return `${told} What is nearly right is hardly <b class="grad">pulled</b>.`;
    return `${told} The <b class="grad">pull</b> is as long as the mistake, and it ends on the target.`;
  }

  return stage({
    model,
    el,
    label: "The triangle of three probabilities",
    keys: ["q", "y", "smoothing", "steps", "view"],
    build,
  });
}

export default { render };
