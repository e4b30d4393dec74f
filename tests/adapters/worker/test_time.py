"""What now is: the wall clock at the ends, the newest record in a backlog, event time in trials."""

import pytest

from streams.adapters.worker.service import Worker, wall_ms
from tests.adapters.worker.fakes import Bench, Record


@pytest.fixture
def worker(bench: Bench) -> Worker:
    return bench.worker


async def test_at_the_ends_it_is_the_wall_clock(bench: Bench, worker: Worker) -> None:
    await bench.assign(0)
    assert abs(worker._now(worker.owned[0]) - wall_ms()) < 1_000


async def test_in_a_backlog_it_is_the_newest_record_read(bench: Bench, worker: Worker) -> None:
    await bench.assign(0)
    bench.add(0, 10)
    hour_ago = wall_ms() - 3_600_000
    bench.source.events[0] = [r._replace(timestamp=hour_ago) for r in bench.source.events[0]]
    bench.source.pump(worker, size=5)
    assert worker._now(worker.owned[0]) == hour_ago
    bench.source.pump(worker, size=5)
    assert worker._now(worker.owned[0]) > hour_ago + 3_500_000


async def test_a_record_from_the_future_does_not_carry_now_along(
    bench: Bench, worker: Worker
) -> None:
    await bench.assign(0)
    bench.add(0, 10)
    first = bench.source.events[0][0]
    bench.source.events[0][0] = Record(0, wall_ms() + 10**9, first.key, first.value)
    bench.source.pump(worker, size=1)
    assert worker._now(worker.owned[0]) <= wall_ms()


async def test_while_the_source_is_away_no_timer_may_fire(bench: Bench, worker: Worker) -> None:
    await bench.assign(0)
    bench.add(0, 1)
    bench.source.pump(worker)
    read = worker.owned[0].engine.record_ms
    bench.source.away = True
    assert worker._now(worker.owned[0]) == read


async def test_by_events_all_stand_together_once_all_are_read(bench: Bench, worker: Worker) -> None:
    await bench.assign(0, 1, 2)
    worker.owned[0].engine.newest_event_ms = 10_500
    worker.owned[1].engine.newest_event_ms = 20_500
    running = list(worker.owned.values())
    assert worker._now_by_events(running) == {0: 21_000, 1: 21_000, 2: 21_000}
    bench.add(0, 1)  # partition 0 has more to read: the others wait for it
    assert worker._now_by_events(running) == {0: 10_000, 1: 10_000, 2: 10_000}
    assert worker._now_by_events([]) == {}
