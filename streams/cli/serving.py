"""What the service verbs share: logging, signals, and errors as sentences."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, NamedTuple

from streams.adapters.input_check import NO_ANSWER
from streams.adapters.privacy import PrivacyKeyError
from streams.adapters.source import SourceError
from streams.cli.options import Failure, listed
from streams.core.delta import NewerRecordError
from streams.settings import SettingsError

QUIET: Final = ("aiokafka", "faust", "mode", "kafka")
"""Libraries that tell of a lost connection at every attempt; we say it once, in our words."""
WORDY: Final = ("streams.adapters.faust_app", "streams.adapters.faust_transport")
"""What runs inside Faust tells each step of its life in these names."""
TOLD: Final = (SourceError, NewerRecordError, PrivacyKeyError, SettingsError, *NO_ANSWER)
"""Errors whose text says what, where and what to do; anything else is a bug and shows itself."""


class Signals(NamedTuple):
    """What a service is told from outside."""

    stop: asyncio.Event
    reload: asyncio.Event


def serve(begin: Callable[[Signals], Awaitable[None]], *, child: bool = False) -> None:
    """Runs a service until SIGINT or SIGTERM; a known trouble becomes a `Failure`."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger("asyncio").addFilter(_is_news)
    for name in WORDY:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        asyncio.run(_until_signal(begin, child=child))
    except Exception as error:  # a bug goes on; `main` shows it and ends with 2
        errors = list(leaves(error))
        if not all(isinstance(one, TOLD) for one in errors):
            raise
        raise Failure("; ".join(dict.fromkeys(map(told, errors)))) from error
    finally:
        # Threads of a library that was abandoned find their loop closed: nothing to be told.
        threading.excepthook = _closed_loops_are_no_news


def _is_news(record: logging.LogRecord) -> bool:
    """No news: a task inside aiokafka was refused, as whoever asked for it has been told."""
    return not (record.exc_info and isinstance(record.exc_info[1], NO_ANSWER))


def _closed_loops_are_no_news(thrown: threading.ExceptHookArgs) -> None:
    if str(thrown.exc_value) != "Event loop is closed":
        threading.__excepthook__(thrown)


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors themselves, whatever groups they came in."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error


def told(error: BaseException) -> str:
    """An error as a sentence."""
    if isinstance(error, SettingsError):
        return listed(error.problems)
    return str(error) or type(error).__name__


async def _until_signal(begin: Callable[[Signals], Awaitable[None]], *, child: bool) -> None:
    signals = Signals(asyncio.Event(), asyncio.Event())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signals.stop.set)
    loop.add_signal_handler(signal.SIGHUP, signals.reload.set)
    if child:
        loop.add_reader(sys.stdin.fileno(), _parent_gone, loop, signals.stop)
    await begin(signals)


def _parent_gone(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Standard input became readable: nobody writes there, so it is its end."""
    if not os.read(sys.stdin.fileno(), 4096):
        loop.remove_reader(sys.stdin.fileno())
        stop.set()
