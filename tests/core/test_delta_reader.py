"""Which records count (R1, R2, R10): small logs as tables, each with what a reader makes of it."""

import msgspec
import pytest

from streams.core import delta
from streams.core.delta import NewerRecordError
from streams.core.log_reader import (
    ReaderState,
    Refused,
    Valid,
    read,
    starting_at,
    within,
)

from .delta_kit import ANNE, BERT, CARL, change, chunk, claim, read_all

REPEATED = "PassedOver: repeated"
SUPERSEDED = "PassedOver: its claim was superseded"
UNMET = "names a claim that this reading never met"
MISSING = "numbers are missing before it"
OTHER_PAST = "follows another record than the last one read"
OTHER_PLACE = "starts at another position than the last one read"


def test_nothing_is_believed_before_the_first_claim() -> None:
    _, words = read_all([change(0, ANNE, 1), claim(ANNE), change(1, ANNE, 1)])
    assert words == [f"PassedOver: {UNMET}", "Claimed", "Valid"]


def test_the_newest_claim_rules_whoever_wrote_it() -> None:
    log = [claim(ANNE), claim(BERT), change(0, ANNE, 1), change(1, BERT, 1)]
    state, words = read_all(log)
    assert words == ["Claimed", "Claimed", SUPERSEDED, "Valid"]
    assert (state.claim, state.owner, state.n, state.last) == (1, BERT, 1, (1, BERT, 1))


def test_a_repeated_record_counts_once() -> None:
    log = [claim(ANNE), change(0, ANNE, 1), change(0, ANNE, 1), change(0, ANNE, 2)]
    assert read_all(log)[1] == ["Claimed", "Valid", REPEATED, "Valid"]


def test_a_repeated_claim_is_a_claim() -> None:
    """The copy that came late supersedes what its own writer goes on to write (it will see)."""
    log = [claim(ANNE), change(0, ANNE, 1), claim(ANNE), change(0, ANNE, 2)]
    assert read_all(log)[1] == ["Claimed", "Valid", "Claimed", SUPERSEDED]


def test_the_owner_must_be_the_claims_own() -> None:
    log = [claim(ANNE), change(0, BERT, 1)]
    assert read_all(log)[1] == ["Claimed", f"PassedOver: {UNMET}"]


def test_foreign_bytes_are_passed_over() -> None:
    log = [claim(ANNE), b"hello", None, change(0, ANNE, 1)]
    unreadable = "PassedOver: unreadable"
    assert read_all(log)[1] == ["Claimed", unreadable, unreadable, "Valid"]


def test_a_newer_release_stops_the_reading() -> None:
    newer = bytearray(claim(ANNE))
    newer[2] += 1
    state, step = read(ReaderState(), 0, bytes(newer))
    assert isinstance(step, Refused)
    assert isinstance(step.error, NewerRecordError)
    assert state == ReaderState(), "it stands where it stood"


def test_a_reading_never_goes_back() -> None:
    state, _ = read(ReaderState(), 4, claim(ANNE))
    with pytest.raises(ValueError, match="was read before"):
        read(state, 4, claim(ANNE))


# A carried reading: the first two records were read, then the log went on in a way that proves
# that it is another one. A fresh reading of the same log passes over the record.
KNOWN = [claim(ANNE), change(0, ANNE, 1, to={"calls": 3})]
CONTRADICTIONS = {
    UNMET: change(5, BERT, 1),
    MISSING: change(0, ANNE, 3, frm={"calls": 3}),
    OTHER_PLACE: change(0, ANNE, 2, frm={"calls": 1}, to={"calls": 4}),
}


@pytest.mark.parametrize("reason", CONTRADICTIONS)
def test_a_carried_reading_rebuilds_where_a_fresh_one_passes_over(reason: str) -> None:
    log = [*KNOWN, CONTRADICTIONS[reason]]
    assert read_all(log, ReaderState(live_from=0))[1][-1] == f"Rebuild: {reason}"
    assert read_all(log, ReaderState(live_from=2))[1][-1] == f"Rebuild: {reason}"
    assert read_all(log, ReaderState(live_from=3))[1][-1] == f"PassedOver: {reason}"
    assert read_all(log)[1][-1] == f"PassedOver: {reason}"


