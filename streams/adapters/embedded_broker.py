"""A Kafka inside this process, for the demo and for fast tests: librdkafka's mock cluster.

Real protocol on the loopback, no Java, gone with the process: `with EmbeddedBroker({"calls": 4})
as broker` gives `broker.bootstrap`. It keeps 5 MB per partition, then forgets the oldest; it can
neither make topics on request nor keep anything on disk, and corrupts transactions: no proof of
durability. kafka-python needs `api_version=(2, 1)` and `enable_idempotence=False` to write to it
and cannot read from it; Faust and aiokafka can.

Needs the extra `demo` (confluent-kafka), whose bundled C library is asked directly: Python's
binding offers only four partitions for every topic.
"""

import ctypes
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

_PRODUCER: Final = 0
_ERROR_TEXT_BYTES: Final = 512


class EmbeddedBrokerError(Exception):
    """The broker could not be started, or refused a topic or a record; says what to do."""


def _library() -> Any:
    """librdkafka, as confluent-kafka brought it along."""
    try:
        from confluent_kafka import cimpl
    except ImportError as error:
        raise EmbeddedBrokerError(
            "the embedded broker needs confluent-kafka: pip install 'vigie-kpi[demo]'"
        ) from error
    # The extension is linked against its bundled library: looking up in it finds both.
    library = ctypes.CDLL(cimpl.__file__)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("rd_kafka_conf_new", pointer, []),
        ("rd_kafka_conf_set", number, [pointer, text, text, text, ctypes.c_size_t]),
        ("rd_kafka_new", pointer, [number, pointer, text, ctypes.c_size_t]),
        ("rd_kafka_destroy", None, [pointer]),
        ("rd_kafka_err2str", text, [number]),
        ("rd_kafka_mock_cluster_new", pointer, [pointer, number]),
        ("rd_kafka_mock_cluster_destroy", None, [pointer]),
        ("rd_kafka_mock_cluster_bootstraps", text, [pointer]),
        ("rd_kafka_mock_topic_create", number, [pointer, text, number, number]),
        ("rd_kafka_mock_group_initial_rebalance_delay_ms", None, [pointer, ctypes.c_int32]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class EmbeddedBroker:
    """One mock broker on 127.0.0.1 with the given topics {name: partitions}."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        assert all(count > 0 for count in topics.values()), f"no partitions: {topics}"
        self.topics = dict(topics)
        self.bootstrap = ""
        self._library: Any = None
        self._client: int | None = None
        self._cluster: int | None = None

    def start(self) -> None:
        """Listen, with all topics made. Raises EmbeddedBrokerError."""
        self._library = _library()
        reason = ctypes.create_string_buffer(_ERROR_TEXT_BYTES)
        conf = self._library.rd_kafka_conf_new()
        # It would write to stderr that this client, only the owner of the cluster, has no broker.
        self._library.rd_kafka_conf_set(conf, b"log_level", b"0", reason, _ERROR_TEXT_BYTES)
        self._client = self._library.rd_kafka_new(_PRODUCER, conf, reason, _ERROR_TEXT_BYTES)
        if not self._client:
            raise EmbeddedBrokerError(f"librdkafka did not start: {reason.value.decode()}")
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._client, 1)
        if not self._cluster:
            self.stop()
            raise EmbeddedBrokerError("librdkafka could not listen on the loopback")
        # Otherwise the first consumer of a group waits 3 s for others.
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        self.bootstrap = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        for topic, partitions in self.topics.items():
            self.make(topic, partitions)

    def stop(self) -> None:
        """Close all connections; all records are gone. Twice is fine."""
        cluster, self._cluster = self._cluster, None
        client, self._client = self._client, None
        if cluster:
            self._library.rd_kafka_mock_cluster_destroy(cluster)
        if client:
            self._library.rd_kafka_destroy(client)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def make(self, topic: str, partitions: int) -> None:
        """One more topic. Raises EmbeddedBrokerError when it is there already."""
        code = self._library.rd_kafka_mock_topic_create(
            self._cluster, topic.encode(), partitions, 1
        )
        if code != 0:
            reason = self._library.rd_kafka_err2str(code).decode()
            raise EmbeddedBrokerError(f"topic {topic} with {partitions} partitions: {reason}")


class EventProducer:
    """Writes events with confluent-kafka, to the embedded broker or to any other.

    The same partition for a key as Java, kafka-python and aiokafka take (murmur2).
    """

    def __init__(self, bootstrap: str, **options: Any) -> None:
        from confluent_kafka import Producer

        self.sent = 0
        self._failures: list[str] = []
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "partitioner": "murmur2_random",
                "acks": "all",
                "linger.ms": 5,
                **options,
            }
        )

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        *,
        headers: Sequence[tuple[str, bytes]] = (),
        timestamp_ms: int = 0,
    ) -> None:
        """Queue one record; waits a little when the queue is full. 0 = now.

        Raises EmbeddedBrokerError for a record sent before that was not taken.
        """
        while True:
            try:
                self._producer.produce(
                    topic,
                    value,
                    key,
                    headers=list(headers),
                    timestamp=timestamp_ms,
                    on_delivery=self._delivered,
                )
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)
        self._raise_failures()

    def flush(self, timeout_seconds: float = 15.0) -> None:
        """Wait until all is acknowledged. Raises EmbeddedBrokerError if it is not."""
        left = self._producer.flush(timeout_seconds)
        self._raise_failures()
        if left:
            raise EmbeddedBrokerError(
                f"{left} records were not acknowledged within {timeout_seconds:g} s"
            )

    def _delivered(self, error: Any, _message: Any) -> None:
        if error is None:
            self.sent += 1
        else:
            self._failures.append(str(error))

    def _raise_failures(self) -> None:
        if self._failures:
            raise EmbeddedBrokerError(
                f"{len(self._failures)} records were not taken: {self._failures[0]}"
            )
