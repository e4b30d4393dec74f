"""Every family of /metrics about the contact centre: its name, type and help, and its series.

The order is that of the page: since the process began, now, windows, limits, context.
"""

from collections.abc import Iterator, Mapping

from streams.adapters import exporter_families as f
from streams.adapters.exporter_families import Family
from streams.adapters.exporter_limits import context, limits
from streams.adapters.exporter_plan import Spot, Spots
from streams.adapters.exporter_text import Type, bound, joined, labels, series
from streams.core import conventions as names
from streams.core.kpi import Kpi, Mean, Oldest
from streams.core.measures import MEASURES, NUMBERS, Kind, Measure
from streams.core.targets import Rules


def families(
    found: Spots, rules: Rules, kpis: Mapping[str, Kpi], bounds: Mapping[int, tuple[int, ...]]
) -> Iterator[Family]:
    """All of them for one plan; `bounds`: measure number -> upper bounds in ms."""
    yield from _since_start(found, bounds)
    yield from _now(found, _aged(kpis))
    yield from _window_counts(found)
    yield from _window_durations(found, _positive(kpis))
    yield from _window_spreads(found, bounds)
    yield from _window_times(found)
    yield from limits(found.queues, rules, kpis)
    yield from context(found.queues, rules)


def _aged(kpis: Mapping[str, Kpi]) -> frozenset[str]:
    """Levels whose age some KPI tells."""
    return frozenset(
        measure.name
        for kpi in kpis.values()
        for definition in kpi.definitions.values()
        if isinstance(definition.formula, Oldest)
        for measure in definition.formula.of.values()
    )


def _positive(kpis: Mapping[str, Kpi]) -> frozenset[str]:
    """Durations of which some KPI leaves the zeros out."""
    return frozenset(
        measure.name
        for kpi in kpis.values()
        for definition in kpi.definitions.values()
        if isinstance(definition.formula, Mean) and definition.formula.positive
        for measure in definition.formula.of
    )


# ---- since the process began


def _since_start(found: Spots, bounds: Mapping[int, tuple[int, ...]]) -> Iterator[Family]:
    for name in (*names.counted(), *sorted(names.ABOUT_VIGIE)):
        yield _counter(name, found.contacts)
        if name not in names.ABOUT_VIGIE:
            yield _retracted(name, found.contacts)
    for whole, places in ((False, found.contacts), (True, found.agents)):
        for measure in names.lasting(whole=whole):
            yield _histogram(measure, places, bounds.get(NUMBERS[measure.name], ()))
            yield _retracted(measure.name, places)


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(NUMBERS[part.name] for part in names.parts_of(name))


def _help(name: str) -> str:
    return names.SUM_HELP.get(name) or MEASURES[name].help


def _counter(name: str, places: list[Spot]) -> Family:
    metric = names.counter(name)
    entries = [
        (series(f"{metric}_total", spot.labels), spot.place, _numbers(name))
        for spot in places
        if spot.place is not None
    ]
    return Family(metric, Type.COUNTER, _help(name), f.totals(entries))


def _retracted(name: str, places: list[Spot]) -> Family:
    metric = names.retracted(name)
    entries = [
        (series(f"{metric}_total", spot.labels), spot.place, _numbers(name))
        for spot in places
        if spot.place is not None
    ]
    text = f"Taken back by corrections: {_help(name)}"
    return Family(metric, Type.COUNTER, text, f.totals(entries, retracted=True))


def _limits_of(bounds: tuple[int, ...]) -> list[str]:
    return [f'le="{limit}"' for limit in (*map(bound, bounds), "+Inf")]


def _histogram(measure: Measure, places: list[Spot], bounds: tuple[int, ...]) -> Family:
    """Durations without bounds are a plain summary: their sum and their number."""
    metric = names.histogram(measure)
    limits = _limits_of(bounds) if bounds else []
    entries = [
        (
            [series(f"{metric}_bucket", joined(spot.labels, limit)) for limit in limits],
            series(f"{metric}_sum", spot.labels),
            series(f"{metric}_count", spot.labels),
            spot.place,
            NUMBERS[measure.name],
        )
        for spot in places
        if spot.place is not None
    ]
    kind = Type.HISTOGRAM if bounds else Type.SUMMARY
    return Family(metric, kind, measure.help, f.histograms(entries))


# ---- now


def _now(found: Spots, aged: frozenset[str]) -> Iterator[Family]:
    for members in _by_family(Kind.LEVEL):
        first = members[0]
        sides = [(False, found.agents if first.whole else found.contacts)]
        sides += [(True, found.agent_groups)] if first.whole else []
        for group, spots in sides:
            name = names.level(first, group=group)
            entries = [
                (
                    series(names.level(measure, group=group), _text(spot, measure)),
                    spot.cells(measure),
                )
                for spot in spots
                for measure in members
            ]
            text = first.help if first.label is None else "Agents by state."
            yield Family(name, Type.GAUGE, text, f.levels(entries))
            if first.name in aged:
                yield _age(members, spots, group=group)


