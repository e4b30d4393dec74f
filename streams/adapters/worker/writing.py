"""The one task that writes a partition's log: what was cut, in order, and bases (R4 to R8).

While a record waits for its ack the engine goes on; what it changes is cut for the next record.
The task never ends in silence: in doubt the partition is taken over again, a bug ends the worker.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections import deque
from typing import Final, NamedTuple, Protocol

from aiokafka.errors import MessageSizeTooLargeError

from streams.adapters.worker.dead_letters import told
from streams.adapters.worker.intake import DeadLetter
from streams.adapters.worker.ports import AWAY, LogWriter, Parts
from streams.core.delta import Content, Positions, RecordTooLargeError
from streams.core.log_claim import Phase
from streams.core.log_owner import Owner

logger = logging.getLogger(__name__)

MAXIMUM_CUTS: Final = 8
"""So many records may wait for their turn before the partition is paused."""
COMMIT_SECONDS: Final = 1.0
"""Nothing depends on the committed offsets but tools that show the lag; refusal is noticed here."""
TOO_LARGE: Final = (RecordTooLargeError, MessageSizeTooLargeError)


class Cut(NamedTuple):
    """What one record will say, and the dead letters that must stand before it."""

    content: Content
    to: Positions
    dead: list[DeadLetter]


class Desk(Protocol):
    """What the writing asks of its partition."""

    def hold(self) -> None:
        """Cut what is unflushed and take nothing more in, so that a chunk can be cut."""

    def let_go(self) -> None:
        """Take in what was held back."""

    def stored_bytes(self) -> int:
        """About the size of a base."""

    def chunk(self, i: int, of: int) -> Content:
        """Shard i of a base; nothing is unflushed."""

    def cut_smaller(self) -> bool:
        """A record was too large; False: they cannot be made smaller."""


class Writing:
    """Owned by one partition; `begin` after each takeover, `end` before the next."""

    def __init__(self, number: int, owner: Owner, parts: Parts, desk: Desk) -> None:
        self.full = False
        self.resting = False
        """A rebalance is under way: what was cut is written, bases wait."""
        self.flush_seconds = 0.0
        self._number, self._owner, self._parts, self._desk = number, owner, parts, desk
        self._writer: LogWriter | None = None
        self._cuts: deque[Cut] = deque()
        self._wake, self._drained = asyncio.Event(), asyncio.Event()
        self._drained.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._uncommitted: Positions | None = None
        self._committed_at = 0.0

    @property
    def waiting(self) -> int:
        """How many records wait for their turn or their ack."""
        return len(self._cuts)

    def put(self, cut: Cut) -> None:
        """The next record. Too many of them: the partition is paused."""
        self._cuts.append(cut)
        self._drained.clear()
        self._wake.set()
        if len(self._cuts) > MAXIMUM_CUTS and not self.full:
            self.full = True
            with contextlib.suppress(*AWAY):  # nothing is being read then
                self._parts.source.pause([self._number])

    def use(self, writer: LogWriter) -> LogWriter:
        """A claim is about to be appended with this producer."""
        self._writer = writer
        return writer

    def begin(self) -> None:
        """The partition was taken over with the producer in `use`."""
        self.resting = False
        self._start(self._write_for_ever(), "log")

    async def end(self) -> None:
        """Stops at once; what was not acked is void."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        self._cuts.clear()
        self.full, self._uncommitted = False, None
        self._drained.set()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        if tasks:
            await asyncio.wait(tasks)

    def look(self) -> None:
        """Something has changed that the task must see."""
        self._wake.set()

    async def flush(self, seconds: float) -> bool:
        """Waits until all that was cut is acked and committed; False: not in that time."""
        try:
            await asyncio.wait_for(self._drained.wait(), seconds)
        except TimeoutError:
            return False
        return not self._cuts

    # ---- inside

    def _runs(self) -> bool:
        return self._owner.phase is Phase.RUNNING

    def _start(self, what: "asyncio._CoroutineLike[None]", name: str) -> None:
        task = asyncio.create_task(what, name=f"vigie-{name}-{self._number}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task came to its end: by itself only in doubt, or when the partition is not ours."""
        if task not in self._tasks:
            return  # it was asked to
        self._tasks.discard(task)
        error = ConnectionError("cut off") if task.cancelled() else task.exception()
        if isinstance(error, TOO_LARGE) and self._desk.cut_smaller():
            self._owner.failed("a record was too large")
        elif isinstance(error, AWAY) and not isinstance(error, TOO_LARGE):
            self._owner.failed(f"a send failed: {told(error)}")
        elif isinstance(error, Exception):
            self._parts.fail(error)
        if self._owner.phase is Phase.DOUBT:
            text = "partition %d: in doubt, claiming it again: %s"
            logger.warning(text, self._number, self._owner.reason)
        if not self._runs():
            self._drained.set()
        self._wake.set()

    async def _write_for_ever(self) -> None:
        while self._runs():
            await self._wake.wait()
            self._wake.clear()
            while self._cuts and self._runs():
                await self._send(self._cuts[0])
            await self._commit(at_once=self.resting)
            if not self._cuts:
                self._drained.set()
            if not self._runs() or self.resting:
                continue
            if self.full and len(self._cuts) <= MAXIMUM_CUTS // 2:
                self.full = False
                await self._parts.source.resume([self._number])
            await self._base()

    async def _send(self, cut: Cut) -> None:
        """One record: dead letters first, then the delta."""
        if cut.dead:
            await self._parts.dead_letters.send(cut.dead)
        began = time.monotonic()
        await self._append(self._owner.delta(cut.content, cut.to))
        self.flush_seconds = time.monotonic() - began
        if self._runs():
            self._cuts.popleft()
            await self._commit(at_once=False)

    async def _append(self, raw: bytes) -> None:
        assert self._writer is not None, "a claim was made with it"
        to = self._owner.acked(await self._writer.append(raw))
        if to is not None:
            self._uncommitted = to

    async def _commit(self, *, at_once: bool) -> None:
        """R5: only what was acked in its place. Refused: not ours any more."""
        to, now = self._uncommitted, time.monotonic()
        due = at_once or now - self._committed_at >= COMMIT_SECONDS
        if to is None or not due or not self._runs():
            return
        self._uncommitted, self._committed_at = None, now
        try:
            kept = await self._parts.source.commit({(t, self._number): at for t, at in to.items()})
        except AWAY as error:  # nothing depends on the committed offset
            logger.info("partition %d: not committed: %s", self._number, told(error))
            return
        if not kept:
            self._owner.stop()

    # ---- bases

    async def _base(self) -> None:
        """Opens a base when one is due, writes the next chunk of an open one."""
        owner = self._owner
        if not self._runs():
            return
        if owner.next_chunk is not None:
            await self._chunk()
            self._wake.set()  # the next chunk, after whatever waits
        elif owner.base_due(time.time_ns() // 1_000_000):
            raw = owner.open_base(
                owner=secrets.token_bytes(8),
                now_ms=time.time_ns() // 1_000_000,
                content_bytes=self._desk.stored_bytes(),
            )
            await self._append(raw)
            if self._runs():
                self._start(self._read_back(), "base")

    async def _read_back(self) -> None:
        """R7: is all since the last claim our own? Deltas are written meanwhile."""
        log = self._parts.log
        start = await log.start_of(self._number)
        if self._runs():
            await log.run(self._number, self._owner.read_back(start))

    async def _chunk(self) -> None:
        """One chunk, cut exactly after a delta: what comes meanwhile is held back."""
        self._desk.hold()
        raw: bytes | None = None
        try:
            while self._cuts and self._runs():
                await self._send(self._cuts[0])
            if self._runs() and (place := self._owner.next_chunk) is not None:
                raw = self._owner.chunk(self._desk.chunk(*place))
                if place == (0, place[1]):
                    logger.info("partition %d: writing a base of %d parts", self._number, place[1])
        finally:
            self._desk.let_go()
        if raw is not None:
            await self._append(raw)
