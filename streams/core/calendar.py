"""When the centre is open, when its day begins, and how long a window is.

Opening hours are read by the wall clock on the wall: when the clock goes back, an open hour is
open twice; when it goes forward, the skipped hour is never open. All instants are integers since
1970 (UTC): `_ms` milliseconds, `_s` seconds. Zones are named as in the tz database.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_S: Final = 86_400
MAXIMUM_DURATION_S: Final = 3660 * DAY_S
_DAY_MS: Final = DAY_S * 1000
_WEEK_MS: Final = 7 * _DAY_MS
_FIRST_MONDAY_MS: Final = 4 * _DAY_MS
"""5 January 1970, from which wall-clock weeks are counted."""
_UNITS: Final = {"d": DAY_S, "h": 3600, "m": 60, "s": 1}
_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SPAN: Final = re.compile(r"(\d\d?):(\d\d)\s*[-\u2013]\s*(\d\d?):(\d\d)")
"""Of hours; a word processor makes a long dash of the hyphen."""


class Unreadable(ValueError):
    """A text that can't be read: `what` is wrong, `help` says what to do."""

    def __init__(self, what: str, help: str) -> None:
        super().__init__(f"{what}; {help}")
        self.what = what
        self.help = help


# ---- durations and windows


class Window(Struct, frozen=True):
    """A stretch of time that figures are about: `seconds` long, or `today`, or `total`."""

    name: str
    seconds: int | None


def parse_duration(text: str) -> int:
    """Seconds of "90s", "15m", "1h30m" or "7d": whole, at least 1. Raises `Unreadable`."""
    match = _DURATION.fullmatch(text.replace(" ", ""))
    if match is None or not any(match.groups()):
        raise Unreadable(
            f"{text!r} is no duration",
            "write whole numbers with s, m, h or d, such as 15m or 1h30m",
        )
    seconds = sum(
        int(number or 0) * size
        for number, size in zip(match.groups(), _UNITS.values(), strict=True)
    )
    if not 1 <= seconds <= MAXIMUM_DURATION_S:
        raise Unreadable(
            f"{text!r} is out of range", f"choose from 1s to {MAXIMUM_DURATION_S // DAY_S}d"
        )
    return seconds


def parse_window(text: str) -> Window:
    """The window called "15m", "7d", "today" or "total". Raises `Unreadable`."""
    name = text.strip()
    if name in ("today", "total"):
        return Window(name, None)
    try:
        return Window(name, parse_duration(name))
    except Unreadable as error:
        help = f"{error.help}, or today, or total (since the first event)"
        raise Unreadable(error.what.replace("no duration", "no window"), help) from None


# ---- local days


def zone_is_known(zone: str) -> bool:
    """Whether the tz database has that zone."""
    try:
        _zone(zone)
    except (KeyError, ValueError, OSError):  # unknown; not a name; a folder of zones
        return False
    return True


def day_start(at_s: int, zone: str) -> int:
    """The first instant, in seconds, of the local day that is running at `at_s`.

    Right on days of 23, 24 and 25 hours, where midnight is skipped and where a whole day is. A day
    that has begun stays begun, should the clock go back over midnight (St. John's until 2011): days
    follow each other without gap or overlap.
    """
    return _day(at_s, zone)[0]


def next_day_start(at_s: int, zone: str) -> int:
    """The first instant, in seconds, of the next local day: always later than `at_s`."""
    return _day(at_s, zone)[1]


_RECENT: Final[dict[str, tuple[int, int]]] = {}
"""Zone -> the day last asked for, as nearly every question is about the same day again."""


def _day(at_s: int, zone: str) -> tuple[int, int]:
    recent = _RECENT.get(zone)
    if recent is not None and recent[0] <= at_s < recent[1]:
        return recent
    day = _local_day(at_s, zone)
    start, end = _first_instant(day, zone), _first_instant(day + 1, zone)
    if at_s >= end:  # the clock has gone back over midnight
        start, end = end, _first_instant(day + 2, zone)
    _RECENT[zone] = start, end
    return start, end


@lru_cache(maxsize=4096)
def _first_instant(day: int, zone: str) -> int:
    """The first second at which the wall calendar shows that day (counted from 1970) or a later."""
    midnight = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    at_s = int(midnight.replace(tzinfo=_zone(zone), fold=0).timestamp())
    if _local_day(at_s, zone) == day and _local_day(at_s - 1, zone) < day:
        return at_s
    before, after = at_s - 2 * DAY_S, at_s + 2 * DAY_S  # midnight is skipped, or the whole day
    while after - before > 1:
        middle = (before + after) // 2
        if _local_day(middle, zone) >= day:
            after = middle
        else:
            before = middle
    return after


