// The cells of a page that Python can run: their buttons, their code to edit, and what was typed,
// kept in this browser. The rest (run.mjs, and Python itself) is loaded at the first Run.

import { button, copy, element } from "../dom.mjs";
import { judge, solved } from "../progress.mjs";
import { highlight } from "./highlight.mjs";

const KEY = `ce-code ${globalThis.location?.pathname}`;
const ELSEWHERE = "The notebook of this chapter, in Colab or downloaded, runs everywhere.";
const LARGEST = 100_000; // characters of typed code that a page keeps
const page = globalThis.document; // none where a test reads this file
const { python } = page?.documentElement.dataset ?? {}; // the folder of its parts

export const cells = [];

class Cell {
  constructor(box) {
    this.box = box;
    this.code = box.querySelector("pre");
    this.runs = box.matches(".runs");
    this.exercise = box.id.startsWith("answer-") ? box.id.slice(7) : "";
    this.text = this.original = this.code.textContent.replace(/\n+$/, "");
    this.html = this.code.innerHTML;
  }

  // ---- the code ----
  set(text) {
    this.text = text;
    this.code.replaceChildren(...highlight(text));
    this.offer();
  }

  // The buttons that are of use: for code that was changed, or a cell that has run.
  offer() {
    const changed = this.text !== this.original;
    this.again.hidden = !changed && !this.shown;
    this.link.hidden = !changed || Boolean(this.exercise); // a link gives no answers away
  }

  typed() {
    this.text = this.code.innerText.replace(/\u00a0/g, " ").replace(/\n+$/, "");
    keep(this.original, this.text);
    this.unread = false;
    this.offer();
  }

  async share(number) {
    const bytes = String.fromCharCode(...new TextEncoder().encode(this.text));
    const code = btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const url = Object.assign(new URL(location), { hash: `run=${number}.${code}` });
    this.said.textContent = url.href; // to be selected, where the clipboard is closed
    if (await copy(url.href, this.said)) this.said.textContent = "The link shows this code, and does not run it.";
  }

  // ---- its bar ----
  prepare(number) {
    this.name = this.exercise ? `the answer to ${this.exercise}` : `cell ${number}`;
    const code = this.code;
    code.contentEditable = "plaintext-only";
    if (code.contentEditable !== "plaintext-only") code.contentEditable = "true"; // older browsers
    for (const [name, value] of Object.entries({
      role: "textbox", "aria-multiline": "true", "aria-label": `Code of ${this.name}`, spellcheck: "false",
      autocapitalize: "off", autocorrect: "off", translate: "no", inputmode: "text",
    })) code.setAttribute(name, value);
    code.addEventListener("input", () => this.typed());
    code.addEventListener("blur", () => this.text !== this.original && this.set(this.text));
    code.addEventListener("keydown", (event) => this.key(event));
    code.addEventListener("paste", paste);

    this.go = button("Run", () => this.press("run"), { className: this.exercise ? "" : "cell-run" });
    this.check = this.exercise ? button("Check", () => this.press("check"), { className: "cell-run" }) : null;
    this.hint = this.exercise ? button("Hint", () => this.press("hint")) : null;
    this.stop = button("Stop", () => this.press("stop"), { hidden: true });
    this.again = button("Reset", () => this.reset(), { hidden: true });
    this.link = button("Copy link", () => this.share(number), { hidden: true });
    this.said = element("output", { className: "cell-said" });
    const group = { className: "cell-bar", role: "group", "aria-label": `Run ${this.name}` };
    const buttons = [this.check, this.hint, this.go, this.stop, this.again, this.link].filter(Boolean);
    this.bar = element("div", group, ...buttons);
    const input = this.code.closest(".cell_input");
    input.append(this.bar);
    input.after(this.said);
    const before = kept()[this.original];
    if (typeof before === "string") this.set(before);
    if (solved(`code-${this.exercise}`)) this.said.textContent = "✓ Solved.";
  }

