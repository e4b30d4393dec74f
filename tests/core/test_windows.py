"""Windows over panes of a second: what enters, leaves, comes late, and how long a day is."""

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from streams.core.measures import Kind
from streams.core.totals import CountTotals, DurationTotals, TimeTotals
from streams.core.windows import Panes, Span

MINUTE, HOUR = Span("1m", 60), Span("1h", 3600)
TOTAL, PARIS = Span("total"), Span("today", zone="Europe/Paris")
CELL = 7


def count(panes: Panes, window: int, cell: int = CELL) -> int:
    """How many are in that window."""
    series = panes.series[cell]
    assert isinstance(series, CountTotals)
    return series.totals[window]


def local(text: str, zone: str = "Europe/Paris") -> int:
    """Seconds since 1970 of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def test_a_window_holds_its_start_and_not_its_end() -> None:
    panes = Panes((MINUTE,))
    for second in (40, 99, 100):
        panes.add(CELL, Kind.COUNT, second, 0, 1)
    panes.advance(100, 100)
    assert count(panes, 0) == 2
    panes.advance(101, 101)
    assert count(panes, 0) == 2, "the one at 40 left, the one at 100 came"
    panes.advance(160, 160)
    assert count(panes, 0) == 1
    panes.advance(161, 161)
    assert count(panes, 0) == 0


def test_a_late_fact_lands_in_its_own_second_in_every_window_that_holds_it() -> None:
    panes = Panes((MINUTE, HOUR, TOTAL))
    panes.advance(10_000, 10_000)
    panes.add(CELL, Kind.COUNT, 9_000, 0, 1)
    assert [count(panes, window) for window in range(3)] == [0, 1, 1]
    panes.advance(12_599, 12_599)
    assert count(panes, 1) == 1
    panes.advance(12_601, 12_601)
    assert [count(panes, window) for window in range(3)] == [0, 0, 1]


def test_what_no_window_holds_any_more_is_counted_and_dropped() -> None:
    panes = Panes((MINUTE, HOUR))
    panes.advance(10_000, 10_000)
    panes.add(CELL, Kind.COUNT, 6_399, 0, 1)
    panes.add(CELL, Kind.DURATION, 6_399, 500, -2)
    assert panes.too_old == 3
    panes.add(CELL, Kind.COUNT, 6_400, 0, 1)
    assert panes.too_old == 3
    assert count(panes, 1) == 1


def test_time_never_goes_back() -> None:
    panes = Panes((MINUTE,))
    panes.add(CELL, Kind.COUNT, 50, 0, 1)
    panes.advance(100, 100)
    panes.advance(45, 45)
    assert panes.edge == 100
    assert count(panes, 0) == 1


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-10-25", 25), ("2026-03-29", 23), ("2026-06-15", 24)],
    ids=["clock back", "clock forward", "any day"],
)
def test_today_is_the_whole_local_day(day: str, hours: int) -> None:
    """One thing a minute, read every 20 minutes: today holds those since local midnight."""
    panes = Panes((PARIS, TOTAL))
    midnight = local(f"{day}T00:00:00")
    begin = midnight - 7200
    for second in range(begin, midnight + hours * 3600, 60):
        panes.add(CELL, Kind.COUNT, second, 0, 1)
    for now in range(midnight, midnight + hours * 3600, 1200):
        panes.advance(now, now)
        assert count(panes, 0) == (now - midnight) // 60
    end = midnight + hours * 3600
    panes.advance(end - 1, end - 1)
    assert count(panes, 0) == hours * 60
    panes.advance(end, end)
    assert count(panes, 0) == 0, "the next day has begun"
    assert datetime.fromtimestamp(end, ZoneInfo("Europe/Paris")).hour == 0


def test_two_zones_have_two_days() -> None:
    panes = Panes((PARIS, Span("today", zone="Asia/Tokyo")))
    noon = local("2026-11-25T12:00:00")
    for hour in range(24):
        panes.add(CELL, Kind.COUNT, noon - hour * 3600 - 1, 0, 1)
    panes.advance(noon, noon)
    assert [count(panes, window) for window in range(2)] == [12, 20], "in Tokyo it is 20:00"


def test_extremes_are_exact_after_the_longest_has_left() -> None:
    panes = Panes((MINUTE,))
    for second, ms in ((10, 9000), (20, 1), (30, 500)):
        panes.add(CELL, Kind.DURATION, second, ms, 1)
    panes.advance(60, 60)
    series = panes.series[CELL]
    assert isinstance(series, DurationTotals)
    assert series.extremes(0, panes.starts[0], panes.edge) == (1, 9000)
    panes.advance(75, 75)
    assert series.extremes(0, panes.starts[0], panes.edge) == (1, 500)
    panes.add(CELL, Kind.DURATION, 20, 1, -1)
    assert series.extremes(0, panes.starts[0], panes.edge) == (500, 500)


def test_time_in_state_is_booked_where_it_passes() -> None:
    """In a state from 10.5 to 3000: each minute has the part of it that passed in it."""
    panes = Panes((MINUTE,))
    panes.add(CELL, Kind.TIME, 10, 500, 1)
    series = panes.series[CELL]
    assert isinstance(series, TimeTotals)
    spent = []
    for edge in (11, 40, 100, 2000):
        panes.advance(edge, edge)
        spent.append(series.spent_ms(0, panes.starts[0], panes.edge))
    assert spent == [500, 29_500, 60_000, 60_000]
    panes.add(CELL, Kind.TIME, 1990, 0, -1)  # it comes late
    assert series.spent_ms(0, panes.starts[0], panes.edge) == 50_000
    panes.advance(2049, 2049)
    assert series.spent_ms(0, panes.starts[0], panes.edge) == 1_000
    panes.advance(2100, 2100)
    assert series.spent_ms(0, panes.starts[0], panes.edge) == 0


def test_panes_equal_a_plain_recount(seed: int) -> None:
    """Any facts in any order, the edge moving in steps of any size."""
    chance = random.Random(seed)
    for _ in range(40):
        panes, facts, edge = Panes((MINUTE, HOUR, TOTAL)), [], 0
        for _ in range(60):
            second = max(0, edge + chance.choice((-4000, -61, -60, -59, -1, 0, 1, 40)))
            facts.append(second)
            panes.add(CELL, Kind.COUNT, second, 0, 1)
            edge += chance.choice((0, 0, 1, 59, 60, 61, 5000))
            panes.advance(edge, edge)
            for window, seconds in enumerate((60, 3600, 10**9)):
                held = [s for s in facts if edge - seconds <= s < edge]
                assert count(panes, window) == len(held), f"seed {seed}"
        kept = panes.series[CELL].panes
        assert set(kept) == set(facts), "total holds everything"
