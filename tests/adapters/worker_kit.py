"""What the worker's tests share: topics, records, and a processor that notes all it is told."""

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.adapters.faust_worker import FaustWorker
from streams.adapters.source import (
    Place,
    Record,
    Source,
    SourceSettings,
    SourceState,
    SourceWentBackError,
)

PATIENCE_SECONDS = 40.0


class Shelf:
    """What was processed, by place, flushed by any worker: the delta log in small."""

    def __init__(self) -> None:
        self.offsets: dict[Place, list[int]] = defaultdict(list)
        self.to: dict[Place, int] = {}


class Recorder:
    """A processor that keeps (offset, value) in memory and flushes to the shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.source: Source
        self.told: list[tuple[str, frozenset[int]]] = []
        self.memory: dict[Place, list[int]] = defaultdict(list)
        self.values: dict[Place, list[bytes | None]] = defaultdict(list)
        self.sizes: list[int] = []
        self.went_back: list[SourceWentBackError] = []
        self.owned: frozenset[int] = frozenset()
        self.load_seconds = 0.0

    def on_fetch(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        assert partition in self.owned, "an event came before its partition was loaded"
        self.memory[topic, partition].extend(record.offset for record in records)
        self.values[topic, partition].extend(record.value for record in records)
        self.sizes.append(len(records))

    async def on_assigned(self, partitions: frozenset[int]) -> Mapping[Place, int]:
        self.told.append(("assigned", partitions))
        self.memory.clear()
        try:
            await asyncio.sleep(self.load_seconds)
        except asyncio.CancelledError:
            self.told.append(("cancelled", partitions))
            raise
        self.owned = partitions
        return {
            (topic, partition): self.shelf.to.get((topic, partition), 0)
            for topic in self.source.topics
            for partition in partitions
        }

    async def on_revoked(self, partitions: frozenset[int]) -> None:
        self.told.append(("revoked", partitions))
        self.flush()
        self.owned = frozenset()

    async def on_shutdown(self) -> None:
        self.told.append(("shutdown", self.owned))
        self.flush()

    def on_went_back(self, error: SourceWentBackError) -> None:
        self.went_back.append(error)

    def flush(self) -> None:
        """All that was processed is kept, with the offset to go on at."""
        for place, offsets in self.memory.items():
            if offsets:
                self.shelf.offsets[place].extend(offsets)
                self.shelf.to[place] = offsets[-1] + 1
        self.memory.clear()

    def count(self) -> int:
        """Records seen, flushed or not."""
        return sum(map(len, self.values.values()))

    def has(self, count: int) -> bool:
        """So many records were seen."""
        return self.count() >= count


async def until(true: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds; an error after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not so within {seconds} s"
        await asyncio.sleep(0.01)


async def make_topics(bootstrap: str, *partitions: int) -> tuple[str, ...]:
    """New topics with these numbers of partitions."""
    names = tuple(f"in-{uuid.uuid4().hex}" for _ in partitions)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics(
            [NewTopic(name, count, 1) for name, count in zip(names, partitions, strict=True)]
        )
    finally:
        await admin.close()
    return names


@asynccontextmanager
async def producing(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """A producer, flushed and closed at the end."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def send(bootstrap: str, topics: Sequence[str], count: int, partitions: int) -> None:
    """`count` records, b"0" to b"count-1", over all topics and partitions in turn."""
    async with producing(bootstrap) as producer:
        for number in range(count):
            topic = topics[number % len(topics)]
            partition = number // len(topics) % partitions
            await producer.send(topic, str(number).encode(), partition=partition)


@asynccontextmanager
async def working(
    bootstrap: str,
    topics: tuple[str, ...],
    processor: Recorder,
    states: list[SourceState] | None = None,
    metadata_seconds: float = 60.0,
) -> AsyncIterator[FaustWorker]:
    """A started worker of the group of these topics, stopped at the end."""
    group = f"of-{topics[0]}"
    settings = SourceSettings(bootstrap, group, topics, metadata_seconds=metadata_seconds)
    worker = FaustWorker(settings, processor, None if states is None else states.append)
    processor.source = worker.source
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()
