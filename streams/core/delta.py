"""One record of the delta log: what changed in a partition, in a form that any release can read.

Three kinds: a claim says who writes from here on, a delta carries what changed since the record
before it, a chunk carries one part of a base (everything that is known, so that a reader can start
there). On the wire: the letters ``vd``, one byte for the version, then MessagePack with named
fields. A reader skips fields that it does not know; numbers of measures and groups mean something
inside their own record only.

Units: every ``_ms`` is milliseconds since 1970 UTC, a second is whole seconds since 1970 UTC.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

VERSION: Final = 1
MAGIC: Final = b"vd"
MAXIMUM_RECORD_BYTES: Final = 900_000  # brokers refuse 1 048 588 unless told otherwise
FLUSH_BYTES: Final = 700_000  # the engine cuts a delta when its own estimate passes this
FINE_SHARDS: Final = 256

RecordId: TypeAlias = tuple[int, bytes, int]
"""(offset of the claim, owner, number under the claim)"""
Positions: TypeAlias = dict[str, int]
"""{input topic: offset of the next event to read}; a topic that is absent was never read"""
Group: TypeAlias = tuple[str | None, ...]


class RecordTooLargeError(ValueError):
    """A record would exceed MAXIMUM_RECORD_BYTES: it must be cut smaller before it is written."""


class UnreadableRecordError(ValueError):
    """The bytes are no record of this log: somebody else wrote here."""


class NewerRecordError(ValueError):
    """A newer release wrote the record in a version that this release does not know."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"the delta log holds a record of version {version}, this release reads up to "
            f"{VERSION}: upgrade it, or lower kafka.write_version on the workers"
        )
        self.version = version


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine hands over for one record, and what a board gets back from it.

    ``cells``: flat fives (group number, measure number, second, x, n), increments for windows.
    ``levels``: flat sixes (fine shard, group number, measure number, second, x, n); increments in
    a delta, in a chunk the standing levels of its shard. Numbers index ``groups``, ``measures``.
    ``lives``: subject -> packed life; None = settled and forgotten.
    ``counters``: pipeline counters, increments: duplicates, dead letters by reason, misrouted …
    """

    lives: dict[str, bytes | None] = {}
    measures: list[str] = []
    groups: list[Group] = []
    cells: list[int] = []
    levels: list[int] = []
    counters: dict[str, int] = {}
    now_ms: int = 0
    newest_event_ms: int = 0
    record_time_ms: int = 0
    lag_events: int = 0


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A content on the wire: the long parts are blobs, so that each reader opens only its own.

    A worker that loads opens ``lives`` only, a board never does.
    """

    lives: bytes
    measures: list[str]
    groups: list[Group]
    cells: bytes
    levels: bytes
    counters: dict[str, int] = {}
    now_ms: int = 0
    newest_event_ms: int = 0
    record_time_ms: int = 0
    lag_events: int = 0


class Claim(msgspec.Struct, frozen=True, kw_only=True, tag="claim"):
    """Whoever wrote this writes from here on; its log offset is the claim's number."""

    owner: bytes  # 8 random bytes, new for every claim
    cluster_id: str
    topic_ids: dict[str, str]
    settings: str  # fingerprint
    key: str  # fingerprint of the privacy key
    release: str
    written_ms: int = 0  # the writer's wall clock: the age of a base


class Delta(msgspec.Struct, frozen=True, kw_only=True, tag="delta", rename={"from_": "from"}):
    """What changed between two positions of the input topics; ``from_ == to``: timers alone."""

    claim: int
    owner: bytes
    n: int
    after: RecordId | None = None  # on n = 1: the last valid record before the claim, if any
    reset: bool = False  # everything before is void: readers start from nothing
    from_: Positions
    to: Positions
    base_at: int | None = None  # offset of the claim that opens the newest complete base: a hint
    body: Body


class Chunk(msgspec.Struct, frozen=True, kw_only=True, tag="chunk"):
    """Part ``i`` of ``of`` of a base: its shard exactly as it stood after record ``n - 1``."""

    claim: int
    owner: bytes
    n: int
    after: RecordId | None = None
    i: int
    of: int
    to: Positions
    base_at: int | None = None
    body: Body


