// Answers on their way: asked of the server, filled piece by piece, stopped, kept.

import { messages } from "./conversation.js";
import { chat, Problem } from "./server.js";
import { say } from "./words.js";

const SAVE_EVERY = 2000;        // ms: a page that is closed loses no more than that
const running = new Map();      // answer -> { abort, conversation, save }
let leaving = false;            // the browser then ends connections, and that is no failure of an answer

addEventListener("pagehide", () => {
  leaving = true;
  running.forEach(({ conversation, save }) => save(conversation));
});
addEventListener("pageshow", () => { leaving = false; });

export const isRunning = (answer) => running.has(answer);

const of = (id) => [...running.values()].filter(({ conversation }) => conversation.id === id);

/** A conversation of which an answer is still on its way: the very one that it is written into. */
export const live = (id) => of(id)[0]?.conversation;
export const stop = (id) => of(id).forEach(({ abort }) => abort.abort());

/**
 * Asks for an answer.
 * @param job { conversation, turn, side, model, request, alone, goOn }: alone leaves the turns before out, goOn writes
 *     behind what the answer says already
 * @param on show(answer), save(conversation), ended(answer)
 */
export async function answer({ conversation, turn, side, model, request, alone, goOn }, on) {
  const begun = goOn ? turn.answers[side] : null;
  const made = { model, words: begun?.words ?? "", thoughts: begun?.thoughts ?? "", finish: null, seed: request.seed,
    tokens: begun?.tokens ?? 0, ahead: 0, alone };
  const sent = messages(conversation, turn, side, alone), abort = new AbortController(), start = performance.now();
  const body = { model, messages: sent, ...request };
  if (begun) {
    sent.push({ role: "assistant", content: begun.words });
    Object.assign(body, { continue_final_message: true, add_generation_prompt: false });
  }
  const before = made.tokens;
  let first = 0, saved = start;
  turn.answers[side] = made;
  running.set(made, { abort, conversation, save: on.save });
  const more = (part, text) => {
    made[part] += text;
    made.ahead = 0;
    made.tokens++;              // until the server tells how many they were
    first ||= performance.now();
    measure();
    if (performance.now() - saved > SAVE_EVERY) {
      saved = performance.now();
      on.save(conversation);
    }
    on.show(made);
  };
  // the rate counts from the first word on, since reading the prompt makes none
  const measure = () => {
    const now = performance.now();
    made.seconds = (now - start) / 1000;
    made.first = first && (first - start) / 1000;
    const written = made.tokens - before - 1;
    made.rate = written > 0 && now > first ? written / ((now - first) / 1000) : 0;
  };
  on.show(made);
  try {
    await chat(body, abort.signal, {
      waiting: (ahead) => { made.ahead = ahead; on.show(made); },
      thought: (text) => more("thoughts", text),
      words: (text) => more("words", text),
      end: (finish) => { made.finish = finish; },
      usage: (usage) => {
        made.tokens = before + usage.completion_tokens;
        made.read = usage.prompt_tokens;
        made.known = usage.prompt_tokens_details?.cached_tokens ?? 0;
      },
    });
    measure();
  } catch (problem) {
    if (abort.signal.aborted) {
      made.finish = "stopped";
    } else {
      made.finish = "failed";
      made.problem = problem instanceof Problem
        ? { message: problem.message, detail: problem.detail, kind: problem.kind }
        : { message: say("broken"), detail: String(problem), kind: "retry" };
    }
  }
  running.delete(made);
  if (leaving) {
    return;
  }
  on.save(conversation);
  on.show(made);
  on.ended(made);
}
