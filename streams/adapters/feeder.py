"""Sends a stream of messages to Kafka at the pace at which they happened, or faster.

`feed` does the pacing for any sender; `KafkaSender` is kafka-python (for the embedded broker:
`embedded_broker.EventProducer`). Records carry the wall clock's time, as from a live source.
"""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from streams.adapters.access import client_options
from streams.adapters.topics import ANSWER_MS, Access, TopicError, identity
from streams.core.events import to_ms
from streams.settings import Settings

_PENDING: Final = 10_000
"""Records on their way at most; then the oldest is waited for."""
_SHORT_WAIT_SECONDS: Final = 0.002
_FLUSH_SECONDS: Final = 15.0


class FeedError(Exception):
    """Kafka did not take what was sent; says where, what, and what to do."""


class Message(Protocol):
    """What is fed: `at_ms` tells the pace, the rest goes to Kafka as it is."""

    @property
    def at_ms(self) -> int: ...
    @property
    def topic(self) -> str: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Sender(Protocol):
    """Where messages go."""

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        *,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Hands over one message; may raise for one that was sent before."""
        ...

    def flush(self, timeout_seconds: float = 15.0) -> None:
        """Returns when all is acknowledged; raises when it is not in that time."""
        ...


def feed(
    messages: Iterable[Message],
    sender: Sender,
    *,
    speed: float,
    start_ms: int | None = None,
    stop: threading.Event | None = None,
    on_sent: Callable[[int], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Sends all messages, `speed` times faster than they happened (0: at once); how many.

    `start_ms`: the time of a message that is due at once, None: the first one's. `stop` ends it
    early, from another thread. `on_sent` hears the number after each. What was sent is
    acknowledged when this returns.
    """
    stop = threading.Event() if stop is None else stop
    begun, sent = clock(), 0
    for message in messages:
        if start_ms is None:
            start_ms = message.at_ms
        if speed > 0:
            left = begun + (message.at_ms - start_ms) / 1000 / speed - clock()
            if left > _SHORT_WAIT_SECONDS:
                stop.wait(left)
        if stop.is_set():
            break
        sender.send(message.topic, message.key, message.value, headers=message.headers)
        sent += 1
        on_sent(sent)
    sender.flush()
    return sent


