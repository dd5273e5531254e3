// For models that read a text whole: a classifier's labels, a reward model's score.

import { $, announce, make } from "./elements.js";
import { predict, Problem } from "./server.js";
import { follow, say } from "./words.js";

const MOST = 20;        // verdicts that stay on the page

/** Shows the form that fits. @param scores whether the model scores an answer  @param key asks for the server's key */
export function startJudge(scores, key) {
  const form = $("judge"), text = $("judge-text"), answer = $("judge-answer"), button = $("judge-button");
  form.hidden = false;
  $("judge-answer-row").hidden = !scores;
  const label = () => {
    $("judge-lead").textContent = say(scores ? "scoreLead" : "judgeLead");
    $("judge-text-label").textContent = say(scores ? "request" : "text");
  };
  follow(label);
  label();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = scores ? { prompt: text.value, response: answer.value } : { prompt: text.value };
    $("judge-problem").textContent = "";
    if (!Object.values(asked).every((value) => value.trim())) {
      $("judge-problem").textContent = say("nothing");
      (text.value.trim() ? answer : text).focus();
      return;
    }
    button.disabled = true;
    try {
      show(asked, await predict(asked));
    } catch (problem) {
      $("judge-problem").textContent = problem instanceof Problem
        ? [problem.message, problem.detail].filter(Boolean).join(" ") : String(problem);
      if (problem.kind === "key") {
        key();
      }
    }
    button.disabled = false;
  });
  for (const area of [text, answer]) {
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
  }
  text.focus();
}

function show(asked, verdict) {
  const item = make("li", "verdict"), text = make("p", "judged", asked.prompt);
  text.dir = "auto";
  item.append(text);
  if (asked.response !== undefined) {
    const response = make("p", "judged", asked.response);
    response.dir = "auto";
    item.append(response);
  }
  if (verdict.probabilities) {
    const list = make("ul", "labels");
    Object.entries(verdict.probabilities).sort((a, b) => b[1] - a[1]).forEach(([label, probability]) => {
      const bar = make("span", "share");
      bar.style.setProperty("--share", 100 * probability + "%");
      list.append(make("li", label === verdict.label ? "chosen" : "", make("span", "label", label), bar,
        make("span", "number", (100 * probability).toFixed(1) + " %")));
    });
    item.append(list);
    announce(verdict.label);
  } else {
    item.append(make("p", "score", say("score") + " ", make("b", "", verdict.score.toFixed(4))));
    announce(`${say("score")} ${verdict.score.toFixed(4)}`);
  }
  if (verdict.tokens_read) {
    item.append(make("p", "figures", say("read", verdict.tokens_read)));
  }
  $("verdicts").prepend(item);
  while ($("verdicts").children.length > MOST) {
    $("verdicts").lastChild.remove();
  }
}
