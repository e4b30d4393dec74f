// Figures as a supervisor reads them: shares in percent, durations as minutes and seconds.

import { language, locale, say } from "./words.js";

const formats = new Map();

function format(digits) {
  const key = `${language()} ${digits}`;
  if (!formats.has(key)) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    formats.set(key, new Intl.NumberFormat(locale(), options));
  }
  return formats.get(key);
}

export function number(value, digits = 0) {
  return format(digits).format(value);
}

// A figure in two pieces: the number, and the sign that stands smaller behind it.
export function figure(value, unit) {
  if (value === undefined || value === null) return { text: say("unknown"), sign: "" };
  if (unit === "ratio") return { text: share(value), sign: say("percent") };
  if (unit === "seconds") return { text: minutes(value), sign: "" };
  return { text: number(value, Number.isInteger(value) ? 0 : 1), sign: "" };
}

// Cut, not rounded, so that 79.96 % never reads as the 80 % that it has not reached.
function share(value) {
  if (value >= 0.9999 && value <= 1) return number(value === 1 ? 100 : 99.9, value === 1 ? 0 : 1);
  const tenths = Math.floor(value * 1000 + 1e-9);
  return number(tenths / 10, 1);
}

export function line(value, unit) {
  const { text, sign } = figure(value, unit);
  return sign ? `${text}${language() === "en" ? "" : "\u00a0"}${sign}` : text;
}

// A limit, without the digits that it does not have.
export function limit(value, unit) {
  if (unit !== "ratio") return unit === "seconds" ? span(value * 1000) : number(value);
  const percent = Math.round(value * 1000) / 10;
  const digits = Number.isInteger(percent) ? 0 : 1;
  return `${number(percent, digits)}${language() === "en" ? "" : "\u00a0"}${say("percent")}`;
}

// 7 -> 0:07, 125 -> 2:05, 3725 -> 1:02:05
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const rest = String(whole % 60).padStart(2, "0");
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h ? `${h}:${String(m).padStart(2, "0")}:${rest}` : `${m}:${rest}`;
}

// A length of time in words, one or two units: 20 s, 3 min, 2 h 5 min.
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return say("span.s", { s });
  const m = Math.floor(s / 60);
  if (m < 120) return say("span.m", { m });
  const h = Math.floor(m / 60);
  if (h < 48) return say("span.h", { h, m: String(m % 60).padStart(2, "0") });
  return say("span.d", { d: Math.floor(h / 24), h: h % 24 });
}

// The name of a window: "15m" -> 15 min; none is a reading of now.
export function windowName(name) {
  if (name === undefined || name === null) return say("window.now");
  if (name === "today" || name === "total") return say(`window.${name}`);
  const parts = [...name.matchAll(/(\d+)([dhms])/g)];
  return parts.map(([, n, unit]) => say(`window.${unit}`, { n })).join(" ");
}

export function timeOfDay(ms, zone) {
  const options = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone }).format(ms);
}

export function dayOf(ms, zone) {
  const options = { weekday: "long", day: "numeric", month: "long", timeZone: zone };
  return new Intl.DateTimeFormat(locale(), options).format(ms);
}
