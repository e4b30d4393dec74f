"""Totals of one cell in every window: what panes of one second enter and leave, as integers.

A pane that leaves is subtracted exactly; nothing is recomputed but an extreme that left.
"""

from bisect import bisect_left
from collections.abc import Sequence

from streams.core.histogram import step


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
    """Durations of one cell in one window: number, sum, histogram; extremes are looked up.

    With `bounds` (ms, ascending) it also keeps exact counts: `buckets[i]` is how many are longer
    than bound i - 1 and at most bound i, the last how many are longer than all of them.
    """

    __slots__ = ("bounds", "buckets", "counts", "high", "low", "n", "total")

    def __init__(self, bounds: Sequence[int] = ()) -> None:
        self.bounds = bounds
        self.buckets = [0] * (len(bounds) + 1) if bounds else []
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
        if self.bounds:
            self.buckets[bisect_left(self.bounds, x)] += n
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

    def __init__(self, windows: int, bounds: Sequence[int] = ()) -> None:
        self.panes: dict[int, dict[int, int]] = {}
        self.totals = [Spread(bounds) for _ in range(windows)]

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
