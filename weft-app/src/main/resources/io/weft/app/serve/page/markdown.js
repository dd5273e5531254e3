// Markdown as models write it, made into nodes by an allow-list. Text of a model becomes text nodes and nothing else:
// no markup of its own, no picture is fetched, and links lead to http and https alone.

import { codeBlock } from "./code.js";
import { inline } from "./inline.js";

const DEEPEST = 8;       // quotes and lists within each other; what lies deeper is shown as it is written
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?: +|$)/;
const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;

/** Shows a text that grows: only blocks that changed are drawn anew, so that a selection in the others stays. */
export class MarkdownView {
  constructor(root) {
    this.root = root;
    this.shown = [];
  }

  show(text) {
    const blocks = split(text.replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n"));
    const sources = blocks.map((block) => block.kind + "\n" + block.lines.join("\n"));
    let same = 0;
    while (same < this.shown.length && this.shown[same] === sources[same]) {
      same++;
    }
    while (this.root.childNodes.length > same) {
      this.root.lastChild.remove();
    }
    this.root.append(...blocks.slice(same).map((block) => draw(block, 0)));
    this.shown = sources;
  }
}

/** Blocks of lines: { kind, lines } and what the kind needs. Each draws one node. */
function split(lines) {
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at].trim() === "") {
      at++;
      continue;
    }
    const kind = kindAt(lines, at), end = ENDS[kind](lines, at);
    blocks.push({ kind, lines: lines.slice(at, end) });
    at = end;
  }
  return blocks;
}

function kindAt(lines, at) {
  const line = lines[at];
  return FENCE.test(line) ? "code" : isHeading(line) ? "heading" : isRule(line) ? "rule"
    : /^ {0,3}>/.test(line) ? "quote" : ITEM.test(line) ? "list" : isTable(lines, at) ? "table" : "paragraph";
}

const isHeading = (line) => /^ {0,3}#{1,6}( |$)/.test(line);

function isRule(line) {
  const marks = line.replace(/ /g, "");
  return !line.startsWith("    ") && /^(---+|\*\*\*+|___+)$/.test(marks);
}

function isTable(lines, at) {
  if (!lines[at].includes("|") || at + 1 === lines.length || !lines[at + 1].includes("-")) {
    return false;
  }
  const under = cells(lines[at + 1]);
  return under.every((cell) => /^:?-+:?$/.test(cell)) && under.length === cells(lines[at]).length;
}

const ENDS = {
  heading: (lines, at) => at + 1,
  rule: (lines, at) => at + 1,
  code(lines, at) {
    const fence = FENCE.exec(lines[at])[1];
    for (let end = at + 1; end < lines.length; end++) {
      const close = lines[end].trim();
      if (close.length >= fence.length && close === fence[0].repeat(close.length)) {
        return end + 1;
      }
    }
    return lines.length;       // still being written
  },
  quote: (lines, at) => endOf(lines, at, (line) => /^ {0,3}>/.test(line)),
  table: (lines, at) => endOf(lines, at + 2, (line) => line.includes("|")),
  list(lines, at) {
    const first = ITEM.exec(lines[at]), base = first[1].length;
    let end = at + 1;
    for (; end < lines.length; end++) {
      const line = lines[end], item = ITEM.exec(line);
      if (line.trim() === "") {
        continue;
      }
      if (indent(line) <= base + 1) {
        const begins = item ? sameKind(first[2], item[2]) && !isRule(line)
          : lines[end - 1].trim() !== "" && kindAt(lines, end) === "paragraph";
        if (!begins) {
          break;
        }
      }
    }
    while (lines[end - 1].trim() === "") {
      end--;
    }
    return end;
  },
  paragraph(lines, at) {
    let end = at + 1;
    while (end < lines.length && lines[end].trim() !== "" && !interrupts(lines, end)) {
      end++;
    }
    return end;
  },
};

function endOf(lines, at, belongs) {
  let end = at;
  while (end < lines.length && belongs(lines[end])) {
    end++;
  }
  return end;
}

/** A number that happens to stand at the beginning of a line is no list. */
function interrupts(lines, at) {
  const kind = kindAt(lines, at);
  return kind !== "paragraph" && (kind !== "list" || /^ *([-*+]|1[.)]) /.test(lines[at]));
}

const indent = (line) => line.length - line.trimStart().length;
const sameKind = (one, other) => /\d/.test(one) === /\d/.test(other);

function draw(block, depth) {
  if (depth > DEEPEST) {
    return element("p", block.lines.join("\n"));
  }
  return DRAW[block.kind](block.lines, depth);
}

