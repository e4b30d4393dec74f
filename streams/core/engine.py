"""The worker's side: one partition's lives, its clock, its timers, and what it owes to the log.

Pure: events and instants come in as arguments; what changed comes out as the `Content` of one
record of the delta log. State is a function of the events, the captured settings and now.
"""

import heapq
from collections import Counter, deque
from collections.abc import Mapping
from math import inf
from typing import Final

from streams.core.delta import Content, fine_shard
from streams.core.event_types import KINDS
from streams.core.events import Event
from streams.core.life import BY_LETTER, FAMILIES, MAXIMUM_EVENTS, Life
from streams.core.lifecycle.leg import NEVER
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.lives import Lives
from streams.core.measures import ORDERED
from streams.core.owed import Owed
from streams.core.packing import head, pack
from streams.core.settled import MARK, Settled

LATE_MS: Final = 60_000
SETTLE_MS: Final = 3_600_000
"""A contact is let go of so long after its end."""
FOLD_AFTER_MS: Final = 26 * 3_600_000
"""Older events of an agent are folded: no window holds what they could change."""
FOLD_EVERY_MS: Final = 2 * 3_600_000
FORGET_AFTER_MS: Final = 8 * 86_400_000
"""An agent who is logged off is forgotten so long after the last event: the log's retention."""
_NAMES: Final = [measure.name for measure in ORDERED]
_FAMILY: Final = tuple(FAMILIES.get(kind.family) for kind in KINDS)
"""By type of event; None for a heartbeat, which belongs to no life."""


