"""The worker's ear: reads the input topics with Faust and hands whole fetches to the engine.

`FaustWorker(settings, processor)` joins the consumer group of all workers, loads state through
`processor.on_assigned` before any event flows, hands over each record once and in order, and keeps
trying while Kafka is away. The seam (`Processor`, `Source`, `SourceSettings`, `SourceState`) is
source.py; how fetches are made, faust_transport.py.

    worker = FaustWorker(settings, processor, on_state=print)
    processor.source = worker          # commit, confirm, *_offsets, progress, reached_ends, pause
    await worker.start()               # returns at once, Kafka up or not
    await worker.wait()                # raises why it could not go on, e.g. SourceError
    await worker.stop()                # flushes, leaves the group; within 3 s
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Coroutine, Mapping
from typing import Any, Final, TypeVar

from streams.adapters.delivery import Delivery, GapError
from streams.adapters.faust_app import FetchApp, made_app
from streams.adapters.kafka_probe import check_inputs
from streams.adapters.source import (
    Place,
    Processor,
    Progress,
    SourceError,
    SourceSettings,
    SourceState,
    SourceWentBackError,
    StateListener,
)

T = TypeVar("T")
logger = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 2.0
STOP_SECONDS: Final = 2.8
"""Faust's own stopping may take this long; then it is abandoned."""
ASK_SECONDS: Final = 10.0
"""How long Kafka may take to answer a commit or a question about offsets."""
RETRY_SECONDS: Final = 1.0
TICK_SECONDS: Final = 0.25
SILENT_MS: Final = 10_000
"""No answer of any broker for so long: unreachable. Idle, it answers every 50 ms."""
FRESH_MS: Final = 5_000
STANDSTILL_SECONDS: Final = 60.0


def now_ms() -> int:
    """Unix time."""
    return time.time_ns() // 1_000_000
