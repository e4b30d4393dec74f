// What must be told in a sentence: Kafka away, a worker silent, the connection lost.

import { make, mark, text } from "./dom.js";
import { number, timeOfDay } from "./numbers.js";
import { knows, say } from "./words.js";

export function sentence(message, zone) {
  const path = `messages.${message.code}`;
  if (!knows(path)) return message.code;
  const values = {};
  for (const [name, value] of Object.entries(message.values ?? {})) {
    if (name.endsWith("_ms")) values[name] = timeOfDay(value, zone);
    else values[name] = typeof value === "number" ? number(value) : value;
  }
  return say(path, values);
}

export class Notices {
  constructor(section) {
    this.section = section;
  }

  // `messages` are {level, text}; the strip takes its own room and covers no figure.
  show(messages) {
    const lines = [...this.section.children];
    messages.forEach(({ level, text: words }, at) => {
      const line = lines[at] ?? this.section.appendChild(notice());
      mark(line, "data-level", level);
      mark(line.firstChild, "data-verdict", level === "info" ? "good" : level);
      text(line.lastChild, words);
    });
    lines.slice(messages.length).forEach((line) => line.remove());
  }
}

function notice() {
  const shape = make("span", { class: "shape", "aria-hidden": "true" });
  return make("p", { class: "notice" }, shape, make("span"));
}
