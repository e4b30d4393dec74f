"""The worker: owns partitions of the input topics and keeps their part of the delta log.

`Worker` is the `Processor` that the Faust adapter calls; it drives one `Owned` per partition, gives
them their now, and takes over again where there is doubt.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, Final, Literal

from streams.adapters.source import (
    Place,
    Record,
    Source,
    SourceAwayError,
    SourceWentBackError,
)
from streams.adapters.worker.intake import Intake
from streams.adapters.worker.owned import NotOwnerError, Owned, SourceStoppedError
from streams.adapters.worker.ports import AWAY, DeadLetters, Log, Parts
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_base import AT_EARLIEST_MS
from streams.core.log_claim import Identity

logger = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.25
FLUSH_SECONDS: Final = 1.5
"""On giving partitions away and at the end; Faust waits for 2 s."""
HELD_UP_SECONDS: Final = 2.0
"""A loop that was held up for so long is worth a line in the log."""
STOPPED_SECONDS: Final = 10.0
"""A partition that was refused, but not taken away, asks again after so long."""


def wall_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000


class Worker:
    """All partitions of this process. `source` is set by whoever starts it."""

    source: Source

    def __init__(
        self,
        *,
        around: Surroundings,
        identity: Identity,
        log: Log,
        dead_letters: DeadLetters,
        intake: Intake,
        clock: Literal["wall", "events"] = "wall",
        fail: Callable[[Exception], None],
        base_earliest_ms: int = AT_EARLIEST_MS,
    ) -> None:
        self._base_earliest_ms = base_earliest_ms
        self.owned: dict[int, Owned] = {}
        self._around, self._identity = around, identity
        self._log, self._dead_letters, self._intake = log, dead_letters, intake
        self._clock, self._fail = clock, fail
        self._again: dict[int, asyncio.Task[None]] = {}
        self._stopped_since: dict[int, float] = {}
        self._paused: set[int] = set()
        self._assigning = False
        self._ticker: asyncio.Task[None] | None = None

    # ---- what the source calls

    def on_fetch(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Records of a partition that is ours."""
        owned = self.owned.get(partition)
        if owned is not None:
            owned.take(topic, records)

    async def on_assigned(self, partitions: frozenset[int]) -> Mapping[Place, int]:
        """Loads the state of exactly these partitions."""
        self._assigning = True
        try:
            await self._not_again()
            gone = [self.owned.pop(number) for number in set(self.owned) - partitions]
            await together(owned.close() for owned in gone)
            numbers = sorted(partitions)
            found = await together(self._assign(number) for number in numbers)
        finally:
            self._assigning = False
        self._paused.clear()
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick_for_ever(), name="vigie-ticks")
            self._ticker.add_done_callback(self._ticker_ended)
        topics = self.source.topics
        return {
            (topic, number): to.get(topic, 0)
            for number, to in zip(numbers, found, strict=True)
            for topic in topics
        }

    async def _assign(self, number: int) -> dict[str, int]:
        owned = self.owned.get(number)
        if owned is None:
            parts = Parts(self._around, self._identity, self.source, self._log,
                          self._dead_letters, self._intake, self._fail,
                          self._base_earliest_ms)  # fmt: skip
            owned = self.owned[number] = Owned(number, parts)
        elif await owned.comes_back():
            return owned.positions
        try:
            return await owned.take_over()
        except NotOwnerError as error:  # the next rebalance is on its way
            logger.info("%s", error)
        except SourceStoppedError:  # said; the others go on
            pass
        return {}

    async def on_revoked(self, partitions: frozenset[int]) -> None:
        """Writes what is owed; memory is kept until the new assignment says who owns."""
        await self._not_again()
        await self._rest(partitions)

    async def on_shutdown(self) -> None:
        """Writes what is owed, for good."""
        if self._ticker is not None:
            ticker, self._ticker = self._ticker, None
            ticker.cancel()
        await self._not_again()
        await self._rest(self.owned)
        await together(owned.close() for owned in self.owned.values())

    def on_went_back(self, error: SourceWentBackError) -> None:
        """The source lost what was read: the operator chooses (delta-log, "The source")."""
        owned = self.owned.get(error.place[1])
        if owned is not None:
            owned.halt(str(error))

    async def _rest(self, partitions: Collection[int]) -> None:
        mine = [self.owned[number] for number in partitions if number in self.owned]
        await together(owned.rest(FLUSH_SECONDS) for owned in mine)

    # ---- time

    async def _tick_for_ever(self) -> None:
        due = time.monotonic()
        while True:
            due += TICK_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            late = time.monotonic() - due
            if late > HELD_UP_SECONDS:
                logger.warning("the worker's loop was held up for %.1f s", late)
            due = max(due, time.monotonic() - TICK_SECONDS)
            self._look_after()
            self._tick()

    def _ticker_ended(self, ticker: asyncio.Task[None]) -> None:
        """It never ends by itself: a worker whose time stands still must not seem alive."""
        if self._ticker is ticker and not ticker.cancelled():
            error = ticker.exception()
            self._fail(error if isinstance(error, Exception) else RuntimeError("time stands still"))

    def _tick(self) -> None:
        running = [owned for owned in self.owned.values() if owned.running]
        nows = self._now_by_events(running) if self._clock == "events" else None
        for owned in running:
            owned.tick(self._now(owned) if nows is None else nows[owned.number])

    def _now(self, owned: Owned) -> int:
        """The wall clock at the ends of the input; in a backlog, the newest record time read."""
        now = wall_ms()
        return now if self._at_end(owned, now) else min(now, owned.engine.record_ms)

    def _at_end(self, owned: Owned, now_ms: int) -> bool:
        try:
            return self.source.reached_ends(owned.number, now_ms)
        except SourceAwayError:
            return False  # who knows what has come meanwhile

    def _now_by_events(self, running: Sequence[Owned]) -> dict[int, int]:
        """For trials with old data: the newest event time; at the ends, that of all partitions.

        A partition at its end goes with the slowest of those that are not; once all are read, all
        stand at the end of the newest event's second.
        """
        wall = wall_ms()
        ended = {o.number for o in running if self._at_end(o, wall)}
        behind = [o.engine.newest_event_ms for o in running if o.number not in ended]
        newest = max((o.engine.newest_event_ms for o in running), default=0)
        if not newest:
            return {o.number: 0 for o in running}
        common = (newest // 1000 + 1) * 1000 if not behind else min(behind) // 1000 * 1000
        return {
            o.number: common if o.number in ended else o.engine.newest_event_ms // 1000 * 1000
            for o in running
        }

    # ---- doubt

    def _look_after(self) -> None:
        """Takes over again where there is doubt; hands nothing over to what stands still."""
        if self._assigning:
            return
        now = time.monotonic()
        for number, owned in self.owned.items():
            if not owned.stopped:
                self._stopped_since.pop(number, None)
            stopped = now - self._stopped_since.setdefault(number, now) if owned.stopped else 0.0
            if number in self._again:
                continue
            if owned.in_doubt or stopped > STOPPED_SECONDS:
                self._stopped_since.pop(number, None)
                self._take_over_again(number, owned)
            elif (stopped or owned.stopped_reason) and number not in self._paused:
                self._pause(number)

    def _pause(self, number: int) -> None:
        try:
            self.source.pause([number])
        except SourceAwayError:
            return  # nothing is being read then
        self._paused.add(number)

    def _take_over_again(self, number: int, owned: Owned) -> None:
        self._pause(number)
        task = asyncio.create_task(self._again_in_place(number, owned))
        self._again[number] = task
        task.add_done_callback(self._again_ended)

    async def _again_in_place(self, number: int, owned: Owned) -> None:
        """Doubt: claim again, go back to where the log ends (R4)."""
        try:
            to = await owned.take_over()
            await self.source.resume([number], {(topic, number): at for topic, at in to.items()})
            self._paused.discard(number)
        except NotOwnerError as error:
            logger.info("%s", error)
        except SourceStoppedError:  # said; the others go on
            pass
        except AWAY as error:  # claimed, but it can't be read on from there: once more
            owned.owner.failed(f"the source could not be sought: {error}")

    def _again_ended(self, task: asyncio.Task[None]) -> None:
        for number in [n for n, known in self._again.items() if known is task]:
            del self._again[number]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):  # the worker must not go on half-blind
            self._fail(error)

    async def _not_again(self) -> None:
        """Ends takeovers in place: the group is about to say anew what is whose."""
        tasks, self._again = list(self._again.values()), {}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def together(what: Collection[Coroutine[Any, Any, Any]] | Any) -> list[Any]:
    """Runs coroutines at once; when one fails, or the caller is cancelled, all have ended."""
    tasks = [asyncio.ensure_future(one) for one in what]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
