// The search of the book: finds sections, and shows each with the line where the words stand.
// What it searches is globalThis.ceSections, written by engine/search.py.

import MiniSearch from "minisearch";
import { stemmer } from "stemmer";

import { element } from "./dom.mjs";

const WORD = /\p{N}+\.\p{N}+|[\p{L}\p{N}]+(?:[_'’‐-][\p{L}\p{N}]+)*/gu;
const NUMBER = /^[\d.]+$/;
const IDLE = new Set(
  ("a an and are as at be but by can do does for from get gets give go goes has have how i if in " +
  "into is it its my of on or so that the then there this to was what when where which why with you")
    .split(" "),
);
const GREEK = new Map(Object.entries( // in an object "constructor" would be a name too
  { α: "alpha", β: "beta", γ: "gamma", ε: "epsilon", θ: "theta", μ: "mu", σ: "sigma" },
));
const ASIDE = new Set(["Exercises", "Further reading"]); // as the reference, they come second
const SHOWN = 20;

// ---- finding ------------------------------------------------------------------------------------

const words = (text) => text.match(WORD) ?? [];

// What a word is found by: pos_weight by posweight, pos and weight, and each by its stem too.
const known = new Map();
function terms(word) {
  const whole = word.toLowerCase();
  if (!known.has(whole)) known.set(whole, IDLE.has(whole) ? [] : made(whole));
  return known.get(whole);
}
function made(word) {
  if (NUMBER.test(word)) return [word];
  const parts = word.split(/[_'’‐-]/);
  const all = parts.length > 1 ? [parts.join(""), ...parts] : [GREEK.get(word) ?? word];
  return [...new Set(all.flatMap((part) => (part.length > 4 ? [part, stemmer(part)] : [part])))];
}

// Returns a function from a query to the sections that answer it, the best first.
export function index(sections) {
  const vocabulary = new Set();
  const search = new MiniSearch({
    fields: ["title", "index", "keys", "page", "text", "code"],
    tokenize: words,
    processTerm: (word, field) => {
      if (field) terms(word).forEach((term) => vocabulary.add(term));
      return terms(word);
    },
    searchOptions: {
      boost: { title: 4, index: 4, keys: 2, code: 0.5 },
      boostDocument: (id) => ("number" in sections[id] && !ASIDE.has(sections[id].title) ? 1 : 0.3),
      prefix: (term) => term.length > 1,
      fuzzy: (term) => (vocabulary.has(term) || term.length < 5 || NUMBER.test(term) ? false : 0.2),
    },
  });
  search.addAll(sections.map((section, id) => (
    // The beginning of a chapter has the title of the chapter.
    section.title ? { ...section, id } : { ...section, id, title: section.page, page: "" }
  )));
  return (query) => search.search(query).map(({ id, terms, score }) => ({ ...sections[id], terms, score }));
}

// ---- showing ------------------------------------------------------------------------------------

// Returns the line that answers best, in parts: {text, hit}. A word as it was typed counts most.
function excerpt(section, query) {
  const typed = new Set(words(query).map((word) => terms(word)[0]));
  const found = new Set(section.terms);
  const lines = [section.text, section.code].flatMap((part) => part?.split("\n") ?? []).map((line) => {
    const hits = [...line.matchAll(WORD)].filter(([word]) => terms(word).some((term) => found.has(term)));
    const different = [...new Set(hits.map(([word]) => terms(word)[0]))];
    return { line, hits, worth: different.reduce((sum, term) => sum + (typed.has(term) ? 3 : 1), 0) };
  });
  const best = lines.reduce((best, line) => (line.worth > best.worth ? line : best), lines[0]);
  const { line, hits } = best ?? { line: "", hits: [] };

  const first = hits[0]?.index ?? 0;
  const start = first < 120 ? 0 : line.lastIndexOf(" ", first - 60) + 1;
  const cut = start + 240 < line.length ? line.lastIndexOf(" ", start + 240) : line.length;
  const end = Math.max(cut, start + 1);
  const parts = [{ text: start ? "… " : "" }];
  let at = start;
  for (const { 0: word, index } of hits) {
    if (index + word.length > end) break;
    parts.push({ text: line.slice(at, index) }, { text: word, hit: true });
    at = index + word.length;
  }
  parts.push({ text: line.slice(at, end) }, { text: end < line.length ? " …" : "" });
  return parts;
}

function result(section, query) {
  const { number, page, title, url } = section;
  const chapter = number ? `${number} ${page}` : page;
  const link = element("a", { href: url }, title ? `${chapter} › ${title}` : chapter);
  const parts = excerpt(section, query);
  const shown = parts.map(({ text, hit }) => (hit ? element("mark", {}, text) : text));
  return element("li", {}, link, element("p", {}, ...shown));
}

function said(query, count) {
  if (!query) return "";
  if (!count) return "No section has these words: try fewer of them, or the name of a function or an error.";
  if (count > SHOWN) return `The first ${SHOWN} of ${count} sections.`;
  return count === 1 ? "1 section." : `${count} sections.`;
}

function start() {
  const form = document.querySelector(".ce-search");
  const { q: field } = form.elements;
  const list = document.getElementById("search-results");
  const status = document.getElementById("search-count");
  const find = index(globalThis.ceSections);
  let shown = "";

  const show = () => {
    const query = field.value.trim();
    if (query === shown) return;
    shown = query;
    const found = find(query);
    list.replaceChildren(...found.slice(0, SHOWN).map((section) => result(section, query)));
    status.textContent = said(query, found.length);
  };
  let frame = 0;
  field.addEventListener("input", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(show);
  });
  // Also when the field is left, so that the way back from a section leads to what was found.
  field.addEventListener("change", () => {
    history.replaceState(null, "", `?${new URLSearchParams({ q: field.value.trim() })}`);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  const asked = new URLSearchParams(location.search).get("q") ?? "";
  field.value = asked.slice(0, field.maxLength); // thousands of unknown words take seconds
  if (field.value) show();
  else field.focus();
}

// The sections come in a script after this one; both have run by then.
if (typeof document !== "undefined") addEventListener("DOMContentLoaded", start);
