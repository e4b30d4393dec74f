"""The worker's side: one partition's lives, its clock, its timers, and what it owes to the log.

Pure: events and instants come in as arguments; what changed comes out as the `Content` of one
record of the delta log. State is a function of the events, the captured settings and now.
"""

import heapq
from binascii import crc32
from collections import Counter, deque
from collections.abc import Mapping
from typing import Final

from streams.core.delta import FINE_SHARDS, Content, Group
from streams.core.events import HEARTBEAT, Event
from streams.core.facts import MEASURE_BITS, MEASURE_MASK, Fact, Key
from streams.core.life import BY_LETTER, FAMILIES, FOLD_AFTER_MS, MAXIMUM_EVENTS, NEVER, Life
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import ORDERED, Kind
from streams.core.packing import pack, unpack
from streams.core.settled import MARK, Settled

LATE_MS: Final = 60_000
IDLE_CUTS: Final = 240
"""A life that this many records have passed over is packed to bytes (a minute, about)."""
_STANDING: Final = tuple(measure.kind in (Kind.LEVEL, Kind.TIME) for measure in ORDERED)
_NAMES: Final = [measure.name for measure in ORDERED]


class Partition:
    """All lives of one partition number of the input topics."""

    def __init__(self, around: Surroundings, now_ms: int = 0) -> None:
        self.around = around
        self.now_ms = now_ms
        self.record_ms = 0
        self.newest_event_ms = 0
        self.lives: dict[str, Life] = {}
        self.idle: dict[str, bytes] = {}
        self.settled = Settled()
        self.counters: Counter[str] = Counter()
        self._cells: dict[Key, int] = {}
        self._levels: dict[tuple[int, int, int, int], int] = {}
        self._changed: dict[str, None] = {}
        self._marks: dict[str, bytes] = {}
        self._timers: list[tuple[int, str]] = []
        self._due: dict[str, int] = {}
        self._settling: list[tuple[int, str]] = []
        self._touched: deque[tuple[int, str]] = deque()
        self._last_cut: dict[str, int] = {}
        self._cut = 0

    # ---- what comes in

    def take(self, event: Event, record_ms: int) -> None:
        """One event, read from a Kafka record of that time."""
        counters = self.counters
        counters["events"] += 1
        if record_ms > self.record_ms:
            self.record_ms = record_ms
        if event.time_ms > self.newest_event_ms:
            self.newest_event_ms = event.time_ms
        elif event.time_ms < self.now_ms - LATE_MS:
            counters["events_late"] += 1
        if event.rank == HEARTBEAT:
            return
        family = FAMILIES[event.kind.family]
        key = family.letter + event.subject
        life = self.lives.get(key) or self._wake(key)
        if life is None:
            if self.settled.holds(key):
                counters["after_settling"] += 1
                return
            life = self.lives[key] = Life(family, event.subject, self.around)
        if life.knows(event):
            counters["duplicates"] += 1
            if life.contradicts(event):
                counters["conflicting_repeats"] += 1
            return
        if life.floor is not None and event.key <= life.floor:
            counters["after_settling"] += 1
            return
        self._book(key, life.take(event, self.now_ms))
        if len(life.events) > MAXIMUM_EVENTS:
            counters["folded"] += life.fold(self.newest_event_ms - FOLD_AFTER_MS)
        self._watch(key, life)

    def advance(self, now_ms: int) -> None:
        """Time passes: what is due before now fires. Now never goes back."""
        if now_ms <= self.now_ms:
            return
        self.now_ms = now_ms
        timers = self._timers
        while timers and timers[0][0] < now_ms:
            due, key = heapq.heappop(timers)
            if self._due.get(key) != due:
                continue  # it was decided meanwhile
            life = self.lives.get(key) or self._wake(key)
            assert life is not None, "what has a timer is alive"
            self._book(key, life.fire(now_ms))
            self._watch(key, life)

    def settle(self) -> None:
        """Lets go of what ended long enough ago by the record times read."""
        waiting = self._settling
        while waiting and waiting[0][0] <= self.record_ms:
            at, key = heapq.heappop(waiting)
            life = self.lives.get(key) or self._wake(key)
            if life is None or life.settle_ms != at:
                continue  # it went on, or is gone
            if life.family.letter == "a":
                self._fold(key, life)
            else:
                self._forget(key, life)
        self.settled.forget_before(self.record_ms)

    def _fold(self, key: str, life: Life) -> None:
        self.counters["folded"] += life.fold(self.newest_event_ms - FOLD_AFTER_MS)
        if life.events:
            life.settle_ms = None
            self._changed[key] = None
            self._watch(key, life)
        else:
            self._forget(key, life)

    def _forget(self, key: str, life: Life) -> None:
        self.lives.pop(key, None)
        self._due.pop(key, None)
        self._last_cut.pop(key, None)
        self._changed.pop(key, None)
        self._marks[key] = self.settled.add(key, self.record_ms)

    def _wake(self, key: str) -> Life | None:
        raw = self.idle.pop(key, None)
        if raw is None:
            return None
        life = self.lives[key] = unpack(raw, key[0], key[1:], self.around)
        return life

    def _book(self, key: str, facts: list[Fact]) -> None:
        """Adds facts to what the next record takes; `facts.add` is written out, as it is hot."""
        self._changed[key] = None
        cells = self._cells
        get = cells.get
        shard = -1
        for cell, second, x, n in facts:
            if _STANDING[cell & MEASURE_MASK]:
                if shard < 0:
                    shard = crc32(key.encode()) % FINE_SHARDS
                place = (shard, cell, second, x)
                self._levels[place] = self._levels.get(place, 0) + n
            else:
                at = (cell, second, x)
                cells[at] = get(at, 0) + n

    def _watch(self, key: str, life: Life) -> None:
        due = life.due_ms
        if due < NEVER:
            if self._due.get(key) != due:
                self._due[key] = due
                heapq.heappush(self._timers, (due, key))
        else:
            self._due.pop(key, None)
        if not life.state.over():
            life.settle_ms = None
        elif life.settle_ms is None or life.family.letter == "c":
            at = self.record_ms + life.family.settle_ms
            if life.settle_ms != at:
                life.settle_ms = at
                heapq.heappush(self._settling, (at, key))

    # ---- what goes out

    @property
    def changed(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._changed or self._cells or self._levels or self._marks or self.counters)

    @property
    def size(self) -> int:
        """About how many bytes the next record takes."""
        return 400 * len(self._changed) + 12 * (len(self._cells) + len(self._levels))

    def cut(self, lag_events: int = 0) -> Content:
        """What changed since the last cut, for one record; afterwards nothing is owed."""
        self._cut += 1
        lives: dict[str, bytes | None] = dict(self._marks)
        for key in self._changed:
            lives[key] = pack(self.lives[key], self.now_ms)
            self._last_cut[key] = self._cut
            self._touched.append((self._cut, key))
        content = self._content(lives, self._cells, self._levels, dict(self.counters), lag_events)
        self._cells, self._levels = {}, {}
        self._changed, self._marks = {}, {}
        self.counters.clear()
        self._pack_idle(lives)
        return content

    def _pack_idle(self, fresh: dict[str, bytes | None]) -> None:
        touched = self._touched
        while touched and touched[0][0] <= self._cut - IDLE_CUTS:
            cut, key = touched.popleft()
            if self._last_cut.get(key) == cut and key not in fresh:
                del self._last_cut[key]
                self.idle[key] = pack(self.lives.pop(key), self.now_ms)

    def _content(
        self,
        lives: dict[str, bytes | None],
        cells: dict[Key, int],
        levels: dict[tuple[int, int, int, int], int],
        counters: dict[str, int],
        lag_events: int,
    ) -> Content:
        numbers: dict[int, int] = {}
        flat: list[int] = []
        for (cell, second, x), n in cells.items():
            if not n:
                continue
            group = numbers.setdefault(cell >> MEASURE_BITS, len(numbers))
            flat += (group, cell & MEASURE_MASK, second, x, n)
        standing: list[int] = []
        for (shard, cell, second, x), n in levels.items():
            if n:
                group = numbers.setdefault(cell >> MEASURE_BITS, len(numbers))
                standing += (shard, group, cell & MEASURE_MASK, second, x, n)
        names = self.around.groups.names
        groups: list[Group] = [tuple(names[number]) for number in numbers]
        return Content(
            lives=lives,
            measures=_NAMES,
            groups=groups,
            cells=flat,
            levels=standing,
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
        return 400 * (len(self.lives) + len(self.idle)) + 8 * len(self.settled)

    def keys(self, i: int, of: int) -> list[str]:
        """The lives of shard `i` of `of`."""
        keys = [*self.lives, *self.idle]
        return [key for key in keys if crc32(key.encode()) % FINE_SHARDS % of == i]

    def chunk(self, i: int, of: int) -> Content:
        """Shard `i` as it stands; nothing may be unflushed."""
        assert not self.changed, "a chunk is cut only with nothing unflushed (R7)"
        lives: dict[str, bytes | None] = {}
        levels: dict[tuple[int, int, int, int], int] = {}
        for key in self.keys(i, of):
            shard = crc32(key.encode()) % FINE_SHARDS
            life = self.lives.get(key)
            raw = pack(life, self.now_ms) if life is not None else self.idle[key]
            lives[key] = raw
            if life is None:
                life = unpack(raw, key[0], key[1:], self.around)
            for cell, second, x, n in life.state.standing():
                place = (shard, cell, second, x)
                levels[place] = levels.get(place, 0) + n
        for key, raw in self.settled.packed().items():
            if crc32(key.encode()) % FINE_SHARDS % of == i:
                lives[key] = raw
        return self._content(lives, {}, levels, {}, 0)

    def load(
        self,
        lives: Mapping[str, bytes],
        *,
        now_ms: int = 0,
        record_ms: int = 0,
        newest_event_ms: int = 0,
    ) -> None:
        """Takes over what the log holds."""
        self.now_ms = max(self.now_ms, now_ms)
        self.record_ms = max(self.record_ms, record_ms)
        self.newest_event_ms = max(self.newest_event_ms, newest_event_ms)
        for key, raw in lives.items():
            if key[0] == MARK or raw[:1] == MARK.encode():
                self.settled.load(key, raw)
                continue
            if key[0] not in BY_LETTER:
                continue  # a newer release's lives: left as they are
            life = self.lives[key] = unpack(raw, key[0], key[1:], self.around)
            self._watch_loaded(key, life)

    def _watch_loaded(self, key: str, life: Life) -> None:
        due = life.due_ms
        if due < NEVER:
            self._due[key] = due
            heapq.heappush(self._timers, (due, key))
        if life.settle_ms is not None:
            heapq.heappush(self._settling, (life.settle_ms, key))
        for event in life.events:
            self.newest_event_ms = max(self.newest_event_ms, event.time_ms)
        self._last_cut[key] = self._cut
        self._touched.append((self._cut, key))
