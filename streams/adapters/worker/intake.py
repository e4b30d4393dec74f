"""From Kafka records to the engine: decoded, checked against now, counted, or set aside as dead.

One `Intake` serves all partitions of a worker. Nothing is lost silently: what cannot be used is a
dead letter with its reason, what is skipped has its counter.
"""

from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from streams.adapters.source import Record
from streams.core.engine import Partition
from streams.core.events import IN_FUTURE_MS, Decoder, Event, Rejected, Skipped

NAMES_BEYOND_LIMIT: Final = 10
"""New names are refused beyond so many times `site.maximum_names`; the board folds before."""


class DeadLetter(NamedTuple):
    """A message that cannot be used, as it came, and why."""

    topic: str
    partition: int
    record: Record
    reason: str
    detail: str


class Intake:
    """Takes records in. `wall_ms` None: times in the future are no mistake (clock = "events")."""

    def __init__(
        self, decoder: Decoder, *, maximum_names: int, wall_ms: Callable[[], int] | None
    ) -> None:
        self._decoder = decoder
        self._limit = maximum_names * NAMES_BEYOND_LIMIT
        self._wall_ms = wall_ms
        self._names: set[str] = set()

    def take(
        self, engine: Partition, topic: str, partition: int, record: Record
    ) -> DeadLetter | None:
        """One record into the engine; gives it back when it is dead."""
        counters = engine.counters
        try:
            event = self._decoder.decode(record.value, record.headers)
            if isinstance(event, Skipped):
                counters[f"skipped:{event.reason}"] += 1
                return None
            self._check(event)
        except Rejected as error:
            counters[f"dead_letters:{error.reason}"] += 1
            return DeadLetter(topic, partition, record, error.reason, error.detail)
        self._count_route(counters, record.key, event.subject)
        engine.take(event, record.timestamp)
        return None

    def _check(self, event: Event) -> None:
        if self._wall_ms is not None and event.time_ms - self._wall_ms() > IN_FUTURE_MS:
            ahead = (event.time_ms - self._wall_ms()) // 1000
            raise Rejected("in_future", f"time is {ahead} s ahead of the worker's clock")
        names, data = self._names, event.data
        for name in (data.queue, data.channel, data.team, *(getattr(data, "queues", None) or ())):
            if name is not None and name not in names:
                if len(names) >= self._limit:
                    raise Rejected(
                        "too_many_names",
                        f"{name!r} would be name {len(names) + 1}; raise site.maximum_names",
                    )
                names.add(name)

    def _count_route(self, counters: Counter[str], key: bytes | None, subject: str) -> None:
        if key is None or key != subject.encode():
            counters["misrouted"] += 1
