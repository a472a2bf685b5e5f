// The options of a quiz become buttons, and each says at once what it teaches.

for (const quiz of document.querySelectorAll(".ce-quiz")) {
  const fold = quiz.querySelector(":scope > details");
  const list = fold.previousElementSibling;
  const answers = [...fold.querySelectorAll(":scope > ol > li")];
  const question = list.previousElementSibling;
  question.id ||= `${quiz.id}-question`;
  list.setAttribute("role", "radiogroup");
  list.setAttribute("aria-labelledby", question.id);

  const verdict = document.createElement("div");
  verdict.className = "ce-verdict";
  verdict.setAttribute("role", "status");
  quiz.append(verdict);
  fold.hidden = true;

  [...list.children].forEach((option, i) => {
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: quiz.id });
    const label = document.createElement("label");
    label.append(radio, ...option.firstElementChild.childNodes);
    option.setAttribute("role", "presentation");
    option.replaceChildren(label);
    radio.addEventListener("change", () => {
      const right = answers[i].textContent.trimStart().startsWith("✓");
      verdict.classList.toggle("ce-right", right);
      verdict.classList.toggle("ce-wrong", !right);
      verdict.replaceChildren(...answers[i].cloneNode(true).childNodes);
    });
  });
}
