"""The reading of the delta log as the checked model has it: the reference for the product's reader.

Rewritten from the executable model from which the rules of docs/delta-log.md were checked: `apply`
is its reader, `load` its way back into a partition. It shares no code with `streams`; records come
as plain values. Lives, positions and figures are whatever the caller puts in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Id = tuple[bytes, int, int]  # (owner, claim, n)


class Rec(NamedTuple):
    """A record as the model sees it."""

    kind: Literal["C", "D", "B", "?"]  # claim, delta, base chunk, foreign bytes
    ep: int = -1  # offset of the claim
    own: bytes = b""
    n: int = 0
    frm: Mapping[str, int] = {}
    to: Mapping[str, int] = {}
    chg: Mapping[str, object] = {}  # subject -> life, None = forgotten
    inc: Mapping[tuple[str | int, ...], int] = {}
    base: int = -1
    after: Id | None = None
    i: int = -1
    of: int = 0
    subjects: frozenset[str] = frozenset()  # of the chunk's shard
    reset: bool = False


class Rd(NamedTuple):
    """A reader: the worker's loader and the board are the same function."""

    pos: int = 0
    ep: int = -1
    own: bytes = b""
    n: int = 0
    last: Id | None = None
    linked: bool = True  # False: begun in the middle, the last record is not known
    lives: Mapping[str, object] = {}
    to: Mapping[str, int] | None = {}
    tot: Mapping[tuple[str | int, ...], int] = {}
    chunks: int = 0
    broken: bool = False
    carried: bool = False  # went on from an earlier reading: live board, snapshot


def apply(r: Rd, off: int, x: Rec) -> Rd:
    """One record; `broken` when a carried reading cannot be this log's."""
    r = r._replace(pos=off + 1)
    if x.kind == "?":
        return r
    if x.kind == "C":
        return r._replace(ep=off, own=x.own, n=0, chunks=0)
    if (x.ep, x.own) != (r.ep, r.own):
        return r._replace(broken=True) if r.carried and x.ep >= r.ep else r
    if x.n != r.n + 1:
        return r._replace(broken=True) if r.carried and x.n > r.n + 1 else r
    if x.n == 1 and not x.reset and r.linked and r.last != x.after:
        return r._replace(broken=True) if r.carried else r
    if x.reset:
        r = r._replace(lives={}, to=x.frm, tot={})
    if x.kind == "D" and r.to is not None and x.frm != r.to:
        return r._replace(broken=True) if r.carried else r
    return _applied(r, x)


def _applied(r: Rd, x: Rec) -> Rd:
    kept = r.lives if x.kind == "D" else {s: v for s, v in r.lives.items() if s not in x.subjects}
    lives = {s: v for s, v in {**kept, **x.chg}.items() if v is not None}
    last = (x.own, x.ep, x.n)
    if x.kind == "B":
        chunks = r.chunks + 1 if x.i == r.chunks else r.chunks
        to = x.to if r.to is None else r.to
        return r._replace(n=x.n, last=last, linked=True, lives=lives, to=to, chunks=chunks)
    tot = Counter(r.tot)
    tot.update(x.inc)
    return r._replace(n=x.n, last=last, linked=True, lives=lives, to=x.to, tot=tot)


def read(log: Sequence[Rec], r: Rd, upto: int) -> Rd:
    for off in range(r.pos, upto):
        r = apply(r, off, log[off])
    return r


def fresh_at(pos: int) -> Rd:
    """A reader that begins at a claim in the middle of the log."""
    return Rd(pos=pos, linked=False, to=None)


def complete(log: Sequence[Rec], b: int, upto: int) -> bool:
    """A claim stands at b, and all its chunks are valid under it before any other claim."""
    if log[b].kind != "C":
        return False
    r = fresh_at(b)
    for off in range(b, upto):
        r = apply(r, off, log[off])
        if off > b and log[off].kind == "C":
            return False
        if log[off].kind == "B" and r.chunks == log[off].of:
            return True
    return False


def load(log: Sequence[Rec], start: int, upto: int) -> tuple[Rd | None, int]:
    """What a new owner knows at its claim at `upto`: (reading, base_at); None = start anew."""
    for b in range(upto - 1, start - 1, -1):
        if complete(log, b, upto):
            return read(log, fresh_at(b), upto + 1), b
    if start == 0:
        return read(log, Rd(), upto + 1), -1
    return None, -1