class KafkaSender:
    """Sends with kafka-python: all copies acknowledged, partitions by murmur2 of the key.

    Raises `FeedError` when no broker answers within 15 s or a topic is missing.
    """

    def __init__(
        self, bootstrap: str, topics: Iterable[str], options: Mapping[str, Any] | None = None
    ) -> None:
        options = options or {}
        self._bootstrap = bootstrap
        self._pending: deque[Any] = deque()
        _check_topics(Access(bootstrap, options), tuple(topics))
        self._producer: Any = KafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            linger_ms=5,
            max_block_ms=ANSWER_MS,
            delivery_timeout_ms=2 * ANSWER_MS,
            request_timeout_ms=ANSWER_MS,
            reconnect_backoff_max_ms=1_000,  # a restarted broker is found at once, not after 30 s
            allow_auto_create_topics=False,
            **options,
        )

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        *,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Queues one message. Raises `FeedError` for one before it that was not taken."""
        pending = self._pending
        try:
            pending.append(
                self._producer.send(topic, value=value, key=key, headers=list(headers) or None)
            )
            while pending and (pending[0].is_done or len(pending) > _PENDING):
                pending.popleft().get(_FLUSH_SECONDS)
        except KafkaError as error:
            raise self._refused(error) from error

    def flush(self, timeout_seconds: float = _FLUSH_SECONDS) -> None:
        """Waits until all is acknowledged. Raises `FeedError` when it is not."""
        try:
            self._producer.flush(timeout_seconds)
            while self._pending:
                self._pending.popleft().get(timeout_seconds)
        except KafkaError as error:
            raise self._refused(error) from error

    def close(self) -> None:
        """Gives up what is not acknowledged yet."""
        try:
            self._producer.close(timeout=1)
        except KafkaTimeoutError:
            # Something is still on its way: `flush` has told so; its thread ends with the process.
            return

    def _refused(self, error: BaseException) -> FeedError:
        name = type(error).__name__
        return FeedError(f"Kafka at {self._bootstrap} did not take a message ({name}: {error})")


def kafka_sender(settings: Settings, topics: Iterable[str]) -> KafkaSender:
    """A sender to the Kafka of the settings. Raises `FeedError`."""
    try:
        options = client_options(settings.kafka)
    except OSError as error:  # ssl.SSLError is one of these
        raise FeedError(f"kafka: a file of the security settings can't be used: {error}") from error
    return KafkaSender(",".join(settings.kafka.servers), topics, options)


def _check_topics(access: Access, names: tuple[str, ...]) -> None:
    try:
        present = identity(access, names).topics
    except TopicError as error:
        raise FeedError(str(error)) from error
    if missing := [name for name in names if name not in present]:
        raise FeedError(
            f"Kafka at {access.bootstrap} has no topic {', '.join(missing)}: "
            "make it with `vigie topics create`"
        )


# ---- event files


class _Line(msgspec.Struct, frozen=True, gc=False):
    """A line of an event file on its way to Kafka."""

    at_ms: int
    topic: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class _Envelope(msgspec.Struct, gc=False):
    type: str
    subject: str
    time: Any = None


_Moment: Final = Annotated[datetime, msgspec.Meta(tz=True)]
_decode: Final = msgspec.json.Decoder(_Envelope).decode
_TOPIC_OF: Final = {
    "contact": "calls", "source": "calls", "ticket": "tickets", "agent": "agents",
    "mention": "mentions", "review": "mentions", "audience": "mentions", "survey": "surveys",
}  # fmt: skip


def feed_files(
    settings: Settings,
    files: Sequence[Path],
    *,
    speed: float,
    sender: Sender | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Feeds the events of files of JSON lines ("-": standard input), in the order of the lines.

    A line that can't be read is sent to the topic of calls without a key, for the worker to
    refuse. Returns how many were sent. Raises `FeedError`, and OSError for a file.
    """
    lines = _lines(settings, files)
    if sender is not None:
        return feed(lines, sender, speed=speed, stop=stop)
    topics = settings.kafka.topics
    names = {*(getattr(topics, field) for field in _TOPIC_OF.values()), topics.business}
    own = kafka_sender(settings, sorted(names))
    try:
        return feed(lines, own, speed=speed, stop=stop)
    finally:
        own.close()


def _lines(settings: Settings, files: Sequence[Path]) -> Iterator[_Line]:
    at_ms = None
    for path in files:
        is_input = str(path) == "-"
        with nullcontext(sys.stdin.buffer) if is_input else path.open("rb") as stream:
            for text in stream:
                value = text.strip()
                if value:
                    line = _line(settings, value, at_ms)
                    at_ms = line.at_ms
                    yield line


def _line(settings: Settings, value: bytes, last_ms: int | None) -> _Line:
    """A line with its topic and key; one without a readable time goes along with the last."""
    topics = settings.kafka.topics
    try:
        envelope = _decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):  # the worker gives the reason
        return _Line(last_ms or 0, topics.calls, None, value)
    field = _TOPIC_OF.get(envelope.type.partition(".")[0], "business")
    at_ms = _time_ms(envelope.time)
    if at_ms is None:
        at_ms = last_ms or 0
    return _Line(at_ms, getattr(topics, field), envelope.subject.encode(), value)


def _time_ms(text: object) -> int | None:
    """RFC 3339 with an offset → ms since 1970; None when it is not."""
    try:
        moment = msgspec.convert(text, _Moment, strict=True)
    except msgspec.ValidationError:
        return None
    return to_ms(moment)
