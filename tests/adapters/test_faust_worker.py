"""One worker on a real Kafka: every record once and in order, from where the state says."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

from streams.adapters.faust_worker import FaustWorker
from streams.adapters.input_check import InputsNotReadyError
from streams.adapters.source import Place, Record, SourceSettings, SourceState
from tests.adapters.worker_kit import Recorder, Shelf, make_topics, producing, send, until, working


async def test_every_record_is_handed_over_once_in_order_by_whole_fetches(kafka: str) -> None:
    topics = await make_topics(kafka, 3, 3)
    await send(kafka, topics, 30_000, 3)
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder):
        await until(lambda: recorder.count() >= 30_000)
        assert max(recorder.sizes) > 100
    assert sorted(recorder.values) == sorted((topic, p) for topic in topics for p in range(3))
    for (topic, partition), values in recorder.values.items():
        sent = range(2 * partition + topics.index(topic), 30_000, 6)
        assert values == [str(number).encode() for number in sent]


async def test_a_compressed_fetch_is_handed_over_in_pieces_that_do_not_hold_the_loop(
    kafka: str,
) -> None:
    from aiokafka import AIOKafkaProducer

    topics = await make_topics(kafka, 1)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka, compression_type="gzip", linger_ms=200, max_batch_size=900_000
    )
    await producer.start()
    for _number in range(5_000):
        await producer.send(topics[0], b"x" * 100, partition=0)
    await producer.stop()
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder):
        await until(lambda: recorder.count() == 5_000)
    assert max(recorder.sizes) == 1_000
    assert recorder.shelf.offsets[topics[0], 0] == list(range(5_000))


async def test_state_is_loaded_before_any_event_and_its_position_wins_over_the_groups(
    kafka: str,
) -> None:
    topics = await make_topics(kafka, 1)
    place = (topics[0], 0)
    await send(kafka, topics, 100, 1)
    shelf = Shelf()
    shelf.to[place] = 90
    first = Recorder(shelf)
    async with working(kafka, topics, first) as worker:
        await until(lambda: first.count() >= 10)
        assert await worker.source.commit({place: 100})
    shelf.to[place] = 40  # the log is behind what was committed
    second = Recorder(shelf)
    second.load_seconds = 0.5
    async with working(kafka, topics, second) as worker:
        await until(lambda: second.count() >= 60)
        assert await worker.source.committed([place]) == {place: 100}
        assert await worker.source.beginning_offsets([place]) == {place: 0}
        assert await worker.source.end_offsets([place]) == {place: 100}
    assert [told for told, _ in second.told] == ["assigned", "shutdown"]
    assert shelf.offsets[place] == [*range(90, 100), *range(40, 100)]


async def test_a_paused_partition_gets_nothing_and_goes_on_without_loss(kafka: str) -> None:
    topics = await make_topics(kafka, 2)
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder) as worker:
        await until(lambda: bool(recorder.owned))
        await send(kafka, topics, 10, 2)
        await until(lambda: recorder.count() == 10)
        worker.source.pause([1])
        await send(kafka, topics, 10, 2)
        await until(lambda: len(recorder.values[topics[0], 0]) == 10)
        await asyncio.sleep(0.3)
        assert recorder.memory[topics[0], 1] == list(range(5))
        await worker.source.resume([1])
        await until(lambda: recorder.count() == 20)
        # Memory was thrown away (a doubt about the log): the same again, from there.
        worker.source.pause([1])
        await worker.source.resume([1], {(topics[0], 1): 3})
        await until(lambda: recorder.count() == 27)
    assert recorder.shelf.offsets[topics[0], 1] == [*range(10), *range(3, 10)]
    assert recorder.shelf.offsets[topics[0], 0] == list(range(10))


async def test_the_end_is_known_also_behind_the_marks_of_transactions(kafka: str) -> None:
    from aiokafka import AIOKafkaProducer

    topics = await make_topics(kafka, 1)
    place = (topics[0], 0)
    producer = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=topics[0])
    await producer.start()
    for word in (b"kept", b"aborted"):
        await producer.begin_transaction()
        await producer.send(topics[0], word, partition=0)
        if word == b"aborted":
            await producer.flush()
            await producer.abort_transaction()
        else:
            await producer.commit_transaction()
    await producer.stop()
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder) as worker:
        await until(lambda: worker.state.condition == "running")
        await until(lambda: worker.source.reached_ends(0, time.time_ns() // 1_000_000))
        assert recorder.values[place] == [b"kept"]
        progress = worker.source.progress(place)
        assert progress is not None
        assert (progress.position, progress.end) == (4, 4)
        later = time.time_ns() // 1_000_000 + 60_000
        assert not worker.source.reached_ends(0, later), "an old answer says nothing about then"


async def test_a_missing_topic_ends_the_worker_and_says_what_to_do(kafka: str) -> None:
    (there,) = await make_topics(kafka, 2)
    recorder = Recorder(Shelf())
    async with working(kafka, (there, "nobody-made-me"), recorder) as worker:
        with pytest.raises(InputsNotReadyError, match=r"no topic nobody-made-me.*topics create"):
            await asyncio.wait_for(worker.wait(), 10)
    assert worker.state.condition == "stopped"
    assert "nobody-made-me" in worker.state.reason


async def test_topics_of_different_sizes_end_the_worker(kafka: str) -> None:
    topics = await make_topics(kafka, 2, 3)
    async with working(kafka, topics, Recorder(Shelf())) as worker:
        with pytest.raises(InputsNotReadyError, match="same number of partitions"):
            await asyncio.wait_for(worker.wait(), 10)


class Clumsy(Recorder):
    def on_fetch(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        raise ValueError("stumbled")


class Amnesiac(Recorder):
    async def on_assigned(self, partitions: frozenset[int]) -> Mapping[Place, int]:
        raise ValueError("no memory")


@pytest.mark.parametrize(("kind", "says"), [(Clumsy, "stumbled"), (Amnesiac, "no memory")])
async def test_an_error_of_the_processor_ends_the_worker(
    kafka: str, kind: type[Recorder], says: str
) -> None:
    topics = await make_topics(kafka, 1)
    await send(kafka, topics, 1, 1)
    processor = kind(Shelf())
    async with working(kafka, topics, processor) as worker:
        with pytest.raises(ValueError, match=says):
            await asyncio.wait_for(worker.wait(), 20)
    assert processor.told[-1][0] == "shutdown"


def owns_all(processor: Recorder) -> bool:
    return len(processor.owned) == 2


class Stubborn(Recorder):
    async def on_shutdown(self) -> None:
        await asyncio.sleep(60)


async def test_stopping_takes_less_than_three_seconds_even_with_a_flush_that_hangs(
    kafka: str,
) -> None:
    topics = await make_topics(kafka, 2)
    for processor, limit in ((Recorder(Shelf()), 1.0), (Stubborn(Shelf()), 3.0)):
        async with working(kafka, topics, processor) as worker:
            await until(partial(owns_all, processor))
            before = time.monotonic()
            await worker.stop()
            assert time.monotonic() - before < limit
        assert worker.state.condition == "stopped"


async def test_the_host_process_is_left_alone(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import logging
    import signal
    import sys

    def surroundings() -> tuple[object, ...]:
        handlers = tuple(logging.getLogger().handlers)
        return (
            handlers,
            signal.getsignal(signal.SIGTERM),
            sys.stdout,
            sys.stderr,
            list(tmp_path.iterdir()),
        )

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROKER_SESSION_TIMEOUT", "55")  # of Faust, whose own settings would yield
    topics = await make_topics(kafka, 1)
    before = surroundings()
    states: list[SourceState] = []
    async with working(kafka, topics, Recorder(Shelf()), states) as worker:
        await until(lambda: worker.state.condition == "running")
        assert surroundings() == before
        assert worker.source._app is not None
        assert worker.source._app.conf.broker_session_timeout == 6.0
    assert [state.condition for state in states] == ["joining", "running", "stopped"]


async def test_events_come_within_a_tenth_of_a_second_at_a_low_rate(kafka: str) -> None:
    topics = await make_topics(kafka, 4)
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder), producing(kafka) as producer:
        await until(lambda: len(recorder.owned) == 4)
        waits = []
        for number in range(20):
            await producer.send_and_wait(topics[0], b"x", partition=number % 4)
            sent = time.monotonic()
            await until(partial(recorder.has, number + 1))
            waits.append(time.monotonic() - sent)
    assert sorted(waits)[10] < 0.1


async def test_events_that_come_one_by_one_are_fetched_together(kafka: str) -> None:
    topics = await make_topics(kafka, 1)
    recorder = Recorder(Shelf())
    async with working(kafka, topics, recorder), producing(kafka) as producer:
        await until(lambda: len(recorder.owned) == 1)
        began = time.monotonic()
        for _number in range(300):
            await producer.send_and_wait(topics[0], b"x", partition=0)
        await until(lambda: recorder.count() == 300)
        polls = (time.monotonic() - began) / 0.050
    assert len(recorder.sizes) <= polls + 2


def test_settings_say_the_measured_values() -> None:
    settings = SourceSettings("127.0.0.1:1", "g", ("t",))
    assert (settings.fetch_max_wait_ms, settings.fetch_min_bytes) == (50, 32_768)
    assert settings.fetch_max_bytes == 262_144
    assert FaustWorker(settings, Recorder(Shelf())).state.condition == "connecting"
