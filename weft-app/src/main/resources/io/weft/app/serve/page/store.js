// Conversations and choices, kept in this browser and nowhere else.

import { newConversation } from "./conversation.js";

const PREFIX = "weft.conversation.", CHOICES = "weft.choices";
const removed = new Set();     // an answer that was on its way then does not bring its conversation back
const memory = new Map();      // what stands in for a browser that keeps nothing
let keeps = true, full = false;

try {
  localStorage.setItem("weft.probe", "1");
  localStorage.removeItem("weft.probe");
} catch {
  keeps = false;
}

/** "", or the key of the words that say why nothing is kept. */
export const complaint = () => full ? "full" : keeps ? "" : "notKept";

function write(name, value) {
  const text = JSON.stringify(value);
  if (keeps) {
    try {
      localStorage.setItem(name, text);
      full = false;
      memory.delete(name);
      return;
    } catch {
      full = true;
    }
  }
  memory.set(name, text);
}

function read(name) {
  try {
    return JSON.parse(memory.get(name) ?? (keeps ? localStorage.getItem(name) : null));
  } catch {
    return null;     // written by something else
  }
}

function names() {
  return [...new Set([...memory.keys(), ...(keeps ? Object.keys(localStorage) : [])])]
    .filter((name) => name.startsWith(PREFIX));
}

/** Id, title and time of each, the latest first. */
export function list() {
  return names().map(read).filter((found) => found?.format === 1 && found.id)
    .map(({ id, title, changed }) => ({ id, title, changed })).sort((a, b) => b.changed - a.changed);
}

export function load(id) {
  const found = read(PREFIX + id);
  return found?.format === 1 ? { ...newConversation(), ...found } : null;
}

export function save(conversation) {
  if (!removed.has(conversation.id)) {
    write(PREFIX + conversation.id, conversation);
  }
}

export function restore(conversation) {
  removed.delete(conversation.id);
  save(conversation);
}

export function remove(id) {
  removed.add(id);
  memory.delete(PREFIX + id);
  if (keeps) {
    localStorage.removeItem(PREFIX + id);
    full = false;
  }
}

/** @param changed called with the id of a conversation that another tab has written or deleted */
export function watch(changed) {
  addEventListener("storage", (event) => {
    if (event.key?.startsWith(PREFIX)) {
      changed(event.key.slice(PREFIX.length));
    }
  });
}

export const choices = () => read(CHOICES) ?? {};

export function choose(changes) { write(CHOICES, { ...choices(), ...changes }); }
