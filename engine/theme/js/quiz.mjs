// A quiz: its options become buttons, or a field takes the number that it asks for. Each answer
// says at once what it teaches.

import { button, element } from "./dom.mjs";
import { answers as stored, record } from "./progress.mjs";

const UNREADABLE = "A number is wanted: 0.5, or 1/2.";

// The number that a reader typed: 0.5, 0,5 and 1/2 are one; NaN for anything else.
export function typed(text) {
  const parts = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  if (parts.length > 2 || !parts.every((part) => /^\s*-?\d*\.?\d+\s*$/.test(part))) return NaN;
  return parts.map(Number).reduce((above, below) => above / below);
}

// The place of the option that a number is: of the first that it comes near, or else of the last.
export function chosen(number, spans) {
  const at = spans.findIndex(([middle, within]) => Math.abs(number - middle) <= within * (1 + 1e-9));
  return at < 0 ? spans.length : at;
}

function show(verdict, answer) {
  const right = answer.textContent.trimStart().startsWith("✓");
  verdict.classList.toggle("ce-right", right);
  verdict.classList.toggle("ce-wrong", !right);
  verdict.replaceChildren(...answer.cloneNode(true).childNodes);
  return right;
}

function make_buttons(quiz, list, question, answers, verdict, before) {
  list.setAttribute("role", "radiogroup");
  list.setAttribute("aria-labelledby", question.id);
  [...list.children].forEach((option, i) => {
    const radio = element("input", { type: "radio", name: quiz.id });
    const label = element("label", {}, radio, ...option.firstElementChild.childNodes);
    option.setAttribute("role", "presentation");
    option.replaceChildren(label);
    radio.addEventListener("change", () => record(quiz.id, i, show(verdict, answers[i])));
    if (before === i) {
      radio.checked = true;
      show(verdict, answers[i]);
    }
  });
}

function make_field(quiz, row, question, answers, verdict, before) {
  const spans = JSON.parse(quiz.dataset.numbers);
  const field = element("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
  field.setAttribute("aria-labelledby", question.id);
  const check = () => {
    const number = typed(field.value);
    if (Number.isNaN(number)) {
      verdict.classList.remove("ce-right", "ce-wrong");
      verdict.textContent = UNREADABLE;
      return;
    }
    const at = chosen(number, spans);
    record(quiz.id, at, show(verdict, answers[at]));
  };
  field.addEventListener("keydown", (event) => event.key === "Enter" && check());
  row.append(field, element("span", {}, quiz.dataset.unit), button("Check", check));
  if (answers[before]) { // of the number itself only its option was stored
    field.value = spans[before]?.[0] ?? "";
    show(verdict, answers[before]);
  }
}

const quizzes = typeof document === "undefined" ? [] : document.querySelectorAll(".ce-quiz");
const before = quizzes.length ? stored() : {};

for (const quiz of quizzes) {
  const fold = quiz.querySelector(":scope > details");
  const answers = [...fold.querySelectorAll(":scope > ol > li")];
  const options = fold.previousElementSibling; // a list, or the place for a field
  const question = options.previousElementSibling;
  question.id ||= `${quiz.id}-question`;
  const verdict = element("div", { className: "ce-verdict" });
  quiz.append(verdict);
  fold.hidden = true;
  const make = quiz.dataset.numbers ? make_field : make_buttons;
  make(quiz, options, question, answers, verdict, before[quiz.id]?.choice);
  verdict.setAttribute("role", "status"); // only now: what was answered before is not announced
}
