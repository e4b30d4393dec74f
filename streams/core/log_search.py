"""Looking into a partition of the delta log: one record, a stretch, the newest complete base.

Procedures without input or output: generators that yield `Read(first, stop)` and are sent the
records from `first` on as (offset, bytes), in order, as many as come to hand but at least one and
none at or after `stop`. An empty answer, or one that does not begin at `first`, means that the log
changed meanwhile: LogChangedError.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Final, TypeAlias, TypeVar

import msgspec

from streams.core.delta import Chunk, Claim, Delta, Record, UnreadableRecordError, decode
from streams.core.log_reader import read, starting_at

BLOCK: Final = 2_000  # offsets looked through at a time when searching backwards
NEAR: Final = 16  # offsets before a claim in which a hint is looked for

T = TypeVar("T")
Records: TypeAlias = Sequence[tuple[int, bytes | None]]
Visit: TypeAlias = Callable[[int, bytes | None], bool]


class LogChangedError(RuntimeError):
    """The log is not what it was a moment ago: lost tail, retention. The owner is in doubt."""


class Read(msgspec.Struct, frozen=True):
    """Wanted: the records from offset `first`, before offset `stop`."""

    first: int
    stop: int


Reading: TypeAlias = Generator[Read, Records, T]


def board_start(log_start: int, before: int) -> Reading[int]:
    """R11: where a board without a snapshot starts: a complete base, else the log's first offset.

    `before`: the first offset that is younger than the longest window; the base was complete there.
    """
    hint = yield from hint_before(log_start, before)
    if hint is not None and (yield from _is_base(hint, before)):
        return hint
    base = yield from newest_base(log_start, before)
    return log_start if base is None else base


def newest_base(log_start: int, stop: int) -> Reading[int | None]:
    """The newest claim before `stop` whose base was complete, before any other claim, by then.

    Looks through the log backwards: for when no hint helps.
    """
    upper, end = stop, stop
    while end > log_start:
        first = max(log_start, end - BLOCK)
        claims: list[int] = []
        yield from each(first, end, _collecting(claims))
        for offset in reversed(claims):
            if (yield from _is_base(offset, upper)):
                return offset
            upper = offset
        end = first
    return None


def _collecting(claims: list[int]) -> Visit:
    def visit(offset: int, raw: bytes | None) -> bool:
        if isinstance(decoded(raw), Claim):
            claims.append(offset)
        return True

    return visit


def _is_base(base: int, stop: int) -> Reading[bool]:
    state = starting_at(base)

    def visit(offset: int, raw: bytes | None) -> bool:
        nonlocal state
        state, _ = read(state, offset, raw)
        return state.claim == base and not state.base_complete

    yield from each(base, stop, visit)
    return state.claim == base and state.base_complete


def hint_before(log_start: int, before: int) -> Reading[int | None]:
    """R8: `base_at` of the record before that offset, when the log still holds that offset.

    Claims carry no hint: after several in a row the nearest delta or chunk before them gives it.
    Whatever is named is believed only after its chunks were read.
    """
    hint: int | None = None

    def visit(_: int, raw: bytes | None) -> bool:
        nonlocal hint
        record = decoded(raw)
        if isinstance(record, Delta | Chunk):
            hint = record.base_at
        return True

    yield from each(max(log_start, before - NEAR), before, visit)
    return hint if hint is not None and log_start <= hint < before else None


def record_at(offset: int) -> Reading[Record | None]:
    found: list[bytes | None] = []

    def visit(_: int, raw: bytes | None) -> bool:
        found.append(raw)
        return False

    yield from each(offset, offset + 1, visit)
    return decoded(found[0])


def decoded(raw: bytes | None) -> Record | None:
    """The record, or None for bytes that are none. Raises NewerRecordError."""
    try:
        return decode(raw)
    except UnreadableRecordError:
        return None


def each(first: int, stop: int, visit: Visit) -> Reading[None]:
    """Visits every record of [first, stop) until `visit` says False."""
    while first < stop:
        records = yield Read(first, stop)
        if not records or records[0][0] != first:
            raise LogChangedError(f"the log no longer holds offset {first}")
        for offset, raw in records:
            if not visit(offset, raw):
                return
            first = offset + 1
