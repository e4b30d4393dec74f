"""Short time lines for tests: contacts and agents drawn as (second, what happened).

Times are seconds after ten o'clock on 23 November 2026 (UTC); T is given as such a second too.
"""

from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from typing import Any

from tests.oracle import figure_of, recount
from tests.oracle_events import Figure

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
TEN_S = int(TEN.timestamp())
Raw = dict[str, Any]
_ids = numbers()


def event(second: float, kind: str, subject: str = "c1", **data: Any) -> Raw:
    """One CloudEvent at so many seconds after ten; `sequence` goes to the envelope."""
    moment = TEN + timedelta(milliseconds=round(second * 1000))
    raw: Raw = {
        "specversion": "1.0",
        "id": f"e{next(_ids)}",
        "source": "test://pbx",
        "type": kind,
        "time": moment.isoformat(timespec="milliseconds"),
        "subject": subject,
    }
    if "sequence" in data:
        raw["sequence"] = data.pop("sequence")
    raw["data"] = data
    return raw


def contact(subject: str, *steps: tuple[float, str] | tuple[float, str, Raw]) -> list[Raw]:
    """A contact as (second, what) or (second, what, data); queued in "support" unless told."""
    life = []
    for second, what, *more in steps:
        data = dict(more[0]) if more else {}
        if what == "queued":
            data.setdefault("queue", "support")
        life.append(event(second, f"contact.{what}", subject, **data))
    return life


def agent(subject: str, *steps: tuple[float, str] | tuple[float, str, Raw]) -> list[Raw]:
    """An agent as (second, state) or (second, state, data)."""
    return [
        event(second, "agent.state_changed", subject, state=state, **(more[0] if more else {}))
        for second, state, *more in steps
    ]


def figure(
    events: list[Raw],
    kpi: str,
    definition: str = "default",
    *,
    at: int = 3000,
    window: str | int = "total",
    settings: Raw | None = None,
    part: str | None = None,
    stat: str | None = None,
    **grouping: str | None,
) -> Figure:
    """One figure at that second, of everything or of one group."""
    by = tuple(grouping)
    figures = recount(events, settings or {}, TEN_S + at, window, by)
    return figure_of(
        figures, kpi, definition, part=part, stat=stat, grouping=tuple(grouping.items())
    )


def pieces(events: list[Raw], kpi: str, definition: str = "default", **how: Any) -> tuple[Any, ...]:
    """Value, numerator, denominator, samples of that figure."""
    return tuple(figure(events, kpi, definition, **how))


def value(events: list[Raw], kpi: str, definition: str = "default", **how: Any) -> Any:
    """The value of that figure."""
    return figure(events, kpi, definition, **how).value
