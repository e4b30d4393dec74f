"""Follows all partitions of the delta log with a consumer of its own, and never gives up.

No group: every board reads everything. Kafka away: it says so and tries again for ever.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from streams.adapters.board.feed import RebuildNeededError
from streams.adapters.input_check import partition_counts
from streams.adapters.source import SourceSettings

RETRY_SECONDS: Final = 1.0
SLICE_SECONDS: Final = 0.02
"""Records are merged in slices so short that pages and scrapes get their turn."""
POLL_MS: Final = 100

Begin = Callable[[int, int, int], None]
Take = Callable[[int, int, bytes | None], None]


class TopicMissingError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """The log's topic is not there: says what to do."""


class LogTail:
    """One reading of the log after another; `begin` and `take` are called in the loop."""

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        *,
        restart: Callable[[], None],
        begin: Begin,
        take: Take,
        options: Mapping[str, Any] | None = None,
        may_merge: Callable[[], Awaitable[None]],
    ) -> None:
        self._bootstrap, self._topic, self._options = bootstrap, topic, dict(options or {})
        self._restart, self._begin, self._take = restart, begin, take
        self._may_merge = may_merge
        self._skip: dict[int, int] = {}
        self.unreachable_since_ms: int | None = int(time.time() * 1000)
        self.reason = "connecting"
        self.rebuilds = 0

    async def run(self) -> None:
        """Reads until cancelled. Raises NewerRecordError when only a newer release can read on."""
        while True:
            try:
                await self._read()
            except (RebuildNeededError, OffsetOutOfRangeError) as error:
                self.rebuilds += 1
                self.reason = f"reading the log anew: {error}"
                self._skip.update(getattr(error, "skip", {}))
            except (KafkaError, OSError, TimeoutError) as error:
                self._away(f"{error or type(error).__name__}")
                await asyncio.sleep(RETRY_SECONDS)

    def _away(self, reason: str) -> None:
        self.reason = f"no answer from Kafka at {self._bootstrap}: {reason}"
        if self.unreachable_since_ms is None:
            self.unreachable_since_ms = int(time.time() * 1000)

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=POLL_MS,
            max_partition_fetch_bytes=4 << 20,
            **self._options,
        )
        try:
            places = await self._places()
            await consumer.start()
            consumer.assign(places)
            starts = await consumer.beginning_offsets(places)
            ends = await consumer.end_offsets(places)
            self._restart()
            for place in places:
                start = max(starts[place], self._skip.get(place.partition, 0))
                if start > ends[place]:  # the log was made anew meanwhile
                    start = starts[place]
                self._begin(place.partition, start, ends[place])
                consumer.seek(place, start)
            self.unreachable_since_ms, self.reason = None, ""
            while True:
                await self._poll(consumer)
        finally:
            await stopped(consumer)

    async def _places(self) -> list[TopicPartition]:
        asked = SourceSettings(self._bootstrap, "", (self._topic,), self._options)
        count = (await partition_counts(asked))[self._topic]
        if not count:
            raise TopicMissingError(
                f"there is no topic {self._topic}; `vigie topics create` makes it"
            )
        return [TopicPartition(self._topic, number) for number in range(count)]

    async def _poll(self, consumer: AIOKafkaConsumer) -> None:
        fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=2000)
        began = time.monotonic()
        for place, records in fetched.items():
            for record in records:
                await self._may_merge()
                self._take(place.partition, record.offset, record.value)
                if time.monotonic() - began > SLICE_SECONDS:
                    await asyncio.sleep(0)
                    began = time.monotonic()


async def stopped(client: Any) -> None:
    """Stops an aiokafka client; right after its start it would raise its own cancelling at us."""
    try:
        await client.stop()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
