"""Pages on the KPIs: how each is computed, in both languages, and what to do when its alert fires.

The alerts' `runbook_url` leads here. Also the parts of README.md that are derived.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from streams.core import conventions as names
from streams.core.kpi import Kpi
from streams.generate.data_rules import ALERTS
from streams.generate.rules import alert, alerts, low
from streams.generate.yaml_text import MARK, plain
from streams.kpis.texts import LANGUAGES, NO_BREAK, Language, said, text
from streams.kpis.words import comparison, in_words

FOLDER: Final = "docs/kpis"
NOTHING: Final = "—"

_HEADS: Final = {
    "definitions": text("How it is computed", "Comment il se calcule"),
    "runbook": text("When the alert fires", "Quand l'alerte sonne"),
    "alert": text("Alert", "Alerte"),
    "wrong": text("kept as a list prints it, wrong", "gardé tel qu'une liste l'imprime, faux"),
    "live": text("a reading of now", "une mesure de l'instant"),
    "shipped": text("shipped threshold", "seuil livré"),
    "none": text("no threshold is shipped", "aucun seuil livré"),
}

_COLON: Final = {"en": ":", "fr": f"{NO_BREAK}:"}


def pages(kpis: Mapping[str, Kpi]) -> dict[str, str]:
    """Path -> text of every page."""
    found = {f"{FOLDER}/{kpi.id}.md": _page(kpi) for kpi in kpis.values()}
    found[f"{FOLDER}/data.md"] = _data_page()
    return found


def _page(kpi: Kpi) -> str:
    parts = [f"<!-- {MARK} -->", f"# {kpi.title.en} · {kpi.title.fr}"]
    rows = f" ({', '.join(kpi.sources)})" if kpi.sources else ""
    parts.append(f"`{kpi.id}`, {kpi.unit}{rows}")
    for language in LANGUAGES:
        parts += _told(kpi, language)
    return "\n\n".join(parts) + "\n"


def _told(kpi: Kpi, language: Language) -> Iterator[str]:
    yield f"## {said(kpi.title, language)}"
    yield said(kpi.help, language)
    yield f"### {said(_HEADS['definitions'], language)}"
    lines = []
    for name, way in kpi.definitions.items():
        wrong = f" ({said(_HEADS['wrong'], language)})" if way.wrong else ""
        formula = in_words(way.formula, language)
        colon = _COLON[language]
        lines.append(f"- `{name}`{wrong}{colon} {formula}. {said(way.help, language)}")
    yield "\n".join(lines)
    if alerts(kpi):
        yield f"### {said(_HEADS['runbook'], language)}"
        yield f"`{names.alert(kpi.id, low=low(kpi))}`, {_limits(kpi, language)}."
        yield said(kpi.runbook, language)


def _limits(kpi: Kpi, language: Language) -> str:
    if kpi.target is None:
        return said(_HEADS["none"], language)
    told = [
        f"{severity} {comparison(kpi.better)} {value:g}"
        for severity, value in (("warning", kpi.target.warning), ("critical", kpi.target.critical))
        if value is not None
    ]
    window = said(_HEADS["live"], language) if kpi.live else kpi.target.window
    return f"{said(_HEADS['shipped'], language)}{_COLON[language]} {', '.join(told)} ({window})"


def _data_page() -> str:
    parts = [f"<!-- {MARK} -->", "# Alerts about the data · Alertes sur les données"]
    for each in ALERTS:
        parts.append(f"## {each.name}")
        parts.append(f"{each.summary.en}. {each.description.en}")
        parts.append(f"{each.summary.fr}. {each.description.fr}")
        parts.append(f"```\n{each.expr}\n```")
    return "\n\n".join(parts) + "\n"


# ---- what README.md shows


def sections(kpis: Mapping[str, Kpi]) -> dict[str, str]:
    """Name of a section, as in `<!-- name:begin -->` -> its text."""
    return {"example": _example(kpis["service_level"]), "kpis": _table(kpis)}


def _example(kpi: Kpi) -> str:
    rule = alert(kpi)
    words = rule.pop("annotations")
    rule["annotations"] = {key: words[key] for key in ("summary", "summary_fr", "runbook_url")}
    return f"```yaml\n{plain([rule])}```"


def _table(kpis: Mapping[str, Kpi]) -> str:
    lines = ["| KPI | Français | Computed | Also | Rows |", "| --- | --- | --- | --- | --- |"]
    for kpi in kpis.values():
        default = in_words(kpi.definitions["default"].formula, "en").replace("|", "\\|")
        also = " ".join(f"`{name}`" for name in kpi.definitions if name != "default")
        link = f"[{kpi.title.en}]({FOLDER}/{kpi.id}.md)"
        rows = " ".join(kpi.sources) or NOTHING
        lines.append(f"| {link} | {kpi.title.fr} | {default} | {also or NOTHING} | {rows} |")
    return "\n".join(lines)


def filled(document: str, parts: Mapping[str, str]) -> str:
    """The document with its sections written anew; ValueError when one is not closed."""
    for name, content in parts.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        if begin not in document:
            continue
        head, _, rest = document.partition(begin)
        _, closed, tail = rest.partition(end)
        if not closed:
            raise ValueError(f"{begin} is not followed by {end}")
        document = f"{head}{begin}\n{content}\n{end}{tail}"
    return document