class Partition:
    """All lives of one partition number of the input topics."""

    def __init__(self, around: Surroundings, now_ms: int = 0) -> None:
        self.around = around
        self.now_ms = now_ms
        self.record_ms = 0
        self.newest_event_ms = 0
        self._lives = Lives(around)
        self.lives = self._lives.awake
        self.idle = self._lives.idle
        self.settled = Settled()
        self.counters: Counter[str] = Counter()
        self._events = 0
        self._owed = Owed()
        self._fresh: dict[str, Life] = {}
        """Lives with events that are not booked yet: many events of a fetch cost one booking."""
        self._changed: dict[str, Life] = {}
        self._bytes = 0
        self._marks: dict[str, bytes | None] = {}
        self._timers: list[tuple[int, str]] = []
        self._due: dict[str, int] = {}
        self._settling: dict[str, deque[tuple[int, str]]] = {name: deque() for name in BY_LETTER}

    # ---- what comes in

    def take(self, event: Event, record_ms: int) -> None:
        """One event, read from a Kafka record of that time."""
        self._events += 1
        if record_ms > self.record_ms:  # noqa: PLR1730 - a call of max costs more (hot)
            self.record_ms = record_ms
        if event.time_ms > self.newest_event_ms:
            self.newest_event_ms = event.time_ms
        elif event.time_ms < self.now_ms - LATE_MS:
            self.counters["events_late"] += 1
        family = _FAMILY[event.rank]
        if family is None:
            return
        key = family.letter + event.subject
        life = self.lives.get(key) or self._lives.wake(key)
        if life is None:
            if self.settled.holds(key):
                self.counters["after_settling"] += 1
                return
            life = self.lives[key] = Life(family, event.subject, self.around)
        elif life.knows(event):
            self.counters["duplicates"] += 1
            if life.contradicts(event):
                self.counters["conflicting_repeats"] += 1
            return
        elif life.floor is not None and event.key <= life.floor:
            self.counters["after_settling"] += 1
            return
        life.take(event)
        self._fresh[key] = life
        if len(life.events) > MAXIMUM_EVENTS:
            self._fold(life)

    def advance(self, now_ms: int, room: float = inf) -> bool:
        """Time passes: what is due before now fires. Now never goes back.

        False: the next record has grown to `room` bytes, and now stands before what is still due:
        cut, and advance again.
        """
        self._book_fresh()
        timers = self._timers
        while timers and timers[0][0] < now_ms:
            due, key = timers[0]
            if self._due.get(key) != due:
                heapq.heappop(timers)  # it was decided meanwhile
                continue
            if due >= self.now_ms:
                if self.size > room:
                    return False
                self.now_ms = due + 1
            heapq.heappop(timers)
            life = self._lives.get(key)
            assert life is not None, "what has a timer is alive"
            life.book(self.now_ms, self._owed)
            self._watch(key, life)
        self.now_ms = max(self.now_ms, now_ms)
        return True

    def _book_fresh(self) -> None:
        for key, life in self._fresh.items():
            life.book(self.now_ms, self._owed)
            self._watch(key, life)
        self._fresh = {}

    def settle(self, room: float = inf) -> bool:
        """Lets go of what ended long enough ago by the record times read; False as in `advance`."""
        self._book_fresh()
        for waiting in self._settling.values():
            while waiting and waiting[0][0] <= self.record_ms:
                if self.size > room:
                    return False
                at, key = waiting.popleft()
                if self._lives.settles_at(key) == at:  # else it went on, or is gone
                    self._let_go(key)
        self.settled.forget_before(self.record_ms)
        return True

    def _let_go(self, key: str) -> None:
        if key[0] == "c":
            self._forget(key)
            self._marks[key] = self.settled.add(key, self.record_ms)
            return
        life = self._lives.get(key)
        assert life is not None, "what settles is alive"
        self._fold(life)
        last_ms = life.events[-1].time_ms if life.events else life.floor[0] if life.floor else 0
        if life.state.over() and last_ms < self.record_ms - FORGET_AFTER_MS:
            self._forget(key)
            self._marks[key] = None
            return
        life.settle_ms = None
        self._watch(key, life)

    def _fold(self, life: Life) -> None:
        """Old events of an agent, and whatever is beyond the limit of a life."""
        life.book(self.now_ms, self._owed)
        agent = life.family.letter == "a"
        old_ms = min(self.newest_event_ms, self.record_ms) - FOLD_AFTER_MS if agent else 0
        self.counters["folded"] += life.fold(old_ms, self.now_ms)

    def _forget(self, key: str) -> None:
        self._lives.forget(key)
        self._due.pop(key, None)
        self._changed.pop(key, None)

    def _watch(self, key: str, life: Life) -> None:
        """A life has changed: it is to be written, its timer and its settling are set."""
        if key not in self._changed:
            self._changed[key] = life
            self._bytes += 150 + 60 * len(life.events) + 8 * len(life.facts)
        due = life.due_ms
        if due < NEVER:
            if self._due.get(key) != due:
                self._due[key] = due
                heapq.heappush(self._timers, (due, key))
        elif key in self._due:
            del self._due[key]
        if key[0] == "a":
            if life.settle_ms is None:
                self._settle_at(key, life, self.record_ms + FOLD_EVERY_MS)
        elif life.state.over():
            self._settle_at(key, life, self.record_ms + SETTLE_MS)
        else:
            life.settle_ms = None

    def _settle_at(self, key: str, life: Life, at: int) -> None:
        """Record times only grow, so what settles later stands further back."""
        if life.settle_ms != at:
            life.settle_ms = at
            self._settling[key[0]].append((at, key))

    # ---- what goes out

    @property
    def changed(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._events or self._changed or self._owed or self._marks or self.counters)

    @property
    def size(self) -> int:
        """About how many bytes the next record takes."""
        fresh = 500 * len(self._fresh) + 60 * self._events
        return self._bytes + 12 * len(self._owed) + 40 * len(self._marks) + fresh

    def cut(self, lag_events: int = 0) -> Content:
        """What changed since the last cut, for one record; afterwards nothing is owed."""
        self._book_fresh()
        lives: dict[str, bytes | None] = dict(self._marks)
        for key, life in self._changed.items():
            lives[key] = life.raw = pack(life, self.now_ms)
            self._lives.touch(key)
        if self._events:
            self.counters["events"] += self._events
        content = self._content(lives, self._owed, dict(self.counters), lag_events)
        self._owed, self._events, self._bytes = Owed(), 0, 0
        self._changed, self._marks = {}, {}
        self.counters.clear()
        self._lives.after_cut()
        return content

    def _content(
        self,
        lives: dict[str, bytes | None],
        owed: Owed,
        counters: dict[str, int],
        lag_events: int,
    ) -> Content:
        groups, cells, levels = owed.flat(self.around.places)
        return Content(
            lives=lives,
            measures=_NAMES,
            groups=groups,
            cells=cells,
            levels=levels,
            counters=counters,
            now_ms=self.now_ms,
            newest_event_ms=self.newest_event_ms,
            record_time_ms=self.record_ms,
            lag_events=lag_events,
        )

    # ---- bases and recovery

    @property
    def stored_bytes(self) -> int:
        """About how many bytes a base takes."""
        return self._lives.stored_bytes + 8 * len(self.settled)

    def chunk(self, i: int, of: int) -> Content:
        """Shard `i` as it stands; nothing may be unflushed."""
        assert not self.changed, "a chunk is cut only with nothing unflushed (R7)"
        lives: dict[str, bytes | None] = {}
        owed = Owed()
        for key in self._lives.shard(i, of):
            lives[key], facts = self._lives.stored(key)
            owed.add(facts, fine_shard(key))
        for key, raw in self.settled.packed().items():
            if fine_shard(key) % of == i:
                lives[key] = raw
        return self._content(lives, owed, {}, 0)

    def load(
        self,
        lives: Mapping[str, bytes],
        *,
        now_ms: int = 0,
        record_ms: int = 0,
        newest_event_ms: int = 0,
    ) -> None:
        """Takes over what the log holds; may be called with a part of the lives at a time.

        Lives stay packed until something happens to them.
        """
        self.now_ms = max(self.now_ms, now_ms)
        self.record_ms = max(self.record_ms, record_ms)
        self.newest_event_ms = max(self.newest_event_ms, newest_event_ms)
        for key, raw in lives.items():
            if key[0] == MARK or raw[:1] == MARK.encode():
                self.settled.load(key, raw)
            elif key[0] in BY_LETTER:  # else a newer release's: left as they are
                self._load(key, raw)
        for letter, waiting in self._settling.items():
            self._settling[letter] = deque(sorted(waiting))

    def _load(self, key: str, raw: bytes) -> None:
        known = head(raw)
        self.idle[key] = raw
        if known.due is not None:
            self._due[key] = known.due_ms
            heapq.heappush(self._timers, (known.due_ms, key))
        if known.settle_ms is not None:
            self._settling[key[0]].append((known.settle_ms, key))
