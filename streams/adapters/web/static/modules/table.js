// The table of queues, worst first. Rows move to their new place instead of jumping.

import { make, mark, text } from "./dom.js";
import { line, minutes, number, windowName } from "./numbers.js";
import { knows, pick, say } from "./words.js";

const LOWEST_REM = 1.9;
const HIGHEST_REM = 4;
const MOVE_MS = 350;
const ORDER_MS = 4_000; // a row that has just moved stays long enough to be read

export class Table {
  constructor(section) {
    this.section = section;
    this.rows = new Map();
    this.columns = "";
    this.order = [];
    this.orderedAt = -Infinity;
    this.region = make("div", { class: "scroll", tabindex: "0", role: "region" });
    this.nothing = make("p", { class: "nothing" });
    new ResizeObserver(() => this.fit()).observe(section);
  }

  show(board, kpis, feed) {
    const queues = board.queues ?? [];
    mark(this.region, "aria-label", say("queues"));
    text(this.nothing, feed.why || say("no_queues"));
    if (!queues.length) {
      if (this.section.firstChild !== this.nothing) this.section.replaceChildren(this.nothing);
      return;
    }
    const columns = (board.columns ?? []).map((column) => column.kpi).join();
    if (columns !== this.columns) this.rebuild(board.columns, columns);
    if (this.section.firstChild !== this.region) this.section.replaceChildren(this.region);
    this.heads(board, kpis);
    this.fill(board, kpis);
    this.fit();
  }

  rebuild(columns, key) {
    this.columns = key;
    this.rows.clear();
    this.first = make("span");
    this.note = make("span", { class: "window" });
    this.titles = columns.map(() => ({ name: make("span"), window: make("span", { class: "window" }) }));
    const cells = this.titles.map(({ name, window }) => make("th", { scope: "col" }, name, window));
    const head = make("tr", {}, make("th", { scope: "col" }, this.first, this.note), ...cells);
    this.body = make("tbody");
    this.table = make("table", {}, make("thead", {}, head), this.body);
    this.region.replaceChildren(this.table);
  }

  heads(board, kpis) {
    text(this.first, say("queue"));
    board.columns.forEach((column, at) => {
      const { name, window } = this.titles[at];
      text(name, columnName(column.kpi, kpis));
      text(window, column.window === undefined ? "" : windowName(column.window));
      mark(name.parentElement, "data-unit", kpis[column.kpi]?.unit);
      mark(name.parentElement, "title", pick(kpis[column.kpi]?.definition) || null);
    });
  }

  fill(board, kpis) {
    const before = this.places();
    const kept = new Set();
    let previous = null;
    for (const queue of this.ordered(board.queues)) {
      kept.add(queue.name);
      if (!this.rows.has(queue.name)) this.rows.set(queue.name, this.build(queue.name, board.columns));
      const row = this.rows.get(queue.name);
      const next = previous === null ? this.body.firstChild : previous.nextSibling;
      if (row.root !== next) this.body.insertBefore(row.root, next);
      previous = row.root;
      this.fillRow(row, queue, board, kpis);
    }
    for (const [name, row] of this.rows) {
      if (kept.has(name)) continue;
      row.root.remove();
      this.rows.delete(name);
    }
    this.move(before);
  }

  // The board's order, but not a new one at every snapshot.
  ordered(queues) {
    const byName = new Map(queues.map((queue) => [queue.name, queue]));
    const same = this.order.length === queues.length && this.order.every((name) => byName.has(name));
    if (!same || performance.now() - this.orderedAt > ORDER_MS) {
      const order = queues.map((queue) => queue.name);
      if (order.join("\n") !== this.order.join("\n")) this.orderedAt = performance.now();
      this.order = order;
    }
    return this.order.map((name) => byName.get(name));
  }

