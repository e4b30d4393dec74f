"""Dead letters: what could not be read, as it came, with the reason, acknowledged before the log.

Our headers are added to the message's own: `vigie-reason`, `-detail`, `-topic`, `-partition`,
`-offset`, `-time`.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from streams.adapters.worker.intake import DeadLetter
from streams.adapters.worker.log_io import Abandoned, started
from streams.adapters.worker.ports import AWAY, Seldom

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0
ANSWER_MS: Final = 10_000
MAXIMUM_REQUEST: Final = 2 * 1024 * 1024
AT_ONCE: Final = 500
KEPT_BYTES: Final = (900_000, 1_000)
"""When a letter is refused for its size: so much is kept of it, then so little."""
DETAIL_CHARACTERS: Final = 1_000


class KafkaDeadLetters:
    """Sends dead letters; keeps trying while Kafka is away, since the log waits for them."""

    def __init__(
        self, bootstrap: str, topic: str, options: Mapping[str, Any] | None = None
    ) -> None:
        self._bootstrap, self._topic, self._options = bootstrap, topic, dict(options or {})
        self._producer: Any = None
        self._abandoned = Abandoned()
        self._turn = asyncio.Lock()
        self._seldom = Seldom()

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Returns when all are acknowledged."""
        for first in range(0, len(letters), AT_ONCE):
            left = [(letter, 0) for letter in letters[first : first + AT_ONCE]]
            left = await self._sent(left)
            while left:
                await asyncio.sleep(RETRY_SECONDS)
                left = await self._sent(left)

    async def _sent(self, letters: list[tuple[DeadLetter, int]]) -> list[tuple[DeadLetter, int]]:
        """Those that must be sent again; with each, how often it was refused for its size."""
        try:
            producer = await self._started()
        except AWAY as error:
            self._say(error)
            return letters
        sending = [self._send(producer, shortened(*letter)) for letter in letters]
        answers = await asyncio.gather(*sending, return_exceptions=True)
        again: list[tuple[DeadLetter, int]] = []
        for (letter, cuts), answer in zip(letters, answers, strict=True):
            if isinstance(answer, MessageSizeTooLargeError) and cuts < len(KEPT_BYTES):
                again.append((letter, cuts + 1))
            elif isinstance(answer, AWAY):
                self._say(answer)
                again.append((letter, cuts))
            elif isinstance(answer, BaseException):
                raise answer
        return again

    async def _send(self, producer: Any, letter: DeadLetter) -> None:
        record = letter.record
        await producer.send_and_wait(
            self._topic, value=record.value, key=record.key, headers=headers_of(letter)
        )

    def _say(self, error: BaseException) -> None:
        text = f"dead letters wait for {self._topic} at {self._bootstrap}: {told(error)}"
        if self._seldom.worth(text):
            logger.warning("%s", text)

    async def _started(self) -> Any:
        async with self._turn:
            if self._producer is None:
                self._producer = await started(
                    AIOKafkaProducer(
                        bootstrap_servers=self._bootstrap,
                        acks="all",
                        max_request_size=MAXIMUM_REQUEST,
                        request_timeout_ms=ANSWER_MS,
                        **self._options,
                    )
                )
            return self._producer

    async def stop(self) -> None:
        """Ends the producer."""
        producer, self._producer = self._producer, None
        if producer is not None:
            self._abandoned.leave(producer)
        await self._abandoned.wait()


class _Shortened:
    """A record of which only the beginning fits into one message."""

    def __init__(self, record: Any, kept: int) -> None:
        self.offset, self.timestamp = record.offset, record.timestamp
        whole = kept == KEPT_BYTES[0]
        self.key: bytes | None = record.key if whole or not record.key else record.key[:kept]
        self.value: bytes | None = None if record.value is None else record.value[:kept]
        self.headers: Sequence[tuple[str, bytes]] = record.headers if whole else ()


def shortened(letter: DeadLetter, cuts: int) -> DeadLetter:
    """The letter after having been refused so often for its size."""
    if not cuts:
        return letter
    kept = KEPT_BYTES[cuts - 1]
    return letter._replace(
        record=_Shortened(letter.record, kept),
        detail=f"{letter.detail[:DETAIL_CHARACTERS]}; only the first {kept} bytes are kept here",
    )


def headers_of(letter: DeadLetter) -> list[tuple[str, bytes]]:
    """The message's own headers and ours."""
    record = letter.record
    ours = {
        "vigie-reason": letter.reason,
        "vigie-detail": letter.detail[: 2 * DETAIL_CHARACTERS],
        "vigie-topic": letter.topic,
        "vigie-partition": str(letter.partition),
        "vigie-offset": str(record.offset),
        "vigie-time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    added = ((name, text.encode(errors="replace")) for name, text in ours.items())
    return [*record.headers, *added]


def told(error: BaseException) -> str:
    """An error of Kafka in words; some have none of their own."""
    text = str(error)
    name = type(error).__name__
    if isinstance(error, KafkaError):
        return text or name
    return f"{name}: {text}" if text else name
