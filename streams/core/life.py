"""A life: the events of one subject in order, its state, and the facts it has in the sums.

One rule covers repeats, disorder, late correction and retraction: an event in order is one step and
its facts are added; a repeat is nothing; anything else replays the log of the life and adds the
difference between the new facts and those kept.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from streams.core.delta import fine_shard
from streams.core.events import Event
from streams.core.facts import MEASURE_MASK, Fact, Key, add, difference
from streams.core.lifecycle import agent, contact, ties
from streams.core.lifecycle.leg import NEVER
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.lifecycle.ties import same_instant
from streams.core.owed import STANDING, Owed

MAXIMUM_EVENTS: Final = 1000
FOLD_TO: Final = MAXIMUM_EVENTS * 9 // 10
"""Well below the limit, so that folding is not done at each event."""
FEW: Final = 24
"""Up to so many events are looked through for a repeat; longer lives keep a set of their ids."""


class State(Protocol):
    """What a life of any kind can do."""

    @property
    def deleted(self) -> bool: ...
    def step(self, event: Event, out: list[Fact], /) -> None: ...
    def fire(self, now_ms: int, out: list[Fact], /) -> None: ...
    def due_ms(self) -> int: ...
    def over(self) -> bool: ...
    def standing(self) -> list[Fact]: ...
    def packed(self) -> list[Any]: ...


class Family(Struct, frozen=True):
    """How lives of one family begin, order equal times and are built again."""

    letter: str
    begin: Callable[[Surroundings, str], State]
    next_of: Callable[[Any, Sequence[Event]], int]
    goes_last: Callable[[Any, Sequence[Event], Event], bool]
    unpacked: Callable[[Surroundings, str, list[Any]], State]


FAMILIES: Final = {
    "contact": Family(
        "c",
        contact.Contact,
        ties.next_of,
        ties.goes_last,
        contact.Contact.unpacked,
    ),
    "agent": Family("a", agent.Agent, agent.next_of, agent.goes_last, agent.Agent.unpacked),
}
BY_LETTER: Final = {family.letter: family for family in FAMILIES.values()}


class Life:
    """One subject. `facts`: what it has in the sums, {(cell, second, x): n}."""

    __slots__ = (
        "around",
        "base",
        "due_ms",
        "events",
        "facts",
        "family",
        "floor",
        "ids",
        "packed_events",
        "pending",
        "raw",
        "settle_ms",
        "shard",
        "sources",
        "stale",
        "state",
        "strange",
        "subject",
    )

    def __init__(self, family: Family, subject: str, around: Surroundings) -> None:
        self.family = family
        self.subject = subject
        self.around = around
        self.shard = fine_shard(family.letter + subject)
        self.events: list[Event] = []
        self.ids: set[tuple[str, str]] | None = None
        """(source, id) of all events, once there are many."""
        self.facts: dict[Key, int] = {}
        self.strange: dict[Key, int] = {}
        """Kept facts of measures that only a newer release knows: they stay as they are."""
        self.state: State = family.begin(around, subject)
        self.base: list[Any] | None = None
        """The packed state that folded events had led to; None while nothing is folded."""
        self.floor: tuple[int, str, int, str, str] | None = None
        """The place of the newest folded event."""
        self.settle_ms: int | None = None
        """Kafka record time at which to look whether it is settled; None while it is open."""
        self.due_ms = NEVER
        """When time alone changes something next."""
        self.stale = False
        """Whether it is built anew from its events when it is next booked: one came out of order,
        or it was stored by other rules than today's."""
        self.pending: list[Fact] = []
        """Facts of steps that are not booked yet."""
        self.raw = b""
        """As it was last packed."""
        self.sources: dict[str, int] = {}
        self.packed_events: list[msgspec.Raw] = []
        """The first of `events` as they go into the log (see `packing`)."""

    def knows(self, event: Event) -> bool:
        """Whether this very event was read before."""
        if self.ids is not None:
            return (event.source, event.id) in self.ids
        identifier = event.id
        for old in self.events:  # noqa: SIM110 - a generator costs more than the loop (hot)
            if old.id == identifier and old.source == event.source:
                return True
        return False

    def contradicts(self, event: Event) -> bool:
        """Whether a known event comes again with other content; the first one read stands."""
        for old in self.events:
            if old.id == event.id and old.source == event.source:
                return old.key != event.key or old.data != event.data
        return False

    def take(self, event: Event) -> None:
        """Adds an event that is neither known nor before `floor`; `book` says what it changes."""
        events = self.events
        if self.ids is not None:
            self.ids.add((event.source, event.id))
        elif len(events) >= FEW:
            self.ids = {(old.source, old.id) for old in events}
            self.ids.add((event.source, event.id))
        if self.stale or (events and event.time_ms <= events[-1].time_ms):
            if self.stale or not self._goes_last(event):
                self.stale = True
                self._insert(event)
                return
            self._insert(event)  # it may stand before what it follows (see `ties.goes_last`)
        else:
            events.append(event)
        state = self.state
        state.step(event, self.pending)
        if state.deleted:
            self.stale = True

    def book(self, now_ms: int, owed: Owed) -> None:
        """Brings the sums up to date with the events taken, and with what time has decided."""
        if self.stale:
            new = self._from_the_start(now_ms)
            owed.add(difference(new, self.facts), self.shard)
            self.facts, self.stale = new, False
        else:
            self._fire_all(now_ms, self.pending)
            owed.add_and_keep(self.pending, self.shard, self.facts)
        self.pending.clear()

    def _fire_all(self, now_ms: int, out: list[Fact]) -> None:
        due = self.state.due_ms()
        while due < now_ms:
            self.state.fire(now_ms, out)
            due = self.state.due_ms()
        self.due_ms = due

    def _goes_last(self, event: Event) -> bool:
        """Whether it can be stepped on, though it is no later than the last one."""
        last = self.events[-1]
        if event.time_ms != last.time_ms:
            return False
        if event.sequence != last.sequence:
            return event.sequence > last.sequence
        return self.family.goes_last(self.state, self.events, event)

    def _insert(self, event: Event) -> None:
        """Puts an event at its place, which may be the end."""
        place = len(self.events)
        while place and self.events[place - 1].key > event.key:
            place -= 1
        self.events.insert(place, event)
        if place < len(self.packed_events):
            self.sources, self.packed_events = {}, []

    def _from_the_start(self, now_ms: int) -> dict[Key, int]:
        """Builds the state anew from all events; the facts that go with it."""
        facts: list[Fact] = []
        self.state = self._run(self.events, facts)
        self._fire_all(now_ms, facts)
        found: dict[Key, int] = {}
        if not self.state.deleted:
            for fact in facts:
                add(found, fact)
        return found

    def _run(self, events: Sequence[Event], out: list[Fact]) -> State:
        """The state after `events`, from the folded base on."""
        if self.base is None:
            state = self.family.begin(self.around, self.subject)
        else:
            state = self.family.unpacked(self.around, self.subject, self.base)
        at, count = 0, len(events)
        while at < count:
            end = at + 1
            while end < count and same_instant(events[end], events[at]):
                end += 1
            run = list(events[at:end])
            while run:
                place = self.family.next_of(state, run) if len(run) > 1 else 0
                state.step(run.pop(place), out)
            at = end
        return state

    def restore(self, now_ms: int) -> None:
        """Builds the state of a stored life again; the kept facts stay as they are."""
        self.stale = self._from_the_start(now_ms) != self.facts

    def standing(self) -> list[Fact]:
        """The levels and open edges that its facts add up to, for a base of the delta log."""
        if not self.stale:
            return self.state.standing()
        kept = [(*key, n) for key, n in self.facts.items() if STANDING[key[0] & MEASURE_MASK]]
        if self.base is not None:
            kept += self.family.unpacked(self.around, self.subject, self.base).standing()
        return kept

    def fold(self, older_than_ms: int, now_ms: int) -> int:
        """Forgets events older than that, and the oldest beyond the limit; gives how many.

        Their facts stay in the sums for good.
        """
        assert not self.stale and not self.pending, "all that happened is booked before"
        keep = self.events
        old = sum(event.time_ms < older_than_ms for event in keep)
        if len(keep) > MAXIMUM_EVENTS:
            old = max(old, len(keep) - FOLD_TO)
        if old <= 0:
            return 0
        together = old  # what happened at one instant stays together, if that is not everything
        while 0 < together < len(keep) and same_instant(keep[together - 1], keep[together]):
            together -= 1
        old = together or old
        self.base = self._run(keep[:old], []).packed()
        self.floor = keep[old - 1].key
        self.events = keep[old:]
        self.ids = None
        self.sources, self.packed_events = {}, []
        self.facts = self._from_the_start(now_ms)
        return old
