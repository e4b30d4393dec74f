// The small curve of the last half hour on a tile. A gap is a time without a value.

import { draw, mark } from "./dom.js";

const WIDTH = 240;
const HEIGHT = 80;
const POINTS = 60;

export function curve() {
  const svg = draw("svg", {
    class: "curve",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  for (const name of ["under", "limit", "line"]) svg.append(draw("path", { class: name }));
  return svg;
}

// Says whether there is a curve to see.
export function redraw(svg, tile, unit) {
  const values = (tile.trend ?? []).slice(-POINTS);
  const known = values.filter((value) => value !== null);
  const [under, limit, line] = svg.children;
  if (known.length < 2) {
    for (const path of svg.children) mark(path, "d", null);
    return false;
  }
  const scale = scaleOf(known, tile.warning, unit);
  const runs = runsOf(values, scale);
  mark(line, "d", runs.map(pathOf).join(""));
  mark(under, "d", runs.map(areaOf).join(""));
  const target = tile.warning === undefined ? null : scale(tile.warning);
  mark(limit, "d", target === null ? null : `M0 ${target}H${WIDTH}`);
  return true;
}

// From value to height. Counts and durations stand on zero; a share uses the room it needs.
function scaleOf(known, warning, unit) {
  const all = warning === undefined ? known : [...known, warning];
  let low = unit === "ratio" ? Math.min(...all) : 0;
  let high = Math.max(...all);
  const least = unit === "ratio" ? 0.1 : 1;
  if (high - low < least) high = low + least;
  const room = (high - low) * 0.08;
  if (unit === "ratio") low -= room;
  high += room;
  return (value) => round(HEIGHT * (1 - (value - low) / (high - low)));
}

function runsOf(values, scale) {
  const runs = [];
  let run = [];
  const first = POINTS - values.length;
  values.forEach((value, at) => {
    if (value === null) {
      if (run.length) runs.push(run);
      run = [];
    } else {
      run.push([round(((first + at) * WIDTH) / (POINTS - 1)), scale(value)]);
    }
  });
  if (run.length) runs.push(run);
  return runs;
}

function pathOf(run) {
  const [[x, y], ...rest] = run;
  if (!rest.length) return `M${x} ${y}h0.5`;
  return `M${x} ${y}${rest.map(([px, py]) => `L${px} ${py}`).join("")}`;
}

function areaOf(run) {
  const last = run.at(-1);
  return `${pathOf(run)}L${last[0]} ${HEIGHT}L${run[0][0]} ${HEIGHT}Z`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
