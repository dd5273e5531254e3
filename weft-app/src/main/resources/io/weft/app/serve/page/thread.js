// The conversation as it is seen: turns, their versions and answers.

import { isRunning } from "./answering.js";
import { path, versions } from "./conversation.js";
import { copy, fit, icon, iconButton, make, wordButton } from "./elements.js";
import { MarkdownView } from "./markdown.js";
import { follow, say } from "./words.js";

const NEAR = 80;        // px from the end at which a reader is taken to follow the answer

export class Thread {
  /** @param scroller around @param root  @param acts edit(turn, text), retry(turn), goOn(turn, side), alone(turn),
   *      version(turn), key() */
  constructor(scroller, root, acts) {
    this.scroller = scroller;
    this.root = root;
    this.acts = acts;
    this.views = new Map();
    root.addEventListener("click", (event) => {
      const button = event.target.closest(".copy-code");
      if (button) {
        const pre = button.closest(".code").querySelector("pre");
        copy(pre.textContent, button, pre);
      }
    });
    follow(() => this.conversation && this.draw(this.conversation));
  }

  /** Shows a conversation's path; what is shown already stays. */
  draw(conversation) {
    if (this.conversation?.id !== conversation.id) {
      this.views.clear();
      this.root.replaceChildren();
    }
    this.conversation = conversation;
    const turns = path(conversation), shown = new Set(turns.map((turn) => turn.id));
    for (const [id, view] of this.views) {
      if (!shown.has(id)) {
        view.element.remove();
        this.views.delete(id);
      }
    }
    turns.forEach((turn, i) => {
      if (!this.views.has(turn.id)) {
        this.views.set(turn.id, new TurnView(turn, this));
      }
      const view = this.views.get(turn.id);
      if (this.root.children[i] !== view.element) {
        this.root.insertBefore(view.element, this.root.children[i] ?? null);
      }
      view.show(i === turns.length - 1);
    });
  }

  /** Shows how far an answer has come, at most once a frame. */
  grow(turn) {
    const view = this.views.get(turn.id);
    if (view && !view.due) {
      view.due = true;
      requestAnimationFrame(() => {
        const follows = this.isAtEnd();
        view.due = false;
        view.show(this.conversation.leaf === turn.id);
        if (follows) {
          this.toEnd();
        }
      });
    }
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd() { this.scroller.scrollTop = this.scroller.scrollHeight; }

  /** Opens the last question for a change. */
  editLast() { this.views.get(this.conversation?.leaf)?.edit(); }
}

class TurnView {
  constructor(turn, thread) {
    this.turn = turn;
    this.thread = thread;
    this.answers = [];
    this.text = make("div", "bubble", turn.text);
    this.text.dir = "auto";
    this.tools = make("div", "tools");
    this.asked = make("div", "asked", make("h2", "unseen", say("you")), this.text, this.tools);
    this.sides = make("div", "sides");
    this.element = make("section", "turn", this.asked, this.sides);
  }

  show(last) {
    const all = versions(this.thread.conversation, this.turn), at = all.indexOf(this.turn);
    const state = [all.length, at, document.documentElement.lang].join();
    if (state !== this.state) {
      this.state = state;
      this.showTools(all, at);
    }
    while (this.answers.length < this.turn.answers.length) {
      const view = new AnswerView(this, this.answers.length);
      this.answers.push(view);
      this.sides.append(view.element);
    }
    this.sides.classList.toggle("two", this.answers.length > 1);
    this.answers.forEach((view) => view.show(last));
  }

  showTools(all, at) {
    const acts = this.thread.acts, copier = iconButton("copy", "copy",
      () => copy(this.turn.text, copier, this.text));
    this.asked.firstChild.textContent = say("you");
    this.tools.replaceChildren(copier, iconButton("edit", "edit", () => this.edit()));
    if (all.length > 1) {
      const back = iconButton("left", "earlier", () => acts.version(all[at - 1]));
      const on = iconButton("right", "later", () => acts.version(all[at + 1]));
      back.disabled = at === 0;
      on.disabled = at === all.length - 1;
      this.tools.append(make("span", "versions", back, make("span", "", say("version", at + 1, all.length)), on));
    }
  }

  edit() {
    const area = make("textarea", "editor"), form = make("form", "edit");
    const cancel = () => { form.replaceWith(this.text); this.tools.hidden = false; };
    area.value = this.turn.text;
    area.setAttribute("aria-label", say("request"));
    const again = make("button", "primary", say("again"));
    form.append(area, make("div", "edit-actions", wordButton("quiet", "cancel", cancel), again));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (area.value.trim()) {
        cancel();
        this.thread.acts.edit(this.turn, area.value);
      }
    });
    area.addEventListener("input", () => fit(area));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        cancel();
      } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    this.text.replaceWith(form);
    this.tools.hidden = true;
    fit(area);
    area.focus();
  }
}

