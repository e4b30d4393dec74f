"""What goes wrong between a source and Kafka: events late, twice, in disorder, broken.

Pure transformation of an ordered stream; what it holds back is bounded by the longest delay.
"""

import heapq
from collections.abc import Iterable, Iterator
from typing import Final

from streams.simulator.breakage import Breakage
from streams.simulator.chance import Chance
from streams.simulator.delivery import Delivery
from streams.simulator.parameters import Faults

LATE_MS: Final = (60_000, 1_800_000)
"""Late events come after 1 to 30 minutes: within the hour after which contacts settle."""
REPEAT_MS: Final = (0, 60_000)


def with_faults(events: Iterable[Delivery], faults: Faults, seed: int) -> Iterator[Delivery]:
    """The same events as a bad network delivers them, in order of `at_ms`.

    A broken message is sent beside the event it is made from: the figures stay the same.
    """
    delays, breakage = _Delays(faults, seed), Breakage(seed, ahead=faults.ahead)
    broken = Chance(seed, "malformed")
    heap: list[tuple[int, int, Delivery]] = []
    count = 0
    for event in events:
        while heap and heap[0][0] <= event.at_ms:
            yield heapq.heappop(heap)[2]
        messages = [(delay_ms, event) for delay_ms in delays.of_one()]
        if faults.malformed and broken.happens(faults.malformed):
            messages.append((delays.shuffled(), breakage.of(event)))
        for delay_ms, message in messages:
            count += 1
            late = _delayed(message, delay_ms)
            heapq.heappush(heap, (late.at_ms, count, late))
    while heap:
        yield heapq.heappop(heap)[2]


class _Delays:
    """When an event is delivered: once, or twice."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self._faults = faults
        self._shuffle_ms = round(faults.shuffle_seconds * 1000)
        self._late = Chance(seed, "late")
        self._repeat = Chance(seed, "repeat")
        self._shuffle = Chance(seed, "shuffle")

    def of_one(self) -> list[int]:
        """The delays in ms of one event's deliveries."""
        delay_ms = self.shuffled()
        if self._late.happens(self._faults.late):
            delay_ms += self._late.between(*LATE_MS)
        if self._repeat.happens(self._faults.repeat):
            return [delay_ms, delay_ms + self._repeat.between(*REPEAT_MS)]
        return [delay_ms]

    def shuffled(self) -> int:
        """The delay of disorder alone, ms."""
        return self._shuffle.between(0, self._shuffle_ms) if self._shuffle_ms else 0


def _delayed(event: Delivery, delay_ms: int) -> Delivery:
    if not delay_ms:
        return event
    return Delivery(event.at_ms + delay_ms, event.topic, event.key, event.value, event.headers)
