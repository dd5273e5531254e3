// The panel of settings: how freely and how long the model answers.

import { choices, choose } from "./store.js";
import { follow, say } from "./words.js";

const $ = (id) => document.getElementById(id);
const SLIDERS = ["temperature", "length", "top-p"], SWITCHES = ["greedy", "endless", "single"], HIGHEST_SEED = 2 ** 31;

/** Reads the panel once from what this browser kept, and keeps every change. */
export function startSettings() {
  const kept = choices().settings ?? {};
  for (const id of SLIDERS) {
    $(id).value = kept[id] ?? $(id).defaultValue;     // a range takes nothing beyond its ends
    $(id).addEventListener("input", changed);
  }
  for (const id of SWITCHES) {
    $(id).checked = kept[id] ?? $(id).defaultChecked;
    $(id).addEventListener("input", changed);
  }
  $("seed").value = kept.seed ?? "";
  $("seed").addEventListener("input", changed);
  $("thinking").value = ["on", "off"].includes(kept.thinking) ? kept.thinking : "auto";
  $("thinking").addEventListener("input", changed);
  $("reset").addEventListener("click", reset);
  follow(show);
  show();
}

function reset() {
  [...SLIDERS, "seed"].forEach((id) => { $(id).value = $(id).defaultValue; });
  SWITCHES.forEach((id) => { $(id).checked = $(id).defaultChecked; });
  $("thinking").value = "auto";
  changed();
}

function changed() {
  const settings = { seed: $("seed").value, thinking: $("thinking").value };
  SLIDERS.forEach((id) => { settings[id] = Number($(id).value); });
  SWITCHES.forEach((id) => { settings[id] = $(id).checked; });
  choose({ settings });
  show();
}

function show() {
  for (const id of SLIDERS) {
    const input = $(id), digits = (input.step.split(".")[1] ?? "").length;
    const off = id === "length" ? $("endless").checked : $("greedy").checked;
    input.disabled = off;
    $(id + "-value").textContent = off ? id === "length" ? "∞" : "–" : Number(input.value).toFixed(digits);
    input.style.setProperty("--at", 100 * (input.value - input.min) / (input.max - input.min) + "%");
  }
  $("seed").disabled = $("greedy").checked;
  $("seed").placeholder = say("seedHint");
}

/** Whether the choice of thinking is of any use: shown once a model has thought. */
export function showThinking() { $("thinking-row").hidden = false; }

/** Whether the turns before are left out of a request. */
export const alone = () => $("single").checked;

/** What a request asks beside its messages. A seed is always sent, so that the answer can be had again. */
export function asked() {
  const request = {}, seed = $("seed").value.trim();
  if ($("greedy").checked) {
    request.temperature = 0;
  } else {
    request.temperature = Number($("temperature").value);
    request.top_p = Number($("top-p").value);
    request.seed = /^-?\d{1,15}$/.test(seed) ? Number(seed) : Math.floor(Math.random() * HIGHEST_SEED);
  }
  if (!$("endless").checked) {
    request.max_tokens = Number($("length").value);
  }
  if (!$("thinking-row").hidden && $("thinking").value !== "auto") {
    request.chat_template_kwargs = { enable_thinking: $("thinking").value === "on" };
  }
  return request;
}
