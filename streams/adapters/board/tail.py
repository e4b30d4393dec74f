"""Follows all partitions of the delta log with a consumer of its own, and never gives up.

No group: every board reads everything. Kafka away: it says so and tries again for ever.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from streams.adapters.board.feed import RebuildNeededError
from streams.adapters.input_check import partition_counts
from streams.adapters.source import SourceSettings
from streams.adapters.worker.log_io import KafkaLog, started, stopped
from streams.core.log_search import LogChangedError, board_start

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0
SLICE_SECONDS: Final = 0.02
"""Records are merged in slices so short that pages and scrapes get their turn."""
POLL_MS: Final = 100
UNHEARD_MS: Final = 5_000
"""No broker has answered for so long: unreachable. Idle, one answers every 100 ms."""

Begin = Callable[[int, int, int], None]
Take = Callable[[int, int, bytes | None, int], None]


class TopicMissingError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """The log's topic is not there: says what to do."""


class LogTail:
    """One reading of the log after another; `begin` and `take` are called in the loop.

    `keep_ms`: what happened longer ago is of no interest, if a base allows to skip it; None: all
    is. `take` gets partition, offset, value and the record's time (ms).
    """

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        *,
        restart: Callable[[], None],
        begin: Begin,
        take: Take,
        may_merge: Callable[[], Awaitable[None]],
        options: Mapping[str, Any] | None = None,
        keep_ms: int | None = None,
    ) -> None:
        self._bootstrap, self._topic, self._options = bootstrap, topic, dict(options or {})
        self._restart, self._begin, self._take = restart, begin, take
        self._may_merge, self._keep_ms = may_merge, keep_ms
        self._skip: dict[int, int] = {}
        self.unreachable_since_ms: int | None = _now_ms()
        self.reason = "connecting"
        self.rebuilds = 0

    async def run(self) -> None:
        """Reads until cancelled. Raises NewerRecordError when only a newer release can read on."""
        while True:
            try:
                await self._read()
            except (RebuildNeededError, OffsetOutOfRangeError, LogChangedError) as error:
                self.rebuilds += 1
                self.reason = f"reading the log anew: {error}"
                logger.warning("%s", self.reason)
                self._skip_to(getattr(error, "skip", {}))
            except (KafkaError, OSError, TimeoutError) as error:
                self._away(f"{error or type(error).__name__}")
                await asyncio.sleep(RETRY_SECONDS)

    def _skip_to(self, skip: Mapping[int, int]) -> None:
        """After a reset the reading begins there; any other contradiction: from the beginning."""
        if skip:
            self._skip.update(skip)
        else:
            self._skip.clear()

    def _away(self, reason: str, since_ms: int | None = None) -> None:
        self.reason = f"no answer from Kafka at {self._bootstrap}: {reason}"
        if self.unreachable_since_ms is None:
            self.unreachable_since_ms = since_ms or _now_ms()
            logger.warning("%s", self.reason)

    def _here(self) -> None:
        if self.unreachable_since_ms is not None:
            logger.info("reading the log from Kafka at %s", self._bootstrap)
        self.unreachable_since_ms, self.reason = None, ""

    async def _read(self) -> None:
        places = await self._places()
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=POLL_MS,
            max_partition_fetch_bytes=4 << 20,
            request_timeout_ms=10_000,
            **self._options,
        )
        await started(consumer)
        try:
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
            begins = await self._begins(places, await consumer.beginning_offsets(places))
            self._restart()
            for place in places:
                self._begin(place.partition, begins[place], ends[place])
                consumer.seek(place, begins[place])
            self._here()
            while True:
                await self._poll(consumer, places)
        finally:
            await stopped(consumer)

    async def _begins(
        self, places: list[TopicPartition], starts: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """Where to begin: the newest base that is old enough, else the log's first offset (R11)."""
        log = KafkaLog(self._bootstrap, self._topic, self._options)
        begins: dict[TopicPartition, int] = {}
        try:
            for place in places:
                start, skip = starts[place], self._skip.get(place.partition, 0)
                if self._keep_ms is not None:
                    before = await log.first_since(place.partition, _now_ms() - self._keep_ms)
                    start = await log.run(place.partition, board_start(start, before))
                end = await log.end_of(place.partition)
                begins[place] = skip if start < skip <= end else start
        finally:
            await log.stop()
        return begins

    async def _places(self) -> list[TopicPartition]:
        asked = SourceSettings(self._bootstrap, "", (self._topic,), self._options)
        count = (await partition_counts(asked))[self._topic]
        if not count:
            raise TopicMissingError(
                f"there is no topic {self._topic}; `vigie topics create` makes it"
            )
        return [TopicPartition(self._topic, number) for number in range(count)]

    async def _poll(self, consumer: Any, places: list[TopicPartition]) -> None:
        fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=2000)
        if not fetched:
            self._judge(consumer, places)
        began = time.monotonic()
        for place, records in fetched.items():
            for record in records:
                await self._may_merge()
                self._take(place.partition, record.offset, record.value, record.timestamp)
                if time.monotonic() - began > SLICE_SECONDS:
                    await asyncio.sleep(0)
                    began = time.monotonic()

    def _judge(self, consumer: Any, places: list[TopicPartition]) -> None:
        """Whether any broker still answers: aiokafka itself would try for ever without a word."""
        heard = [consumer.last_poll_timestamp(place) for place in places]
        newest = max((ms for ms in heard if ms is not None), default=None)
        if newest is None:
            return
        if _now_ms() - newest > UNHEARD_MS:
            self._away("it does not answer any more", newest)
        else:
            self._here()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