const DRAW = {
  heading([line]) {
    const marks = /^ *(#+)/.exec(line)[1].length;
    const text = line.trim().slice(marks).trim();
    // the page has headings of its own above these
    return within(element("h" + Math.min(6, marks + 2)), stripped(text));
  },
  rule: () => element("hr"),
  code(lines) {
    const [, fence, name] = FENCE.exec(lines[0]), last = lines[lines.length - 1].trim();
    const closed = lines.length > 1 && last.length >= fence.length && last === fence[0].repeat(last.length);
    const away = indent(lines[0]);
    const text = lines.slice(1, closed ? -1 : undefined)
      .map((line) => line.slice(Math.min(away, indent(line)))).join("\n");
    return codeBlock(text, name.trim().split(" ")[0]);
  },
  quote(lines, depth) {
    const inner = lines.map((line) => line.replace(/^ {0,3}> ?/, ""));
    return nested(element("blockquote"), inner, depth);
  },
  list(lines, depth) {
    const first = ITEM.exec(lines[0]), ordered = /\d/.test(first[2]);
    const list = element(ordered ? "ol" : "ul");
    if (ordered) {
      list.start = parseInt(first[2], 10);
    }
    items(lines, first[1].length).forEach((item) => list.append(drawItem(item, depth)));
    return list;
  },
  table(lines) {
    const sides = cells(lines[1]).map((cell) => cell.endsWith(":") ? cell.startsWith(":") ? "center" : "end" : "");
    const row = (line, name) => {
      const drawn = element("tr"), found = cells(line);
      sides.forEach((side, i) => {
        const cell = within(element(name), found[i] ?? "");
        cell.className = side;
        drawn.append(cell);
      });
      return drawn;
    };
    const head = element("thead"), body = element("tbody"), table = element("table"), frame = element("div");
    head.append(row(lines[0], "th"));
    body.append(...lines.slice(2).map((line) => row(line, "td")));
    table.append(head, body);
    frame.className = "wide";
    frame.tabIndex = 0;          // so that the keyboard can move a wide table
    frame.append(table);
    return frame;
  },
  paragraph: (lines) => within(element("p"), lines.map((line) => line.trimStart()).join("\n")),
};

/** Lines of each item, without its mark and its indentation. */
function items(lines, base) {
  const found = [];
  let away = 0;
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item && item[1].length <= base + 1 && !isRule(line)) {
      away = item[1].length + item[2].length + 1;
      found.push([line.slice(Math.min(away, line.length)).trimStart()]);
    } else {
      found[found.length - 1].push(line.slice(Math.min(away, indent(line))));
    }
  }
  return found;
}

function drawItem(lines, depth) {
  const item = element("li"), task = /^\[([ xX])\] /.exec(lines[0]);
  if (task) {
    const done = task[1] !== " ", box = element("span", done ? "☑ " : "☐ ");
    box.className = "task";
    lines = [lines[0].slice(4), ...lines.slice(1)];
    item.append(box);
  }
  const blocks = depth < DEEPEST ? split(lines) : [{ kind: "paragraph", lines }];
  const loose = blocks.filter((block) => block.kind === "paragraph").length > 1;
  for (const block of blocks) {
    if (block.kind === "paragraph" && !loose) {
      within(item, block.lines.map((line) => line.trimStart()).join("\n"));
    } else {
      item.append(draw(block, depth + 1));
    }
  }
  return item;
}

function nested(parent, lines, depth) {
  if (depth >= DEEPEST) {
    parent.append(lines.join("\n"));
  } else {
    parent.append(...split(lines).map((block) => draw(block, depth + 1)));
  }
  return parent;
}

/** Cells of a row; a bar behind a backslash or within a code span belongs to its cell. */
function cells(line) {
  const row = line.trim(), found = [];
  let cell = "", code = false;
  for (let at = row.startsWith("|") ? 1 : 0; at < row.length; at++) {
    if (row[at] === "\\" && row[at + 1] === "|") {
      cell += "|";
      at++;
    } else if (row[at] === "|" && !code) {
      found.push(cell.trim());
      cell = "";
    } else {
      code = row[at] === "`" ? !code && row.indexOf("`", at + 1) > 0 : code;
      cell += row[at];
    }
  }
  return row.endsWith("|") && cell === "" ? found : [...found, cell.trim()];
}

function stripped(heading) {
  let end = heading.length;
  while (end > 0 && heading[end - 1] === "#") {
    end--;
  }
  return end === 0 || heading[end - 1] === " " ? heading.slice(0, end).trim() : heading;
}

function within(parent, text) {
  parent.append(inline(text));
  parent.dir = "auto";
  return parent;
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.append(text);
  return made;
}
