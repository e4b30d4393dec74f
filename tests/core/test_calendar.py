"""Opening hours, local days and windows, held beside a walk of the wall clock minute by minute."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.calendar import (
    DAYS,
    OpeningHours,
    Unreadable,
    Window,
    day_start,
    next_day_start,
    parse_duration,
    parse_window,
    zone_is_known,
)

CLOCK_CHANGES = [
    # zone, local days around which the clock changes (or a day is skipped)
    ("Europe/Paris", date(2026, 3, 29)),  # 02:00 -> 03:00, 23 hours
    ("Europe/Paris", date(2026, 10, 25)),  # 03:00 -> 02:00, 25 hours
    ("America/Sao_Paulo", date(2017, 10, 15)),  # 00:00 -> 01:00, no midnight
    ("America/Sao_Paulo", date(2018, 2, 17)),  # 24:00 -> 23:00, the hour before midnight twice
    ("America/Havana", date(2025, 11, 2)),  # 01:00 -> 00:00, midnight twice
    ("America/Toronto", date(1919, 3, 30)),  # 23:30 -> 00:30, midnight inside the gap
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Asia/Kathmandu", date(1986, 1, 1)),  # +05:30 -> +05:45
    ("Pacific/Apia", date(2011, 12, 30)),  # the day that was left out
]
WEEK = {
    "mon-fri": "08:00-12:00, 14:00-18:30",
    "sat": "00:00-02:45,23:00-24:00",
    "sun": "02:15-03:10",
}
WALK = {0: [], 5: [(0, 165), (1380, 1440)], 6: [(135, 190)]} | {
    day: [(480, 720), (840, 1110)] for day in range(5)
}
"""The same week as minutes of each day, for the walk."""


def seconds(text: str) -> int:
    """Seconds since 1970 of a time with offset."""
    return int(datetime.fromisoformat(text).timestamp())


def wall(at_s: int, zone: str) -> datetime:
    """What the clock on the wall shows."""
    return datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo(zone))


def open_on_the_wall(at_s: int, zone: str, week: dict[int, list[tuple[int, int]]]) -> bool:
    """Whether the wall clock shows an open minute, by the plainest reading."""
    shown = wall(at_s, zone)
    minute = shown.hour * 60 + shown.minute
    return any(start <= minute < end for start, end in week.get(shown.weekday(), []))


def noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())


# ---- hours


@pytest.mark.parametrize(("zone", "day"), CLOCK_CHANGES)
def test_open_minutes_agree_with_a_walk_around_a_clock_change(zone: str, day: date) -> None:
    hours = OpeningHours.parse(WEEK)
    first, last = noon(day) - 2 * 86_400, noon(day) + 2 * 86_400
    walked = 0
    for at in range(first, last, 60):
        is_open = open_on_the_wall(at, zone, WALK)
        assert hours.is_open(at * 1000, zone) is is_open, wall(at, zone)
        walked += 60_000 * is_open
    assert hours.open_ms_between(first * 1000, last * 1000, zone) == walked
    assert 0 < walked < (last - first) * 1000


spans = st.lists(st.tuples(st.integers(0, 1438), st.integers(1, 1440)), max_size=3).map(
    lambda pairs: [(min(a, b), max(a, b)) for a, b in pairs if a != b]
)
weeks = st.dictionaries(st.integers(0, 6), spans)


def as_text(spans: list[tuple[int, int]]) -> str:
    clock = "{:02d}:{:02d}".format
    return ", ".join(f"{clock(*divmod(a, 60))}-{clock(*divmod(b, 60))}" for a, b in spans)


@settings(max_examples=60, deadline=None)
@given(
    week=weeks,
    where=st.sampled_from(CLOCK_CHANGES),
    start=st.integers(-3000, 3000),
    minutes=st.integers(0, 2000),
    cut_ms=st.integers(0, 59_999),
)
def test_any_hours_in_any_zone_agree_with_a_walk(
    week: dict[int, list[tuple[int, int]]],
    where: tuple[str, date],
    start: int,
    minutes: int,
    cut_ms: int,
) -> None:
    zone, day = where
    hours = OpeningHours.parse({DAYS[d]: as_text(spans) for d, spans in week.items()})
    from_s = noon(day) + start * 60
    walked = [open_on_the_wall(from_s + 60 * n, zone, week) for n in range(minutes + 1)]
    from_ms, to_ms = from_s * 1000 + cut_ms, (from_s + 60 * minutes) * 1000 + cut_ms
    expected = sum(walked[:-1]) * 60_000 + cut_ms * (walked[-1] - walked[0])
    assert hours.open_ms_between(from_ms, to_ms, zone) == expected
    assert hours.is_open(from_ms, zone) is walked[0]


def test_hours_add_up_over_many_years() -> None:
    hours = OpeningHours.parse(WEEK)
    random.seed(20)
    cuts = sorted(random.randrange(0, 2_000_000_000_000) for _ in range(200))
    whole = hours.open_ms_between(cuts[0], cuts[-1], "Europe/Paris")
    parts = [hours.open_ms_between(a, b, "Europe/Paris") for a, b in pairwise(cuts)]
    assert sum(parts) == whole > 0


def test_the_edges_of_a_span_are_open_then_closed() -> None:
    hours = OpeningHours.parse({"mon": "08:00-12:00"})
    at = seconds("2026-11-23T08:00:00+01:00") * 1000  # a Monday
    assert [hours.is_open(ms, "Europe/Paris") for ms in (at - 1, at, at + 14_400_000 - 1)] == [
        False,
        True,
        True,
    ]
    assert not hours.is_open(at + 14_400_000, "Europe/Paris")
    assert not hours.is_open(at, "America/New_York")


def test_nothing_said_is_always_closed_and_a_full_week_always_open() -> None:
    at = seconds("2026-11-23T08:00:00+01:00") * 1000
    closed, full = OpeningHours.parse({}), OpeningHours.parse({"mon-sun": "00:00-24:00"})
    assert not closed.is_open(at, "UTC")
    assert closed.open_ms_between(at, at + 10**9, "UTC") == 0
    assert full.is_open(at, "UTC")
    assert full.open_ms_between(at, at + 10**9, "Europe/Paris") == 10**9
    assert full.open_ms_between(at, at - 1, "UTC") == 0


def test_ways_to_write_the_same_hours() -> None:
    plain = OpeningHours.parse(dict.fromkeys(("fri", "sat", "sun", "mon"), "08:00-12:00"))
    assert OpeningHours.parse({"fri-mon": "8:00-10:00,10:00 - 12:00"}) == plain
    unsorted = {"Fri,sat-sun": "09:00-12:00, 08:00-11:00", "mon": "08:00\N{EN DASH}12:00"}
    assert OpeningHours.parse(unsorted) == plain
    assert hash(plain) == hash(OpeningHours.parse({"fri-mon": "08:00-12:00", "tue": ""}))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"monday": "08:00-12:00"}, "'monday' names no days; use mon, tue, .* as in mon-fri"),
        ({"mon-": "08:00-12:00"}, "'mon-' names no days"),
        ({"mon": "8-12"}, "mon: '8-12' is no span of hours; write it as 08:00-19:00"),
        ({"mon": "08:60-12:00"}, "is no span of hours"),
        ({"mon": "25:00-26:00"}, "is no span of hours"),
        ({"mon": "08:00-24:30"}, "mon: '08:00-24:30' ends after 24:00; end it at 24:00"),
        ({"mon": "22:00-06:00"}, "ends before it begins; over midnight, end this day at 24:00"),
        ({"mon": "08:00-08:00"}, "ends before it begins"),
        (
            {"mon-fri": "08:00-12:00", "wed": "08:00-10:00"},
            "wed stands in both 'mon-fri' and 'wed'; keep one of them",
        ),
    ],
)
def test_hours_that_cannot_be_read_say_why(table: dict[str, str], message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        OpeningHours.parse(table)


# ---- days


@pytest.mark.parametrize(("zone", "day"), CLOCK_CHANGES)
def test_days_begin_when_the_wall_calendar_turns(zone: str, day: date) -> None:
    """A second is the start of a day iff the date shown at it is not that of the second before."""
    first, last = noon(day) - 2 * 86_400, noon(day) + 2 * 86_400
    turned = [
        at for at in range(first, last, 60) if wall(at, zone).date() != wall(at - 60, zone).date()
    ]
    starts = sorted(
        {day_start(at, zone) for at in range(first, last, 60)} - {day_start(first, zone)}
    )
    assert starts == turned
    for at in range(first, last, 60):
        begun, after = day_start(at, zone), next_day_start(at, zone)
        assert begun <= at < after
        assert wall(begun, zone).date() == wall(at, zone).date() == wall(after - 1, zone).date()
        assert day_start(begun, zone) == begun
        assert day_start(after, zone) == after


@pytest.mark.parametrize(
    ("at", "zone", "start", "hours"),
    [
        ("2026-03-29T12:00+02:00", "Europe/Paris", "2026-03-29T00:00+01:00", 23),
        ("2026-10-25T12:00+01:00", "Europe/Paris", "2026-10-25T00:00+02:00", 25),
        ("2017-10-15T12:00-02:00", "America/Sao_Paulo", "2017-10-15T01:00-02:00", 23),
        ("2018-02-17T23:30-03:00", "America/Sao_Paulo", "2018-02-17T00:00-02:00", 25),
        ("2011-12-29T12:00-10:00", "Pacific/Apia", "2011-12-29T00:00-10:00", 24),
        ("2011-12-31T12:00+14:00", "Pacific/Apia", "2011-12-31T00:00+14:00", 24),
        ("2026-06-01T00:00+05:45", "Asia/Kathmandu", "2026-06-01T00:00+05:45", 24),
    ],
)
def test_known_days(at: str, zone: str, start: str, hours: int) -> None:
    assert day_start(seconds(at), zone) == seconds(start)
    assert next_day_start(seconds(at), zone) == seconds(start) + hours * 3600


def test_a_day_that_has_begun_stays_begun_when_the_clock_goes_back_over_midnight() -> None:
    """St. John's, 2 November 2008: 00:01 of Sunday is followed by 23:01 of Saturday."""
    zone = "America/St_Johns"
    midnight = seconds("2008-11-02T00:00-02:30")
    again = seconds("2008-11-01T23:30-03:30")
    assert wall(again, zone).date() == date(2008, 11, 1)
    assert day_start(again, zone) == day_start(midnight + 30, zone) == midnight
    assert next_day_start(midnight - 1, zone) == midnight
    assert next_day_start(again, zone) == seconds("2008-11-03T00:00-03:30")


