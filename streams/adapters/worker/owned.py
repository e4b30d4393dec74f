"""One owned partition: its engine, its place in the source, and the one writer of its log.

Taking over follows R3 of docs/delta-log.md, writing R4 to R6, bases R7 and R8. While a record waits
for its ack the engine goes on; what it changes is cut for the next record.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from aiokafka.errors import KafkaError

from streams.adapters.source import Record, Source
from streams.adapters.worker.intake import DeadLetter, Intake
from streams.adapters.worker.ports import DeadLetters, Log, LogWriter
from streams.core.delta import FLUSH_BYTES, Content, Positions
from streams.core.engine import Partition
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_claim import Identity, Phase
from streams.core.log_load import Loaded
from streams.core.log_owner import Owner
from streams.core.log_source import check_source

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 0.5
HEARTBEAT_SECONDS: Final = 1.0
MAXIMUM_CUTS: Final = 8
"""So many records may wait for their turn before the partition is paused."""
AWAY: Final = (KafkaError, OSError, TimeoutError)


class NotOwnerError(Exception):
    """The group gave the partition to somebody else."""


class SourceStoppedError(Exception):
    """The source is not the one the log speaks of: the operator chooses."""


class Cut(NamedTuple):
    """What one record will say, and the dead letters that must stand before it."""

    content: Content
    to: Positions
    dead: list[DeadLetter]


class Owned:
    """A partition of this worker."""

    def __init__(
        self,
        number: int,
        *,
        around: Surroundings,
        identity: Identity,
        source: Source,
        log: Log,
        dead_letters: DeadLetters,
        intake: Intake,
    ) -> None:
        self.number = number
        self.engine = Partition(around)
        self.owner = Owner(identity)
        self.lost_events = 0
        self.flush_seconds = 0.0
        self.stopped_reason = ""
        self._around, self._identity = around, identity
        self._source, self._log, self._dead_letters = source, log, dead_letters
        self._intake = intake
        self._writer: LogWriter | None = None
        self._to: dict[str, int] = {}
        self._dead: list[DeadLetter] = []
        self._cuts: deque[Cut] = deque()
        self._held: list[tuple[str, Sequence[Record]]] | None = None
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._last_cut = 0.0
        self._sender: asyncio.Task[None] | None = None
        self._full = False

    # ---- events

    @property
    def running(self) -> bool:
        """Whether this worker owns the partition and its log."""
        return self.owner.phase is Phase.RUNNING

    def take(self, topic: str, records: Sequence[Record]) -> None:
        """A fetch; cut where a record of the log would grow too large."""
        if self._held is not None:
            self._held.append((topic, records))
            return
        engine, intake = self.engine, self._intake
        for count, record in enumerate(records):
            dead = intake.take(engine, topic, self.number, record)
            if dead is not None:
                self._dead.append(dead)
            if count & 63 == 63 and engine.size > FLUSH_BYTES:
                self._to[topic] = record.offset + 1
                self.cut()
        self._to[topic] = records[-1].offset + 1

    @property
    def settled(self) -> bool:
        """Whether the log has everything that was read."""
        return self.running and not self._cuts and not self.engine.changed and not self._dead

    def lag_events(self) -> int:
        """How many offsets of the source are not read yet."""
        found = ((self._source.progress((t, self.number)), t) for t in self._source.topics)
        return sum(max(0, p.end - self._to.get(t, p.position)) for p, t in found if p is not None)

    def tick(self, now_ms: int) -> None:
        """Time passes; at least once a second a record is written, empty if need be."""
        if not self.running or self._held is not None:
            return
        self.engine.advance(now_ms)
        self.engine.settle()
        quiet = time.monotonic() - self._last_cut < HEARTBEAT_SECONDS
        if not self._cuts and (self.engine.changed or self._dead or not quiet):
            self.cut()

    def cut(self) -> None:
        """What changed so far becomes the next record."""
        self._last_cut = time.monotonic()
        self._cuts.append(Cut(self.engine.cut(self.lag_events()), dict(self._to), self._dead))
        self._dead = []
        self._drained.clear()
        self._wake.set()
        if len(self._cuts) > MAXIMUM_CUTS and not self._full:
            self._full = True
            self._source.pause([self.number])

    # ---- taking over (R3)

    async def take_over(self) -> dict[str, int]:
        """Claims the partition until the claim stands; where to go on in every topic.

        Raises NotOwnerError, SourceStoppedError, NewerRecordError.
        """
        await self._end_sender()
        while True:
            await self._drop_memory()
            try:
                if not await self._source.confirm([self.number]):
                    self.owner.stop()
                    raise NotOwnerError(f"partition {self.number} belongs to another worker")
                loaded = await self._claim()
                if loaded is not None:
                    return await self._go_on(loaded)
            except AWAY as error:
                self.owner.failed(f"while taking over: {type(error).__name__}")
                logger.warning("partition %d: taking over again: %s", self.number, error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _claim(self) -> Loaded | None:
        self._writer = await self._log.writer(self.number)
        owner = self.owner
        raw = owner.claim(owner=secrets.token_bytes(8), now_ms=time.time_ns() // 1_000_000)
        owner.claim_acked(await self._writer.append(raw))
        if owner.phase is not Phase.LOADING:
            return None
        start = await self._log.start_of(self.number)
        return await self._log.run(self.number, owner.load(start))

    async def _go_on(self, loaded: Loaded) -> dict[str, int]:
        """Loads the engine, compares log and source, starts the writer."""
        places = [(topic, self.number) for topic in self._source.topics]
        begins = await self._source.beginning_offsets(places)
        ends = await self._source.end_offsets(places)
        committed = await self._source.committed(places)
        check = check_source(
            loaded,
            self._identity,
            begins={topic: at for (topic, _), at in begins.items()},
            ends={topic: at for (topic, _), at in ends.items()},
            committed={topic: at for (topic, _), at in committed.items() if at is not None},
        )
        if check.stop:
            self.owner.stop()
            raise SourceStoppedError("; ".join(check.stop) + ": `vigie state adopt` goes on")
        self.lost_events += sum(check.lost.values())
        body = loaded.body
        self.engine.load(
            loaded.lives,
            now_ms=body.now_ms if body else 0,
            record_ms=body.record_time_ms if body else 0,
            newest_event_ms=body.newest_event_ms if body else 0,
        )
        if check.lost:
            self.engine.counters["events_lost"] += sum(check.lost.values())
        self._to = {
            topic: max(loaded.to.get(topic, 0), begins[topic, self.number])
            for topic in self._source.topics
        }
        self.cut()
        self._sender = asyncio.create_task(self._send_all(), name=f"vigie-log-{self.number}")
        return dict(self._to)

    async def comes_back(self) -> bool:
        """R3: after a rebalance: whether it may go on under its own claim."""
        if not self.running or self._cuts:
            return False
        try:
            end, last = await self._log.last_of(self.number)
        except AWAY as error:
            self.owner.failed(f"after a rebalance: {type(error).__name__}")
            return False
        return self.owner.comes_back(end=end, last=last)

    @property
    def positions(self) -> dict[str, int]:
        """The next offset to read in every topic."""
        return dict(self._to)

    async def _drop_memory(self) -> None:
        """Doubt: memory is void (R4)."""
        if self.owner.phase is Phase.STOPPED:
            self.owner.assign()
        self.engine = Partition(self._around)
        self._to, self._dead = {}, []
        self._cuts.clear()
        self._drained.set()
        self._held, self._full = None, False
        await self._close_writer()

    async def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(*AWAY):  # it is thrown away in any case
                await writer.close()

    # ---- writing (R4 to R8)

    async def _send_all(self) -> None:
        """Sends cuts in order; ends in doubt, after which the worker takes over again."""
        try:
            while self.running:
                await self._wake.wait()
                self._wake.clear()
                while self._cuts and self.running:
                    await self._send(self._cuts[0])
                self._drained.set()
                if self._full and len(self._cuts) <= MAXIMUM_CUTS // 2 and self.running:
                    self._full = False
                    await self._source.resume([self.number])
                await self._base()
        except AWAY as error:
            self.owner.failed(f"a send failed: {type(error).__name__}")
            logger.warning("partition %d: in doubt, claiming again: %s", self.number, error)
        self._drained.set()

    async def _send(self, cut: Cut) -> None:
        """One record: dead letters first, then the delta, then the commit (R5)."""
        if cut.dead:
            await self._dead_letters.send(cut.dead)
        began = time.monotonic()
        await self._append(self.owner.delta(cut.content, cut.to))
        self.flush_seconds = time.monotonic() - began
        if self.running:
            self._cuts.popleft()

    async def _append(self, raw: bytes) -> None:
        assert self._writer is not None, "a claim was made with it"
        to = self.owner.acked(await self._writer.append(raw))
        if to is None or not self.running:
            return
        try:
            kept = await self._source.commit({(t, self.number): at for t, at in to.items()})
        except AWAY as error:  # nothing depends on the committed offset
            logger.info("partition %d: not committed: %s", self.number, error)
            return
        if not kept:
            self.owner.stop()

    async def _base(self) -> None:
        """Writes a base when one is due (R7)."""
        if not self.running or not self.owner.base_due(time.time_ns() // 1_000_000):
            return
        size = self.engine.stored_bytes
        raw = self.owner.open_base(
            owner=secrets.token_bytes(8), now_ms=time.time_ns() // 1_000_000, content_bytes=size
        )
        await self._append(raw)
        start = await self._log.start_of(self.number)
        if not self.running or not await self._log.run(self.number, self.owner.read_back(start)):
            return
        while self.running and self.owner.next_chunk is not None:
            await self._chunk()

    async def _chunk(self) -> None:
        """One chunk, cut exactly after a delta: what comes meanwhile is held back."""
        self._held = []
        try:
            if self.engine.changed or self._dead:
                self.cut()
            while self._cuts and self.running:
                await self._send(self._cuts[0])
            if not self.running or (place := self.owner.next_chunk) is None:
                return
            raw = self.owner.chunk(self.engine.chunk(*place))
        finally:
            held, self._held = self._held or [], None
            for topic, records in held:
                self.take(topic, records)
        if raw is not None:
            await self._append(raw)

    # ---- ending

    async def flush(self, seconds: float) -> None:
        """Writes what is owed, in at most so many seconds."""
        if not self.running:
            return
        if self.engine.changed or self._dead:
            self.cut()
        with contextlib.suppress(TimeoutError):  # the next owner reads those events again
            await asyncio.wait_for(self._drained.wait(), seconds)

    async def close(self) -> None:
        """Lets the partition go."""
        self.owner.stop()
        await self._end_sender()
        await self._close_writer()

    async def _end_sender(self) -> None:
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender

    @property
    def in_doubt(self) -> bool:
        """Whether it must be taken over again."""
        return self.owner.phase is Phase.DOUBT


