"""How far the figures can be trusted, and where their edge stands."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from streams.adapters.board.clock import reading
from streams.adapters.board.feed import Feed, Partition
from streams.adapters.board.status import status_of
from streams.adapters.board.tail import LogTail
from streams.core.board import Board
from streams.core.calendar import parse_window
from streams.core.log_reader import ReaderState
from streams.core.targets import Rules

WALL_MS = 1_764_061_200_500


def part(*, heard_ago: float | None = 0.2, lag: int = 0, record_ago: float = 0.0,
         position: int = 10, live_from: int = 10, now_ms: int = 0) -> Partition:  # fmt: skip
    """A partition as the board knows it; ages in seconds."""
    return Partition(
        ReaderState(position=position),
        live_from,
        heard_ms=0 if heard_ago is None else WALL_MS - int(heard_ago * 1000),
        record_ms=WALL_MS - int(record_ago * 1000),
        lag_events=lag,
        now_ms=now_ms,
    )


def feed(*parts: Partition) -> Feed:
    found = Feed(Board(Rules(), [parse_window("1h")]))
    found.partitions.update(enumerate(parts))
    return found


def tail(since_ms: int | None) -> LogTail:
    return cast(LogTail, SimpleNamespace(unreachable_since_ms=since_ms))


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([part(), part()], "live"),
        ([part(heard_ago=4.9)], "live"),
        ([part(heard_ago=5.1), part()], "worker_silent"),
        ([part(heard_ago=None), part()], "worker_silent"),
        ([part(lag=9, record_ago=9)], "live"),
        ([part(lag=9, record_ago=11), part()], "catching_up"),
        ([part(lag=0, record_ago=3_600)], "live"),
        ([part(lag=9, record_ago=11), part(heard_ago=6)], "worker_silent"),
        ([part(position=9)], "starting"),
        ([], "starting"),
    ],
)
def test_the_state(parts: list[Partition], state: str) -> None:
    assert status_of(feed(*parts), tail(None), WALL_MS).state == state


def test_a_quiet_night_is_live_and_young() -> None:
    found = status_of(feed(part(heard_ago=0.4), part(heard_ago=0.9)), tail(None), WALL_MS)
    assert (found.state, found.age_ms, found.partitions) == ("live", 900, 2)


def test_kafka_away_wins_and_says_since_when() -> None:
    found = status_of(feed(part(heard_ago=60)), tail(WALL_MS - 60_000), WALL_MS)
    assert (found.state, found.since_ms) == ("kafka_unreachable", WALL_MS - 60_000)
    assert found.reason is not None
    assert (found.reason.code, found.reason.level) == ("kafka_unreachable", "critical")


def test_silence_is_counted_from_the_last_word() -> None:
    found = status_of(feed(part(heard_ago=60), part(heard_ago=1)), tail(None), WALL_MS)
    assert (found.since_ms, found.silent, found.age_ms) == (WALL_MS - 60_000, 1, 60_000)


def test_no_age_before_everybody_has_spoken() -> None:
    assert status_of(feed(part(heard_ago=None), part()), tail(None), WALL_MS).age_ms is None


def test_live_the_edge_is_the_end_of_the_running_second() -> None:
    found: Any = reading("wall", WALL_MS, [])
    assert found == (WALL_MS, WALL_MS // 1000 + 1)


def test_by_events_the_edge_is_the_slowest_partition() -> None:
    parts = [part(now_ms=20_999), part(now_ms=12_001)]
    assert reading("events", WALL_MS, parts) == (12_000, 12)
    assert reading("events", WALL_MS, [*parts, part(heard_ago=None)]) == (0, 0)
    assert reading("events", WALL_MS, []) == (0, 0)
