"""What the laws are told with: a centre of workers and a board, fed by hand, and its figures.

A history has a number; `told(number)` is always the same history. Each law is a function
`check(number)` that raises AssertionError, so that tests/laws/test_broken_lines.py can see it fail.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from streams.core.board import Board
from streams.core.calendar import Window, parse_window
from streams.core.delta import Content
from streams.core.engine import Partition
from streams.core.events import Decoder, Event
from streams.core.figures import lines
from streams.core.kpi import Kpi
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.targets import QueueRules, Rules
from streams.kpis import CATALOGUE
from tests.choosers import RandomChooser
from tests.histories import SETTINGS, WINDOWS, Raw, history, instants

ALL_WINDOWS: tuple[Window, ...] = tuple(parse_window(name) for name in WINDOWS)
Pieces = tuple[Any, Any, Any, Any]
"""Value, numerator, denominator, samples."""
Readings = dict[tuple[Any, ...], Pieces]
"""(window, KPI, definition, part, stat, key of the group) -> pieces."""

_LIMITS = ("answer_target", "short_abandon", "maximum_wait", "callback_limit")


def rules_of(settings: Raw) -> Rules:
    """What the core sees of settings in the shape of vigie.toml."""
    zone = settings.get("site", {}).get("time_zone", "UTC")
    queues: dict[str, Raw] = settings.get("queues", {})
    defaults = {"time_zone": zone, **_converted(settings.get("defaults", {}))}
    return Rules(
        site_time_zone=zone,
        windows=WINDOWS,
        queues={
            name: QueueRules(name=name, **{**defaults, **_converted(keys)})
            for name, keys in queues.items()
        },
        defaults=QueueRules(**defaults),
        aliases={alias: name for name, keys in queues.items() for alias in keys.get("aliases", [])},
        groups={name: tuple(g["queues"]) for name, g in settings.get("groups", {}).items()},
        agents=settings.get("privacy", {}).get("agents", False),
    )


def _converted(keys: Raw) -> Raw:
    limits = {f"{name}_ms": keys.get(f"{name}_seconds") for name in _LIMITS}
    found = {name: int(seconds * 1000) for name, seconds in limits.items() if seconds is not None}
    return found | {name: keys[name] for name in ("team", "time_zone") if name in keys}


def decoded(raws: Iterable[Raw], rules: Rules) -> list[Event]:
    """Fresh events, as a worker reads them: settings are stored in them, so none is shared."""
    decode = Decoder(rules.canonical).decode
    found = [decode(json.dumps(raw).encode()) for raw in raws]
    events = [event for event in found if isinstance(event, Event)]
    assert len(events) == len(found), "a history holds nothing but events"
    return events


@dataclass
class Told:
    """A history, with settings and a generator for further choices."""

    number: int
    choose: RandomChooser
    raws: list[Raw]
    settings: Raw
    rules: Rules = field(init=False)

    def __post_init__(self) -> None:
        self.rules = rules_of(self.settings)

    def instant(self) -> int:
        """Some instant at which figures may tip, in seconds."""
        return self.choose.one_of(instants(self.raws))

    def before(self, at: int, raws: Sequence[Raw] | None = None) -> list[Event]:
        """Fresh events of before that instant, in the order given."""
        events = decoded(self.raws if raws is None else raws, self.rules)
        return [event for event in events if event.time_ms < at * 1000]


def told(number: int, contacts: int = 4, agents: int = 2) -> Told:
    """History number so and so."""
    choose = RandomChooser(number)
    raws = history(choose, contacts, agents)
    return Told(number, choose, raws, choose.one_of(SETTINGS))


class Centre:
    """Some workers and a board. The partition of a subject is its hash."""

    def __init__(self, rules: Rules, workers: int = 1) -> None:
        self.rules = rules
        self.partitions = [Partition(Surroundings(rules)) for _ in range(workers)]
        self.board = Board(rules, ALL_WINDOWS)

    def take(self, events: Iterable[Event], record_ms: int = 0) -> "Centre":
        """Events in order of reading."""
        for event in events:
            place = crc32(event.subject.encode()) % len(self.partitions)
            self.partitions[place].take(event, record_ms)
        return self

    def at(self, second: int) -> Board:
        """The board at that instant: timers have fired, everything is merged."""
        for partition in self.partitions:
            partition.advance(second * 1000)
            if partition.changed:
                self.merge(partition.cut())
        self.board.advance(second * 1000, second)
        return self.board

    def merge(self, content: Content) -> None:
        """Hook for laws that send contents through the log."""
        self.board.merge(content)


def read_off(
    board: Board,
    windows: Sequence[Window] = ALL_WINDOWS,
    by: tuple[str, ...] = (),
    catalogue: Mapping[str, Kpi] = CATALOGUE,
) -> Readings:
    """Every figure of the catalogue."""
    found: Readings = {}
    for line in lines(board, catalogue, windows, by):
        key = tuple(line[dimension] for dimension in by)
        place = (line["window"], line["kpi"], line["definition"], line["part"], line["stat"], key)
        assert place not in found, "each figure has one line"
        found[place] = (line["value"], line["numerator"], line["denominator"], line["samples"])
    return found


def something(readings: Readings) -> Readings:
    """Those that say more than that nothing happened: empty groups may be listed or not."""
    return {place: pieces for place, pieces in readings.items() if any(pieces)}


def assert_same(one: Readings, other: Readings, why: object) -> None:
    """Equal to the digit."""
    one, other = something(one), something(other)
    differing = {
        place: (one.get(place), other.get(place))
        for place in one.keys() | other.keys()
        if one.get(place) != other.get(place)
    }
    assert not differing, f"{why}: {dict(list(differing.items())[:4])}"


@contextmanager
def named(number: int) -> Iterator[None]:
    """Says which history it was, to tell it again: `told(number)`."""
    try:
        yield
    except Exception as error:  # whatever it was, it is raised again with the number
        error.add_note(f"history {number}")
        raise


def over(check: Callable[[int], None], seed: int, histories: int) -> None:
    """The law on so many histories; the first is the run's seed."""
    for number in range(seed, seed + histories):
        with named(number):
            check(number)