Written: TypeAlias = Delta | Chunk
Record: TypeAlias = Claim | Delta | Chunk

_encode = msgspec.msgpack.Encoder().encode
_decode: Callable[[bytes], Record] = msgspec.msgpack.Decoder(Claim | Delta | Chunk).decode
_lives: Callable[[bytes], dict[str, bytes | None]] = msgspec.msgpack.Decoder(
    dict[str, bytes | None]
).decode
_numbers: Callable[[bytes], list[int]] = msgspec.msgpack.Decoder(list[int]).decode


def encode(record: Record, version: int = VERSION) -> bytes:
    """The record as it goes into the log; ``version`` is ``kafka.write_version``.

    Raises RecordTooLargeError, and ValueError for a version that this release cannot write.
    """
    if version != VERSION:
        raise ValueError(f"this release writes version {VERSION} of delta records, not {version}")
    raw = MAGIC + bytes((version,)) + _encode(record)
    if len(raw) > MAXIMUM_RECORD_BYTES:
        raise RecordTooLargeError(f"{len(raw)} bytes, at most {MAXIMUM_RECORD_BYTES}")
    return raw


def decode(raw: bytes | None) -> Record:
    """The record in these bytes.

    Raises NewerRecordError when only a newer release can read them: nothing may go on, for a
    claim that is passed over would leave a dead owner in charge. Raises UnreadableRecordError
    for anything else: such bytes carry no (claim, owner), so every reader may pass over them.
    """
    if raw is None or not raw.startswith(MAGIC) or len(raw) <= len(MAGIC):
        raise UnreadableRecordError("not a record of the delta log")
    if raw[len(MAGIC)] > VERSION:
        raise NewerRecordError(raw[len(MAGIC)])
    try:
        return _decode(raw[len(MAGIC) + 1 :])
    except msgspec.MsgspecError as error:
        raise UnreadableRecordError(str(error)) from error


def record_id(record: Written) -> RecordId:
    """What a successor names in ``after``."""
    return (record.claim, record.owner, record.n)


def pack(content: Content) -> Body:
    """A content ready for the wire; 20 000 cells take about 2 ms (tests/core/test_delta_record)."""
    assert len(content.cells) % 5 == 0, "cells are flat fives"
    assert len(content.levels) % 6 == 0, "levels are flat sixes"
    # A heartbeat every second for eight days is what most of an idle log is: no names in it.
    numbered = bool(content.cells or content.levels)
    return Body(
        lives=_encode(content.lives),
        measures=content.measures if numbered else [],
        groups=content.groups if numbered else [],
        cells=_encode(content.cells),
        levels=_encode(content.levels),
        counters=content.counters,
        now_ms=content.now_ms,
        newest_event_ms=content.newest_event_ms,
        record_time_ms=content.record_time_ms,
        lag_events=content.lag_events,
    )


def lives_of(body: Body) -> dict[str, bytes | None]:
    """Subject -> packed life, None = forgotten."""
    return _lives(body.lives)


def cells_of(body: Body) -> list[int]:
    """Flat fives (group number, measure number, second, x, n)."""
    return _numbers(body.cells)


def levels_of(body: Body) -> list[int]:
    """Flat sixes (fine shard, group number, measure number, second, x, n)."""
    return _numbers(body.levels)


def unpack(body: Body) -> Content:
    """The whole content of a record; boards and workers open single parts instead."""
    return Content(
        lives=lives_of(body),
        measures=body.measures,
        groups=body.groups,
        cells=cells_of(body),
        levels=levels_of(body),
        counters=body.counters,
        now_ms=body.now_ms,
        newest_event_ms=body.newest_event_ms,
        record_time_ms=body.record_time_ms,
        lag_events=body.lag_events,
    )


def fine_shard(subject: str) -> int:
    """0..255, the same on every machine; a chunk's shard is this number modulo its ``of``."""
    return crc32(subject.encode()) & (FINE_SHARDS - 1)


def chunks_for(content_bytes: int) -> int:
    """How many chunks a base of this size takes: a power of two, at most 256.

    Chunks are planned at half of the limit: shards differ in size.
    """
    of = 1
    while of < FINE_SHARDS and content_bytes > of * (MAXIMUM_RECORD_BYTES // 2):
        of *= 2
    return of
