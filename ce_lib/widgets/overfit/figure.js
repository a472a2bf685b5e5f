// A small network trained for too long: the right answers stay as many, the loss rises, a few pay.

import { entropy } from "../kit/ce_math.js";
import { clip, set, show, svg } from "../kit/chart.js";
import { button, slider } from "../kit/frame.js";
import { at_point, handle, line, marks, stage } from "../kit/stage.js";
import { pictures } from "./digits.js";
import {
  along, bills, DIGITS, EPOCHS, epoch_at, HOTTEST, LAST, losses_at, LOWEST, OTHERS, place_of, RIGHT, TESTED, TRAIN,
} from "./record.js";

const LINES = [2, 1, 0.5, 0.25, 0.125]; // nats: each is half of the one above
const [TOP, BOTTOM] = [2.9, 0.1]; // of the panel of the loss
const SHOWN = 5; // pictures
const KNOWS_NOTHING = entropy(Array(10).fill(0.1));
const DEAREST = Math.max(...EPOCHS.map((epoch) => bills(epoch, 1)[0].pays));

export const valid = {
  epoch: (epoch) => Number.isInteger(epoch) && epoch >= 0 && epoch <= LAST,
  T: (T) => T >= 1 && T <= HOTTEST,
};

function render({ model, el }) {
  function build(fig) {
    const add = (tag, attributes = {}) => {
      const node = svg(tag, attributes);
      fig.picture.append(node);
      return node;
    };
    const curve = (tone, width, more = {}) => ({ fill: "none", stroke: `var(--ce-${tone})`, "stroke-width": width, ...more });
    const grid = add("path", { class: "ce-hair", "stroke-width": 1 });
    const axis = add("path", curve("ink", 1));
    const levels = marks(fig.picture, "text", { class: "ce-small ce-muted ce-right" });
    const ticks = marks(fig.picture, "text", { class: "ce-small ce-muted ce-mid" });
    const other_rights = marks(fig.picture, "path", curve("ink", 1, { opacity: 0.18 }));
    const other_losses = marks(fig.picture, "path", curve("loss", 1, { opacity: 0.28 }));
    const train = add("path", curve("loss", 1.3, { "stroke-dasharray": "2 3" }));
    const ghost = add("path", curve("loss", 1.2, { "stroke-dasharray": "7 4" }));
    const right = add("path", curve("ink", 2));
    const tested = add("path", curve("loss", 2.4));
    const rod = add("path", curve("ink", 1));
    const lowest = add("circle", curve("loss", 1.5, { r: 4.5, fill: "var(--ce-ground)" }));
    const name = (tone, more = "") => add("text", { class: `${tone} ce-halo ${more}` });
    const names = {
      right: name("", "ce-bold"),
      tested: name("ce-loss", "ce-bold"),
      train: name("ce-loss", "ce-small"),
      ghost: name("ce-loss", "ce-small ce-right"),
      lowest: name("ce-loss", "ce-small ce-mid"),
      others: name("ce-muted", "ce-small ce-right"),
    };
    const spots = [add("circle", { r: 5, fill: "var(--ce-ink)" }), add("circle", { class: "ce-loss ce-full", r: 5 })];
    const reads = [add("text", { class: "ce-big" }), add("text", { class: "ce-big ce-loss" })];
    const heading = add("text");
    const draw_digits = pictures(fig, DIGITS);
    const surface = add("rect", { fill: "transparent", cursor: "ew-resize" });

    let [width, narrow, x0, w] = [0, false, 0, 0]; // the axis begins at x0 and is w long
    let [answers, losses, row] = [{}, {}, {}]; // where the panels and the pictures stand
    const X = (epoch) => x0 + place_of(epoch) * w;
    const to = (x) => fig.write({ epoch: Math.round(epoch_at(clip((x - x0) / w, 0, 1))) });
    const share_y = (share) => answers.y + answers.high * (1 - share);
    const loss_y = (nats) => {
      const part = Math.log(Math.max(nats, 1e-9) / BOTTOM) / Math.log(TOP / BOTTOM);
      return losses.y + losses.high * (1 - part);
    };
    surface.addEventListener("click", (event) => to(event.clientX - fig.picture.getBoundingClientRect().left));
    const knob = handle(fig, {
      look: "ink",
      radius: 10,
      drag: to,
      ways: [
        {
          label: "epoch",
          min: 0,
          max: 1,
          step: 0.02,
          text: (place) => `epoch ${Math.round(epoch_at(place))}`,
          input: (place) => fig.write({ epoch: keyed(place) }),
        },
      ],
    });
    // Near the start a step of the slider is less than an epoch.
    function keyed(place) {
      const [from, next] = [fig.state().epoch, Math.round(epoch_at(place))];
      return next !== from || place === place_of(from) ? next : clip(from + Math.sign(place - place_of(from)), 0, LAST);
    }
    const go = button("Train on", () => {
      const { epoch } = fig.state();
      const best = EPOCHS[LOWEST];
      fig.glide({ epoch: epoch === LAST ? 0 : epoch < best ? best : LAST });
    });
    const heat = slider({
      label: "divide the logits by T",
      min: 0,
      max: Math.log(HOTTEST),
      step: 0.01,
      text: (v) => show(Math.exp(v), 2),
      input: (v) => fig.write({ T: clip(Number(Math.exp(v).toFixed(2)), 1, HOTTEST) }),
    });
    fig.controls.append(go, heat.root);

    // The part of a curve that is above the floor of the panel.
    function within(list) {
      const points = list.map((v, i) => [X(EPOCHS[i]), loss_y(v)]);
      const floor = losses.y + losses.high;
      const out = points.findIndex(([, y]) => y > floor);
      if (out < 1) return line(points);
      const [[x1, y1], [x2, y2]] = [points[out - 1], points[out]];
      return line([...points.slice(0, out), [x1 + ((floor - y1) / (y2 - y1)) * (x2 - x1), floor]]);
    }

    return {
      layout(across, small) {
        [width, narrow] = [across, small];
        x0 = narrow ? 46 : 54;
        w = width - x0 - (narrow ? 74 : 116);
        const top = narrow ? 92 : 76;
        answers = { y: top, high: narrow ? 52 : 78 };
        losses = { y: top + answers.high + (narrow ? 10 : 16), high: narrow ? 118 : 152 };
        const bottom = losses.y + losses.high;
        set(surface, { x: x0, y: top - 8, width: w, height: bottom - top - 14 });
        row = { heading: bottom + (narrow ? 42 : 46), side: narrow ? 62 : 108 };
        row.base = row.heading + row.side + (narrow ? 10 : 6);
        return row.base + (narrow ? 40 : 44);
      },
      draw(state) {
        const { epoch, T } = state;
        const bottom = losses.y + losses.high;
        const [now, raw] = [losses_at(T), losses_at(1)];
        const [nats, share] = [along(now, epoch), along(RIGHT, epoch) / TESTED];
        const tempered = T > 1.005;
        const rules = [share_y(1), share_y(0.5), ...LINES.map(loss_y)];
        set(grid, { d: rules.map((y) => `M${x0} ${y.toFixed(1)}h${w}`).join("") });
        set(axis, { d: `M${x0} ${share_y(0)}h${w}M${x0} ${bottom}h${w}` });
        levels(
          [["100 %", share_y(1)], ...LINES.map((v) => [v === 2 ? "2 nats" : String(v), loss_y(v)])],
          ([text, y]) => ({ x: x0 - 7, y: y + 5, text }),
        );
        ticks([1, 10, 100, 1000], (e) => ({ x: Math.min(X(e), x0 + w - 12), y: bottom + 18, text: e === 1 ? "epoch 1" : String(e) }));

        const shares = (list) => line(list.map((n, i) => [X(EPOCHS[i]), share_y(n / TESTED)]));
        set(right, { d: shares(RIGHT) });
        other_rights(OTHERS, (run) => ({ d: shares(run.right) }));
        set(tested, { d: within(now) });
        set(train, { d: within(TRAIN) });
        set(ghost, { d: tempered ? within(raw) : "" });
        other_losses(tempered ? [] : OTHERS, (run) => ({ d: within(run.loss) }));
        const put = (node, x, y, text) => {
          set(node, { x, y, visibility: text ? "visible" : "hidden" });
          if (node.textContent !== text) node.textContent = text;
        };
        put(names.right, X(12), share_y(0.62), narrow ? "right answers" : `right answers, of ${TESTED} new digits`);
        put(names.tested, X(12), loss_y(narrow ? 1.55 : 1.25), narrow ? "loss on new digits" : `loss on the ${TESTED}`);
        put(names.train, x0 + 5, bottom - 8, narrow ? "in training" : "loss on the 200 it learns");
        put(names.ghost, x0 + w - 6, loss_y(raw.at(-1)) - 8, tempered && nats < along(raw, epoch) ? "as trained, T = 1" : "");
        const highest = Math.max(...OTHERS.map(({ loss }) => loss.at(-1)));
        put(names.others, x0 + w - 6, loss_y(highest) - 8, tempered ? "" : narrow ? "nine others" : "nine other networks");
        const best = EPOCHS[LOWEST];
        set(lowest, { cx: X(best), cy: loss_y(raw[LOWEST]), visibility: tempered ? "hidden" : "visible" });
        put(names.lowest, X(best) + (narrow ? 26 : 0), loss_y(raw[LOWEST]) + 20, tempered ? "" : `lowest ${show(raw[LOWEST], 2)}`);

        const x = X(epoch);
        set(rod, { d: `M${x} ${answers.y - 6}V${bottom}` });
        knob.place(x, bottom, [place_of(epoch)]);
        set(spots[0], { cx: x, cy: share_y(share) });
        set(spots[1], { cx: x, cy: loss_y(nats) });
        const aside = x0 + w + (narrow ? 8 : 16);
        put(reads[0], aside, share_y(share) + 8, `${show(100 * share, 1)} %`);
        put(reads[1], aside, loss_y(nats) + 8, show(nats, 2));

        const dearest = bills(epoch, T).slice(0, SHOWN);
        const part = dearest.reduce((sum, { pays }) => sum + pays, 0) / (nats * TESTED);
        put(heading, 0, row.heading, bill_of(part));
        draw_digits(dearest, { x: 0, base: row.base, column: width / SHOWN, side: row.side, dearest: DEAREST, narrow });
        heat.update(Math.log(T));
        const label = fig.state().epoch === LAST ? "Start again" : "Train on";
        if (go.textContent !== label) go.textContent = label;
        return sentence(Math.round(epoch), T, nats, share, along(raw, epoch));
      },
      table: ({ epoch, T }) => [
        {
          head: ["epoch", `right, of ${TESTED}`, "loss (nats)", `loss at T = ${show(T, 1)}`, "loss in training"],
          rows: EPOCHS.map((e, i) => [String(e), String(RIGHT[i]), losses_at(1)[i], losses_at(T)[i], show(TRAIN[i], 6)]),
        },
        {
          head: ["these pay most", "pays (nats)", "is called", "with probability"],
          rows: bills(epoch, T).slice(0, SHOWN).map(({ n, pays, called, sure }) => [`a ${DIGITS[n].y}`, pays, String(called), sure]),
        },
        {
          head: ["ten seeds", "lowest loss", "at epoch", "last loss", "right then", "right at the end"],
          rows: [{ right: RIGHT, loss: losses_at(1) }, ...OTHERS].map(({ right, loss }, i) => {
            const k = loss.indexOf(Math.min(...loss));
            return [i ? `another ${i}` : "this one", loss[k], String(EPOCHS[k]), loss.at(-1), String(right[k]), String(right.at(-1))];
          }),
        },
      ],
      glides: {
        epoch: (a, b, t) => epoch_at(place_of(a) + t * (place_of(b) - place_of(a))),
        T: (a, b, t) => a * (b / a) ** t,
      },
    };

    function bill_of(part) {
      const share = `${show(100 * part, 0)} %`;
      if (fig.width < 320) return `These 5 pay ${share}, in nats:`;
      const told = `These 5 of the ${TESTED} pay ${share} of the bill`;
      return narrow ? `${told}, in nats:` : `${told}. The area of a picture is what it pays.`;
    }
  }

  function sentence(epoch, T, nats, share, raw) {
    const cost = (v) => `<b class="loss">${show(v, 2)}</b>`;
    const good = `<b>${show(100 * share, 1)}\u00a0%</b>`;
    const least = losses_at(1)[LOWEST];
    if (T > 1.005) {
      const change = Math.abs(raw - nats) < 0.005 ? `stays at ${cost(nats)}` : `${nats < raw ? "falls" : "rises"} from ${cost(raw)} to ${cost(nats)}`;
      return `Divide every logit by ${show(T, 1)}: the loss ${change}, and not one answer changes.`;
    }
    if (epoch < 1) return `Nothing is learned yet: everybody pays about ln 10 = ${cost(KNOWS_NOTHING)}.`;
    if (nats < least * 1.04) return `The loss is as low as it gets: ${cost(nats)}, with ${good} right. From here on, the two part.`;
    if (epoch < EPOCHS[LOWEST]) return `After ${epoch} ${epoch === 1 ? "epoch" : "epochs"} ${good} are right. Accuracy and loss still get better together.`;
    const risen = nats / least;
    const told = risen > 1.9 ? (risen < 2.15 ? "doubled" : `grown ${show(risen, 1)} times`) : `risen by ${show(100 * (risen - 1), 0)}\u00a0%`;
    return `Still ${good} are right, but the loss has ${told}, to ${cost(nats)}: the same mistakes, made more surely.`;
  }

  return stage({ model, el, label: "A network trained for too long", keys: ["epoch", "T"], build });
}

export default { render };
