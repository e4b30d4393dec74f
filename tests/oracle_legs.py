"""The recount's picture of one leg: one stay of a contact in one queue, and its durations.

Milliseconds throughout. A duration that is unknown or discarded (negative) is None.
"""

from dataclasses import dataclass, field

INBOUND = "inbound"


@dataclass(slots=True)
class NoAnswer:
    """An offer that an agent did not pick up, booked in the queue of its leg."""

    at_ms: int
    agent: str | None
    queue: str
    channel: str
    team: str | None
    direction: str


@dataclass(slots=True)
class Leg:
    """One stay in one queue. Mutable: the walk fills it in as the events come."""

    queue: str
    channel: str
    team: str | None
    direction: str
    queued_ms: int | None  # None: no contact.queued is known for it
    opened_by_transfer: bool = False
    queued_late: bool = False  # its outcome came before its contact.queued
    told_wait_ms: int | None = None  # wait_seconds of the outcome
    outcome: str | None = None  # answered, abandoned, flowed_out, callback
    decided_ms: int | None = None
    agent: str | None = None  # who answered
    ring_ms: int | None = None
    offers: list[tuple[int, str | None]] = field(default_factory=list)
    no_answers: list[tuple[int, str | None]] = field(default_factory=list)
    holds: list[tuple[int, int | None]] = field(default_factory=list)
    transfers: list[tuple[int, str | None]] = field(default_factory=list)  # after its answer
    moved_on: bool = False  # a contact.transferred stands in it, answered or not
    talk_ended_ms: int | None = None
    told_talk_ms: int | None = None
    told_hold_ms: int | None = None
    wrapup_ms: int | None = None
    told_wrapup_ms: int | None = None
    callback_over_ms: int | None = None

    @property
    def in_conversation(self) -> bool:
        """Answered, and the conversation has not ended."""
        return self.outcome == "answered" and self.talk_ended_ms is None

    @property
    def wait_ms(self) -> int | None:
        """Queued → decided; None while undecided, when unknown, and when discarded."""
        if self.decided_ms is None or self.queued_late:
            return None
        if self.queued_ms is None:
            return self.told_wait_ms
        return self.decided_ms - self.queued_ms

    @property
    def wait_began_ms(self) -> int | None:
        """When the wait began, told or derived; None when no wait is known."""
        if self.queued_late:
            return None
        if self.queued_ms is not None:
            return self.queued_ms
        if self.decided_ms is None or self.told_wait_ms is None:
            return None
        return self.decided_ms - self.told_wait_ms

    @property
    def work_ended_ms(self) -> int | None:
        """End of wrap-up (never before the talk's); None while the conversation goes on."""
        if self.talk_ended_ms is None or self.wrapup_ms is None:
            return self.talk_ended_ms
        return max(self.talk_ended_ms, self.wrapup_ms)

    @property
    def hold_ms(self) -> int:
        """Time on hold within the conversation, unless the source told a total."""
        assert self.decided_ms is not None
        assert self.talk_ended_ms is not None
        if self.told_hold_ms is not None:
            return self.told_hold_ms
        total = 0
        for begun, resumed in self.holds:
            until = self.talk_ended_ms if resumed is None else min(resumed, self.talk_ended_ms)
            total += max(0, until - begun)
        return total

    @property
    def talk_ms(self) -> int | None:
        """Conversation without hold, unless told; None when negative (discarded)."""
        assert self.decided_ms is not None
        assert self.talk_ended_ms is not None
        if self.told_talk_ms is not None:
            return self.told_talk_ms
        talk = self.talk_ended_ms - self.decided_ms - self.hold_ms
        return talk if talk >= 0 else None

    @property
    def after_contact_work_ms(self) -> int | None:
        """Wrap-up time, 0 without one, None when negative (discarded)."""
        assert self.talk_ended_ms is not None
        if self.told_wrapup_ms is not None:
            return self.told_wrapup_ms
        if self.wrapup_ms is None:
            return 0
        return self.wrapup_ms - self.talk_ended_ms if self.wrapup_ms >= self.talk_ended_ms else None

    @property
    def handle_ms(self) -> int | None:
        """Talk + hold + after-contact work; None when one of them was discarded."""
        talk, work = self.talk_ms, self.after_contact_work_ms
        return None if talk is None or work is None else talk + self.hold_ms + work
