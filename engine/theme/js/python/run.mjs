// Runs the cells of a page: loaded at the first Run. One worker holds Python and the names that the
// cells made; it is ended by Stop, and the next Run starts another.

import { element } from "../dom.mjs";

const SLOW = 60; // seconds after which a cell is stopped
const LARGEST = 3e5; // characters that a cell may show; Python's own limit is in its reach
const root = document.documentElement;
const at = new URL(root.dataset.python, location.href).href;
const size = Number(root.dataset.pythonSize);
const cache = `ce-python ${at}`;

let worker = null; // a promise of one that is ready
let ended = null; // rejects what waits for the worker
let ran = new Set(); // cells whose names Python has
let busy = null; // the cell that runs
let count = 0;

function start(cell) {
  const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
  const made = new Worker(url, { type: "module" });
  const stopped = new Promise((_, reject) => (ended = (why) => {
    made.terminate();
    URL.revokeObjectURL(url);
    worker = ended = null;
    ran = new Set();
    reject(new Error(why));
  }));
  stopped.catch(() => {});
  const ready = new Promise((resolve, reject) => {
    made.onerror = (event) => reject(new Error(event.message || "its worker was refused"));
    made.onmessage = ({ data }) => {
      if (data.kind === "progress") progress(data.value);
      if (data.kind === "died") reject(new Error(data.why));
      if (data.kind === "ready") resolve(made);
    };
  });
  made.postMessage({ kind: "start", at, cache, size });
  forget();
  const failed = ready.catch((error) => Promise.reject(Object.assign(error, { starting: true })));
  return Promise.race([failed, stopped]).then((it) => Object.assign(it, { stopped }));
}

// Parts of an earlier version of the book are of no use any more.
async function forget() {
  const folder = at.replace(/[^/]+\/$/, "");
  const names = await globalThis.caches?.keys().catch(() => []) ?? [];
  for (const name of names) if (name.startsWith(`ce-python ${folder}`) && name !== cache) caches.delete(name);
}

function progress(part) {
  if (!busy) return;
  busy.progress ??= element("progress", { max: 1, "aria-label": "Python, loading" });
  busy.progress.value = part;
  const all = (size / 1e6).toFixed(1);
  if (!busy.progress.isConnected) {
    busy.bar.append(busy.progress);
    say(busy, `Starting Python: ${all} MB, once.`);
  }
}

function say(cell, text) {
  cell.said.textContent = text;
}

// ---- output --------------------------------------------------------------------------------------

function outputOf(cell) {
  if (!cell.output) {
    const before = cell.box.querySelector(":scope > .cell_output");
    cell.output = element("div", { className: "cell_output", role: "region", "aria-label": `Output of ${cell.name}` });
    if (before) before.replaceWith(cell.output);
    else cell.box.append(cell.output);
    cell.restore = () => {
      if (before) cell.output.replaceWith(before);
      else cell.output.remove();
      cell.output = cell.restore = null;
    };
  }
  cell.shown = true;
  return cell.output;
}

function text(cell, kind, said) {
  const output = outputOf(cell);
  let last = output.lastElementChild;
  if (!last?.matches(`.output.${kind}`)) {
    last = element("div", { className: `output highlight ${kind}` }, element("pre", { tabIndex: 0 }));
    output.append(last);
  }
  last.firstChild.append(said);
}

const FIGURE = /^[a-z_]{1,40}$/;

function figure(cell, [module, state]) {
  const known = (root.dataset.figures ?? "").split(" ");
  if (!FIGURE.test(module) || !known.includes(module)) return;
  const number = document.querySelectorAll(`.ce-figure[data-figure=${module}]`).length + 1;
  const key = `${module.replaceAll("_", "-")}-run-${number}`;
  const box = element("div", { className: "ce-figure", id: `figure-${key}` });
  Object.assign(box.dataset, { figure: module, key, state });
  outputOf(cell).append(box);
  const show = () => document.dispatchEvent(new CustomEvent("ce-figure", { detail: box }));
  if (document.querySelector("script[src*='/figures.js']")) return show();
  const script = element("script", { src: root.dataset.figuresScript });
  script.addEventListener("load", show, { once: true });
  document.head.append(script);
}

function error(cell, [said, line, trace]) {
  const box = element("div", { className: "output error", role: "alert" }, element("p", {}, said));
  if (line) {
    const source = cell.text.split("\n")[line - 1] ?? "";
    box.append(element("pre", { tabIndex: 0 }, `line ${line}: ${source.trim()}`));
  }
  if (trace) box.append(element("details", {}, element("summary", {}, "Where"), element("pre", { tabIndex: 0 }, trace)));
  outputOf(cell).append(box);
}

