// Small makers of elements that the parts of the page share.

import { say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

/** An element of a class, with children: nodes or texts. */
export function make(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(...children);
  return made;
}

/** An icon of the page's own set. */
export function icon(name) {
  const made = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  use.setAttribute("href", "#i-" + name);
  made.append(use);
  return made;
}

/** A button that is a picture, named by a key of words. */
export function iconButton(name, key, pressed) {
  const made = make("button", "tool", icon(name));
  made.type = "button";
  label(made, key);
  made.addEventListener("click", pressed);
  return made;
}

function label(made, key) {
  made.dataset.title = key;
  made.title = say(key);
  made.setAttribute("aria-label", say(key));
}

/** A button with words. */
export function wordButton(className, key, pressed) {
  const made = make("button", className, say(key));
  made.type = "button";
  made.dataset.say = key;
  made.addEventListener("click", pressed);
  return made;
}

/** Copies a text, or selects where it stands when the browser does not allow that; the button says so for a moment. */
export async function copy(text, button, place) {
  const worded = Boolean(button.dataset.say);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(place);
    return;
  }
  button.classList.add("done");
  announce(say("copied"));
  if (worded) {
    button.textContent = say("copied");
  }
  setTimeout(() => {
    button.classList.remove("done");
    if (worded) {
      button.textContent = say(button.dataset.say);
    }
  }, 1500);
}

/** Tells those who listen to the page rather than see it. */
export function announce(words) { $("status").textContent = words; }

/** Hands a file to the browser's downloads. */
export function download(name, type, text) {
  const link = make("a"), address = URL.createObjectURL(new Blob([text], { type }));
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** A text field as high as its text. */
export function fit(area) {
  area.style.height = "auto";
  area.style.height = area.scrollHeight + 2 + "px";
}
