"""The writer of a partition: claims, numbers, doubt (R3 to R5)."""

import pytest

from streams.core import delta
from streams.core.delta import Chunk, Content, Delta, RecordTooLargeError
from streams.core.log_claim import Phase
from streams.core.log_owner import Owner

from .delta_kit import ANNE, BERT, CARL, IDENTITY, answer, claim, put, read_all, running

EMPTY = Content()


def last(log: list[bytes]) -> Delta | Chunk:
    record = delta.decode(log[-1])
    assert isinstance(record, Delta | Chunk)
    return record


def test_records_are_numbered_under_the_claim() -> None:
    log: list[bytes] = []
    owner = running(log)
    assert owner.must_write is True
    assert put(log, owner, owner.delta(EMPTY, {"calls": 2})) == {"calls": 2}
    put(log, owner, owner.delta(EMPTY, {"tickets": 5}))
    record = last(log)
    assert isinstance(record, Delta)
    assert (record.claim, record.n, record.after) == (0, 2, None)
    assert (record.from_, record.to) == ({"calls": 2}, {"calls": 2, "tickets": 5})
    assert read_all(log)[1] == ["Claimed", "Valid", "Valid"]


def test_only_the_first_record_is_due_at_once() -> None:
    log: list[bytes] = []
    owner = running(log)
    put(log, owner, owner.delta(EMPTY, {}))
    assert not owner.must_write


def test_a_successor_names_the_last_valid_record() -> None:
    log: list[bytes] = []
    put(log, first := running(log), first.delta(EMPTY, {"calls": 2}))
    second = running(log, BERT)
    put(log, second, second.delta(EMPTY, {}))
    assert last(log).after == (0, ANNE, 1)
    assert read_all(log)[0].to == {"calls": 2}


def test_a_run_of_records_is_acked_in_order() -> None:
    log: list[bytes] = []
    owner = running(log)
    log += [owner.delta(EMPTY, {"calls": 1}), owner.delta(EMPTY, {"calls": 2})]
    assert owner.unacked == 2
    assert owner.acked(1) == {"calls": 1}
    assert owner.acked(2) == {"calls": 2}
    assert (owner.unacked, owner.phase) == (0, Phase.RUNNING)


@pytest.mark.parametrize("offset", [-1, 0, 2, 9])
def test_an_ack_elsewhere_is_doubt(offset: int) -> None:
    log: list[bytes] = []
    owner = running(log)
    owner.delta(EMPTY, {"calls": 1})
    assert owner.acked(offset) is None
    assert owner.phase is Phase.DOUBT
    assert sum(owner.doubts.values()) == 1
    assert owner.acked(1) is None, "an ack that comes later says nothing"


def test_doubt_claims_again_and_knows_nothing_of_before() -> None:
    log: list[bytes] = []
    owner = running(log)
    put(log, owner, owner.delta(EMPTY, {"calls": 1}))
    owner.delta(EMPTY, {"calls": 9})
    owner.failed("timed out")
    log.append(owner.claim(owner=BERT, now_ms=0))
    owner.claim_acked(2)
    loaded = answer(owner.load(0), log)
    assert loaded is not None
    assert loaded.to == {"calls": 1}
    assert owner.claims == 2


def test_a_claim_without_an_offset_is_doubt() -> None:
    owner = Owner(IDENTITY)
    owner.claim(owner=ANNE, now_ms=0)
    owner.claim_acked(-1)
    assert owner.phase is Phase.DOUBT


def test_a_claim_that_is_not_found_is_doubt() -> None:
    owner = Owner(IDENTITY)
    owner.claim(owner=ANNE, now_ms=0)
    owner.claim_acked(0)
    assert answer(owner.load(0), [claim(BERT)]) is None
    assert owner.phase is Phase.DOUBT


@pytest.mark.parametrize("phase", [Phase.CLAIMING, Phase.LOADING, Phase.RUNNING])
def test_claiming_anew_is_always_possible(phase: Phase) -> None:
    """A rebalance may cut the taking over short at any point."""
    owner = Owner(IDENTITY)
    log = [owner.claim(owner=ANNE, now_ms=0)]
    reading = None
    if phase is not Phase.CLAIMING:
        owner.claim_acked(0)
        reading = owner.load(0)
    if phase is Phase.RUNNING:
        assert reading is not None
        answer(reading, log)
    assert owner.phase is phase
    log.append(owner.claim(owner=BERT, now_ms=0))
    owner.claim_acked(1)
    assert answer(owner.load(0), log) is not None
    assert owner.phase is Phase.RUNNING


def test_an_abandoned_load_changes_nothing() -> None:
    owner = Owner(IDENTITY)
    log = [owner.claim(owner=ANNE, now_ms=0)]
    owner.claim_acked(0)
    reading = owner.load(0)
    next(reading)
    log.append(owner.claim(owner=BERT, now_ms=0))
    owner.claim_acked(1)
    with pytest.raises(StopIteration) as end:
        reading.send([(0, log[0])])
    assert end.value.value is None
    assert owner.phase is Phase.LOADING


def test_it_may_go_on_when_the_log_ends_with_its_own_record() -> None:
    log: list[bytes] = []
    owner = running(log)
    assert owner.comes_back(end=1, last=log[0]), "its claim"
    put(log, owner, owner.delta(EMPTY, {}))
    assert owner.comes_back(end=2, last=log[1])


@pytest.mark.parametrize(
    ("end", "foreign"), [(3, True), (2, True), (1, False)], ids=["more", "other", "less"]
)
def test_it_may_not_go_on_otherwise(end: int, foreign: bool) -> None:
    log: list[bytes] = []
    owner = running(log)
    put(log, owner, owner.delta(EMPTY, {}))
    assert not owner.comes_back(end=end, last=claim(CARL) if foreign else log[0])
    assert owner.phase is Phase.DOUBT


def test_it_may_not_go_on_with_a_record_on_its_way() -> None:
    log: list[bytes] = []
    owner = running(log)
    log.append(owner.delta(EMPTY, {}))
    assert not owner.comes_back(end=2, last=log[1])


def test_a_reset_is_said_once() -> None:
    log = [b"gone", b"gone"]
    owner = running(log, start=1)
    put(log, owner, owner.delta(EMPTY, {"calls": 3}))
    record = last(log)
    assert isinstance(record, Delta)
    assert record.reset
    put(log, owner, owner.delta(EMPTY, {"calls": 4}))
    record = last(log)
    assert isinstance(record, Delta)
    assert not record.reset


def test_a_delta_that_is_too_large_is_not_numbered() -> None:
    log: list[bytes] = []
    owner = running(log)
    with pytest.raises(RecordTooLargeError):
        owner.delta(Content(lives={"a": bytes(950_000)}), {"calls": 7})
    put(log, owner, owner.delta(EMPTY, {"calls": 1}))
    assert (last(log).n, last(log).to) == (1, {"calls": 1})


def test_stopped_means_nothing_more_is_written() -> None:
    log: list[bytes] = []
    owner = running(log)
    owner.stop()
    owner.failed("too late to doubt")
    assert owner.phase is Phase.STOPPED
    with pytest.raises(AssertionError):
        owner.claim(owner=BERT, now_ms=0)
    owner.assign()
    owner.claim(owner=BERT, now_ms=0)
