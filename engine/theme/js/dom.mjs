// Elements and the clipboard, for the other scripts.

// Strings among the children become text: nothing that is typed or stored becomes markup.
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value); // "aria-label"; and role, which older browsers lack
  }
  made.append(...children);
  return made;
}

export function button(text, press, properties = {}) {
  const made = element("button", { type: "button", ...properties }, text);
  made.addEventListener("click", press);
  return made;
}

// Copies a text, and returns whether it could: browsers forbid it where the page is not served by
// https. Then the text is selected where it is shown, to be copied with the keyboard.
export async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(shown);
    return false;
  }
}