def test_the_first_record_names_the_last_valid_one_before_its_claim() -> None:
    good = [*KNOWN, claim(BERT), change(2, BERT, 1, frm={"calls": 3}, after=(0, ANNE, 1))]
    lost = [*KNOWN, claim(BERT), change(2, BERT, 1, frm={"calls": 3}, after=None)]
    assert read_all(good, ReaderState(live_from=0))[1][-1] == "Valid"
    assert read_all(lost, ReaderState(live_from=0))[1][-1] == f"Rebuild: {OTHER_PAST}"
    assert read_all(lost)[1][-1] == f"PassedOver: {OTHER_PAST}"


def test_a_rebuild_is_not_asked_for_again_by_the_same_writer() -> None:
    """Until it reads back at its next base it writes into the void, once a second."""
    log = [*KNOWN, claim(BERT), change(2, BERT, 1, frm={"calls": 3}, after=(0, CARL, 9))]
    state, _ = read_all(log, ReaderState(live_from=4))
    more = [*log, change(2, BERT, 2, frm={"calls": 3}), change(2, BERT, 3, frm={"calls": 3})]
    assert read_all(more, state)[1] == [f"PassedOver: {MISSING}"] * 2
    fresh_claim = [*more, claim(BERT), change(6, BERT, 1, frm={"calls": 3}, after=(0, ANNE, 1))]
    assert read_all(fresh_claim, state)[1][-2:] == ["Claimed", "Valid"]


def test_a_reset_is_valid_whatever_came_before() -> None:
    log = [*KNOWN, claim(BERT), change(2, BERT, 1, frm={"calls": 9}, after=None, reset=True)]
    state, words = read_all(log, ReaderState(live_from=0))
    assert words[-1] == "Valid"
    assert state.to == {"calls": 9}


def test_a_reading_begun_at_a_base_learns_position_and_past_from_it() -> None:
    log = [
        b"gone",
        b"gone",
        claim(BERT),
        chunk(2, BERT, 1, 0, 2, to={"calls": 3}, after=(0, ANNE, 7)),
        chunk(2, BERT, 2, 1, 2, to={"calls": 3}),
        change(2, BERT, 3, frm={"calls": 3}, to={"calls": 5}),
    ]
    state, words = read_all(log, starting_at(2))
    assert words == ["Claimed", "Valid", "Valid", "Valid"]
    assert state.to == {"calls": 5}
    assert state.base_complete


def test_the_last_chunk_completes_the_base() -> None:
    log = [claim(ANNE), chunk(0, ANNE, 1, 0, 2), change(0, ANNE, 2), chunk(0, ANNE, 3, 1, 2)]
    state, done = ReaderState(), []
    for offset, raw in enumerate(log):
        state, step = read(state, offset, raw)
        done.append(isinstance(step, Valid) and step.completes_base)
    assert done == [False, False, False, True]


def test_chunks_out_of_order_complete_nothing() -> None:
    log = [claim(ANNE), chunk(0, ANNE, 1, 1, 2), chunk(0, ANNE, 2, 0, 2)]
    assert not read_all(log)[0].base_complete


def test_a_position_outside_the_log_is_void() -> None:
    state = ReaderState(position=5)
    assert within(state, 0, 5)
    assert not within(state, 6, 9)
    assert not within(state, 0, 4)


def test_a_snapshot_holds_the_whole_state() -> None:
    log = [*KNOWN, change(5, BERT, 1), claim(BERT), chunk(3, BERT, 1, 0, 1, after=(0, ANNE, 1))]
    state, _ = read_all(log)
    raw = msgspec.msgpack.encode(state)
    assert msgspec.msgpack.decode(raw, type=ReaderState) == state


def test_what_the_owner_id_is_made_of() -> None:
    record = delta.decode(change(3, ANNE, 4))
    assert isinstance(record, delta.Delta)
    assert delta.record_id(record) == (3, ANNE, 4)
