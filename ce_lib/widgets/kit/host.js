// Runs the figures of a static page, with no kernel: gives each module the model that Jupyter
// would give it, and keeps the figure's state in the address of the page.

if (typeof document !== "undefined") {
  document.querySelectorAll(".ce-figure").forEach(watch);
  document.addEventListener("ce-figure", ({ detail }) => watch(detail)); // one that a cell made
}

function watch(el) {
  const key = el.id.replace("figure-", ""); // "loss-lens", of a second one "loss-lens-2"
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      start(el, key);
    },
    { rootMargin: "600px" },
  );
  near.observe(el);
}

// `more` is what the model has besides the state: draw_stills.mjs says that it draws a still.
export async function start(el, key, more = {}) {
  const initial = JSON.parse(el.dataset.state);
  const { default: figure, valid = {} } = await import(`../${el.dataset.figure}/figure.js`);
  const address = { key, valid, initial, timer: 0 };
  const model = makeModel({ ...initial, initial, ...more }, () => later(address, model));
  const live = document.createElement("div");
  el.replaceChildren(live); // in place of the still, which is as high
  figure.render({ model, el: live });
  for (const [name, value] of Object.entries(fromAddress(location.search, address))) model.set(name, value);
  const buttons = live.querySelector(".ce-buttons");
  if (Object.keys(valid).length) buttons.append(linkButton(el, address, model));
  el.classList.add("ce-ready");
}

// The part of an anywidget model that the figures use.
function makeModel(state, saved) {
  const listeners = new Map();
  return {
    get: (name) => state[name],
    set(name, value) {
      if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
      state[name] = value;
      for (const listener of listeners.get(`change:${name}`) ?? []) listener();
    },
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) =>
      listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== listener)),
    save_changes: saved,
  };
}

// What the address says of this figure, as far as it makes sense; the rest is ignored.
export function fromAddress(search, { key, valid, initial }) {
  const state = {};
  for (const [name, text] of new URLSearchParams(search)) {
    const trait = name.startsWith(`${key}.`) ? name.slice(key.length + 1) : "";
    if (!Object.hasOwn(valid, trait)) continue;
    const value = parse(text, initial[trait]);
    if (valid[trait](value, initial)) state[trait] = value;
  }
  return state;
}

// Decimal numbers alone: Number() also reads "0x10", "0b11", "Infinity" and "".
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const number = (text) => (DECIMAL.test(text.trim()) ? Number(text) : NaN);

function parse(text, like) {
  if (Array.isArray(like)) return text.split(",").map(number);
  if (typeof like === "boolean") return text === "true" || (text === "false" ? false : text);
  return typeof like === "number" ? number(text) : text;
}

function toAddress({ key, valid, initial }, model) {
  const url = new URL(location.href);
  for (const name of Object.keys(valid)) {
    const [value, from] = [model.get(name), initial[name]];
    if (JSON.stringify(value) === JSON.stringify(from)) url.searchParams.delete(`${key}.${name}`);
    else url.searchParams.set(`${key}.${name}`, String(value));
  }
  url.search = url.search.replaceAll("%2C", ",");
  return url;
}

// Browsers allow only so many changes of the address a second.
function later(address, model) {
  clearTimeout(address.timer);
  address.timer = setTimeout(() => history.replaceState(history.state, "", toAddress(address, model)), 250);
}

function linkButton(el, address, model) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ce-button ce-link";
  button.textContent = "Copy link";
  const say = (text) => {
    button.textContent = text;
    el.querySelector(".ce-live").textContent = text; // a name that changes is not read out
    setTimeout(() => (button.textContent = "Copy link"), 2000);
  };
  button.addEventListener("click", async () => {
    const url = toAddress(address, model);
    url.hash = el.id; // a section may begin two screens above its figure
    try {
      await navigator.clipboard.writeText(url);
      say("Link copied");
    } catch {
      history.replaceState(history.state, "", url); // no clipboard here: the address bar has it
      say("See address bar");
    }
  });
  return button;
}
