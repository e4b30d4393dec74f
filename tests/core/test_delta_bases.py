"""Bases: a claim, reading back, chunks, and when one is due (R7, R8)."""

import pytest

from streams.core import delta
from streams.core.delta import Chunk, Content, Delta
from streams.core.log_base import AT_EARLIEST_MS, AT_LATEST_MS
from streams.core.log_claim import Phase
from streams.core.log_owner import Owner

from .delta_kit import ANNE, BERT, CARL, answer, put, read_all, running

EMPTY = Content()


def last(log: list[bytes]) -> Delta | Chunk:
    record = delta.decode(log[-1])
    assert isinstance(record, Delta | Chunk)
    return record


def opened(log: list[bytes], content_bytes: int = 0) -> Owner:
    """An owner whose base's claim is acked and read back."""
    owner = running(log)
    put(log, owner, owner.delta(EMPTY, {"calls": 1}))
    put(log, owner, owner.open_base(owner=BERT, now_ms=0, content_bytes=content_bytes))
    assert owner.next_chunk is None, "not read back yet"
    assert answer(owner.read_back(0), log)
    return owner


def test_a_base_is_named_after_its_last_chunk() -> None:
    log: list[bytes] = []
    owner = opened(log, 500_000)
    assert owner.next_chunk == (0, 2)
    put(log, owner, owner.chunk(EMPTY))
    assert owner.next_chunk == (1, 2)
    put(log, owner, owner.delta(EMPTY, {}))
    assert (owner.base_at, last(log).base_at) == (None, None)
    put(log, owner, owner.chunk(EMPTY))
    assert [owner.base_at, owner.next_chunk] == [2, None]
    put(log, owner, owner.delta(EMPTY, {}))
    assert last(log).base_at == 2
    assert "PassedOver" not in " ".join(read_all(log)[1])


def test_a_chunk_may_follow_its_delta_at_once_but_not_another_chunk() -> None:
    log: list[bytes] = []
    owner = opened(log, 500_000)
    raw, part = owner.delta(EMPTY, {}), owner.chunk(EMPTY)
    assert part is not None
    assert owner.next_chunk is None
    log += [raw, part]
    owner.acked(3)
    owner.acked(4)
    assert owner.next_chunk == (1, 2)


def test_deltas_go_on_while_it_reads_back() -> None:
    log: list[bytes] = []
    owner = running(log)
    put(log, owner, owner.delta(EMPTY, {"calls": 1}))
    put(log, owner, owner.open_base(owner=BERT, now_ms=0, content_bytes=0))
    reading = owner.read_back(0)
    next(reading)
    put(log, owner, owner.delta(EMPTY, {"calls": 2}))
    assert last(log).after == (0, ANNE, 1)
    reading.close()
    assert answer(owner.read_back(0), log)
    put(log, owner, owner.chunk(EMPTY))
    assert owner.base_at == 2


def test_a_past_that_is_not_its_own_is_doubt() -> None:
    log: list[bytes] = []
    owner = running(log)
    put(log, owner, owner.delta(EMPTY, {"calls": 1}))
    put(log, owner, owner.open_base(owner=BERT, now_ms=0, content_bytes=0))
    log[1] = b"lost, and something else in its place"
    assert not answer(owner.read_back(0), log)
    assert owner.phase is Phase.DOUBT


def test_nothing_is_written_behind_a_bases_claim() -> None:
    log: list[bytes] = []
    owner = running(log)
    owner.open_base(owner=BERT, now_ms=0, content_bytes=0)
    assert not owner.may_write
    with pytest.raises(AssertionError):
        owner.delta(EMPTY, {})


def test_a_chunk_that_is_too_large_makes_smaller_ones_due() -> None:
    log: list[bytes] = []
    owner = opened(log)
    assert owner.next_chunk == (0, 1)
    assert owner.chunk(Content(lives={"a": bytes(950_000)})) is None
    assert [owner.next_chunk, owner.base_due(0)] == [None, True]
    put(log, owner, owner.delta(EMPTY, {}))
    put(log, owner, owner.open_base(owner=CARL, now_ms=0, content_bytes=0))
    assert answer(owner.read_back(0), log)
    assert owner.next_chunk == (0, 2)


def test_when_a_base_is_due() -> None:
    log: list[bytes] = []
    owner = running(log)
    put(log, owner, owner.delta(EMPTY, {}))
    assert not owner.base_due(AT_EARLIEST_MS - 1)
    assert owner.base_due(AT_EARLIEST_MS), "there is none, and the log has grown"
    put(log, owner, owner.open_base(owner=BERT, now_ms=AT_EARLIEST_MS, content_bytes=0))
    assert not owner.base_due(AT_LATEST_MS * 2), "one is being written"
    answer(owner.read_back(0), log)
    put(log, owner, owner.chunk(Content(lives={"a": bytes(5_000)})))
    later = 2 * AT_EARLIEST_MS
    assert not owner.base_due(later), "the log since is smaller than twice the base"
    for _ in range(3):
        put(log, owner, owner.delta(Content(lives={"a": bytes(4_000)}), {}))
    assert owner.base_due(later)
    assert not owner.base_due(later - 1)


def test_an_idle_partition_has_a_base_every_six_hours() -> None:
    log: list[bytes] = []
    owner = opened(log)
    put(log, owner, owner.chunk(Content(lives={"a": bytes(5_000)})))
    assert not owner.base_due(AT_LATEST_MS - 1)
    assert owner.base_due(AT_LATEST_MS)


def test_a_successor_knows_how_old_the_base_is() -> None:
    log: list[bytes] = []
    owner = opened(log)
    put(log, owner, owner.chunk(Content(lives={"a": bytes(5_000)})))
    put(log, owner, owner.delta(EMPTY, {}))
    second = running(log, CARL)
    assert second.base_at == 2
    assert not second.base_due(AT_LATEST_MS - 1)
    assert second.base_due(AT_LATEST_MS)
