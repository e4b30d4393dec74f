"""The types of events that the contract knows, and what each of them may carry.

A type's number is its permanent mark in stored lives and its rank among equal times: cause before
effect. New types are appended.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

MAXIMUM_SECONDS: Final = 10 * 366 * 86400

Seconds = Annotated[float, Meta(ge=0, le=MAXIMUM_SECONDS)]
Share = Annotated[float, Meta(ge=0)]


class Common(Struct, kw_only=True, gc=False):
    """What any event may say about where it happened. Names are trimmed, NFC."""

    queue: str | None = None
    channel: str | None = None
    team: str | None = None
    agent: str | None = None
    customer: str | None = None


class Queued(Common, kw_only=True, gc=False):
    """The contact starts to wait for an agent."""

    queue: str
    direction: Literal["inbound", "outbound", "internal"] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None


class RingNoAnswer(Common, kw_only=True, gc=False):
    """An agent did not pick up."""

    ring_seconds: Seconds | None = None


class Answered(Common, kw_only=True, gc=False):
    """An agent took the contact; the wait counts only where no `queued` is known."""

    wait_seconds: Seconds | None = None


class Abandoned(Common, kw_only=True, gc=False):
    """The customer left before an answer."""

    where: Literal["queue", "ringing", "ivr", "hold", "voicemail"] | None = None
    wait_seconds: Seconds | None = None


class FlowedOut(Common, kw_only=True, gc=False):
    """The contact left the queue without answer and without hanging up."""

    reason: Literal["timeout", "overflow", "key", "empty", "voicemail", "closed"] | None = None
    to: str | None = None


class CallbackEnded(Common, kw_only=True, gc=False):
    """How a promised callback ended."""

    outcome: Literal["reached", "not_reached", "cancelled", "expired"]


class Transferred(Common, kw_only=True, gc=False):
    """The answered contact moves on."""

    to_queue: str | None = None
    to_agent: str | None = None
    mode: Literal["blind", "attended", "self_service"] | None = None


class Ended(Common, kw_only=True, gc=False):
    """The conversation is over; given totals override the computed ones."""

    talk_seconds: Seconds | None = None
    hold_seconds: Seconds | None = None
    resolved: bool | None = None
    cost: Share | None = None


class WrapupEnded(Common, kw_only=True, gc=False):
    """The work after the contact is over."""

    wrapup_seconds: Seconds | None = None


class StateChanged(Common, kw_only=True, gc=False):
    """An agent's state, which holds until the next one."""

    state: Literal["offline", "available", "ringing", "on_contact", "wrapup", "break", "other"]
    reason: str | None = None
    queues: list[str] | None = None


Data = type[Common]


class Kind(Struct, frozen=True):
    """One type of event: its number in stored lives, its life, its place among equal times."""

    number: int
    type: str
    family: Literal["contact", "agent", "source"]
    rank: int
    data: Data
    required: bool


def _kinds() -> tuple[Kind, ...]:
    rows: list[tuple[str, Data, bool]] = [
        ("contact.queued", Queued, True),
        ("contact.offered_to_agent", Common, False),
        ("contact.ring_no_answer", RingNoAnswer, False),
        ("contact.answered", Answered, False),
        ("contact.held", Common, False),
        ("contact.resumed", Common, False),
        ("contact.transferred", Transferred, False),
        ("contact.callback_requested", Common, False),
        ("contact.flowed_out", FlowedOut, False),
        ("contact.abandoned", Abandoned, False),
        ("contact.ended", Ended, False),
        ("contact.wrapup_ended", WrapupEnded, False),
        ("contact.callback_ended", CallbackEnded, True),
        ("contact.deleted", Common, False),
        ("agent.state_changed", StateChanged, True),
        ("source.heartbeat", Common, False),
    ]
    families: dict[str, Literal["contact", "agent", "source"]] = {
        "contact": "contact",
        "agent": "agent",
        "source": "source",
    }
    return tuple(
        Kind(n, name, families[name.split(".")[0]], n, data, required)
        for n, (name, data, required) in enumerate(rows)
    )


KINDS: Final = _kinds()
"""By number, which is also the rank: cause before effect. New kinds are appended."""
BY_TYPE: Final = {kind.type: kind for kind in KINDS}
(
    QUEUED,
    OFFERED,
    NO_ANSWER,
    ANSWERED,
    HELD,
    RESUMED,
    TRANSFERRED,
    CALLBACK_REQUESTED,
    FLOWED_OUT,
    ABANDONED,
    ENDED,
    WRAPUP_ENDED,
    CALLBACK_ENDED,
    DELETED,
    STATE_CHANGED,
    HEARTBEAT,
) = range(len(KINDS))
