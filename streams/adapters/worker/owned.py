"""One owned partition: its engine, its place in the source, and how it is taken over (R3).

`Writing` puts into the log what is cut here. A partition is *running* while this worker owns it,
its memory is that of the log, and no rebalance is under way; else nothing is taken in.
"""

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Sequence
from typing import Final

from streams.adapters.source import Record, SourceAwayError
from streams.adapters.worker.dead_letters import told
from streams.adapters.worker.intake import DeadLetter
from streams.adapters.worker.ports import AWAY, Parts, Seldom
from streams.adapters.worker.takeover import checked, tell
from streams.adapters.worker.writing import Cut, Writing
from streams.core.delta import FLUSH_BYTES, Content, Positions
from streams.core.engine import Partition
from streams.core.log_claim import Phase
from streams.core.log_load import Loaded
from streams.core.log_owner import Owner

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 0.5
LONGEST_RETRY_SECONDS: Final = 10.0
WELL_SECONDS: Final = 30.0
"""A partition that ran for so long is claimed again at once, one that did not a little later."""
HEARTBEAT_SECONDS: Final = 1.0
STRIDE: Final = 16
"""The size of the next record is looked at every so many events."""
SMALLEST_FLUSH: Final = 1_000
LOADED_AT_ONCE: Final = 2_000


class NotOwnerError(Exception):
    """The group gave the partition to somebody else."""


class SourceStoppedError(Exception):
    """The source is not the one the log speaks of: the operator chooses."""


