"""Taking a partition over: what its lives were at the claim, and whether the past is one's own.

Generators that say what to read, see log_search.py. Rules R3 (the claim is found), R7 (reading
back) and R9 of docs/delta-log.md.
"""

from __future__ import annotations

import msgspec

from streams.core.delta import (
    FINE_SHARDS,
    Body,
    Chunk,
    Claim,
    Positions,
    RecordId,
    Written,
    fine_shard,
    lives_of,
)
from streams.core.log_reader import (
    Claimed,
    ReaderState,
    Refused,
    Valid,
    is_reset,
    read,
    starting_at,
)
from streams.core.log_search import (
    LogChangedError,
    Reading,
    each,
    hint_before,
    newest_base,
    record_at,
)


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What a partition was at the claim: the engine goes on from here."""

    lives: dict[str, bytes] = {}
    to: Positions = {}  # commit and seek there; an absent topic starts at its beginning
    last: RecordId | None = None  # what n = 1 names in `after`
    reset: bool = False  # nothing could be read: start anew, alarm
    base_at: int | None = None
    base_ms: int | None = None  # wall clock at that base's claim
    base_bytes: int = 0
    log_bytes: int = 0  # of the records since the base's claim
    previous: Claim | None = None  # under which the last valid record was written
    body: Body | None = None  # of the last valid record: now_ms, newest_event_ms …


class Lives:
    """Lives of a partition while its log is read, by fine shard: a chunk replaces its shards."""

    def __init__(self) -> None:
        self._shards: list[dict[str, bytes]] = [{} for _ in range(FINE_SHARDS)]

    def apply(self, record: Written) -> None:
        """The last word in log order wins, between delta and chunk too; None forgets."""
        if is_reset(record):
            self._shards = [{} for _ in range(FINE_SHARDS)]
        if isinstance(record, Chunk):
            for shard in range(record.i, FINE_SHARDS, record.of):
                self._shards[shard] = {}
        for subject, life in lives_of(record.body).items():
            if life is None:
                self._shards[fine_shard(subject)].pop(subject, None)
            else:
                self._shards[fine_shard(subject)][subject] = life

    def all(self) -> dict[str, bytes]:
        """Subject -> packed life."""
        return {subject: life for shard in self._shards for subject, life in shard.items()}


class Replay:
    """Reads from a base, or from the log's beginning, up to the claim, folding lives."""

    def __init__(self, base: int | None) -> None:
        self.base = base
        self.state = ReaderState() if base is None else starting_at(base)
        self.lives = Lives()
        self.complete = base is None
        self.base_bytes = self.log_bytes = 0
        self.base_ms: int | None = None
        self.previous: Claim | None = None
        self.body: Body | None = None
        self._claim: Claim | None = None

    def visit(self, offset: int, raw: bytes | None) -> bool:
        """Takes one record; False: this is no complete base, read no further."""
        self.state, step = read(self.state, offset, raw)
        size = len(raw or b"")
        self.log_bytes += size
        if isinstance(step, Refused):
            raise step.error
        if isinstance(step, Claimed):
            return self._claimed(step)
        if offset == self.base:
            return False
        if isinstance(step, Valid):
            self._valid(step, size)
        return True

    def _claimed(self, step: Claimed) -> bool:
        self._claim = step.claim
        if step.offset == self.base:
            self.base_ms = step.claim.written_ms
            return True
        return self.complete

    def _valid(self, step: Valid, size: int) -> None:
        self.lives.apply(step.record)
        self.previous, self.body = self._claim, step.record.body
        if not self.complete and isinstance(step.record, Chunk):
            self.base_bytes += size
            self.complete = step.completes_base

    def loaded(self) -> Loaded:
        return Loaded(
            lives=self.lives.all(),
            to=self.state.to or {},
            last=self.state.last,
            base_at=self.base,
            base_ms=self.base_ms,
            base_bytes=self.base_bytes,
            log_bytes=self.log_bytes,
            previous=self.previous,
            body=self.body,
        )


def load(log_start: int, claim_at: int, owner: bytes) -> Reading[Loaded | None]:
    """R9: the partition as it was at the claim, or None when that claim is not there (R3).

    `log_start` is the log's first offset. Raises LogChangedError, NewerRecordError.
    """
    found = yield from record_at(claim_at)
    if not isinstance(found, Claim) or found.owner != owner:
        return None
    hint = yield from hint_before(log_start, claim_at)
    if hint is not None:
        attempt = yield from _replay(hint, claim_at)
        if attempt is not None:
            return attempt
    base = yield from newest_base(log_start, claim_at)
    if base is not None:
        attempt = yield from _replay(base, claim_at)
    elif log_start == 0:
        attempt = yield from _replay(None, claim_at)
    else:
        return Loaded(reset=True)
    if attempt is None:
        raise LogChangedError(f"the base at {base} is no longer there")
    return attempt


def read_back(
    previous: tuple[int, bytes, int], base: tuple[int, bytes], *, log_start: int
) -> Reading[bool]:
    """R7: the owner's previous claim stands where it stood, and all since then is its own.

    `previous`: that claim, its owner and the last number under it; `base`: the claim that opens
    the base, which must stand as well, and its owner.
    """
    claim, owner, _ = previous
    claim_at, claimed_by = base
    if claim < log_start:
        return False
    found = yield from record_at(claim)
    if not isinstance(found, Claim) or found.owner != owner:
        return False
    state = starting_at(claim)

    def visit(offset: int, raw: bytes | None) -> bool:
        nonlocal state
        state, step = read(state, offset, raw)
        if isinstance(step, Refused):
            raise step.error
        return state.claim == claim

    yield from each(claim, claim_at, visit)
    found = yield from record_at(claim_at)
    mine = isinstance(found, Claim) and found.owner == claimed_by
    return mine and (state.claim, state.owner, state.n) == previous


def _replay(base: int | None, claim_at: int) -> Reading[Loaded | None]:
    """Reads from there up to the claim itself; None when it is not a complete base after all."""
    replay = Replay(base)
    yield from each(base or 0, claim_at, replay.visit)
    return replay.loaded() if replay.complete else None
