"""One leg of a contact: what it books when it opens, is decided, is worked on and ends.

Functions over `Leg`; each adds facts to `out`. A fact that must change later is taken back by
booking its opposite: the leg remembers what it booked for its decision and for its work.
"""

from enum import Enum
from typing import Any, Final

from streams.core.facts import MEASURE_BITS, Fact, Group
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import NUMBERS


class Phase(Enum):
    """Where a leg is."""

    WAITING = 0
    TALKING = 1
    OVER = 2


class Outcome(Enum):
    """How a leg left the queue."""

    ANSWERED = 0
    ABANDONED = 1
    FLOWED_OUT = 2
    CALLBACK = 3


(
    _QUEUED, _WAITING, _ANSWERED, _PROGRESS, _ABANDONED, _SHORT, _FLOWED, _CALLBACKS,
    _CALLBACKS_WAITING, _IN, RING_NO_ANSWERS, _HIT, _ABANDONED_IN, _CALLBACK_IN, _FLOWED_IN,
    _MISSED, _MISSED_LEFT, _HANDLED, _TRANSFERRED, _SELF_SERVICE, _WAIT, _WAIT_ABANDONED,
    _WAIT_LEFT, _RING, _HANDLE, _HANDLE_WITH_WAIT, _TALK, _HOLD, _WORK, _GHOSTS, _DISCARDED,
) = (
    NUMBERS[name]
    for name in (
        "contacts_queued", "contacts_waiting", "contacts_answered", "contacts_in_progress",
        "contacts_abandoned", "contacts_short_abandoned", "contacts_flowed_out",
        "callbacks_requested", "callbacks_waiting", "transferred_in", "ring_no_answers",
        "answered_within_target", "abandoned_within_target", "callbacks_within_target",
        "flowed_out_within_target", "target_missed", "target_missed_left", "contacts_handled",
        "contacts_transferred", "self_service_transferred", "wait", "wait_abandoned", "wait_left",
        "ring", "handle", "handle_with_wait", "talk", "hold", "after_contact_work", "ghosts",
        "discarded_durations",
    )
)  # fmt: skip
NEVER: Final = 1 << 62


class Leg:
    """One wait for an agent and what came of it. Times and lengths in ms."""

    __slots__ = (
        "agent", "answered_group", "around", "by_transfer", "callback_open",
        "captured", "cell", "decision", "ended_ms", "ghost", "group", "held_since_ms", "hold_given",
        "holds", "known", "left_ms", "missed", "moved_on", "muted", "offers", "outcome", "phase", "queued_ms",
        "self_service", "talk_given", "transferred_ms", "wait_ms", "work", "wrapup_given",
        "wrapup_ms",
    )  # fmt: skip

    def __init__(self, group: Group, around: Surroundings, captured: tuple[Any, ...]) -> None:
        self.group, self.around, self.captured = group, around, captured
        self.cell = around.groups.number(group) << MEASURE_BITS
        self.answered_group = self.cell
        self.phase, self.outcome = Phase.WAITING, None
        self.queued_ms = self.left_ms = 0
        self.known, self.muted, self.by_transfer = True, False, False
        self.missed = self.ghost = self.self_service = self.moved_on = False
        self.callback_open = False
        self.agent: str | None = None
        self.offers: list[tuple[int, str | None]] = []
        self.wait_ms: int | None = None
        self.transferred_ms: int | None = None
        self.held_since_ms: int | None = None
        self.holds: list[tuple[int, int]] = []
        self.ended_ms: int | None = None
        self.talk_given: int | None = None
        self.hold_given: int | None = None
        self.wrapup_ms: int | None = None
        self.wrapup_given: int | None = None
        self.decision: list[Fact] = []
        self.work: list[Fact] = []

    outcome: Outcome | None

    @property
    def queue(self) -> str | None:
        """The queue that the leg waits in."""
        return self.group.queue

    @property
    def open(self) -> bool:
        """Whether somebody still waits, talks or is to be called back."""
        waiting = self.phase is Phase.WAITING and not self.ghost
        return waiting or self.phase is Phase.TALKING or self.callback_open

    def regroup(self, group: Group, captured: tuple[Any, ...]) -> None:
        """Moves the leg to the queue that a late `queued` names."""
        self.group, self.captured = group, captured
        self.cell = self.answered_group = self.around.groups.number(group) << MEASURE_BITS


