// Mails on a line, a sigmoid above them to drag, and below each mail its price, which hangs down.

import { logit, sigmoid } from "../kit/ce_math.js";
import { clip, set, svg, ticks } from "../kit/chart.js";
import { slider } from "../kit/frame.js";
import { player } from "../kit/player.js";
import { at_point, handle, line, marks, mix, short, stage } from "../kit/stage.js";
import { as_many_as, at_rest, bill, walker } from "./descent.js";
import { sentence } from "./sentence.js";

const MOST = { w: 8, b: 40, steps: 400 };
const NATS = 6; // what fits below the line; where a price is higher, all bars shrink alike
const REACH = 1.3; // scores from the middle of the curve to the knob that makes it steep
const LETTER = 6.2; // pixels of one in the name of a mail, more or less
const EDGE = 4.4; // the knobs stay between the scores −4.4 and 4.4
const FLAT = 0.05; // a curve flatter than that has no middle to drag

export const valid = {
  w: (w) => Math.abs(w) <= MOST.w,
  b: (b) => Math.abs(b) <= MOST.b,
  steps: (steps) => Number.isInteger(steps) && steps >= 0 && steps <= MOST.steps,
  rate: (rate) => rate >= 0.25 && rate <= 3,
  mail: (mail, { mails }) => Number.isInteger(mail) && mail >= 0 && mail <= mails.length,
  running: (running) => typeof running === "boolean",
};

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const text = (look, words = "") => svg("text", { class: look }, words);
const path = (look) => svg("path", { class: look });

