"""Where a partition keeps its lives: awake as objects, idle as the bytes they were written as."""

from collections import deque
from typing import Final

from streams.core.delta import fine_shard
from streams.core.facts import Fact
from streams.core.life import Life
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.packing import head, standing, unpack

IDLE_CUTS: Final = 240
"""A life that this many records have passed over goes to sleep (after a minute, about)."""
AWAKE: Final = 20_000
"""More lives than this are not kept awake, in a backlog for example."""


class Lives:
    """Key -> life. A key is the letter of the family and the subject."""

    def __init__(self, around: Surroundings) -> None:
        self.awake: dict[str, Life] = {}
        self.idle: dict[str, bytes] = {}
        self._around = around
        self._cut = 0
        self._touched: deque[tuple[int, str]] = deque()
        self._last_cut: dict[str, int] = {}

    def wake(self, key: str) -> Life | None:
        """An idle life, which is awake from now on; None when there is none of that name."""
        raw = self.idle.pop(key, None)
        if raw is None:
            return None
        life = self.awake[key] = unpack(raw, key[0], key[1:], self._around)
        self.touch(key)
        return life

    def get(self, key: str) -> Life | None:
        """A life, woken up if need be."""
        return self.awake.get(key) or self.wake(key)

    def touch(self, key: str) -> None:
        """Something has happened to a life that is awake."""
        self._last_cut[key] = self._cut
        self._touched.append((self._cut, key))

    def after_cut(self) -> None:
        """A record is cut, all lives are in the log: those long untouched go to sleep."""
        self._cut += 1
        touched = self._touched
        while touched and (touched[0][0] <= self._cut - IDLE_CUTS or len(self.awake) > AWAKE):
            cut, key = touched.popleft()
            if self._last_cut.get(key) == cut:
                del self._last_cut[key]
                self.idle[key] = self.awake.pop(key).raw

    def forget(self, key: str) -> None:
        """A life that is of no use any more."""
        for known in (self.awake, self.idle, self._last_cut):
            known.pop(key, None)

    def settles_at(self, key: str) -> int | None:
        """Record time at which to look whether a life is settled."""
        life = self.awake.get(key)
        if life is not None:
            return life.settle_ms
        raw = self.idle.get(key)
        return None if raw is None else head(raw).settle_ms

    def shard(self, i: int, of: int) -> list[str]:
        """The keys of shard `i` of `of`."""
        return [key for key in (*self.awake, *self.idle) if fine_shard(key) % of == i]

    def stored(self, key: str) -> tuple[bytes, list[Fact]]:
        """A life as it was last written, and the levels that go with it."""
        life = self.awake.get(key)
        if life is not None:
            return life.raw, life.standing()
        raw = self.idle[key]
        return raw, standing(raw, key[0], key[1:], self._around)

    @property
    def stored_bytes(self) -> int:
        """About how many bytes all take in the log."""
        awake = sum(40 + len(life.raw) for life in self.awake.values())
        return awake + sum(40 + len(raw) for raw in self.idle.values())
