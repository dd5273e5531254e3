"use strict";

const $ = (id) => document.getElementById(id);
const VOTE_KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "tie", ArrowDown: "bothBad" };
/** How long a finished screen stays, so that the eye sees what was chosen. */
const PAUSE = 220;
let language = "en", rater = "", screen = null, marked = 0, busy = false, view = "welcome", reviewing = false, finished = { done: 0, screens: 0 };

const say = (key, ...values) => typeof TEXTS[language][key] === "function" ? TEXTS[language][key](...values) : TEXTS[language][key];

function stored(key) {
  try { return localStorage.getItem(key); } catch { return null; /* a browser may forbid it */ }
}

function store(key, value) {
  try { localStorage.setItem(key, value); } catch { /* then it is asked for each time */ }
}

function useLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.querySelectorAll("[data-text]").forEach((element) => { element.textContent = say(element.dataset.text); });
  $("english").setAttribute("aria-pressed", String(chosen === "en"));
  $("chinese").setAttribute("aria-pressed", String(chosen === "zh"));
  document.title = say("title") + " – Weft";
  draw();
}

async function ask(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Error(say("gone"));
  }
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error?.message ?? "HTTP " + response.status);
  }
  return answer;
}

/** One thing at a time: keys that come while the server answers or a screen changes are dropped, not piled up. */
async function once(work) {
  if (busy) {
    return;
  }
  busy = true;
  showError("");
  try {
    await work();
  } catch (problem) {
    showError(problem.message);
  }
  busy = false;
}

function showError(message) {
  const box = view === "welcome" ? $("name-error") : $("error");
  box.textContent = message;
  box.hidden = !message;
}

function show(chosen) {
  view = chosen;
  ["welcome", "work", "end"].forEach((id) => { $(id).hidden = id !== chosen; });
  $("progress").hidden = chosen === "welcome";
  $("who").hidden = chosen === "welcome";
}

async function open(name) {
  const at = await ask("open", { rater: name });
  rater = at.rater;
  store("weft.rater", rater);
  if (at.next === null) {
    end(at);
  } else {
    await go(at.next);
  }
}

async function go(index) {
  take(await ask("screen", { rater, screen: index }));
  window.scrollTo(0, 0);
}

/** Shows a screen as the server told it. */
function take(told) {
  const fresh = screen === null || screen.screen !== told.screen || view !== "work";
  screen = told;
  show("work");
  if (fresh) {
    marked = Math.max(0, told.answers.findIndex((answer) => answer.score === null));
    // before the texts stand there, or a hidden one would keep how far it was scrolled
    ["prompt", "expected", "text-0", "text-1"].forEach((id) => { $(id).scrollTop = 0; });
    $("work").classList.remove("arriving");
    void $("work").offsetWidth;
    $("work").classList.add("arriving");
  }
  draw();
}

function end(state) {
  finished = state;
  show("end");
  draw();
}

function draw() {
  drawProgress();
  if (view === "work") {
    drawScreen();
  }
  $("thanks-text").textContent = say("thanksText", finished.screens, rater);
}

function drawProgress() {
  const state = view === "end" ? finished : screen;
  if (state) {
    $("fill").style.width = 100 * state.done / state.screens + "%";
    $("track").setAttribute("aria-valuemax", state.screens);
    $("track").setAttribute("aria-valuenow", state.done);
    $("count").textContent = say("progress", state.done, state.screens);
  }
  $("who").textContent = rater;
  $("who").title = say("change", rater);
}

function put(id, text, otherwise) {
  const box = $(id);
  if (box.textContent !== (text || otherwise)) {
    box.textContent = text || otherwise;   // text, never markup: a model may have written it
  }
  box.classList.toggle("nothing", !text);
}

function drawScreen() {
  put("prompt", screen.prompt.trim(), say("noPrompt"));
  put("expected", screen.expected.trim(), say("noAnswer"));
  $("expected-box").hidden = !$("show-expected").checked;
  const two = screen.answers.length === 2;
  $("pair").classList.toggle("single", !two);
  [0, 1].forEach((position) => {
    $("card-" + position).hidden = position >= screen.answers.length;
    $("label-" + position).textContent = say(!two ? "answer" : position === 0 ? "answerLeft" : "answerRight");
    if (position < screen.answers.length) {
      put("text-" + position, screen.answers[position].text.trim(), say("noAnswer"));
      drawScores(position);
    }
    $("card-" + position).classList.toggle("marked", screen.scores && two && marked === position);
    $("card-" + position).classList.toggle("chosen", screen.preference === (position === 0 ? "left" : "right"));
  });
  $("votes").hidden = !screen.compares;
  document.querySelectorAll("[data-vote]").forEach((button) => {
    button.setAttribute("aria-pressed", String(screen.preference === button.dataset.vote));
  });
  $("later").lastElementChild.textContent = say(screen.complete ? "next" : "later");
  $("back").disabled = screen.screen === 0;
}

