"""`vigie simulate`: a contact centre made up from a seed, into a file or Kafka."""

import re
import sys
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import click

from streams.cli.options import Failure, current_settings
from streams.core.calendar import Unreadable, parse_duration
from streams.core.events import to_ms
from streams.simulator import Delivery, Faults, Parameters, Topics
from streams.simulator import simulate as simulated
from streams.simulator.run import opens_within_an_hour

DEFAULT_START: Final = "2026-11-23T09:00:00+01:00"
"""A Monday morning: files do not depend on the day they are made."""
_WRITE_LINES: Final = 1000


class Duration(click.ParamType):
    """90s, 15m, 1h, 2d; whole seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Seconds."""
        if isinstance(value, int):
            return value
        try:
            return parse_duration(value)
        except Unreadable as error:
            self.fail(str(error), param, ctx)


class Disorder(click.ParamType):
    """A number of seconds, or a duration such as 10m."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds."""
        if isinstance(value, float) or re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value)
        return float(Duration().convert(value, param, ctx))


class Absence(click.ParamType):
    """From and to after the start, such as 10m-15m."""

    name = "from-to"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """(from, to) in seconds."""
        if isinstance(value, tuple):
            return value
        begin, dash, end = value.partition("-")
        if not dash:
            self.fail(f"{value!r}: write from and to after the start, such as 10m-15m", param, ctx)
        first = 0 if begin.strip() == "0" else Duration().convert(begin, param, ctx)
        last = Duration().convert(end, param, ctx)
        if last <= first:
            self.fail(f"{value!r}: the end comes after the beginning", param, ctx)
        return first, last


class Share(click.FloatRange):
    """A share from 0 to 1, such as 0.05."""

    name = "share"

    def __init__(self) -> None:
        super().__init__(0, 1)


@click.command(name="simulate")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="The same seed gives the same centre, to the byte.",
)
@click.option(
    "--duration",
    type=Duration(),
    default="1h",
    show_default=True,
    help="How long the centre is watched: 90s, 15m, 1h, 2d.",
)
@click.option(
    "--start",
    metavar="TIME",
    help=f"First instant, with its offset (default: {DEFAULT_START}; to Kafka: so that "
    "it ends now, with --speed 1 it begins now).",
)
@click.option(
    "--scale",
    type=click.FloatRange(0, 100_000, min_open=True),
    default=1.0,
    show_default=True,
    help="Multiplies arrivals and agents.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="To Kafka: how many times faster than the clock; 0: at once.",
)
@click.option("--late", type=Share(), default=0.0, help="Share of events delivered minutes late.")
@click.option("--repeat", type=Share(), default=0.0, help="Share of events delivered twice.")
@click.option(
    "--shuffle",
    type=Disorder(),
    default=0.0,
    help="Disorder: up to so many seconds (or 10m) after its time.",
)
@click.option(
    "--malformed",
    type=Share(),
    default=0.0,
    help="Share of events beside which a broken message is sent.",
)
@click.option(
    "--agents-gone",
    type=Absence(),
    multiple=True,
    help="All agents log off, such as 10m-15m after the start; may be repeated.",
)
@click.option("--always-open", is_flag=True, help="A busy Monday afternoon, whatever the time is.")
@click.option("--to-file", metavar="PATH", help="JSON lines in order of delivery; - for output.")
@click.option("--to-kafka", is_flag=True, help="To the Kafka of the settings (kafka.bootstrap).")
def simulate(
    *,
    seed: int,
    duration: int,
    start: str | None,
    scale: float,
    speed: float,
    late: float,
    repeat: float,
    shuffle: float,
    malformed: float,
    agents_gone: tuple[tuple[int, int], ...],
    always_open: bool,
    to_file: str | None,
    to_kafka: bool,
) -> None:
    """Make up a contact centre: contacts, agents, and what goes wrong on the way of the events.

    Queues with different days, agents with shifts and breaks, rushes, transfers, callbacks. The
    same seed and options give the same bytes on any machine.
    """
    if to_kafka == (to_file is not None):
        raise click.UsageError("say where the events go: --to-file PATH or --to-kafka")
    faults = _faults(late, repeat, shuffle, malformed, to_kafka)
    options = {
        "seed": seed, "duration_seconds": duration, "scale": scale, "agents_gone": agents_gone,
        "always_open": always_open, "faults": faults,
    }  # fmt: skip
    if to_file is not None:
        _to_file(to_file, _parameters(_start(start or DEFAULT_START), options))
    else:
        _to_kafka(start, speed, duration, options)


