// How a figure is made up: its pieces, window, sample, targets and definition.

import { make, text } from "./dom.js";
import { limit, line, minutes, number, span, windowName } from "./numbers.js";
import { hasSample, limitOf } from "./pieces.js";
import { pick, say } from "./words.js";

const STATS = ["p50", "p75", "p90", "p95", "max"];

export class Detail {
  constructor(dialog) {
    this.dialog = dialog;
    this.kpi = null;
    dialog.addEventListener("close", () => {
      this.kpi = null;
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close(); // beside the card
    });
  }

  open(kpi, board, kpis) {
    this.kpi = kpi;
    this.rows = "";
    this.show(board, kpis);
    this.dialog.showModal();
  }

  show(board, kpis) {
    const tile = board.tiles.find((one) => one.kpi === this.kpi);
    if (tile === undefined) return;
    const description = kpis[this.kpi];
    const facts = factsOf(tile, description);
    const rows = facts.map(([name]) => name).join();
    if (rows !== this.rows) this.rebuild(description, facts, rows);
    facts.forEach(([, value], at) => text(this.values[at], value));
  }

  rebuild(description, facts, rows) {
    this.rows = rows;
    this.values = facts.map(() => make("dd"));
    const close = make("button", { class: "tool", type: "button", "aria-label": say("close") }, "×");
    close.addEventListener("click", () => this.dialog.close());
    const title = make("h2", { id: "detail-title" }, pick(description.title));
    const list = facts.map(([name], at) => make("div", {}, make("dt", {}, name), this.values[at]));
    this.dialog.replaceChildren(
      make("div", { class: "detail-head" }, title, close),
      make("p", { class: "help" }, pick(description.help)),
      make("dl", {}, ...list),
      make("p", { class: "definition" }, make("strong", {}, say("detail.definition")), pick(description.definition)),
    );
  }
}

function factsOf(tile, description) {
  const { unit } = description;
  const facts = [["value", line(tile.value, unit)]];
  const time = (seconds) => span(seconds * 1000);
  const inTime = description.pieces === "seconds";
  if (tile.numerator !== undefined) {
    facts.push(["numerator", (inTime || unit === "seconds" ? time : number)(tile.numerator)]);
  }
  if (tile.denominator !== undefined) {
    facts.push(["denominator", (inTime ? time : number)(tile.denominator)]);
  }
  for (const stat of STATS) {
    if (tile.stats?.[stat] !== undefined) facts.push([stat, minutes(tile.stats[stat])]);
  }
  if (tile.answer_target_ms !== undefined) facts.push(["answer_target", span(tile.answer_target_ms)]);
  facts.push(["window", windowName(tile.window)]);
  if (hasSample(tile, description)) {
    facts.push(["samples", number(tile.samples)], ["minimum", number(tile.minimum_sample ?? 0)]);
  }
  const target = limitOf(tile, description);
  if (target) facts.push(["target", target]);
  if (tile.critical !== undefined) facts.push(["critical", limit(tile.critical, unit)]);
  const parts = Object.entries(tile.parts ?? {}).map(([name, n]) => [say(`parts.${name}`) || name, number(n)]);
  return [...facts.map(([name, value]) => [say(`detail.${name}`), value]), ...parts];
}
