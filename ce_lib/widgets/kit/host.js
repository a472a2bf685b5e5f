// Runs the figures of a static page, with no kernel: gives each module the model that Jupyter
// would give it, keeps the figure's state in the address of the page, and lets the text move it.

import { iconButton } from "./frame.js";

const lives = new Map(); // the element of a figure → its start
const key_of = (el) => el.id.replace("figure-", ""); // "loss-lens", of a second one "loss-lens-2"

if (typeof document !== "undefined") {
  document.querySelectorAll(".ce-figure").forEach(watch);
  document.addEventListener("ce-figure", ({ detail }) => watch(detail)); // one that a cell made
  document.addEventListener("click", follow);
}

function watch(el) {
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      once(el);
    },
    { rootMargin: "600px" },
  );
  near.observe(el);
}

function once(el) {
  if (!lives.has(el)) lives.set(el, start(el, key_of(el)));
  return lives.get(el);
}

// ---- links of the text that move a figure ---------------------------------------------------
async function follow(event) {
  const link = event.target.closest?.("a.ce-set");
  const el = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!el || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault(); // before the first wait
  const { address, model } = await once(el);
  const state = fromAddress(link.search, address);
  for (const [name, value] of Object.entries(state)) model.set(name, value);
  model.save_changes();
  const box = el.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    el.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }
}

// The links that lead to where the figure stands.
function markLinks({ address, model, links }) {
  for (const link of links) {
    const state = Object.entries(fromAddress(link.search, address));
    const there = state.length && state.every(([name, value]) => JSON.stringify(model.get(name)) === JSON.stringify(value));
    if (there) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// ---- one figure -------------------------------------------------------------------------------

// `more` is what the model has besides the state: draw_stills.mjs says that it draws a still.
export async function start(el, key, more = {}) {
  const initial = JSON.parse(el.dataset.state);
  const { default: figure, valid = {} } = await import(`../${el.dataset.figure}/figure.js`);
  const address = { key, valid, initial, timer: 0 };
  const links = [...document.querySelectorAll(`a.ce-set[href$="#${el.id}"]`)];
  const started = { address, links };
  const model = makeModel({ ...initial, initial, ...more }, () => later(started));
  started.model = model;
  const live = document.createElement("div");
  el.replaceChildren(live); // in place of the still, which is as high
  figure.render({ model, el: live });
  for (const [name, value] of Object.entries(fromAddress(location.search, address))) model.set(name, value);
  const buttons = live.querySelector(".ce-buttons");
  if (Object.keys(valid).length) buttons.append(linkButton(el, address, model));
  markLinks(started);
  el.classList.add("ce-ready");
  return started;
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
function later(started) {
  const { address, model } = started;
  clearTimeout(address.timer);
  address.timer = setTimeout(() => {
    history.replaceState(history.state, "", toAddress(address, model));
    markLinks(started);
  }, 250);
}

function linkButton(el, address, model) {
  const button = iconButton("link", "Copy link", copy);
  const name = button.querySelector("span");
  const say = (text) => {
    name.textContent = text;
    button.classList.add("ce-said");
    el.querySelector(".ce-live").textContent = text; // a name that changes is not read out
    setTimeout(() => {
      name.textContent = "Copy link";
      button.classList.remove("ce-said");
    }, 2000);
  };
  async function copy() {
    const url = toAddress(address, model);
    url.hash = el.id; // a section may begin two screens above its figure
    try {
      await navigator.clipboard.writeText(url);
      say("Link copied");
    } catch {
      history.replaceState(history.state, "", url); // no clipboard here: the address bar has it
      say("See address bar");
    }
  }
  return button;
}
