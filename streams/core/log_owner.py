"""The one writer of a partition of the delta log: claims, numbers its records, doubts itself.

No input or output: methods give the bytes to append and take what the broker answered. The
adapter's part (rules R1-R9 of docs/delta-log.md; `failed(…)` may be called at any time):

1. `phase` OWN or DOUBT: throw the partition's memory away, confirm the group's generation by
   committing the position that the group has (refused: `stop()`), make a *new* producer, append
   `claim(owner=8 random bytes, …)`, hand its offset to `claim_acked`.
2. LOADING: run `load(log_start)` (a generator, see log_load.py). RUNNING: give `Loaded` to the
   engine, commit and seek `Loaded.to`, append `delta(…)` at once, even empty (`must_write`).
3. RUNNING: append each `delta(…)`; hand the acked offsets, in order, to `acked`; it says what to
   commit. An ack at another offset than the next one is doubt: back to 1.
4. `base_due(…)`: append `open_base(…)`, run `read_back(log_start)`; then, whenever `next_chunk` is
   not None, append what is unflushed as a delta and, in the same breath, `chunk(…)` of that shard.
5. The partition comes back after a rebalance: `comes_back(…)` says whether it may go on.
"""

from __future__ import annotations

from collections import Counter, deque

from streams.core.delta import (
    VERSION,
    Chunk,
    Content,
    Delta,
    Positions,
    RecordId,
    RecordTooLargeError,
    UnreadableRecordError,
    decode,
    encode,
    pack,
)
from streams.core.log_base import AT_EARLIEST_MS, Bases
from streams.core.log_claim import Identity, Phase, Sent, claim_of, is_last_of
from streams.core.log_load import Loaded, load, read_back
from streams.core.log_search import LogChangedError, Reading


