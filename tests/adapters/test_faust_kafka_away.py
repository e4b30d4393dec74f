"""Kafka is away at the start, goes away, comes back: the worker says so and goes on by itself."""

import asyncio
from pathlib import Path

import pytest

from streams.adapters.source import SourceState
from tests.adapters.worker_kit import Recorder, Shelf, make_topics, send, until, working
from tests.kafka.broker import Broker, why_not_here
from tests.processes import free_port


async def test_a_worker_without_kafka_starts_at_once_says_so_and_stops(tmp_path: Path) -> None:
    states: list[SourceState] = []
    recorder = Recorder(Shelf())
    address = f"127.0.0.1:{free_port()}"
    async with working(address, ("calls",), recorder, states) as worker:
        await until(lambda: worker.state.condition == "unreachable", 10)
        assert address in worker.state.reason
        since = worker.state.since_ms
        await asyncio.sleep(1.5)
        assert worker.state.since_ms == since, "since when, not when it was last tried"
    assert [state.condition for state in states] == ["unreachable", "stopped"]
    assert recorder.told == [("shutdown", frozenset())]


@pytest.mark.skipif(why_not_here() is not None, reason=str(why_not_here()))
async def test_kafka_that_comes_up_later_goes_down_and_comes_back_loses_nothing(
    tmp_path: Path,
) -> None:
    broker = Broker(tmp_path / "kafka")
    await asyncio.to_thread(broker.start)
    try:
        topics = await make_topics(broker.bootstrap, 2)
        broker.stop()
        recorder, states = Recorder(Shelf()), list[SourceState]()
        async with working(broker.bootstrap, topics, recorder, states) as worker:
            await until(lambda: worker.state.condition == "unreachable")
            await asyncio.to_thread(broker.start)
            await until(lambda: worker.state.condition == "running")
            await send(broker.bootstrap, topics, 100, 2)
            await until(lambda: recorder.count() == 100)
            await asyncio.to_thread(broker.kill)
            await until(lambda: worker.state.condition == "unreachable")
            await asyncio.to_thread(broker.start)
            await until(lambda: worker.state.condition == "running")
            await send(broker.bootstrap, topics, 100, 2)
            recorder.flush()
            await until(lambda: _all_there(recorder, topics[0]))
    finally:
        await asyncio.to_thread(broker.kill)
    for partition in range(2):
        assert recorder.shelf.offsets[topics[0], partition] == list(range(100))
    conditions = [state.condition for state in states]
    assert conditions[0] == "unreachable"
    assert conditions.count("unreachable") >= 2
    assert conditions[-2:] == ["running", "stopped"]


def _all_there(recorder: Recorder, topic: str) -> bool:
    recorder.flush()
    return all(recorder.shelf.to.get((topic, partition)) == 100 for partition in range(2))
