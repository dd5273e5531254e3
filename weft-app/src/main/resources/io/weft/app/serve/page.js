"use strict";

const TEXTS = {
  en: {
    title: "Ask the fine-tuned model",
    description: "The model runs on this machine. Write a request, choose how freely and how long it may answer, and read along as it writes.",
    prompt: "Your request", hint: "For example: Explain in two sentences what fine-tuning is.",
    temperature: "Temperature", temperatureNote: "low: steady, high: varied", length: "Length, in tokens", lengthNote: "at most, may end sooner",
    submit: "Submit", stop: "Stop", clear: "Clear", answer: "Answer", copy: "Copy", copied: "Copied", thoughts: "What the model thought first", empty: "The answer will appear here, word by word.",
    tokens: "tokens", speed: "tokens/s", seconds: "s", ended: "", cut: "length reached", stopped: "stopped",
    footer: "Answers are made by a language model and may be wrong. Nothing leaves the machine that serves this page.",
    unreachable: "The server cannot be reached. Is it still running?", broken: "The answer broke off.", nothing: "Write a request first.",
    loading: "loading…", ready: "ready", failed: "not loaded", gone: "not reachable",
  },
  zh: {
    title: "向微调后的模型提问",
    description: "模型就在这台机器上运行。写下请求，选择回答的随机程度和长度，即可看到它逐字作答。",
    prompt: "您的请求", hint: "例如：用两句话解释什么是微调。",
    temperature: "温度", temperatureNote: "低：稳定；高：多样", length: "长度（词元）", lengthNote: "上限，可能提前结束",
    submit: "提交", stop: "停止", clear: "清空", answer: "回答", copy: "复制", copied: "已复制", thoughts: "模型先想了什么", empty: "回答会逐字显示在这里。",
    tokens: "词元", speed: "词元/秒", seconds: "秒", ended: "", cut: "已达长度上限", stopped: "已停止",
    footer: "回答由语言模型生成，可能有误。任何内容都不会离开提供此页面的机器。",
    unreachable: "无法连接服务器。它还在运行吗？", broken: "回答中断了。", nothing: "请先写下请求。",
    loading: "加载中…", ready: "就绪", failed: "加载失败", gone: "无法连接",
  },
};

const $ = (id) => document.getElementById(id);
let language = "en", state = "loading", name = "", running = null, end = "ended";

const say = (key) => TEXTS[language][key];

function useLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.querySelectorAll("[data-text]").forEach((element) => { element.textContent = say(element.dataset.text); });
  document.querySelectorAll("[data-hint]").forEach((element) => { element.placeholder = say(element.dataset.hint); });
  $("english").setAttribute("aria-pressed", String(chosen === "en"));
  $("chinese").setAttribute("aria-pressed", String(chosen === "zh"));
  $("end").textContent = say(end);
  showState();
}

function remember(chosen) {
  try { localStorage.setItem("weft.language", chosen); } catch { /* a browser may forbid it; then it is chosen anew each time */ }
  useLanguage(chosen);
}

function firstLanguage() {
  let stored = null;
  try { stored = localStorage.getItem("weft.language"); } catch { /* as above */ }
  return stored in TEXTS ? stored : navigator.language.startsWith("zh") ? "zh" : "en";
}

function showState() {
  $("dot").className = "dot " + state;
  $("model-name").textContent = state === "ready" && name ? name : say(state);
  $("model").title = name ? name + ": " + say(state) : say(state);
  document.title = state === "ready" && name ? name + " – Weft" : "Weft";
}

/** Asks whether the model is loaded, until it is; later now and then whether the server is still there. */
async function watchState() {
  try {
    const response = await fetch("/readyz");
    state = response.ok ? "ready" : (await response.json()).status === "failed" ? "failed" : "loading";
    if (response.ok && !name) {
      name = (await (await fetch("/v1/models")).json()).data[0].id;
    }
  } catch {
    state = "gone";
  }
  showState();
  setTimeout(watchState, state === "ready" ? 15000 : 1500);
}

function slide(input) {
  const digits = input.step.includes(".") ? 1 : 0;
  $(input.id + "-value").textContent = Number(input.value).toFixed(digits);
  input.style.setProperty("--at", 100 * (input.value - input.min) / (input.max - input.min) + "%");
}

function showError(message) {
  $("error").textContent = message;
  $("error").hidden = !message;
}

function showRunning(on) {
  $("answer").setAttribute("aria-busy", String(on));
  $("submit").disabled = on;
  $("stop").hidden = !on;
}

