// The wallboard: takes each snapshot as it comes and puts it on the page.

import { Detail } from "./detail.js";
import { Feed } from "./feed.js";
import { Head } from "./head.js";
import { Notices, reasonOf, sentence } from "./notices.js";
import { span, timeOfDay } from "./numbers.js";
import { Table } from "./table.js";
import { Tiles } from "./tiles.js";
import { Voice } from "./voice.js";
import { chosen, load, say, use } from "./words.js";

const FRESH_MS = 5_000;
const TICK_MS = 200;
const OLD = new Set(["lost", "worker_silent", "kafka_unreachable"]);
const byId = (id) => document.getElementById(id);
const here = decodeURIComponent(location.pathname).match(/^\/queue\/(.+)$/);
const version = document.querySelector('meta[name="vigie-version"]').content;

let board = null;
let catalogue = { site: { name: "Vigie", time_zone: "UTC" }, kpis: {} };

const tiles = new Tiles(byId("tiles"), (kpi) => detail.open(kpi, board, catalogue.kpis));
const table = new Table(byId("queues"));
const detail = new Detail(byId("detail"));
const notices = new Notices(byId("notices"));
const voice = new Voice(byId("voice"));
const head = new Head(() => {
  head.words();
  detail.rows = "";
  if (board !== null) paint();
  else tick();
});

function onCatalogue(next) {
  // A screen on a wall has nobody to reload it: a newer release does so itself.
  if (next.version !== version) {
    location.reload();
    return;
  }
  catalogue = next;
  if (chosen() === null) use(next.site.language);
  head.words();
}

function onBoard(next) {
  board = next;
  head.beat();
  paint();
  voice.hear(board, catalogue.kpis);
}

// The instant on the board's clock; it stands still with the stream.
function boardNow() {
  return board.at_ms + (feed.lost ? 0 : feed.silence);
}

function stateOfFeed() {
  const status = board?.status;
  let state = status?.state ?? "connecting";
  if (feed.lost) state = "lost";
  const ageMs = status?.age_ms === undefined ? null : status.age_ms + feed.silence;
  const old = OLD.has(state) && board !== null;
  const fresh = ageMs !== null && ageMs < 1_000;
  const live = state === "live" && ageMs !== null && ageMs < FRESH_MS;
  let ageText = ageMs === null ? say(`feed.${state}`) : say("age.old", { age: span(ageMs) });
  if (live) ageText = say("age.live");
  return { state, old, fresh, ageMs, ageText, why: whyNot(state, status) };
}

// Why a tile has no value, in few words; "" when all is well and there is just none.
function whyNot(state, status) {
  if (state === "live") return "";
  const word = say(`feed.${state}`);
  if (state !== status?.state || status.since_ms === undefined) return word;
  const time = timeOfDay(status.since_ms, catalogue.site.time_zone);
  return say("feed.since", { state: word, time });
}

function messagesOf(state) {
  const zone = catalogue.site.time_zone;
  const said = [];
  if (state.state === "lost" && board !== null) {
    said.push({ level: "critical", text: say("feed.stopped", { time: timeOfDay(board.at_ms, zone) }) });
  } else if (board !== null) {
    const reason = reasonOf(board.status);
    if (reason) said.push({ level: reason.level ?? "info", text: sentence(reason, zone) });
  }
  for (const message of board?.messages ?? []) {
    said.push({ level: message.level ?? "info", text: sentence(message, zone) });
  }
  return said;
}

// Which of the page's looks applies: styles/old.css.
function light(state) {
  document.body.dataset.feed = state.state;
  document.body.toggleAttribute("data-old", state.old);
}

function paint() {
  const state = stateOfFeed();
  light(state);
  head.show(board, catalogue.site);
  tiles.show(board, catalogue.kpis, state);
  table.show(board, catalogue.kpis, state);
  if (byId("detail").open) detail.show(board, catalogue.kpis);
  tick();
}

function tick() {
  const state = stateOfFeed();
  light(state);
  head.feed(state, board?.status);
  notices.show(messagesOf(state));
  const { time_zone: zone } = catalogue.site;
  if (board === null) {
    head.clock(Date.now(), zone);
    return;
  }
  head.clock(board.at_ms + feed.silence, zone);
  tiles.tick(boardNow(), state);
  table.tick(boardNow());
}

await load();
const feed = new Feed(here ? here[1] : null, { onCatalogue, onBoard });
head.words();
setInterval(tick, TICK_MS);
