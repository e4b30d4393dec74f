// Tells a screen reader when a big figure changes its verdict: seldom, and only that.

import { line } from "./numbers.js";
import { pick, say } from "./words.js";

const QUIET_MS = 10_000;

export class Voice {
  constructor(element) {
    this.element = element;
    this.verdicts = new Map();
    this.waiting = new Map();
    this.spokenAt = -Infinity;
  }

  hear(board, kpis) {
    for (const tile of board.tiles) {
      const before = this.verdicts.get(tile.kpi);
      const now = tile.verdict ?? "empty";
      this.verdicts.set(tile.kpi, now);
      if (before === undefined || before === now) continue;
      if (![before, now].some((verdict) => ["warning", "critical"].includes(verdict))) continue;
      this.waiting.set(tile.kpi, tile);
    }
    if (!this.waiting.size || performance.now() - this.spokenAt < QUIET_MS) return;
    this.spokenAt = performance.now();
    const said = [...this.waiting.keys()].map((kpi) => {
      const tile = board.tiles.find((one) => one.kpi === kpi) ?? this.waiting.get(kpi);
      return say("spoken", {
        title: pick(kpis[kpi]?.title),
        value: line(tile.value, kpis[kpi]?.unit),
        verdict: say(`verdict.${tile.verdict ?? "empty"}`),
      });
    });
    this.waiting.clear();
    this.element.textContent = said.join(". ");
  }
}
