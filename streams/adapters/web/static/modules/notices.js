// What must be told in a sentence: Kafka away, a worker silent, the connection lost.

import { make, mark, text } from "./dom.js";
import { number, timeOfDay } from "./numbers.js";
import { knows, say } from "./words.js";

const LEVELS = { worker_silent: "critical", kafka_unreachable: "critical", catching_up: "warning" };

export function sentence(message, zone) {
  const path = `messages.${message.code}`;
  if (!knows(path)) return message.code;
  const values = {};
  for (const [name, value] of Object.entries(message.values ?? {})) {
    if (name.endsWith("_ms")) values[name] = timeOfDay(value, zone);
    else values[name] = typeof value === "number" ? number(value) : value;
  }
  const full = say(path, values);
  // Without one of the values, the sentence that does without it.
  return /\{\w+\}/.test(full) && knows(`${path}_short`) ? say(`${path}_short`, values) : full;
}

// What there is to tell about the feed when the board gives no reason of its own.
export function reasonOf(status) {
  if (status.reason || status.state === "live") return status.reason;
  const { state, silent = 0, partitions = 0, lag_events = 0, since_ms } = status;
  const values = { silent, partitions, lag_events, ...(since_ms === undefined ? {} : { since_ms }) };
  return { code: state, level: LEVELS[state] ?? "info", values };
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
