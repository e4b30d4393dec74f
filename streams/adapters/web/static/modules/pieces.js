// What stands below a figure: the pieces it is made of, so that nobody has to believe a percentage.

import { limit, minutes, number, span, windowName } from "./numbers.js";
import { knows, say } from "./words.js";

// One line for a tile. `board` is the whole page: some pieces are about its queues.
export function pieces(tile, description, board) {
  if (tile.verdict === "few") {
    return say("pieces.few", { samples: number(tile.samples), minimum: number(tile.minimum_sample) });
  }
  const special = SPECIAL[tile.kpi]?.(tile, board);
  if (special !== undefined) return special;
  if (tile.value === undefined) return say("pieces.none");
  if (tile.stats?.p90 !== undefined) return spread(tile);
  return ratio(tile, description);
}

const SPECIAL = {
  contacts_waiting: (tile, board) => waiting(tile, board),
  longest_wait_now: (tile, board) => oldest(tile, board),
  agents_available: (tile) => agents(tile),
};

function ratio(tile, description) {
  if (tile.numerator === undefined || tile.denominator === undefined) return "";
  const show = description?.pieces === "seconds" ? (seconds) => span(seconds * 1000) : number;
  const values = { numerator: show(tile.numerator), denominator: show(tile.denominator) };
  if (tile.answer_target_ms !== undefined) {
    values.answer_target = span(tile.answer_target_ms);
    if (knows(`pieces.${tile.kpi}`)) return say(`pieces.${tile.kpi}`, values);
  }
  return say(knows(`pieces.${tile.kpi}_mixed`) ? `pieces.${tile.kpi}_mixed` : "pieces.ratio", values);
}

function spread(tile) {
  const said = [say("pieces.spread", { p90: minutes(tile.stats.p90) })];
  if (tile.stats.max !== undefined) {
    said.push(say("pieces.longest", { max: minutes(tile.stats.max) }));
  }
  return said.join(say("list_separator"));
}

function waiting(tile, board) {
  if (tile.value === undefined || board.queue !== undefined) return undefined;
  const cells = cellsOf(board, "contacts_waiting");
  const n = cells.filter(([, cell]) => cell.value > 0).length;
  return n ? say("pieces.waiting_in", { n, all: cells.length }) : say("pieces.waiting_nowhere");
}

function oldest(tile, board) {
  if (tile.since_ms === undefined) return tile.value === 0 ? say("pieces.waiting_nowhere") : undefined;
  const [row] = cellsOf(board, "longest_wait_now").find(([, c]) => c.since_ms === tile.since_ms) ?? [];
  if (row === undefined || board.queue !== undefined) return "";
  return say("pieces.oldest_in", { queue: row.title ?? row.name });
}

function agents(tile) {
  const parts = Object.values(tile.parts ?? {});
  if (!parts.length) return tile.value === undefined ? undefined : "";
  return say("pieces.agents_of", { all: number(parts.reduce((sum, n) => sum + n, 0)) });
}

function cellsOf(board, kpi) {
  const at = (board.columns ?? []).findIndex((column) => column.kpi === kpi);
  return at < 0 ? [] : (board.queues ?? []).map((row) => [row, row.cells[at]]);
}

// Window, sample and target: the last line of a tile.
export function foot(tile, description, board) {
  const said = [windowName(tile.window)];
  if (hasSample(tile, description)) said.push(say("sample", { n: number(tile.samples) }));
  const over = tile.kpi === "contacts_waiting" && board.queue === undefined ? overLimit(board) : 0;
  if (over) said.push(say("over_limit", { n: over }));
  const target = limitOf(tile, description);
  if (target) said.push(say("target", { limit: target }));
  return said;
}

// A sample is a number of contacts; the time below a share of time is none.
export function hasSample(tile, description) {
  return tile.samples !== undefined && description?.pieces !== "seconds";
}

// In how many queues too many wait: the sum of all queues has no limit of its own.
function overLimit(board) {
  const bad = (cell) => cell.verdict === "warning" || cell.verdict === "critical";
  return cellsOf(board, "contacts_waiting").filter(([, cell]) => bad(cell)).length;
}

// The side of the limit on which all is well: "≥ 80 %", "< 30 s"; "" without one.
export function limitOf(tile, description) {
  const worst = tile.warning ?? tile.critical;
  if (worst === undefined || !description || description.better === "neutral") return "";
  return say(`limit.${description.better}`, { value: limit(worst, description.unit) });
}
