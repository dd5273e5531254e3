// The page of `weft serve`: ties its parts together. Each part is one file beside this one.

import * as answering from "./page/answering.js";
import { addTurn, newConversation, path, showVersion } from "./page/conversation.js";
import { $, announce, fit, make } from "./page/elements.js";
import { startJudge } from "./page/judge.js";
import * as server from "./page/server.js";
import { alone, asked, showThinking, startSettings } from "./page/settings.js";
import { Sidebar } from "./page/sidebar.js";
import * as store from "./page/store.js";
import { Thread } from "./page/thread.js";
import * as words from "./page/words.js";

const { say } = words;
const ROOMY = 1500;       // px for two answers between both drawers
const CALM = 15000, EAGER = 1500;               // ms between looks at the server while it is well, and while it is not
const narrow = matchMedia("(max-width: 900px)");
let conversation = newConversation(), state = "loading", models = [], generates = true, keyAsked = false;

const thread = new Thread($("scroller"), $("turns"), {
  edit: (turn, text) => ask(turn.parent, text),
  retry(turn) {
    if (turn.answers.some((answer) => answer.words)) {
      ask(turn.parent, turn.text);
    } else {
      answerAll(turn);        // nothing was said, so nothing is lost
    }
  },
  goOn: (turn, side) => answerOne(turn, side, turn.answers[side].model, asked(), true),
  alone(turn) {
    fresh();
    ask(null, turn.text);
  },
  version(turn) {
    showVersion(conversation, turn);
    store.save(conversation);
    thread.draw(conversation);
  },
  key: () => askKey(),
});
const sidebar = new Sidebar({
  current: () => conversation,
  open(id) {
    open(id);
    closeDrawers();
  },
  fresh() {
    fresh();
    closeDrawers();
  },
  changed(id) {
    if (id === conversation.id && !answering.live(id)) {
      open(id);
    }
  },
});

$("fresh-too").addEventListener("click", fresh);

function fresh() {
  show(newConversation(conversation.system));
  if (!narrow.matches) {
    $("prompt").focus();
  }
}

/** Answers of a conversation that was left go on meanwhile. */
function open(id) {
  show(answering.live(id) ?? store.load(id) ?? newConversation(store.choices().system));
}

function show(shown) {
  conversation = shown;
  store.choose({ open: conversation.id });
  $("system").value = conversation.system;
  fit($("system"));
  draw();
  thread.toEnd();
}

function draw() {
  const empty = !conversation.leaf;
  $("welcome").hidden = !empty || !generates;
  thread.draw(conversation);
  sidebar.draw();
  showRunning();
}

function ask(parent, text) { answerAll(addTurn(conversation, parent, text)); }

/** Both models are asked the same with the same seed. */
function answerAll(turn) {
  const beside = $("beside").value, request = asked();
  answering.stop(conversation.id);
  turn.answers = [];
  answerOne(turn, 0, $("model").value, request, false);
  if (beside) {
    answerOne(turn, 1, beside, request, false);
  }
  store.save(conversation);
  draw();
  thread.toEnd();
}

function answerOne(turn, side, model, request, goOn) {
  const asking = conversation;
  const before = goOn ? turn.answers[side].alone : alone();
  answering.answer({ conversation, turn, side, model, request, alone: before, goOn }, {
    show() {
      if (asking.id === conversation.id) {
        thread.grow(turn);
      }
    },
    save(saved) {
      saved.changed = Date.now();
      store.save(saved);
    },
    ended(answer) {
      showRunning();
      if (answer.thoughts) {
        knowThinking();
      }
      if (asking.id === conversation.id) {
        sidebar.draw();
        announce(answer.problem?.message ?? say("answered", answer.words));
      }
      if (answer.problem?.kind === "key") {
        askKey();
      }
    },
  });
  announce(say("answering"));
  showRunning();
}

function knowThinking() {
  showThinking();
  store.choose({ thinks: true });
}

function showRunning() {
  const running = Boolean(answering.live(conversation.id));
  $("send").hidden = running;
  $("stop").hidden = !running;
  $("send").disabled = !isKnown() || !$("prompt").value.trim();
}

/** Whether something can be sent: to a model, or to a server that will ask for its key. */
const isKnown = () => models.length > 0 || state === "ready";

// ---- what the server is ----

async function watchServer() {
  state = await server.state();
  if (state === "ready" && models.length === 0) {
    await readModels();
  }
  showState();
  setTimeout(watchServer, state === "ready" ? CALM : EAGER);
}

/** @param given whether a key has just been given */
async function readModels(given = false) {
  try {
    models = await server.models();
  } catch (problem) {
    if (problem.kind === "key" && (!keyAsked || given)) {
      askKey(server.hasKey() ? problem.message : "");
    }
    return;
  }
  const kept = store.choices(), ids = models.map((model) => model.id);
  options($("model"), ids, ids.includes(kept.model) ? kept.model : ids[0]);
  showBeside(ids.includes(kept.beside) ? kept.beside : "");
  $("model").disabled = ids.length === 1;
  document.body.classList.toggle("several", ids.length > 1);
  const [{ task }] = models;
  if (task !== "generate" && generates) {
    generates = false;
    document.body.classList.add("judges");
    draw();
    startJudge(task === "score", () => askKey());
  }
}

/** Asks for the key: by itself once, then where something was to be sent. */
function askKey(why = "") {
  keyAsked = true;
  $("key-problem").textContent = why;
  if (!$("key-dialog").open) {
    $("key-dialog").showModal();
  }
}

/** Every other model may answer beside the chosen one. */
function showBeside(chosen) {
  const others = models.map((model) => model.id).filter((id) => id !== $("model").value);
  options($("beside"), ["", ...others], others.includes(chosen) ? chosen : "");
  $("beside-label").hidden = others.length === 0;
}

