// What a reader answered to quizzes and exercises: in this browser's storage and nowhere else.
// {version: 1, answers: {"quiz-entropy-surprise": {page: "entropy", choice: 0, right: true}, …}}
// An exercise has "code-NAME" for its answer in code and "parsons-NAME" for its lines in order; of
// these the choice is 0.
// Anybody may have made what is stored or imported: only data that `valid` accepts is used.

import { button, element } from "./dom.mjs";

const KEY = "ce-progress";
const LARGEST = 100_000; // characters; the whole book needs some 10,000
const here = () => location.pathname.split("/").pop().replace(/\.html$/, "");

export function valid(data) {
  const one = ([name, answer]) =>
    /^(quiz|code|parsons)-[a-z0-9-]{1,60}$/.test(name) && answer !== null && typeof answer === "object" &&
    /^[a-z0-9-]{1,60}$/.test(String(answer.page)) && typeof answer.page === "string" &&
    Number.isInteger(answer.choice) && answer.choice >= 0 && answer.choice < 10 &&
    typeof answer.right === "boolean";
  return data !== null && typeof data === "object" && data.version === 1 &&
    data.answers !== null && typeof data.answers === "object" && !Array.isArray(data.answers) &&
    Object.entries(data.answers).every(one);
}

// The answers in a text; null where it is not what `write` or *Export* makes.
export function parse(text) {
  try {
    const data = text.length <= LARGEST ? JSON.parse(text) : null;
    return valid(data) ? data.answers : null;
  } catch {
    return null;
  }
}

export function answers() {
  try {
    return parse(localStorage.getItem(KEY) ?? "") ?? {};
  } catch { // storage is forbidden here
    return {};
  }
}

function write(all) {
  const text = JSON.stringify({ version: 1, answers: all });
  if (text.length > LARGEST) return false; // `parse` would not take it, and all would be lost
  try {
    localStorage.setItem(KEY, text);
    return true;
  } catch { // forbidden, or full: the quiz works, and forgets
    return false;
  }
}

export function record(name, choice, right) {
  write({ ...answers(), [name]: { page: here(), choice, right } });
}

// An exercise that was once solved stays solved.
export const solved = (name) => answers()[name]?.right === true;
export const judge = (name, right) => solved(name) || record(name, 0, right);

// ---- the landing page ---------------------------------------------------------------------------

function count(all, page) {
  const found = Object.entries(all).filter(([, answer]) => answer.page === page);
  const quizzes = found.filter(([name]) => name.startsWith("quiz-")).map(([, answer]) => answer.right);
  const right = found.filter(([name, answer]) => !name.startsWith("quiz-") && answer.right);
  const exercises = new Set(right.map(([name]) => name.replace(/^[a-z]+-/, ""))); // solved in one way or both
  return [
    quizzes.length && `quizzes: ${quizzes.filter(Boolean).length} of ${quizzes.length} answered are right`,
    exercises.size && `exercises: ${exercises.size} solved`,
  ].filter(Boolean).join("; ");
}

function landing(box) {
  const links = [...document.querySelectorAll(".path a")];
  const beside = links.map((link) => {
    const note = element("div", { className: "ce-done" });
    link.after(note);
    return [note, /([a-z0-9-]+)\.html/.exec(link.getAttribute("href"))?.[1]];
  });
  const said = element("p", { role: "status" });
  const show = () => beside.forEach(([note, page]) => (note.textContent = count(answers(), page)));

  const save = button("Export", () => {
    const text = JSON.stringify({ version: 1, answers: answers() });
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = element("a", { href, download: "cross-entropy-progress.json" });
    link.click();
    URL.revokeObjectURL(link.href);
    said.textContent = "The file with your answers is among your downloads.";
  });
  const file = element("input", { type: "file", accept: ".json", hidden: true, "aria-label": "A file of progress" });
  file.addEventListener("change", async () => {
    const found = file.files.length ? parse(await file.files[0].text().catch(() => "")) : null;
    file.value = "";
    if (!found) {
      said.textContent = "This file is not one that Export made; nothing was changed.";
    } else if (write({ ...answers(), ...found })) {
      said.textContent = `Answers read from the file: ${Object.keys(found).length}.`;
    } else {
      said.textContent = "This browser has no room for these answers; nothing was changed.";
    }
    show();
  });
  const open = button("Import", () => file.click());
  const clear = button("Clear", () => {
    if (clear.textContent === "Clear") {
      clear.textContent = "Yes, clear all";
      said.textContent = "This removes your answers from this browser. Press again to do it.";
      return;
    }
    try {
      localStorage.removeItem(KEY);
    } catch { /* nothing is stored */ }
    clear.textContent = "Clear";
    said.textContent = "Nothing is stored any more.";
    show();
  });
  clear.addEventListener("blur", () => (clear.textContent = "Clear"));
  box.append(save, open, file, clear, said);
  addEventListener("storage", show); // another tab
  show();
}

if (typeof document !== "undefined") {
  document.querySelectorAll(".ce-progress").forEach(landing);
}
