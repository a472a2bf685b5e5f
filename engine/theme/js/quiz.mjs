// The options of a quiz become buttons, and each says at once what it teaches.

import { element } from "./dom.mjs";
import { answers as stored, record } from "./progress.mjs";

const before = stored();

for (const quiz of document.querySelectorAll(".ce-quiz")) {
  const fold = quiz.querySelector(":scope > details");
  const list = fold.previousElementSibling;
  const answers = [...fold.querySelectorAll(":scope > ol > li")];
  const question = list.previousElementSibling;
  question.id ||= `${quiz.id}-question`;
  list.setAttribute("role", "radiogroup");
  list.setAttribute("aria-labelledby", question.id);

  const verdict = element("div", { className: "ce-verdict" });
  quiz.append(verdict);
  fold.hidden = true;

  [...list.children].forEach((option, i) => {
    const radio = element("input", { type: "radio", name: quiz.id });
    const label = element("label", {}, radio, ...option.firstElementChild.childNodes);
    option.setAttribute("role", "presentation");
    option.replaceChildren(label);
    const right = answers[i].textContent.trimStart().startsWith("✓");
    const show = () => {
      verdict.classList.toggle("ce-right", right);
      verdict.classList.toggle("ce-wrong", !right);
      verdict.replaceChildren(...answers[i].cloneNode(true).childNodes);
    };
    radio.addEventListener("change", () => {
      show();
      record(quiz.id, i, right);
    });
    if (before[quiz.id]?.choice === i) {
      radio.checked = true;
      show();
    }
  });
  verdict.setAttribute("role", "status"); // only now: what was answered before is not announced
}
