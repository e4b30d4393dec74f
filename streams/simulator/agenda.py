"""What is still to happen in the simulated centre, in order of time; and its clock."""

import heapq
from collections.abc import Callable
from typing import Any, Final

from streams.simulator.parameters import DAY_MS, Parameters

Action = Callable[[Any, int], None]
"""What happens: to whom, and at which of that one's stages it was planned (else it is stale)."""

_BUSY_DAY: Final = 0
_BUSY_FROM: Final = 14 * 60 + 30
_BUSY_MINUTES: Final = 90


class Agenda:
    """Plans in order of time; equal times in the order in which they were planned."""

    __slots__ = ("_count", "_heap", "now_ms")

    def __init__(self, start_ms: int) -> None:
        self.now_ms = start_ms
        self._heap: list[tuple[int, int, Action, Any, int]] = []
        self._count = 0

    def at(self, at_ms: int, action: Action, who: Any = None, stage: int = 0) -> None:
        """Plans `action(who, stage)`; not before now."""
        self._count += 1
        heapq.heappush(self._heap, (max(at_ms, self.now_ms), self._count, action, who, stage))

    def step(self, end_ms: int) -> bool:
        """Does what comes next; False when nothing does before `end_ms`."""
        if not self._heap or self._heap[0][0] >= end_ms:
            return False
        self.now_ms, _, action, who, stage = heapq.heappop(self._heap)
        action(who, stage)
        return True


class LocalTime:
    """Day of the week and minute of the day in the centre, at any instant."""

    __slots__ = ("_always_open", "_offset_ms", "_start_ms")

    def __init__(self, parameters: Parameters, start_ms: int) -> None:
        offset = parameters.start.utcoffset()
        assert offset is not None, "Parameters checks it"
        self._offset_ms = offset.days * DAY_MS + offset.seconds * 1000
        self._start_ms = start_ms
        self._always_open = parameters.always_open

    def at(self, at_ms: int) -> tuple[int, int]:
        """(weekday from Monday = 0, minute of the day)."""
        if self._always_open:
            return _BUSY_DAY, _BUSY_FROM + (at_ms - self._start_ms) // 60_000 % _BUSY_MINUTES
        days, rest = divmod(at_ms + self._offset_ms, DAY_MS)
        return (days + 3) % 7, rest // 60_000  # 1 January 1970 was a Thursday
