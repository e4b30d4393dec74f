"""How Faust fetches for Vigie: whole fetches per partition, long polls, exact positions.

Vanilla Faust hands events over one by one (80 µs each) and polls with ``fetch_min_bytes=1``, so
at 1 000 events/s every batch is one event. Here one message is one *fetch*: every record that
aiokafka had ready for one partition. Faust may drop a message between fetching and handing it
over (at a rebalance, when flow control clears its queues), so each fetch says after which offset
it starts, and delivery.py sees what is missing or repeated.

Threads: Faust runs aiokafka in a thread with a loop of its own. ``FetchThread`` lives there;
``FetchConsumer`` in the main loop, where the agent runs (faust_app.py).
"""

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Mapping
from typing import Any, TypeVar, cast

import aiokafka
from aiokafka.errors import CommitFailedError, IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from streams.adapters.delivery import Fetch
from streams.adapters.source import Place, Progress, SourceAwayError, SourceSettings

T = TypeVar("T")


def not_reading() -> SourceAwayError:
    """What is raised while Faust is starting, has ended, or is not there."""
    return SourceAwayError("the input is not being read at the moment")


class _NoReadOffsets(dict[TP, int | None]):
    """Switches off Faust's dropping of messages below the offset it believes was read.

    After a seek backwards it drops what was sought; `Fetch.after` does the job exactly.
    """

    def __getitem__(self, place: TP) -> None:
        return None

    def __setitem__(self, place: TP, offset: int | None) -> None:
        return None


class _Listener(driver.ConsumerRebalanceListener):
    """Numbers the assignments, so that a commit meant for an old one is refused."""

    async def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        cast(FetchThread, self._thread).assignment_number += 1
        await super().on_partitions_assigned(assigned)


