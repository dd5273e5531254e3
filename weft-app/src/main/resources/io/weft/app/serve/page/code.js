// Code in an answer: its language's name, a button that copies it, and a little colour.

import { say } from "./words.js";

const LONGEST = 30000;
const C_LIKE = `abstract as async await boolean break byte case catch char class const continue default delete do double
  else enum export extends extern false final finally float fn for foreach from func function go goto if impl implements
  import in instanceof int interface let long match mod mut namespace new nil null of package private protected pub
  public readonly record return self short signed sizeof static string struct super switch this throw throws trait true
  try type typedef typeof undefined union unsigned use using val var virtual void volatile when where while with yield`;
const PYTHON = `False None True and as assert async await break class continue def del elif else except finally for from
  global if import in is lambda match case nonlocal not or pass raise return self try while with yield`;
const SHELL = `if then else elif fi for while until do done case esac function in return export local set unset echo cd
  exit sudo source`;
const SQL = `select from where and or not null is in like between join left right inner outer full on group by order
  having limit offset insert into values update set delete create table index view drop alter primary key foreign
  references distinct as union all case when then else end exists count sum avg min max with`;
const DATA = "true false null yes no";

const words = (text) => new Set(text.split(/\s+/));
const FAMILIES = [
  ["python py python3 ruby rb r", words(PYTHON), "#"],
  ["bash sh shell zsh console dockerfile makefile", words(SHELL), "#"],
  ["yaml yml toml ini properties", words(DATA), "#"],
  ["json jsonl json5", words(DATA), ""],
  ["sql mysql postgresql sqlite", words(SQL), "--"],
  ["html xml svg vue", words(""), "<!--"],
  ["css scss less", words(""), "/*"],
  [`java javascript js jsx typescript ts tsx c cpp c++ cc h hpp csharp cs c# go golang rust rs kotlin kt swift scala php
    dart groovy`, words(C_LIKE), "//"],
].flatMap(([names, keywords, comment]) => [...words(names)].map((name) => [name, { keywords, comment }]));
const LANGUAGES = new Map(FAMILIES);
const COMMENTS = {
  "": "(?!)", "#": "#[^\\n]*", "--": "--[^\\n]*", "<!--": "<!--(?:(?!-->)[^])*(?:-->)?",
  "/*": "\\/\\*(?:(?!\\*\\/)[^])*(?:\\*\\/)?", "//": "\\/\\/[^\\n]*|\\/\\*(?:(?!\\*\\/)[^])*(?:\\*\\/)?",
};
const STRINGS = "\"\"\"(?:(?!\"\"\")[^])*(?:\"\"\")?|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'|`[^`]*`";
const NUMBERS = "\\b\\d[\\w.]*", NAMES = "[\\p{L}_$][\\p{L}\\p{N}_$]*", TAGS = "<\\/?[\\w-]+|\\/?>";

/** A block of code. The page's listener finds its button by its class. */
export function codeBlock(text, name) {
  const block = document.createElement("div"), bar = document.createElement("div"), pre = document.createElement("pre");
  const label = document.createElement("span"), button = document.createElement("button");
  const code = document.createElement("code");
  block.className = "code";
  bar.className = "code-bar";
  label.append(name.slice(0, 40));
  button.type = "button";
  button.className = "copy-code";
  button.dataset.say = "copyCode";
  button.append(say("copyCode"));
  bar.append(label, button);
  pre.tabIndex = 0;
  code.append(coloured(text, name.toLowerCase()));
  pre.append(code);
  block.append(bar, pre);
  return block;
}

function coloured(text, name) {
  const made = document.createDocumentFragment(), language = LANGUAGES.get(name);
  if (!language || text.length > LONGEST) {
    made.append(text);
    return made;
  }
  const tags = language.comment === "<!--", sql = language.comment === "--";
  const parts = new RegExp(`(?<comment>${COMMENTS[language.comment]})|(?<string>${STRINGS})|(?<tag>${tags ? TAGS
    : "(?!)"})|(?<number>${NUMBERS})|(?<name>${NAMES})`, "gu");
  let at = 0;
  for (const part of text.matchAll(parts)) {
    const kind = Object.keys(part.groups).find((group) => part.groups[group] !== undefined);
    const known = language.keywords.has(sql ? part[0].toLowerCase() : part[0]);
    const style = kind === "name" ? known && "keyword" : kind === "tag" ? "keyword" : kind;
    made.append(text.slice(at, part.index));
    if (style) {
      const span = document.createElement("span");
      span.className = style;
      span.append(part[0]);
      made.append(span);
    } else {
      made.append(part[0]);
    }
    at = part.index + part[0].length;
  }
  made.append(text.slice(at));
  return made;
}