class Owner:
    """The writer's side of one partition."""

    def __init__(
        self,
        identity: Identity,
        write_version: int = VERSION,
        base_earliest_ms: int = AT_EARLIEST_MS,
    ) -> None:
        self.phase = Phase.OWN
        self.reason = ""  # of the last doubt
        self.doubts: Counter[str] = Counter()
        self.claims = 0
        self._identity = identity
        self._version = write_version
        self._base_earliest_ms = base_earliest_ms
        self._clear()

    def _clear(self, owner: bytes = b"", now_ms: int = 0) -> None:
        self._claim_at, self._owner, self._n = -1, owner, 0  # n: of the last acked record
        self._last: RecordId | None = None  # the last acked record: `after` of the next claim
        self._to: Positions = {}  # of the last record sent
        self._reset = False
        self._end = -1  # the offset at which the next ack must come
        self._sent: deque[Sent] = deque()
        self._bases = Bases(now_ms, self._base_earliest_ms)

    # -- taking over ---------------------------------------------------------------------------

    def assign(self) -> None:
        """The group gave the partition to this worker, which has nothing of it in memory."""
        self._clear()
        self.phase = Phase.OWN

    def claim(self, *, owner: bytes, now_ms: int) -> bytes:
        """The claim to append with a new producer (R3); the generation was confirmed just now.

        Claiming anew is always right; whatever was under way is void.
        """
        assert self.phase is not Phase.STOPPED, "assign first"
        self._clear(owner, now_ms)
        self.phase = Phase.CLAIMING
        return self._claim_record(owner, now_ms)

    def claim_acked(self, offset: int) -> None:
        """The broker appended the claim there; -1 = it does not say where."""
        if offset < 0:
            self.failed("the claim's offset is unknown")
            return
        self._claim_at, self._end = offset, offset + 1
        self.phase = Phase.LOADING

    def load(self, log_start: int) -> Reading[Loaded | None]:
        """R9. Ends RUNNING with what was loaded, or in DOUBT with None.

        Raises NewerRecordError: this release must not own the partition.
        """
        assert self.phase is Phase.LOADING, self.phase
        claim_at = self._claim_at
        try:
            loaded = yield from load(log_start, claim_at, self._owner)
        except LogChangedError as changed:
            self.failed(f"while loading: {changed}")
            return None
        if self._claim_at != claim_at:  # doubt or a new assignment came meanwhile
            return None
        if loaded is None:
            self.failed("the claim does not stand where it was acked")
            return None
        self._last, self._to, self._reset = loaded.last, loaded.to, loaded.reset
        self._bases.loaded(loaded)
        self.phase = Phase.RUNNING
        return loaded

    def comes_back(self, *, end: int, last: bytes | None) -> bool:
        """R3: the partition is this worker's again; `last` ends the log at `end`. False: doubt."""
        if self.phase is Phase.RUNNING and not self._sent and end == self._end:
            newest = (self._claim_at, self._owner, self._n)
            try:
                if is_last_of(decode(last), newest):
                    return True
            except UnreadableRecordError:
                pass  # somebody else's: doubt, below
        self.failed("the log does not end with this owner's last record")
        return False

    def stop(self) -> None:
        """The group gave the partition away, or refused a commit (R4)."""
        self._clear()
        self.phase = Phase.STOPPED

    def failed(self, reason: str) -> None:
        """R4, doubt: a send failed or timed out, or nothing is certain for another reason."""
        if self.phase is Phase.STOPPED:
            return
        self._clear()
        self.phase, self.reason = Phase.DOUBT, reason
        self.doubts[reason] += 1

    # -- writing -------------------------------------------------------------------------------

    @property
    def must_write(self) -> bool:
        """A delta is due at once, even an empty one: it carries `after` and `reset`."""
        return self.may_write and self._sent_n == 0

    @property
    def may_write(self) -> bool:
        """Running, and no claim of a base is on its way."""
        return self.phase is Phase.RUNNING and all(sent.id is not None for sent in self._sent)

    @property
    def unacked(self) -> int:
        """Records on their way; adapters keep one run of them (R4)."""
        return len(self._sent)

    @property
    def base_at(self) -> int | None:
        """The claim of the newest complete base (R8)."""
        return self._bases.at

    def delta(self, content: Content, to: Positions) -> bytes:
        """The next record: everything that changed since the one before it, up to `to`.

        Topics that stand still need no naming. RecordTooLargeError: cut at an earlier event.
        """
        assert self.may_write, "not running, or a base's claim is on its way"
        n, to = self._sent_n + 1, {**self._to, **to}
        record = Delta(
            claim=self._claim_at,
            owner=self._owner,
            n=n,
            after=self._last if n == 1 else None,
            reset=self._reset,
            from_=self._to,
            to=to,
            base_at=self._bases.at,
            body=pack(content),
        )
        raw = encode(record, self._version)
        self._sent.append(Sent(len(raw), (self._claim_at, self._owner, n), to))
        self._to, self._reset = to, False
        return raw

    def acked(self, offset: int) -> Positions | None:
        """What to commit now that the oldest record stands at that offset (R5).

        None: the ack was of a base's claim, or there is doubt (`phase` says so).
        """
        if self.phase is not Phase.RUNNING:
            return None
        assert self._sent, "an ack without a record"
        if not self.in_place(offset):
            where = "unknown" if offset < 0 else "later" if offset > self._end else "earlier"
            self.failed(f"acked at an offset that is {where}, not the next")
            return None
        sent = self._sent.popleft()
        self._end = offset + 1
        self._bases.written(sent.raw_bytes)
        if sent.id is None:
            self._base_opened(offset)
            return None
        self._n, self._last = sent.id[2], sent.id
        if sent.chunk:
            self._bases.chunk_acked(sent.raw_bytes)
        return sent.to

    def in_place(self, offset: int) -> bool:
        """R4: later = somebody wrote in between, earlier = the broker lost a tail, -1 = unknown."""
        return offset == self._end

    # -- bases ---------------------------------------------------------------------------------

    def base_due(self, now_ms: int) -> bool:
        """R7: a base may be opened now, and should be. `now_ms`: the wall clock."""
        return self.phase is Phase.RUNNING and not self._sent and self._bases.due(now_ms)

    def open_base(self, *, owner: bytes, now_ms: int, content_bytes: int) -> bytes:
        """R7: the claim that opens a base, to append with the same producer; nothing is unacked.

        `content_bytes`: about the size of all lives and levels; it sets the number of chunks.
        """
        assert self.phase is Phase.RUNNING, self.phase
        assert not self._sent, "a base opens after the last ack"
        self._bases.open(owner=owner, now_ms=now_ms, content_bytes=content_bytes)
        raw = self._claim_record(owner, now_ms)
        self._sent.append(Sent(len(raw)))
        return raw

    def read_back(self, log_start: int) -> Reading[bool]:
        """R7: after the ack, before chunk 0; deltas may be written meanwhile. False: in doubt."""
        new = self._bases.new
        assert new is not None, "no base was opened"
        base = (new.claim_at, new.owner)
        try:
            mine = yield from read_back(new.previous, base, log_start=log_start)
        except LogChangedError:
            mine = False
        if self._bases.new is not new:
            return False
        new.verified = mine
        if not mine:
            self.failed("the log since the last claim is not this owner's own")
        return mine

    @property
    def next_chunk(self) -> tuple[int, int] | None:
        """(i, of) of the chunk that may be cut now, if the engine has nothing unflushed.

        One at a time; deltas may be on their way before it, for without them it is not valid.
        """
        new = self._bases.new
        if new is None or not new.verified or self._reset:
            return None
        return None if any(sent.chunk for sent in self._sent) else (new.cut, new.of)

    def chunk(self, content: Content) -> bytes | None:
        """The next chunk: lives whose fine shard modulo `of` is `i`, and their standing levels.

        None: it is too large, the base is given up, and one of smaller chunks is due.
        """
        assert self.next_chunk is not None, "no chunk may be cut now"
        n, (i, of) = self._sent_n + 1, self.next_chunk
        record = Chunk(
            claim=self._claim_at,
            owner=self._owner,
            n=n,
            after=self._last if n == 1 else None,
            i=i,
            of=of,
            to=self._to,
            base_at=self._bases.at,
            body=pack(content),
        )
        try:
            raw = encode(record, self._version)
        except RecordTooLargeError:
            if not self._bases.too_large():
                raise
            return None
        self._sent.append(Sent(len(raw), (self._claim_at, self._owner, n), self._to, chunk=True))
        return raw

    # -- inside --------------------------------------------------------------------------------

    @property
    def _sent_n(self) -> int:
        """The number of the last record sent under this claim."""
        newest = self._sent[-1].id if self._sent else None
        return self._n if newest is None else newest[2]

    def _base_opened(self, offset: int) -> None:
        new = self._bases.new
        assert new is not None
        self._bases.opened(offset, (self._claim_at, self._owner, self._n))
        self._claim_at, self._owner, self._n = offset, new.owner, 0

    def _claim_record(self, owner: bytes, now_ms: int) -> bytes:
        self.claims += 1
        return encode(claim_of(self._identity, owner, now_ms), self._version)
