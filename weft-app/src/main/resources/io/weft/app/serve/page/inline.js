// What stands within a line: code, emphasis, links. First cut into tokens, then paired; every search that found nothing
// is remembered, so a text of nothing but marks takes no longer than another.

import { say } from "./words.js";

const LONGEST = 20000, DEEPEST = 6, LONGEST_LABEL = 500, LONGEST_ADDRESS = 2000;
const PLAIN = /(?:(?!https?:\/\/)[^\\\n`<&![*_~])+/iy;
const BARE = /https?:\/\/[^\s<>"`|，。；：、！？）】』」》]+/iy;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: "\u00a0", "#39": "'" };

export function inline(text, links = true, depth = 0) {
  const made = document.createDocumentFragment();
  if (text.length > LONGEST || depth > DEEPEST) {
    made.append(text);
  } else {
    const tokens = cut(text, links, depth);
    pair(tokens, 0, tokens.length, made, 0);
  }
  return made;
}

/** Tokens: { text }, { node } or a run of marks { mark, count, before, after }. */
function cut(text, links, depth) {
  const tokens = [], missing = new Set();
  let at = 0;
  const plain = (words) => {
    const last = tokens[tokens.length - 1];
    if (last?.text) {
      last.text += words;
    } else {
      tokens.push({ text: words });
    }
  };
  while (at < text.length) {
    const rest = at, letter = text[at];
    PLAIN.lastIndex = at;
    const found = PLAIN.exec(text);
    if (found) {
      plain(found[0]);
      at = PLAIN.lastIndex;
    } else if (letter === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? "")) {
      plain(text[at + 1]);
      at += 2;
    } else if (letter === "\n") {
      tokens.push({ node: document.createElement("br") });
      at++;
    } else if (letter === "`") {
      at = cutCode(text, at, tokens, missing);
    } else if (letter === "<") {
      at = cutAngle(text, at, tokens, links);
    } else if (letter === "&") {
      const entity = /^&(#?\w{2,6});/.exec(text.slice(at, at + 9));
      plain(entity && ENTITIES[entity[1]] || "&");
      at += entity && ENTITIES[entity[1]] ? entity[0].length : 1;
    } else if (links && (letter === "[" || letter === "!" && text[at + 1] === "[")) {
      at = cutLink(text, at, tokens, depth);
    } else if (letter === "*" || letter === "_" || letter === "~") {
      let end = at;
      while (text[end] === letter) {
        end++;
      }
      tokens.push({ mark: letter, count: end - at, before: text[at - 1] ?? " ", after: text[end] ?? " " });
      at = end;
    } else if (letter === "h" || letter === "H") {
      at = cutBare(text, at, tokens, links);
    }
    if (at === rest) {
      plain(letter);
      at++;
    }
  }
  return tokens;
}

function cutCode(text, at, tokens, missing) {
  const marks = /^`+/.exec(text.slice(at, at + 100))[0];
  for (let close = missing.has(marks) ? -1 : text.indexOf(marks, at + marks.length); close >= 0;) {
    let end = close;
    while (text[end] === "`") {
      end++;
    }
    if (end - close === marks.length) {
      const code = document.createElement("code");
      code.append(unpadded(text.slice(at + marks.length, close).replace(/\n/g, " ")));
      tokens.push({ node: code });
      return end;
    }
    close = text.indexOf(marks, end);
  }
  missing.add(marks);
  tokens.push({ text: marks });
  return at + marks.length;
}

/** One space on both sides is there so that the code may begin and end with a backtick. */
function unpadded(code) {
  return code.length > 2 && code.startsWith(" ") && code.endsWith(" ") && code.trim() ? code.slice(1, -1) : code;
}

function cutAngle(text, at, tokens, links) {
  const part = text.slice(at, at + LONGEST_ADDRESS), line = /^<br ?\/?>/i.exec(part);
  if (line) {
    tokens.push({ node: document.createElement("br") });
    return at + line[0].length;
  }
  const address = links && /^<(https?:\/\/[^\s<>]+)>/i.exec(part), made = address && link(address[1], address[1]);
  if (made) {
    tokens.push({ node: made });
    return at + address[0].length;
  }
  return at;
}

