"""Law 6. Oracle: figures equal a recount over the raw events that shares no code.

Exact to the integer; percentiles within 1 %.
"""

from fractions import Fraction
from typing import Any

from streams.kpis import CATALOGUE
from tests.histories import GROUPINGS, arrivals, instants
from tests.laws.kit import ALL_WINDOWS, Centre, Readings, assert_same, over, read_off, told
from tests.oracle import LIVE_KPIS, Recount
from tests.oracle_events import Figure

AS_TOLD_S = Fraction(1, 10**9)
PERCENTILE = Fraction(101, 10_000)
OWN_STATS = frozenset({"p75"})
"""Percentiles that the recount leaves out: they are read off the same histogram."""


def near(told_value: Any, counted: Fraction | None, error: Fraction) -> bool:
    """Within a relative error; nothing is only near nothing."""
    if told_value is None or counted is None:
        return told_value is None and counted is None
    return bool(abs(Fraction(told_value) - counted) <= error * max(Fraction(1), abs(counted)))


def agrees(pieces: tuple[Any, ...], figure: Figure, stat: str | None) -> bool:
    """Whether all pieces are those of the recount; counts come without them."""
    value, *rest = pieces
    of_percentile = stat is not None and stat.startswith("p")
    if not near(value, figure.value, PERCENTILE if of_percentile else AS_TOLD_S):
        return False
    return all(near(got, want, AS_TOLD_S) for got, want in zip(rest, figure[1:], strict=True))


def compare(found: Readings, recounted: Recount, window: str, by: tuple[str, ...]) -> None:
    """The figures of one window and of now, both ways: none wrong, missing or made up."""
    counted = recounted.figures(window, by)
    for (kpi, definition, part, stat, grouping), figure in counted.items():
        key = tuple(value for _, value in grouping)
        if by and all(value is None for value in key):
            continue  # has no line
        place = (None if kpi in LIVE_KPIS else window, kpi, definition, part, stat, key)
        pieces = found.get(place)
        if pieces is None:
            assert not any(figure), f"{place} is missing: {figure}"
        else:
            assert agrees(pieces, figure, stat), f"{place}: {pieces}, recounted {figure}"
    for (of_window, kpi, definition, part, stat, key), pieces in found.items():
        if of_window not in (window, None) or stat in OWN_STATS or not any(pieces):
            continue
        if CATALOGUE[kpi].family == "agents" and "channel" in by:
            continue  # agents have no channel; the recount leaves them out
        grouping = tuple(zip(by, key, strict=True))
        assert (kpi, definition, part, stat, grouping) in counted, f"{kpi} {key} was made up"


def check_one_instant(number: int) -> None:
    """All windows of one instant, in one grouping, events in any order."""
    centre = told(number)
    at, by = centre.instant(), centre.choose.one_of(GROUPINGS)
    read = arrivals(centre.choose, centre.raws)
    found = read_off(Centre(centre.rules).take(centre.before(at, read)).at(at), by=by)
    recounted = Recount(read, centre.settings, at)
    for window in ALL_WINDOWS:
        compare(found, recounted, window.name, by)


def check_all_groupings(number: int) -> None:
    """The same instant in every grouping."""
    centre = told(number)
    at = centre.instant()
    board = Centre(centre.rules).take(centre.before(at)).at(at)
    recounted = Recount(centre.raws, centre.settings, at)
    window = centre.choose.one_of(ALL_WINDOWS)
    for by in GROUPINGS:
        compare(read_off(board, [window], by), recounted, window.name, by)


def check_steps(number: int) -> None:
    """A board that moves in steps through many instants equals one that jumps to each."""
    centre = told(number)
    times = instants(centre.raws)
    stops = sorted({centre.choose.one_of(times) for _ in range(12)})
    events = sorted(centre.before(times[-1]), key=lambda event: event.time_ms)
    moving, place = Centre(centre.rules), 0
    by = centre.choose.one_of(GROUPINGS)
    for at in stops:
        while place < len(events) and events[place].time_ms < at * 1000:
            moving.take([events[place]])
            place += 1
            if centre.choose.number(1) and events[place - 1].time_ms // 1000 < at:
                moving.at(events[place - 1].time_ms // 1000 + 1)
        found = read_off(moving.at(at), by=by)
        jumped = read_off(Centre(centre.rules).take(centre.before(at)).at(at), by=by)
        assert_same(found, jumped, f"in steps to {at}")
        window = centre.choose.one_of(ALL_WINDOWS).name
        compare(found, Recount(centre.raws, centre.settings, at), window, by)


def test_oracle_at_one_instant(seed: int) -> None:
    over(check_one_instant, seed, 900)


def test_oracle_in_all_groupings(seed: int) -> None:
    over(check_all_groupings, seed, 250)


def test_oracle_through_many_instants(seed: int) -> None:
    over(check_steps, seed, 120)
