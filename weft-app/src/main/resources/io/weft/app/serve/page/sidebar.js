// The list of conversations: chosen, renamed, exported, deleted.

import { live, stop } from "./answering.js";
import { path, rows } from "./conversation.js";
import { $, announce, download, icon, make, wordButton } from "./elements.js";
import * as store from "./store.js";
import { follow, say } from "./words.js";

const UNDO = 8000;      // ms

export class Sidebar {
  /** @param acts current() -> conversation, open(id), fresh(), renamed(conversation) */
  constructor(acts) {
    this.acts = acts;
    this.dialog = $("manage");
    $("fresh").addEventListener("click", acts.fresh);
    $("manage-form").addEventListener("submit", () => this.rename());
    $("as-json").addEventListener("click", () => this.export("json"));
    $("as-rows").addEventListener("click", () => this.export("jsonl"));
    $("delete").addEventListener("click", () => this.remove());
    store.watch((id) => {
      this.draw();
      acts.changed(id);
    });
    follow(() => this.draw());
  }

  draw() {
    const now = this.acts.current().id;
    $("conversations").replaceChildren(...store.list().map(({ id, title }) => {
      const open = make("button", "open", title || say("untitled")), more = make("button", "tool", icon("more"));
      open.type = more.type = "button";
      open.dir = "auto";
      more.setAttribute("aria-label", say("manage", title || say("untitled")));
      more.title = more.getAttribute("aria-label");
      if (id === now) {
        open.setAttribute("aria-current", "true");
      }
      open.addEventListener("click", () => this.acts.open(id));
      more.addEventListener("click", () => this.manage(id));
      return make("li", "", open, more);
    }));
    const complaint = store.complaint();
    $("kept").textContent = say(complaint || "kept");
    $("kept").classList.toggle("warning", complaint === "full");
  }

  find(id) { return this.acts.current().id === id ? this.acts.current() : live(id) ?? store.load(id); }

  manage(id) {
    this.managed = id;
    $("manage-name").value = this.find(id)?.title ?? "";
    this.dialog.showModal();
    $("manage-name").select();
  }

  rename() {
    const conversation = this.find(this.managed), title = $("manage-name").value.trim();
    if (conversation && title && title !== conversation.title) {
      conversation.title = title;
      conversation.named = true;
      store.save(conversation);
      this.draw();
    }
  }

  export(kind) {
    const conversation = this.find(this.managed);
    if (conversation) {
      const name = (conversation.title || "weft").replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40).replace(/^-|-$/g, "");
      if (kind === "json") {
        download(`${name || "weft"}.json`, "application/json", JSON.stringify(conversation, null, 2) + "\n");
      } else {
        download(`${name || "weft"}.jsonl`, "application/jsonl", rows(conversation));
      }
    }
    this.dialog.close();
  }

  remove() {
    const conversation = this.find(this.managed), current = this.acts.current().id === this.managed;
    this.dialog.close();
    if (!conversation) {
      return;
    }
    stop(conversation.id);
    store.remove(conversation.id);
    if (current) {
      this.acts.fresh();
    }
    this.draw();
    toast(say("removed", conversation.title || say("untitled")), () => {
      store.restore(conversation);
      if (current && path(this.acts.current()).length === 0) {
        this.acts.open(conversation.id);
      }
      this.draw();
    });
  }
}

function toast(words, undo) {
  const shown = $("toast"), end = () => { shown.hidden = true; };
  clearTimeout(toast.timer);
  shown.replaceChildren(make("span", "", words), wordButton("quiet", "undo", () => { end(); undo(); }));
  shown.hidden = false;
  announce(words);
  toast.timer = setTimeout(end, UNDO);
}
