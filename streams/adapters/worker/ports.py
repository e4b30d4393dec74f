"""What the worker needs of the delta log and of the dead letters, as its parts see it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from streams.adapters.worker.intake import DeadLetter
from streams.core.log_search import Reading

T = TypeVar("T")


class LogWriter(Protocol):
    """A producer of one claim. Nothing is retried: what fails is doubt."""

    async def append(self, raw: bytes) -> int:
        """The offset at which the record was acked; raises on any failure."""

    async def close(self) -> None:
        """Throws the producer away."""


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