def _local_day(at_s: int, zone: str) -> int:
    return (at_s + _offset_s(at_s, _zone(zone))) // DAY_S


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _offset_s(at_s: int, zone: ZoneInfo) -> int:
    """How far the wall clock is ahead of UTC, in seconds."""
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    assert offset is not None
    return offset.days * DAY_S + offset.seconds


def _steady(from_s: int, to_s: int, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """[from, to) cut where the clock changes: (from, to, offset), in seconds.

    Looking once a day is enough: no two clock changes of one zone are less than three days apart.
    """
    start, offset = from_s, _offset_s(from_s, zone)
    at = from_s
    while at < to_s:
        later = min(at + DAY_S, to_s)
        new = _offset_s(later, zone)
        if new != offset:
            before, after = at, later
            while after - before > 1:
                middle = (before + after) // 2
                if _offset_s(middle, zone) == offset:
                    before = middle
                else:
                    after = middle
            yield start, after, offset
            start, offset = after, new
        at = later
    if start < to_s:
        yield start, to_s, offset


# ---- opening hours


class OpeningHours(Struct, frozen=True):
    """The hours of a week in which a queue is served, as the wall clock shows them.

    `spans` are [from, to) in milliseconds since Monday 00:00, in order, apart from each other.
    """

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, table: Mapping[str, str]) -> "OpeningHours":
        """Hours such as {"mon-fri": "08:00-12:00, 14:00-24:00", "sat": ""}; {} is always closed.

        Raises `Unreadable`.
        """
        given: dict[int, str] = {}
        minutes: list[tuple[int, int]] = []
        for key, text in table.items():
            spans = _parse_spans(key, text)
            for day in _parse_days(key):
                if day in given:
                    what = f"{DAYS[day]} stands in both {given[day]!r} and {key!r}"
                    raise Unreadable(what, "keep one of them")
                given[day] = key
                minutes += [(day * 1440 + start, day * 1440 + end) for start, end in spans]
        return cls(tuple((start * 60_000, end * 60_000) for start, end in _merged(minutes)))

    def is_open(self, at_ms: int, zone: str) -> bool:
        """Whether the wall clock at that instant shows an open time."""
        wall_ms = at_ms + _offset_s(at_ms // 1000, _zone(zone)) * 1000
        since_monday = (wall_ms - _FIRST_MONDAY_MS) % _WEEK_MS
        return any(start <= since_monday < end for start, end in self.spans)

    def open_ms_between(self, from_ms: int, to_ms: int, zone: str) -> int:
        """How many milliseconds of [from, to) are open; 0 when it ends before it begins."""
        if to_ms <= from_ms:
            return 0
        open_ms = 0
        steady = _steady(from_ms // 1000, -(-to_ms // 1000), _zone(zone))
        for start_s, end_s, offset_s in steady:
            start, end = max(start_s * 1000, from_ms), min(end_s * 1000, to_ms)
            open_ms += self._until(end + offset_s * 1000) - self._until(start + offset_s * 1000)
        return open_ms

    def _until(self, wall_ms: int) -> int:
        """Open milliseconds from the first Monday to that reading of the wall clock."""
        weeks, since_monday = divmod(wall_ms - _FIRST_MONDAY_MS, _WEEK_MS)
        whole = sum(end - start for start, end in self.spans)
        running = sum(max(0, min(since_monday, end) - start) for start, end in self.spans)
        return weeks * whole + running


def _parse_days(key: str) -> list[int]:
    """Weekdays of "sat", "mon-fri", "fri-mon" or "mon,wed", Monday being 0."""
    days: list[int] = []
    for part in key.lower().split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        if first not in DAYS or (dash and last not in DAYS):
            raise Unreadable(
                f"{key!r} names no days", f"use {', '.join(DAYS)}, as in mon-fri or mon,wed"
            )
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % 7 + 1 if dash else 1
        days += [(start + n) % 7 for n in range(length)]
    return days


def _parse_spans(key: str, text: str) -> list[tuple[int, int]]:
    """Minutes after midnight of "08:00-12:00, 14:00-24:00"; none of ""."""
    spans: list[tuple[int, int]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _SPAN.fullmatch(part)
        hours = [int(number) for number in match.groups()] if match else []
        if not hours or max(hours[1], hours[3]) > 59 or max(hours[0], hours[2]) > 24:
            raise Unreadable(f"{key}: {part!r} is no span of hours", "write it as 08:00-19:00")
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if end > 1440:
            raise Unreadable(f"{key}: {part!r} ends after 24:00", "end it at 24:00")
        if end <= start:
            raise Unreadable(
                f"{key}: {part!r} ends before it begins",
                "over midnight, end this day at 24:00 and begin the next one at 00:00",
            )
        spans.append((start, end))
    return spans


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same times in order, without overlaps."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged
