"""A board in miniature: the product's reader, sums of cells, standing levels, and the lives too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from streams.core.delta import (
    Body,
    Chunk,
    Written,
    cells_of,
    fine_shard,
    levels_of,
    lives_of,
)
from streams.core.log_reader import ReaderState, Rebuild, Step, Valid, is_reset, read

from .scene import Sums, nonzero


@dataclass(frozen=True)
class View:
    """What a reading of the log has come to; frozen, so that snapshots are free."""

    state: ReaderState = field(default_factory=ReaderState)
    cells: Sums = field(default_factory=Counter)
    levels: Sums = field(default_factory=Counter)
    lives: dict[str, bytes] = field(default_factory=dict)
    read: int = 0  # the counter "events"
    now_ms: int = 0
    since: int = 0  # cells are those of records from this offset on


def feed(view: View, offset: int, raw: bytes) -> tuple[View, Step]:
    """The next record; on Rebuild the view is unchanged."""
    state, step = read(view.state, offset, raw)
    if isinstance(step, Valid):
        return _applied(replace(view, state=state), step.record), step
    return (view if isinstance(step, Rebuild) else replace(view, state=state)), step


def _applied(view: View, record: Written) -> View:
    if is_reset(record):
        view = View(state=view.state)
    if isinstance(record, Chunk) and not view.since:
        return replace(view, now_ms=record.body.now_ms)  # everything is known already
    lives, standing = dict(view.lives), Counter(view.levels)
    if isinstance(record, Chunk):
        i, of = record.i, record.of
        lives = {s: life for s, life in lives.items() if fine_shard(s) % of != i}
        standing = Counter({k: n for k, n in standing.items() if int(k[0]) % of != i})
    for subject, life in lives_of(record.body).items():
        if life is None:
            lives.pop(subject, None)
        else:
            lives[subject] = life
    standing.update(level_sums(record.body))
    sums = Counter(view.cells)
    sums.update(cell_sums(record.body))
    return replace(
        view,
        cells=nonzero(sums),
        levels=nonzero(standing),
        lives=lives,
        read=view.read + record.body.counters.get("events", 0),
        now_ms=record.body.now_ms,
    )


def cell_sums(body: Body) -> Sums:
    """(group, measure, second, x) -> n: the record's own numbers made names again."""
    flat = cells_of(body)
    sums: Sums = Counter()
    for group, measure, second, x, n in zip(*(flat[k::5] for k in range(5)), strict=True):
        sums[_name(body, group), body.measures[measure], second, x] += n
    return sums


def level_sums(body: Body) -> Sums:
    """(fine shard, group, measure, second, x) -> n."""
    flat = levels_of(body)
    sums: Sums = Counter()
    for shard, group, measure, second, x, n in zip(*(flat[k::6] for k in range(6)), strict=True):
        sums[shard, _name(body, group), body.measures[measure], second, x] += n
    return sums


def _name(body: Body, group: int) -> str:
    return "/".join(part or "" for part in body.groups[group])
