"""Which partitions are ours, where we stand in each, and what Faust's hooks do about it.

`FaustSource` is the `Source` of source.py; it outlives the Faust applications that a worker goes
through. Order at a rebalance: hand over nothing more → processor flushes → new assignment →
processor loads → seek → events flow.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, Final, TypeVar

from aiokafka import TopicPartition

from streams.adapters.delivery import Delivery, Fetch, GapError
from streams.adapters.faust_app import FetchApp
from streams.adapters.faust_transport import FetchThread, not_reading
from streams.adapters.input_check import check_inputs
from streams.adapters.source import Place, Processor, Progress, SourceError, SourceWentBackError

T = TypeVar("T")
logger = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 2.0
ASK_SECONDS: Final = 10.0
"""How long Kafka may take to answer a commit or a question about offsets."""
FRESH_MS: Final = 5_000
"""An end of a topic that is older says nothing about now."""


def now_ms() -> int:
    """Unix time."""
    return time.time_ns() // 1_000_000


class FaustSource:
    """The input topics of one worker, read through one Faust application at a time."""

    def __init__(
        self, topics: tuple[str, ...], processor: Processor, fail: Callable[[Exception], None]
    ) -> None:
        self._topics = topics
        self._processor = processor
        self._fail = fail
        self._app: FetchApp | None = None
        self._delivery = Delivery()
        self._assignment_number = 0
        self._loading: asyncio.Task[Mapping[Place, int]] | None = None
        self._fetched_before: dict[Place, int] = {}
        self._seeks = 0
        self._repairs: set[asyncio.Task[None]] = set()

    # What the processor asks and says (source.py has the words)

    @property
    def topics(self) -> tuple[str, ...]:
        """The input topics."""
        return self._topics

    async def commit(self, positions: Mapping[Place, int]) -> bool:
        """Tell the group how far we are; False when it refuses."""
        thread = self._thread()
        return await thread.run(
            thread.commit_at(dict(positions), self._assignment_number), ASK_SECONDS
        )

    async def confirm(self, partitions: Collection[int]) -> bool:
        """Commit what the group has, only to learn whether we are the owner."""
        places = self._places(partitions)
        has = await self.committed(places)
        begins = await self.beginning_offsets([at for at, to in has.items() if to is None])
        known = {at: to for at, to in has.items() if to is not None}
        return await self.commit({**known, **begins})

    async def committed(self, places: Collection[Place]) -> dict[Place, int | None]:
        """What the group has; None where nothing was ever committed."""
        thread = self._thread()

        async def ask() -> dict[Place, int | None]:
            kafka = thread.kafka()
            return {place: await kafka.committed(TopicPartition(*place)) for place in places}

        return await thread.run(ask(), ASK_SECONDS)

    async def beginning_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """The first offsets that retention has left."""
        return await self._offsets("beginning_offsets", places)

    async def end_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """The offsets after the last committed records."""
        return await self._offsets("end_offsets", places)

    def progress(self, place: Place) -> Progress | None:
        """How far it was fetched, and where it ends."""
        return self._thread().progress.get(place)

    def reached_ends(self, partition: int, now_ms: int) -> bool:
        """All was read and handed over that any topic had in the last 5 seconds."""
        thread = self._thread()
        for place in self._places([partition]):
            seen = thread.progress.get(place)
            if seen is None or seen.position < seen.end or now_ms - seen.asked_ms > FRESH_MS:
                return False
            if thread.fetched_to.get(place) != self._delivery.next.get(place):
                return False
        return True

    def pause(self, partitions: Collection[int]) -> None:
        """Hand over nothing more of these, from now on."""
        self._delivery.paused.update(partitions)
        thread = self._thread()
        with contextlib.suppress(RuntimeError):  # its loop has ended: nothing is fetched any more
            thread.thread_loop.call_soon_threadsafe(thread.pause, frozenset(partitions))

    async def resume(
        self, partitions: Collection[int], positions: Mapping[Place, int] | None = None
    ) -> None:
        """Go on at ``positions``, or after the last record handed over."""
        await self._seek(self._delivery.resume(partitions, positions or {}))

    # What Faust tells us

    def take(self, fetch: Fetch) -> None:
        """Hand one fetch over, in the loop, without a pause inside."""
        try:
            records = self._delivery.take(fetch)
            if records:
                self._processor.on_fetch(fetch.topic, fetch.partition, records)
        except GapError as gap:
            self._repair(gap.place)
        except SourceWentBackError as error:
            self._went_back(error)
        except Exception as error:  # Faust would restart the agent and go on
            self._fail(error)

    async def on_rebalance_complete(self, *_args: Any, **_options: Any) -> None:
        """Load what is ours now and seek there; Faust lets events flow after this."""
        try:
            self._assignment_number = self._thread().assignment_number
            self._loading = loading = asyncio.ensure_future(self._load())
            # Waiting for it, not awaiting it: the next rebalance cancels the loading alone.
            await asyncio.wait([loading])
            if loading.cancelled() or self._loading is not loading:
                return
            positions = loading.result()
            self._fetched_before = {}
            self._delivery.assign(positions)
            await self._seek(positions)
        except Exception as error:  # ours, not Faust's: it ends the worker
            self._fail(error)

    async def on_partitions_revoked(self, _app: Any, revoked: Any, **_options: Any) -> None:
        """Hand over nothing more, let the processor flush."""
        self.release()
        await self.cancel_loading()
        partitions = frozenset(tp.partition for tp in revoked)
        if partitions:
            await self.flush(self._processor.on_revoked(partitions))

    async def cancel_loading(self) -> None:
        """The assignment that it loads for is over."""
        loading, self._loading = self._loading, None
        if loading is not None and not loading.done():
            loading.cancel()
            await asyncio.wait([loading])

    async def flush(self, flushing: Coroutine[Any, Any, None]) -> None:
        """Give the processor 2 s; later than that the group would wait for us."""
        try:
            await asyncio.wait_for(flushing, FLUSH_SECONDS)
        except TimeoutError:
            logger.warning("could not flush within %s s: the next owner repeats it", FLUSH_SECONDS)
        except Exception as error:  # ours, not Faust's: it ends the worker
            self._fail(error)

    # What the worker tells us

    def use(self, app: FetchApp | None) -> None:
        """From now on read through this application; nothing is ours in it yet."""
        self._app = app
        self.release()

    def release(self) -> None:
        """Hand over nothing more until the next assignment."""
        self._delivery.release()

    def partitions(self) -> frozenset[int]:
        """The partition numbers that are loaded and ours."""
        return frozenset(partition for _topic, partition in self._delivery.next)

    def heard_ms(self) -> int | None:
        """The newest answer of a broker, Unix ms; None when nothing can be said."""
        if not self._delivery.next or self._delivery.paused:
            return None
        heard = [seen.asked_ms for seen in self._thread().progress.values()]
        return max(heard, default=None)

    def look_for_lost(self) -> None:
        """Once a second: seek again where a fetch was lost and no later one shows it."""
        thread, app = self._thread(), self._app
        if app is None or self._seeks or (app.waiting is not None and not app.waiting.empty()):
            self._fetched_before = {}
            return
        before, self._fetched_before = self._fetched_before, dict(thread.fetched_to)
        for place, expected in list(self._delivery.next.items()):
            if place[1] in self._delivery.paused:
                continue
            seen = thread.progress.get(place)
            if seen is not None and seen.position < expected:
                self._went_back(SourceWentBackError(place, expected, seen.position))
            elif (
                thread.fetched_to[place] != expected
                and before.get(place) == (thread.fetched_to[place])
            ):
                self._repair(place)

    # Inside

    def _thread(self) -> FetchThread:
        if self._app is None:
            raise not_reading()
        return self._app.reader.thread

    def _places(self, partitions: Collection[int]) -> list[Place]:
        return [(topic, partition) for partition in partitions for topic in self._topics]

    async def _offsets(self, which: str, places: Collection[Place]) -> dict[Place, int]:
        if not places:
            return {}
        thread = self._thread()

        async def ask() -> dict[Place, int]:
            found = await getattr(thread.kafka(), which)([TopicPartition(*at) for at in places])
            return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

        return await thread.run(ask(), ASK_SECONDS)

    async def _seek(self, positions: Mapping[Place, int]) -> None:
        thread = self._thread()
        self._seeks += 1
        try:
            await thread.run(thread.seek_to(positions), ASK_SECONDS)
        finally:
            self._seeks -= 1

    async def _load(self) -> dict[Place, int]:
        partitions = await self._assigned_partitions()
        positions = await self._processor.on_assigned(partitions)
        places = self._places(partitions)
        missing = set(places) - positions.keys()
        assert not missing, f"on_assigned gave no position for {sorted(missing)}"
        return {place: positions[place] for place in places}

    async def _assigned_partitions(self) -> frozenset[int]:
        """The partition numbers that are ours; every topic must give the same."""
        assert self._app is not None, "asked by the application's own hook"
        kafka = self._thread().kafka()
        known = {topic: len(kafka.partitions_for_topic(topic) or ()) for topic in self._topics}
        if 0 in known.values() or len(set(known.values())) > 1:
            # Deleted, changed, or not seen yet: ask a broker before giving up.
            await check_inputs(self._app.source)
        ours: dict[str, set[int]] = {topic: set() for topic in self._topics}
        for tp in self._app.consumer.assignment():
            ours[tp.topic].add(tp.partition)
        numbers = {frozenset(found) for found in ours.values()}
        if len(numbers) > 1:
            raise SourceError(
                f"the group gave us different partitions of the input topics: {ours}. Every member "
                "must be a Vigie worker with the same input topics"
            )
        return numbers.pop()

    def _repair(self, place: Place) -> None:
        """Seek to the next record of ``place``: what followed it was lost on the way."""
        logger.info("fetching %s again from %s", place, self._delivery.next.get(place))
        self._later(self._seek({place: self._delivery.next[place]}))

    def _went_back(self, error: SourceWentBackError) -> None:
        self.pause([error.place[1]])
        try:
            self._processor.on_went_back(error)
        except Exception as failure:  # ours, not Faust's: it ends the worker
            self._fail(failure)

    def _later(self, seeking: Coroutine[Any, Any, None]) -> None:
        """Run beside the agent; a failure shows again as a gap, so it is only logged."""
        task = asyncio.ensure_future(seeking)
        self._repairs.add(task)

        def done(finished: asyncio.Task[None]) -> None:
            self._repairs.discard(finished)
            with contextlib.suppress(asyncio.CancelledError):
                if error := finished.exception():
                    logger.warning("could not seek: %r", error)

        task.add_done_callback(done)
