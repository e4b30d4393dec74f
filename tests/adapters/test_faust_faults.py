"""What goes wrong between Kafka and the engine is put right, or said."""

import asyncio
import random

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, RecordsToDelete

from streams.adapters.delivery import Fetch
from streams.adapters.faust_source import FaustSource
from streams.adapters.input_check import InputsNotReadyError
from tests.adapters.worker_kit import Recorder, Shelf, make_topics, producing, send, until, working


async def test_fetches_that_get_lost_or_come_twice_on_the_way_change_nothing(
    kafka: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = random.Random(seed)
    hand_over, faults = FaustSource.take, {"lost": 0, "twice": 0}

    def take(self: FaustSource, fetch: Fetch) -> None:
        chance = rng.random()
        faults["lost"] += chance < 0.3
        faults["twice"] += chance > 0.8
        if chance >= 0.3:
            hand_over(self, fetch)
        if chance > 0.8:
            hand_over(self, fetch)

    monkeypatch.setattr(FaustSource, "take", take)
    topics = await make_topics(kafka, 3)
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder), producing(kafka) as producer:
        await until(lambda: len(recorder.owned) == 3)
        for number in range(3_000):
            await producer.send(topics[0], str(number).encode(), partition=number % 3)
            if number % 30 == 29:
                await producer.flush()
        await until(lambda: recorder.count() >= 3_000)
    assert faults["lost"] > 5
    assert faults["twice"] > 5
    for partition in range(3):
        assert recorder.shelf.offsets[topics[0], partition] == list(range(1_000))


@pytest.fixture
async def admin(kafka: str) -> AIOKafkaAdminClient:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await client.start()
    yield client
    await client.close()


async def test_a_start_that_retention_took_away_is_gone_on_from_where_the_topic_begins(
    kafka: str, admin: AIOKafkaAdminClient
) -> None:
    topics = await make_topics(kafka, 1)
    await send(kafka, topics, 100, 1)
    await admin.delete_records({TopicPartition(topics[0], 0): RecordsToDelete(before_offset=60)})
    recorder = Recorder(Shelf())
    recorder.shelf.to[topics[0], 0] = 20
    async with working(kafka, topics, recorder) as worker:
        assert worker.source.topics == topics
        await until(lambda: recorder.count() == 40)
        assert await worker.source.beginning_offsets([(topics[0], 0)]) == {(topics[0], 0): 60}
    assert recorder.shelf.offsets[topics[0], 0] == list(range(60, 100))


@pytest.mark.parametrize("there", [0, 5])
async def test_a_topic_that_ends_before_what_was_read_stops_its_partition_and_says_so(
    kafka: str, there: int
) -> None:
    topics = await make_topics(kafka, 1)
    await send(kafka, topics, there, 1)
    recorder = Recorder(Shelf())
    recorder.shelf.to[topics[0], 0] = 50
    async with working(kafka, topics, recorder) as worker:
        await until(lambda: bool(recorder.went_back))
        error = recorder.went_back[0]
        assert (error.place, error.expected, error.found) == ((topics[0], 0), 50, 0)
        await send(kafka, topics, 60, 1)
        await asyncio.sleep(1.5)  # a second look happens once a second
        assert len(recorder.went_back) == 1
        assert recorder.count() == 0, "nothing of it until the operator says so"
        await worker.source.resume([0], {(topics[0], 0): 0})
        await until(lambda: recorder.count() == 60 + there)


async def test_a_topic_that_is_deleted_under_a_running_worker_ends_it(
    kafka: str, admin: AIOKafkaAdminClient
) -> None:
    topics = await make_topics(kafka, 2, 2)
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder) as worker:
        await until(lambda: len(recorder.owned) == 2)
        await admin.delete_topics([topics[0]])
        with pytest.raises(InputsNotReadyError, match=f"no topic {topics[0]}"):
            await asyncio.wait_for(worker.wait(), 40)
    assert recorder.told[-1][0] == "shutdown"


async def test_a_topic_that_gets_more_partitions_than_the_others_ends_the_worker(
    kafka: str, admin: AIOKafkaAdminClient
) -> None:
    topics = await make_topics(kafka, 2, 2)
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder, metadata_seconds=1.0) as worker:
        await until(lambda: len(recorder.owned) == 2)
        await admin.create_partitions({topics[0]: NewPartitions(total_count=3)})
        with pytest.raises(InputsNotReadyError, match="same number of partitions"):
            await asyncio.wait_for(worker.wait(), 40)
    assert len(recorder.told) == 3, "assigned, revoked, and shut down without another load"