def _age(members: list[Measure], spots: list[Spot], *, group: bool) -> Family:
    name = names.age(members[0], group=group)
    entries = [
        (series(name, _text(spot, measure)), spot.cells(measure))
        for spot in spots
        for measure in members
    ]
    text = "How long the oldest has stood, 0 when none does."
    return Family(name, Type.GAUGE, text, f.ages(entries))


def _text(spot: Spot, measure: Measure, window: str = "") -> str:
    own = labels([(measure.label[1], measure.label[2])]) if measure.label else ""
    return joined(spot.labels, own, window)


def _by_family(kind: Kind) -> list[list[Measure]]:
    """Measures of one kind, those that share a family together."""
    found: dict[str, list[Measure]] = {}
    for measure in MEASURES.values():
        if measure.kind is kind:
            found.setdefault(names.family(measure), []).append(measure)
    return list(found.values())


# ---- windows


def _entries(
    name: str, spots: list[Spot], measures: tuple[Measure, ...], *, own: bool = False
) -> list[f.Entry]:
    """Each spot in each of its windows; `own`: with the label of the (one) measure."""
    return [
        (
            series(name, _text(spot, measures[0], window) if own else joined(spot.labels, window)),
            tuple(cell for measure in measures for cell in spot.cells(measure)),
            number,
        )
        for spot in spots
        for window, number in spot.windows
    ]


def _window_counts(found: Spots) -> Iterator[Family]:
    for name in names.counted():
        metric = names.window_count(name)
        entries = _entries(metric, found.contacts, names.parts_of(name))
        yield Family(metric, Type.GAUGE, f"In the window: {_help(name)}", f.counts(entries))


def _window_durations(found: Spots, positive: frozenset[str]) -> Iterator[Family]:
    for whole, places, groups in (
        (False, found.contacts, found.contact_groups),
        (True, found.agents, found.agent_groups),
    ):
        for measure in names.lasting(whole=whole):
            yield from _lengths(measure, places, positive, group=False)
            if whole:
                yield from _lengths(measure, groups, positive, group=True)
            else:
                yield _maximum(measure, groups, group=True)


def _lengths(
    measure: Measure, spots: list[Spot], positive: frozenset[str], *, group: bool
) -> Iterator[Family]:
    text = f"In the window: {measure.help}"
    name = names.window_seconds(measure, group=group)
    sums = f.duration_sums(_entries(name, spots, (measure,)))
    yield Family(name, Type.GAUGE, f"{text} Sum.", sums)
    name = names.window_durations(measure, group=group)
    numbers = f.duration_numbers(_entries(name, spots, (measure,)))
    yield Family(name, Type.GAUGE, f"{text} Number.", numbers)
    if measure.name in positive:
        name = names.window_nonzero(measure, group=group)
        above = f.duration_numbers(_entries(name, spots, (measure,)), positive=True)
        yield Family(name, Type.GAUGE, f"{text} Number of those above zero.", above)
    yield _maximum(measure, spots, group=group)


def _maximum(measure: Measure, spots: list[Spot], *, group: bool) -> Family:
    name = names.window_maximum(measure, group=group)
    text = f"In the window: {measure.help} Longest; no series where there is none."
    return Family(name, Type.GAUGE, text, f.maxima(_entries(name, spots, (measure,))))


def _window_spreads(found: Spots, bounds: Mapping[int, tuple[int, ...]]) -> Iterator[Family]:
    for number, bounds_ms in bounds.items():
        measure = next(each for each in MEASURES.values() if NUMBERS[each.name] == number)
        name = names.window_spread(measure)
        ends = _limits_of(bounds_ms)
        entries = [
            (
                [series(f"{name}_bucket", joined(spot.labels, window, end)) for end in ends],
                spot.cells(measure),
                total,
            )
            for spot in found.contacts
            for window, total in spot.windows
        ]
        text = f"In the window: {measure.help} How many up to each length."
        yield Family(name, Type.GAUGE_HISTOGRAM, text, f.spreads(entries))


def _window_times(found: Spots) -> Iterator[Family]:
    for members in _by_family(Kind.TIME):
        for group, spots in ((False, found.agents), (True, found.agent_groups)):
            name = names.window_seconds(members[0], group=group)
            entries = [
                entry
                for measure in members
                for entry in _entries(name, spots, (measure,), own=True)
            ]
            text = "In the window: time that agents spent in a state, what still runs included."
            yield Family(name, Type.GAUGE, text, f.times(entries))
