"""What a worker owes to the log: sums of facts since the last record, levels by fine shard."""

from collections.abc import Iterable
from typing import Final

from streams.core.delta import Group
from streams.core.facts import MEASURE_BITS, MEASURE_MASK, Fact, Key, Places
from streams.core.measures import ORDERED, Kind

STANDING: Final = tuple(measure.kind in (Kind.LEVEL, Kind.TIME) for measure in ORDERED)
"""By measure number: whether it goes into the levels of a record (see `delta.Content`)."""


class Owed:
    """Increments of cells and of levels. What comes to nothing stays as a 0 until the record."""

    __slots__ = ("cells", "levels")

    def __init__(self) -> None:
        self.cells: dict[Key, int] = {}
        self.levels: dict[tuple[int, int, int, int], int] = {}
        """(fine shard, cell, second, x) -> n."""

    def __len__(self) -> int:
        return len(self.cells) + len(self.levels)

    def add(self, facts: Iterable[Fact], shard: int) -> None:
        """Facts of a life in that shard."""
        for cell, second, x, n in facts:
            if STANDING[cell & MEASURE_MASK]:
                place = (shard, cell, second, x)
                self.levels[place] = self.levels.get(place, 0) + n
            else:
                key = (cell, second, x)
                self.cells[key] = self.cells.get(key, 0) + n

    def add_and_keep(self, facts: list[Fact], shard: int, kept: dict[Key, int]) -> None:
        """The same, and the facts go into those that the life keeps.

        Hot path (every event): one loop and one key for both, with `facts.add` written out, saves
        a microsecond an event (tests/benchmarks/engine.py).
        """
        cells, levels, standing = self.cells, self.levels, STANDING
        cells_get, levels_get, kept_get = cells.get, levels.get, kept.get
        for cell, second, x, n in facts:
            key = (cell, second, x)
            total = kept_get(key, 0) + n
            if total:
                kept[key] = total
            else:
                del kept[key]
            if standing[cell & MEASURE_MASK]:
                place = (shard, cell, second, x)
                levels[place] = levels_get(place, 0) + n
            else:
                cells[key] = cells_get(key, 0) + n

    def flat(self, places: Places) -> tuple[list[Group], list[int], list[int]]:
        """(groups, cells, levels) as a record has them: flat fives and sixes, groups by number.

        Each fact of a place stands under each of its groups.
        """
        numbers: dict[Group, int] = {}
        members: dict[int, list[int]] = {}

        def groups_of(place: int) -> list[int]:
            found = [numbers.setdefault(group, len(numbers)) for group in places.names[place]]
            members[place] = found
            return found

        cells: list[int] = []
        for (cell, second, x), n in self.cells.items():
            if n:
                place, measure = cell >> MEASURE_BITS, cell & MEASURE_MASK
                for group in members.get(place) or groups_of(place):
                    cells += (group, measure, second, x, n)
        levels: list[int] = []
        for (shard, cell, second, x), n in self.levels.items():
            if n:
                place, measure = cell >> MEASURE_BITS, cell & MEASURE_MASK
                for group in members.get(place) or groups_of(place):
                    levels += (shard, group, measure, second, x, n)
        return list(numbers), cells, levels
