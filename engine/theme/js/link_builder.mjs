// The links with which a class opens a notebook, made as Colab, nbgitpuller and Binder read them.

import { copy, element } from "./dom.mjs";

// {where, repository, branch, hub, path} → {url}, or {error}: a sentence.
export function link({ where, repository, branch, hub, path }) {
  const found = /^https:\/\/([\w.-]+)\/([\w.-]+)\/([\w.-]+?)(\.git)?\/?$/.exec(repository.trim());
  const got = (text) => (text.trim() ? `got ${text.trim()}` : "it is empty");
  if (!found) {
    return { error: `Repository must be like https://github.com/you/book; ${got(repository)}.` };
  }
  const [, host, owner, name] = found;
  const ref = branch.trim();
  if (!/^[\w./-]*$/.test(ref)) {
    return { error: `Branch must be a name of letters, digits and . _ - /; ${got(branch)}.` };
  }
  const file = path.split("/").map(encodeURIComponent).join("/");
  if (where === "colab") {
    if (host !== "github.com") {
      return { error: `Colab opens notebooks from github.com only; the repository is on ${host}.` };
    }
    const at = `${owner}/${name}/blob/${ref || "main"}/${file}`;
    return { url: `https://colab.research.google.com/github/${at}` };
  }
  if (where === "binder") {
    const forge = new Map([["github.com", "gh"], ["gitlab.com", "gl"]]).get(host); // no host "constructor"
    if (!forge) {
      return { error: `This form knows Binder's links for github.com and gitlab.com only; the repository is on ${host}.` };
    }
    const project = forge === "gl" ? encodeURIComponent(`${owner}/${name}`) : `${owner}/${name}`;
    const at = `${project}/${encodeURIComponent(ref || "HEAD")}`;
    return { url: `https://mybinder.org/v2/${forge}/${at}?urlpath=${encodeURIComponent(`lab/tree/${path}`)}` };
  }
  if (!/^https?:\/\/[\w.-]+(:\d+)?(\/[\w./~-]*)?$/.test(hub.trim()) || !parses(hub)) {
    return { error: `Address of the hub must be like https://hub.your.school; ${got(hub)}.` };
  }
  if (/^(v\d+(\.\d+)+|[\da-f]{7,40})$/.test(ref)) { // nbgitpuller fails at the second click on such a link
    return { error: `A hub follows a branch, not a tag or a commit: make a branch of ${ref}, and name it here.` };
  }
  const query = [["repo", `https://${host}/${owner}/${name}`], ["branch", ref],
    ["urlpath", `lab/tree/${name}/${path}`]];
  const asked = query.filter(([, value]) => value).map((pair) => pair.map(encodeURIComponent).join("="));
  return { url: `${hub.trim().replace(/\/+$/, "")}/hub/user-redirect/git-pull?${asked.join("&")}` };
}

function parses(address) { // no port 70000, no host 1.2.3.4.5
  try {
    return Boolean(new URL(address));
  } catch {
    return false;
  }
}

function form(box) {
  const { path, where, repository, branch, hub } = box.elements;
  const output = box.querySelector("output");
  const button = box.querySelector("button");
  const said = box.querySelector("[aria-live]");
  const show = () => {
    const colab = where.value === "colab"; // only what is published knows where the library is
    hub.closest("label").hidden = where.value !== "hub";
    branch.closest("label").hidden = colab;
    const tag = box.dataset.folder.slice(0, -1); // of a released version, whose site lies in v1.2.3/
    branch.placeholder = tag || { hub: "the default one", binder: "HEAD" }[where.value] || "";
    const made = link({
      where: where.value, repository: repository.value, hub: hub.value,
      branch: colab ? box.dataset.branch : branch.value || tag,
      path: (colab ? box.dataset.folder : "") + path.value,
    });
    output.replaceChildren(made.url
      ? element("a", { href: made.url }, made.url)
      : made.error);
    button.disabled = !made.url;
    said.textContent = "";
  };
  box.addEventListener("input", show);
  box.addEventListener("submit", (event) => event.preventDefault()); // Enter in a field
  button.addEventListener("click", async () => {
    const copied = await copy(output.textContent, output);
    said.textContent = copied ? "Copied." : "The link is selected: copy it with your keyboard.";
  });
  show();
}

if (typeof document !== "undefined") {
  document.querySelectorAll(".ce-links").forEach(form);
}
