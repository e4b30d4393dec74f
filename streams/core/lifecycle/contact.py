"""The life of a contact: legs that wait, are answered, are worked on and end.

Each `contact.queued` opens a leg (or names the queue of one whose outcome came before it). A leg is
decided once: answered, abandoned, flowed out, called back. The rules are those of the KPI
catalogue ("Settled readings"); every comment here names the sentence that it follows.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from streams.core import events as ev
from streams.core.events import UNASSIGNED, Event
from streams.core.facts import MEASURE_BITS, Fact, Group
from streams.core.lifecycle import legs
from streams.core.lifecycle.legs import Leg, Outcome, Phase
from streams.core.lifecycle.surroundings import Surroundings

LEAVING: Final = frozenset(
    {ev.TRANSFERRED, ev.CALLBACK_REQUESTED, ev.FLOWED_OUT, ev.ABANDONED, ev.ENDED}
)
_OUT_OF_WAITING: Final = LEAVING
_OUT_OF_TALK: Final = frozenset({ev.TRANSFERRED, ev.ABANDONED, ev.ENDED})
_NEVER: Final = 1 << 62


class Contact:
    """One contact as its events have told it so far."""

    __slots__ = ("channel", "deleted", "legs", "offers", "out", "queue", "surroundings", "team")

    def __init__(self, surroundings: Surroundings) -> None:
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
            legs.fire(leg, now_ms, out)

    def due_ms(self) -> int:
        """The next instant that time alone decides; far away when there is none."""
        found = self.legs
        if len(found) == 1 and not self.deleted:
            return legs.due_ms(found[0])
        if self.deleted or not found:
            return _NEVER
        return min([legs.due_ms(leg) for leg in found])

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
        return [] if self.deleted else [f for leg in self.legs for f in legs.standing(leg)]

    # ---- legs

    def last_leg(self) -> Leg | None:
        """The newest leg."""
        return self.legs[-1] if self.legs else None

    def _open_leg(self, event: Event, *, known: bool) -> Leg:
        """A new leg; its settings are read now and stay with the event."""
        queue = (event.data.queue if known else self.queue) or UNASSIGNED
        captured = self._captured(event, queue)
        leg = Leg(self._group(queue, captured), self.surroundings, captured)
        leg.muted = known and event.data.direction not in (None, "inbound")
        leg.known = known
        last = self.last_leg()
        leg.by_transfer = last is not None and last.moved_on
        self.legs.append(leg)
        return leg

    def _captured(self, event: Event, queue: str) -> tuple[Any, ...]:
        """The settings of a leg, read once: with today's rules nothing is ever taken back."""
        if event.captured is None:
            rules = self.surroundings.rules.queue(queue)
            event.captured = (
                rules.answer_target_ms,
                rules.short_abandon_ms,
                rules.maximum_wait_ms,
                rules.callback_limit_ms,
                rules.team,
            )
        return event.captured

    def _group(self, queue: str, captured: tuple[Any, ...]) -> Group:
        return Group(queue, self.channel or "voice", None, captured[4] or self.team)

    def _deciding_leg(self, event: Event) -> Leg | None:
        """The leg that an outcome decides; one is made when no `queued` is known at all."""
        leg = self.last_leg()
        if leg is None:
            leg = self._open_leg(event, known=False)
            leg.offers = self.offers
            return leg
        return leg if leg.phase is Phase.WAITING else None

    # ---- one function per event type

    def queued(self, event: Event) -> None:
        leg, at = self.last_leg(), event.time_ms
        if any(
            old.known and old.queued_ms == at and old.queue == event.data.queue for old in self.legs
        ):
            return  # "at the same time in the same queue as an existing leg is that leg"
        if leg is not None and _came_first(leg):
            self._name_queue(leg, event)  # "answered before the first queued"
            return
        if leg is not None and leg.phase is Phase.WAITING:
            legs.decide(leg, Outcome.FLOWED_OUT, at, self.out)  # "the old one flowed out"
        elif leg is not None and leg.phase is Phase.TALKING:
            end = at if leg.transferred_ms is None else leg.transferred_ms
            legs.end(leg, end, None, None, self.out)
        leg = self._open_leg(event, known=True)
        legs.start(leg, at, self.out)

    def _name_queue(self, leg: Leg, event: Event) -> None:
        """The first `queued` comes after the outcome in time: it is that leg's."""
        legs.retract(leg, self.out)
        leg.muted = event.data.direction not in (None, "inbound")
        captured = self._captured(event, event.data.queue)
        leg.regroup(self._group(event.data.queue, captured), captured)
        leg.known = True
        legs.rebook(leg, event.time_ms, self.out)

    def offered(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is None or leg.phase is Phase.WAITING:
            offers = self.offers if leg is None else leg.offers
            offers.append((event.time_ms, event.data.agent))

    def no_answer(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None:
            legs.no_answer(leg, event.time_ms, event.data.agent, self.out)
            return
        queue, around = self.queue or UNASSIGNED, self.surroundings
        group = self._group(queue, self._captured(event, queue))
        if around.agents:
            group = group._replace(agent=event.data.agent)
        cell = around.groups.number(group) << MEASURE_BITS | legs.RING_NO_ANSWERS
        self.out.append((cell, event.time_ms // 1000, 0, 1))

    def answered(self, event: Event) -> None:
        leg = self._deciding_leg(event)
        if leg is not None:
            leg.agent = event.data.agent
            legs.decide(
                leg,
                Outcome.ANSWERED,
                event.time_ms,
                self.out,
                given_ms=_ms(event.data.wait_seconds),
            )

    def abandoned(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None and leg.phase is Phase.TALKING:
            legs.end(leg, event.time_ms, None, None, self.out)  # "only ends the conversation"
            return
        if _in_menu(event):  # "never an abandonment from the queue"
            return
        leg = self._deciding_leg(event)
        if leg is not None:
            legs.decide(
                leg,
                Outcome.ABANDONED,
                event.time_ms,
                self.out,
                given_ms=_ms(event.data.wait_seconds),
            )

    def flowed_out(self, event: Event) -> None:
        leg = self._deciding_leg(event)
        if leg is not None:
            legs.decide(leg, Outcome.FLOWED_OUT, event.time_ms, self.out)

    def callback_requested(self, event: Event) -> None:
        leg = self._deciding_leg(event)
        if leg is not None:
            legs.decide(leg, Outcome.CALLBACK, event.time_ms, self.out)

    def callback_ended(self, event: Event) -> None:
        for leg in self.legs:
            if leg.callback_open:
                legs.end_callback(leg, self.out)

    def held(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None and leg.phase is Phase.TALKING and leg.held_since_ms is None:
            leg.held_since_ms = event.time_ms

    def resumed(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None and leg.phase is Phase.TALKING and leg.held_since_ms is not None:
            legs.resume(leg, event.time_ms)

    def transferred(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is not None:
            legs.transfer(leg, event.time_ms, event.data.mode, self.out)

    def ended(self, event: Event) -> None:
        leg = self.last_leg()
        if leg is None:
            return
        if leg.phase is Phase.WAITING:  # "ended while waiting = abandoned"
            legs.decide(leg, Outcome.ABANDONED, event.time_ms, self.out)
        elif leg.phase is Phase.TALKING:
            data = event.data
            legs.end(leg, event.time_ms, _ms(data.talk_seconds), _ms(data.hold_seconds), self.out)

    def wrapup_ended(self, event: Event) -> None:
        answered = [leg for leg in self.legs if leg.outcome is Outcome.ANSWERED]
        mine = [leg for leg in answered if event.data.agent and leg.agent == event.data.agent]
        done = [leg for leg in answered if leg.phase is Phase.OVER]
        for leg in (mine or done or answered)[-1:]:
            legs.wrap_up(leg, event.time_ms, _ms(event.data.wrapup_seconds), self.out)

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


def next_of(contact: Contact, waiting: Sequence[Event]) -> int:
    """Which of the events of one instant comes next: the first, or what leaves the open leg.

    "A leg left at the very time the next one opens is left first".
    """
    leg = contact.last_leg()
    if waiting[0].rank != ev.QUEUED or leg is None or leg.phase is Phase.OVER:
        return 0
    leaving = _OUT_OF_WAITING if leg.phase is Phase.WAITING else _OUT_OF_TALK
    for place, event in enumerate(waiting):
        if event.rank in leaving and not (leg.phase is Phase.WAITING and _in_menu(event)):
            return place
    return 0


def _in_menu(event: Event) -> bool:
    return event.rank == ev.ABANDONED and event.data.where == "ivr"