class AnswerView {
  constructor(turnView, side) {
    this.turnView = turnView;
    this.side = side;
    this.who = make("h3", "who");
    this.thought = make("div", "thought");
    this.summary = make("summary");
    this.thoughts = make("details", "thoughts", this.summary, this.thought);
    this.words = make("div", "words");
    this.wait = make("p", "wait", make("span", "pulse"), make("span"));
    this.problem = make("div", "problem");
    this.problem.setAttribute("role", "alert");
    this.tools = make("div", "tools");
    this.figures = make("span", "figures");
    this.foot = make("div", "foot", this.tools, this.figures);
    this.element = make("article", "answer", this.who, this.thoughts, this.words, this.wait, this.problem, this.foot);
    this.markdown = new MarkdownView(this.words);
    this.reasoning = new MarkdownView(this.thought);
  }

  show(last) {
    const answer = this.turnView.turn.answers[this.side], live = isRunning(answer);
    this.who.textContent = answer.model;
    this.thoughts.hidden = !answer.thoughts;
    this.summary.textContent = say(live && !answer.words ? "thinks" : "thoughts");
    this.summary.classList.toggle("thinks", live && !answer.words);
    this.reasoning.show(answer.thoughts);
    this.markdown.show(answer.words);
    this.words.classList.toggle("live", live && Boolean(answer.words));
    this.element.setAttribute("aria-busy", String(live));
    this.wait.hidden = !live || Boolean(answer.words || answer.thoughts);
    this.wait.lastChild.textContent = answer.ahead === 1 ? say("waitingOne")
      : answer.ahead ? say("waiting", answer.ahead) : say("sent");
    const silent = answer.finish === "stop" && !answer.words && !answer.thoughts;
    const broken = live ? null : answer.finish === null ? { message: say("reloaded"), kind: "retry" }
      : silent ? { message: say("empty"), kind: "retry" } : answer.problem;
    this.showFoot(answer, live, last, broken);
  }

  /** Drawn anew when it would say something else, so that focus stays where it is. */
  showFoot(answer, live, last, broken) {
    this.foot.hidden = live && !answer.words && !answer.thoughts;
    this.showFigures(answer);
    const state = [live, last, answer.finish, broken?.message, document.documentElement.lang].join("|");
    if (state === this.state && answer === this.drawn) {
      return;
    }
    this.state = state;
    this.drawn = answer;
    const { acts } = this.turnView.thread, { turn } = this.turnView, retry = () => acts.retry(turn);
    const copier = iconButton("copy", "copy", () => copy(turn.answers[this.side].words, copier, this.words));
    this.tools.replaceChildren();
    if (answer.words) {
      this.tools.append(copier);
    }
    if (!live && !broken) {
      this.tools.append(iconButton("again", "another", retry));
      if (last && answer.words && ["length", "stopped"].includes(answer.finish)) {
        this.tools.append(wordButton("quiet small", "goOn", () => acts.goOn(turn, this.side)));
      }
    }
    this.problem.hidden = !broken;
    this.problem.replaceChildren();
    if (broken) {
      this.showProblem(broken, turn, acts, retry);
    }
  }

  showProblem(broken, turn, acts, retry) {
    const actions = make("div", "problem-actions", wordButton("small", "retry", retry));
    const words = make("div", "", make("p", "", broken.message));
    if (broken.detail && broken.detail !== broken.message) {
      words.append(make("p", "detail", broken.detail));
    }
    if (broken.kind === "shorten" && turn.parent) {
      words.append(make("p", "detail", say("long")));
      actions.append(wordButton("small", "alone", () => acts.alone(turn)));
    }
    if (broken.kind === "key") {
      actions.prepend(wordButton("small", "key", acts.key));
    }
    words.append(actions);
    this.problem.append(icon("warn"), words);
  }

  showFigures(answer) {
    const told = answer.tokens ? [answer.tokens === 1 ? say("oneToken") : say("tokens", answer.tokens),
      answer.rate && say("rate", answer.rate.toFixed(1)), say("seconds", (answer.seconds ?? 0).toFixed(1)),
      answer.finish === "length" && say("cut"), answer.finish === "stopped" && say("stopped")].filter(Boolean) : [];
    this.figures.textContent = told.join(" · ");
    this.figures.title = answer.read ? say("figures", answer.read, answer.known, (answer.first ?? 0).toFixed(1),
      answer.seed ?? "–") : "";
  }
}
