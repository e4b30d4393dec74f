// The words of the page, in the language that somebody chose on it (else the site's).
// A further language is one more file in static/i18n; words that it lacks are English.

const KEPT = "vigie.language";
let all = { en: {} };
let current = "en";

export async function load() {
  for (;;) {
    const answer = await fetch("/static/words.json").catch(() => null);
    if (answer?.ok) {
      all = await answer.json();
      break;
    }
    // The server went away between the page and its words: a screen has nobody to reload it.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  use(chosen() ?? browsers());
}

export function languages() {
  return Object.keys(all).sort();
}

export function language() {
  return current;
}

// How the language writes numbers and dates.
export function locale() {
  return all[current].locale ?? current;
}

// What somebody chose on this page: in its address (?language=fr, for a screen on a wall) or by
// the switch; null when nobody did.
export function chosen() {
  const given = new URLSearchParams(location.search).get("language") ?? kept();
  return given !== null && Object.hasOwn(all, given) ? given : null;
}

export function choose(code) {
  try {
    localStorage.setItem(KEPT, code);
  } catch {
    // A browser that keeps nothing still shows the language until it is closed.
  }
  use(code);
}

export function use(code) {
  current = Object.hasOwn(all, code) ? code : "en";
  document.documentElement.lang = current;
}

export function nameOf(code, key) {
  return all[code][key] ?? code;
}

// The sentence at a path such as "pieces.ratio", its {places} filled; "" when there is none.
export function say(path, values = {}) {
  let sentence = find(all[current], path) ?? find(all.en, path) ?? "";
  if (typeof sentence === "object") {
    const rule = new Intl.PluralRules(current).select(values.n ?? 0);
    sentence = sentence[rule] ?? sentence.other ?? "";
  }
  return sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

export function knows(path) {
  return (find(all[current], path) ?? find(all.en, path)) !== undefined;
}

// One of the texts that come with the figures, by language code.
export function pick(texts) {
  return texts?.[current] ?? texts?.en ?? "";
}

function find(words, path) {
  return path.split(".").reduce((found, key) => found?.[key], words);
}

function browsers() {
  const asked = navigator.languages.map((code) => code.split("-")[0]);
  return asked.find((code) => Object.hasOwn(all, code)) ?? "en";
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
