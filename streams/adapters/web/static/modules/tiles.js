// The seven big figures.

import { curve, redraw } from "./curve.js";
import { make, mark, text } from "./dom.js";
import { figure, minutes } from "./numbers.js";
import { foot, pieces } from "./pieces.js";
import { pick, say } from "./words.js";

export class Tiles {
  // `onOpen(kpi)`: somebody wants to see how a figure is made up.
  constructor(section, onOpen) {
    this.section = section;
    this.onOpen = onOpen;
    this.tiles = new Map();
  }

  show(board, kpis, feed) {
    const order = board.tiles.map((tile) => tile.kpi);
    if (order.join() !== [...this.tiles.keys()].join()) this.rebuild(order);
    mark(this.section, "aria-label", say("key_figures"));
    for (const tile of board.tiles) this.fill(this.tiles.get(tile.kpi), tile, kpis[tile.kpi], board, feed);
  }

  rebuild(order) {
    this.tiles = new Map(order.map((kpi) => [kpi, this.build(kpi)]));
    this.section.replaceChildren(...[...this.tiles.values()].map((parts) => parts.root));
  }

  build(kpi) {
    const parts = {
      title: make("button", { class: "open", type: "button" }),
      shape: make("span", { class: "shape", "aria-hidden": "true" }),
      verdict: make("span"),
      number: make("span"),
      sign: make("span", { class: "sign" }),
      pieces: make("p", { class: "pieces" }),
      curve: curve(),
      facts: [make("span"), make("span"), make("span")],
      age: make("span", { class: "age-text" }),
    };
    const badge = make("p", { class: "badge" }, parts.shape, parts.verdict);
    parts.value = make("p", { class: "value" }, parts.number, parts.sign);
    const age = make("span", { class: "age" }, make("span", { class: "dot" }), parts.age);
    const foot = make("p", { class: "foot" }, ...parts.facts, age);
    parts.root = make("article", { class: "tile", "data-kpi": kpi }, make("h2", {}, parts.title));
    parts.root.append(badge, parts.value, parts.pieces, parts.curve, foot);
    parts.title.addEventListener("click", () => this.onOpen(kpi));
    return parts;
  }

  fill(parts, tile, description, board, feed) {
    const verdict = tile.verdict ?? "empty";
    const title = pick(description?.title);
    parts.tile = tile;
    mark(parts.root, "data-verdict", verdict);
    mark(parts.title, "title", pick(description?.help) || null);
    mark(parts.title, "aria-label", say("details_of", { title }));
    mark(parts.shape, "data-verdict", feed.old ? "no_target" : verdict);
    text(parts.title, title);
    text(parts.verdict, this.badge(tile, verdict, feed));
    mark(parts.root, "data-nothing", tile.value === undefined ? "" : null);
    text(parts.pieces, feed.why && tile.value === undefined ? feed.why : pieces(tile, description, board));
    this.figure(parts, tile, description);
    mark(parts.root, "data-past", redraw(parts.curve, tile, description?.unit) ? "" : null);
    const facts = foot(tile, description, board);
    parts.facts.forEach((element, at) => text(element, facts[at] ?? ""));
    text(parts.age, feed.old ? "" : feed.ageText);
  }

  // The verdict; when the data are old, their age instead. A tile without value says why below.
  badge(tile, verdict, feed) {
    if (tile.value === undefined && feed.why) return "";
    return feed.old ? feed.ageText : say(`verdict.${verdict}`);
  }

  figure(parts, tile, description) {
    const { text: shown, sign } = figure(tile.value, description?.unit);
    text(parts.number, shown);
    text(parts.sign, sign);
    mark(parts.value, "data-long", shown.length + sign.length > 6 ? "" : null);
  }

  // Between snapshots: the longest wait goes on by itself.
  tick(now, feed) {
    for (const parts of this.tiles.values()) {
      if (parts.tile?.since_ms === undefined) continue;
      text(parts.number, minutes((now - parts.tile.since_ms) / 1000));
    }
    for (const parts of this.tiles.values()) {
      text(parts.age, feed.old ? "" : feed.ageText);
      if (feed.old && parts.tile) text(parts.verdict, this.badge(parts.tile, "", feed));
    }
  }
}
