"""A KPI's formula as PromQL over the exported pieces: pieces are added, then divided, per board.

Each expression is formed on every board by itself; only then `max by (…)` puts several boards
together, so that no board's numerator meets another's denominator. A queue with two channels has
its figures per channel and, without the label, for all of them; agents have theirs per queue, per
group of queues and, without any label, for everything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, assert_never

from streams.core import conventions as names
from streams.core import kpi as k
from streams.core.measures import Measure

QUANTILES: Final = {stat: percent / 100 for stat, percent in k.PERCENTS.items()}


@dataclass(frozen=True, slots=True)
class Record:
    """What a recording rule says: its fixed labels and its expression."""

    expr: str
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Side:
    """One kind of series that a figure is formed for."""

    by: tuple[str, ...]
    without: tuple[str, ...] = ()
    """Labels summed away before anything is divided."""
    group: bool = False

    def added(self, expr: str) -> str:
        """The pieces with those labels summed away."""
        if not self.without:
            return expr
        inner = expr if expr.startswith("(") else f"({expr})"
        return f"sum without ({', '.join(self.without)}) {inner}"

    def merged(self, expr: str, *, live: bool) -> str:
        """Several boards put together."""
        by = ", ".join((*self.by, *(() if live else ("window",))))
        return f"max by ({by}) (\n  {expr}\n)"


CONTACTS: Final = (Side(("queue", "channel")), Side(("queue",), ("channel",)))
AGENTS: Final = (Side(("queue",), ("team", "state")), Side(("group",), ("state",), group=True))
EXTREMES: Final = (*CONTACTS, Side(("group",), group=True))
"""The longest of a group of queues is exported, as it cannot be told from the queues alone."""


def _sides(measure: Measure) -> tuple[Side, ...]:
    return AGENTS if measure.whole else CONTACTS


def _or(expressions: Iterator[str]) -> str:
    return "\nor\n".join(expressions)


# ---- pieces


def counted(measures: k.Measures) -> list[str]:
    """Families whose sum is the sum of these counts; named sums are used where they fit."""
    left = list(dict.fromkeys(measures))
    found: list[str] = []
    for name, parts in names.SUMS.items():
        if set(parts) <= set(left):
            found.append(name)
            left = [each for each in left if each not in parts]
    return [names.window_count(name) for name in (*found, *(each.name for each in left))]


def plus(terms: list[str]) -> str:
    """A sum; in brackets where it has several terms."""
    return terms[0] if len(terms) == 1 else f"({' + '.join(terms)})"


def _number(formula: k.Mean | k.RatioToDurations | k.Max, side: Side) -> str:
    """How many durations a formula is about."""
    measures = formula.under if isinstance(formula, k.RatioToDurations) else formula.of
    positive = isinstance(formula, k.Mean) and formula.positive
    name = names.window_nonzero if positive else names.window_durations
    return plus([name(each, group=side.group) for each in measures])


def _time(measures: k.Measures, side: Side) -> str:
    name = names.window_seconds(measures[0], group=side.group)
    return f"{name}{{{_labelled(measures)}}}"


def _labelled(measures: k.Measures) -> str:
    """A selector of the members of a family, as `state=~"on_contact|wrapup"`."""
    found = [each.label for each in measures if each.label]
    if not found:
        return ""
    values = "|".join(label[2] for label in found)
    return f'{found[0][1]}{"=~" if len(found) > 1 else "="}"{values}"'


def _selected(name: str, measure: Measure) -> str:
    label = _labelled((measure,))
    return f"{name}{{{label}}}" if label else name


def _longest(measures: k.Measures, side: Side) -> str:
    found = [names.window_maximum(each, group=side.group) for each in measures]
    return found[0] if len(found) == 1 else f'{{__name__=~"{"|".join(found)}"}}'


# ---- figures


def pieces(formula: k.Formula, side: Side) -> tuple[str, str] | None:
    """Numerator and denominator, labels summed away; None where nothing is divided."""
    match formula:
        case k.Ratio(over=over, under=under):
            parts = plus(counted(over)), plus(counted(under))
        case k.RatioToDurations(over=over):
            parts = plus(counted(over)), _number(formula, side)
        case k.Mean(of=measures):
            sums = [names.window_seconds(each, group=side.group) for each in measures]
            parts = plus(sums), _number(formula, side)
        case k.TimeShare(over=over, under=under):
            parts = _time(over, side), _time(under, side)
        case _:
            return None
    return side.added(parts[0]), side.added(parts[1])


def quotient(formula: k.Formula, side: Side) -> str:
    """Divided last, and no value over zero."""
    parts = pieces(formula, side)
    assert parts is not None, "only quotients are divided"
    return f"{parts[0]}\n  /\n  ({parts[1]} > 0)"


def values(formula: k.Formula) -> Iterator[Record]:
    """Every figure of a formula: one, or one per part, or one per statistic."""
    match formula:
        case k.Count(of=measures):
            expr = plus(counted(measures))
            yield Record(_or(s.merged(s.added(expr), live=False) for s in CONTACTS))
        case k.Ratio() | k.RatioToDurations() | k.TimeShare():
            yield Record(_quotients(formula))
        case k.Mean(of=measures):
            yield Record(_quotients(formula), {"stat": "mean"})
            if not formula.positive:
                yield from _quantiles(measures)
            yield Record(_extreme(measures, positive=formula.positive), {"stat": "max"})
        case k.Max(of=measures):
            yield Record(_extreme(measures))
        case k.Level(of=parts):
            yield from (Record(_level(m), _part(part)) for part, m in parts.items())
        case k.Oldest(of=parts):
            yield from (Record(_age(m), _part(part)) for part, m in parts.items())
        case _:
            assert_never(formula)


def _part(part: str | None) -> dict[str, str]:
    return {} if part is None else {"part": part}


def _quotients(formula: k.Formula) -> str:
    sides = _sides(k.first_measure(formula))
    return _or(side.merged(quotient(formula, side), live=False) for side in sides)


def _quantiles(measures: k.Measures) -> Iterator[Record]:
    """From the exported spread, where every measure has one: as fine as its bounds are."""
    if any(each.name not in names.BOUNDS_MS for each in measures):
        return
    buckets = plus([f"{names.window_spread(each)}_bucket" for each in measures])
    for stat, share in QUANTILES.items():
        found = (
            # Of nothing it is NaN, which no comparison lets through.
            side.merged(f"histogram_quantile({share:g}, {side.added(buckets)}) >= 0", live=False)
            for side in CONTACTS
        )
        yield Record(_or(found), {"stat": stat})


def _extreme(measures: k.Measures, *, positive: bool = False) -> str:
    """The longest; `positive`: none where all of them are zero."""
    sides = AGENTS if measures[0].whole else EXTREMES
    above = " > 0" if positive else ""
    return _or(side.merged(_longest(measures, side) + above, live=False) for side in sides)


def _level(measure: Measure) -> str:
    return _or(
        side.merged(
            side.added(_selected(names.level(measure, group=side.group), measure)), live=True
        )
        for side in _sides(measure)
    )


def _age(measure: Measure) -> str:
    return _or(
        side.merged(_selected(names.age(measure, group=side.group), measure), live=True)
        for side in _sides(measure)
    )


def sample_size(formula: k.Formula) -> str | None:
    """What a figure is divided by or taken from; None where there is no such number."""
    sides = _sides(k.first_measure(formula))
    if isinstance(formula, k.Max):
        found = (s.merged(s.added(_number(formula, s)), live=False) for s in sides)
        return _or(found)
    if pieces(formula, sides[0]) is None:
        return None
    return _or(side.merged(_denominator(formula, side), live=False) for side in sides)


def _denominator(formula: k.Formula, side: Side) -> str:
    parts = pieces(formula, side)
    assert parts is not None, "asked only where something is divided"
    return parts[1]
