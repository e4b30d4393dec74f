"""How each kind of family gets its numbers: functions that write series from the board's sums.

Hot path: 20 000 series are written at a scrape, in the board's own loop. Each function is one plain
loop over (text before the number, cells, window); tests/benchmarks/exporter.py has the figures.
"""

from collections.abc import Callable
from dataclasses import dataclass

from streams.adapters.exporter_counters import Counters, Place
from streams.adapters.exporter_text import Type, seconds
from streams.core.board import Board
from streams.core.targets import Rules
from streams.core.totals import CountTotals, DurationTotals, TimeTotals

Cells = tuple[int, ...]
Entry = tuple[str, Cells, int]
"""Text before the number, cells to add up, number of the window's total."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scrape reads from."""

    board: Board
    counters: Counters
    rules: Rules


Write = Callable[[Reading, list[str]], None]


@dataclass(frozen=True, slots=True)
class Family:
    """One family: named without `_total` and `_info`, as OpenMetrics does."""

    name: str
    kind: Type
    help: str
    write: Write


def counts(entries: list[Entry]) -> Write:
    """Things counted in a window."""

    def write(reading: Reading, out: list[str]) -> None:
        get = reading.board.panes.series.get
        for start, cells, window in entries:
            total = 0
            for cell in cells:
                found = get(cell)
                if found is not None:
                    assert isinstance(found, CountTotals)
                    total += found.totals[window]
            out.append(f"{start}{total}\n")

    return write


def duration_sums(entries: list[Entry]) -> Write:
    """Sums of durations in a window, in seconds."""

    def write(reading: Reading, out: list[str]) -> None:
        get = reading.board.panes.series.get
        for start, cells, window in entries:
            total = 0
            for cell in cells:
                found = get(cell)
                if found is not None:
                    assert isinstance(found, DurationTotals)
                    total += found.totals[window].total
            out.append(f"{start}{seconds(total)}\n")

    return write


def duration_numbers(entries: list[Entry], *, positive: bool = False) -> Write:
    """How many durations there are in a window; `positive`: only those above zero."""

    def write(reading: Reading, out: list[str]) -> None:
        get = reading.board.panes.series.get
        for start, cells, window in entries:
            n = 0
            for cell in cells:
                found = get(cell)
                if found is not None:
                    assert isinstance(found, DurationTotals)
                    spread = found.totals[window]
                    n += spread.n - spread.counts.get(0, 0) if positive else spread.n
            out.append(f"{start}{n}\n")

    return write


def maxima(entries: list[Entry]) -> Write:
    """The longest duration in a window; no series where there is none."""

    def write(reading: Reading, out: list[str]) -> None:
        panes = reading.board.panes
        for start, cells, window in entries:
            first, longest = panes.starts[window], -1
            for cell in cells:
                found = panes.series.get(cell)
                if found is not None:
                    assert isinstance(found, DurationTotals)
                    if found.totals[window].n:
                        longest = max(longest, found.extremes(window, first, panes.edge)[1])
            if longest >= 0:
                out.append(f"{start}{seconds(longest)}\n")

    return write


def spreads(entries: list[tuple[list[str], Cells, int]]) -> Write:
    """Gauge histograms: the starts are those of the buckets, shortest bound first."""

    def write(reading: Reading, out: list[str]) -> None:
        get = reading.board.panes.series.get
        for starts, cells, window in entries:
            held = [
                found.totals[window].buckets
                for cell in cells
                if isinstance(found := get(cell), DurationTotals)
            ]
            below = 0
            if len(held) == 1:
                for start, n in zip(starts, held[0], strict=True):
                    below += n
                    out.append(f"{start}{below}\n")
                continue
            for place, start in enumerate(starts):
                for buckets in held:
                    below += buckets[place]
                out.append(f"{start}{below}\n")

    return write


def times(entries: list[Entry]) -> Write:
    """Time spent in a state in a window, in seconds, what still runs included."""

    def write(reading: Reading, out: list[str]) -> None:
        panes = reading.board.panes
        for start, cells, window in entries:
            total = 0
            for cell in cells:
                found = panes.series.get(cell)
                if isinstance(found, TimeTotals):
                    total += found.spent_ms(window, panes.starts[window], panes.edge)
            out.append(f"{start}{seconds(total)}\n")

    return write


def levels(entries: list[tuple[str, Cells]]) -> Write:
    """How many stand now."""

    def write(reading: Reading, out: list[str]) -> None:
        standing = reading.board.standing
        for start, cells in entries:
            total = sum(standing[cell].count for cell in cells if cell in standing)
            out.append(f"{start}{total}\n")

    return write


def ages(entries: list[tuple[str, Cells]]) -> Write:
    """How long the oldest has stood, in seconds; 0 when nothing stands."""

    def write(reading: Reading, out: list[str]) -> None:
        standing, now = reading.board.standing, reading.board.now_ms
        for start, cells in entries:
            found = [standing[cell].oldest() for cell in cells if cell in standing]
            oldest = min((since for since in found if since is not None), default=now)
            out.append(f"{start}{seconds(max(0, now - oldest))}\n")

    return write


def totals(entries: list[tuple[str, Place, tuple[int, ...]]], *, retracted: bool = False) -> Write:
    """Counters since the process began; with several measures, their sum."""

    def write(reading: Reading, out: list[str]) -> None:
        get = (reading.counters.retracted if retracted else reading.counters.counts).get
        for start, place, numbers in entries:
            total = 0
            for number in numbers:
                total += get((place, number), 0)
            out.append(f"{start}{total}\n")

    return write


def histograms(entries: list[tuple[list[str], str, str, Place, int]]) -> Write:
    """Durations since the process began: buckets (none: a plain summary), sum, count."""

    def write(reading: Reading, out: list[str]) -> None:
        get = reading.counters.lengths.get
        for starts, sum_start, count_start, place, number in entries:
            lengths = get((place, number))
            if lengths is None:
                out += [f"{start}0\n" for start in (*starts, sum_start, count_start)]
                continue
            below = 0
            for start, n in zip(starts, lengths.buckets, strict=False):
                below += n
                out.append(f"{start}{below}\n")
            out.append(f"{sum_start}{seconds(lengths.total_ms)}\n")
            out.append(f"{count_start}{sum(lengths.buckets)}\n")

    return write


def fixed(text: str) -> Write:
    """What does not change between two plans."""

    def write(_: Reading, out: list[str]) -> None:
        out.append(text)

    return write


def openings(entries: list[tuple[str, str]]) -> Write:
    """1 while the queue is served, else 0, by (text before the number, queue)."""

    def write(reading: Reading, out: list[str]) -> None:
        now = reading.board.now_ms
        for start, queue in entries:
            out.append(f"{start}{int(reading.rules.queue(queue).is_open(now))}\n")

    return write
