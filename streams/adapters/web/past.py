"""What the figures were during the last half hour, as it is known now.

A board that has just read the log knows the past to the second: the curves on the tiles need not
begin empty. What only stands now (waiting, available) has no past and stays out.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeVar

from streams.adapters.web.trends import LENGTH, STEP_S, Trends
from streams.core.board import Board, By
from streams.core.kpi import (
    Count,
    Formula,
    Kpi,
    Level,
    Max,
    Mean,
    Oldest,
    Ratio,
    RatioToDurations,
    TimeShare,
)
from streams.core.measures import Measure
from streams.core.totals import CountTotals, DurationTotals, TimeTotals
from streams.core.view import View

ALL: Final[By] = ()
QUEUE: Final[By] = ("queue",)
T = TypeVar("T")


class Past(View):
    """The sums of some groups in [start, end), read from the panes; seconds since 1970."""

    __slots__ = ("_end", "_start")

    def __init__(
        self, board: Board, by: By, key: tuple[str | None, ...], *, start_s: int, end_s: int
    ) -> None:
        super().__init__(board, by, board.members(by).get(key, []), 0)
        self._start, self._end = start_s, end_s

    @property
    def is_known(self) -> bool:
        """Whether the panes of the whole stretch are still there, and have all come in."""
        panes = self._board.panes
        return min(panes.starts) <= self._start and self._end <= panes.edge

    def count(self, measures: Iterable[Measure]) -> int:
        """How many happened."""
        total = 0
        for measure in measures:
            for cell in self._cells(measure):
                found = self._board.panes.series.get(cell)
                if isinstance(found, CountTotals):
                    total += sum(_held(found.panes, self._start, self._end))
        return total

    def lengths(self, measures: Iterable[Measure]) -> Iterator[tuple[int, int]]:
        """The durations as (ms, how many)."""
        for measure in measures:
            for cell in self._cells(measure):
                found = self._board.panes.series.get(cell)
                if isinstance(found, DurationTotals):
                    for pane in _held(found.panes, self._start, self._end):
                        yield from pane.items()

    def time_ms(self, measures: Iterable[Measure]) -> int:
        """Time spent in some states: back from the level at the edge."""
        edge = self._board.panes.edge
        total = 0
        for measure in measures:
            for cell in self._cells(measure):
                found = self._board.panes.series.get(cell)
                if not isinstance(found, TimeTotals):
                    continue
                level = found.totals[0].before + found.totals[0].moved
                level -= sum(n for n, _ in _held(found.panes, self._start, edge))
                total += level * (self._end - self._start) * 1000
                for n, weighted in _held(found.panes, self._start, self._end):
                    total += n * self._end * 1000 - weighted
        return total


def _held(panes: Mapping[int, T], start: int, end: int) -> Iterator[T]:
    if end - start < len(panes):
        return (panes[second] for second in range(start, end) if second in panes)
    return (pane for second, pane in panes.items() if start <= second < end)


def value(formula: Formula, past: Past) -> float | None:
    """The figure of a stretch; None over zero, and for what only stands now."""
    match formula:
        case Count(of=measures):
            return past.count(measures)
        case Ratio(over=over, under=under):
            return _divided(past.count(over), past.count(under))
        case RatioToDurations(over=over, under=under):
            return _divided(past.count(over), sum(n for _, n in past.lengths(under)))
        case TimeShare(over=over, under=under):
            return _divided(past.time_ms(over), past.time_ms(under))
        case Mean(of=measures, positive=positive):
            found = [(x, n) for x, n in past.lengths(measures) if x or not positive]
            return _divided(sum(x * n for x, n in found), 1000 * sum(n for _, n in found))
        case Max(of=measures):
            longest = max((x for x, n in past.lengths(measures) if n > 0), default=None)
            return None if longest is None else longest / 1000
        case Level() | Oldest():
            return None


def _divided(over: int, under: int) -> float | None:
    return over / under if under else None


def curve(
    board: Board, kpi: Kpi, *, queue: str | None, seconds: int, at_ms: int
) -> Iterator[float | None]:
    """A figure every half minute up to `at_ms`, over windows so many seconds long."""
    formula = kpi.definitions["default"].formula
    by, key = (ALL, ()) if queue is None else (QUEUE, (queue,))
    last = at_ms // (STEP_S * 1000)
    for step in range(last - LENGTH + 1, last + 1):
        end_s = step * STEP_S
        past = Past(board, by, key, start_s=end_s - seconds, end_s=end_s)
        yield value(formula, past) if past.is_known else None


async def fill(
    trends: Trends,
    board: Board,
    kpis: Iterable[tuple[Kpi, int]],
    *,
    queues: Iterable[str | None],
    at_ms: int,
) -> None:
    """Gives the curves of some KPIs (with the seconds of their windows) the last half hour.

    For the end of a catch-up. In slices, so that snapshots go on meanwhile.
    """
    chosen = [(kpi, seconds) for kpi, seconds in kpis if not kpi.live]
    for queue in queues:
        for kpi, seconds in chosen:
            values: list[float | None] = []
            for found in curve(board, kpi, queue=queue, seconds=seconds, at_ms=at_ms):
                values.append(found)
                await asyncio.sleep(0)
            trends.fill(queue, kpi.id, values, at_ms=at_ms)