class FetchThread(driver.AIOKafkaConsumerThread):
    """aiokafka's side: fetches, seeks, commits. All but `run` belongs to its own loop."""

    #: Grows by one with every assignment of the group.
    assignment_number = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fetched_to: dict[Place, int] = {}
        self.progress: dict[Place, Progress] = {}

    async def run(self, coroutine: Coroutine[Any, Any, T], timeout_seconds: float) -> T:
        """Await ``coroutine`` of this thread's loop from the main loop.

        Not Faust's call_thread: its two workers may both be waiting for records.
        Raises TimeoutError after ``timeout_seconds``, SourceAwayError when the thread ends.
        """
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self.thread_loop)
        except RuntimeError as error:  # that loop has ended
            coroutine.close()
            raise not_reading() from error
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), timeout_seconds)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody cancelled us: it was the thread's own end.
            raise not_reading() from None

    def kafka(self) -> Any:
        """The aiokafka consumer. Raises SourceAwayError before its start."""
        if self._consumer is None:
            raise not_reading()
        return self._consumer

    async def seek_to(self, positions: Mapping[Place, int]) -> None:
        """Go on reading at ``positions``; places that are not ours any more are left out."""
        consumer = self.kafka()
        assigned = {(tp.topic, tp.partition) for tp in consumer.assignment()}
        for place, offset in positions.items():
            if place in assigned:
                consumer.seek(aiokafka.TopicPartition(*place), offset)
                consumer.resume(aiokafka.TopicPartition(*place))
                self.fetched_to[place] = offset
                self.progress.pop(place, None)

    def pause(self, partitions: Collection[int]) -> None:
        """Ask the broker for nothing more of these; `seek_to` asks again."""
        consumer = self.kafka()
        consumer.pause(*(tp for tp in consumer.assignment() if tp.partition in partitions))

    async def commit_at(self, positions: Mapping[Place, int], assignment_number: int) -> bool:
        """Commit ``positions``; False when they are not ours any more, says the group.

        Raises aiokafka.errors.KafkaError for anything else.
        """
        if assignment_number != self.assignment_number:
            return False
        offsets = {aiokafka.TopicPartition(*place): at for place, at in positions.items()}
        try:
            await self.kafka().commit(offsets)
        except (CommitFailedError, IllegalStateError):
            return False
        return True

    async def _fetch_records(
        self, consumer: Any, active_partitions: Any, *args: Any, **options: Any
    ) -> dict[TP, list[Any]]:
        """Take what aiokafka has ready, as one `Fetch` per partition; note how far we are."""
        records = await super()._fetch_records(consumer, active_partitions, *args, **options)
        # No await may stand between the taking and this: a seek could slip in.
        fetches: dict[TP, list[Any]] = {}
        for tp, batch in records.items():
            place = (tp.topic, tp.partition)
            after = self.fetched_to.get(place, batch[0].offset)
            self.fetched_to[place] = batch[-1].offset + 1
            fetches[TP(*place)] = [Fetch(tp.topic, tp.partition, batch, after)]
        self._note_progress(consumer)
        return fetches

    def _note_progress(self, consumer: Any) -> None:
        """Read without asking: aiokafka's public `position` would wait for one."""
        subscription = consumer._subscription.subscription
        assignment = subscription and subscription.assignment
        if not assignment:
            return
        for tp in assignment.tps:
            state = assignment.state_value(tp)
            if state.has_valid_position and state.timestamp is not None:
                # A broker without transactions (the demo's) may give no last stable offset.
                end = state.highwater if state.lso in {None, -1} else state.lso
                place = (tp.topic, tp.partition)
                self.progress[place] = Progress(state.position, end, state.timestamp)

    def _create_worker_consumer(self, transport: Any) -> Any:
        """Build the consumer as Faust does, with the arguments that it hard-codes."""
        conf = self.app.conf
        source: SourceSettings = cast(Any, self.app).source
        self._assignor = self.app.assignor
        return aiokafka.AIOKafkaConsumer(
            client_id=conf.broker_client_id,
            group_id=conf.id,
            bootstrap_servers=source.bootstrap,
            partition_assignment_strategy=[self._assignor],
            enable_auto_commit=False,
            auto_offset_reset=conf.consumer_auto_offset_reset,
            max_poll_records=conf.broker_max_poll_records,
            max_poll_interval_ms=int(conf.broker_max_poll_interval * 1000),
            max_partition_fetch_bytes=conf.consumer_max_fetch_size,
            fetch_max_wait_ms=source.fetch_max_wait_ms,
            fetch_min_bytes=source.fetch_min_bytes,
            request_timeout_ms=int(conf.broker_request_timeout * 1000),
            check_crcs=conf.broker_check_crcs,
            session_timeout_ms=int(conf.broker_session_timeout * 1000),
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1000),
            heartbeat_interval_ms=int(conf.broker_heartbeat_interval * 1000),
            isolation_level="read_committed",
            metadata_max_age_ms=conf.consumer_metadata_max_age_ms,
            connections_max_idle_ms=conf.consumer_connections_max_idle_ms,
            **source.client_options,
        )


class FetchConsumer(driver.Consumer):
    """Faust's consumer without its own ideas of what was read and where to seek."""

    RebalanceListener = _Listener

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._read_offset = _NoReadOffsets()

    @property
    def thread(self) -> FetchThread:
        """The aiokafka side."""
        return cast(FetchThread, self._thread)

    def _new_consumer_thread(self) -> FetchThread:
        return FetchThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Nothing: positions come from the delta log (`seek_to`), not from the group."""

    async def verify_all_partitions_active(self) -> None:
        """Nothing: it judges by acknowledgements, and ours are in the delta log."""

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:
        await cast(Any, self.app).wait_for_room()
        return await super()._getmany(active_partitions, timeout)

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        first = record.records[0]
        return ConsumerMessage(
            record.topic,
            record.partition,
            first.offset,
            first.timestamp / 1000,
            first.timestamp_type,
            headers=None,
            key=None,
            value=record,
            checksum=None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )


class FetchTransport(driver.Transport):
    """The aiokafka transport with the consumer above."""

    Consumer = FetchConsumer
