"""What Vigie adds up: every measure has one of four kinds and one name.

A fact is an additive integer at (group, measure, second, x). What x means follows from the kind:

- COUNT     x = 0, the integer is the number of things that happened in that second
- DURATION  x = length in ms, the integer is how many had that length (a sparse multiset)
- LEVEL     second and x (ms within it) = the instant since when something stands; +1 / -1
- TIME      second and x (ms within it) = the instant of an edge; +1 entered, -1 left

Names are the names of metrics too (monitoring.md), so they are API.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Kind(IntEnum):
    """The four kinds of measure."""

    COUNT = 0
    DURATION = 1
    LEVEL = 2
    TIME = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is added up.

    `whole` measures don't add over queues (an agent serves several): they are booked once for
    everything, once per queue and once per configured group. `label` makes several measures one
    metric family: ("agents", "state", "available") is `contact_center_agents{state="available"}`.
    """

    name: str
    kind: Kind
    unit: str
    help: str
    whole: bool = False
    label: tuple[str, str, str] | None = None


MEASURES: Final[dict[str, Measure]] = {}
NUMBERS: Final[dict[str, int]] = {}
"""Name -> place in MEASURES; a process's own numbering, never stored without its names."""


def _declare(
    name: str,
    kind: Kind,
    unit: str,
    text: str,
    *,
    whole: bool = False,
    label: tuple[str, str, str] | None = None,
) -> Measure:
    measure = Measure(name, kind, unit, text, whole, label)
    NUMBERS[name] = len(MEASURES)
    MEASURES[name] = measure
    return measure


def _count(name: str, text: str, unit: str = "contacts") -> Measure:
    return _declare(name, Kind.COUNT, unit, text)


def _duration(name: str, text: str, *, whole: bool = False) -> Measure:
    return _declare(name, Kind.DURATION, "seconds", text, whole=whole)


def _level(name: str, text: str) -> Measure:
    return _declare(name, Kind.LEVEL, "contacts", text)


# ---- contacts: arrivals and outcomes of legs
CONTACTS_QUEUED = _count("contacts_queued", "Legs that started to wait.")
CONTACTS_ANSWERED = _count("contacts_answered", "Legs that an agent took.")
CONTACTS_ABANDONED = _count(
    "contacts_abandoned", "Legs left by the customer at or after the short limit."
)
CONTACTS_SHORT_ABANDONED = _count(
    "contacts_short_abandoned", "Legs left by the customer before the short limit."
)
CONTACTS_FLOWED_OUT = _count("contacts_flowed_out", "Legs that left the queue without an answer.")
CALLBACKS_REQUESTED = _count("callbacks_requested", "Legs that became a request to be called back.")
TRANSFERRED_IN = _count("transferred_in", "Decided legs (not short) that a transfer had opened.")
RING_NO_ANSWERS = _count("ring_no_answers", "Offers to an agent that were not picked up.", "offers")

# ---- contacts: against the answer target
ANSWERED_WITHIN_TARGET = _count("answered_within_target", "Legs answered within the target.")
ABANDONED_WITHIN_TARGET = _count(
    "abandoned_within_target", "Legs abandoned within the target, short ones left out."
)
CALLBACKS_WITHIN_TARGET = _count("callbacks_within_target", "Callbacks asked for in the target.")
FLOWED_OUT_WITHIN_TARGET = _count("flowed_out_within_target", "Legs flowed out in the target.")
TARGET_MISSED = _count(
    "target_missed", "Legs still waiting when the target passed, at that very second."
)
TARGET_MISSED_LEFT = _count(
    "target_missed_left", "Missed legs that later flowed out or became a callback."
)

# ---- contacts: work, at its end
CONTACTS_HANDLED = _count("contacts_handled", "Answered legs whose work has ended.")
CONTACTS_TRANSFERRED = _count("contacts_transferred", "Handled legs that were transferred.")
SELF_SERVICE_TRANSFERRED = _count(
    "self_service_transferred", "Answered legs moved on to self-service, at their answer."
)

# ---- contacts: durations
WAIT = _duration("wait", "Wait of answered legs, at the answer.")
WAIT_ABANDONED = _duration("wait_abandoned", "Wait of abandoned legs, short ones left out.")
WAIT_LEFT = _duration("wait_left", "Wait of short, flowed-out and callback legs.")
RING = _duration("ring", "From the agent's first ring to the answer.")
HANDLE = _duration("handle", "Talk, hold and after-contact work of handled legs.")
HANDLE_WITH_WAIT = _duration("handle_with_wait", "The same with the wait before it.")
TALK = _duration("talk", "Conversation of handled legs, hold left out.")
HOLD = _duration("hold", "Hold of handled legs, zero included.")
AFTER_CONTACT_WORK = _duration("after_contact_work", "Work after the talk, zero included.")

# ---- contacts: live
CONTACTS_WAITING = _level("contacts_waiting", "Legs waiting now, since when.")
CONTACTS_IN_PROGRESS = _level("contacts_in_progress", "Conversations now, since when.")
CALLBACKS_WAITING = _level("callbacks_waiting", "Customers who wait to be called back.")

# ---- contacts: what had to be put aside
GHOSTS = _count("ghosts", "Legs that waited longer than anybody does: their end was never told.")
DISCARDED_DURATIONS = _count(
    "discarded_durations", "Negative durations, thrown away; the contact still counts.", "durations"
)

# ---- agents
AGENT_STATES: Final = ("available", "ringing", "on_contact", "wrapup", "break", "other")
"""The states of somebody who is logged in; offline is none of them."""
TIMED_STATES: Final = ("available", "on_contact", "wrapup")

AGENTS: Final[dict[str, Measure]] = {
    state: _declare(
        f"agents_{state}",
        Kind.LEVEL,
        "agents",
        f"Agents in the state {state}, since when.",
        whole=True,
        label=("agents", "state", state),
    )
    for state in AGENT_STATES
}
AGENT_TIME: Final[dict[str, Measure]] = {
    state: _declare(
        f"agent_time_{state}",
        Kind.TIME,
        "seconds",
        f"Time that agents spent in the state {state}.",
        whole=True,
        label=("agent_time", "state", state),
    )
    for state in TIMED_STATES
}
IDLE = _duration("idle", "Available time before a contact, at the contact.", whole=True)

ORDERED: Final[tuple[Measure, ...]] = tuple(MEASURES.values())
"""Place -> measure."""
