"""A life: the events of one subject in order, its state, and the facts it has in the sums.

One rule covers repeats, disorder, late correction and retraction: an event in order is one step and
its facts are added; a repeat is nothing; anything else replays the log of the life and adds the
difference between the new facts and those kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from streams.core import events as ev
from streams.core.events import Event
from streams.core.facts import Fact, Key, add, difference
from streams.core.lifecycle import agent, contact
from streams.core.lifecycle.surroundings import Surroundings

MAXIMUM_EVENTS: Final = 1000
NEVER: Final = 1 << 62
FOLD_AFTER_MS: Final = 26 * 3600 * 1000
"""Older events of an agent are folded: no window holds what they could change."""


class State(Protocol):
    """What a life of any kind can do."""

    def step(self, event: Event, out: list[Fact]) -> None: ...
    def fire(self, now_ms: int, out: list[Fact]) -> None: ...
    def due_ms(self) -> int: ...
    def over(self) -> bool: ...
    def standing(self) -> list[Fact]: ...
    @property
    def deleted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Family:
    """How lives of one family begin, order equal times and end."""

    letter: str
    begin: Callable[[Surroundings, str], Any]
    next_of: Callable[[Any, Sequence[Event]], int]
    settle_ms: int


FAMILIES: Final = {
    "contact": Family("c", lambda around, _: contact.Contact(around), contact.next_of, 3_600_000),
    "agent": Family(
        "a", lambda around, name: agent.Agent(around, name), agent.next_of, FOLD_AFTER_MS
    ),
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
        "foreign",
        "ids",
        "settle_ms",
        "state",
        "subject",
    )

    def __init__(self, family: Family, subject: str, around: Surroundings) -> None:
        self.family = family
        self.subject = subject
        self.around = around
        self.events: list[Event] = []
        self.ids: set[tuple[str, str]] = set()
        self.facts: dict[Key, int] = {}
        self.state: State = family.begin(around, subject)
        self.base: State | None = None
        """The state that folded events had led to; None while nothing is folded."""
        self.floor: tuple[int, str, int, str, str] | None = None
        self.settle_ms: int | None = None
        """Kafka record time from which the life is settled; None while it is open."""
        self.due_ms = NEVER
        """When time alone changes something next."""
        self.foreign = False
        """Stored by other rules than today's: always replayed, never stepped on."""

    def knows(self, event: Event) -> bool:
        """Whether this very event was read before."""
        return (event.source, event.id) in self.ids

    def contradicts(self, event: Event) -> bool:
        """Whether a known event comes again with other content; the first one read stands."""
        for old in self.events:
            if old.id == event.id and old.source == event.source:
                return old.key != event.key or old.data != event.data
        return False

    def take(self, event: Event, now_ms: int) -> list[Fact]:
        """Adds an event that is not known yet; gives what changes in the sums."""
        self.ids.add((event.source, event.id))
        out: list[Fact] = []
        if self._in_order(event) and not self.foreign:
            self.events.append(event)
            state = self.state
            state.step(event, out)
            self.due_ms = state.due_ms()
            if self.due_ms < now_ms:
                self._fire_all(now_ms, out)
            if not state.deleted:
                self._keep(out)
                return out
        else:
            self._insert(event)
        return self._replay(now_ms)

    def fire(self, now_ms: int) -> list[Fact]:
        """What time alone has decided by `now_ms`."""
        if self.foreign:
            return self._replay(now_ms)
        out: list[Fact] = []
        self._fire_all(now_ms, out)
        self._keep(out)
        return out

    def _keep(self, out: list[Fact]) -> None:
        """`facts.add` of each, written out: the hottest loop of the worker (5 % of its time)."""
        facts = self.facts
        get = facts.get
        for cell, second, x, n in out:
            key = (cell, second, x)
            total = get(key, 0) + n
            if total:
                facts[key] = total
            else:
                del facts[key]

    def _fire_all(self, now_ms: int, out: list[Fact]) -> None:
        due = self.state.due_ms()
        while due < now_ms:
            self.state.fire(now_ms, out)
            due = self.state.due_ms()
        self.due_ms = due

    def _in_order(self, event: Event) -> bool:
        if not self.events:
            return self.floor is None or event.key > self.floor
        last = self.events[-1]
        if event.time_ms != last.time_ms:
            return event.time_ms > last.time_ms
        same = _same_instant(event, last)
        if same and (event.rank in contact.LEAVING or event.rank == ev.QUEUED):
            return False  # a leg may be left at the very time the next one opens
        return event.key > last.key

    def _insert(self, event: Event) -> None:
        place = len(self.events)
        while place and self.events[place - 1].key > event.key:
            place -= 1
        self.events.insert(place, event)

    def _replay(self, now_ms: int) -> list[Fact]:
        facts: list[Fact] = []
        self.state = self._run(self.events, facts)
        self._fire_all(now_ms, facts)
        new: dict[Key, int] = {}
        if not self.state.deleted:
            for fact in facts:
                add(new, fact)
        changes = difference(new, self.facts)
        self.facts = new
        return changes

    def _run(self, events: Sequence[Event], out: list[Fact]) -> State:
        """The state after `events`, from the folded base on."""
        state: Any = self.family.begin(self.around, self.subject)
        if self.base is not None:
            state = self.base.copy()  # type: ignore[attr-defined]  # only agents are folded
        at, count = 0, len(events)
        while at < count:
            end = at + 1
            while end < count and _same_instant(events[end], events[at]):
                end += 1
            run = list(events[at:end])
            while run:
                place = self.family.next_of(state, run) if len(run) > 1 else 0
                state.step(run.pop(place), out)
            at = end
        return state

    def restore(self, now_ms: int) -> None:
        """Builds the state of a stored life again; the kept facts stay as they are."""
        facts: list[Fact] = []
        self.state = self._run(self.events, facts)
        self._fire_all(now_ms, facts)
        same: dict[Key, int] = {}
        if not self.state.deleted:
            for fact in facts:
                add(same, fact)
        self.foreign = same != self.facts

    def fold(self, older_than_ms: int) -> int:
        """Forgets events older than that, and the oldest beyond the limit; gives how many."""
        keep = self.events
        old = sum(event.time_ms < older_than_ms for event in keep)
        if len(keep) > MAXIMUM_EVENTS:  # well below the limit, so that it is not done each time
            old = max(old, len(keep) - MAXIMUM_EVENTS * 9 // 10)
        if old <= 0:
            return 0
        ignored: list[Fact] = []
        self.base = self._run(keep[:old], ignored)
        self.floor = keep[old - 1].key
        self.events = keep[old:]
        self.ids = {(event.source, event.id) for event in self.events}
        rest: list[Fact] = []
        self._run(self.events, rest)
        self.facts = {}
        for fact in rest:
            add(self.facts, fact)
        return old


def _same_instant(one: Event, other: Event) -> bool:
    return one.time_ms == other.time_ms and one.sequence == other.sequence
