"""The life of a contact: legs that wait, are answered, are worked on and end.

Each `contact.queued` opens a leg (or names the queue of one whose outcome came before it). A leg is
decided once: answered, abandoned, flowed out, called back. The rules are those of the KPI
catalogue ("Settled readings"); every comment here names the sentence that it follows.
"""

from collections.abc import Callable
from typing import Any, Final, Self

from streams.core import event_types as ev
from streams.core.events import UNASSIGNED, Event
from streams.core.facts import Fact
from streams.core.lifecycle import leg as legs
from streams.core.lifecycle import waiting, work
from streams.core.lifecycle.leg import NEVER, OVER, TALKING, WAITING, Leg, Outcome
from streams.core.lifecycle.surroundings import Surroundings

_INBOUND: Final = (None, "inbound")


class Contact:
    """One contact as its events have told it so far."""

    __slots__ = ("channel", "deleted", "legs", "offers", "out", "queue", "surroundings", "team")

    def __init__(self, surroundings: Surroundings, _subject: str = "") -> None:
        self.surroundings = surroundings
        self.legs: list[Leg] = []
        self.queue: str | None = None
        self.channel: str | None = None
        self.team: str | None = None
        self.deleted = False
        self.offers: list[tuple[int, str | None]] = []
        """Offers before any leg was known."""
        self.out: list[Fact] = []

    # ---- what a life asks of any state

    def step(self, event: Event, out: list[Fact]) -> None:
        """Applies the next event in order; its facts are added to `out`."""
        self.out = out
        data = event.data
        if data.queue is not None:
            self.queue = data.queue
        if data.channel is not None:
            self.channel = data.channel
        if data.team is not None:
            self.team = data.team
        _STEPS[event.rank](self, event)

    def fire(self, now_ms: int, out: list[Fact]) -> None:
        """Books what time alone has decided: due before `now_ms`, at its own second."""
        self.out = out
        for leg in self.legs:
            waiting.fire(leg, now_ms, out)

    def due_ms(self) -> int:
        """The next instant that time alone decides; far away when there is none."""
        found = self.legs
        if len(found) == 1 and not self.deleted:
            return waiting.due_ms(found[0])
        if self.deleted or not found:
            return NEVER
        return min([waiting.due_ms(leg) for leg in found])

    def over(self) -> bool:
        """Whether nothing of this contact is open any more."""
        if self.deleted:
            return True
        for leg in self.legs:  # noqa: SIM110 - a generator costs more than the loop (hot)
            if leg.open:
                return False
        return True

    def standing(self) -> list[Fact]:
        """The levels that stand now, for a base of the delta log."""
        return [] if self.deleted else [f for leg in self.legs for f in waiting.standing(leg)]

    # ---- folding: what is kept of a contact with far too many events

    def packed(self) -> list[Any]:
        """The state in plain values, where older events are folded away."""
        kept = [leg for leg in self.legs[:-1] if leg.open] + self.legs[-1:]
        packed = [legs.packed(leg, self.surroundings) for leg in kept]
        return [self.queue, self.channel, self.team, self.deleted, self.offers, packed]

    @classmethod
    def unpacked(cls, around: Surroundings, _name: str, values: list[Any]) -> Self:
        """The state in these values (see `packed`)."""
        contact = cls(around)
        contact.queue, contact.channel, contact.team, contact.deleted, offers, packed = values
        contact.offers = [(at_ms, agent) for at_ms, agent in offers]
        contact.legs = [legs.unpacked(one, around) for one in packed]
        return contact

    # ---- legs

    def last_leg(self) -> Leg | None:
        """The newest leg."""
        return self.legs[-1] if self.legs else None

    def _open_leg(self, event: Event, *, known: bool) -> Leg:
        """A new leg; its settings are read now and stay with the event."""
        queue = (event.data.queue if known else self.queue) or UNASSIGNED
        captured = self._captured(event, queue)
        channel, team = self.channel or "voice", captured[4] or self.team
        cell = self.surroundings.cell(queue, channel, team)
        leg = Leg(queue, channel, team, cell, cell, captured, known)
        if known and event.data.direction not in _INBOUND:
            leg.muted = True
        if self.legs:
            leg.by_transfer = self.legs[-1].moved_on
        self.legs.append(leg)
        return leg

    def _captured(self, event: Event, queue: str) -> tuple[Any, ...]:
        """The settings of a leg, read once: with today's rules nothing is ever taken back.

        Only where no `queued` names the queue may a late event change it; they go with its name.
        """
        captured = event.captured
        if captured is None or (event.rank != ev.QUEUED and captured[5] != queue):
            captured = self.surroundings.captured(queue)
            if event.rank != ev.QUEUED:
                captured = (*captured, queue)
            event.captured = captured
        return captured

    def _deciding_leg(self, event: Event) -> Leg | None:
        """The leg that an outcome decides; one is made when no `queued` is known at all."""
        leg = self.last_leg()
        if leg is None:
            leg = self._open_leg(event, known=False)
            leg.offers = self.offers
            return leg
        return leg if leg.phase is WAITING else None

    # ---- one function per event type

    def queued(self, event: Event) -> None:
        at = event.time_ms
        if self.legs and not self._moves_on(event):
            return
        leg = self._open_leg(event, known=True)
        waiting.start(leg, at, self.out)

    def _moves_on(self, event: Event) -> bool:
        """Whether a further `queued` opens a leg of its own; the one before it is left."""
        leg, at, queue = self.legs[-1], event.time_ms, event.data.queue
        if any(old.known and old.queued_ms == at and old.queue == queue for old in self.legs):
            return False  # "at the same time in the same queue as an existing leg is that leg"
        if _came_first(leg):
            self._name_queue(leg, event)  # "answered before the first queued"
            return False
        if leg.phase is WAITING:  # "the old one flowed out"
            waiting.decide(leg, Outcome.FLOWED_OUT, at, self.out, self.surroundings)
        elif leg.phase is TALKING:
            end = at if leg.transferred_ms is None else leg.transferred_ms
            work.end(leg, end, None, None, self.out)
        return True

    def _name_queue(self, leg: Leg, event: Event) -> None:
        """The first `queued` comes after the outcome in time: it is that leg's."""
        out, around = self.out, self.surroundings
        work.take_back(leg, out)
        for at_ms, agent in leg.no_answers:
            waiting.no_answer(leg, at_ms, agent, -1, out, around)
        leg.muted = event.data.direction not in _INBOUND
        leg.captured = self._captured(event, event.data.queue)
        leg.queue, leg.channel = event.data.queue, self.channel or "voice"
        leg.team = leg.captured[4] or self.team
        leg.cell = leg.answered_cell = around.cell(leg.queue, leg.channel, leg.team)
        leg.known = True
        waiting.queued_late(leg, event.time_ms, out, around)
        work.book_again(leg, out)
        for at_ms, agent in leg.no_answers:
            waiting.no_answer(leg, at_ms, agent, 1, out, around)

    def offered(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is None or leg.phase is WAITING:
            offers = self.offers if leg is None else leg.offers
            offers.append((event.time_ms, event.data.agent))

    def no_answer(self, event: Event) -> None:
        leg, agent = self.last_leg(), event.data.agent
        if leg is not None:  # "belongs to the leg's queue"
            if not leg.known:  # which may yet be named
                leg.no_answers.append((event.time_ms, agent))
            waiting.no_answer(leg, event.time_ms, agent, 1, self.out, self.surroundings)
            return
        queue = self.queue or UNASSIGNED
        team = self._captured(event, queue)[4] or self.team
        cell = self.surroundings.cell(queue, self.channel or "voice", team, agent)
        self.out.append((cell | waiting.NO_ANSWERS, event.time_ms // 1000, 0, 1))

    def _decide(self, event: Event, outcome: Outcome, given_seconds: float | None = None) -> None:
        leg = self._deciding_leg(event)
        if leg is not None:
            if outcome is Outcome.ANSWERED:
                leg.agent = event.data.agent
            given_ms = _ms(given_seconds)
            waiting.decide(leg, outcome, event.time_ms, self.out, self.surroundings, given_ms)

    def answered(self, event: Event) -> None:
        self._decide(event, Outcome.ANSWERED, event.data.wait_seconds)

    def abandoned(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None and leg.phase is TALKING:
            work.end(leg, event.time_ms, None, None, self.out)  # "only ends the conversation"
        elif not in_menu(event):  # "never an abandonment from the queue"
            self._decide(event, Outcome.ABANDONED, event.data.wait_seconds)

    def flowed_out(self, event: Event) -> None:
        self._decide(event, Outcome.FLOWED_OUT)

    def callback_requested(self, event: Event) -> None:
        self._decide(event, Outcome.CALLBACK)

    def callback_ended(self, event: Event) -> None:
        for leg in self.legs:
            if leg.callback_open:
                waiting.end_callback(leg, self.out)

    def held(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None and leg.phase is TALKING and leg.held_since_ms is None:
            leg.held_since_ms = event.time_ms

    def resumed(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None and leg.phase is TALKING and leg.held_since_ms is not None:
            work.resume(leg, event.time_ms)

    def transferred(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None:
            work.transfer(leg, event.time_ms, event.data.mode, self.out)

    def ended(self, event: Event) -> None:
        leg, data = self.last_leg(), event.data
        if leg is None:
            return
        if leg.phase is WAITING:  # "ended while waiting = abandoned"
            self._decide(event, Outcome.ABANDONED)
        elif leg.phase is TALKING:
            talk_ms, hold_ms = _ms(data.talk_seconds), _ms(data.hold_seconds)
            work.end(leg, event.time_ms, talk_ms, hold_ms, self.out)

    def wrapup_ended(self, event: Event) -> None:
        answered = [leg for leg in self.legs if leg.outcome is Outcome.ANSWERED]
        mine = [leg for leg in answered if event.data.agent and leg.agent == event.data.agent]
        done = [leg for leg in answered if leg.phase is OVER]
        for leg in (mine or done or answered)[-1:]:
            work.wrap_up(leg, event.time_ms, _ms(event.data.wrapup_seconds), self.out)

    def delete(self, _event: Event) -> None:
        self.deleted = True


def _came_first(leg: Leg) -> bool:
    """Whether the leg's outcome was told before any `queued`, which may still be its own."""
    early = leg.outcome in (Outcome.ANSWERED, Outcome.ABANDONED)
    return not leg.known and early and not leg.moved_on


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


_STEPS: Final[dict[int, Callable[[Contact, Event], None]]] = {
    ev.QUEUED: Contact.queued,
    ev.OFFERED: Contact.offered,
    ev.NO_ANSWER: Contact.no_answer,
    ev.ANSWERED: Contact.answered,
    ev.HELD: Contact.held,
    ev.RESUMED: Contact.resumed,
    ev.TRANSFERRED: Contact.transferred,
    ev.CALLBACK_REQUESTED: Contact.callback_requested,
    ev.FLOWED_OUT: Contact.flowed_out,
    ev.ABANDONED: Contact.abandoned,
    ev.ENDED: Contact.ended,
    ev.WRAPUP_ENDED: Contact.wrapup_ended,
    ev.CALLBACK_ENDED: Contact.callback_ended,
    ev.DELETED: Contact.delete,
}


def in_menu(event: Event) -> bool:
    """Whether the customer left before the queue: "never an abandonment from the queue"."""
    return event.rank == ev.ABANDONED and event.data.where == "ivr"
