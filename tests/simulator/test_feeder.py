"""Messages reach Kafka whole, in order, keyed, at the pace at which they happened."""

import gc
import logging
import threading
import uuid
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.partitioner import murmur2

from streams.adapters.embedded_broker import EmbeddedBroker, EventProducer
from streams.adapters.feeder import FeedError, KafkaSender, feed, feed_files
from streams.settings import Settings, from_table
from streams.simulator import Delivery, Topics
from tests.kafka.broker import Broker
from tests.simulator.runs import told

PARTITIONS = 3


@dataclass
class Notebook:
    """A sender that notes when what was sent, on a clock of its own."""

    clock: "Clock"
    sent: list[tuple[float, str, bytes | None, bytes | None]] = field(default_factory=list)
    flushed: int = 0

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        *,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        self.sent.append((self.clock.now, topic, key, value))

    def flush(self, timeout_seconds: float = 15.0) -> None:
        self.flushed += 1


class Clock(threading.Event):
    """Time that passes only by waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None and timeout > 0
        self.now += timeout
        return self.is_set()


def delivery(at_ms: int) -> Delivery:
    return Delivery(at_ms, "t", b"k", str(at_ms).encode())


@pytest.mark.parametrize(
    ("speed", "expected"), [(1, [100, 101, 103.5]), (10, [100, 100.1, 100.35]), (0, [100] * 3)]
)
def test_messages_keep_their_distance(speed: float, expected: list[float]) -> None:
    clock = Clock()
    notebook = Notebook(clock)
    messages = map(delivery, (50_000, 51_000, 53_500))
    assert feed(messages, notebook, speed=speed, stop=clock, clock=clock) == 3
    assert [at for at, *_ in notebook.sent] == pytest.approx(expected)
    assert notebook.flushed == 1


def test_the_first_message_waits_for_its_time() -> None:
    clock = Clock()
    notebook = Notebook(clock)
    feed([delivery(7_000)], notebook, speed=1, start_ms=5_000, stop=clock, clock=clock)
    assert [at for at, *_ in notebook.sent] == pytest.approx([102])


def test_it_stops_when_it_is_told_to() -> None:
    clock = Clock()
    notebook = Notebook(clock)

    def endless() -> Iterator[Delivery]:
        for second in range(1_000_000):
            if second == 5:
                clock.set()
            yield delivery(second * 1000)

    heard: list[int] = []
    count = feed(endless(), notebook, speed=1, stop=clock, clock=clock, on_sent=heard.append)
    assert count == 5 == len(notebook.sent)
    assert heard == [1, 2, 3, 4, 5]


# ---- event files


def settings(**kafka: object) -> Settings:
    return from_table({"kafka": kafka})


def test_lines_of_a_file_find_their_topic_and_key(tmp_path: Path) -> None:
    place = tmp_path / "events.jsonl"
    template = (
        '{"specversion":"1.0","id":"1","source":"s","type":"%s","subject":"x-%d","time":"%s"}'
    )
    types = ("contact.held", "ticket.created", "agent.state_changed", "review.published",
             "survey.sent", "order.placed", "source.heartbeat")  # fmt: skip
    lines = [
        template % (type_, number, f"2026-11-24T09:00:0{number}+01:00")
        for number, type_ in enumerate(types)
    ]
    place.write_text("\n".join([*lines, "", "no event", lines[0].replace("+01:00", "")]))
    clock = Clock()
    notebook = Notebook(clock)
    assert feed_files(settings(), [place], speed=0, sender=notebook, stop=clock) == 9
    assert [topic.removeprefix("contact-center.") for _, topic, _, _ in notebook.sent] == [
        "calls", "tickets", "agents", "mentions", "surveys", "business", "calls", "calls", "calls"
    ]  # fmt: skip
    assert [key for _, _, key, _ in notebook.sent][:3] == [b"x-0", b"x-1", b"x-2"]
    assert notebook.sent[7][2:] == (None, b"no event")


# ---- Kafka


@pytest.fixture
def topics(kafka: str) -> Topics:
    """Two topics of this test alone."""
    end = uuid.uuid4().hex[:8]
    names = Topics(calls=f"calls-{end}", agents=f"agents-{end}")
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        admin.create_topics([NewTopic(n, PARTITIONS, 1) for n in (names.calls, names.agents)])
    finally:
        admin.close()
    return names


def test_every_message_arrives_once_in_the_partition_of_its_key(kafka: str, topics: Topics) -> None:
    deliveries = told(duration_seconds=900, topics=topics)
    sender = KafkaSender(kafka, (topics.calls, topics.agents))
    try:
        assert feed(deliveries, sender, speed=0) == len(deliveries) > 1000
    finally:
        sender.close()
    for topic in (topics.calls, topics.agents):
        wanted: dict[int, list[bytes]] = {number: [] for number in range(PARTITIONS)}
        for message in deliveries:
            if message.topic == topic:
                wanted[(murmur2(message.key) & 0x7FFFFFFF) % PARTITIONS].append(message.value)
        for number, values in wanted.items():
            assert read(kafka, TopicPartition(topic, number), len(values)) == values


def read(bootstrap: str, partition: TopicPartition, count: int) -> list[bytes]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=20_000)
    try:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        found = [next(consumer).value for _ in range(count)]
        assert consumer.end_offsets([partition]) == {partition: count}
        return found
    finally:
        consumer.close()


def test_a_missing_topic_is_said(kafka: str) -> None:
    with pytest.raises(FeedError, match=r"no topic missing-one.*vigie topics create"):
        KafkaSender(kafka, ("missing-one",))


def test_a_broker_that_dies_is_said_and_may_come_back(
    own_kafka: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1, logger="kafka")  # its records keep its sockets alive
    admin = KafkaAdminClient(bootstrap_servers=own_kafka.bootstrap)
    admin.create_topics([NewTopic("t", 1, 1)])
    admin.close()
    with warnings.catch_warnings():  # kafka-python forgets the sockets that were refused
        warnings.simplefilter("ignore", ResourceWarning)
        _send_across_a_crash(own_kafka)
        gc.collect()
    assert read(own_kafka.bootstrap, TopicPartition("t", 0), 2) == [b"1", b"late"]


def _send_across_a_crash(broker: Broker) -> None:
    sender = KafkaSender(broker.bootstrap, ("t",))
    try:
        feed([delivery(1)], sender, speed=0)
        broker.kill()
        sender.send("t", b"k", b"late")
        with pytest.raises(FeedError, match="did not take a message"):
            sender.flush(1.0)
        broker.start()
        sender.flush()
    finally:
        sender.close()


def test_the_embedded_broker_takes_another_sender() -> None:
    names = Topics()
    with EmbeddedBroker({names.calls: 2, names.agents: 2}) as broker:
        producer = EventProducer(broker.bootstrap)
        deliveries = told(duration_seconds=120)
        assert feed(deliveries, producer, speed=0) == len(deliveries) == producer.sent


def test_nobody_at_the_address_is_said() -> None:
    with pytest.raises(FeedError, match=r"127\.0\.0\.1:9 does not answer"):
        KafkaSender("127.0.0.1:9", ("t",))
