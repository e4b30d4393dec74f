"""The delta log on Kafka: one producer per claim, reads of single stretches.

Nothing is retried by hand and a producer has one record in flight, so that an offset that comes
back is the one of this very record.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from streams.core.log_search import Reading, Records

ACK_SECONDS: Final = 10.0
READ_SECONDS: Final = 15.0
POLL_MS: Final = 500
MAXIMUM_REQUEST: Final = 1_048_576
END_SECONDS: Final = 1.0

T = TypeVar("T")


class Abandoned:
    """Clients that nobody needs any more: they end by themselves, in their own time.

    Ending a producer waits for what is on its way; whoever is in doubt must not wait for that.
    """

    def __init__(self) -> None:
        self._ending: set[asyncio.Task[None]] = set()

    def leave(self, client: Any) -> None:
        """From now on it ends in the background; what it had sent may still arrive."""
        task = asyncio.create_task(stopped(client))
        self._ending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if not task.cancelled():
            task.exception()  # it was thrown away: how it ended says nothing

    async def wait(self, seconds: float = END_SECONDS) -> None:
        """Waits a little for those that are still ending, then cuts them off."""
        if self._ending:
            ending = list(self._ending)
            await asyncio.wait(ending, timeout=seconds)
            for task in ending:
                task.cancel()


async def stopped(client: Any) -> None:
    """Stops an aiokafka client; right after its start it would raise its own cancelling at us."""
    try:
        await client.stop()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise


async def started(client: Any) -> Any:
    """Starts an aiokafka client, or leaves nothing of it. Raises KafkaError, OSError."""
    try:
        await client.start()
    except BaseException:  # a cancelled start leaves as much behind as a failed one
        with contextlib.suppress(KafkaError, OSError):
            await stopped(client)
        raise
    return client


class KafkaLogWriter:
    """A producer that appends to one partition."""

    def __init__(self, producer: Any, topic: str, partition: int, abandoned: Abandoned) -> None:
        self._producer, self._topic, self._partition = producer, topic, partition
        self._abandoned = abandoned

    async def append(self, raw: bytes) -> int:
        """The offset at which the record was acked; any failure or delay is an exception."""
        sending = self._producer.send_and_wait(self._topic, raw, partition=self._partition)
        found = await asyncio.wait_for(sending, ACK_SECONDS)
        return int(found.offset)

    def close(self) -> None:
        """Throws the producer away; what is on its way may still arrive."""
        self._abandoned.leave(self._producer)


class KafkaLog:
    """The log's topic as one process reads and writes it; `stop` at the end."""

    def __init__(
        self, bootstrap: str, topic: str, options: Mapping[str, Any] | None = None
    ) -> None:
        self._bootstrap, self._topic, self._options = bootstrap, topic, dict(options or {})
        self._consumer: Any = None
        self._abandoned = Abandoned()
        self._turn = asyncio.Lock()
        self._starting = asyncio.Lock()
        self._stands: tuple[int, int] | None = None

    async def _reader(self) -> Any:
        async with self._starting:  # the partitions of a worker ask all at once
            if self._consumer is None:
                self._consumer = await started(
                    AIOKafkaConsumer(
                        bootstrap_servers=self._bootstrap,
                        enable_auto_commit=False,
                        auto_offset_reset="none",
                        fetch_max_wait_ms=50,
                        max_partition_fetch_bytes=4 << 20,
                        request_timeout_ms=int(ACK_SECONDS * 1000),
                        **self._options,
                    )
                )
            return self._consumer

    async def stop(self) -> None:
        """Ends the reader, and waits a little for writers that are ending."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            self._abandoned.leave(consumer)
        await self._abandoned.wait()

    async def writer(self, partition: int) -> KafkaLogWriter:
        """A new producer for one claim."""
        producer = await started(
            AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                linger_ms=0,
                max_request_size=MAXIMUM_REQUEST,
                request_timeout_ms=int(ACK_SECONDS * 1000),
                **self._options,
            )
        )
        return KafkaLogWriter(producer, self._topic, partition, self._abandoned)

    async def start_of(self, partition: int) -> int:
        """The log's first offset."""
        place = TopicPartition(self._topic, partition)
        return int((await (await self._reader()).beginning_offsets([place]))[place])

    async def end_of(self, partition: int) -> int:
        """The offset after the log's last record."""
        place = TopicPartition(self._topic, partition)
        return int((await (await self._reader()).end_offsets([place]))[place])

    async def first_since(self, partition: int, time_ms: int) -> int:
        """The first offset whose record is of that time or later; the log's end if none is.

        The log's first offset where the broker can't tell, as the one inside `vigie demo`.
        """
        place = TopicPartition(self._topic, partition)
        found = (await (await self._reader()).offsets_for_times({place: time_ms}))[place]
        if found is not None and found.offset >= 0:
            return int(found.offset)
        start, end = await self.start_of(partition), await self.end_of(partition)
        last = (await self._fetched(partition, end - 1, end))[:1] if start < end else []
        return start if last and last[0].timestamp >= time_ms else end

    async def last_of(self, partition: int) -> tuple[int, bytes | None]:
        """(end offset, the record before it)."""
        end = await self.end_of(partition)
        if end <= await self.start_of(partition):
            return end, None
        records = await self._records(partition, end - 1, end)
        return end, records[0][1] if records else None

    async def run(self, partition: int, reading: Reading[T]) -> T:
        """Serves a reading to its end."""
        answer: Records | None = None
        while True:
            try:
                wanted = next(reading) if answer is None else reading.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            answer = await self._records(partition, wanted.first, wanted.stop)

    async def _records(self, partition: int, first: int, stop: int) -> Records:
        found = await self._fetched(partition, first, stop)
        return [(record.offset, record.value) for record in found]

    async def _fetched(self, partition: int, first: int, stop: int) -> list[Any]:
        """The records from `first` on, before `stop`: as many as one fetch brings."""
        place = TopicPartition(self._topic, partition)
        async with self._turn:  # readings of several partitions take turns
            consumer = await self._reader()
            if self._stands != (partition, first):
                consumer.assign([place])
                consumer.seek(place, first)
            self._stands = None
            end = asyncio.get_running_loop().time() + READ_SECONDS
            while asyncio.get_running_loop().time() < end:
                found = (await consumer.getmany(place, timeout_ms=POLL_MS)).get(place, [])
                if found:
                    self._stands = partition, found[-1].offset + 1
                    return list(itertools.takewhile(lambda record: record.offset < stop, found))
                if first >= int((await consumer.end_offsets([place]))[place]):
                    return []  # the log is shorter than it was
        raise KafkaError(f"{self._topic} {partition}: nothing from {first} in {READ_SECONDS:g} s")
