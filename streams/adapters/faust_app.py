"""The Faust application of a worker: its settings, its one agent, its hooks.

It leaves its host process alone: no web server, no data directory, no tables, no setting from the
environment, no signal handlers, no logging of its own.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from faust import App, Schema
from faust.app.base import BootStrategy
from faust.types import StreamT

from streams.adapters.delivery import Fetch
from streams.adapters.faust_transport import FetchConsumer, FetchTransport
from streams.adapters.source import SourceSettings

HANDED_OVER_AT_ONCE: Final = 1_000
"""Records; 256 KB of compressed ones can be tens of thousands, which would hold the loop."""


class FetchSchema(Schema[None, Fetch]):
    """Gives the agent the `Fetch` itself: decoding is the engine's, in one loop."""

    def loads_key(self, app: Any, message: Any, **_options: Any) -> None:
        """No key: the records of a fetch have their own."""

    def loads_value(self, app: Any, message: Any, **_options: Any) -> Fetch:
        """Return the fetch."""
        return cast(Fetch, message.value)


class _Boot(BootStrategy):
    """Neither Faust's producer (one more connection that can fail) nor its web server."""

    enable_kafka_producer = False
    enable_web = False


class FetchApp(App):
    """Asks for fetches no faster than its agent takes them."""

    BootStrategy = _Boot
    #: Fetches that may wait for the agent before the next are asked for.
    room = 4

    def __init__(self, source: SourceSettings, **options: Any) -> None:
        self.source = source
        self.waiting: asyncio.Queue[Any] | None = None
        self._taken = asyncio.Event()
        super().__init__(source.group, env={}, **options)

    async def on_first_start(self) -> None:
        """Make no data directory: there are no Faust tables."""

    def fetch_taken(self) -> None:
        """Say that the agent has finished one fetch."""
        self._taken.set()

    async def wait_for_room(self) -> None:
        """Wait until the agent has taken most of the fetches before.

        Faust's own limit takes full partitions out and then sleeps for a second when none is
        left; its default is 4 096 messages, which as whole fetches would be gigabytes.
        """
        while self.waiting is not None and self.waiting.qsize() >= self.room:
            self._taken.clear()
            # A rebalance may clear the queue and nobody says so: look again soon.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._taken.wait(), 0.1)

    @property
    def reader(self) -> FetchConsumer:
        """The consumer, typed."""
        return cast(FetchConsumer, self.consumer)


def made_app(
    settings: SourceSettings,
    *,
    take: Callable[[Fetch], None],
    on_rebalance_complete: Callable[..., Awaitable[None]],
    on_partitions_revoked: Callable[..., Awaitable[None]],
    on_before_shutdown: Callable[..., Awaitable[None]],
) -> FetchApp:
    """A new application, not started; ``take`` gets each fetch, in pieces.

    State must be loaded in ``on_rebalance_complete``: it precedes the flow of events, whereas
    Faust's on_partitions_assigned lets some through before.
    """
    app = FetchApp(settings, **_options(settings))
    app.transport = FetchTransport(app.conf.broker_consumer, app)

    async def hand_over(stream: StreamT[Fetch]) -> None:
        app.waiting = cast(Any, stream).channel.queue
        async for fetch in stream:
            for part in fetch.parts(HANDED_OVER_AT_ONCE):
                take(part)
                await asyncio.sleep(0)
            app.fetch_taken()

    app.agent(app.topic(*settings.topics, schema=FetchSchema(), acks=False))(hand_over)
    app.on_rebalance_complete.connect(on_rebalance_complete)
    app.on_partitions_revoked.connect(on_partitions_revoked)
    app.on_before_shutdown.connect(on_before_shutdown)
    return app


def _options(settings: SourceSettings) -> dict[str, Any]:
    """Faust's settings."""
    return {
        "broker": [f"kafka://{server}" for server in settings.bootstrap.split(",")],
        # Without a standby Faust takes another assignor, which does not co-partition.
        "table_standby_replicas": 1,
        "topic_disable_leader": True,
        "topic_allow_declare": False,
        "web_enabled": False,
        "stream_wait_empty": False,
        "stream_buffer_maxsize": 256,
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": settings.fetch_max_bytes,
        "consumer_metadata_max_age_ms": int(settings.metadata_seconds * 1000),
        "producer_acks": -1,
        "broker_session_timeout": settings.session_timeout_seconds,
        "broker_heartbeat_interval": settings.heartbeat_seconds,
        # A join waits for the slowest member: for a dead one until its session is over.
        "broker_rebalance_timeout": 30.0,
        "broker_request_timeout": 40.0,
    }
