// The colours of the page: the system's, or what the reader chose, kept in this browser.
// (What was chosen is set before the first paint by a line in the page's head: engine/page.py.)

const KEY = "ce-theme";
const NAMES = { "": "System", light: "Light", dark: "Dark" };
const root = document.documentElement;
const button = document.querySelector(".theme-button");

function show() {
  const name = NAMES[root.dataset.theme ?? ""];
  button.lastElementChild.textContent = name;
  button.setAttribute("aria-label", `${name} colours: change`);
}

button.addEventListener("click", () => {
  const all = Object.keys(NAMES);
  const next = all[(all.indexOf(root.dataset.theme ?? "") + 1) % all.length];
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  try {
    if (next) localStorage.setItem(KEY, next);
    else localStorage.removeItem(KEY);
  } catch { /* nothing may be stored here: the choice lasts as long as the page */ }
  show();
});
button.hidden = false;
show();
