"""One partition of the delta log in memory, with everything that a broker may do to it."""

from __future__ import annotations

import random

from streams.core.log_search import Read, Records


class Broker:
    """Offsets never start anew; a lost tail and retention take records away."""

    def __init__(self) -> None:
        self.log: list[bytes] = []  # from offset 0 on; those before `start` are gone for readers
        self.start = 0
        self.ghosts: list[bytes] = []  # copies that may still arrive
        self.disturbed = 0  # how often records were taken away
        self.tail_lost = False
        self.revealed_from = 0  # a base whose claim stands from here on reveals all that went wrong

    @property
    def end(self) -> int:
        return len(self.log)

    def append(self, raw: bytes) -> int:
        """The offset where it now stands."""
        self.log.append(raw)
        return self.end - 1

    def holds(self, offset: int, raw: bytes) -> bool:
        return self.start <= offset < self.end and self.log[offset] == raw

    def late_copy(self, rnd: random.Random) -> int:
        """A copy sent earlier arrives now."""
        raw = self.ghosts.pop(rnd.randrange(len(self.ghosts)))
        self.revealed_from = max(self.revealed_from, self.end + 1)
        return self.append(raw)

    def lose_tail(self, records: int) -> None:
        # A board that had read the tail learns of the loss with the first record of the next
        # claim that it has not read: a claim from here on.
        self.revealed_from = max(self.revealed_from, self.end)
        del self.log[max(self.start, self.end - records) :]
        self.disturbed += 1
        self.tail_lost = True

    def retention(self, before: int) -> None:
        """Removes everything before that offset."""
        self.start = max(self.start, min(before, self.end))
        # A board that begins now believes nothing before the first claim that is left.
        self.revealed_from = max(self.revealed_from, self.end)
        self.disturbed += 1

    def read(self, wanted: Read, most: int) -> Records:
        """Some records from `wanted.first` on; none when that offset is not there."""
        if not self.start <= wanted.first < self.end:
            return []
        stop = min(wanted.stop, self.end, wanted.first + most)
        return [(offset, self.log[offset]) for offset in range(wanted.first, stop)]