/** [label](address "title"), and the same for pictures, which are not fetched. */
function cutLink(text, at, tokens, depth) {
  const picture = text[at] === "!", from = picture ? at + 2 : at + 1;
  const middle = closing(text, from, "[", "]", LONGEST_LABEL);
  if (middle < 0 || text[middle + 1] !== "(") {
    return at;
  }
  const end = closing(text, middle + 2, "(", ")", LONGEST_ADDRESS);
  if (end < 0) {
    return at;
  }
  const label = text.slice(from, middle), [address] = text.slice(middle + 2, end).trim().split(/\s/);
  const made = link(address.replace(/^<(.*)>$/, "$1"), label,
    picture ? `${say("picture")}: ${label || address}` : inline(label, false, depth + 1));
  if (!made) {
    return at;
  }
  made.classList.toggle("picture", picture);
  tokens.push({ node: made });
  return end + 1;
}

/** Where a bracket is closed that was opened before `from`, or -1. */
function closing(text, from, opens, closes, longest) {
  for (let at = from, deep = 0; at < Math.min(text.length, from + longest); at++) {
    if (text[at] === "\\") {
      at++;
    } else if (text[at] === closes && deep-- === 0) {
      return at;
    } else if (text[at] === opens && ++deep > DEEPEST) {
      return -1;
    } else if (text[at] === "\n" && opens === "(") {
      return -1;
    }
  }
  return -1;
}

function cutBare(text, at, tokens, links) {
  BARE.lastIndex = at;
  const found = links && !/\w/.test(text[at - 1] ?? " ") && BARE.exec(text);
  if (!found) {
    return at;
  }
  let address = found[0];
  while (/[.,;:!?'*_~]$/.test(address) || address.endsWith(")") && !address.includes("(")) {
    address = address.slice(0, -1);
  }
  const made = link(address, address);
  if (!made) {
    return at;
  }
  tokens.push({ node: made });
  return at + address.length;
}

/** A link, or null where the address is none that may be followed. */
function link(address, label, shown = label) {
  let url;
  try {
    url = new URL(address);      // a whole one: without a scheme it throws
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:" || url.username || url.password) {
    return null;
  }
  const made = document.createElement("a");
  made.href = url.href;
  made.target = "_blank";
  made.rel = "noopener noreferrer nofollow";
  made.title = url.href;
  made.append(shown);
  if (looksLikeAnother(label, url.host)) {
    made.append(` (${url.host})`);
  }
  return made;
}

/** Whether a label names a host that the link does not lead to. */
function looksLikeAnother(label, host) {
  const named = /^(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?:[:/?#]|$)/i.exec(label.trim().slice(0, 300));
  return Boolean(named) && named[1].toLowerCase() !== host.replace(/:\d+$/, "");
}

/** Puts tokens into their parent, marks paired to emphasis. */
function pair(tokens, from, to, parent, depth) {
  const missing = new Set();
  for (let at = from; at < to; at++) {
    const token = tokens[at];
    if (!token.mark) {
      parent.append(token.node ?? token.text);
      continue;
    }
    const width = token.mark === "~" ? 2 : Math.min(token.count, 3), wanted = token.mark + width;
    const close = depth < DEEPEST && opens(token, width) && !missing.has(wanted) ? closer(tokens, at, to, width) : -1;
    if (close < 0) {
      if (opens(token, width)) {
        missing.add(wanted);
      }
      parent.append(token.mark.repeat(token.count));
      continue;
    }
    parent.append(token.mark.repeat(token.count - width));
    const made = document.createElement(width === 1 ? "em" : token.mark === "~" ? "del" : "strong");
    const inner = width === 3 ? made.appendChild(document.createElement("em")) : made;
    pair(tokens, at + 1, close, inner, depth + 1);
    parent.append(made, token.mark.repeat(tokens[close].count - width));
    at = close;
  }
}

const isWord = (letter) => /[\p{L}\p{N}]/u.test(letter);

function opens(token, width) {
  return token.count >= width && !/\s/.test(token.after) && (token.mark !== "_" || !isWord(token.before));
}

function closer(tokens, at, to, width) {
  const open = tokens[at];
  for (let close = at + 1; close < to; close++) {
    const token = tokens[close];
    if (token.mark === open.mark && (width === 1 ? token.count !== 2 : token.count >= width)
        && !/\s/.test(token.before) && (token.mark !== "_" || !isWord(token.after))) {
      return close;
    }
  }
  return -1;
}
