"""Rolling windows over panes of one second: totals that panes enter and leave.

A window at instant T holds [T - length, T). Every total is an integer sum, so a pane that leaves is
subtracted exactly; a late fact lands in its own second, in every window that holds it.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import Final

from streams.core.calendar import day_start
from streams.core.histogram import step
from streams.core.measures import Kind

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


class CountTotals:
    """Counts of one cell: a pane is an integer."""

    __slots__ = ("panes", "totals")

    def __init__(self, windows: int) -> None:
        self.panes: dict[int, int] = {}
        self.totals = [0] * windows

    def put(self, second: int, _x: int, n: int) -> bool:
        """Adds to a pane; says whether the pane is new."""
        old = self.panes.get(second)
        self.panes[second] = n if old is None else old + n
        return old is None

    def add(self, window: int, _second: int, _x: int, n: int) -> None:
        """A fact of a second that the window holds."""
        self.totals[window] += n

    def enter(self, window: int, second: int, sign: int) -> None:
        """A whole pane comes in (+1) or leaves (-1)."""
        self.totals[window] += sign * self.panes[second]

    def drop(self, second: int) -> None:
        """No window will hold that pane again."""
        del self.panes[second]


class Spread:
    """Durations of one cell in one window: number, sum, histogram; extremes are looked up."""

    __slots__ = ("counts", "high", "low", "n", "total")

    def __init__(self) -> None:
        self.n = 0
        self.total = 0
        self.counts: dict[int, int] = {}
        self.low: int | None = None
        self.high: int | None = None
        """Exact extremes; None: to be looked up in the panes."""

    def add(self, x: int, n: int) -> None:
        """n more (or fewer) of length x, in ms."""
        fresh = self.n == 0
        self.n += n
        self.total += n * x
        number = step(x)
        count = self.counts.get(number, 0) + n
        if count:
            self.counts[number] = count
        else:
            self.counts.pop(number, None)
        if n > 0:
            if fresh:
                self.low = self.high = x
            if self.high is not None and x > self.high:
                self.high = x
            if self.low is not None and x < self.low:
                self.low = x
        else:
            if x == self.high:
                self.high = None
            if x == self.low:
                self.low = None


class DurationTotals:
    """Durations of one cell: a pane is a sparse multiset {ms: n}."""

    __slots__ = ("panes", "totals")

    def __init__(self, windows: int) -> None:
        self.panes: dict[int, dict[int, int]] = {}
        self.totals = [Spread() for _ in range(windows)]

    def put(self, second: int, x: int, n: int) -> bool:
        """Adds to a pane; says whether the pane is new."""
        pane = self.panes.get(second)
        if pane is None:
            self.panes[second] = {x: n}
            return True
        count = pane.get(x, 0) + n
        if count:
            pane[x] = count
        else:
            pane.pop(x, None)
        return False

    def add(self, window: int, _second: int, x: int, n: int) -> None:
        """A fact of a second that the window holds."""
        self.totals[window].add(x, n)

    def enter(self, window: int, second: int, sign: int) -> None:
        """A whole pane comes in (+1) or leaves (-1)."""
        spread = self.totals[window]
        for x, n in self.panes[second].items():
            spread.add(x, sign * n)

    def extremes(self, window: int, start: int, edge: int) -> tuple[int, int]:
        """Shortest and longest in the window [start, edge), exact, in ms; it is not empty."""
        spread = self.totals[window]
        if spread.low is None or spread.high is None:
            held = [pane for second, pane in self.panes.items() if start <= second < edge and pane]
            positive = [x for pane in held for x, n in pane.items() if n > 0]
            spread.low, spread.high = min(positive), max(positive)
        return spread.low, spread.high

    def drop(self, second: int) -> None:
        """No window will hold that pane again."""
        del self.panes[second]


class Edges:
    """Edges of one cell in one window: how many stood at its start, and what moved since."""

    __slots__ = ("before", "moved", "weighted")

    def __init__(self) -> None:
        self.before = 0
        self.moved = 0
        self.weighted = 0


class TimeTotals:
    """Time in state of one cell: a pane is (sum of edges, sum of edges x instant in ms)."""

    __slots__ = ("panes", "totals")

    def __init__(self, windows: int) -> None:
        self.panes: dict[int, tuple[int, int]] = {}
        self.totals = [Edges() for _ in range(windows)]

    def put(self, second: int, x: int, n: int) -> bool:
        """Adds to a pane; says whether the pane is new."""
        old = self.panes.get(second)
        edges, weighted = old or (0, 0)
        self.panes[second] = (edges + n, weighted + n * (second * 1000 + x))
        return old is None

    def add(self, window: int, second: int, x: int, n: int) -> None:
        """An edge of a second that the window holds."""
        edges = self.totals[window]
        edges.moved += n
        edges.weighted += n * (second * 1000 + x)

    def before(self, window: int, n: int) -> None:
        """An edge from before the window: it stands at its start."""
        self.totals[window].before += n

    def enter(self, window: int, second: int, sign: int) -> None:
        """A whole pane comes in (+1) or leaves (-1); what left stands at the start."""
        moved, weighted = self.panes[second]
        edges = self.totals[window]
        edges.moved += sign * moved
        edges.weighted += sign * weighted
        if sign < 0:
            edges.before += moved

    def spent_ms(self, window: int, start: int, edge: int) -> int:
        """Time in state in [start, edge), open stretches up to the edge."""
        edges = self.totals[window]
        whole = edges.before * (edge - start) * 1000 if edges.before else 0
        return whole + edge * 1000 * edges.moved - edges.weighted

    def drop(self, second: int) -> None:
        """No window will hold that pane again; what it moved stands for good."""
        del self.panes[second]


Totals = CountTotals | DurationTotals | TimeTotals
_MAKE: Final = {Kind.COUNT: CountTotals, Kind.DURATION: DurationTotals, Kind.TIME: TimeTotals}


class Panes:
    """All panes and window totals of a board. `edge`: the first second that no window holds."""

    def __init__(self, windows: tuple[Span, ...]) -> None:
        self.windows = windows
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
            series = self.series[cell] = _MAKE[kind](len(self.windows))
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
