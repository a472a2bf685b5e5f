// A chapter as slides, where its address has ?slides. Each section shows its law (the sentence in
// bold that a paragraph begins with), formulas, figures, tables and the code that runs in the page;
// all else is hidden. Nothing is copied, so figures move, and code can be changed and run.

import { button, element } from "./dom.mjs";

const LAST = "#exercises, #further-reading";
const KEPT = ".opening, h2, h3, .math, ul, .table-box, .admonition:not(details, .exercise)";
const PICTURE = ".ce-figure, .ce-prediction, .ce-picture, svg, img";
const RUNS = ".cell.runs:not(.tag_hide-input, .answer)"; // code that the page itself shows
const CODE = ".cell_input, details.hide, .stream";
const HELD = "input, select, textarea, button, a, summary, .ce, [contenteditable]"; // these have keys of their own

const chapter = document.querySelector("article > section > #summary")?.parentElement;

if (chapter && new URLSearchParams(location.search).has("slides")) present();
else if (chapter) offer();

function offer() {
  const entry = element("li", {}, element("a", { href: "?slides" }, "Slides"));
  document.querySelector(".page-actions")?.append(entry);
}

function present() {
  document.documentElement.dataset.slides = "";
  const first = element("div", {}, ...chapter.querySelectorAll(":scope > :not(section)"));
  chapter.prepend(first);
  for (const part of chapter.children) {
    if (part.matches(LAST)) part.hidden = true;
    else make(part);
  }
  control([...chapter.querySelectorAll(".slide")]);
}

function make(part) {
  for (const inner of part.querySelectorAll("section")) inner.replaceWith(...inner.childNodes);
  const [number, name] = part.querySelector("h1, h2").childNodes;
  let slide, full;
  for (const child of [...part.children]) {
    const runs = child.matches(RUNS);
    const picture = child.matches(".cell") && child.querySelector(PICTURE) !== null;
    const bold = child.matches("p") && law(child, part.matches("div"));
    if (!picture && !bold && !runs && !child.matches(KEPT)) {
      child.hidden = true;
      continue;
    }
    if (bold) child.replaceChildren(bold);
    if (picture && !runs) child.querySelectorAll(CODE).forEach((code) => (code.hidden = true));
    if (!slide || picture || runs || full) { // a picture, or code, has a slide to itself
      slide = element("div", { className: "slide" });
      if (!child.matches(".opening, h2")) slide.dataset.title = number.textContent + name.textContent;
      child.before(slide);
    }
    slide.append(child);
    full = picture || runs;
  }
}

function law(paragraph, anywhere) {
  const bold = paragraph.querySelector(":scope > strong");
  if (!bold || bold.textContent.startsWith("Try it")) return null;
  return anywhere || !bold.previousSibling?.textContent.trim() ? bold : null;
}

function control(slides) {
  const at = element("output");
  const leave = element("a", { href: location.pathname }, "Leave");
  const bar = { className: "slides-bar", "aria-label": "Slides" };
  const [back, next] = [["Back", -1], ["Next", 1]].map(([text, step]) => button(text, () => go(step)));
  document.body.append(element("nav", bar, back, at, next, leave));

  const now = () => slides.filter((slide) => slide.getBoundingClientRect().top < innerHeight / 3).length - 1;
  const show = () => (at.textContent = `${Math.max(now(), 0) + 1} of ${slides.length}`);
  const go = (step) => {
    const slide = slides[Math.min(Math.max(now() + step, 0), slides.length - 1)];
    slide.scrollIntoView();
    slide.tabIndex = -1; // so that it is read aloud, and Tab goes on from here
    slide.focus({ preventScroll: true });
  };
  const steps = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
  addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.target.closest(HELD)) return;
    event.preventDefault();
    go(event.key === " " && event.shiftKey ? -1 : step);
  });
  addEventListener("scroll", show, { passive: true });
  addEventListener("resize", show);
  show();
}
