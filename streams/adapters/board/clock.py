"""Where the edge of all windows stands.

Live it is the end of the running second, so that an event shows at once and windows empty in
silence. With `site.clock = "events"` (trials with old data) it follows what the workers have read.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple

from streams.adapters.board.feed import Partition


class Reading(NamedTuple):
    """The instant of a snapshot: now in ms, and the edge (exclusive) in seconds."""

    now_ms: int
    edge: int


def reading(
    clock: Literal["wall", "events"], wall_ms: int, partitions: Collection[Partition]
) -> Reading:
    """The reading of this moment.

    By events: the lowest now of the workers' partitions, which is the newest event of all once all
    are read (see `Worker._now_by_events`); nothing before every partition has spoken.
    """
    if clock == "wall":
        return Reading(wall_ms, wall_ms // 1000 + 1)
    nows = [partition.now_ms for partition in partitions if partition.heard_ms]
    if not nows or len(nows) < len(partitions):
        return Reading(0, 0)
    edge = min(nows) // 1000
    return Reading(edge * 1000, edge)
