// The line on top: whose board it is, whether it lives, the language, the light, the time.

import { make, mark, text } from "./dom.js";
import { dayOf, number, span, timeOfDay } from "./numbers.js";
import { choose, language, languages, nameOf, say } from "./words.js";

const KEPT = "vigie.theme";
const byId = (id) => document.getElementById(id);

export class Head {
  constructor(onLanguage) {
    this.onLanguage = onLanguage;
    this.beats = [...document.querySelectorAll(".beat i")];
    this.at = 0;
    theme(new URLSearchParams(location.search).get("theme") ?? kept() ?? "dark");
    byId("theme").addEventListener("click", () => {
      theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", { keep: true });
      this.words();
    });
    byId("full-screen").addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    });
    byId("full-screen").hidden = !document.fullscreenEnabled;
  }

  // Everything on this line that is only words.
  words() {
    const buttons = languages().map((code) => {
      const name = nameOf(code, "language");
      const button = make("button", { type: "button", lang: code, title: name, "aria-label": name });
      button.textContent = nameOf(code, "short");
      mark(button, "aria-pressed", String(code === language()));
      button.addEventListener("click", () => {
        choose(code);
        this.onLanguage();
        byId("languages").querySelector('[aria-pressed="true"]').focus();
      });
      return button;
    });
    byId("languages").replaceChildren(...buttons);
    mark(byId("languages"), "aria-label", say("choose_language"));
    const dark = document.documentElement.dataset.theme === "dark";
    label(byId("theme"), say(dark ? "theme_light" : "theme_dark"));
    label(byId("full-screen"), say("full_screen"));
    for (const element of document.querySelectorAll("[data-words]")) {
      text(element, say(element.dataset.words));
    }
  }

  show(board, site) {
    const row = (board.queues ?? []).find((queue) => queue.name === board.queue);
    const scope = board.queue === undefined ? say("everything") : (row?.title ?? board.queue);
    text(byId("site"), site.name);
    text(byId("scope"), scope);
    text(byId("heading"), `${site.name}, ${scope}`);
    document.title = `${scope} · ${site.name}`;
    const link = document.querySelector(".brand");
    mark(link, "href", `/${location.search}`);
    mark(link, "title", board.queue === undefined ? null : say("back"));
  }

  beat() {
    this.at = (this.at + 1) % this.beats.length;
    this.beats.forEach((beat, at) => mark(beat, "data-on", at === this.at ? "" : null));
  }

  // The pill: one word for the feed's state, then the age of the data.
  feed(feed, status) {
    text(byId("feed-state"), say(`feed.${feed.state}`));
    mark(byId("feed"), "data-fresh", feed.state === "live" && feed.fresh ? "" : null);
    const said = [];
    if (feed.ageMs !== null) said.push(feed.fresh ? say("feed.fresh") : say("feed.age", { age: span(feed.ageMs) }));
    if (feed.state === "catching_up" && status?.lag_events) {
      said.push(say("feed.lag", { n: number(status.lag_events) }));
    }
    text(byId("feed-more"), said.join(say("list_separator")));
  }

  clock(now, zone) {
    text(byId("clock-time"), timeOfDay(now, zone));
    text(byId("clock-date"), dayOf(now, zone));
    mark(byId("clock"), "datetime", new Date(now).toISOString().slice(0, 19) + "Z");
  }
}

function label(element, words) {
  mark(element, "aria-label", words);
  mark(element, "title", words);
}

function theme(name, { keep = false } = {}) {
  document.documentElement.dataset.theme = name === "light" ? "light" : "dark";
  if (!keep) return;
  try {
    localStorage.setItem(KEPT, name);
  } catch {
    // A browser that keeps nothing still shows the light until it is closed.
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