function options(select, values, chosen) {
  select.replaceChildren(...values.map((value) => {
    const option = make("option", "", value || say("nothingBeside"));
    option.value = value;
    return option;
  }));
  select.value = chosen;
}

function showState() {
  const shown = state === "ready" && models.length === 0 ? "locked" : state;
  const known = shown in STATES ? shown : "loading";
  $("dot").className = "dot " + known;
  $("state").textContent = known === "ready" ? "" : say(known);
  $("dot-label").title = say(known);
  $("forget").hidden = !server.hasKey();
  document.title = models.length ? models[0].id + " – Weft" : "Weft";
  showRunning();
}

/** Those that have words; "ready" needs none. */
const STATES = { ready: 1, loading: 1, failed: 1, stopping: 1, gone: 1, locked: 1 };

// ---- drawers: beside the thread where there is room, over it where there is none ----

const DRAWERS = { list: "sidebar", "settings-button": "settings" };

function showDrawer(button, open) {
  $(DRAWERS[button]).hidden = !open;
  $(button).setAttribute("aria-expanded", String(open));
  document.body.classList.toggle(DRAWERS[button] + "-open", open);
  const over = narrow.matches && Object.values(DRAWERS).some((id) => !$(id).hidden);
  $("shade").hidden = !over;
  $("main").inert = over;
}

function toggleDrawer(button) {
  const open = $(DRAWERS[button]).hidden;
  if (narrow.matches) {
    closeDrawers();
  } else {
    store.choose({ [DRAWERS[button] + "Open"]: open });
  }
  showDrawer(button, open);
  if (open && narrow.matches) {
    $(DRAWERS[button]).focus();
  }
}

function closeDrawers() {
  const open = narrow.matches && Object.keys(DRAWERS).find((button) => !$(DRAWERS[button]).hidden);
  if (open) {
    showDrawer(open, false);
    $(open).focus();
  }
}

function placeDrawers() {
  const kept = store.choices(), wide = matchMedia("(min-width: 1180px)").matches;
  showDrawer("list", !narrow.matches && (kept.sidebarOpen ?? true));
  showDrawer("settings-button", !narrow.matches && (kept.settingsOpen ?? wide));
}

// ---- what the user does ----

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("prompt").value;
  if (models.length === 0 && state === "ready") {
    askKey();
  } else if (models.length && text.trim() && !answering.live(conversation.id)) {
    $("prompt").value = "";
    fit($("prompt"));
    ask(conversation.leaf, text);
  }
});
$("prompt").addEventListener("input", () => { fit($("prompt")); showRunning(); });
$("prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {     // composing: Enter takes a word over
    event.preventDefault();
    $("form").requestSubmit();
  } else if (event.key === "ArrowUp" && !$("prompt").value && conversation.leaf && !answering.live(conversation.id)) {
    event.preventDefault();
    thread.editLast();
  }
});
$("stop").addEventListener("click", () => { answering.stop(conversation.id); $("prompt").focus(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (narrow.matches && !$("shade").hidden) {
      closeDrawers();
    } else {
      answering.stop(conversation.id);
    }
  }
});
document.querySelectorAll(".idea").forEach((button) => button.addEventListener("click", () => {
  $("prompt").value = button.textContent;
  $("form").requestSubmit();
}));
$("scroller").addEventListener("scroll", () => { $("to-end").hidden = thread.isAtEnd(); }, { passive: true });
$("to-end").addEventListener("click", () => thread.toEnd());
$("system").addEventListener("input", () => {
  conversation.system = $("system").value;
  store.choose({ system: conversation.system });        // for the next conversation, too
  fit($("system"));
  if (conversation.leaf) {
    store.save(conversation);
  }
});
$("model").addEventListener("change", () => {
  store.choose({ model: $("model").value });
  showBeside($("beside").value);
});
$("beside").addEventListener("change", () => {
  store.choose({ beside: $("beside").value });
  if ($("beside").value && innerWidth < ROOMY) {
    showDrawer("settings-button", false);       // two answers need the room
  }
});
Object.keys(DRAWERS).forEach((button) => $(button).addEventListener("click", () => toggleDrawer(button)));
document.querySelectorAll(".close-drawer").forEach((button) => button.addEventListener("click",
  () => toggleDrawer(button.dataset.drawer)));
$("shade").addEventListener("click", closeDrawers);
narrow.addEventListener("change", placeDrawers);
$("language").addEventListener("click", () => words.speak(words.spoken() === "en" ? "zh" : "en"));
$("theme").addEventListener("click", () => document.dispatchEvent(new Event("weft-theme")));
$("key-form").addEventListener("submit", () => {
  server.useKey($("key").value.trim());
  $("key").value = "";
  readModels(true).then(showState);
});
$("forget").addEventListener("click", () => {
  server.useKey(null);
  models = [];
  watchOnce();
});
document.querySelectorAll(".close-dialog").forEach((button) => button.addEventListener("click",
  () => button.closest("dialog").close()));

async function watchOnce() {
  await readModels();
  showState();
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && models.length) {
    watchOnce();        // adapters may have come and gone
  }
});
words.follow(showState);
words.follow(() => {
  $("language").textContent = words.spoken() === "en" ? "中文" : "English";
  $("language").lang = words.spoken() === "en" ? "zh" : "en";
  const none = $("beside").options[0];
  if (none) {
    none.textContent = say("nothingBeside");
  }
});
startSettings();
if (store.choices().thinks) {
  showThinking();
}
placeDrawers();
open(store.choices().open);
words.show();
watchServer();
