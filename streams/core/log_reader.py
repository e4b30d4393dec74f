"""Which records of the delta log count: one function for the worker that takes over and the board.

`read(state, offset, raw)` gives the next state and one step: `Claimed`, `Valid` (apply it),
`PassedOver`, `Rebuild` (this reading is not this log's: start anew) or `Refused` (a newer release
wrote it). Rules R1, R2 and R10 of docs/delta-log.md; a rule stands in one small function each.

A reading begins in one of two ways. From nothing (`ReaderState()`, the log's offset 0): everything
before is known to be nothing. At a claim in the middle (`starting_at(offset)`): what came before is
unknown until the first valid record. Up to `live_from` the reading *rebuilds*: it passes over
records that contradict it, as every fresh reader does; from there on it is *carried* (live board,
snapshot) and a contradiction proves that the log is not the one it read: `Rebuild`.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from streams.core.delta import (
    Chunk,
    Claim,
    NewerRecordError,
    Positions,
    Record,
    RecordId,
    UnreadableRecordError,
    Written,
    decode,
    record_id,
)

NEVER: Final = 2**62
"""`live_from` of a reading that only ever rebuilds: a worker's load."""


class ReaderState(msgspec.Struct, frozen=True, kw_only=True):
    """All that a reading of one partition is; a snapshot stores it whole (R11)."""

    position: int = 0  # the next offset to read
    claim: int = -1  # the current claim; -1 before the first one
    owner: bytes = b""
    n: int = 0
    last: RecordId | None = None  # the last valid record, under whatever claim
    last_known: bool = True  # False: begun in the middle, no valid record yet
    to: Positions | None = {}  # None: begun in the middle, not known yet
    chunks: int = 0  # chunks 0 … chunks-1 of a base are valid under the current claim
    of: int = 0
    live_from: int = NEVER
    void: tuple[tuple[int, bytes], ...] = ()  # claims found wanting while rebuilding

    @property
    def base_complete(self) -> bool:
        """The current claim opens a base of which every chunk is valid (R9)."""
        return 0 < self.of == self.chunks


def starting_at(offset: int, live_from: int = NEVER) -> ReaderState:
    """A reading that begins at a claim in the middle of the log: nothing before it is known."""
    return ReaderState(position=offset, last_known=False, to=None, live_from=live_from)


class Claimed(msgspec.Struct, frozen=True):
    """A claim became the current one (R1)."""

    offset: int
    claim: Claim


class Valid(msgspec.Struct, frozen=True):
    """Apply this record. With `record.reset`: drop the partition's lives and cells first.

    A chunk of shard i of `of` replaces the lives of its subjects (fine shard % of == i) and the
    standing levels of its fine shards. `completes_base`: it was the last chunk of a base.
    """

    record: Written
    completes_base: bool = False


class PassedOver(msgspec.Struct, frozen=True):
    """Changes nothing; counted by reason."""

    reason: str


class Rebuild(msgspec.Struct, frozen=True):
    """What was read so far is not this log: throw it away and read anew (R10)."""

    reason: str


class Refused(msgspec.Struct, frozen=True):
    """A newer release wrote this: stop the partition, say so, read no further."""

    error: NewerRecordError


Step: TypeAlias = Claimed | Valid | PassedOver | Rebuild | Refused


def read(state: ReaderState, offset: int, raw: bytes | None) -> tuple[ReaderState, Step]:
    """The next record. On Rebuild and Refused the state is unchanged; raises on going back."""
    if offset < state.position:
        raise ValueError(f"offset {offset} was read before: the reading stands at {state.position}")
    try:
        record = decode(raw)
    except NewerRecordError as error:
        return state, Refused(error)
    except UnreadableRecordError:
        return _moved(state, offset), PassedOver("unreadable")
    return take(state, offset, record)


def take(state: ReaderState, offset: int, record: Record) -> tuple[ReaderState, Step]:
    """The same for a record that is decoded already."""
    if isinstance(record, Claim):
        return claimed(state, offset, record), Claimed(offset, record)
    if is_current(state, record) and is_next(state, record):
        reason = contradiction(state, record)
        if reason is None:
            after = accepted(state, offset, record)
            return after, Valid(record, isinstance(record, Chunk) and after.base_complete)
        proof = True
    else:
        reason, proof = stranger(state, record)
    if not proof:
        return _moved(state, offset), PassedOver(reason)
    named = (record.claim, record.owner)
    if named in state.void:
        return _moved(state, offset), PassedOver(reason)
    if offset >= state.live_from:
        return state, Rebuild(reason)
    # Remembered, so that the rest of this writer's records cause no rebuild each later on:
    # it writes into the void until it reads back at its next base (R7).
    void = (*state.void, named)
    return msgspec.structs.replace(_moved(state, offset), void=void), PassedOver(reason)


def claimed(state: ReaderState, offset: int, record: Claim) -> ReaderState:
    """R1: a claim always becomes the current claim; the log's order decides, not the group."""
    return ReaderState(
        position=offset + 1,
        claim=offset,
        owner=record.owner,
        n=0,
        last=state.last,
        last_known=state.last_known,
        to=state.to,
        live_from=state.live_from,
        void=tuple(named for named in state.void if named[0] >= offset),
    )


def is_current(state: ReaderState, record: Written) -> bool:
    """R2, first half: the record names the current claim and its owner."""
    return record.claim == state.claim and record.owner == state.owner


def is_next(state: ReaderState, record: Written) -> bool:
    """R2, second half: the record's number is the next one."""
    return record.n == state.n + 1


def stranger(state: ReaderState, record: Written) -> tuple[str, bool]:
    """Why an invalid record is invalid, and whether that proves another log (R10)."""
    if not is_current(state, record):
        if record.claim >= state.claim:
            return "names a claim that this reading never met", True
        return "its claim was superseded", False
    if record.n > state.n + 1:
        return "numbers are missing before it", True
    return "repeated", False


def contradiction(state: ReaderState, record: Written) -> str | None:
    """R10: a record in its place that names another past than the one that was read."""
    if record.n == 1 and not is_reset(record) and not follows(state, record):
        return "follows another record than the last one read"
    if isinstance(record, Chunk) or record.reset or state.to is None:
        return None
    return None if record.from_ == state.to else "starts at another position than the last one read"


def follows(state: ReaderState, record: Written) -> bool:
    """R10: the first record under a claim names the last valid record before that claim."""
    return not state.last_known or record.after == state.last


def is_reset(record: Written) -> bool:
    """R9: everything before this record is void."""
    return not isinstance(record, Chunk) and record.reset


def accepted(state: ReaderState, offset: int, record: Written) -> ReaderState:
    """The state after a valid record."""
    chunks, of, to = state.chunks, state.of, state.to
    if not isinstance(record, Chunk):
        to = record.to
    else:
        if record.i == 0 and chunks == 0:
            of = record.of
        if record.i == chunks and record.of == of:
            chunks += 1
        to = record.to if to is None else to
    return ReaderState(
        position=offset + 1,
        claim=state.claim,
        owner=state.owner,
        n=record.n,
        last=record_id(record),
        last_known=True,
        to=to,
        chunks=chunks,
        of=of,
        live_from=state.live_from,
        void=state.void,
    )


def within(state: ReaderState, start: int, end: int) -> bool:
    """R10: a reading whose position the log no longer holds, or does not hold yet, is void."""
    return start <= state.position <= end


def _moved(state: ReaderState, offset: int) -> ReaderState:
    return msgspec.structs.replace(state, position=offset + 1)