function drawScores(position) {
  $("scores-" + position).hidden = !screen.scores;
  $("scores-" + position).setAttribute("aria-label", $("label-" + position).textContent);
  [...$("scores-" + position).children].forEach((button, index) => {
    button.setAttribute("aria-pressed", String(screen.answers[position].score === index + 1));
    button.title = say("score" + (index + 1));
    button.lastElementChild.textContent = say("score" + (index + 1));
  });
}

function makeScores() {
  [0, 1].forEach((position) => {
    for (let value = 1; value <= 5; value++) {
      const button = document.createElement("button"), digit = document.createElement("b"), word = document.createElement("small");
      button.type = "button";
      digit.textContent = String(value);
      button.append(digit, word);
      button.addEventListener("click", () => once(() => score(position, value)));
      $("scores-" + position).append(button);
    }
  });
}

async function score(position, value) {
  const before = screen.complete;
  take(await ask("score", { rater, screen: screen.screen, position, score: value }));
  const open = screen.answers.findIndex((answer) => answer.score === null);
  marked = open >= 0 ? open : position;
  draw();
  await onward(before);
}

async function vote(preference) {
  const before = screen.complete;
  take(await ask("vote", { rater, screen: screen.screen, preference }));
  await onward(before);
}

/** A screen that has just become complete makes room for the next; one that was looked at again stays. */
async function onward(wasComplete) {
  if (screen.complete && !wasComplete) {
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    await later();
  }
}

async function later() {
  if (screen.next !== null && screen.next !== screen.screen) {
    await go(screen.next);
  } else if (screen.done === screen.screens) {
    if (screen.screen + 1 < screen.screens && reviewing) {
      await go(screen.screen + 1);
    } else {
      reviewing = false;
      end(screen);
    }
  }
}

async function undo() {
  const back = await ask("undo", { rater });
  if (back.screen === null) {
    speak(say("nothingToUndo"));
    return;
  }
  speak(say("undone"));
  await go(back.screen);
}

function speak(text) {
  $("spoken").textContent = text;
  $("spoken").classList.remove("visible");
  void $("spoken").offsetWidth;
  $("spoken").classList.add("visible");
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || view === "welcome" || $("help").open) {
    return;
  }
  const work = view === "work" ? workKey(event) : event.key.toLowerCase() === "u" ? undo : null;
  if (work) {
    event.preventDefault();
    once(async () => work());
  }
}

/** What a key does; null for one that does nothing. */
function workKey(event) {
  const name = event.key.toLowerCase();
  if (event.key in VOTE_KEYS && screen.compares) {
    return () => vote(VOTE_KEYS[event.key]);
  }
  if (/^[1-5]$/.test(event.key) && screen.scores) {
    return () => score(marked, Number(event.key));
  }
  if (event.key === "Tab" && !event.shiftKey && screen.scores && screen.answers.length === 2) {
    return () => { marked = 1 - marked; draw(); };
  }
  if (event.key === "PageDown" || event.key === "PageUp") {
    return () => scroll(event.key === "PageDown" ? 1 : -1);
  }
  return { " ": later, "u": undo, "b": back, "e": toggleExpected, "?": openHelp }[name] ?? null;
}

/** Both answers by most of what is seen of them, for arrows say which is better. */
function scroll(direction) {
  ["text-0", "text-1"].forEach((id) => { $(id).scrollBy(0, direction * 0.85 * $(id).clientHeight); });
}

async function back() {
  if (screen.screen > 0) {
    await go(screen.screen - 1);
  }
}

function toggleExpected() {
  $("show-expected").checked = !$("show-expected").checked;
  draw();
}

function openHelp() { $("help").showModal(); }

$("english").addEventListener("click", () => { store("weft.language", "en"); useLanguage("en"); });
$("chinese").addEventListener("click", () => { store("weft.language", "zh"); useLanguage("zh"); });
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("name").value.trim();
  once(async () => {
    if (!name) {
      $("name").focus();
      throw new Error(say("nameless"));
    }
    await open(name);
    document.activeElement.blur();
  });
});
$("who").addEventListener("click", () => { show("welcome"); $("name").focus(); $("name").select(); });
document.querySelectorAll("[data-vote]").forEach((button) => {
  button.addEventListener("click", () => { button.blur(); once(() => vote(button.dataset.vote)); });
});
$("show-expected").addEventListener("change", () => { $("show-expected").blur(); draw(); });
[["back", back], ["undo", undo], ["later", later], ["end-undo", undo]].forEach(([id, work]) => {
  $(id).addEventListener("click", () => { $(id).blur(); once(work); });
});
$("again").addEventListener("click", () => { reviewing = true; once(() => go(0)); });
$("help-open").addEventListener("click", () => { $("help-open").blur(); openHelp(); });
document.addEventListener("keydown", key);
makeScores();
$("name").value = stored("weft.rater") ?? "";
useLanguage(stored("weft.language") in TEXTS ? stored("weft.language") : navigator.language.startsWith("zh") ? "zh" : "en");
