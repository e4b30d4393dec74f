"""Counters and histograms of /metrics: what was appended to the log since the process began.

They only go up; what a correction takes back is counted on its own. They follow the time at which
records are read, not the time of the events: the windows carry the corrected truth.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from streams.core.conventions import bounds_ms
from streams.core.measures import NUMBERS, ORDERED, Kind
from streams.core.targets import Rules


class Place(NamedTuple):
    """Whose series it is: contacts by queue and channel, agents by queue and team."""

    queue: str
    channel: str | None = None
    team: str | None = None


class Named(Protocol):
    """A record of the log: its numbers index its own names (`delta.Body`, `delta.Content`)."""

    @property
    def measures(self) -> list[str]:
        """Names of measures."""

    @property
    def groups(self) -> list[tuple[str | None, ...]]:
        """Names of groups: queue, channel, priority, team, agent, group."""


class Lengths:
    """Durations of one series: how many up to each bound, and their sum."""

    __slots__ = ("bounds", "buckets", "total_ms")

    def __init__(self, bounds: Sequence[int]) -> None:
        self.bounds = bounds
        self.buckets = [0] * (len(bounds) + 1)
        self.total_ms = 0

    def add(self, ms: int, n: int) -> None:
        """n more of that length."""
        self.buckets[bisect_left(self.bounds, ms)] += n
        self.total_ms += ms * n


_KINDS: Final = tuple(measure.kind for measure in ORDERED)


class Counters:
    """All of them, by (place, number of the measure). Feed it every delta once."""

    def __init__(self, rules: Rules) -> None:
        self.bounds = bounds_ms(rules)
        self.counts: dict[tuple[Place, int], int] = {}
        self.lengths: dict[tuple[Place, int], Lengths] = {}
        self.retracted: dict[tuple[Place, int], int] = {}

    def on_body(self, record: Named, cells: Sequence[int]) -> None:
        """Adds the increments of a delta: flat fives (group, measure, second, x, n)."""
        places = [_place(names) for names in record.groups]
        numbers = [NUMBERS.get(name) for name in record.measures]
        for at in range(0, len(cells), 5):
            place, number = places[cells[at]], numbers[cells[at + 1]]
            if place is None or number is None:
                continue  # everything and groups are sums of queues, or a newer release's measure
            self._add((place, number), cells[at + 3], cells[at + 4])

    def _add(self, key: tuple[Place, int], x: int, n: int) -> None:
        kind = _KINDS[key[1]]
        if kind is not Kind.COUNT and kind is not Kind.DURATION:
            return  # time in state passes without records: it is in the windows only
        if n < 0:
            self.retracted[key] = self.retracted.get(key, 0) - n
        elif kind is Kind.COUNT:
            self.counts[key] = self.counts.get(key, 0) + n
        else:
            lengths = self.lengths.get(key)
            if lengths is None:
                lengths = self.lengths[key] = Lengths(self.bounds.get(key[1], ()))
            lengths.add(x, n)


def _place(names: tuple[str | None, ...]) -> Place | None:
    queue, channel, team = names[0], names[1], names[3]
    if queue is None:
        return None
    return Place(queue, channel) if channel is not None else Place(queue, None, team)
