"""The demo's broker: topics as asked, the same partitions as everybody, readable by our readers."""

import time

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from streams.adapters.embedded_broker import EmbeddedBroker, EmbeddedBrokerError, EventProducer
from streams.adapters.input_check import InputsNotReadyError
from tests.adapters.worker_kit import Recorder, Shelf, until, working

TOPICS = {"calls": 6, "agents": 6, "deltas": 6}


async def read_all(bootstrap: str, topic: str, partitions: int, count: int) -> dict[int, list[str]]:
    """Keys by partition, by a plain consumer without a group, as boards read the delta log."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="none")
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        assert sum(ends.values()) == count
        for place in places:
            consumer.seek(place, 0)
        found: dict[int, list[str]] = {number: [] for number in range(partitions)}
        end = time.monotonic() + 20
        while sum(map(len, found.values())) < count:
            assert time.monotonic() < end
            for place, records in (await consumer.getmany(timeout_ms=100)).items():
                found[place.partition] += [record.key.decode() for record in records]
        return found
    finally:
        await consumer.stop()


async def test_keys_go_where_every_other_producer_puts_them_and_a_plain_reader_sees_all() -> None:
    keys = [f"contact-{number}" for number in range(500)]
    with EmbeddedBroker(TOPICS) as broker:
        producer = EventProducer(broker.bootstrap)
        for key in keys:
            producer.send("calls", key.encode(), b"{}", headers=[("h", b"1")], timestamp_ms=1)
        producer.flush()
        assert producer.sent == 500
        found = await read_all(broker.bootstrap, "calls", 6, 500)
    everywhere = list(range(6))
    murmur2 = DefaultPartitioner()
    for partition, there in found.items():
        expected = [k for k in keys if murmur2(k.encode(), everywhere, everywhere) == partition]
        assert there == expected


async def test_the_worker_reads_it_live() -> None:
    with EmbeddedBroker(TOPICS) as broker:
        producer = EventProducer(broker.bootstrap)
        for number in range(6_000):
            producer.send("calls", str(number).encode(), str(number).encode())
        producer.flush()
        recorder = Recorder(Shelf())
        async with working(broker.bootstrap, ("calls", "agents"), recorder) as worker:
            await until(lambda: recorder.count() == 6_000)
            producer.send("agents", b"anna", b"late")
            producer.flush()
            await until(lambda: recorder.count() == 6_001)
            place = next(at for at, values in recorder.values.items() if b"late" in values)
            assert await worker.source.commit({place: 1})
            assert await worker.source.committed([place]) == {place: 1}
            assert await worker.source.confirm(range(6))
            await until(
                lambda: all(
                    worker.source.reached_ends(partition, time.time_ns() // 1_000_000)
                    for partition in range(6)
                )
            )
    for offsets in recorder.shelf.offsets.values():
        assert offsets == list(range(len(offsets)))


async def test_a_topic_that_was_not_asked_for_is_missing() -> None:
    with EmbeddedBroker({"calls": 2}) as broker:
        async with working(broker.bootstrap, ("calls", "tickets"), Recorder(Shelf())) as worker:
            with pytest.raises(InputsNotReadyError, match="no topic tickets"):
                await worker.wait()


def test_a_topic_is_made_once_and_stopping_twice_is_fine() -> None:
    with EmbeddedBroker({"calls": 1}) as broker:
        with pytest.raises(EmbeddedBrokerError, match=r"topic calls with 3 partitions.*exists"):
            broker.make("calls", 3)
        broker.stop()


def test_records_that_nobody_takes_are_an_error() -> None:
    with EmbeddedBroker({"calls": 1}) as broker:
        producer = EventProducer(broker.bootstrap, **{"message.timeout.ms": 1_000})
        producer.send("calls", b"k", b"v")
        producer.flush()
    producer.send("calls", b"k", b"v")
    with pytest.raises(EmbeddedBrokerError, match="1 records were not taken"):
        producer.flush()
