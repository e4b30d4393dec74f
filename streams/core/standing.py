"""What stands now, since when: contacts that wait, agents in a state."""

import heapq


class Standing:
    """What stands now in one cell, since when (ms): a multiset with its oldest at hand."""

    __slots__ = ("count", "heap", "since")

    def __init__(self) -> None:
        self.since: dict[int, int] = {}
        self.heap: list[int] = []
        self.count = 0

    def add(self, since_ms: int, n: int) -> None:
        """n more (or fewer) stand since then."""
        left = self.since.get(since_ms, 0) + n
        self.count += n
        if left:
            if since_ms not in self.since:
                heapq.heappush(self.heap, since_ms)
            self.since[since_ms] = left
        else:
            self.since.pop(since_ms, None)

    def oldest(self) -> int | None:
        """The instant since when the oldest stands, ms; None when nothing does."""
        while self.heap and self.heap[0] not in self.since:
            heapq.heappop(self.heap)
        return self.heap[0] if self.heap else None
