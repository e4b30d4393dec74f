"""When the owner of a partition writes a base, and how far it has come (R7, R8 of the delta log).

A base is a claim and then everything that is known, in chunks; a reader can start there. It is
due when the log has grown to twice its size, after five minutes at the earliest, and after six
hours in any case.
"""

from __future__ import annotations

from typing import Final

from streams.core.delta import FINE_SHARDS, chunks_for
from streams.core.log_load import Loaded

AT_EARLIEST_MS: Final = 5 * 60_000
AT_LATEST_MS: Final = 6 * 3_600_000


class NewBase:
    """A base that is being written."""

    def __init__(self, *, owner: bytes, now_ms: int, of: int) -> None:
        self.owner = owner
        self.now_ms = now_ms
        self.of = of
        self.claim_at = -1  # not acked yet
        self.previous: tuple[int, bytes, int] = (-1, b"", 0)  # claim, owner, n to read back
        self.verified = False  # read back, and it was all ours
        self.cut = 0  # chunks acked
        self.bytes = 0
        self.log_bytes_before = 0


class Bases:
    """The newest complete base, and the one being written."""

    def __init__(self, now_ms: int, earliest_ms: int = AT_EARLIEST_MS) -> None:
        self.at: int | None = None  # R8: set only after the last chunk's ack
        self.new: NewBase | None = None
        self._at_ms = now_ms
        self._earliest_ms = earliest_ms
        self._bytes = self._log_bytes = 0
        self._smallest_of = 1

    def loaded(self, loaded: Loaded) -> None:
        """Goes on from what was read at a takeover."""
        self.at = loaded.base_at
        self._at_ms = self._at_ms if loaded.base_ms is None else loaded.base_ms
        self._bytes, self._log_bytes = loaded.base_bytes, loaded.log_bytes

    def due(self, now_ms: int) -> bool:
        """Whether a base should be opened now."""
        if self.new is not None:
            return False
        age_ms = now_ms - self._at_ms
        if age_ms >= AT_LATEST_MS or self._smallest_of > 1:
            return True
        return age_ms >= self._earliest_ms and self._log_bytes > 2 * self._bytes

    def open(self, *, owner: bytes, now_ms: int, content_bytes: int) -> None:
        """The claim is about to be sent."""
        of = max(chunks_for(content_bytes), self._smallest_of)
        self.new = NewBase(owner=owner, now_ms=now_ms, of=of)

    def opened(self, claim_at: int, previous: tuple[int, bytes, int]) -> None:
        """The claim was acked there."""
        assert self.new is not None
        self.new.claim_at = claim_at
        self.new.previous = previous
        self.new.log_bytes_before = self._log_bytes

    def written(self, raw_bytes: int) -> None:
        """A record of that size was acked."""
        self._log_bytes += raw_bytes

    def chunk_acked(self, raw_bytes: int) -> None:
        """The chunk passed R4; after the last one the base may be named."""
        new = self.new
        assert new is not None
        new.cut += 1
        new.bytes += raw_bytes
        if new.cut < new.of:
            return
        self.at, self.new = new.claim_at, None
        self._at_ms, self._bytes = new.now_ms, new.bytes
        self._log_bytes -= new.log_bytes_before
        self._smallest_of = 1

    def too_large(self) -> bool:
        """A chunk was too large: give the base up and open one of twice as many; False: no way."""
        assert self.new is not None
        if self.new.of >= FINE_SHARDS:
            return False
        self._smallest_of = self.new.of * 2
        self.new = None
        return True
