// The colours of the page: the system's, or the other ones if the reader chose them in this browser.
// (What was chosen is set before the first paint by a line in the page's head: engine/page.py.)

const KEY = "ce-theme";
const NAMES = { light: "Light", dark: "Dark" };
const root = document.documentElement;
const button = document.querySelector(".theme-button");
const system = matchMedia("(prefers-color-scheme: dark)");

const ofTheSystem = () => (system.matches ? "dark" : "light");
const now = () => root.dataset.theme ?? ofTheSystem();
const other = () => (now() === "dark" ? "light" : "dark");

function show() {
  button.textContent = NAMES[other()];
  button.setAttribute("aria-label", `${NAMES[other()]} colours`);
}

button.addEventListener("click", () => {
  const next = other();
  const chosen = next !== ofTheSystem();
  if (chosen) root.dataset.theme = next;
  else delete root.dataset.theme;
  try {
    if (chosen) localStorage.setItem(KEY, next);
    else localStorage.removeItem(KEY);
  } catch { /* nothing may be stored here: the choice lasts as long as the page */ }
  show();
});
system.addEventListener("change", show);
show();
