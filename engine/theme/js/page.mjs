// Small helps on every page: a key for the search, buttons that copy code, boxes that scroll by
// the keyboard.

import { button, copy } from "./dom.mjs";

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  const field = document.querySelector("input[type=search]");
  event.preventDefault();
  field.focus();
  field.select();
});

// ---- code ---------------------------------------------------------------------------------------

for (const box of document.querySelectorAll(".highlight")) {
  if (box.closest(".cell_output")) continue;
  const copying = button("Copy", async () => {
    const code = box.querySelector("pre");
    const lines = code.textContent.trimEnd().split("\n");
    const typed = lines.some((line) => line.startsWith(">>> ")) // a session: what was typed
      ? lines.filter((line) => /^(>>>|\.\.\.)( |$)/.test(line)).map((line) => line.slice(4)) : lines;
    const copied = await copy(`${typed.join("\n")}\n`, code);
    copying.textContent = copied ? "Copied" : "Selected";
    setTimeout(() => (copying.textContent = "Copy"), 2000);
  }, { className: "copy-button", "aria-label": "Copy this code" });
  box.append(copying);
}

// ---- boxes that scroll --------------------------------------------------------------------------

const boxes = [...document.querySelectorAll(".highlight pre, .katex-display, article table")]
  .filter((box) => !box.closest(".ce"));
function focusable(box) {
  if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => focusable(target)));
boxes.forEach((box) => resized.observe(box));
document.fonts.ready.then(() => boxes.forEach(focusable)); // formulas grow into theirs

// ---- the contents --------------------------------------------------------------------------------

// A chapter chosen from the list over the page: the list has done its work.
const list = document.getElementById("contents");
list.addEventListener("click", (event) => {
  if (event.target.closest("a") && list.matches(":popover-open")) list.hidePopover();
});