function render({ model, el }) {
  let moved = null; // where the filter stood when something else than a hand moved it

  return stage({
    model,
    el,
    label: "Mails by their spam score, how sure the filter is, and what each mail costs",
    keys: ["w", "b", "rate", "steps", "mails", "mail"],
    build,
  });

  function build(fig) {
    fig.root.classList.add("ce-price");
    const walk = walker();
    const place = {}; // where things are: set by layout and draw
    let shown = null; // {here, prices, read} of the last drawing

    // ---- DOM --------------------------------------------------------------------------------
    const rails = svg("path", { class: "ce-hair", "stroke-width": 1 });
    const bars = marks(fig.picture, "rect", { class: "ce-loss ce-full", rx: 1.5 });
    const names = marks(fig.picture, "text", { class: "ce-small ce-word ce-muted ce-halo" });
    const scale = marks(fig.picture, "text", { class: "ce-small ce-muted ce-halo ce-right" });
    const coin = svg("path", { class: "ce-drawn", "stroke-width": 1, "stroke-dasharray": "4 4" });
    const drop = svg("path", { class: "ce-drawn ce-loss", "stroke-width": 1, "stroke-dasharray": "2 4" });
    const level = path("ce-drawn ce-loss");
    const curve = path("ce-drawn ce-q");
    const pulls = path("ce-drawn ce-grad");
    fig.picture.append(rails, coin, drop, level, curve, pulls);
    const dots = marks(fig.picture, "circle", { r: 5 });
    const words = {
      spam: text("ce-p ce-bold", "spam"),
      fine: text("ce-p ce-bold ce-right", "not spam"),
      score: text("ce-small ce-muted ce-right", "more like spam →"),
      coin: text("ce-small ce-muted ce-halo", "a coin pays 0.69"),
      mean: text("ce-loss ce-bold ce-halo ce-right"),
      subject: text("ce-word ce-halo"),
      price: text("ce-loss ce-bold ce-halo"),
      smaller: text("ce-small ce-muted ce-right", "drawn smaller, to fit"),
    };
    const sure = ["q, how sure", "the filter is", "that it is spam"].map((words) => text("ce-q ce-halo", words));
    const priced = ["each mail’s price:", "−log of what its", "right class got"].map((words) =>
      text("ce-small ce-loss ce-halo", words),
    );
    fig.picture.append(...Object.values(words), ...sure, ...priced);

    // ---- hands ------------------------------------------------------------------------------
    const put = ({ w, b }) => {
      train.stop();
      fig.write({ w: clip(w, -MOST.w, MOST.w), b: clip(b, -MOST.b, MOST.b), steps: 0 });
      moved = null;
    };
    const middle = (score) => {
      const { w } = shown.here;
      const steep = Math.abs(w) < FLAT ? FLAT : w;
      put({ w: steep, b: -steep * clip(score, -EDGE, EDGE) });
    };
    const steep = (w) => put({ w, b: -w * place.middle });
    const reader = handle(fig, {
      look: "p",
      ways: [
        {
          label: "the mail that is read",
          min: 1,
          max: model.get("mails").length,
          step: 1,
          text: () => shown.read_out,
          input: (mail) => fig.write({ mail }),
        },
      ],
      drag: (x) => fig.write({ mail: nearest(x).mail }),
    });
    reader.root.classList.add("ce-around"); // a ring: its mail is seen through it
    const slope = handle(fig, {
      ways: [
        {
          label: "weight w",
          min: -MOST.w,
          max: MOST.w,
          step: 0.1,
          text: (w) => `weight ${short(w)}`,
          input: steep,
        },
      ],
      drag: (_, y) => steep(logit(clip(place.unQ(y), 0.003, 0.997)) / (place.side - place.middle)),
    });
    const centre = handle(fig, {
      ways: [
        {
          label: "the score at which the filter says ½",
          min: -EDGE,
          max: EDGE,
          step: 0.1,
          text: (score) => `score ${short(score)}, bias ${short(shown.here.b)}`,
          input: middle,
        },
      ],
      drag: (x) => middle(place.unX(x)),
    });
    const nearest = (x) => {
      const far = model.get("mails").map(([score]) => Math.abs(place.X(score) - x));
      const least = Math.min(...far);
      return { mail: far.indexOf(least) + 1, far: least };
    };
    fig.picture.addEventListener("click", (event) => {
      if (event.target.closest(".ce-handle")) return;
      const { mail, far } = nearest(event.clientX - fig.picture.getBoundingClientRect().left);
      fig.write({ mail: far < 14 ? mail : 0 });
    });

    // ---- training: slowly at first ------------------------------------------------------------
    let [going, last, own] = [false, 0, false]; // own: this change of the steps is of the training
    const write_own = (traits) => {
      own = true;
      fig.write(traits);
      own = false;
    };
    const now_steps = () => model.get("steps");
    const traits = () => Object.fromEntries(["mails", "w", "b", "rate"].map((key) => [key, model.get(key)]));
    const rests = () => at_rest(bill(model.get("mails"), walk({ ...traits(), steps: Math.floor(now_steps()) }).here));
    const finished = () => now_steps() >= MOST.steps || rests();
    const train = player({
      root: fig.root,
      finished,
      advance(n) {
        moved = null;
        if (n) return fig.glide({ steps: Math.floor(now_steps()) + 1 });
        const now = performance.now();
        const pace = Math.max(70, 700 * 0.8 ** now_steps()); // milliseconds of a step
        const next = now_steps() + (calm() ? 1 : going ? Math.min(1, (now - last) / pace) : 0);
        [going, last] = [true, now];
        write_own({ steps: Math.min(next, MOST.steps), running: true });
      },
      save() {
        if (!going) return;
        going = false;
        const end = finished() ? Math.floor : Math.ceil;
        write_own({ steps: end(now_steps()), running: false });
      },
    });
    fig.controls.append(...train.buttons.reverse());
    const rate = slider({
      label: "learning rate",
      min: 0.25,
      max: 3,
      step: 0.25,
      text: (v) => short(v, 3),
      input: (v) => {
        train.stop();
        fig.write({ ...shown.here, steps: 0, rate: v });
      },
    });
    fig.more.append(rate.root);

    // ---- what comes from elsewhere: a link of the text, or the kernel --------------------------
    const halt = () => {
      if (own || !going) return;
      going = false; // so that nothing is saved
      train.stop();
      model.set("running", false);
    };
    const elsewhere = () => {
      halt();
      moved = shown?.here ?? null;
      model.set("steps", 0);
    };
    let awake = false; // what the address of the page says comes first, and starts nothing
    queueMicrotask(() => (awake = true));
    const run = () => {
      if (model.get("running") === going) return;
      if (going) return train.stop();
      if (!awake) return model.set("running", false);
      if (rests()) model.set("steps", 0);
      train.buttons.find((button) => button.classList.contains("ce-play")).click();
    };
    const listeners = { "change:w": elsewhere, "change:b": elsewhere, "change:steps": halt, "change:running": run };
    for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);

    // ---- value ↔ pixel --------------------------------------------------------------------------
    function layout(width, narrow) {
      const top = narrow ? 108 : 96;
      const tall = narrow ? 150 : 190;
      Object.assign(place, { width, narrow, room: narrow ? 134 : 176, thick: narrow ? 9 : 20 });
      place.bill = top + tall + 26;
      place.Q = (q) => top + (1 - q) * tall;
      place.unQ = (y) => 1 - (y - top) / tall;
      set(rails, { d: [place.Q(1), place.Q(0), place.bill].map((y) => `M0 ${y}H${width}`).join("") });
      set(words.spam, { x: 2, y: place.Q(1) - 12 });
      set(words.fine, { x: width - 2, y: place.Q(0) - 10 });
      set(words.smaller, { x: width - 2, y: place.bill + place.room + 20 });
      set(words.score, { x: width - 2, y: place.Q(0) + 19 });
      priced.forEach((node, i) => set(node, { x: 2, y: place.bill + place.room - (2 - i) * 16 }));
      return place.bill + place.room + 26;
    }

    // ---- paint ----------------------------------------------------------------------------------
    function draw(state) {
      const { mails, mail } = state;
      const { here, before, pull } = walk(state);
      const { prices, pulls: gaps, mean, slope: downhill } = bill(mails, here);
      const dearest = Math.max(...prices);
      const dear = prices.indexOf(dearest);
      const alike = dearest - Math.min(...prices) < 0.01;
      const read = mail ? mail - 1 : dear;
      const named = mail > 0 || !alike; // else no mail is dearer than the others
      const { width, narrow, Q } = place;
      rate.update(state.rate);

      const scores = mails.map(([score]) => score);
      const [low, high] = [Math.min(...scores), Math.max(...scores)];
      const [left, across] = narrow ? [38, width - 68] : [116, width - 228];
      const X = (score) => left + ((score - low) / (high - low)) * across;
      const unX = (x) => low + ((x - left) / across) * (high - low);
      const nat = place.room / Math.max(NATS, dearest); // pixels
      const foot = (i) => place.bill + prices[i] * nat;
      Object.assign(place, { X, unX, middle: clip(Math.abs(here.w) < 1e-3 ? 0 : -here.b / here.w, -EDGE, EDGE) });
      place.side = place.middle + (place.middle + REACH < EDGE + 0.3 ? REACH : -REACH);
      const [subject, spam] = [mails[read][2], mails[read][1]];
      const what = `“${subject}”, ${spam ? "spam" : "not spam"}, price ${short(prices[read])}`;
      shown = { here, read_out: what };

      // the curve, and what pulls it
      const q = (score) => sigmoid(here.w * score + here.b);
      const along = Array.from({ length: 141 }, (_, i) => mix(0, width, i / 140));
      set(curve, { d: line(along.map((x) => [x, Q(q(unX(x)))])) });
      const start = q(unX(0));
      sure.forEach((node, i) => set(node, { x: 2, y: Q(start) + (start < 0.55 ? -46 : 22) + i * 17 }));
      dots(mails, ([score, y]) => ({
        cx: X(score).toFixed(1),
        cy: Q(y),
        class: y ? "ce-p ce-full" : "ce-p ce-drawn ce-hollow",
      }));
      set(pulls, {
        d: mails.map(([score], i) => pull_of(X(score), Q(q(score)), Q(q(score) - pull * gaps[i]))).join(""),
      });

      // the bill
      bars(mails, ([score], i) => ({
        x: (X(score) - place.thick / 2).toFixed(1),
        y: place.bill,
        width: place.thick,
        height: Math.max(0, prices[i] * nat).toFixed(1),
        opacity: i === read ? 1 : 0.42,
      }));
      const top = place.bill + mean * nat;
      set(level, { d: `M0 ${top.toFixed(1)}H${width}` });
      set(words.mean, { x: width - 2, y: top + 16 });
      words.mean.textContent = `mean price ${mean.toFixed(2)}`;
      const coin_y = place.bill + Math.LN2 * nat;
      const coin_seen = Math.abs(mean - Math.LN2) > 0.03 && nat > 14 ? "visible" : "hidden";
      set(coin, { d: `M0 ${coin_y.toFixed(1)}H${width}`, visibility: coin_seen });
      const under = top > coin_y && top - coin_y < 20;
      set(words.coin, { x: 2, y: coin_y + (under ? -4 : 15), visibility: coin_seen });
      const nats = ticks(0, place.room / nat, 3).slice(1);
      scale(nats, (v, i) => ({
        x: width - 2,
        y: place.bill + v * nat + 4,
        text: i === nats.length - 1 ? `${v} nats` : String(v),
        visibility: Math.abs(place.bill + v * nat + 4 - top - 16) < 15 ? "hidden" : "visible",
      }));
      set(words.smaller, { visibility: dearest > NATS ? "visible" : "hidden" });

      // the mail that is read, and its name
      set(drop, {
        d: `M${X(mails[read][0]).toFixed(1)} ${Q(spam)}V${place.bill}`,
        visibility: named ? "visible" : "hidden",
      });
      const { at, box, side } = where_to_tell(X(mails[read][0]), subject, foot, read);
      set(words.subject, { ...at, class: `ce-word ce-halo ${side}` });
      set(words.price, { x: at.x, y: at.y + 17, class: `ce-loss ce-bold ce-halo ${side}` });
      words.subject.textContent = named ? `“${subject}”` : "";
      words.price.textContent = named ? prices[read].toFixed(2) : "";
      const lowest = Math.max(top, coin_y);
      names(narrow ? [] : mails, ([score, , name], i) => {
        const from = Math.max(foot(i), lowest) + 7;
        const until = from + LETTER * name.length;
        const hidden = (named && i === read) || until > place.bill + place.room + 24 || (named && meets(box, X(score), from, until));
        return { ...down(X(score) + 4, from), text: name, visibility: hidden ? "hidden" : "visible" };
      });

      // the knobs
      reader.place(X(mails[read][0]), Q(spam), [read + 1]);
      set(reader.root, { visibility: named ? "visible" : "hidden" });
      slope.place(X(place.side), Q(q(place.side)), [here.w]);
      centre.place(X(place.middle), Q(q(place.middle)), [place.middle]);

      const chosen = mail ? read : null;
      return sentence({ mails, prices, mean, here, steps: state.steps, chosen, dear, alike,
        before: bill(mails, before).mean, rests: at_rest({ slope: downhill }), many: as_many_as(prices) });
    }

    // The name of a mail and its price stand under its bar, or beside it where that is too long.
    function where_to_tell(x, subject, foot, read) {
      const half = (subject.length + 2) * (place.narrow ? 3.2 : 3.6);
      const near = model.get("mails").map(([score], i) => (Math.abs(place.X(score) - x) < half ? foot(i) : 0));
      const under = Math.max(...near, place.bill + 38);
      const below = under < place.bill + place.room - 24;
      const right = x > place.width * 0.55;
      const at = below
        ? { x: clip(x, half, place.width - half), y: under + 18 }
        : { x: x + (right ? -1 : 1) * (place.thick / 2 + 7), y: Math.max(foot(read) - 20, place.bill + 40) };
      const left = at.x - (below ? half : right ? 2 * half : 0);
      const box = [left - 8, left + 2 * half + 8, at.y - 16, at.y + 22];
      return { at, box, side: below ? "ce-mid" : right ? "ce-right" : "" };
    }

    function table(state) {
      const { here } = walk(state);
      const { prices, pulls } = bill(state.mails, here);
      return {
        head: ["mail", "score x", "spam y", "q", "price (nats)", "pull q − y"],
        rows: state.mails.map(([score, y, name], i) => [
          name,
          short(score, 3),
          String(y),
          sigmoid(here.w * score + here.b),
          prices[i],
          pulls[i],
        ]),
      };
    }

    function close() {
      train.close();
      for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
    }

    // A motion to another start comes first, then the steps from there.
    const on_the_way = (key) => (from, to, t) =>
      mix(moved?.[key] ?? from, to, fig.state().steps > 0 ? Math.min(1, 2 * t) : t);
    const glides = {
      w: on_the_way("w"),
      b: on_the_way("b"),
      steps: (from, to, t) => (moved ? mix(0, to, Math.max(0, 2 * t - 1)) : mix(from, to, t)),
      mail: null,
    };
    return { layout, draw, table, glides, close };
  }
}

// Whether something at x, from one height to another, stands in a box.
const meets = ([left, right, top, bottom], x, from, until) =>
  x > left && x < right && from < bottom && until > top;

// Text that runs down the page.
const down = (x, y) => ({ transform: `${at_point(x, y)} rotate(90)` });

// From the curve towards the mail's own line, with a head at its end; too short to see is left out.
function pull_of(x, from, to) {
  const long = Math.abs(to - from) - 6;
  if (long <= 2) return "";
  const up = Math.sign(to - from);
  const tip = from + up * long;
  const head = Math.min(4, long / 2);
  return `${line([[x, from], [x, tip]])}${line([[x - head, tip - up * head], [x, tip], [x + head, tip - up * head]])}`;
}

export default { render };
