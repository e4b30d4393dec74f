"""Partitions that come, go and come back; loading that is cut off; a source that is another."""

import asyncio
from typing import Any

import pytest

from streams.adapters.source import SourceWentBackError
from streams.core.delta import Chunk, Claim, Delta, decode
from streams.core.log_claim import Phase
from tests.adapters.worker.fakes import TOPIC, Bench, MemoryLog, counted, waiting


async def test_a_takeover_writes_at_once_and_commits(bench: Bench) -> None:
    bench.add(0, 7)
    await bench.assign(0)
    await bench.all_written()
    claim, first = (decode(raw) for raw in bench.log.records[0][:2])
    assert isinstance(claim, Claim)
    assert isinstance(first, Delta)
    assert (first.n, first.to) == (1, {TOPIC: 0})
    await bench.until(lambda: bench.source.commits.get((TOPIC, 0)) == 7)


async def test_an_idle_partition_has_a_pulse(bench: Bench) -> None:
    await bench.assign(0, 1)
    stood = len(bench.log.records[1])
    await bench.until(lambda: len(bench.log.records[1]) > stood + 2, 2)


async def test_another_worker_goes_on_where_the_first_was_killed(bench: Bench) -> None:
    bench.add(0, 50)
    await bench.assign(0)
    await bench.all_written()
    heir = Bench(bench.log, bench.source)
    heir.add(0, 25)
    await heir.assign(0)
    await heir.all_written()
    assert counted(bench.log, 0).counters["events"] == 75
    assert counted(bench.log, 0).counters["duplicates"] == 0
    await bench.until(lambda: bench.worker.owned[0].owner.phase is not Phase.RUNNING, 5)
    await heir.end()


async def test_a_partition_that_comes_back_goes_on_under_its_own_claim(bench: Bench) -> None:
    await bench.assign(0, 1)
    bench.add(0, 20)
    await bench.all_written()
    await bench.worker.on_revoked(frozenset((0, 1)))
    stood = len(bench.log.records[0])
    await asyncio.sleep(0.3)
    assert len(bench.log.records[0]) == stood, "no pulse while the group decides"
    await bench.assign(0)
    bench.add(0, 20)
    await bench.all_written()
    found = counted(bench.log, 0)
    assert (found.claims, found.counters["events"]) == (1, 40)
    assert 1 not in bench.worker.owned


async def test_what_was_read_is_written_before_a_partition_is_given_away(bench: Bench) -> None:
    await bench.assign(0)
    bench.add(0, 20)
    bench.source.pump(bench.worker)
    await bench.worker.on_revoked(frozenset((0,)))
    assert counted(bench.log, 0).counters["events"] == 20
    assert bench.source.commits[TOPIC, 0] == 20


async def test_a_log_that_somebody_wrote_meanwhile_is_claimed_anew(bench: Bench) -> None:
    await bench.assign(0)
    bench.add(0, 20)
    await bench.all_written()
    await bench.worker.on_revoked(frozenset((0,)))
    heir = Bench(bench.log, bench.source)
    heir.add(0, 5)
    await heir.assign(0)
    await heir.all_written()
    await heir.end()
    await bench.assign(0)
    bench.add(0, 5)
    await bench.all_written()
    assert counted(bench.log, 0).counters["events"] == 30


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_loading_that_a_rebalance_cuts_off_is_done_again(bench: Bench, steps: int) -> None:
    bench.add(0, 30)
    await bench.assign(0)
    await bench.all_written()
    heir = Bench(bench.log, bench.source)
    heir.add(0, 5)
    loading = asyncio.create_task(heir.worker.on_assigned(frozenset((0,))))
    for _ in range(steps):
        await asyncio.sleep(0)
    loading.cancel()
    await asyncio.wait([loading])
    await heir.worker.on_revoked(frozenset((0,)))
    await heir.assign(0)
    await heir.all_written()
    assert counted(bench.log, 0).counters["events"] == 35
    assert waiting(bench.log, 0) == 35
    assert not heir.failures
    await heir.end()


async def test_doubt_and_a_rebalance_at_once_make_one_takeover(bench: Bench) -> None:
    await bench.assign(0)
    bench.add(0, 10)
    await bench.all_written()
    bench.log.reading.clear()
    bench.worker.owned[0].owner.failed("for the test")
    await bench.until(lambda: bench.worker.owned[0].owner.phase is Phase.LOADING, 3)
    revoking = asyncio.create_task(bench.worker.on_revoked(frozenset((0,))))
    await asyncio.sleep(0)
    bench.log.reading.set()
    await revoking
    await bench.assign(0)
    bench.add(0, 10)
    await bench.all_written()
    await asyncio.sleep(0.2)
    assert counted(bench.log, 0).counters["events"] == 20
    assert bench.worker.owned[0].running


