"""A log in memory for the tests of the delta log: written as a table of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from streams.core import delta
from streams.core.delta import Chunk, Claim, Content, Delta, Positions, RecordId
from streams.core.log_claim import Identity
from streams.core.log_owner import Owner
from streams.core.log_reader import ReaderState, Step, read
from streams.core.log_search import Reading, Records

T = TypeVar("T")
ANNE, BERT, CARL = b"anne....", b"bert....", b"carl...."
IDENTITY = Identity(cluster_id="one", topic_ids={"calls": "c1"}, release="0.1")


def claim(owner: bytes, written_ms: int = 0) -> bytes:
    return delta.encode(
        Claim(
            owner=owner,
            cluster_id="one",
            topic_ids={"calls": "c1"},
            settings="",
            key="",
            release="0.1",
            written_ms=written_ms,
        )
    )


def change(
    at: int,
    owner: bytes,
    n: int,
    *,
    of: Mapping[str, bytes | None] | None = None,
    frm: Positions | None = None,
    to: Positions | None = None,
    after: RecordId | None = None,
    reset: bool = False,
    base_at: int | None = None,
) -> bytes:
    """A delta under the claim `at`."""
    body = delta.pack(Content(lives=dict(of or {})))
    record = Delta(
        claim=at, owner=owner, n=n, after=after, reset=reset, from_=frm or {}, to=to or frm or {},
        base_at=base_at, body=body,
    )  # fmt: skip
    return delta.encode(record)


def chunk(
    at: int,
    owner: bytes,
    n: int,
    i: int,
    of: int,
    lives: Mapping[str, bytes | None] | None = None,
    *,
    to: Positions | None = None,
    after: RecordId | None = None,
) -> bytes:
    """A chunk under the claim `at`."""
    body = delta.pack(Content(lives=dict(lives or {})))
    return delta.encode(
        Chunk(claim=at, owner=owner, n=n, after=after, i=i, of=of, to=to or {}, body=body)
    )


def read_all(
    log: Sequence[bytes | None], state: ReaderState | None = None
) -> tuple[ReaderState, list[str]]:
    """The state at the end, and one word for each step: its kind, and the reason if it has one."""
    state = state or ReaderState()
    words = []
    for offset in range(state.position, len(log)):
        state, step = read(state, offset, log[offset])
        words.append(word(step))
    return state, words


def word(step: Step) -> str:
    reason = getattr(step, "reason", "")
    return f"{type(step).__name__}: {reason}" if reason else type(step).__name__


def answer(reading: Reading[T], log: Sequence[bytes | None], *, start: int = 0, most: int = 3) -> T:
    """Serves a reading from a log whose offsets before `start` are gone, few records at a time."""
    records: Records | None = None
    while True:
        try:
            wanted = next(reading) if records is None else reading.send(records)
        except StopIteration as end:
            result: T = end.value
            return result
        assert wanted.first < wanted.stop
        stop = min(wanted.stop, wanted.first + most, len(log))
        held = range(wanted.first, stop) if wanted.first >= start else range(0)
        records = [(offset, log[offset]) for offset in held]


def running(log: list[bytes], owner: bytes = ANNE, *, start: int = 0) -> Owner:
    """An owner that has taken the log over, its claim appended."""
    found = Owner(IDENTITY)
    log.append(found.claim(owner=owner, now_ms=0))
    found.claim_acked(len(log) - 1)
    assert answer(found.load(start), log, start=start) is not None
    return found


def put(log: list[bytes], owner: Owner, raw: bytes | None) -> Positions | None:
    """Appends a record and takes its ack."""
    assert raw is not None
    log.append(raw)
    return owner.acked(len(log) - 1)