/** The figures below the answer. The rate counts from the first token on, since reading the prompt makes none. */
function showFigures(run) {
  const now = performance.now();
  $("figures").hidden = false;
  $("tokens").textContent = run.tokens;
  $("seconds").textContent = ((now - run.start) / 1000).toFixed(1);
  const writing = (now - run.first) / 1000;
  $("speed").textContent = run.tokens > 1 && writing > 0 ? ((run.tokens - 1) / writing).toFixed(1) : "–";
  $("end").textContent = say(end);
}

async function ask() {
  const prompt = $("prompt").value;
  if (running) {
    return;
  }
  clearAnswer();
  if (!prompt.trim()) {
    showError(say("nothing"));
    $("prompt").focus();
    return;
  }
  const run = { abort: new AbortController(), start: performance.now(), first: 0, tokens: 0 };
  running = run;
  showRunning(true);
  $("empty").hidden = true;
  try {
    const response = await fetch("/v1/chat/completions", {
      method: "POST", headers: { "Content-Type": "application/json" }, signal: run.abort.signal,
      body: JSON.stringify({ messages: [{ role: "user", content: prompt }], temperature: Number($("temperature").value), max_tokens: Number($("length").value), stream: true,
        stream_options: { include_usage: true } }),
    });
    if (!response.ok) {
      const error = await response.json().catch(() => null);
      throw new Error(error?.error?.message ?? "HTTP " + response.status);
    }
    await readEvents(response.body, (event) => take(event, run));
  } catch (problem) {
    if (run.abort.signal.aborted) {
      end = "stopped";
    } else {
      showError(problem instanceof TypeError ? say(run.tokens ? "broken" : "unreachable") : problem.message);
    }
  }
  running = null;
  showRunning(false);
  const thought = Boolean($("thought").textContent), answered = Boolean($("answer").textContent);
  if (thought || answered) {
    showFigures(run);
  }
  $("copy").hidden = !answered;
  $("empty").hidden = Boolean(thought || answered || $("error").textContent);
}

function take(event, run) {
  if (event.error) {
    throw new Error(event.error.message);
  }
  const choice = event.choices[0];
  if (choice?.delta.reasoning_content) {
    run.first ||= performance.now();
    run.tokens++;
    $("thoughts").hidden = false;
    $("thought").append(choice.delta.reasoning_content); // a text node, as below
  }
  if (choice?.delta.content) {
    run.first ||= performance.now();
    run.tokens++;
    const box = $("answer"), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    box.append(choice.delta.content); // a text node: what a model writes is never markup
    if (atEnd) {
      box.scrollTop = box.scrollHeight;
    }
  }
  if (choice?.finish_reason === "length") {
    end = "cut";
  }
  if (event.usage) {
    run.tokens = event.usage.completion_tokens;
  }
  if (run.tokens) {
    showFigures(run);
  }
}

/** Reads server-sent events and hands the JSON of each on. */
async function readEvents(body, handle) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", done = false;
  while (!done) {
    const piece = await reader.read();
    if (piece.done) {
      throw new Error(say("broken"));
    }
    const events = (rest + piece.value).split("\n\n");
    rest = events.pop();
    for (const event of events.filter((text) => text.startsWith("data: ")).map((text) => text.slice(6))) {
      if (event === "[DONE]") {
        done = true;
      } else {
        handle(JSON.parse(event));
      }
    }
  }
}

function clearAnswer() {
  end = "ended";
  $("answer").textContent = "";
  $("thought").textContent = "";
  $("thoughts").hidden = true;
  $("figures").hidden = true;
  $("copy").hidden = true;
  $("empty").hidden = false;
  showError("");
}

$("english").addEventListener("click", () => remember("en"));
$("chinese").addEventListener("click", () => remember("zh"));
$("form").addEventListener("submit", (event) => { event.preventDefault(); ask(); });
$("stop").addEventListener("click", () => running?.abort.abort());
$("clear").addEventListener("click", () => { running?.abort.abort(); $("prompt").value = ""; clearAnswer(); $("prompt").focus(); });
$("prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    ask();
  }
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") { running?.abort.abort(); } });
$("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText($("answer").textContent);
    $("copy").textContent = say("copied");
    setTimeout(() => { $("copy").textContent = say("copy"); }, 1500);
  } catch {
    getSelection().selectAllChildren($("answer")); // without permission the text is at least selected
  }
});
document.querySelectorAll("input[type=range]").forEach((input) => { input.addEventListener("input", () => slide(input)); slide(input); });
useLanguage(firstLanguage());
watchState();
