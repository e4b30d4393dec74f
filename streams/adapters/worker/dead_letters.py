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

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0
MAXIMUM_REQUEST: Final = 1_048_576
KEPT_BYTES: Final = 900_000


class KafkaDeadLetters:
    """Sends dead letters; keeps trying while Kafka is away, since the log waits for them."""

    def __init__(
        self, bootstrap: str, topic: str, options: Mapping[str, Any] | None = None
    ) -> None:
        self._bootstrap, self._topic, self._options = bootstrap, topic, dict(options or {})
        self._producer: Any = None
        self._turn = asyncio.Lock()

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Returns when all are acknowledged."""
        for letter in letters:
            while not await self._sent(letter):
                await asyncio.sleep(RETRY_SECONDS)

    async def _sent(self, letter: DeadLetter) -> bool:
        record = letter.record
        value = record.value
        try:
            producer = await self._started()
            await producer.send_and_wait(
                self._topic, value=value, key=record.key, headers=headers_of(letter)
            )
        except MessageSizeTooLargeError:
            assert value is not None, "only a value is too large"
            cut = letter._replace(
                record=_Shortened(record, value[:KEPT_BYTES]),
                detail=f"{letter.detail}; only the first {KEPT_BYTES} bytes are kept here",
            )
            return await self._sent(cut)
        except (KafkaError, OSError, TimeoutError) as error:
            logger.warning("dead letters wait for Kafka: %s", error)
            await self.stop()
            return False
        return True

    async def _started(self) -> Any:
        async with self._turn:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    acks="all",
                    max_request_size=MAXIMUM_REQUEST,
                    **self._options,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def stop(self) -> None:
        """Ends the producer."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()


class _Shortened:
    """A record of which only the beginning of the value fits into one message."""

    def __init__(self, record: Any, value: bytes) -> None:
        self.offset, self.timestamp, self.key = record.offset, record.timestamp, record.key
        self.headers, self.value = record.headers, value


def headers_of(letter: DeadLetter) -> list[tuple[str, bytes]]:
    """The message's own headers and ours."""
    record = letter.record
    ours = {
        "vigie-reason": letter.reason,
        "vigie-detail": letter.detail,
        "vigie-topic": letter.topic,
        "vigie-partition": str(letter.partition),
        "vigie-offset": str(record.offset),
        "vigie-time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    return [*record.headers, *((name, text.encode()) for name, text in ours.items())]
