"""Figures: formulas over the sums of a view, and the lines that replay and the API print.

Pieces first, then divide; over zero there is no value. Integers inside, seconds at the edge.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from streams.core import kpi as k
from streams.core.board import DIMENSIONS, Board, By
from streams.core.calendar import Window
from streams.core.histogram import bounds, percentile
from streams.core.view import Durations, View


class Figure(Struct, frozen=True):
    """One figure: its value and the pieces it was divided from. None where there is none."""

    part: str | None = None
    stat: str | None = None
    value: float | int | None = None
    numerator: float | int | None = None
    denominator: float | int | None = None
    samples: float | int | None = None


def _seconds(ms: int) -> float:
    return ms / 1000


def _ratio(over: float, under: float, samples: int) -> Figure:
    value = over / under if under else None
    return Figure(value=value, numerator=over, denominator=under, samples=samples)


def _share(part_ms: int, whole_ms: int) -> Figure:
    value = part_ms / whole_ms if whole_ms else None
    whole = _seconds(whole_ms)
    return Figure(None, None, value, _seconds(part_ms), whole, whole)


def _mean(found: Durations | None, stats: tuple[k.Stat, ...] = k.STATS) -> list[Figure]:
    if found is None:
        empty = Figure(stat="mean", numerator=0.0, denominator=0, samples=0)
        return [empty if stat == "mean" else Figure(stat=stat, samples=0) for stat in stats]
    out: list[Figure] = []
    for stat in stats:
        if stat == "mean":
            total, mean = _seconds(found.total_ms), found.total_ms / found.n / 1000
            out.append(Figure(None, stat, mean, total, found.n, found.n))
        elif stat == "max":
            out.append(Figure(stat=stat, value=_seconds(found.high_ms), samples=found.n))
        else:
            ms = percentile(found.counts, k.PERCENTS[stat], found.low_ms, found.high_ms)
            value = None if ms is None else _seconds(ms)
            out.append(Figure(stat=stat, value=value, samples=found.n))
    return out


def _positive(found: Durations | None) -> Durations | None:
    """The same without the zeros."""
    if found is None or not found.counts.get(0):
        return found
    n = found.n - found.counts[0]
    counts = {number: count for number, count in found.counts.items() if number}
    low = bounds(min(counts))[0] if counts else 0  # within the error of the histogram
    return Durations(n, found.total_ms, counts, low, found.high_ms) if n else None


def evaluate(formula: k.Formula, view: View) -> list[Figure]:
    """The figures of a formula: one, or one per part, or one per statistic."""
    match formula:
        case k.Count(of=measures):
            return [Figure(value=view.count(measures))]
        case k.Ratio(over=over, under=under):
            whole = view.count(under)
            return [_ratio(view.count(over), whole, whole)]
        case k.RatioToDurations(over=over, under=under):
            durations = view.durations(under)
            whole = durations.n if durations else 0
            return [_ratio(view.count(over), whole, whole)]
        case k.Mean(of=measures, positive=positive):
            found = view.durations(measures)
            return _mean(_positive(found) if positive else found)
        case k.Max(of=measures):
            found = view.durations(measures)
            if found is None:
                return [Figure(samples=0)]
            return [Figure(value=_seconds(found.high_ms), samples=found.n)]
        case k.TimeShare(over=over, under=under):
            whole_ms = view.time_ms(under)
            part_ms = view.time_ms(over)
            return [_share(part_ms, whole_ms)]
        case k.Level(of=parts):
            return [Figure(part=part, value=view.standing(m)) for part, m in parts.items()]
        case k.Oldest(of=parts):
            return [Figure(part=part, value=_age(view, m)) for part, m in parts.items()]


def _age(view: View, measure: Any) -> float:
    since = view.oldest_ms(measure)
    return 0.0 if since is None else _seconds(max(0, view.now_ms - since))


def instant(at_ms: int) -> str:
    """An instant as the lines print it: UTC, with milliseconds only where there are some."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    if at_ms % 1000:
        moment = moment.replace(microsecond=at_ms % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds" if at_ms % 1000 else "seconds")


def lines(
    board: Board,
    catalogue: Mapping[str, k.Kpi],
    windows: Iterable[Window],
    by: By = (),
) -> Iterator[dict[str, Any]]:
    """One line per figure, as `vigie replay` and `/api/kpis` give them (docs/operations.md)."""
    at = instant(board.now_ms)
    live = [kpi for kpi in catalogue.values() if kpi.live]
    sliding = [kpi for kpi in catalogue.values() if not kpi.live]
    for key in board.present(by):
        place = dict.fromkeys(DIMENSIONS) | dict(zip(by, key, strict=True))
        for window in windows:
            view = board.view(by, key, window)
            head = {"at": at, "window": window.name, **place}
            for kpi in sliding:
                yield from _lines(kpi, view, head)
        view = board.live(by, key)
        for kpi in live:
            yield from _lines(kpi, view, {"at": at, "window": None, **place})


def _lines(kpi: k.Kpi, view: View, head: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, definition in kpi.definitions.items():
        for figure in evaluate(definition.formula, view):
            yield {
                **head,
                "kpi": kpi.id,
                "definition": name,
                "part": figure.part,
                "stat": figure.stat,
                "value": figure.value,
                "numerator": figure.numerator,
                "denominator": figure.denominator,
                "samples": figure.samples,
                "unit": kpi.unit,
            }
