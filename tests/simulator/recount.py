"""A plain recount of a simulated stream: what an analyst would do with a spreadsheet.

Shares no code with the core. Times in ms; windows are [from, to).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streams.simulator import Delivery

TARGET_MS = 20_000
SHORT_MS = 5_000


@dataclass
class Tally:
    """What happened in one queue."""

    queued: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    callbacks: int = 0
    flowed_out: int = 0
    waited_ms: list[int] = field(default_factory=list)

    @property
    def service_level(self) -> float:
        return self.in_time / max(1, self.answered + self.abandoned)

    @property
    def abandonment(self) -> float:
        offered = self.answered + self.abandoned + self.flowed_out + self.callbacks
        return self.abandoned / max(1, offered)


def events_of(deliveries: Iterable[Delivery]) -> list[dict[str, Any]]:
    """The events as dictionaries, with `ms` beside."""
    found = []
    for delivery in deliveries:
        event = json.loads(delivery.value)
        event["ms"] = ms_of(event["time"])
        event.setdefault("data", {})
        found.append(event)
    return found


def ms_of(text: str) -> int:
    """RFC 3339 → ms since 1970."""
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def tallies(events: Iterable[dict[str, Any]]) -> dict[str, Tally]:
    """Queue → what happened there to inbound legs; "" is everything together."""
    found: dict[str, Tally] = defaultdict(Tally)
    open_legs: dict[str, tuple[str, int]] = {}
    outcomes = {
        "contact.answered": "answered", "contact.abandoned": "abandoned",
        "contact.flowed_out": "flowed_out", "contact.callback_requested": "callbacks",
    }  # fmt: skip
    for event in events:
        subject, type_ = event["subject"], event["type"]
        if type_ == "contact.queued" and event["data"].get("direction") != "outbound":
            queue = event["data"]["queue"]
            open_legs[subject] = (queue, event["ms"])
            for name in ("", queue):
                found[name].queued += 1
        elif type_ in outcomes and subject in open_legs:
            queue, since_ms = open_legs.pop(subject)
            for name in ("", queue):
                _decide(found[name], outcomes[type_], event["ms"] - since_ms)
    return found


def _decide(tally: Tally, outcome: str, wait_ms: int) -> None:
    if outcome == "abandoned" and wait_ms < SHORT_MS:
        outcome = "short"
    setattr(tally, outcome, getattr(tally, outcome) + 1)
    if outcome == "answered":
        tally.in_time += wait_ms <= TARGET_MS
        tally.waited_ms.append(wait_ms)


def state_times(events: Iterable[dict[str, Any]], from_ms: int, to_ms: int) -> Counter[str]:
    """State → ms that all agents together spent in it, in [from, to)."""
    spent: Counter[str] = Counter()
    now: dict[str, tuple[str, int]] = {}
    for event in events:
        if event["type"] == "agent.state_changed":
            _spend(spent, now.get(event["subject"]), event["ms"], from_ms, to_ms)
            now[event["subject"]] = (event["data"]["state"], event["ms"])
    for last in now.values():
        _spend(spent, last, to_ms, from_ms, to_ms)
    return spent


def _spend(
    spent: Counter[str], last: tuple[str, int] | None, until_ms: int, from_ms: int, to_ms: int
) -> None:
    if last is not None:
        state, since_ms = last
        spent[state] += max(0, min(until_ms, to_ms) - max(since_ms, from_ms))


def occupancy(spent: Counter[str]) -> float:
    """Time on contact or wrapping up ÷ (that + available)."""
    busy = spent["on_contact"] + spent["wrapup"]
    return busy / max(1, busy + spent["available"])
