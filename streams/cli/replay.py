"""`vigie replay`: files through the same engine without Kafka, as fast as it goes."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from streams.adapters.privacy import random_hash
from streams.cli import printing
from streams.cli.options import Failure, current_settings
from streams.core.board import DIMENSIONS
from streams.core.calendar import Unreadable, Window, parse_duration, parse_window
from streams.core.events import Decoder, Event, Rejected, to_ms
from streams.core.replaying import figures
from streams.kpis import CATALOGUE

MAXIMUM_INSTANTS: Final = 100_000


@click.command(name="replay")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--window",
    "windows",
    multiple=True,
    metavar="WINDOW",
    help="15m, 1h, any duration, today or total; may be repeated (default: total).",
)
@click.option(
    "--by",
    default="",
    metavar="DIMENSIONS",
    help="queue, channel, priority, team, agent, group, with commas (default: all).",
)
@click.option(
    "--at",
    "at",
    multiple=True,
    metavar="TIME",
    help="An instant with its offset, whole seconds; may be repeated.",
)
@click.option("--every", metavar="DURATION", help="Print every 15m (for example), aligned.")
@click.option("--kpi", "kpis", multiple=True, metavar="ID", help="Only this KPI; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    help="Default: table on a terminal, else json (one object a line).",
)
@click.option("--to-kafka", is_flag=True, help="Feed the events to the broker instead.")
@click.option(
    "--speed",
    type=float,
    default=1.0,
    show_default=True,
    help="With --to-kafka: how many times faster than they happened; 0: at once.",
)
def replay(
    *,
    files: tuple[str, ...],
    windows: tuple[str, ...],
    by: str,
    at: tuple[str, ...],
    every: str | None,
    kpis: tuple[str, ...],
    form: str | None,
    to_kafka: bool,
    speed: float,
) -> None:
    """Play event files (JSON lines, - for standard input) and print every figure.

    Now is the instant printed; nothing settles. Lines that cannot be used go to standard error with
    their reason. Order and repeats do not matter.
    """
    settings = current_settings()
    if to_kafka:
        from streams.adapters.feeder import FeedError, feed_files  # kafka-python only here

        try:
            feed_files(settings, [Path(name) for name in files], speed=speed)
        except FeedError as error:
            raise Failure(str(error)) from error
        return
    rules = settings.rules()
    dimensions = _dimensions(by, agents=rules.agents)
    chosen = [_window(text) for text in windows or ("total",)]
    catalogue = _catalogue(kpis)
    decoder = Decoder(rules.canonical, random_hash())
    events = list(_events(files, decoder))
    if not events:
        raise Failure("no usable event in " + ", ".join(files))
    instants = _instants(at, every, events)
    found = figures(events, rules, instants, chosen, catalogue, dimensions)
    printing.show(found, form or ("table" if sys.stdout.isatty() else "json"))


def _dimensions(by: str, *, agents: bool) -> tuple[str, ...]:
    dimensions = tuple(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    for name in dimensions:
        if name not in DIMENSIONS:
            known = ", ".join(DIMENSIONS)
            raise click.BadParameter(f"{name!r} is no dimension; known: {known}", param_hint="--by")
    if "agent" in dimensions and not agents:
        raise click.BadParameter(
            "figures of single agents are personal data and switched off; "
            "switch them on with --set privacy.agents=true",
            param_hint="--by",
        )
    return dimensions


def _window(text: str) -> Window:
    try:
        return parse_window(text)
    except Unreadable as error:
        raise click.BadParameter(str(error), param_hint="--window") from None


def _catalogue(ids: Sequence[str]) -> dict[str, Any]:
    for name in ids:
        if name not in CATALOGUE:
            raise click.BadParameter(
                f"{name!r} is no KPI; `vigie kpis` lists them", param_hint="--kpi"
            )
    return {name: kpi for name, kpi in CATALOGUE.items() if not ids or name in ids}


def _events(files: Iterable[str], decoder: Decoder) -> Iterator[Event]:
    """The usable events of all files; the others are told on standard error and counted."""
    refused = skipped = 0
    for name in files:
        with _opened(name) as stream, _progress(name) as advance:
            for number, line in enumerate(stream, 1):
                advance(len(line))
                text = line.strip()
                if not text:
                    continue
                try:
                    event = decoder.decode(text)
                except Rejected as error:
                    refused += 1
                    click.echo(f"{name}:{number}: {error}", err=True)
                    continue
                if isinstance(event, Event):
                    yield event
                else:
                    skipped += 1
    if refused or skipped:
        click.echo(f"{refused} lines refused, {skipped} of unknown type skipped", err=True)


def _opened(name: str) -> BinaryIO:
    return click.open_file(name, "rb")  # type: ignore[return-value]  # "rb" gives a BinaryIO


class _progress:
    """A progress bar on a terminal's standard error, nothing elsewhere."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True)
        self._bar: Progress | None = None
        if console.is_terminal and name != "-":
            self._bar = Progress(
                TextColumn(f"reading {Path(name).name}"),
                BarColumn(),
                TimeRemainingColumn(),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task("", total=Path(name).stat().st_size)
        self._read = 0

    def __enter__(self) -> Callable[[int], None]:
        if self._bar is not None:
            self._bar.start()
        return self._advance

    def _advance(self, size: int) -> None:
        self._read += size
        if self._bar is not None and self._read > 1 << 16:
            self._bar.advance(self._task, self._read)
            self._read = 0

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def _instants(at: Sequence[str], every: str | None, events: Sequence[Event]) -> list[int]:
    """The instants to print, in seconds since 1970, ascending."""
    first = min(event.time_ms for event in events) // 1000
    last = max(event.time_ms for event in events) // 1000
    if at and every:
        raise click.UsageError("give --at or --every, not both")
    if at:
        return sorted({_instant(text) for text in at})
    if not every:
        return [last + 1]
    try:
        step = parse_duration(every)
    except Unreadable as error:
        raise click.BadParameter(str(error), param_hint="--every") from None
    start, end = first // step * step + step, last // step * step + step
    if (end - start) // step > MAXIMUM_INSTANTS:
        raise click.UsageError(f"--every {every} gives over {MAXIMUM_INSTANTS} instants: take more")
    return list(range(start, end + 1, step))


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time such as 2026-11-22T10:15:00+01:00", param_hint="--at"
        ) from None
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset: add Z or +01:00", param_hint="--at")
    if moment.microsecond:
        raise click.BadParameter(f"{text!r}: whole seconds only", param_hint="--at")
    return to_ms(moment.astimezone(UTC)) // 1000
