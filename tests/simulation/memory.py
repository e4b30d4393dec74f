"""What the simulation needs to know of a source of events, and of a worker's memory of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Protocol, TypeAlias

from streams.core.delta import Content, Positions
from streams.core.log_load import Loaded

from .board import View
from .scene import Sums

Steps: TypeAlias = list[tuple[str, Callable[[], None]]]


class Memory(Protocol):
    """One partition's state, thrown away in doubt."""

    def steps(self) -> Steps:
        """What could happen next: an event is read, a timer is decided, a life is forgotten."""

    @property
    def clean(self) -> bool:
        """Nothing was changed since the last cut."""

    @property
    def finished(self) -> bool:
        """All events are read, and time alone changes nothing any more."""

    def cut(self) -> tuple[Content, Positions]:
        """What changed since the last cut, and the position."""

    def chunk(self, i: int, of: int) -> Content:
        """Shard `i` of `of`; only while clean."""

    def load(self, loaded: Loaded) -> None:
        """Goes on from what the log holds."""


class Source(Protocol):
    """Events of the input topics, and the truth about them."""

    def new_memory(self, rnd: random.Random) -> Memory:
        """A worker's, with nothing in it."""

    def problem(self, view: View) -> str | None:
        """Where a reading of the log differs from the source below its position."""

    def standing(self, levels: Sums) -> Sums:
        """What must be the same for readers that began at different bases."""

    def problem_at_rest(self, view: View) -> str | None:
        """What is missing once every event is read and time has passed."""
