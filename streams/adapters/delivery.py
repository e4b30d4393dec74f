"""Each record is handed over once and in order, whatever Faust loses or repeats on the way.

A fetch says after which offset it starts (`Fetch.after`: the end of the fetch before it, or the
position that was sought). Held against the next offset to hand over, that tells a repetition from
a gap, without any knowledge of rebalances. Offsets may have holes (transactions); they are
compared, never counted.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from streams.adapters.source import Place, Record, SourceWentBackError

_offset = attrgetter("offset")


class Fetch(NamedTuple):
    """All records of one partition that were ready at once, in offset order, at least one."""

    topic: str
    partition: int
    records: Sequence[Record]
    after: int

    def parts(self, size: int) -> Iterator["Fetch"]:
        """The same in pieces of at most ``size`` records, each after the one before."""
        after = self.after
        for start in range(0, len(self.records), size):
            piece = self.records[start : start + size]
            yield self._replace(records=piece, after=after)
            after = piece[-1].offset + 1


class Delivery:
    """The next offset of every place that is handed over; other places are not ours."""

    def __init__(self) -> None:
        self.next: dict[Place, int] = {}
        self.paused: set[int] = set()

    def assign(self, positions: Mapping[Place, int]) -> None:
        """From now on exactly these places, from exactly there."""
        self.next = dict(positions)
        self.paused.clear()

    def release(self) -> None:
        """Hand over nothing until the next assignment."""
        self.assign({})

    def resume(
        self, partitions: Collection[int], positions: Mapping[Place, int]
    ) -> dict[Place, int]:
        """Lift the pause; return where each of their places must be sought."""
        self.next.update({at: to for at, to in positions.items() if at in self.next})
        self.paused.difference_update(partitions)
        return {at: to for at, to in self.next.items() if at[1] in partitions}

    def take(self, fetch: Fetch) -> Sequence[Record]:
        """The records to hand over now: all, those not seen yet, or none.

        Raises `GapError` when something before them is missing, `SourceWentBackError` when the
        broker put us back.
        """
        place = (fetch.topic, fetch.partition)
        expected = self.next.get(place)
        if expected is None or fetch.partition in self.paused:
            return ()
        records = fetch.records
        if records[0].offset < fetch.after:
            raise SourceWentBackError(place, fetch.after, records[0].offset)
        if fetch.after > expected:
            raise GapError(place, expected)
        if records[-1].offset < expected:
            return ()
        if records[0].offset < expected:
            records = records[bisect_left(records, expected, key=_offset) :]
        self.next[place] = records[-1].offset + 1
        return records


class GapError(Exception):
    """A fetch was lost before it was handed over: seek ``place`` to ``expected``."""

    def __init__(self, place: Place, expected: int) -> None:
        super().__init__(f"{place} goes on at {expected}")
        self.place = place
        self.expected = expected
