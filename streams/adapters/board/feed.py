"""From the records of the delta log to the sums: one reading per partition, rebuilt when it must.

No input or output: records come in with their offsets, `read` says whether the whole reading has to
begin anew (and where).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from streams.core.board import Board
from streams.core.delta import FINE_SHARDS, Body, Chunk, cells_of, levels_of
from streams.core.log_reader import (
    PassedOver,
    ReaderState,
    Rebuild,
    Refused,
    Valid,
    read,
    starting_at,
)

Staged = dict[int, list[tuple[list[str], list[tuple[str | None, ...]], list[int]]]]
"""Fine shard -> (measures, groups, flat sixes) in the words of their record."""


class Listener(Protocol):
    """Who wants to know what was merged: the counters of /metrics."""

    def on_body(self, body: Body, cells: list[int]) -> None:
        """A delta that was appended after the process had read the log to its end."""


@dataclass(slots=True)
class Partition:
    """What a board knows of one partition of the log."""

    state: ReaderState
    live_from: int
    """The log's end when the reading began: older records are history."""
    began_ms: int = 0
    """Wall clock at which the reading began."""
    heard_ms: int = 0
    """Wall clock at the last valid record."""
    now_ms: int = 0
    newest_event_ms: int = 0
    record_ms: int = 0
    lag_events: int = 0
    base_ms: int = 0
    claims: int = 0
    counters: Counter[str] = field(default_factory=Counter)
    staged: Staged | None = None
    """Levels by fine shard until the first base is complete: its chunks replace them."""

    @property
    def caught_up(self) -> bool:
        """Whether the history is read."""
        return self.state.position >= self.live_from

    def behind_ms(self, wall_ms: int) -> int:
        """How old the newest record read is, while there are more; 0 at the end."""
        return max(0, wall_ms - self.record_ms) if self.lag_events and self.record_ms else 0


class RebuildNeededError(Exception):
    """The reading contradicts the log: everything is read anew. `skip`: {partition: offset}."""

    def __init__(self, reason: str, skip: Mapping[int, int] | None = None) -> None:
        super().__init__(reason)
        self.skip = dict(skip or {})


class Feed:
    """All partitions of the log, merged into one board."""

    def __init__(self, board: Board, listener: Listener | None = None) -> None:
        self.board = board
        self.partitions: dict[int, Partition] = {}
        self.passed_over: Counter[str] = Counter()
        self._listener = listener

    def begin(self, partition: int, *, start: int, end: int, wall_ms: int = 0) -> None:
        """A reading begins at `start` (the log's first offset, or a claim); its end is `end`."""
        state = ReaderState(live_from=end) if start == 0 else starting_at(start, end)
        staged: Staged | None = None if start == 0 else {}
        self.partitions[partition] = Partition(state, end, wall_ms, staged=staged)

    def read(self, partition: int, offset: int, raw: bytes | None, wall_ms: int) -> None:
        """One record. Raises `RebuildNeededError`, and NewerRecordError for a newer release's."""
        at = self.partitions[partition]
        at.state, step = read(at.state, offset, raw)
        match step:
            case Valid(record=record, completes_base=complete):
                if getattr(record, "reset", False) and at.heard_ms:
                    raise RebuildNeededError("the log was reset", {partition: record.claim})
                at.heard_ms = wall_ms
                chunk = record if isinstance(record, Chunk) else None
                self._merge(at, record.body, chunk, is_new=offset >= at.live_from)
                if complete:
                    at.staged = None
            case Rebuild(reason=reason):
                raise RebuildNeededError(reason)
            case Refused(error=error):
                raise error
            case PassedOver(reason=reason):
                self.passed_over[reason] += 1
            case _:
                at.claims += 1

    def _merge(self, at: Partition, body: Body, chunk: Chunk | None, *, is_new: bool) -> None:
        at.now_ms = max(at.now_ms, body.now_ms)
        at.newest_event_ms = max(at.newest_event_ms, body.newest_event_ms)
        at.record_ms = max(at.record_ms, body.record_time_ms)
        if chunk is not None:
            at.base_ms = at.heard_ms
            self._chunk(at, chunk)
            return
        at.lag_events = body.lag_events
        cells, levels = cells_of(body), levels_of(body)
        self.board.merge_cells(body.measures, body.groups, cells)
        self.board.merge_levels(body.measures, body.groups, levels)
        if at.staged is not None:
            _stage(at.staged, body, levels)
        at.counters.update(body.counters)
        if self._listener is not None and is_new:
            self._listener.on_body(body, cells)

    def _chunk(self, at: Partition, chunk: Chunk) -> None:
        """A reading that began in the middle takes the standing levels from the base."""
        if at.staged is None:
            return
        for shard in range(chunk.i, FINE_SHARDS, chunk.of):
            for measures, groups, levels in at.staged.pop(shard, ()):
                self.board.merge_levels(measures, groups, levels, sign=-1)
        levels = levels_of(chunk.body)
        self.board.merge_levels(chunk.body.measures, chunk.body.groups, levels)
        _stage(at.staged, chunk.body, levels)


def _stage(staged: Staged, body: Body, levels: list[int]) -> None:
    for place in range(0, len(levels), 6):
        six = levels[place : place + 6]
        staged.setdefault(six[0], []).append((body.measures, body.groups, six))
