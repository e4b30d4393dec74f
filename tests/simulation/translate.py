"""The product's records in the terms of the model."""

from __future__ import annotations

from streams.core.delta import (
    Chunk,
    Claim,
    RecordId,
    UnreadableRecordError,
    decode,
    fine_shard,
    lives_of,
)

from .board import cell_sums
from .model import Id, Rec


def translated(raw: bytes, subjects: set[str]) -> Rec:
    """`subjects`: all that were in the log so far, for the shard of a chunk; grows."""
    try:
        record = decode(raw)
    except UnreadableRecordError:
        return Rec("?")
    if isinstance(record, Claim):
        return Rec("C", own=record.owner)
    lives = lives_of(record.body)
    subjects.update(lives)
    common = Rec(
        "D",
        ep=record.claim,
        own=record.owner,
        n=record.n,
        to=record.to,
        chg=lives,
        base=-1 if record.base_at is None else record.base_at,
        after=None if record.after is None else identity(record.after),
    )
    if isinstance(record, Chunk):
        shard = frozenset(s for s in subjects if fine_shard(s) % record.of == record.i)
        return common._replace(kind="B", i=record.i, of=record.of, subjects=shard)
    return common._replace(frm=record.from_, inc=cell_sums(record.body), reset=record.reset)


def identity(last: RecordId) -> Id:
    claim, owner, n = last
    return (owner, claim, n)
