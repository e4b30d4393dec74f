"""Several workers on a real Kafka: partitions move, and still every record counts once."""

import asyncio
import time
from collections.abc import Mapping

from faust.types import TP

from streams.adapters.delivery import Fetch
from streams.adapters.faust_source import FaustSource
from streams.adapters.faust_worker import FaustWorker
from streams.adapters.source import Place
from tests.adapters.test_delivery import Row
from tests.adapters.worker_kit import Recorder, Shelf, make_topics, producing, send, until, working


async def produce_slowly(bootstrap: str, topics: tuple[str, ...], count: int) -> None:
    """`count` records over some 8 s, over 4 partitions of each topic."""
    async with producing(bootstrap) as producer:
        for number in range(count):
            partition = number // len(topics) % 4
            await producer.send(topics[number % len(topics)], b"x", partition=partition)
            if number % 100 == 99:
                await asyncio.sleep(8 * 100 / count)


def assert_once_and_in_order(shelf: Shelf, topics: tuple[str, ...], count: int) -> None:
    assert len(shelf.offsets) == 4 * len(topics)
    for place, offsets in shelf.offsets.items():
        assert offsets == list(range(count // (4 * len(topics)))), place


async def test_partitions_move_between_workers_and_every_record_counts_once(kafka: str) -> None:
    topics = await make_topics(kafka, 4, 4)
    shelf = Shelf()
    first, second = Recorder(shelf), Recorder(shelf)
    async with working(kafka, topics, first):
        await until(lambda: len(first.owned) == 4)
        producing_all = asyncio.create_task(produce_slowly(kafka, topics, 24_000))
        await until(lambda: first.count() > 2_000)
        async with working(kafka, topics, second):
            await until(lambda: len(first.owned) == 2 and len(second.owned) == 2)
            assert first.owned | second.owned == frozenset(range(4))
            await until(lambda: second.count() > 1_000)
        await until(lambda: len(first.owned) == 4)
        await producing_all
        await until(lambda: first.count() + second.count() >= 24_000)
    assert_once_and_in_order(shelf, topics, 24_000)
    # Nothing changes owner without the flush of the one before.
    assert [told for told, _ in first.told[:3]] == ["assigned", "revoked", "assigned"]
    assert second.told[-1][0] == "shutdown"


async def test_a_rebalance_during_a_long_load_starts_the_load_anew(kafka: str) -> None:
    topics = await make_topics(kafka, 4)
    await send(kafka, topics, 400, 4)
    shelf = Shelf()
    slow, second = Recorder(shelf), Recorder(shelf)
    slow.load_seconds = 3.0
    async with working(kafka, topics, slow):
        await until(lambda: bool(slow.told))
        async with working(kafka, topics, second):
            await until(lambda: len(slow.owned) == 2 and len(second.owned) == 2)
            await until(lambda: slow.count() + second.count() >= 400)
            everything = frozenset(range(4))
            assert slow.told[:2] == [("assigned", everything), ("cancelled", everything)]
            assert slow.told[-1] == ("assigned", slow.owned)
    assert_once_and_in_order(shelf, topics, 400)


async def test_nothing_is_handed_over_from_the_revocation_until_the_next_load() -> None:
    recorder = Recorder(Shelf())
    failures: list[Exception] = []
    source = FaustSource(("calls",), recorder, failures.append)
    recorder.owned = frozenset({0})
    fetch = Fetch("calls", 0, [Row(0)], after=0)
    source._delivery.assign({("calls", 0): 0})
    await source.on_partitions_revoked(None, {TP("calls", 0)})
    recorder.owned = frozenset({0})
    source.take(fetch)
    assert recorder.count() == 0
    source._delivery.assign({("calls", 0): 0})
    source.take(fetch)
    assert recorder.count() == 1
    assert failures == []


class Stiff(Recorder):
    """Its worker is cut off from the group in the middle of everything."""

    def cut_off(self, worker: FaustWorker, seconds: float) -> None:
        """Hold up the heart of the member, as a frozen process does."""
        thread = worker.source._thread()
        thread.thread_loop.call_soon_threadsafe(time.sleep, seconds)


async def test_the_commit_of_a_lost_partition_is_refused(kafka: str) -> None:
    topics = await make_topics(kafka, 2)
    await send(kafka, topics, 20, 2)
    places: Mapping[Place, int] = {(topics[0], p): 10 for p in range(2)}
    shelf = Shelf()
    lost, heir = Stiff(shelf), Recorder(shelf)
    async with working(kafka, topics, lost) as worker:
        await until(lambda: lost.count() == 20)
        assert await worker.source.confirm([0, 1])
        assert await worker.source.commit(places)
        # Its session (6 s) ends while it cannot hear; the commit is the first thing it says then.
        lost.cut_off(worker, 9.0)
        late = asyncio.create_task(worker.source.commit(dict.fromkeys(places, 3)))
        async with working(kafka, topics, heir) as other:
            await until(lambda: heir.owned == frozenset({0, 1}))
            assert await late is False
            committed = await other.source.committed(list(places))
            assert committed == places, "the late commit must have changed nothing"
            assert await other.source.confirm([0, 1])
            # The lost one notices, joins again and shares.
            await until(lambda: len(lost.owned) == 1 and len(heir.owned) == 1)
            theirs = {(topics[0], partition): 10 for partition in heir.owned}
            assert await worker.source.commit(theirs) is False


async def test_more_workers_than_partitions_leaves_one_idle_and_ready(kafka: str) -> None:
    topics = await make_topics(kafka, 1)
    shelf = Shelf()
    one, other = Recorder(shelf), Recorder(shelf)
    async with working(kafka, topics, one) as first:
        await until(lambda: len(one.owned) == 1)
        async with working(kafka, topics, other):
            await until(lambda: bool(other.told))
            idle, busy = (one, other) if other.owned else (other, one)
            assert idle.told[-1] == ("assigned", frozenset())
            if busy is one:
                await first.stop()
                await until(lambda: other.owned == frozenset({0}))