  build(name, columns) {
    const shape = make("span", { class: "shape", "aria-hidden": "true" });
    const title = make("span", { class: "text", dir: "auto" });
    const chip = make("span", { class: "chip" });
    const verdict = make("span", { class: "unseen" });
    const address = `/queue/${encodeURIComponent(name)}${location.search}`;
    const sign = make("span", { class: "sign" }, shape);
    const link = make("a", { class: "queue-name", href: address }, sign, title, verdict, chip);
    const cells = columns.map(() => {
      const parts = {
        shape: make("span", { class: "shape", "aria-hidden": "true" }),
        value: make("span"),
        of: make("span", { class: "of" }),
        verdict: make("span", { class: "unseen" }),
      };
      parts.cell = make("span", { class: "cell" }, parts.of, parts.shape, parts.value, parts.verdict);
      parts.root = make("td", {}, parts.cell);
      return parts;
    });
    const root = make("tr", {}, make("th", { scope: "row" }, link), ...cells.map((c) => c.root));
    return { root, link, shape, title, chip, verdict, cells };
  }

  fillRow(row, queue, board, kpis) {
    const open = queue.open ?? true;
    const verdict = queue.verdict ?? "no_target";
    mark(row.root, "data-verdict", verdict);
    mark(row.root, "data-closed", open ? null : "");
    mark(row.root, "aria-current", queue.name === board.queue ? "true" : null);
    mark(row.shape, "data-verdict", open ? verdict : "closed");
    text(row.title, queue.title ?? queue.name);
    mark(row.link, "title", queue.title ?? queue.name);
    text(row.verdict, ` ${say(open ? "open" : "closed")}, ${say(`verdict.${verdict}`)}`);
    text(row.chip, open ? "" : say("closed"));
    row.chip.hidden = open;
    queue.cells.forEach((cell, at) => {
      const { kpi } = board.columns[at];
      fillCell(row.cells[at], cell, kpis[kpi]?.unit, columnName(kpi, kpis));
    });
  }

  // Every row gets the height that is left, so that few queues are large and many still fit.
  fit() {
    const rows = this.rows.size;
    if (!rows || !this.table) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const head = this.table.tHead.offsetHeight;
    const room = (this.region.clientHeight - head) / rows / rem;
    const height = Math.min(HIGHEST_REM, Math.max(LOWEST_REM, Math.floor(room * 100) / 100));
    this.table.style.setProperty("--row", `${height}rem`);
    this.table.style.setProperty("--row-type", `${Math.min(1.4, height * 0.53).toFixed(3)}rem`);
    const shown = Math.min(rows, Math.max(1, Math.floor((this.region.clientHeight - head) / (height * rem) + 0.2)));
    const all = number(rows);
    const cut = shown < rows && this.region.scrollHeight > this.region.clientHeight + 2;
    text(this.note, cut ? say("queues_shown", { shown: number(shown), all }) : say("queues_order"));
  }

  places() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return new Map();
    return new Map([...this.rows.values()].map(({ root }) => [root, root.offsetTop]));
  }

  move(before) {
    for (const [root, top] of before) {
      const distance = top - root.offsetTop;
      if (!distance || !root.isConnected) continue;
      const frames = [{ transform: `translateY(${distance}px)` }, { transform: "none" }];
      root.animate(frames, { duration: MOVE_MS, easing: "cubic-bezier(0.2, 0, 0, 1)" });
    }
  }

  tick(now) {
    for (const row of this.rows.values()) {
      for (const parts of row.cells) {
        if (parts.since !== undefined) text(parts.value, minutes((now - parts.since) / 1000));
      }
    }
  }
}

function fillCell(parts, cell, unit, label) {
  const verdict = cell.verdict ?? "empty";
  parts.since = cell.since_ms;
  mark(parts.root, "data-label", label);
  mark(parts.root, "data-zero", cell.value === 0 && verdict !== "critical" && verdict !== "warning" ? "" : null);
  mark(parts.cell, "data-verdict", verdict);
  mark(parts.shape, "data-verdict", verdict);
  text(parts.value, line(cell.value, unit));
  text(parts.of, unit === "ratio" && cell.denominator ? `${number(cell.numerator)}/${number(cell.denominator)}` : "");
  const spoken = ["warning", "critical", "few"].includes(verdict) ? `, ${say(`verdict.${verdict}`)}` : "";
  text(parts.verdict, spoken);
  mark(parts.root, "title", cell.window === undefined ? null : windowName(cell.window));
}

function columnName(kpi, kpis) {
  return knows(`columns.${kpi}`) ? say(`columns.${kpi}`) : pick(kpis[kpi]?.abbreviation);
}
