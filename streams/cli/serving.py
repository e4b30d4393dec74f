"""What the service verbs share: logging, signals, and errors as sentences."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from streams.adapters.input_check import NO_ANSWER
from streams.adapters.privacy import PrivacyKeyError
from streams.adapters.source import SourceError
from streams.adapters.worker.owned import SourceStoppedError
from streams.cli.options import Failure
from streams.core.delta import NewerRecordError

QUIET = ("aiokafka", "faust", "mode", "kafka", "asyncio")
"""Libraries whose words are told only when something is wrong."""


def serve(begin: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs a service until SIGINT or SIGTERM; a known trouble becomes a `Failure`."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        asyncio.run(_until_signal(begin))
    except* (SourceError, SourceStoppedError, NewerRecordError, PrivacyKeyError) as group:
        raise Failure(_told(group)) from group
    except* NO_ANSWER as group:
        raise Failure(_told(group)) from group


def _told(group: BaseExceptionGroup[Any]) -> str:
    told = []
    for error in group.exceptions:
        told.append(_told(error) if isinstance(error, BaseExceptionGroup) else str(error))
    return "; ".join(told)


async def _until_signal(begin: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await begin(stop)
