"""The real engine as a worker's memory: histories of contacts and agents over two input topics.

The truth is one engine that reads, in one go, the source below the log's position and is told the
log's now: whatever crashed, repeated or came late in between, the log must hold the same cells and
levels after every record.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import NamedTuple

from streams.core import delta
from streams.core.delta import Content, Positions
from streams.core.engine import Partition
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_load import Loaded
from streams.core.measures import ORDERED, Kind
from tests.histories import Raw, arrivals
from tests.laws.kit import Told, decoded, told

from .board import View, cell_sums, level_sums
from .memory import Memory, Steps
from .scene import Sums, nonzero

KINDS = {measure.name: measure.kind for measure in ORDERED}
HISTORIES = 100_000
DAYS_MS = 3 * 86_400_000
"""After the last event: every threshold has passed."""


class Event(NamedTuple):
    """One event of the source; decoded anew for each reading, since events keep settings."""

    topic: str
    offset: int
    raw: Raw


class EngineMemory:
    """One partition of the real engine."""

    def __init__(self, source: EngineSource, rnd: random.Random) -> None:
        self._source, self._rnd = source, rnd
        self.engine = source.new_engine()
        self.to: Positions = {}
        self._cut_to: Positions = {}
        self._cut_now_ms = 0

    def steps(self) -> Steps:
        out: Steps = []
        if self._ahead():
            out.append(("reads an event", self._read_event))
        if self.engine.now_ms < self._source.end_ms:
            out.append(("time passes", self._time_passes))
        return out

    @property
    def clean(self) -> bool:
        written = (self._cut_to, self._cut_now_ms)
        return not self.engine.changed and written == (self.to, self.engine.now_ms)

    @property
    def finished(self) -> bool:
        return not self.steps()

    def cut(self) -> tuple[Content, Positions]:
        self._cut_to, self._cut_now_ms = self.to, self.engine.now_ms
        return self.engine.cut(), self.to

    def chunk(self, i: int, of: int) -> Content:
        return self.engine.chunk(i, of)

    def load(self, loaded: Loaded) -> None:
        body = loaded.body
        self.engine.load(
            loaded.lives,
            now_ms=body.now_ms if body else 0,
            record_ms=body.record_time_ms if body else 0,
            newest_event_ms=body.newest_event_ms if body else 0,
        )
        self.to = self._cut_to = dict(loaded.to)
        self._cut_now_ms = self.engine.now_ms

    def _ahead(self) -> list[Event]:
        return [e for e in self._source.events if e.offset >= self.to.get(e.topic, 0)]

    def _read_event(self) -> None:
        ahead = self._ahead()
        topic = self._rnd.choice(sorted({event.topic for event in ahead}))
        event = next(event for event in ahead if event.topic == topic)
        self._source.read(self.engine, event)
        self.to = {**self.to, topic: event.offset + 1}

    def _time_passes(self) -> None:
        step_ms = self._rnd.choice((1_000, 5_001, 30_001, 120_000, DAYS_MS))
        now_ms = max(self.engine.now_ms, self._source.begin_ms)
        self.engine.advance(min(now_ms + step_ms, self._source.end_ms))


class EngineSource:
    """A history of a few contacts and agents, as it arrives, with repeats and disorder."""

    def __init__(self, rnd: random.Random) -> None:
        centre = told(rnd.randrange(HISTORIES), contacts=2, agents=1)
        self._centre: Told = centre
        self.events: list[Event] = []
        next_offset = {"calls": 0, "agents": 0}
        for raw in arrivals(centre.choose, centre.raws):
            topic = "agents" if str(raw["type"]).startswith("agent") else "calls"
            offset = next_offset[topic] + rnd.choice((0, 0, 0, 1, 2))
            next_offset[topic] = offset + 1
            self.events.append(Event(topic, offset, raw))
        times = [event.time_ms for event in decoded(centre.raws, centre.rules)] or [0]
        self.begin_ms, self.end_ms = min(times), max(times) + DAYS_MS
        self.ends: Positions = {event.topic: event.offset + 1 for event in self.events}
        self._known: dict[tuple[object, int], tuple[Sums, Sums]] = {}

    def new_memory(self, rnd: random.Random) -> Memory:
        return EngineMemory(self, rnd)

    def new_engine(self) -> Partition:
        return Partition(Surroundings(self._centre.rules))

    def read(self, engine: Partition, event: Event) -> None:
        """Record times are 0, so that nothing settles: a life that is forgotten is the toy's."""
        engine.take(decoded([event.raw], self._centre.rules)[0], record_ms=0)

    def problem(self, view: View) -> str | None:
        to = view.state.to or {}
        cells, levels = self._recount(to, view.now_ms)
        if view.cells != cells:
            return f"cells differ from those of the source below {to}: {_apart(view.cells, cells)}"
        if view.levels != levels:
            return f"levels differ from those below {to}: {_apart(view.levels, levels)}"
        return None

    def standing(self, levels: Sums) -> Sums:
        """Time in state: a base holds open intervals only, those that ended are in no window."""
        sums: Sums = Counter()
        for (shard, group, measure, second, x), n in levels.items():
            if KINDS[str(measure)] is Kind.TIME:
                sums[shard, group, measure] += n
            else:
                sums[shard, group, measure, second, x] += n
        return nonzero(sums)

    def problem_at_rest(self, view: View) -> str | None:
        if view.state.to != self.ends:
            return f"at rest the log stops at {view.state.to} of {self.ends}"
        return None if view.now_ms == self.end_ms else f"at rest it is {view.now_ms}"

    def _recount(self, to: Positions, now_ms: int) -> tuple[Sums, Sums]:
        key = (tuple(sorted(to.items())), now_ms)
        found = self._known.get(key)
        if found is None:
            engine = self.new_engine()
            for event in self.events:
                if event.offset < to.get(event.topic, 0):
                    self.read(engine, event)
            engine.advance(now_ms)
            body = delta.pack(engine.cut())
            found = nonzero(cell_sums(body)), nonzero(level_sums(body))
            self._known[key] = found
        return found


def _apart(ours: Sums, theirs: Sums) -> Sums:
    both = ours.copy()
    both.subtract(theirs)
    return nonzero(both)
