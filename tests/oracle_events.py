"""The recount's own reading of events, settings and windows: plain, slow, shares no code.

Nothing here imports the product. Times are whole milliseconds since 1970 (UTC); exact numbers
(int, Fraction) everywhere. Written from the event contract and the KPI catalogue alone.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_OF_ALL_MS = -(10**18)

CONTACT_TYPES = (
    "contact.queued",
    "contact.offered_to_agent",
    "contact.ring_no_answer",
    "contact.answered",
    "contact.held",
    "contact.resumed",
    "contact.transferred",
    "contact.callback_requested",
    "contact.flowed_out",
    "contact.abandoned",
    "contact.ended",
    "contact.wrapup_ended",
    "contact.callback_ended",
    "contact.deleted",
)
"""In the order "cause before effect" of kpis.md; the place decides among equal times."""

AGENT_TYPES = ("agent.state_changed",)

DEFAULTS: dict[str, Any] = {
    "answer_target_seconds": 20,
    "short_abandon_seconds": 5,
    "maximum_wait_seconds": 14_400,
    "callback_limit_seconds": 86_400,
}


class Figure(NamedTuple):
    """One figure as a replay line has it; a missing value is None, seconds are exact fractions."""

    value: Fraction | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    samples: Fraction | None = None


FigureKey = tuple[str, str, str | None, str | None]
"""KPI, definition, part, stat."""

Grouping = tuple[tuple[str, str | None], ...]
"""For example (("queue", "support"), ("channel", "voice")); () is everything together."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as told, its time in milliseconds."""

    time_ms: int
    sequence: str
    rank: int
    source: str
    id: str
    type: str
    subject: str
    data: Mapping[str, Any]

    def order(self) -> tuple[int, str, int, str, str]:
        """The order inside a life."""
        return (self.time_ms, self.sequence, self.rank, self.source, self.id)


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end) in milliseconds; the end is the instant T."""

    start_ms: int
    end_ms: int

    def holds(self, at_ms: int | None) -> bool:
        """Whether something booked at that millisecond counts here."""
        return at_ms is not None and self.start_ms <= at_ms < self.end_ms

    def overlap_ms(self, from_ms: int, to_ms: int) -> int:
        """How long [from, to) lies inside the window."""
        return max(0, min(to_ms, self.end_ms) - max(from_ms, self.start_ms))


def milliseconds_of(text: str) -> int:
    """RFC 3339 text with offset → milliseconds since 1970; finer digits are cut."""
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, text
    return (moment - EPOCH) // timedelta(milliseconds=1)


def duration_ms(seconds: float) -> int:
    """A duration field (seconds, fractions allowed) in milliseconds, nearest."""
    return round(Fraction(str(seconds)) * 1000)


def clean(name: str) -> str:
    """A free name as it is compared: Unicode NFC, trimmed."""
    return unicodedata.normalize("NFC", name).strip()


def read(raw: Iterable[Mapping[str, Any]], at_ms: int) -> list[Event]:
    """The known events with time < T, each source + id once (the first read stands)."""
    seen: set[tuple[str, str]] = set()
    events = []
    for envelope in raw:
        key = (envelope["source"], envelope["id"])
        if key in seen:
            continue
        seen.add(key)
        kind = envelope["type"]
        if kind in CONTACT_TYPES:
            rank = CONTACT_TYPES.index(kind)
        elif kind in AGENT_TYPES:
            rank = 0
        else:
            continue
        time_ms = milliseconds_of(envelope["time"])
        if time_ms < at_ms:
            events.append(
                Event(
                    time_ms,
                    envelope.get("sequence") or "",
                    rank,
                    envelope["source"],
                    envelope["id"],
                    kind,
                    envelope["subject"],
                    envelope.get("data") or {},
                )
            )
    return events


def by_subject(events: Iterable[Event], family: str) -> dict[str, list[Event]]:
    """The lives of a family ("contact", "agent"), each in the order inside a life."""
    lives: dict[str, list[Event]] = {}
    for event in events:
        if event.type.startswith(family + "."):
            lives.setdefault(event.subject, []).append(event)
    for life in lives.values():
        life.sort(key=Event.order)
    return lives


class Settings:
    """The few settings that figures depend on, in the shape of vigie.toml as a dict."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.site = settings.get("site", {})
        self.defaults = settings.get("defaults", {})
        self.queues = {clean(name): keys for name, keys in settings.get("queues", {}).items()}
        self.groups = {
            name: {self.queue(queue) for queue in keys["queues"]}
            for name, keys in settings.get("groups", {}).items()
        }

    def queue(self, name: str | None) -> str:
        """The queue's own name for what an event calls it (aliases; nothing → unassigned)."""
        cleaned = clean(name or "")
        for queue, keys in self.queues.items():
            if cleaned in [clean(alias) for alias in keys.get("aliases", [])]:
                return queue
        return cleaned or "unassigned"

    def of_queue(self, queue: str, key: str) -> Any:
        """A setting of a queue: its own, else the [defaults], else the shipped one, else None."""
        for place in (self.queues.get(queue, {}), self.defaults, DEFAULTS):
            if key in place:
                return place[key]
        return None

    def limit_ms(self, queue: str, key: str) -> int:
        """A limit of a queue, in milliseconds."""
        return duration_ms(self.of_queue(queue, key))

    def groups_of(self, queues: Iterable[str]) -> list[str]:
        """The configured groups that hold at least one of these queues, each once."""
        mine = set(queues)
        return sorted(name for name, members in self.groups.items() if members & mine)

    def zone(self, grouping: Grouping) -> ZoneInfo:
        """The time zone of a group: the one that all its queues share, else the site's."""
        site = self.site.get("time_zone", "UTC")
        place = dict(grouping)
        queues = self.groups.get(place.get("group") or "", set())
        if (queue := place.get("queue")) is not None:
            queues = {queue}
        zones = {self.of_queue(queue, "time_zone") or site for queue in queues}
        return ZoneInfo(zones.pop() if len(zones) == 1 else site)


UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def window_of(name: str | int, at_ms: int, zone: ZoneInfo) -> Window:
    """Of "15m", "today", "total" or a number of seconds: the window that ends at T."""
    if name == "total":
        return Window(FIRST_OF_ALL_MS, at_ms)
    if name == "today":
        day = (EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone).date()
        midnight = datetime.combine(day, time.min, tzinfo=zone)
        return Window((midnight.astimezone(UTC) - EPOCH) // timedelta(milliseconds=1), at_ms)
    if isinstance(name, str):
        return Window(at_ms - int(name[:-1]) * UNIT_SECONDS[name[-1]] * 1000, at_ms)
    return Window(at_ms - name * 1000, at_ms)


# ------------------------------------------------------------------ the shapes of figures


def seconds(ms: int) -> Fraction:
    """Milliseconds as exact seconds."""
    return Fraction(ms, 1000)


def count(things: Iterable[object]) -> Figure:
    """How many: always a number."""
    return Figure(Fraction(len(list(things))))


def ratio(part: int | Fraction, whole: int | Fraction) -> Figure:
    """Part ÷ whole; no value when there is no whole."""
    value = Fraction(part) / Fraction(whole) if whole else None
    return Figure(value, Fraction(part), Fraction(whole), Fraction(whole))


def nearest_rank_ms(samples: list[int], percent: int) -> int:
    """The smallest value with at least p % of the values at or below it."""
    needed = -(-percent * len(samples) // 100)
    return sorted(samples)[needed - 1]


def largest(samples: list[int]) -> Figure:
    """The longest of some durations."""
    n = Fraction(len(samples))
    return Figure(seconds(max(samples)) if samples else None, None, None, n)


def mean_and_percentiles(
    kpi: str, definition: str, durations: Iterable[int | None]
) -> dict[FigureKey, Figure]:
    """Mean, p50, p90, p95 and max of the durations that are known and not negative."""
    samples = [ms for ms in durations if ms is not None and ms >= 0]
    n = Fraction(len(samples))
    total = seconds(sum(samples))
    figures: dict[FigureKey, Figure] = {
        (kpi, definition, None, "mean"): Figure(total / n if n else None, total, n, n),
        (kpi, definition, None, "max"): largest(samples),
    }
    for percent in (50, 90, 95):
        value = seconds(nearest_rank_ms(samples, percent)) if samples else None
        figures[kpi, definition, None, f"p{percent}"] = Figure(value, None, None, n)
    return figures
