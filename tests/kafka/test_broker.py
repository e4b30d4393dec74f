"""The Kafka that the tests start is a real one, and survives being killed."""

import uuid

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from tests.kafka.broker import Broker
from tests.processes import listens


def make_topic(bootstrap: str) -> str:
    name = f"smoke-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.create_topics([NewTopic(name, num_partitions=2, replication_factor=1)])
    finally:
        admin.close()
    return name


def send(bootstrap: str, topic: str, values: list[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        sent = [producer.send(topic, value, partition=1) for value in values]
        assert [future.get(30).offset for future in sent] == list(range(len(values)))
    finally:
        producer.close()


def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    partition = TopicPartition(topic, 1)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=20_000)
    try:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        return [next(consumer).value for _ in range(count)]
    finally:
        consumer.close()


def test_a_topic_is_made_written_and_read(kafka: str) -> None:
    topic = make_topic(kafka)
    send(kafka, topic, [b"one", b"two", b"three"])
    assert read(kafka, topic, 3) == [b"one", b"two", b"three"]


def test_a_missing_topic_is_not_made_by_writing_to_it(kafka: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka, max_block_ms=1_000)
    try:
        with pytest.raises(Exception, match=r"(?i)topic|metadata"):
            producer.send(f"missing-{uuid.uuid4().hex}", b"x").get(5)
    finally:
        producer.close(timeout=1)


def test_a_killed_broker_comes_back_with_its_data(own_kafka: Broker) -> None:
    topic = make_topic(own_kafka.bootstrap)
    send(own_kafka.bootstrap, topic, [b"kept"])
    own_kafka.kill()
    assert not listens(own_kafka.port)
    own_kafka.start()
    assert read(own_kafka.bootstrap, topic, 1) == [b"kept"]