def start(leg: Leg, at_ms: int, out: list[Fact]) -> None:
    """The leg starts to wait."""
    leg.queued_ms = at_ms
    if not leg.muted:
        second, rest = divmod(at_ms, 1000)
        out.append((leg.cell | _QUEUED, second, 0, 1))
        out.append((leg.cell | _WAITING, second, rest, 1))


def due_ms(leg: Leg) -> int:
    """The next instant at which time alone changes this leg."""
    if leg.muted:
        return NEVER
    if leg.phase is Phase.WAITING and not leg.ghost:
        length: int = leg.captured[2] if leg.missed else min(leg.captured[0], leg.captured[2])
        return leg.queued_ms + length
    if leg.callback_open:
        return leg.left_ms + int(leg.captured[3])
    return NEVER


def fire(leg: Leg, now_ms: int, out: list[Fact]) -> None:
    """Books what is due before `now_ms`."""
    if leg.muted:
        return
    if leg.phase is Phase.WAITING:
        target, ghost = leg.queued_ms + leg.captured[0], leg.queued_ms + leg.captured[2]
        if not leg.missed and now_ms > target and target <= ghost:
            leg.missed = True
            out.append((leg.cell | _MISSED, target // 1000, 0, 1))
        if not leg.ghost and now_ms > ghost:
            leg.ghost = True
            out.append((leg.cell | _GHOSTS, ghost // 1000, 0, 1))
            out.append(_waiting(leg, -1))
    elif leg.callback_open and now_ms > leg.left_ms + leg.captured[3]:
        end_callback(leg, out)


def _waiting(leg: Leg, n: int) -> Fact:
    second, rest = divmod(leg.queued_ms, 1000)
    return (leg.cell | _WAITING, second, rest, n)


def decide(
    leg: Leg, outcome: Outcome, at_ms: int, out: list[Fact], *, given_ms: int | None = None
) -> None:
    """The leg leaves the queue. `given_ms`: the source's wait, used when no `queued` is known."""
    leg.outcome, leg.left_ms = outcome, at_ms
    leg.phase = Phase.TALKING if outcome is Outcome.ANSWERED else Phase.OVER
    leg.wait_ms = at_ms - leg.queued_ms if leg.known else given_ms
    leg.callback_open = outcome is Outcome.CALLBACK
    _settle_waiting(leg, out)
    book_decision(leg, out)


def _settle_waiting(leg: Leg, out: list[Fact]) -> None:
    """What waiting had booked, and the decision contradicts."""
    if leg.muted or not leg.known:  # a leg that no `queued` opened never waited
        return
    if leg.ghost:
        leg.ghost = False
        ghost_ms = leg.queued_ms + leg.captured[2]
        out.append((leg.cell | _GHOSTS, ghost_ms // 1000, 0, -1))
    else:
        out.append(_waiting(leg, -1))
    if leg.missed:  # booked anew with the decision, where it stays
        leg.missed = False
        out.append((leg.cell | _MISSED, (leg.queued_ms + leg.captured[0]) // 1000, 0, -1))


def book_decision(leg: Leg, out: list[Fact]) -> None:
    """Books the outcome, its wait and its place against the target."""
    if leg.muted:
        return
    at = leg.left_ms // 1000
    facts = leg.decision = []
    cell, wait = leg.cell, leg.wait_ms
    if wait is not None and wait < 0:  # "negative durations are discarded and counted"
        facts.append((leg.cell | _DISCARDED, at, 0, 1))
        wait = leg.wait_ms = None
    if leg.outcome is Outcome.ANSWERED:
        _book_answer(leg, at, wait, facts)
    elif leg.outcome is Outcome.ABANDONED and wait is not None and wait < leg.captured[1]:
        facts.append((cell | _SHORT, at, 0, 1))
        facts.append((cell | _WAIT_LEFT, at, wait, 1))
        out += facts
        return
    else:
        _book_loss(leg, at, wait, facts)
    if leg.by_transfer:
        facts.append((leg.answered_group | _IN, at, 0, 1))
    if wait is not None and wait > leg.captured[0]:
        left = leg.outcome in (Outcome.FLOWED_OUT, Outcome.CALLBACK)
        second = (leg.left_ms - wait + leg.captured[0]) // 1000
        facts.append((leg.answered_group | (_MISSED_LEFT if left else _MISSED), second, 0, 1))
    out += facts


def _book_answer(leg: Leg, at: int, wait: int | None, facts: list[Fact]) -> None:
    group = leg.group
    if leg.around.agents and leg.agent:
        group = group._replace(agent=leg.agent)
    cell = leg.answered_group = leg.around.groups.number(group) << MEASURE_BITS
    if cell != leg.cell and leg.known:  # all of a leg stands under the agent who answered it
        queued = leg.queued_ms // 1000
        facts.append((leg.cell | _QUEUED, queued, 0, -1))
        facts.append((cell | _QUEUED, queued, 0, 1))
    facts.append((cell | _ANSWERED, at, 0, 1))
    facts.append((cell | _PROGRESS, at, leg.left_ms % 1000, 1))
    if wait is not None:
        facts.append((cell | _WAIT, at, wait, 1))
        if wait <= leg.captured[0]:  # "a wait of exactly T is in time"
            facts.append((cell | _HIT, at, 0, 1))
    rang = [ms for ms, agent in leg.offers if leg.agent in (None, agent)]
    if rang:
        facts.append((cell | _RING, at, leg.left_ms - rang[-1], 1))


_LOSSES: Final = {
    Outcome.ABANDONED: (_ABANDONED, _WAIT_ABANDONED, _ABANDONED_IN),
    Outcome.FLOWED_OUT: (_FLOWED, _WAIT_LEFT, _FLOWED_IN),
    Outcome.CALLBACK: (_CALLBACKS, _WAIT_LEFT, _CALLBACK_IN),
}


def _book_loss(leg: Leg, at: int, wait: int | None, facts: list[Fact]) -> None:
    assert leg.outcome is not None, "a loss has an outcome"
    count, duration, within = _LOSSES[leg.outcome]
    facts.append((leg.cell | count, at, 0, 1))
    if leg.callback_open:
        facts.append((leg.cell | _CALLBACKS_WAITING, at, leg.left_ms % 1000, 1))
    if wait is not None:
        facts.append((leg.cell | duration, at, wait, 1))
        if wait <= leg.captured[0]:
            facts.append((leg.cell | within, at, 0, 1))


def no_answer(leg: Leg, at_ms: int, agent: str | None, out: list[Fact]) -> None:
    """An agent did not pick up: "belongs to the leg's queue"."""
    if leg.muted:
        return
    cell = leg.cell
    if leg.around.agents and agent:
        group = leg.group._replace(agent=agent)
        cell = leg.around.groups.number(group) << MEASURE_BITS
    out.append((cell | RING_NO_ANSWERS, at_ms // 1000, 0, 1))


def end_callback(leg: Leg, out: list[Fact]) -> None:
    """The customer was called back, or is no longer waited for."""
    leg.callback_open = False
    if not leg.muted:
        second, rest = divmod(leg.left_ms, 1000)
        out.append((leg.cell | _CALLBACKS_WAITING, second, rest, -1))


def transfer(leg: Leg, at_ms: int, mode: str | None, out: list[Fact]) -> None:
    """The contact moves on; the conversation runs on to its end or to the next `queued`."""
    leg.moved_on = True
    if leg.outcome is not Outcome.ANSWERED:
        return
    leg.transferred_ms = at_ms
    if mode == "self_service" and not leg.self_service:
        leg.self_service = True
        if not leg.muted:
            out.append((leg.answered_group | _SELF_SERVICE, leg.left_ms // 1000, 0, 1))
    if leg.phase is Phase.OVER and not leg.muted:
        book_work(leg, out)


def end(leg: Leg, at_ms: int, talk_ms: int | None, hold_ms: int | None, out: list[Fact]) -> None:
    """The conversation ends; given totals win over the computed ones."""
    leg.phase, leg.ended_ms = Phase.OVER, at_ms
    leg.talk_given, leg.hold_given = talk_ms, hold_ms
    if leg.held_since_ms is not None:
        resume(leg, at_ms)
    if not leg.muted:
        out.append(_progress(leg, -1))
        book_work(leg, out)


def resume(leg: Leg, at_ms: int) -> None:
    """A hold ends."""
    assert leg.held_since_ms is not None, "only a hold ends"
    leg.holds.append((leg.held_since_ms, at_ms))
    leg.held_since_ms = None


def _held_ms(leg: Leg, ended_ms: int) -> int:
    """Hold within the conversation, unless the source gave a total."""
    if leg.hold_given is not None:
        return leg.hold_given
    return sum(max(0, min(end, ended_ms) - begin) for begin, end in leg.holds)


def _progress(leg: Leg, n: int) -> Fact:
    second, rest = divmod(leg.left_ms, 1000)
    return (leg.answered_group | _PROGRESS, second, rest, n)


def wrap_up(leg: Leg, at_ms: int, given_ms: int | None, out: list[Fact]) -> None:
    """The work after the contact is over: handle time is corrected."""
    leg.wrapup_ms, leg.wrapup_given = at_ms, given_ms
    if leg.phase is Phase.OVER and not leg.muted:
        book_work(leg, out)


def book_work(leg: Leg, out: list[Fact]) -> None:
    """Books talk, hold, after-contact work and their sum at the end of the work."""
    out.extend((cell, second, x, -n) for cell, second, x, n in leg.work)
    ended = leg.ended_ms
    assert ended is not None, "work is booked when the talk is over"
    hold = _held_ms(leg, ended)
    talk = ended - leg.left_ms - hold if leg.talk_given is None else leg.talk_given
    after = 0
    if leg.wrapup_ms is not None:
        after = leg.wrapup_ms - ended if leg.wrapup_given is None else leg.wrapup_given
        ended = max(ended, leg.wrapup_ms)
    at, cell = ended // 1000, leg.answered_group
    facts = leg.work = [(cell | _HANDLED, at, 0, 1)]
    parts = ((_TALK, talk), (_HOLD, hold), (_WORK, after))
    facts += [(cell | measure, at, ms, 1) for measure, ms in parts if ms >= 0]
    bad = sum(ms < 0 for _, ms in parts)
    if bad:
        facts.append((cell | _DISCARDED, at, 0, bad))
    else:
        facts.append((cell | _HANDLE, at, talk + hold + after, 1))
        if leg.wait_ms is not None:
            facts.append((cell | _HANDLE_WITH_WAIT, at, leg.wait_ms + talk + hold + after, 1))
    if leg.transferred_ms is not None:
        facts.append((cell | _TRANSFERRED, at, 0, 1))
    out += facts


def retract(leg: Leg, out: list[Fact]) -> None:
    """Takes back everything a decided leg has booked, to book it anew under another queue."""
    if leg.muted:
        return
    out.extend((cell, second, x, -n) for cell, second, x, n in leg.decision + leg.work)
    if leg.phase is Phase.OVER and leg.outcome is Outcome.ANSWERED:
        out.append(_progress(leg, 1))
    if leg.self_service:
        out.append((leg.answered_group | _SELF_SERVICE, leg.left_ms // 1000, 0, -1))
    leg.decision, leg.work = [], []


def rebook(leg: Leg, queued_ms: int, out: list[Fact]) -> None:
    """Books a decided leg anew: its queue became known after its outcome, at `queued_ms`."""
    leg.queued_ms = queued_ms
    leg.wait_ms = min(leg.left_ms - queued_ms, -1)  # nobody is answered before the queue
    if leg.muted:
        return
    out.append((leg.cell | _QUEUED, queued_ms // 1000, 0, 1))
    book_decision(leg, out)
    if leg.self_service:
        out.append((leg.answered_group | _SELF_SERVICE, leg.left_ms // 1000, 0, 1))
    if leg.phase is Phase.OVER and leg.outcome is Outcome.ANSWERED:
        out.append(_progress(leg, -1))
        book_work(leg, out)


def standing(leg: Leg) -> list[Fact]:
    """The levels that this leg holds now."""
    if leg.muted:
        return []
    if leg.phase is Phase.WAITING:
        return [] if leg.ghost else [_waiting(leg, 1)]
    if leg.phase is Phase.TALKING:
        return [_progress(leg, 1)]
    if leg.callback_open:
        second, rest = divmod(leg.left_ms, 1000)
        return [(leg.cell | _CALLBACKS_WAITING, second, rest, 1)]
    return []