async def test_a_source_that_ends_too_early_stops_its_partition_alone(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.assign(0, 1)
    bench.add(0, 20)
    bench.add(1, 20)
    await bench.all_written()
    await bench.worker.on_shutdown()
    del bench.source.events[0][5:]
    bench.worker = bench.made()
    await bench.assign(0, 1)
    stood = len(bench.log.records[0])
    bench.add(1, 5)
    await bench.until(lambda: counted(bench.log, 1).counters["events"] == 25)
    assert "topic calls ends at 5, events up to 20 were counted" in caplog.text
    assert "kafka.topics.deltas" in caplog.text
    await asyncio.sleep(0.3)
    assert len(bench.log.records[0]) == stood, "no pulse: boards must see that it stands still"
    assert bench.source.paused == {0}


async def test_a_source_that_goes_back_stops_its_partition(bench: Bench) -> None:
    await bench.assign(0, 1)
    bench.worker.on_went_back(SourceWentBackError((TOPIC, 0), 20, 5))
    stood = len(bench.log.records[0])
    await asyncio.sleep(0.3)
    assert len(bench.log.records[0]) == stood
    assert "read up to offset 20" in bench.worker.owned[0].stopped_reason
    bench.worker.on_went_back(SourceWentBackError((TOPIC, 9), 20, 5))
    bench.add(1, 5)
    await bench.until(lambda: counted(bench.log, 1).counters["events"] == 5)


async def test_events_that_retention_took_are_counted_as_lost(bench: Bench) -> None:
    await bench.assign(0)
    bench.add(0, 20)
    await bench.all_written()
    await bench.worker.on_shutdown()
    bench.worker = bench.made()
    bench.add(0, 10)
    bench.source.begins = 25
    await bench.assign(0)
    await bench.until(lambda: counted(bench.log, 0).counters["events"] == 25)
    assert counted(bench.log, 0).counters["events_lost"] == 5


async def test_a_base_while_events_come(bench: Bench) -> None:
    bench.worker = bench.made(base_earliest_ms=1)
    await bench.assign(0)

    def bases() -> list[Any]:
        return [r for r in map(decode, bench.log.records[0]) if isinstance(r, Chunk)]

    def while_the_ack_is_waited_for(log: MemoryLog, partition: int, raw: bytes) -> int:
        bench.add(0, 5)
        bench.source.pump(bench.worker)
        return log.write(partition, raw)

    bench.log.faults.extend([while_the_ack_is_waited_for] * 200)
    await bench.until(lambda: len(bases()) >= 3 and not bench.log.faults, 30)
    await bench.all_written()
    assert waiting(bench.log, 0) == 1_000
    heir = Bench(bench.log, bench.source)
    await heir.assign(0)
    engine = heir.worker.owned[0].engine
    assert len(engine.lives) + len(engine.idle) == 1_000
    await heir.end()


async def test_a_slow_log_pauses_the_source_and_loses_nothing(bench: Bench) -> None:
    await bench.assign(0)
    bench.log.gate.clear()
    bench.add(0, 20_000)
    owned = bench.worker.owned[0]
    await bench.until(lambda: owned.writing.full)
    assert bench.source.paused == {0}
    at = bench.source.next[0]
    assert at < 20_000
    bench.source.pump(bench.worker)
    assert bench.source.next[0] == at
    bench.log.gate.set()
    await bench.all_written()
    assert waiting(bench.log, 0) == 20_000


async def test_dead_letters_stand_before_the_record_that_covers_them(bench: Bench) -> None:
    await bench.assign(0)
    bench.letters.gate.clear()
    bench.add(0, 3)
    broken = bench.source.events[0][1]._replace(value=b"{")
    bench.source.events[0][1] = broken
    bench.source.pump(bench.worker)
    await asyncio.sleep(0.3)
    assert counted(bench.log, 0).counters["events"] == 0
    bench.letters.gate.set()
    await bench.until(lambda: counted(bench.log, 0).counters["events"] == 2)
    assert [letter.record for letter in bench.letters.sent] == [broken]
    assert bench.letters.sent[0].reason == "not_json"
