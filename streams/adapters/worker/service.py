"""The worker: owns partitions of the input topics and keeps their part of the delta log.

`Worker` is the `Processor` that the Faust adapter calls; it drives one `Owned` per partition, gives
them their now, and takes over again where there is doubt.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from streams.adapters.source import Place, Record, Source, SourceWentBackError
from streams.adapters.worker.intake import Intake
from streams.adapters.worker.owned import NotOwnerError, Owned
from streams.adapters.worker.ports import DeadLetters, Log
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_claim import Identity

logger = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.25
FLUSH_SECONDS: Final = 1.8
"""On giving partitions away and at the end."""


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
    ) -> None:
        self.owned: dict[int, Owned] = {}
        self.loop_lag_seconds = 0.0
        self._around, self._identity = around, identity
        self._log, self._dead_letters, self._intake = log, dead_letters, intake
        self._clock, self._fail = clock, fail
        self._again: set[asyncio.Task[None]] = set()
        self._taking: set[int] = set()
        self._ticker: asyncio.Task[None] | None = None

    # ---- what the source calls

    def on_fetch(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Records of a partition that is ours."""
        owned = self.owned.get(partition)
        if owned is not None and owned.running:
            owned.take(topic, records)

    async def on_assigned(self, partitions: frozenset[int]) -> Mapping[Place, int]:
        """Loads the state of exactly these partitions."""
        for number in set(self.owned) - partitions:
            await self.owned.pop(number).close()
        positions: dict[Place, int] = {}
        self._taking = set(partitions)
        try:
            found = await asyncio.gather(*(self._assign(number) for number in sorted(partitions)))
        finally:
            self._taking = set()
        for number, to in zip(sorted(partitions), found, strict=True):
            positions.update({(topic, number): at for topic, at in to.items()})
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick_for_ever(), name="vigie-ticks")
        return positions

    async def _assign(self, number: int) -> dict[str, int]:
        owned = self.owned.get(number)
        if owned is None:
            owned = self.owned[number] = Owned(
                number,
                around=self._around,
                identity=self._identity,
                source=self.source,
                log=self._log,
                dead_letters=self._dead_letters,
                intake=self._intake,
            )
        elif await owned.comes_back():
            return owned.positions
        return await owned.take_over()

    async def on_revoked(self, partitions: frozenset[int]) -> None:
        """Flushes; memory is kept until the new assignment says who owns."""
        await self._flush(partitions)

    async def on_shutdown(self) -> None:
        """Flushes for good."""
        if self._ticker is not None:
            self._ticker.cancel()
        await self._flush(frozenset(self.owned))
        await asyncio.gather(*(owned.close() for owned in self.owned.values()))

    def on_went_back(self, error: SourceWentBackError) -> None:
        """The source lost what was read: the operator chooses (delta-log, "The source")."""
        logger.error("%s", error)
        self.owned[error.place[1]].stopped_reason = str(error)

    async def _flush(self, partitions: frozenset[int]) -> None:
        mine = [self.owned[number] for number in partitions if number in self.owned]
        await asyncio.gather(*(owned.flush(FLUSH_SECONDS) for owned in mine))

    # ---- time

    async def _tick_for_ever(self) -> None:
        due = time.monotonic()
        while True:
            due += TICK_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.loop_lag_seconds = max(0.0, time.monotonic() - due)
            due = max(due, time.monotonic() - TICK_SECONDS)
            for number, owned in list(self.owned.items()):
                if owned.in_doubt and number not in self._taking:
                    self._take_over_again(number, owned)
            self._tick()

    def _tick(self) -> None:
        running = [owned for owned in self.owned.values() if owned.running]
        nows = self._now_by_events(running) if self._clock == "events" else None
        for owned in running:
            owned.tick(self._now(owned) if nows is None else nows[owned.number])

    def _now(self, owned: Owned) -> int:
        """The wall clock at the ends of the input; in a backlog, the newest record time read."""
        now = wall_ms()
        if self.source.reached_ends(owned.number, now):
            return now
        return min(now, owned.engine.record_ms)

    def _now_by_events(self, running: Sequence[Owned]) -> dict[int, int]:
        """For trials with old data: the newest event time; at the ends, that of all partitions.

        A partition at its end goes with the slowest of those that are not; once all are read, all
        stand at the end of the newest event's second.
        """
        wall = wall_ms()
        ended = {o.number for o in running if self.source.reached_ends(o.number, wall)}
        behind = [o.engine.newest_event_ms for o in running if o.number not in ended]
        newest = max((o.engine.newest_event_ms for o in running), default=0)
        if not newest:
            return {o.number: 0 for o in running}
        common = (newest // 1000 + 1) * 1000 if not behind else min(behind) // 1000 * 1000
        return {
            o.number: common if o.number in ended else o.engine.newest_event_ms // 1000 * 1000
            for o in running
        }

    def _take_over_again(self, number: int, owned: Owned) -> None:
        self._taking.add(number)
        task = asyncio.create_task(self._again_in_place(number, owned))
        self._again.add(task)
        task.add_done_callback(self._again.discard)

    async def _again_in_place(self, number: int, owned: Owned) -> None:
        """Doubt: claim again, go back to where the log ends (R4)."""
        try:
            self.source.pause([number])
            to = await owned.take_over()
            await self.source.resume([number], {(topic, number): at for topic, at in to.items()})
        except NotOwnerError as error:
            logger.info("%s", error)
        except Exception as error:  # whatever it is, the worker must not go on half-blind
            self._fail(error)
        finally:
            self._taking.discard(number)
