"""A leg after its answer: the conversation, holds, transfers, and the work that follows.

Functions over `Leg`; each adds facts to `out`. Work is booked at its end; when the end moves, what
was booked is taken back and booked anew.
"""

from typing import Final

from streams.core.facts import Fact
from streams.core.lifecycle.leg import OVER, Leg, Outcome
from streams.core.lifecycle.waiting import in_progress
from streams.core.measures import NUMBERS

_HANDLED: Final = NUMBERS["contacts_handled"]
_TRANSFERRED: Final = NUMBERS["contacts_transferred"]
_SELF_SERVICE: Final = NUMBERS["self_service_transferred"]
_HANDLE: Final = NUMBERS["handle"]
_HANDLE_WITH_WAIT: Final = NUMBERS["handle_with_wait"]
_TALK: Final = NUMBERS["talk"]
_HOLD: Final = NUMBERS["hold"]
_WORK: Final = NUMBERS["after_contact_work"]
_DISCARDED: Final = NUMBERS["discarded_durations"]


def transfer(leg: Leg, at_ms: int, mode: str | None, out: list[Fact]) -> None:
    """The contact moves on; the conversation runs on to its end or to the next `queued`."""
    leg.moved_on = True
    if leg.outcome is not Outcome.ANSWERED:
        return
    leg.transferred_ms = at_ms
    if mode == "self_service" and not leg.self_service:
        leg.self_service = True
        if not leg.muted:
            out.append(_to_self_service(leg, 1))
    if leg.phase is OVER:
        book_work(leg, out)


def end(leg: Leg, at_ms: int, talk_ms: int | None, hold_ms: int | None, out: list[Fact]) -> None:
    """The conversation ends; given totals win over the computed ones."""
    leg.phase, leg.ended_ms = OVER, at_ms
    leg.talk_given, leg.hold_given = talk_ms, hold_ms
    if leg.held_since_ms is not None:
        resume(leg, at_ms)
    if not leg.muted:
        out.append(in_progress(leg, -1))
        book_work(leg, out)


def resume(leg: Leg, at_ms: int) -> None:
    """A hold ends."""
    assert leg.held_since_ms is not None, "only a hold ends"
    leg.holds.append((leg.held_since_ms, at_ms))
    leg.held_since_ms = None


def wrap_up(leg: Leg, at_ms: int, given_ms: int | None, out: list[Fact]) -> None:
    """The work after the contact is over: handle time is corrected."""
    leg.wrapup_ms, leg.wrapup_given = at_ms, given_ms
    if leg.phase is OVER:
        book_work(leg, out)


def book_work(leg: Leg, out: list[Fact]) -> None:
    """Books talk, hold, after-contact work and their sum at the end of the work."""
    if leg.muted:
        return
    booked = leg.work
    if booked and out[-len(booked) :] == booked:
        del out[-len(booked) :]  # nobody has been told yet (hot: half of what a contact books)
    else:
        out += [(cell, second, x, -n) for cell, second, x, n in booked]
    ended = leg.ended_ms
    assert ended is not None, "work is booked when the talk is over"
    hold = _held_ms(leg, ended)
    talk = ended - leg.left_ms - hold if leg.talk_given is None else leg.talk_given
    after = 0
    if leg.wrapup_ms is not None:
        after = leg.wrapup_ms - ended if leg.wrapup_given is None else leg.wrapup_given
        ended = max(ended, leg.wrapup_ms)
    leg.work = _work_facts(leg, ended // 1000, talk, hold, after)
    out += leg.work


def _held_ms(leg: Leg, ended_ms: int) -> int:
    """Hold within the conversation, unless the source gave a total."""
    if leg.hold_given is not None:
        return leg.hold_given
    if not leg.holds:
        return 0
    return sum(max(0, min(end, ended_ms) - begin) for begin, end in leg.holds)


def _work_facts(leg: Leg, at: int, talk: int, hold: int, after: int) -> list[Fact]:
    cell = leg.answered_cell
    if talk >= 0 and hold >= 0 and after >= 0:
        handle = talk + hold + after
        facts = [
            (cell | _HANDLED, at, 0, 1),
            (cell | _TALK, at, talk, 1),
            (cell | _HOLD, at, hold, 1),
            (cell | _WORK, at, after, 1),
            (cell | _HANDLE, at, handle, 1),
        ]
        if leg.wait_ms is not None:
            facts.append((cell | _HANDLE_WITH_WAIT, at, leg.wait_ms + handle, 1))
    else:  # "negative durations are discarded and counted"
        parts = ((_TALK, talk), (_HOLD, hold), (_WORK, after))
        facts = [(cell | _HANDLED, at, 0, 1)]
        facts += [(cell | measure, at, ms, 1) for measure, ms in parts if ms >= 0]
        facts.append((cell | _DISCARDED, at, 0, sum(ms < 0 for _, ms in parts)))
    if leg.transferred_ms is not None:
        facts.append((cell | _TRANSFERRED, at, 0, 1))
    return facts


def _to_self_service(leg: Leg, n: int) -> Fact:
    return (leg.answered_cell | _SELF_SERVICE, leg.left_ms // 1000, 0, n)


def take_back(leg: Leg, out: list[Fact]) -> None:
    """Takes back all that a decided leg has booked, to book it anew under another queue."""
    if leg.muted:
        return
    out.extend((cell, second, x, -n) for cell, second, x, n in leg.decision + leg.work)
    if leg.phase is OVER and leg.outcome is Outcome.ANSWERED:
        out.append(in_progress(leg, 1))
    if leg.self_service:
        out.append(_to_self_service(leg, -1))
    leg.decision, leg.work = [], []


def book_again(leg: Leg, out: list[Fact]) -> None:
    """Books what followed the decision anew, after `take_back`."""
    if leg.muted:
        return
    if leg.self_service:
        out.append(_to_self_service(leg, 1))
    if leg.phase is OVER and leg.outcome is Outcome.ANSWERED:
        out.append(in_progress(leg, -1))
        book_work(leg, out)
