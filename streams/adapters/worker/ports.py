"""What the worker needs of the delta log and of the dead letters, as its parts see it."""

import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

from aiokafka.errors import KafkaError

from streams.adapters.source import Source, SourceAwayError
from streams.adapters.worker.intake import DeadLetter, Intake
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_base import AT_EARLIEST_MS
from streams.core.log_claim import Identity
from streams.core.log_search import Reading

T = TypeVar("T")

AWAY: Final = (KafkaError, OSError, TimeoutError, SourceAwayError)
"""What is raised when Kafka does not do what was asked, or the input is not being read."""
SELDOM_SECONDS: Final = 30.0


class LogWriter(Protocol):
    """A producer of one claim. Nothing is retried: what fails is doubt."""

    async def append(self, raw: bytes) -> int:
        """The offset at which the record was acked; raises on any failure."""

    def close(self) -> None:
        """Throws the producer away; what it had sent may still arrive."""


class Log(Protocol):
    """The delta log of one worker."""

    async def writer(self, partition: int) -> LogWriter:
        """A new producer for one claim."""

    async def run(self, partition: int, reading: Reading[T]) -> T:
        """Serves a reading to its end."""

    async def start_of(self, partition: int) -> int:
        """The log's first offset."""

    async def end_of(self, partition: int) -> int:
        """The offset after the log's last record."""

    async def last_of(self, partition: int) -> tuple[int, bytes | None]:
        """(end offset, the record before it)."""


class DeadLetters(Protocol):
    """Where dead letters go."""

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Returns when all are acknowledged; keeps trying while Kafka is away."""


class Parts(NamedTuple):
    """What every owned partition of a worker shares."""

    around: Surroundings
    identity: Identity
    source: Source
    log: Log
    dead_letters: DeadLetters
    intake: Intake
    fail: Callable[[Exception], None]
    """Ends the worker: for what must not happen."""
    base_earliest_ms: int = AT_EARLIEST_MS
    """A base is written so long after the last one at the earliest."""


class Seldom:
    """Whether a sentence is worth saying: it is new, or was said some time ago."""

    def __init__(self, seconds: float = SELDOM_SECONDS) -> None:
        self._seconds = seconds
        self._said: tuple[str, float] | None = None

    def worth(self, text: str) -> bool:
        """Asked before each saying."""
        now = time.monotonic()
        if self._said and self._said[0] == text and now - self._said[1] < self._seconds:
            return False
        self._said = text, now
        return True
