"""A leg in its queue: it starts to wait, time passes, its outcome is decided.

Functions over `Leg`; each adds facts to `out`. What must change later is taken back by booking its
opposite: the leg remembers what it booked for its decision.
"""

from typing import Final

from streams.core.facts import Fact
from streams.core.lifecycle.leg import NEVER, OVER, TALKING, WAITING, Leg, Outcome
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import NUMBERS

_QUEUED: Final = NUMBERS["contacts_queued"]
_WAITING: Final = NUMBERS["contacts_waiting"]
_ANSWERED: Final = NUMBERS["contacts_answered"]
_PROGRESS: Final = NUMBERS["contacts_in_progress"]
_SHORT: Final = NUMBERS["contacts_short_abandoned"]
_CALLBACKS_WAITING: Final = NUMBERS["callbacks_waiting"]
_TRANSFERRED_IN: Final = NUMBERS["transferred_in"]
NO_ANSWERS: Final = NUMBERS["ring_no_answers"]
_HIT: Final = NUMBERS["answered_within_target"]
_MISSED: Final = NUMBERS["target_missed"]
_MISSED_LEFT: Final = NUMBERS["target_missed_left"]
_WAIT: Final = NUMBERS["wait"]
_WAIT_LEFT: Final = NUMBERS["wait_left"]
_RING: Final = NUMBERS["ring"]
_GHOSTS: Final = NUMBERS["ghosts"]
_DISCARDED: Final = NUMBERS["discarded_durations"]

_LOSSES: Final = {
    Outcome.ABANDONED: tuple(
        NUMBERS[name]
        for name in ("contacts_abandoned", "wait_abandoned", "abandoned_within_target")
    ),
    Outcome.FLOWED_OUT: tuple(
        NUMBERS[name] for name in ("contacts_flowed_out", "wait_left", "flowed_out_within_target")
    ),
    Outcome.CALLBACK: tuple(
        NUMBERS[name] for name in ("callbacks_requested", "wait_left", "callbacks_within_target")
    ),
}
"""Outcome -> its count, its duration, its count within the target."""


# ---- time passes


def start(leg: Leg, at_ms: int, out: list[Fact]) -> None:
    """The leg starts to wait."""
    leg.queued_ms = at_ms
    if not leg.muted:
        second = at_ms // 1000
        out.append((leg.cell | _QUEUED, second, 0, 1))
        out.append((leg.cell | _WAITING, second, at_ms % 1000, 1))


def due_ms(leg: Leg) -> int:
    """The next instant at which time alone changes this leg."""
    if leg.phase is WAITING:
        if leg.ghost:
            return NEVER
        target_ms: int = leg.captured[0]
        longest_ms: int = leg.captured[2]
        if leg.missed or leg.muted or longest_ms < target_ms:
            return leg.queued_ms + longest_ms
        return leg.queued_ms + target_ms
    if leg.callback_open:
        return leg.left_ms + int(leg.captured[3])
    return NEVER


