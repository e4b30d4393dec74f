"""Lost acks, failed sends, strangers in the log, refusals: each event counts once all the same."""

import asyncio

import pytest
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from streams.core.log_claim import Phase
from tests.adapters.worker.fakes import Bench, Fault, MemoryLog, counted, waiting

EVENTS = 300


def ack_is_lost(log: MemoryLog, partition: int, raw: bytes) -> int:
    log.write(partition, raw)
    raise TimeoutError


def nothing_arrives(log: MemoryLog, partition: int, raw: bytes) -> int:
    raise KafkaError("broker gone")


def somebody_wrote_before(log: MemoryLog, partition: int, raw: bytes) -> int:
    log.write(partition, b"not ours")
    return log.write(partition, raw)


def it_arrives_twice(log: MemoryLog, partition: int, raw: bytes) -> int:
    log.write(partition, raw)
    return log.write(partition, raw)


def nobody_knows_where(log: MemoryLog, partition: int, raw: bytes) -> int:
    log.write(partition, raw)
    return -1


def well(log: MemoryLog, partition: int, raw: bytes) -> int:
    return log.write(partition, raw)


FAULTS = [ack_is_lost, nothing_arrives, somebody_wrote_before, it_arrives_twice, nobody_knows_where]


@pytest.mark.parametrize("before", [0, 1, 2, 5], ids=lambda n: f"after {n}")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_each_event_counts_once(bench: Bench, fault: Fault, before: int) -> None:
    bench.log.faults.extend([well] * before + [fault])
    bench.add(0, EVENTS)
    await bench.assign(0)
    bench.add(0, EVENTS)
    await bench.all_written()
    bench.add(0, EVENTS)
    await bench.until(lambda: not bench.log.faults)
    await bench.all_written()
    found = counted(bench.log, 0)
    assert found.counters["events"] == 3 * EVENTS
    assert found.counters["duplicates"] == 0
    assert waiting(bench.log, 0) == 3 * EVENTS
    assert found.claims >= 2 or before == 0


async def test_trouble_in_every_second_append_is_survived(bench: Bench) -> None:
    bench.log.faults.extend([well, well, ack_is_lost, well, well, well, nothing_arrives])
    bench.add(0, EVENTS)
    await bench.assign(0)
    await bench.all_written()
    assert waiting(bench.log, 0) == EVENTS


async def test_a_refused_commit_ends_the_ownership(bench: Bench) -> None:
    await bench.assign(0)
    bench.add(0, 10)
    await bench.all_written()
    bench.source.refuse = True
    bench.add(0, 10)
    owned = bench.worker.owned[0]
    await bench.until(lambda: owned.owner.phase is Phase.STOPPED)
    stood = len(bench.log.records[0])
    bench.add(0, 10)
    bench.source.pump(bench.worker)
    await asyncio.sleep(0.3)
    assert len(bench.log.records[0]) == stood, "nothing is written any more, no heartbeat either"
    assert 0 in bench.source.paused
    bench.source.refuse = False
    await bench.assign(0)
    await bench.all_written()
    assert counted(bench.log, 0).counters["events"] == 30


async def test_a_refusal_at_a_takeover_does_not_end_the_worker(bench: Bench) -> None:
    bench.source.refuse = True
    await bench.assign(0)
    bench.source.refuse = False
    bench.add(0, 5)
    await bench.assign(0)
    await bench.all_written()
    assert not bench.failures


@pytest.mark.parametrize("error", [MessageSizeTooLargeError(), None], ids=["broker", "our limit"])
async def test_records_that_are_too_large_are_cut_smaller(
    bench: Bench, error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 60_000

    def refuse(log: MemoryLog, partition: int, raw: bytes) -> int:
        if len(raw) > limit:
            raise MessageSizeTooLargeError
        return log.write(partition, raw)

    if error is None:
        monkeypatch.setattr("streams.core.delta.MAXIMUM_RECORD_BYTES", limit)
    else:
        bench.log.faults.extend([refuse] * 10_000)
    bench.add(0, 2_000, size=400)
    await bench.assign(0)
    await bench.all_written()
    assert waiting(bench.log, 0) == 2_000
    assert max(map(len, bench.log.records[0])) <= limit
    assert bench.worker.owned[0].flush_bytes < 400_000


async def test_a_bug_while_writing_ends_the_worker(bench: Bench) -> None:
    def bug(log: MemoryLog, partition: int, raw: bytes) -> int:
        raise ZeroDivisionError

    await bench.assign(0)
    bench.log.faults.append(bug)
    for _ in range(400):
        if bench.failures:
            break
        await asyncio.sleep(0.01)
    assert [type(error) for error in bench.failures] == [ZeroDivisionError]


async def test_a_clock_that_stands_still_ends_the_worker(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.assign(0)

    def bug(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(bench.source, "reached_ends", bug)
    for _ in range(400):
        if bench.failures:
            break
        await asyncio.sleep(0.01)
    assert [type(error) for error in bench.failures] == [ZeroDivisionError]


async def test_a_source_that_is_away_is_waited_for(bench: Bench) -> None:
    await bench.assign(0)
    bench.add(0, 10)
    await bench.all_written()
    bench.source.away = True
    await asyncio.sleep(0.3)
    stood = len(bench.log.records[0])
    bench.log.faults.append(ack_is_lost)
    await asyncio.sleep(0.4)
    assert not bench.failures
    assert bench.worker.owned[0].in_doubt or bench.worker.owned[0].owner.phase is Phase.OWN
    bench.source.away = False
    bench.add(0, 10)
    await bench.all_written()
    assert len(bench.log.records[0]) > stood
    assert counted(bench.log, 0).counters["events"] == 20