class Owned:
    """A partition of this worker."""

    def __init__(self, number: int, parts: Parts) -> None:
        self.number = number
        self.engine = Partition(parts.around)
        self.owner = Owner(parts.identity, base_earliest_ms=parts.base_earliest_ms)
        self.stopped_reason = ""
        self.flush_bytes = FLUSH_BYTES
        self.writing = Writing(number, self.owner, parts, self)
        self._parts, self._source, self._log = parts, parts.source, parts.log
        self._loaded = False
        self._to: Positions = {}
        self._dead: list[DeadLetter] = []
        self._held: list[tuple[str, Sequence[Record]]] | None = None
        self._last_cut = self._began = 0.0
        self._retry_seconds = 0.0
        self._lag = 0
        self._seldom = Seldom()

    # ---- events and time

    @property
    def running(self) -> bool:
        """Whether this worker owns the partition and its log, and what is in memory holds."""
        return self._loaded and self.owner.phase is Phase.RUNNING and not self.writing.resting

    def take(self, topic: str, records: Sequence[Record]) -> None:
        """A fetch; cut where a record of the log would grow too large."""
        if self._held is not None:
            self._held.append((topic, records))
            return
        if not self.running:
            return  # memory is void: these are read again
        engine, take, number, dead = self.engine, self._parts.intake.take, self.number, self._dead
        stride = STRIDE if self.flush_bytes == FLUSH_BYTES else 1
        for count, record in enumerate(records, 1):
            letter = take(engine, topic, number, record)
            if letter is not None:
                dead.append(letter)
            if not count % stride and engine.size > self.flush_bytes:
                self._to[topic] = record.offset + 1
                self.cut()
                dead = self._dead
        self._to[topic] = records[-1].offset + 1

    @property
    def settled(self) -> bool:
        """Whether the log has everything that was read."""
        owed = self.writing.waiting or self.engine.changed or self._dead or self._held
        return self.running and not owed

    def lag_events(self) -> int:
        """How many offsets of the source are not read yet; when it can't be told, as before."""
        source, number = self._source, self.number
        try:
            found = [(source.progress((t, number)), t) for t in source.topics]
        except SourceAwayError:
            return self._lag
        known = [(p, t) for p, t in found if p is not None]
        self._lag = sum(max(0, p.end - self._to.get(t, p.position)) for p, t in known)
        return self._lag

    def tick(self, now_ms: int) -> None:
        """Time passes; at least once a second a record is written, empty if need be."""
        if not self.running or self._held is not None or self.writing.full:
            return
        engine, room = self.engine, self.flush_bytes
        done = engine.advance(now_ms, room) and engine.settle(room)
        due = time.monotonic() - self._last_cut >= HEARTBEAT_SECONDS
        if not done or (not self.writing.waiting and (due or engine.changed or self._dead)):
            self.cut()

    def cut(self) -> None:
        """What changed so far becomes the next record."""
        self._last_cut = time.monotonic()
        content = self.engine.cut(self.lag_events())
        dead, self._dead = self._dead, []
        self.writing.put(Cut(content, dict(self._to), dead))

    # ---- what the writing asks

    def hold(self) -> None:
        """Cuts what is unflushed; takes nothing more in."""
        self._held = []
        if self.engine.changed or self._dead:
            self.cut()

    def let_go(self) -> None:
        """Takes in what was held back."""
        held, self._held = self._held or [], None
        for topic, records in held:
            self.take(topic, records)

    def stored_bytes(self) -> int:
        """About the size of a base."""
        return self.engine.stored_bytes

    def chunk(self, i: int, of: int) -> Content:
        """Shard i of a base."""
        return self.engine.chunk(i, of)

    def cut_smaller(self) -> bool:
        """A record was larger than thought: from now on half as much goes into one."""
        self.flush_bytes //= 2
        self._retry_seconds = 0.0
        logger.warning("partition %d: records are cut at %d bytes", self.number, self.flush_bytes)
        return self.flush_bytes >= SMALLEST_FLUSH

    # ---- taking over (R3)

    async def take_over(self) -> Positions:
        """Claims the partition until the claim stands; where to go on in every topic.

        Raises NotOwnerError, SourceStoppedError, NewerRecordError.
        """
        well = time.monotonic() - self._began > WELL_SECONDS
        self._retry_seconds = 0.0 if well else self._retry_seconds
        self.stopped_reason = ""
        while True:
            await self._drop_memory()
            await asyncio.sleep(self._retry_seconds)
            longer = max(RETRY_SECONDS, 2 * self._retry_seconds)
            self._retry_seconds = min(longer, LONGEST_RETRY_SECONDS)
            try:
                if await self._attempt():
                    return dict(self._to)
            except AWAY as error:
                self.owner.failed(f"while taking over: {told(error)}")
            if self._seldom.worth(self.owner.reason):
                logger.warning("partition %d: not taken over yet, trying again: %s",
                               self.number, self.owner.reason)  # fmt: skip

    async def _attempt(self) -> bool:
        if not await self._source.confirm([self.number]):
            self._stop()
            raise NotOwnerError(f"partition {self.number} belongs to another worker")
        owner = self.owner
        writer = self.writing.use(await self._log.writer(self.number))
        raw = owner.claim(owner=secrets.token_bytes(8), now_ms=time.time_ns() // 1_000_000)
        owner.claim_acked(await writer.append(raw))
        if owner.phase is not Phase.LOADING:
            return False
        start = await self._log.start_of(self.number)
        loaded = await self._log.run(self.number, owner.load(start))
        if loaded is None:
            return False
        await self._go_on(loaded)
        return True

    async def _go_on(self, loaded: Loaded) -> None:
        """Compares log and source, loads the engine, starts the writing."""
        places = [(topic, self.number) for topic in self._source.topics]
        begins = await self._source.beginning_offsets(places)
        check = await checked(self._source, self._parts.identity, loaded, begins)
        if check.stop:
            self.halt("; ".join(check.stop))
            raise SourceStoppedError(self.stopped_reason)
        tell(self.number, loaded, check, self.engine.counters)
        await self._load(loaded)
        self._to = {t: max(loaded.to.get(t, 0), begins[t, n]) for t, n in places}
        self._loaded, self._began = True, time.monotonic()
        self.writing.begin()
        self.cut()
        logger.info("partition %d: taken over with %d lives", self.number, len(loaded.lives))

    async def _load(self, loaded: Loaded) -> None:
        body, lives = loaded.body, iter(loaded.lives.items())
        while part := dict(itertools.islice(lives, LOADED_AT_ONCE)):
            self.engine.load(part)
            await asyncio.sleep(0)  # pages of a board in the same process, heartbeats
        if body is not None:
            self.engine.load(
                {},
                now_ms=body.now_ms,
                record_ms=body.record_time_ms,
                newest_event_ms=body.newest_event_ms,
            )

    async def comes_back(self) -> bool:
        """R3: after a rebalance: whether it may go on under its own claim."""
        if not self._loaded or self.owner.phase is not Phase.RUNNING or self.writing.waiting:
            return False
        try:
            end, last = await self._log.last_of(self.number)
        except AWAY as error:
            self.owner.failed(f"after a rebalance: {told(error)}")
            return False
        if not self.owner.comes_back(end=end, last=last):
            return False
        self.writing.resting = False
        return True

    @property
    def positions(self) -> Positions:
        """The next offset to read in every topic."""
        return dict(self._to)

    # ---- ending

    async def _drop_memory(self) -> None:
        """Doubt: memory is void (R4)."""
        self._loaded = False
        await self.writing.end()
        if self.owner.phase is Phase.STOPPED:
            self.owner.assign()
        self.engine = Partition(self._parts.around)
        self._to, self._dead, self._held = {}, [], None

    async def rest(self, seconds: float) -> None:
        """Writes what is owed, in at most so many seconds; takes nothing in until it comes back."""
        if not self.running:
            return
        if self.engine.changed or self._dead:
            self.cut()
        self.writing.resting = True
        self.writing.look()
        await self.writing.flush(seconds)

    def halt(self, reason: str) -> None:
        """The source is not what the log says: nothing more is taken in or written."""
        self.stopped_reason = reason
        text = "partition %d stands still: %s. To begin anew, name another kafka.topics.deltas"
        logger.error(text, self.number, reason)
        self._stop()

    def _stop(self) -> None:
        self.owner.stop()
        self.writing.look()

    async def close(self) -> None:
        """Lets the partition go."""
        self._stop()
        self._loaded = False
        await self.writing.end()

    @property
    def in_doubt(self) -> bool:
        """Whether it must be taken over again."""
        return self.owner.phase is Phase.DOUBT

    @property
    def stopped(self) -> bool:
        """The group took it away, or so it seemed; not the source's fault."""
        return self.owner.phase is Phase.STOPPED and not self.stopped_reason