@settings(max_examples=200, deadline=None)
@given(
    at=st.integers(seconds("1970-01-02T00:00Z"), seconds("2037-12-30T00:00Z")),
    zone=st.sampled_from(["Europe/Paris", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Gaza"]),
)
def test_the_day_of_any_instant_begins_at_its_first_second(at: int, zone: str) -> None:
    begun, after = day_start(at, zone), next_day_start(at, zone)
    assert begun <= at < after
    today = wall(at, zone).date()
    assert wall(begun, zone).date() == today
    assert wall(begun - 1, zone).date() < today < wall(after, zone).date()
    assert wall(after, zone).date() - today == timedelta(days=1)


def test_zones_are_looked_up_in_the_tz_database() -> None:
    assert zone_is_known("Asia/Kathmandu")
    assert not any(zone_is_known(zone) for zone in ("Mars/Base", "", "Europe", "../etc/passwd"))


# ---- durations and windows


@pytest.mark.parametrize(
    ("text", "expected"),
    [("45s", 45), ("15m", 900), ("1h", 3600), ("1h30m", 5400), ("1h 30m", 5400), ("7d", 604_800)],
)
def test_durations(text: str, expected: int) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "15", "m", "1.5h", "-5m", "5 minutes", "30m1h", "15M"])
def test_no_durations(text: str) -> None:
    with pytest.raises(Unreadable, match="is no duration; write whole numbers with s, m, h or d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0s", "0h0m", "4000d", "99999999999999d"])
def test_durations_out_of_range(text: str) -> None:
    with pytest.raises(Unreadable, match="is out of range; choose from 1s to 3660d"):
        parse_duration(text)


def test_windows() -> None:
    assert parse_window("15m") == Window("15m", 900)
    assert parse_window(" today ") == Window("today", None)
    assert parse_window("total") == Window("total", None)
    with pytest.raises(Unreadable, match=r"'tomorrow' is no window; .*, or today, or total"):
        parse_window("tomorrow")
