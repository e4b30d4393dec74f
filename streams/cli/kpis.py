"""`vigie kpis`: the catalogue as a list, or one KPI explained with its definitions and examples."""

import difflib
import sys
from collections.abc import Iterable
from typing import Any, Final

import click
import msgspec
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Words

from streams.cli.options import current_settings
from streams.core.kpi import Definition, Example, Kpi, Text
from streams.core.targets import Rules
from streams.kpis import CATALOGUE
from streams.kpis.texts import LANGUAGES, Language, said, text
from streams.kpis.words import comparison, example_title, in_words, measures_of

PIPE_COLUMNS: Final = 140
"""Width of the table where nobody looks at a terminal."""
NOTHING: Final = "—"

LABELS: Final = {
    "id": text("Id", "Identifiant"),
    "title": text("Title", "Titre"),
    "abbreviation": text("On screen", "À l'écran"),
    "unit": text("Unit", "Unité"),
    "better": text("Better", "Mieux"),
    "definitions": text("Definitions", "Définitions"),
    "target": text("Alert", "Alerte"),
    "windows": text("Windows", "Périodes"),
    "sources": text("Rows", "Lignes"),
    "examples": text("Examples", "Exemples"),
    "runbook": text("When the alert fires", "Quand l'alerte sonne"),
    "wrong": text("wrong", "faux"),
    "live": text("live, no window", "en direct, sans période"),
    "warning": text("warning", "avertissement"),
    "critical": text("critical", "critique"),
    "over": text("over", "sur"),
    "read_at": text("read at", "lu à"),
    "queue": text("queue", "file"),
    "with": text("with", "avec"),
    "higher": text("higher", "plus haut"),
    "lower": text("lower", "plus bas"),
    "neutral": text("neutral", "neutre"),
    "ratio": text("ratio", "rapport"),
    "seconds": text("seconds", "secondes"),
    "contacts": text("contacts", "contacts"),
    "agents": text("agents", "conseillers"),
    "offers": text("offers", "présentations"),
}


@click.command("kpis")
@click.argument("kpi_id", metavar="[ID]", required=False)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Instead of site.language.")
def kpis(kpi_id: str | None, form: str, language: Language | None) -> None:
    """List the KPIs, or explain the one called ID."""
    chosen = CATALOGUE.values() if kpi_id is None else [named(kpi_id)]
    if form == "json":
        for kpi in chosen:
            click.echo(msgspec.json.encode(as_json(kpi)))
        return
    language = language or current_settings().site.language
    console = Console(
        width=None if sys.stdout.isatty() else PIPE_COLUMNS, markup=False, highlight=False
    )
    if kpi_id is None:
        console.print(overview(chosen, language))
    else:
        console.print(*(page(kpi, language) for kpi in chosen))


