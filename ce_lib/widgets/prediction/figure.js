// A guess before the figure answers: choose or drag, commit, and read why.

import { show } from "../kit/chart.js";
import { button, hideSpare, html, slider } from "../kit/frame.js";

function render({ model, el }) {
  const [question, options, answers, correct] = ["question", "options", "answers", "correct"].map(
    (key) => model.get(key),
  );
  const lead = model.get("lead");
  const [low, high, step, truth, near, unit] = ["low", "high", "step", "truth", "near", "unit"].map(
    (key) => model.get(key),
  );
  const choosing = options.length > 0;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const text = (v) => (v === null ? "no guess" : `${show(v, digits)}${unit && ` ${unit}`}`);

  const reply = (v) => model.get("replies").find(([from, to]) => v >= from && v <= to)?.[2] ?? model.get("feedback");

  // ---- DOM ----------------------------------------------------------------------------------
  const legend = html("legend", {}, ...(lead ? [html("b", {}, `${lead} `)] : []), question);
  const root = html("fieldset", { className: "ce ce-prediction" }, legend);
  const name = `ce-${Math.random().toString(36).slice(2)}`;
  const radios = options.map((option, i) => {
    const radio = html("input", { type: "radio", name, value: i });
    const label = html("label", { className: "ce-option" }, radio, html("span", {}, option));
    radio.addEventListener("change", () => write({ guess: i, committed: false }));
    root.append(label);
    return radio;
  });
  const scale = choosing
    ? null
    : slider({ label: "my guess", min: low, max: high, step, text, input: (v) => write({ guess: v, committed: false }) });
  if (scale) {
    // a tap where the browser put the handle changes nothing, and is a guess all the same
    for (const end of ["click", "keyup"]) {
      scale.range.addEventListener(end, (event) => {
        if (event.key !== "Tab" && model.get("guess") === null) write({ guess: Number(scale.range.value), committed: false });
      });
    }
    root.append(scale.root);
  }
  // the button that was pressed goes: the focus must not go with it
  const commit = button("Commit to this guess", () => {
    write({ committed: true });
    again.focus();
  });
  const again = button("Guess again", () => {
    write(model.get("initial"));
    (radios[0] ?? scale.range).focus();
  });
  const verdict = html("p", { className: "ce-verdict", role: "status", aria: { live: "polite" } });
  root.append(html("div", { className: "ce-buttons" }, commit, again), verdict, ...hideSpare(model));
  if (model.get("still")) root.append(key());
  el.append(root);

  // Where no script runs, the answer is folded away.
  function key() {
    const why = choosing
      ? html("ul", {}, ...options.map((option, i) => html("li", {}, `${i === correct ? "✓" : "✗"} ${option}: ${answers[i]}`)))
      : html("p", {}, `${text(truth)}. ${reply(truth)}`);
    return html("details", { className: "ce-unscripted" }, html("summary", {}, "Answer"), why);
  }

  // ---- state --------------------------------------------------------------------------------
  function write(state) {
    for (const [key, value] of Object.entries(state)) model.set(key, value);
    model.save_changes();
  }

  // ---- paint --------------------------------------------------------------------------------
  function paint() {
    const [guess, committed] = [model.get("guess"), model.get("committed")];
    const made = guess !== null;
    radios.forEach((radio, i) => (radio.checked = guess === i));
    scale?.update(guess);
    scale?.root.classList.toggle("ce-untouched", !made); // no handle stands on the line: it would be an answer
    commit.disabled = !made || committed;
    again.hidden = !committed;
    verdict.className = "ce-verdict";
    verdict.textContent = "";
    if (!made || !committed) return;
    const right = choosing ? guess === correct : Math.abs(guess - truth) <= near;
    const [mark, word] = right ? ["✓", choosing ? "Yes." : "Close."] : ["✗", "Not quite."];
    const why = choosing ? answers[guess] : `You said ${text(guess)}, it is ${text(truth)}. ${reply(guess)}`;
    verdict.classList.add(right ? "ce-right" : "ce-wrong");
    verdict.textContent = `${mark} ${word} ${why}`;
  }

  // ---- model → view, cleanup ----------------------------------------------------------------
  for (const key of ["guess", "committed"]) model.on(`change:${key}`, paint);
  paint();
  return () => {
    for (const key of ["guess", "committed"]) model.off(`change:${key}`, paint);
    root.remove();
  };
}

export default { render };
