// The versions of the book that are published beside this one. Their list is fetched when a reader
// asks for it; whatever it says, only "latest" and names like v1.2.3 become links.

import { element } from "./dom.mjs";

const NAME = /^(latest|v\d{1,9}\.\d{1,9}\.\d{1,9})$/;

async function versions(list) {
  const answer = await fetch(list, { cache: "no-cache" });
  const found = answer.ok ? await answer.json() : [];
  return Array.isArray(found) ? found.filter((name) => typeof name === "string" && NAME.test(name)) : [];
}

function link(name, list, page) {
  const root = new URL(name === "latest" ? "." : `${name}/`, list);
  const made = element("a", { href: root.href }, name);
  made.addEventListener("click", async (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const same = new URL(page, root); // an older version may not have this page
    const there = await fetch(same, { method: "HEAD" }).then(({ ok }) => ok, () => false);
    location.assign(there ? same : root);
  });
  return made;
}

const box = document.querySelector("[data-versions]");
if (box && location.protocol !== "file:" && navigator.onLine) {
  const list = new URL(box.dataset.versions, location);
  const said = element("div", { role: "status" });
  const fold = element("details", {}, element("summary", {}, ...box.childNodes), said);
  box.replaceChildren(fold);
  fold.addEventListener("toggle", async () => {
    if (!fold.open || said.querySelector("a")) return;
    const names = await versions(list).catch(() => []);
    const links = names.slice(0, 100).flatMap((name) => [link(name, list, box.dataset.page), " "]);
    said.replaceChildren(...(links.length ? links : ["The other versions cannot be listed now."]));
  });
}
