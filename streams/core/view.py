"""What a formula is computed from: the sums of some groups in one window, and what stands now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from streams.core.facts import MEASURE_BITS, Group, Groups
from streams.core.measures import NUMBERS, Measure
from streams.core.standing import Standing
from streams.core.totals import CountTotals, DurationTotals, TimeTotals
from streams.core.windows import Panes


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations in a window: number, sum in ms, {histogram step: n}, extremes in ms."""

    n: int
    total_ms: int
    counts: dict[int, int]
    low_ms: int
    high_ms: int


class Sums(Protocol):
    """A board, as its views see it."""

    panes: Panes
    standing: dict[int, Standing]
    groups: Groups
    now_ms: int


class View:
    """The sums of some groups in one window: what a formula is computed from."""

    __slots__ = ("_board", "_numbers", "_own", "_window")

    def __init__(self, board: Sums, by: tuple[str, ...], numbers: list[int], window: int) -> None:
        self._board, self._numbers, self._window = board, numbers, window
        self._own = own(by, numbers, board.groups.names)

    @property
    def now_ms(self) -> int:
        """The instant of reading."""
        return self._board.now_ms

    def _cells(self, measure: Measure) -> list[int]:
        """The cells to add up. Where things don't add over queues, each is booked once for all."""
        number = NUMBERS[measure.name]
        found = self._own if measure.whole else self._numbers
        return [n << MEASURE_BITS | number for n in found]

    def count(self, measures: Iterable[Measure]) -> int:
        """How many happened."""
        series = self._board.panes.series
        total = 0
        for measure in measures:
            for cell in self._cells(measure):
                found = series.get(cell)
                if isinstance(found, CountTotals):
                    total += found.totals[self._window]
        return total

    def durations(self, measures: Iterable[Measure]) -> Durations | None:
        """The durations of some measures together; None when there are none."""
        panes = self._board.panes
        start, edge = panes.starts[self._window], panes.edge
        n = total = 0
        counts: dict[int, int] = {}
        lows: list[int] = []
        highs: list[int] = []
        for measure in measures:
            for cell in self._cells(measure):
                found = panes.series.get(cell)
                if not isinstance(found, DurationTotals):
                    continue
                spread = found.totals[self._window]
                if spread.n <= 0:  # less than nothing: its other half is on its way
                    continue
                n, total = n + spread.n, total + spread.total
                for number, count in spread.counts.items():
                    counts[number] = counts.get(number, 0) + count
                low, high = found.extremes(self._window, start, edge)
                lows.append(low)
                highs.append(high)
        return Durations(n, total, counts, min(lows), max(highs)) if n else None

    def time_ms(self, measures: Iterable[Measure]) -> int:
        """Time spent in some states."""
        panes = self._board.panes
        start, edge = panes.starts[self._window], panes.edge
        total = 0
        for measure in measures:
            for cell in self._cells(measure):
                found = panes.series.get(cell)
                if isinstance(found, TimeTotals):
                    total += found.spent_ms(self._window, start, edge)
        return total

    def standing(self, measure: Measure) -> int:
        """How many stand now."""
        standing = self._board.standing
        return sum(standing[cell].count for cell in self._cells(measure) if cell in standing)

    def known(self, measure: Measure) -> bool:
        """Whether anything of that kind was ever told of these groups."""
        board = self._board
        return any(
            cell in board.standing or cell in board.panes.series for cell in self._cells(measure)
        )

    def oldest_ms(self, measure: Measure) -> int | None:
        """The instant since when the oldest stands; None when nothing does."""
        standing = self._board.standing
        found = (standing[cell].oldest() for cell in self._cells(measure) if cell in standing)
        return min((since for since in found if since is not None), default=None)


def own(by: tuple[str, ...], numbers: list[int], names: list[Group]) -> list[int]:
    """Of some groups those for measures that don't add over queues: an agent counts once."""
    if "group" in by:
        return [n for n in numbers if names[n].group is not None]
    if "queue" in by:
        return [n for n in numbers if names[n].queue is not None]
    return [n for n in numbers if names[n].queue is None]
