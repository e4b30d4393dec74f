"""The event contract as a table, for the types that the simulator tells. Knows no code of ours."""

import re
from collections.abc import Callable, Iterator
from typing import Any

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
REQUIRED = ("specversion", "id", "source", "type", "time", "subject")

Check = Callable[[Any], bool]


def name(value: Any) -> bool:
    """Free text of 1 to 128 characters, trimmed."""
    return isinstance(value, str) and 0 < len(value) <= 128 and value == value.strip()


def duration(value: Any) -> bool:
    """A number of seconds, not negative."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def one_of(*words: str) -> Check:
    """One of these words."""
    return lambda value: value in words


def names(value: Any) -> bool:
    """A list of names."""
    return isinstance(value, list) and all(map(name, value))


FIELDS: dict[str, dict[str, Check]] = {
    "contact.queued": {
        "queue": name, "channel": one_of("voice", "chat"), "customer": name,
        "direction": one_of("inbound", "outbound", "internal"),
        "priority": one_of("low", "normal", "high", "urgent"),
    },
    "contact.offered_to_agent": {"agent": name},
    "contact.ring_no_answer": {"agent": name, "ring_seconds": duration},
    "contact.answered": {"agent": name, "wait_seconds": duration},
    "contact.abandoned": {
        "where": one_of("queue", "ringing", "ivr", "hold", "voicemail"),
        "wait_seconds": duration, "queue": name, "channel": name,
    },
    "contact.flowed_out": {
        "reason": one_of("timeout", "overflow", "key", "empty", "voicemail", "closed"),
        "to": name,
    },
    "contact.callback_requested": {},
    "contact.callback_ended": {
        "outcome": one_of("reached", "not_reached", "cancelled", "expired"), "agent": name,
    },
    "contact.transferred": {
        "to_queue": name, "to_agent": name,
        "mode": one_of("blind", "attended", "self_service"),
    },
    "contact.held": {},
    "contact.resumed": {},
    "contact.ended": {
        "talk_seconds": duration, "hold_seconds": duration,
        "resolved": lambda value: isinstance(value, bool), "cost": duration,
    },
    "contact.wrapup_ended": {"agent": name, "wrapup_seconds": duration},
    "contact.deleted": {},
    "agent.state_changed": {
        "state": one_of(
            "offline", "available", "ringing", "on_contact", "wrapup", "break", "other"
        ),
        "reason": name, "team": name, "queues": names,
    },
    "source.heartbeat": {},
}  # fmt: skip
MUST: dict[str, tuple[str, ...]] = {
    "contact.queued": ("queue",),
    "contact.callback_ended": ("outcome",),
    "agent.state_changed": ("state",),
}


def offences(event: dict[str, Any]) -> Iterator[str]:
    """What in this event is against the contract."""
    for attribute in REQUIRED:
        value = event.get(attribute)
        if not isinstance(value, str) or not value:
            yield f"{attribute} is {value!r}"
    if event.get("specversion") != "1.0":
        yield "specversion"
    if not TIME.fullmatch(str(event.get("time"))):
        yield f"time {event.get('time')!r}"
    data = event.get("data", {})
    known = FIELDS.get(event["type"])
    if known is None:
        yield f"unknown type {event['type']}"
        return
    for field, value in data.items():
        if field not in known or not known[field](value):
            yield f"{event['type']}: {field} = {value!r}"
    for field in MUST.get(event["type"], ()):
        if field not in data:
            yield f"{event['type']} without {field}"
