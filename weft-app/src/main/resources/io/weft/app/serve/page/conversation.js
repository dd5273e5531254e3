// A conversation as data: turns that hang on the turn before them, so that an edit or a retry loses nothing.
//
//   turn 1 ── turn 2 ── turn 3           a turn: { id, parent, text, answers }
//          └─ turn 2' ── turn 3'         2 and 2' are versions of one another; the shown path ends at `leaf`
//
// An answer: { model, words, thoughts, finish, problem, usage, ... }. A turn has one, or two where models stand side by
// side; each side goes on from its own earlier answers.

const LONGEST_TITLE = 60, FORMAT = 1;

export const newId = () => "t" + Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");

export function newConversation(system = "") {
  return { format: FORMAT, id: newId(), title: "", named: false, changed: Date.now(), system, turns: {}, leaf: null };
}

/** Turns from the first to the one before `end`, or to the last shown. */
export function path(conversation, end = conversation.leaf) {
  const turns = [];
  for (let turn = conversation.turns[end]; turn; turn = conversation.turns[turn.parent]) {
    turns.unshift(turn);
  }
  return turns;
}

/** Puts a turn behind another one (null: at the beginning) and shows it. */
export function addTurn(conversation, parent, text) {
  const turn = { id: newId(), parent, text, answers: [] };
  conversation.turns[turn.id] = turn;
  conversation.leaf = turn.id;
  conversation.changed = Date.now();
  if (!conversation.named && !parent) {
    conversation.title = titleOf(text);
  }
  return turn;
}

function titleOf(text) {
  const line = text.trim().replace(/\s+/g, " "), letters = Array.from(line);
  return letters.length > LONGEST_TITLE ? letters.slice(0, LONGEST_TITLE - 1).join("") + "…" : line;
}

/** All turns that stand where this one stands, the oldest first. */
export function versions(conversation, turn) {
  return Object.values(conversation.turns).filter((other) => other.parent === turn.parent);
}

/** Shows a version of a turn, with what followed it last. */
export function showVersion(conversation, turn) {
  let last = turn;
  for (let next = turn; next; next = newest(conversation, last.id)) {
    last = next;
  }
  conversation.leaf = last.id;
}

function newest(conversation, parent) {
  return Object.values(conversation.turns).filter((turn) => turn.parent === parent).pop();
}

export const answerOf = (turn, side) => turn.answers[side] ?? turn.answers[0];

/** What a model is sent: the system prompt, the turns before, and the turn itself. Turns without an answer are none. */
export function messages(conversation, turn, side, alone) {
  const system = conversation.system.trim() ? [{ role: "system", content: conversation.system.trim() }] : [];
  const before = alone ? [] : path(conversation, turn.parent).flatMap((earlier) => {
    const answer = answerOf(earlier, side);
    return answer?.words ? [{ role: "user", content: earlier.text }, { role: "assistant", content: answer.words }] : [];
  });
  return [...system, ...before, { role: "user", content: turn.text }];
}

/** Rows of messages as `weft train` reads them: the shown path of each side, and what was asked alone as a row each. */
export function rows(conversation) {
  const turns = path(conversation), sides = Math.max(0, ...turns.map((turn) => turn.answers.length));
  return Array.from({ length: sides }, (_, side) => {
    const said = turns.filter((turn) => turn.answers[side]?.words);
    const joined = said.filter((turn) => !turn.answers[side].alone).slice(-1);
    return [...said.filter((turn) => turn.answers[side].alone), ...joined].map((turn) => ({ messages: [
      ...messages(conversation, turn, side, turn.answers[side].alone),
      { role: "assistant", content: turn.answers[side].words }] }));
  }).flat().map((row) => JSON.stringify(row) + "\n").join("");
}
