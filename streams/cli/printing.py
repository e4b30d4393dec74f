"""How lines of figures are printed: for people, for programs, for spreadsheets."""

import csv
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

import click
import msgspec
from rich.console import Console
from rich.table import Table

COLUMNS: Final = (
    "at", "window", "queue", "channel", "priority", "team", "agent", "group", "kpi", "definition",
    "part", "stat", "value", "numerator", "denominator", "samples", "unit",
)  # fmt: skip
_PLACES: Final = COLUMNS[:8]
_FLUSH_LINES: Final = 1000


def show(lines: Iterable[Mapping[str, Any]], form: str) -> None:
    """Prints lines of figures as `table`, `json` or `csv`."""
    {"table": _table, "json": _json, "csv": _csv}[form](lines)


def _json(lines: Iterable[Mapping[str, Any]]) -> None:
    encode = msgspec.json.Encoder().encode
    waiting: list[bytes] = []
    out = click.get_binary_stream("stdout")
    for line in lines:
        waiting.append(encode(line))
        if len(waiting) == _FLUSH_LINES:
            out.write(b"\n".join(waiting) + b"\n")
            waiting.clear()
    out.write(b"".join(line + b"\n" for line in waiting))
    out.flush()


def _csv(lines: Iterable[Mapping[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)


def _table(lines: Iterable[Mapping[str, Any]]) -> None:
    """One table for each instant and window; only the dimensions that are used."""
    console = Console()
    table: Table | None = None
    shown: tuple[Any, ...] | None = None
    for line in lines:
        places = [name for name in _PLACES[2:] if line[name] is not None]
        head = (line["at"], line["window"], *(line[name] for name in places))
        if head != shown:
            if table is not None:
                console.print(table)
            shown = head
            where = " · ".join(f"{name} {line[name]}" for name in places)
            window = f"last {line['window']}" if line["window"] else "now"
            if line["window"] in ("today", "total"):
                window = line["window"]
            table = Table(title=f"{line['at']} · {window}" + (f" · {where}" if where else ""))
            for name in ("KPI", "definition", "", "value", "pieces"):
                right = name in ("value", "pieces")
                table.add_column(name, justify="right" if right else "left", no_wrap=True)
        assert table is not None, "the first line makes one"
        table.add_row(
            line["kpi"],
            _quiet(line["definition"]),
            line["part"] or line["stat"] or "",
            readable(line["value"], line["unit"]),
            _pieces(line),
        )
    if table is not None:
        console.print(table)


def _quiet(definition: str) -> str:
    return "" if definition == "default" else definition


def _pieces(line: Mapping[str, Any]) -> str:
    if line["denominator"] is None:
        return "" if line["samples"] is None else f"of {_number(line['samples'])}"
    return f"{_number(line['numerator'])} of {_number(line['denominator'])}"


def _number(value: float) -> str:
    """Whole numbers whole, others with one digit; groups of three."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def readable(value: float | int | None, unit: str) -> str:
    """A value as people read it; "—" where there is none."""
    if value is None:
        return "—"
    if unit == "ratio":
        return f"{value:.1%}"
    if unit == "seconds":
        return f"{value:.1f} s"
    return _number(value)
