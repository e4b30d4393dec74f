"""The worker's ear: reads the input topics with Faust and hands whole fetches to the engine.

`FaustWorker(settings, processor)` joins the consumer group of all workers, loads state through
`processor.on_assigned` before any event flows, hands over each record once and in order, and keeps
trying while Kafka is away. The words of the seam (`Processor`, `Source`, `SourceSettings`,
`SourceState`) are in source.py.

    worker = FaustWorker(settings, processor, on_state=...)
    processor.source = worker.source   # commit, confirm, offsets, progress, reached_ends, pause
    await worker.start()               # returns at once, Kafka up or not
    await worker.wait()                # raises why it could not go on, e.g. SourceError
    await worker.stop()                # flushes, leaves the group; within 3 s
"""

import asyncio
import contextlib
import logging
import time
from typing import Final

from streams.adapters.faust_app import FetchApp, made_app
from streams.adapters.faust_source import FaustSource, now_ms
from streams.adapters.input_check import NO_ANSWER, RETRY_SECONDS, check_counts, partition_counts
from streams.adapters.source import (
    Condition,
    Processor,
    SourceError,
    SourceSettings,
    SourceState,
    StateListener,
)

logger = logging.getLogger(__name__)

STOP_SECONDS: Final = 2.8
"""Faust's own stopping, with the last flush, may take this long; then it is abandoned."""
TICK_SECONDS: Final = 0.25
SILENT_MS: Final = 10_000
"""No answer of any broker for so long: unreachable. Idle, it answers every 50 ms."""
STANDSTILL_SECONDS: Final = 60.0
"""A loop that stood still for so long ends: its partitions have other owners by now."""


class FaustWorker:
    """Runs a Faust application inside the current loop, and a new one when it breaks down."""

    def __init__(
        self,
        settings: SourceSettings,
        processor: Processor,
        on_state: StateListener | None = None,
    ) -> None:
        self.settings = settings
        self.source = FaustSource(settings.topics, processor, self._fail)
        self.state = SourceState("connecting", now_ms())
        self._processor = processor
        self._on_state = on_state
        self._stopping = asyncio.Event()
        self._failure: Exception | None = None
        self._shut_down = False
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; returns at once. What goes wrong later comes out of `wait`."""
        assert self._running is None, "a worker starts once"
        self._running = asyncio.create_task(self._run(), name="vigie-source")

    async def wait(self) -> None:
        """Wait for the end; raises what ended it, unless that was `stop`."""
        assert self._running is not None, "start comes first"
        await asyncio.shield(self._running)

    async def stop(self) -> None:
        """Flush, leave the group, end; within 3 s. Raises nothing: `wait` does."""
        self._stopping.set()
        if self._running is not None:
            await asyncio.wait([self._running])

    # Life

    async def _run(self) -> None:
        try:
            while not self._stopping.is_set() and self._failure is None:
                if await self._find_kafka():
                    await self._serve()
        except Exception as error:  # kept, to be raised after the last flush
            self._failure = self._failure or error
        await self._shut_down_once()
        self._set("stopped", str(self._failure or ""))
        if self._failure is not None:
            raise self._failure

    async def _find_kafka(self) -> bool:
        """Whether Kafka answers; waits a little if not. Raises InputsNotReadyError."""
        try:
            counts = await partition_counts(self.settings)
        except NO_ANSWER as error:
            self._unreachable(f"no answer from {self.settings.bootstrap}: {error}")
            await self._sleep(RETRY_SECONDS)
            return False
        check_counts(counts, self.settings.bootstrap)
        self._set("joining")
        return True

    async def _serve(self) -> None:
        """One Faust application, from start to breakdown or end."""
        app = made_app(
            self.settings,
            take=self.source.take,
            on_rebalance_complete=self.source.on_rebalance_complete,
            on_partitions_revoked=self.source.on_partitions_revoked,
            on_before_shutdown=self._on_before_shutdown,
        )
        self.source.use(app)
        starting = asyncio.ensure_future(app.start())
        try:
            await self._watch(app, starting)
        finally:
            await self._end(app, starting)
            self.source.use(None)

    async def _watch(self, app: FetchApp, starting: asyncio.Future[None]) -> None:
        """Look after the application until it breaks down or we stop."""
        ticks = 0
        while not self._stopping.is_set() and self._failure is None:
            before = time.monotonic()
            await self._sleep(TICK_SECONDS)
            if time.monotonic() - before > STANDSTILL_SECONDS:
                self._fail(SourceError(f"the loop stood still for over {STANDSTILL_SECONDS:g} s"))
            reason = app.crash_reason
            if reason is None and starting.done():
                reason = starting.exception()
            if reason is not None:
                logger.warning("reading the input broke down, starting anew: %r", reason)
                self._unreachable(f"reading the input broke down: {reason!r}")
                await self._sleep(RETRY_SECONDS)
                return
            ticks += 1
            if starting.done() and ticks % 4 == 0:
                self.source.look_for_lost()
                self._judge(self.source.heard_ms())

    def _judge(self, heard_ms: int | None) -> None:
        if heard_ms is not None and now_ms() - heard_ms > SILENT_MS:
            self._unreachable(f"{self.settings.bootstrap} does not answer any more", heard_ms)
        elif heard_ms is not None or self.state.condition == "joining":
            self._set("running")

    async def _end(self, app: FetchApp, starting: asyncio.Future[None]) -> None:
        """Stop the application; whatever it does, within `STOP_SECONDS`."""
        await self.source.cancel_loading()
        stopping = asyncio.ensure_future(app.stop())
        await asyncio.wait([stopping], timeout=STOP_SECONDS)
        if not stopping.done():
            logger.warning("Faust did not stop within %s s: abandoned", STOP_SECONDS)
        for task in (stopping, starting):
            task.cancel()
        ended, _ = await asyncio.wait([stopping, starting], timeout=0.1)
        for task in ended:
            if not task.cancelled() and (error := task.exception()):
                logger.warning("Faust ended badly: %r", error)

    async def _on_before_shutdown(self, *_args: object, **_options: object) -> None:
        """Faust's hook: fetching has ended, commits still work."""
        if self._stopping.is_set() or self._failure is not None:
            await self._shut_down_once()
        elif partitions := self.source.partitions():
            await self.source.flush(self._processor.on_revoked(partitions))

    async def _shut_down_once(self) -> None:
        if not self._shut_down:
            self._shut_down = True
            await self.source.flush(self._processor.on_shutdown())

    # Words

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def _fail(self, error: Exception) -> None:
        """Remember the first reason to end; the watch sees it within a tick."""
        self._failure = self._failure or error
        self.source.release()

    def _unreachable(self, reason: str, since_ms: int | None = None) -> None:
        self._set("unreachable", reason, since_ms)

    def _set(self, condition: Condition, reason: str = "", since_ms: int | None = None) -> None:
        if condition == self.state.condition:
            self.state = self.state._replace(reason=reason)
            return
        self.state = SourceState(condition, since_ms or now_ms(), reason)
        if self._on_state is not None:
            self._on_state(self.state)
