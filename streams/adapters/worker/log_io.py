"""The delta log on Kafka: one producer per claim, reads of single stretches.

Nothing is retried by hand and the producer keeps one record in flight, so that an offset that comes
back is the one of this very record.
"""

import asyncio
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

T = TypeVar("T")


class KafkaLogWriter:
    """A producer that appends to one partition."""

    def __init__(self, producer: Any, topic: str, partition: int) -> None:
        self._producer, self._topic, self._partition = producer, topic, partition

    async def append(self, raw: bytes) -> int:
        """The offset at which the record was acked; any failure or delay is an exception."""
        sending = self._producer.send_and_wait(self._topic, raw, partition=self._partition)
        found = await asyncio.wait_for(sending, ACK_SECONDS)
        return int(found.offset)

    async def close(self) -> None:
        """Throws the producer away; what is on its way may still arrive."""
        await asyncio.wait_for(self._producer.stop(), ACK_SECONDS)


class KafkaLog:
    """The log's topic as one worker uses it. `start` before, `stop` after use."""

    def __init__(
        self, bootstrap: str, topic: str, options: Mapping[str, Any] | None = None
    ) -> None:
        self._bootstrap, self._topic, self._options = bootstrap, topic, dict(options or {})
        self._consumer: Any = None
        self._turn = asyncio.Lock()
        self._starting = asyncio.Lock()

    async def _reader(self) -> Any:
        async with self._starting:  # the partitions of a worker ask all at once
            return await self._started_reader()

    async def _started_reader(self) -> Any:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap,
                enable_auto_commit=False,
                auto_offset_reset="none",
                fetch_max_wait_ms=50,
                max_partition_fetch_bytes=4 << 20,
                **self._options,
            )
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer

    async def stop(self) -> None:
        """Ends the reader."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def writer(self, partition: int) -> KafkaLogWriter:
        """A new producer for one claim."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            linger_ms=0,
            max_request_size=MAXIMUM_REQUEST,
            request_timeout_ms=int(ACK_SECONDS * 1000),
            **self._options,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return KafkaLogWriter(producer, self._topic, partition)

    async def start_of(self, partition: int) -> int:
        """The log's first offset."""
        place = TopicPartition(self._topic, partition)
        return int((await (await self._reader()).beginning_offsets([place]))[place])

    async def end_of(self, partition: int) -> int:
        """The offset after the log's last record."""
        place = TopicPartition(self._topic, partition)
        return int((await (await self._reader()).end_offsets([place]))[place])

    async def last_of(self, partition: int) -> tuple[int, bytes | None]:
        """(end offset, the record before it)."""
        end = await self.end_of(partition)
        if end <= await self.start_of(partition):
            return end, None
        async with self._turn:
            records = await self._records(partition, end - 1, end)
        return end, records[0][1] if records else None

    async def run(self, partition: int, reading: Reading[T]) -> T:
        """Serves a reading to its end."""
        answer: Records | None = None
        async with self._turn:
            while True:
                try:
                    wanted = next(reading) if answer is None else reading.send(answer)
                except StopIteration as end:
                    result: T = end.value
                    return result
                answer = await self._records(partition, wanted.first, wanted.stop)

    async def _records(self, partition: int, first: int, stop: int) -> Records:
        """The records from `first` on, before `stop`: as many as one fetch brings."""
        consumer = await self._reader()
        place = TopicPartition(self._topic, partition)
        consumer.assign([place])
        consumer.seek(place, first)
        end = asyncio.get_running_loop().time() + READ_SECONDS
        while asyncio.get_running_loop().time() < end:
            found = (await consumer.getmany(place, timeout_ms=POLL_MS)).get(place, [])
            if found:
                before = itertools.takewhile(lambda record: record.offset < stop, found)
                return [(record.offset, record.value) for record in before]
            if first >= int((await consumer.end_offsets([place]))[place]):
                return []  # the log is shorter than it was
        raise KafkaError(f"{self._topic} {partition}: nothing from {first} in {READ_SECONDS:g} s")
