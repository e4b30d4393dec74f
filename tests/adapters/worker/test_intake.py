"""What a record becomes: an event, a dead letter with its reason, a counter."""

import json
from typing import Any

import pytest

from streams.adapters.worker.intake import Intake
from streams.core.engine import Partition
from streams.core.events import IN_FUTURE_MS, Decoder
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.targets import Rules
from tests.adapters.worker.fakes import Record

NOW_MS = 1_764_061_200_000  # 2025-11-25T09:00:00Z


def raw(**changes: Any) -> bytes:
    whole = {
        "specversion": "1.0", "id": "1", "source": "pbx", "type": "contact.queued",
        "time": "2025-11-25T09:00:00Z", "subject": "c", "data": {"queue": "Support"}, **changes,
    }  # fmt: skip
    return json.dumps(whole).encode()


def record(value: bytes | None, key: bytes | None = b"c") -> Record:
    return Record(7, NOW_MS, key, value)


@pytest.fixture
def engine() -> Partition:
    return Partition(Surroundings(Rules()))


def intake(names: int = 500, wall_ms: int | None = NOW_MS) -> Intake:
    clock = None if wall_ms is None else lambda: wall_ms
    return Intake(Decoder(), maximum_names=names, wall_ms=clock)


def test_an_event_goes_to_its_life(engine: Partition) -> None:
    assert intake().take(engine, "calls", 3, record(raw())) is None
    assert list(engine.lives) == ["cc"]
    assert not engine.counters["misrouted"]


@pytest.mark.parametrize("key", [None, b"another", b""])
def test_a_stray_key_is_counted_and_the_event_too(engine: Partition, key: bytes | None) -> None:
    assert intake().take(engine, "calls", 3, record(raw(), key)) is None
    assert engine.counters["misrouted"] == 1
    assert len(engine.lives) == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"{", "not_json"),
        (raw(specversion="0.3"), "not_cloudevents"),
        (raw(data={}), "missing_field"),
        (raw(data={"queue": 5}), "wrong_type"),
        (raw(time="2025-11-25T09:00:00"), "bad_time"),
        (raw(type="contact.abandoned", data={"wait_seconds": -1}), "out_of_range"),
        (raw(data={"queue": "x" * 300_000}), "too_large"),
        (raw(time="2025-11-25T09:05:01Z"), "in_future"),
    ],
)
def test_a_dead_letter_has_its_reason(engine: Partition, value: bytes, reason: str) -> None:
    letter = intake().take(engine, "calls", 3, record(value))
    assert letter is not None
    assert (letter.topic, letter.partition, letter.record.offset) == ("calls", 3, 7)
    assert letter.reason == reason
    assert letter.detail
    assert engine.counters == {f"dead_letters:{reason}": 1}
    assert not engine.lives


@pytest.mark.parametrize(
    ("value", "reason"),
    [(None, "tombstone"), (b"", "tombstone"), (raw(type="x.y"), "unknown_type")],
)
def test_what_is_skipped_is_counted(engine: Partition, value: bytes | None, reason: str) -> None:
    assert intake().take(engine, "calls", 3, record(value)) is None
    assert engine.counters == {f"skipped:{reason}": 1}


def test_five_minutes_ahead_is_a_slow_clock_not_a_mistake(engine: Partition) -> None:
    at_the_limit = raw(time="2025-11-25T09:05:00Z")
    assert IN_FUTURE_MS == 300_000
    assert intake().take(engine, "calls", 3, record(at_the_limit)) is None


def test_old_data_by_event_time_know_no_future(engine: Partition) -> None:
    far = raw(time="2199-01-01T00:00:00Z")
    assert intake(wall_ms=None).take(engine, "calls", 3, record(far)) is None


def test_new_names_are_refused_far_beyond_the_limit_and_old_ones_never(engine: Partition) -> None:
    taking = intake(names=1)
    found = [
        taking.take(engine, "calls", 0, record(raw(subject=str(n), data={"queue": f"q{n}"})))
        for n in range(12)
    ]
    assert [letter is None for letter in found] == [True] * 10 + [False] * 2
    assert found[-1] is not None
    assert found[-1].reason == "too_many_names"
    assert "site.maximum_names" in found[-1].detail
    assert taking.take(engine, "calls", 0, record(raw(subject="x", data={"queue": "q3"}))) is None


def test_the_queues_of_an_agent_are_names_too(engine: Partition) -> None:
    taking = intake(names=1)
    data = {"state": "available", "queues": [f"q{n}" for n in range(11)]}
    letter = taking.take(engine, "agents", 0, record(raw(type="agent.state_changed", data=data)))
    assert letter is not None
    assert letter.reason == "too_many_names"