def _faults(late: float, repeat: float, shuffle: float, malformed: float, is_live: bool) -> Faults:
    try:
        return Faults(late, repeat, shuffle, malformed, ahead=is_live)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _parameters(start: datetime, options: dict[str, Any]) -> Parameters:
    try:
        parameters = Parameters(start=start, **options)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not opens_within_an_hour(parameters):
        click.echo(
            f"note: the centre is closed at {start.isoformat(timespec='minutes')}; "
            "--always-open keeps it busy, --start chooses another time",
            err=True,
        )
    return parameters


def _start(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter(
            f"{text!r} is no time with an offset, such as {DEFAULT_START}", param_hint="--start"
        )
    return moment


# ---- into a file


def _to_file(path: str, parameters: Parameters) -> None:
    begun = time.monotonic()
    try:
        with click.open_file(path, "wb") as stream:
            count = _write(stream, simulated(parameters))
    except OSError as error:
        raise Failure(f"--to-file {path}: {error.strerror or error}") from error
    took = time.monotonic() - begun
    if path != "-":
        click.echo(f"{count} messages in {took:.1f} s to {path}", err=True)


def _write(stream: IO[Any], deliveries: Iterable[Delivery]) -> int:
    count = 0
    lines: list[bytes] = []
    for delivery in deliveries:
        lines.append(delivery.value)
        count += 1
        if len(lines) == _WRITE_LINES:
            lines.append(b"")
            stream.write(b"\n".join(lines))
            lines.clear()
    stream.write(b"".join(line + b"\n" for line in lines))
    return count


# ---- to Kafka


def _to_kafka(start: str | None, speed: float, duration: int, options: dict[str, Any]) -> None:
    from streams.adapters import feeder  # kafka-python only where it is wanted

    settings = current_settings()
    names = settings.kafka.topics
    topics = Topics(calls=names.calls, agents=names.agents)
    begins = _start(start) if start else _live_start(settings.site.time_zone, speed, duration)
    parameters = _parameters(begins, {**options, "topics": topics})
    try:
        sender = feeder.kafka_sender(settings, (topics.calls, topics.agents))
    except feeder.FeedError as error:
        raise Failure(str(error)) from error
    where = settings.kafka.bootstrap
    click.echo(f"to {where}, from {begins.isoformat(timespec='seconds')}; Ctrl-C ends it", err=True)
    told = _Told()
    try:
        _play(sender, parameters, speed, told)
    except feeder.FeedError as error:
        raise Failure(f"{error}; {told.count} messages were handed over") from error
    finally:
        sender.close()
    click.echo(f"{told.count} messages sent", err=True)


def _play(sender: Any, parameters: Parameters, speed: float, told: "_Told") -> None:
    """Until the end, or Ctrl-C; what was sent is acknowledged then."""
    from streams.adapters import feeder

    start_ms = to_ms(parameters.start)
    try:
        feeder.feed(
            simulated(parameters), sender, speed=speed, start_ms=start_ms, on_sent=told.sent
        )
    except KeyboardInterrupt:
        sender.flush()


def _live_start(zone: str, speed: float, duration: int) -> datetime:
    """Events must not run ahead of the clock: what is played faster begins in the past."""
    ahead = 0.0 if 0 < speed <= 1 else duration * (1 - (1 / speed if speed else 0))
    now = datetime.now(ZoneInfo(zone)).replace(microsecond=0)
    return now - timedelta(seconds=int(ahead) + (ahead > 0))


class _Told:
    """How many were sent; on a terminal, told twice a second."""

    def __init__(self) -> None:
        self.count = 0
        self._next = 0.0
        self._is_terminal = sys.stderr.isatty()

    def sent(self, count: int) -> None:
        self.count = count
        if self._is_terminal and (now := time.monotonic()) >= self._next:
            self._next = now + 0.5
            click.echo(f"\r{count} messages", err=True, nl=False)