def fire(leg: Leg, now_ms: int, out: list[Fact]) -> None:
    """Books what is due before `now_ms`, at its own second. A muted leg ends too, unbooked."""
    if leg.phase is WAITING:
        target, ghost = leg.queued_ms + leg.captured[0], leg.queued_ms + leg.captured[2]
        if not leg.missed and not leg.muted and now_ms > target and target <= ghost:
            leg.missed = True
            out.append((leg.cell | _MISSED, target // 1000, 0, 1))
        if not leg.ghost and now_ms > ghost:
            leg.ghost = True
            if not leg.muted:
                out.append((leg.cell | _GHOSTS, ghost // 1000, 0, 1))
                out.append(_waiting(leg, -1))
    elif leg.callback_open and now_ms > leg.left_ms + leg.captured[3]:
        end_callback(leg, out)


def standing(leg: Leg) -> list[Fact]:
    """The level that this leg holds now."""
    if leg.muted:
        return []
    if leg.phase is WAITING:
        return [] if leg.ghost else [_waiting(leg, 1)]
    if leg.phase is TALKING:
        return [in_progress(leg, 1)]
    return [_callback(leg, 1)] if leg.callback_open else []


def _waiting(leg: Leg, n: int) -> Fact:
    return (leg.cell | _WAITING, leg.queued_ms // 1000, leg.queued_ms % 1000, n)


def in_progress(leg: Leg, n: int) -> Fact:
    """The conversation since the answer, as a level."""
    return (leg.answered_cell | _PROGRESS, leg.left_ms // 1000, leg.left_ms % 1000, n)


def _callback(leg: Leg, n: int) -> Fact:
    return (leg.cell | _CALLBACKS_WAITING, leg.left_ms // 1000, leg.left_ms % 1000, n)


# ---- the outcome


def decide(
    leg: Leg,
    outcome: Outcome,
    at_ms: int,
    out: list[Fact],
    around: Surroundings,
    given_ms: int | None = None,
) -> None:
    """The leg leaves the queue. `given_ms`: the source's wait, used when no `queued` is known."""
    leg.outcome, leg.left_ms = outcome, at_ms
    leg.phase = TALKING if outcome is Outcome.ANSWERED else OVER
    leg.wait_ms = at_ms - leg.queued_ms if leg.known else given_ms
    leg.callback_open = outcome is Outcome.CALLBACK
    if leg.muted:
        leg.ghost = False
        return
    if leg.known:  # a leg that no `queued` opened never waited
        _settle_waiting(leg, out)
    book_decision(leg, out, around)


def _settle_waiting(leg: Leg, out: list[Fact]) -> None:
    """What waiting had booked, and the decision contradicts."""
    if leg.ghost:
        leg.ghost = False
        out.append((leg.cell | _GHOSTS, (leg.queued_ms + leg.captured[2]) // 1000, 0, -1))
    elif out and out[-1] == _waiting(leg, 1):
        del out[-1]  # nobody has been told yet (hot)
    else:
        out.append(_waiting(leg, -1))
    if leg.missed:  # booked anew with the decision, where it stays
        leg.missed = False
        out.append((leg.cell | _MISSED, (leg.queued_ms + leg.captured[0]) // 1000, 0, -1))


def book_decision(leg: Leg, out: list[Fact], around: Surroundings) -> None:
    """Books the outcome, its wait and its place against the target."""
    if leg.muted:
        return
    at, wait = leg.left_ms // 1000, leg.wait_ms
    facts: list[Fact] = []
    leg.decision = facts
    if wait is not None and wait < 0:  # "negative durations are discarded and counted"
        facts.append((leg.cell | _DISCARDED, at, 0, 1))
        wait = leg.wait_ms = None
    target = leg.captured[0]
    if leg.outcome is Outcome.ANSWERED:
        _book_answer(leg, at, wait, facts, around)
    elif leg.outcome is Outcome.ABANDONED and wait is not None and wait < leg.captured[1]:
        facts.append((leg.cell | _SHORT, at, 0, 1))
        facts.append((leg.cell | _WAIT_LEFT, at, wait, 1))
        out += facts
        return
    else:
        _book_loss(leg, at, wait, facts)
    if leg.by_transfer:
        facts.append((leg.answered_cell | _TRANSFERRED_IN, at, 0, 1))
    if wait is not None and wait > target:
        left = leg.outcome is Outcome.FLOWED_OUT or leg.outcome is Outcome.CALLBACK
        second = (leg.left_ms - wait + target) // 1000
        facts.append((leg.answered_cell | (_MISSED_LEFT if left else _MISSED), second, 0, 1))
    out += facts


def _book_answer(
    leg: Leg, at: int, wait: int | None, facts: list[Fact], around: Surroundings
) -> None:
    cell = leg.answered_cell = around.cell(leg.queue, leg.channel, leg.team, leg.agent)
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
    for rang_ms, agent in reversed(leg.offers):
        if leg.agent is None or agent == leg.agent:
            facts.append((cell | _RING, at, leg.left_ms - rang_ms, 1))
            break


def _book_loss(leg: Leg, at: int, wait: int | None, facts: list[Fact]) -> None:
    assert leg.outcome is not None, "a loss has an outcome"
    count, duration, within = _LOSSES[leg.outcome]
    facts.append((leg.cell | count, at, 0, 1))
    if leg.callback_open:
        facts.append(_callback(leg, 1))
    if wait is not None:
        facts.append((leg.cell | duration, at, wait, 1))
        if wait <= leg.captured[0]:
            facts.append((leg.cell | within, at, 0, 1))


# ---- beside the outcome


def no_answer(
    leg: Leg, at_ms: int, agent: str | None, n: int, out: list[Fact], around: Surroundings
) -> None:
    """An agent did not pick up."""
    if not leg.muted:
        cell = around.cell(leg.queue, leg.channel, leg.team, agent)
        out.append((cell | NO_ANSWERS, at_ms // 1000, 0, n))


def end_callback(leg: Leg, out: list[Fact]) -> None:
    """The customer was called back, or is no longer waited for."""
    leg.callback_open = False
    if not leg.muted:
        out.append(_callback(leg, -1))


def queued_late(leg: Leg, at_ms: int, out: list[Fact], around: Surroundings) -> None:
    """Books a decided leg anew: its `queued` became known, and came after its outcome."""
    leg.queued_ms = at_ms
    leg.wait_ms = min(leg.left_ms - at_ms, -1)  # nobody is answered before the queue
    if not leg.muted:
        out.append((leg.cell | _QUEUED, at_ms // 1000, 0, 1))
        book_decision(leg, out, around)