def named(kpi_id: str) -> Kpi:
    """The KPI of that id; a usage error names the nearest ones."""
    if kpi_id in CATALOGUE:
        return CATALOGUE[kpi_id]
    near = difflib.get_close_matches(kpi_id, CATALOGUE, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`vigie kpis` lists them"
    raise click.BadParameter(f"no KPI is called {kpi_id!r}; {hint}", param_hint="ID")


# ---- as JSON


def as_json(kpi: Kpi) -> dict[str, Any]:
    """All that a KPI declares, as one object."""
    return {
        "id": kpi.id,
        "family": kpi.family,
        "titles": _both(kpi.title),
        "abbreviations": _both(kpi.abbreviation),
        "help": _both(kpi.help),
        "sources": list(kpi.sources),
        "definitions": {name: _definition(each) for name, each in kpi.definitions.items()},
        "unit": kpi.unit,
        "better": kpi.better,
        "bounded": kpi.bounded,
        "live": kpi.live,
        "windows": windows(kpi),
        "target": _target(kpi),
        "tile": kpi.tile,
        "runbook": _both(kpi.runbook),
        "examples": [_example(example) for example in kpi.examples],
    }


def windows(kpi: Kpi) -> list[str]:
    """The windows it is computed over unless the site says otherwise; none for a live figure."""
    return [] if kpi.live else list(Rules().windows)


def _both(both: Text) -> dict[str, str]:
    return {language: said(both, language) for language in LANGUAGES}


def _definition(definition: Definition) -> dict[str, Any]:
    formula = definition.formula
    return {
        "kind": type(formula).__name__,
        "measures": [measure.name for measure in measures_of(formula)],
        "formula": {language: in_words(formula, language) for language in LANGUAGES},
        "help": _both(definition.help),
        "wrong": definition.wrong,
    }


def _target(kpi: Kpi) -> dict[str, Any] | None:
    if kpi.target is None:
        return None
    return {
        "comparison": comparison(kpi.better),
        "warning": kpi.target.warning,
        "critical": kpi.target.critical,
        "window": kpi.target.window,
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "titles": _both(example_title(example)),
        "events": _lines(example),
        "at": example.at,
        "queue": example.queue,
        "settings": dict(example.settings),
        "expect": dict(example.expect),
    }


def _lines(example: Example) -> list[str]:
    return [line.strip() for line in example.events.splitlines() if line.strip()]


# ---- for people


def overview(chosen: Iterable[Kpi], language: Language) -> Table:
    """The whole catalogue, a row for each KPI."""
    columns = ("id", "title", "abbreviation", "unit", "better", "definitions", "target", "sources")
    table = Table()
    for name in columns:
        table.add_column(_label(name, language), no_wrap=name == "id")
    for kpi in chosen:
        table.add_row(
            kpi.id,
            said(kpi.title, language),
            said(kpi.abbreviation, language),
            _label(kpi.unit, language),
            _label(kpi.better, language),
            ", ".join(kpi.definitions),
            alert(kpi, language) or NOTHING,
            " ".join(kpi.sources) or NOTHING,
        )
    return table


def page(kpi: Kpi, language: Language) -> Group:
    """One KPI explained: what it says, how it is computed, what to do, worked examples."""
    head = Words(f"{said(kpi.title, language)} · {said(kpi.abbreviation, language)}", "bold")
    facts = Table.grid(padding=(0, 2))
    rows = (
        ("id", kpi.id),
        ("unit", _label(kpi.unit, language)),
        ("better", _label(kpi.better, language)),
        ("windows", " ".join(windows(kpi)) or _label("live", language)),
        ("target", alert(kpi, language) or NOTHING),
        ("sources", " ".join(kpi.sources) or NOTHING),
    )
    for name, value in rows:
        facts.add_row(_label(name, language), value)
    parts: list[RenderableType] = [head, said(kpi.help, language), "", facts, ""]
    parts += _section("definitions", [_ways(kpi, language)], language)
    parts += _section("runbook", [said(kpi.runbook, language)], language)
    told = [_story(example, language) for example in kpi.examples]
    parts += _section("examples", told, language)
    return Group(*parts)


def alert(kpi: Kpi, language: Language) -> str:
    """From where on it alerts, as "warning < 0.8, critical < 0.6 over 15m"; "" without target."""
    if kpi.target is None:
        return ""
    limits = [("warning", kpi.target.warning), ("critical", kpi.target.critical)]
    told = ", ".join(
        f"{_label(name, language)} {comparison(kpi.better)} {number(limit, language)}"
        for name, limit in limits
        if limit is not None
    )
    window = kpi.target.window
    return told if window is None else f"{told} {_label('over', language)} {window}"


def number(value: float | None, language: Language) -> str:
    """A figure as people write it: three decimals at most, a comma in French, "—" for no value."""
    if value is None:
        return NOTHING
    written = f"{round(value, 3):.12g}"
    return written.replace(".", ",") if language == "fr" else written


def _label(name: str, language: Language) -> str:
    return said(LABELS[name], language)


def _section(
    name: str, content: Iterable[RenderableType], language: Language
) -> list[RenderableType]:
    title = Words(_label(name, language), "bold")
    return [title, *(Padding(part, (0, 0, 1, 2)) for part in content)]


def _ways(kpi: Kpi, language: Language) -> Table:
    ways = Table.grid(padding=(0, 2))
    for name, way in kpi.definitions.items():
        mark = f" ({_label('wrong', language)})" if way.wrong else ""
        ways.add_row(Words(name + mark, "bold"), in_words(way.formula, language))
        ways.add_row("", Words(said(way.help, language), "dim"))
    return ways


def _story(example: Example, language: Language) -> Group:
    place = f", {_label('queue', language)} {example.queue}" if example.queue else ""
    changed = "".join(
        f", {_label('with', language)} {key} = {number(value, language)}"
        for key, value in example.settings.items()
    )
    name = said(example_title(example), language)
    head = f"{name}, {_label('read_at', language)} {example.at}{place}{changed}"
    gives = " · ".join(
        f"{expected.replace(':', ' ')} = {number(value, language)}"
        for expected, value in example.expect.items()
    )
    return Group(head, *(Words(f"  {line}", "dim") for line in _lines(example)), f"  → {gives}")