  key(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (event.shiftKey || event.ctrlKey || event.metaKey) return this.press(this.exercise ? "check" : "run");
    const before = getSelection().getRangeAt(0).cloneRange();
    before.setStart(this.code, 0);
    const text = before.cloneContents();
    for (const mark of text.querySelectorAll("br, div")) mark.before("\n"); // Chromium's, WebKit's
    const line = text.textContent.split("\n").pop();
    const indent = /^ */.exec(line)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : "");
    document.execCommand("insertText", false, `\n${indent}`); // the one way that can be undone
  }

  press(what) {
    this.unread = false;
    this.judged = what === "check" ? (right) => judge(`code-${this.exercise}`, right) : null;
    return press(this, what);
  }

  reset() {
    this.code.innerHTML = this.html; // what the page itself came with
    this.text = this.original;
    keep(this.original, this.original);
    this.restore?.();
    this.shown = false;
    this.offer();
    this.said.textContent = "";
    this.go.focus();
  }
}

// Also a Parsons step can be pressed: it has the parts of a cell that run.mjs needs.
export async function press(cell, what) {
  try {
    const runner = await import(new URL(`${python}run.js`, location));
    await runner[what](cell, cells);
  } catch (error) {
    cell.said.textContent = `Python cannot start here (${error.message}). ${ELSEWHERE}`;
  }
}

export const able = page && location.protocol !== "file:" && typeof WebAssembly === "object" && "DecompressionStream" in globalThis;

function paste(event) { // text alone, also where "plaintext-only" is unknown
  const text = event.clipboardData?.getData("text/plain");
  if (text === undefined) return;
  event.preventDefault();
  document.execCommand("insertText", false, text.replace(/\r\n?/g, "\n"));
}

// ---- what was typed ------------------------------------------------------------------------------

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return found !== null && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch { // storage is forbidden, or not ours
    return {};
  }
}

function keep(original, text) {
  const all = { ...kept(), [original]: text };
  if (text === original) delete all[original];
  const made = JSON.stringify(all);
  if (made.length > LARGEST) return;
  try {
    if (Object.keys(all).length) localStorage.setItem(KEY, made);
    else localStorage.removeItem(KEY);
  } catch { /* the code works, and is forgotten */ }
}

// ---- a link with code: #run=3.CODE in base64url; with a variable: #run=3&q=0.2 -----------------------

const UNSEEN = /[^\n\t\P{C}]|[^ \P{Z}]|\p{Default_Ignorable_Code_Point}/u;

export function fromLink(hash, all) {
  const [first, ...rest] = hash.replace(/^#/, "").split("&");
  const found = /^run=(\d{1,3})(?:\.([\w-]{1,8000}))?$/.exec(first);
  const cell = found && all.filter((one) => one.runs && !one.exercise)[found[1] - 1];
  if (!cell) return null;
  let text = cell.original;
  if (found[2]) {
    try {
      const bytes = Uint8Array.from(atob(found[2].replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return null;
    }
    if (UNSEEN.test(text)) return null; // what is run is what is seen
  }
  for (const pair of rest) {
    const set = /^([A-Za-z_]\w{0,30})=([-+\d.e,[\] ]{1,200})$/.exec(decode(pair));
    if (!set) return null;
    const line = new RegExp(`^(${set[1]} = ).*$`, "m");
    if (!line.test(text)) return null;
    text = text.replace(line, (_, head) => head + set[2]);
  }
  return { cell, text };
}

const decode = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
};

function follow() {
  const found = fromLink(location.hash, cells);
  if (!found) return;
  const { cell, text } = found;
  cell.box.closest("details")?.setAttribute("open", "");
  cell.box.querySelector("details")?.setAttribute("open", "");
  cell.set(text); // shown and not stored: the reader decides
  cell.unread = text !== cell.original; // no other cell runs it before it
  cell.said.textContent = "This code came with the link: read it before you run it.";
  cell.box.scrollIntoView({ block: "center" });
}

if (python && !able) {
  const why = location.protocol === "file:" ? "from a folder, only from a server" : "in this browser";
  const said = element("p", { className: "cell-bar cell-said" }, `Python cannot start ${why}. ${ELSEWHERE}`);
  document.querySelector(".cell.runs .cell_input").append(said);
} else if (python) {
  for (const box of document.querySelectorAll(".cell:is(.runs, .draws)")) cells.push(new Cell(box));
  let number = 0;
  for (const cell of cells) if (cell.runs) cell.prepare(cell.exercise ? 0 : ++number);
  addEventListener("hashchange", follow);
  follow();
}
