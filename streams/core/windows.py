"""Rolling windows over panes of one second: totals that panes enter and leave.

A window at instant T holds [T - length, T). Every total is an integer sum, so a pane that leaves is
subtracted exactly; a late fact lands in its own second, in every window that holds it.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from streams.core.calendar import day_start
from streams.core.facts import MEASURE_MASK
from streams.core.measures import Kind
from streams.core.totals import CountTotals, DurationTotals, TimeTotals, Totals

BEGINNING: Final = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Span:
    """What a window holds: a length in seconds, a local day (`zone`), or all since the start."""

    name: str
    seconds: int | None = None
    zone: str | None = None

    def start(self, edge: int, now: int) -> int:
        """The first second of the window that ends at `edge`; a day is that of `now`."""
        if self.seconds is not None:
            return edge - self.seconds
        return BEGINNING if self.zone is None else day_start(now, self.zone)


class Panes:
    """All panes and window totals of a board. `edge`: the first second that no window holds.

    `bounds`: measure number -> ms up to which its durations are counted exactly (for /metrics).
    """

    def __init__(
        self, windows: tuple[Span, ...], bounds: Mapping[int, Sequence[int]] | None = None
    ) -> None:
        self.windows = windows
        self._bounds = dict(bounds or {})
        self.edge = BEGINNING
        self.starts = [BEGINNING] * len(windows)
        self.series: dict[int, Totals] = {}
        self.touched: set[int] = set()
        self.too_old = 0
        self._seconds: list[int] = []
        self._cells: dict[int, list[Totals]] = {}
        self._numbers: dict[int, list[int]] = {}

    def add(self, cell: int, kind: Kind, second: int, x: int, n: int) -> None:
        """Adds a fact; one that no window can hold any more is counted and dropped."""
        series = self.series.get(cell)
        if series is None:
            series = self.series[cell] = self._made(cell, kind)
        oldest = min(self.starts)
        if second < oldest:
            if isinstance(series, TimeTotals):
                for window in range(len(self.windows)):
                    series.before(window, n)
                self.touched.add(cell)
            else:
                self.too_old += abs(n)
            return
        if series.put(second, x, n):
            self._remember(cell, series, second)
        if second >= self.edge:
            return
        self.touched.add(cell)
        for window, start in enumerate(self.starts):
            if second >= start:
                series.add(window, second, x, n)
            elif isinstance(series, TimeTotals):
                series.before(window, n)

    def _made(self, cell: int, kind: Kind) -> Totals:
        windows = len(self.windows)
        if kind is Kind.COUNT:
            return CountTotals(windows)
        if kind is Kind.TIME:
            return TimeTotals(windows)
        return DurationTotals(windows, self._bounds.get(cell & MEASURE_MASK, ()))

    def _remember(self, cell: int, series: Totals, second: int) -> None:
        held = self._cells.get(second)
        if held is None:
            self._cells[second], self._numbers[second] = [series], [cell]
            if self._seconds and second < self._seconds[-1]:
                insort(self._seconds, second)
            else:
                self._seconds.append(second)
        else:
            held.append(series)
            self._numbers[second].append(cell)

    def advance(self, edge: int, now: int) -> None:
        """Time passes: panes before the edge come in, panes before each start leave (seconds)."""
        if edge <= self.edge:
            return
        for window, spec in enumerate(self.windows):
            start = spec.start(edge, now)
            self._slide(window, start, edge)
        self.edge = edge
        self._drop_before(min(self.starts))

    def _slide(self, window: int, start: int, edge: int) -> None:
        old = self.starts[window]
        for second in self._between(max(self.edge, old), edge):
            if second >= start:
                self._move(window, second, 1)
            else:  # came and went in one step
                self._pass(window, second)
        for second in self._between(old, min(start, self.edge)):
            self._move(window, second, -1)
        self.starts[window] = start

    def _between(self, first: int, end: int) -> list[int]:
        seconds = self._seconds
        return seconds[bisect_left(seconds, first) : bisect_left(seconds, end)]

    def _move(self, window: int, second: int, sign: int) -> None:
        for series in self._cells[second]:
            series.enter(window, second, sign)
        self.touched.update(self._numbers[second])

    def _pass(self, window: int, second: int) -> None:
        for series in self._cells[second]:
            if isinstance(series, TimeTotals):
                series.before(window, series.panes[second][0])

    def _drop_before(self, oldest: int) -> None:
        end = bisect_left(self._seconds, oldest)
        for second in self._seconds[:end]:
            for series in self._cells.pop(second):
                series.drop(second)
            del self._numbers[second]
        del self._seconds[:end]
