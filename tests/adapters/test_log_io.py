"""The delta log on a real Kafka: claims, zombies, bases, retention, a broker that dies."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError

from streams.adapters.worker.log_io import KafkaLog, KafkaLogWriter
from streams.core.delta import Content, Positions, fine_shard
from streams.core.log_claim import Identity, Phase
from streams.core.log_load import Loaded
from streams.core.log_owner import Owner
from streams.core.log_reader import ReaderState, read
from streams.core.log_search import Reading, each
from tests.kafka.broker import Broker

from .worker_kit import make_topics

IDENTITY = Identity(cluster_id="here", topic_ids={})


class Writer:
    """An owner of partition 0 with its producer, as a worker has it."""

    def __init__(self, log: KafkaLog) -> None:
        self.log = log
        self.owner = Owner(IDENTITY)
        self.producer: KafkaLogWriter | None = None

    async def take_over(self) -> Loaded:
        self.close()
        self.producer = await self.log.writer(0)
        raw = self.owner.claim(owner=secrets.token_bytes(8), now_ms=0)
        self.owner.claim_acked(await self.producer.append(raw))
        loaded = await self.log.run(0, self.owner.load(await self.log.start_of(0)))
        assert loaded is not None
        return loaded

    async def write(self, lives: dict[str, bytes | None], to: Positions) -> Positions | None:
        return await self._append(self.owner.delta(Content(lives=lives), to))

    async def write_base(self, lives: dict[str, bytes]) -> int:
        """The number of its chunks."""
        size = sum(map(len, lives.values()))
        raw = self.owner.open_base(owner=secrets.token_bytes(8), now_ms=0, content_bytes=size)
        await self._append(raw)
        assert await self.log.run(0, self.owner.read_back(await self.log.start_of(0)))
        chunks = 0
        while self.owner.next_chunk is not None:
            i, of = self.owner.next_chunk
            shard: dict[str, bytes | None] = {
                key: life for key, life in lives.items() if fine_shard(key) % of == i
            }
            raw_chunk = self.owner.chunk(Content(lives=shard))
            assert raw_chunk is not None
            await self._append(raw_chunk)
            chunks += 1
        return chunks

    async def _append(self, raw: bytes) -> Positions | None:
        assert self.producer is not None
        return self.owner.acked(await self.producer.append(raw))

    def close(self) -> None:
        if self.producer is not None:
            self.producer.close()
            self.producer = None


@asynccontextmanager
async def writers(bootstrap: str, count: int) -> AsyncIterator[tuple[str, Sequence[Writer]]]:
    """The topic of a fresh log of one partition, and its writers."""
    (topic,) = await make_topics(bootstrap, 1)
    made = [Writer(KafkaLog(bootstrap, topic)) for _ in range(count)]
    try:
        yield topic, made
    finally:
        for writer in made:
            writer.close()
            await writer.log.stop()


def whole(start: int, end: int, states: list[ReaderState]) -> Reading[None]:
    """Reads the log to its end; the last state is the newest."""

    def visit(offset: int, raw: bytes | None) -> bool:
        states.append(read(states[-1], offset, raw)[0])
        return True

    return each(start, end, visit)


async def test_a_zombie_notices_and_what_it_wrote_counts_for_nothing(kafka: str) -> None:
    async with writers(kafka, 2) as (_, (old, new)):
        assert (await old.take_over()).to == {}
        assert await old.write({"a": b"1"}, {"calls": 3}) == {"calls": 3}
        loaded = await new.take_over()
        assert (loaded.lives, loaded.to) == ({"a": b"1"}, {"calls": 3})
        assert await old.write({"a": b"zombie"}, {"calls": 9}) is None
        assert old.owner.phase is Phase.DOUBT
        # Its record came before the new owner's first one, which is therefore in doubt as well.
        assert await new.write({"a": b"2"}, {"calls": 4}) is None
        loaded = await new.take_over()
        assert (loaded.lives, loaded.to) == ({"a": b"2"}, {"calls": 4})
        assert await new.write({"a": None}, {"calls": 5}) == {"calls": 5}
        states = [ReaderState()]
        await new.log.run(0, whole(0, await new.log.end_of(0), states))
        assert states[-1].to == {"calls": 5}


async def test_after_a_rebalance_only_the_last_writer_may_go_on(kafka: str) -> None:
    async with writers(kafka, 2) as (_, (old, new)):
        await old.take_over()
        await old.write({}, {"calls": 1})
        end, last = await old.log.last_of(0)
        assert old.owner.comes_back(end=end, last=last)
        await new.take_over()
        end, last = await old.log.last_of(0)
        assert not old.owner.comes_back(end=end, last=last)


async def test_a_base_of_several_chunks_survives_the_loss_of_what_was_before(kafka: str) -> None:
    lives = {f"contact-{k}": secrets.token_bytes(400) for k in range(5_000)}
    async with writers(kafka, 2) as (topic, (old, new)):
        await old.take_over()
        keys = list(lives)
        for k in range(0, len(keys), 1_000):
            await old.write({key: lives[key] for key in keys[k : k + 1_000]}, {"calls": k})
        assert await old.write_base(lives) == 8
        await old.write({keys[0]: None}, {"calls": 5_001})
        base_at = old.owner.base_at
        assert base_at is not None
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await admin.start()
        before = {TopicPartition(topic, 0): RecordsToDelete(before_offset=base_at)}
        await admin.delete_records(before)
        await admin.close()
        assert await new.log.start_of(0) == base_at
        loaded = await new.take_over()
        del lives[keys[0]]
        assert loaded.lives == lives
        assert (loaded.to, loaded.base_at, loaded.reset) == ({"calls": 5_001}, base_at, False)


async def test_a_broker_that_dies_puts_the_owner_in_doubt_and_it_comes_back(
    own_kafka: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.adapters.worker.log_io.ACK_SECONDS", 2.0)
    async with writers(own_kafka.bootstrap, 1) as (_, (writer,)):
        await writer.take_over()
        await writer.write({"a": b"1"}, {"calls": 1})
        own_kafka.kill()
        with pytest.raises((KafkaError, OSError, TimeoutError)):
            await writer.write({"a": b"2"}, {"calls": 2})
        writer.owner.failed("the send failed")
        own_kafka.start()
        loaded = await writer.take_over()
        # The record that was on its way arrived or it did not: position and lives agree.
        assert (loaded.lives["a"], loaded.to["calls"]) in {(b"1", 1), (b"2", 2)}
        to = loaded.to["calls"] + 1
        assert await writer.write({"a": b"3"}, {"calls": to}) == {"calls": to}
