"""The way back into a partition (R9), reading back (R7), where a board begins (R11)."""

from unittest.mock import patch

import pytest

from streams.core import log_search
from streams.core.delta import NewerRecordError, fine_shard
from streams.core.log_load import load, read_back
from streams.core.log_search import LogChangedError, board_start

from .delta_kit import ANNE, BERT, CARL, answer, change, chunk, claim

EVEN, ODD = "d", "a"  # subjects by their shard of two


def test_the_names_say_their_shard() -> None:
    assert (fine_shard(EVEN) % 2, fine_shard(ODD) % 2) == (0, 1)


BASE = [
    claim(ANNE),
    change(0, ANNE, 1, of={EVEN: b"1", ODD: b"1", "gone": b"1"}, to={"calls": 2}),
    claim(BERT, written_ms=77),
    change(2, BERT, 1, of={EVEN: b"2"}, frm={"calls": 2}, to={"calls": 3}, after=(0, ANNE, 1)),
    chunk(2, BERT, 2, 0, 2, {EVEN: b"2"}, to={"calls": 3}),
    change(2, BERT, 3, of={EVEN: b"4", "gone": None}, frm={"calls": 3}, to={"calls": 5}),
    chunk(2, BERT, 4, 1, 2, {ODD: b"1"}, to={"calls": 5}),
    change(2, BERT, 5, of={ODD: b"6"}, frm={"calls": 5}, to={"calls": 7}, base_at=2),
]
LIVES = {EVEN: b"4", ODD: b"6"}


def claimed(log: list[bytes]) -> list[bytes]:
    return [*log, claim(CARL)]


@pytest.mark.parametrize("start", [0, 1, 2])
def test_a_load_starts_at_the_base_and_the_last_word_wins(start: int) -> None:
    loaded = answer(load(start, 8, CARL), claimed(BASE), start=start)
    assert loaded is not None
    assert (loaded.lives, loaded.to) == (LIVES, {"calls": 7})
    assert (loaded.last, loaded.base_at, loaded.base_ms) == ((2, BERT, 5), 2, 77)
    assert loaded.base_bytes == len(BASE[4]) + len(BASE[6])
    assert loaded.log_bytes == sum(map(len, BASE[2:]))
    assert loaded.previous is not None
    assert loaded.previous.owner == BERT
    assert not loaded.reset


def test_without_a_hint_the_newest_complete_base_is_looked_for() -> None:
    """Two claims that wrote nothing, then records whose hint is wrong."""
    late = change(8, CARL, 1, frm={"calls": 7}, after=(2, BERT, 5), base_at=1)
    log = [*BASE, claim(CARL), late]
    with patch.object(log_search, "BLOCK", 2), patch.object(log_search, "NEAR", 1):
        loaded = answer(load(1, 10, ANNE), [*log, claim(ANNE)], start=1)
    assert loaded is not None
    assert (loaded.lives, loaded.base_at) == (LIVES, 2)


def test_a_hint_is_believed_only_when_the_base_is_complete() -> None:
    log = [*BASE[:6], change(2, BERT, 4, frm={"calls": 5}, base_at=2)]
    whole = answer(load(0, 7, CARL), claimed(log))
    assert whole is not None
    assert (whole.base_at, whole.lives) == (None, {EVEN: b"4", ODD: b"1"})
    anew = answer(load(1, 7, CARL), claimed(log), start=1)
    assert anew is not None
    assert anew.reset, "no base, and the beginning is gone"
    assert (anew.lives, anew.to) == ({}, {})


def test_a_base_that_another_claim_interrupts_is_none() -> None:
    log = [*BASE[:6], claim(CARL), BASE[6]]
    loaded = answer(load(1, 8, ANNE), [*log, claim(ANNE)], start=1)
    assert loaded is not None
    assert loaded.reset


def test_an_empty_log_is_a_beginning() -> None:
    loaded = answer(load(0, 0, ANNE), [claim(ANNE)])
    assert loaded is not None
    assert (loaded.lives, loaded.to, loaded.last, loaded.reset) == ({}, {}, None, False)


def test_a_log_emptied_by_retention_is_a_reset() -> None:
    log = claimed(BASE)
    loaded = answer(load(8, 8, CARL), log, start=8)
    assert loaded is not None
    assert loaded.reset


def test_a_reset_drops_the_lives_before_it() -> None:
    void = change(8, CARL, 1, of={ODD: b"9"}, frm={"calls": 9}, reset=True)
    log = [*BASE, claim(CARL), void, claim(ANNE)]
    loaded = answer(load(0, 10, ANNE), log)
    assert loaded is not None
    assert (loaded.lives, loaded.to) == ({ODD: b"9"}, {"calls": 9})


def test_the_claim_must_stand_where_it_was_acked() -> None:
    assert answer(load(0, 8, ANNE), claimed(BASE)) is None
    assert answer(load(0, 7, ANNE), claimed(BASE)) is None


def test_a_log_that_shrinks_is_noticed() -> None:
    reading = load(0, 8, CARL)
    assert next(reading).first == 8
    assert reading.send([(8, claim(CARL))]).first == 0
    with pytest.raises(LogChangedError):
        reading.send([])


def test_a_newer_release_is_not_read_over() -> None:
    newer = bytearray(BASE[3])
    newer[2] += 1
    log = [*BASE[:3], bytes(newer), *BASE[4:]]
    with pytest.raises(NewerRecordError):
        answer(load(0, 8, CARL), claimed(log))


# Reading back: Bert's claim stands at 2, five records follow, his base's claim comes at 8.
@pytest.mark.parametrize(
    ("log", "mine"),
    [
        ([*BASE, claim(CARL)], True),
        ([*BASE[:7], BASE[7], claim(ANNE)], False),
        ([*BASE[:7], b"foreign", claim(CARL)], False),
        ([*BASE[:6], claim(ANNE), BASE[7], claim(CARL)], False),
        ([*BASE[:2], claim(ANNE), *BASE[3:], claim(CARL)], False),
    ],
    ids=["all ours", "claim lost", "record lost", "claimed in between", "previous claim lost"],
)
def test_reading_back_finds_every_loss(log: list[bytes], mine: bool) -> None:
    assert answer(read_back((2, BERT, 5), (8, CARL), log_start=0), log) is mine


def test_reading_back_beyond_retention_is_doubt() -> None:
    log = claimed(BASE)
    assert not answer(read_back((2, BERT, 5), (8, CARL), log_start=3), log, start=3)


@pytest.mark.parametrize(
    ("log_start", "before", "start"), [(0, 8, 2), (1, 7, 2), (0, 6, 0), (1, 5, 1), (0, 0, 0)]
)
def test_a_board_begins_at_a_base_that_was_complete_by_then(
    log_start: int, before: int, start: int
) -> None:
    assert answer(board_start(log_start, before), BASE, start=log_start) == start
