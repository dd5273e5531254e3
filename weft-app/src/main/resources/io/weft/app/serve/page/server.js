// What the page asks of the server, and what went wrong in words.

import { readEvents } from "./stream.js";
import { say } from "./words.js";

const KEPT = "weft.key";
let key = null;
try { key = sessionStorage.getItem(KEPT); } catch { /* then the key lives as long as the page */ }

/** Something that did not work, told to the user. */
export class Problem extends Error {
  /** @param kind what would help: "key", "wait", "shorten", "retry"  @param detail the server's own words, or "" */
  constructor(message, kind, detail = "", seconds = 0) {
    super(message);
    this.kind = kind;
    this.detail = detail;
    this.seconds = seconds;
  }
}

export const hasKey = () => Boolean(key);

export function useKey(given) {
  key = given || null;
  try {
    if (key) {
      sessionStorage.setItem(KEPT, key);
    } else {
      sessionStorage.removeItem(KEPT);
    }
  } catch { /* as above */ }
}

/** Where the model is in its life: "ready", "loading", "failed", "stopping" or "gone". */
export async function state() {
  try {
    const response = await fetch("/readyz", { cache: "no-store" });
    return (await response.json()).status;
  } catch {
    return "gone";
  }
}

/** Models that can be asked: id, and task ("generate", "classify" or "score"). */
export async function models() {
  return (await (await send("/v1/models")).json()).data
    .map((model) => ({ id: model.id, task: model.task ?? "generate" }));
}

export async function predict(body) { return (await send("/predict", body)).json(); }

/**
 * One answer, piece by piece.
 * @param on waiting(ahead), thought(text), words(text), end(finish), usage(counts)
 */
export async function chat(body, signal, on) {
  const response = await send("/v1/chat/completions",
    { ...body, stream: true, stream_options: { include_usage: true } }, signal);
  let whole = false;
  const take = (data) => {
    if (data === "[DONE]") {
      whole = true;
      return;
    }
    const event = JSON.parse(data), choice = event.choices?.[0];
    if (event.error) {
      throw told(event.error.code === "deadline_exceeded" ? 504 : 500, event.error, 0);
    }
    if (choice?.delta?.reasoning_content) {
      on.thought(choice.delta.reasoning_content);
    }
    if (choice?.delta?.content) {
      on.words(choice.delta.content);
    }
    if (choice?.finish_reason) {
      on.end(choice.finish_reason);
    }
    if (event.usage) {
      on.usage(event.usage);
    }
  };
  const note = (words) => {
    const ahead = /^waiting (\d+)$/.exec(words);
    if (ahead) {
      on.waiting(Number(ahead[1]));
    }
  };
  try {
    await readEvents(response.body, take, note);
  } catch (problem) {
    throw problem instanceof Problem || signal.aborted ? problem : new Problem(say("broken"), "retry");
  }
  if (!whole) {
    throw new Problem(say("broken"), "retry");
  }
}

async function send(path, body, signal) {
  const headers = key ? { Authorization: "Bearer " + key } : {};
  const options = body === undefined ? { headers, signal }
    : { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body),
      signal };
  let response;
  try {
    response = await fetch(path, options);
  } catch (problem) {
    throw signal?.aborted ? problem : new Problem(say("unreachable"), "retry");
  }
  if (!response.ok) {
    const json = await response.json().catch(() => null);
    throw told(response.status, json?.error, Number(response.headers.get("Retry-After")) || 0);
  }
  return response;
}

function told(status, error, seconds) {
  const detail = error?.message ?? say("status", status), wait = seconds ? " " + say("later1", seconds) : "";
  switch (status) {
    case 401: return new Problem(say(key ? "keyWrong" : "keyTitle"), "key", detail);
    case 429: return new Problem(say("busy") + wait, "wait", detail, seconds);
    case 503: return new Problem(say("notNow") + wait, "wait", detail, seconds);
    case 504: return new Problem(say("notNow"), "shorten", detail);
    default: return status < 500 ? new Problem(say("refused"), "shorten", detail)
      : new Problem(say("wrong"), "retry", detail);
  }
}