function verdict(cell, [right, said]) {
  const mark = right == null ? "" : right ? "✓ " : "✗ ";
  const kind = right == null ? "hint" : right ? "right" : "wrong";
  outputOf(cell).append(element("p", { className: `output verdict ${kind}`, role: "status" }, mark + said));
  if (right != null) cell.judged?.(right);
}

const SHOW = {
  verdict, text: (cell, v) => text(cell, "text", v), warning: (cell, v) => text(cell, "warning", v), figure, error };

// ---- running -------------------------------------------------------------------------------------

async function send(made, cell, code, visible) {
  if (code.includes("load_digits") && !ran.has("digits")) {
    ran.add("digits");
    await ask(made, cell, { kind: "digits", bytes: await digits() }, false);
  }
  return ask(made, cell, { kind: "run", code, name: cell.name, visible }, visible);
}

// The page loads them: the worker has no door left to a server.
async function digits() {
  const url = `${at}digits.bin`;
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The digits could not be loaded (${answer.status}).`);
  globalThis.caches?.open(cache).then((it) => it.put(url, answer.clone())).catch(() => {});
  return new Response(answer.clone().body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

function ask(made, cell, what, visible) {
  const id = ++count;
  let room = LARGEST;
  const answer = new Promise((resolve, reject) => {
    made.onmessage = ({ data }) => {
      if (data.kind === "died") reject(new Error(`Python broke (${data.why})`));
      else if (data.kind === "done") data.id === id && resolve(data.failed);
      else if (visible && Object.hasOwn(SHOW, data.kind)) {
        room -= 10 + String(data.value).length;
        if (room > 0) SHOW[data.kind](cell, data.value);
        else ended?.("Stopped: it shows more than a page can hold.");
      }
    };
  });
  made.postMessage({ ...what, id });
  const slow = setTimeout(() => ended?.(`Stopped after ${SLOW} seconds: does each loop end?`), SLOW * 1000);
  return Promise.race([answer, made.stopped]).finally(() => clearTimeout(slow));
}

// Runs what the code needs, silently and once, then the code; `before` are cells.
async function execute(cell, before, code) {
  if (busy) {
    say(cell, `First ${busy.name} must end: Stop ends it.`);
    return;
  }
  busy = cell;
  cell.restore?.();
  cell.shown = true;
  cell.stop.hidden = cell.again.hidden = false;
  cell.stop.textContent = worker ? "Stop" : "Cancel";
  say(cell, worker ? "Running …" : "Starting Python …");
  try {
    worker ??= start(cell);
    const made = await worker;
    cell.stop.textContent = "Stop";
    cell.progress?.remove();
    for (const [at, earlier] of before.entries()) {
      if (ran.has(earlier)) continue;
      say(cell, `Running the cells above: ${at + 1} of ${before.length} …`);
      const failed = await send(made, earlier, earlier.unread ? earlier.original : earlier.text, false);
      if (failed) throw new Error(`A cell above went wrong: ${failed}`);
      ran.add(earlier);
    }
    say(cell, "Running …");
    const failed = await send(made, cell, code, true);
    ran.add(cell);
    const printed = cell.output?.innerText.trim().split("\n") ?? [];
    if (failed.startsWith("MemoryError")) ended?.(); // what the names hold would leave no room
    if (failed) say(cell, "An error, see below.");
    else if (!cell.output?.hasChildNodes()) say(cell, "Done, nothing to show.");
    else say(cell, printed.length > 3 ? `Done: ${printed.length} lines.` : "Done.");
  } catch (problem) {
    worker = null;
    ended?.(problem.message); // a new one starts at the next Run
    if (problem.starting) throw problem; // which says where the code runs as well
    say(cell, problem.message);
  } finally {
    busy = null;
    cell.progress?.remove();
    if (document.activeElement === cell.stop) cell.go.focus(); // what is hidden loses the keyboard
    cell.stop.hidden = true;
  }
}

// An exercise needs no more than these, so that its feedback comes soon.
const IMPORTS = { name: "the imports", text: "import numpy as np\nimport ce_lib as ce" };

export function run(cell, cells) {
  const above = () => cells.slice(0, cells.indexOf(cell)).filter((one) => !one.exercise);
  return execute(cell, cell.exercise ? [IMPORTS] : above(), cell.text);
}

export function check(cell) {
  const [, answer] = /^(?:def )?(\w+)/.exec(cell.original);
  return execute(cell, [IMPORTS], `${cell.text}\nce.check("${cell.exercise}", ${answer})`);
}

export const hint = (cell) => execute(cell, [IMPORTS], `ce.hint("${cell.exercise}")`);
export const stop = () => ended?.("Stopped. The next Run starts Python again.");
