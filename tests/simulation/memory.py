"""What a worker keeps in memory: the scene's small lives (`ToyMemory`), or the real engine's."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeAlias

from streams.core.delta import Content, Positions
from streams.core.log_load import Loaded

from .scene import (
    MISSED,
    NOTHING,
    Life,
    Scene,
    after,
    content,
    is_settled,
    shard_content,
    timer_due,
    unpacked,
)

Steps: TypeAlias = list[tuple[str, Callable[[], None]]]


class Memory(Protocol):
    """One partition's state, thrown away in doubt."""

    to: Positions

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


class ToyMemory:
    """Lives of a few bits."""

    def __init__(self, scene: Scene, rnd: random.Random) -> None:
        self.scene, self.rnd = scene, rnd
        self.lives: dict[str, Life] = {}
        self.to: Positions = {}
        self._cut_lives: dict[str, Life] = {}  # as of the last record sent
        self._cut_to: Positions = {}
        self._read = 0  # events since the last record sent

    def steps(self) -> Steps:
        out: Steps = []
        if any(event.offset >= self.to.get(event.topic, 0) for event in self.scene.events):
            out.append(("reads an event", self._read_event))
        for subject, life in self.lives.items():
            if timer_due(self.scene, subject, life):
                out.append((f"decides the timer of {subject}", partial(self._timer, subject)))
            written = self._cut_lives.get(subject) == life  # its increments have been sent
            if written and is_settled(life) and not self.scene.more_to_come(subject, self.to):
                out.append((f"forgets {subject}", partial(self._forget, subject)))
        return out

    @property
    def clean(self) -> bool:
        return (self.lives, self.to) == (self._cut_lives, self._cut_to)

    @property
    def finished(self) -> bool:
        return self.to == self.scene.ends and not self.steps()

    def cut(self) -> tuple[Content, Positions]:
        changes = content(self._cut_lives, self.lives, self._read)
        self._cut_lives, self._cut_to, self._read = self.lives, self.to, 0
        return changes, self.to

    def chunk(self, i: int, of: int) -> Content:
        return shard_content(self.lives, i, of)

    def load(self, loaded: Loaded) -> None:
        self.lives = {subject: unpacked(life) for subject, life in loaded.lives.items()}
        self.to = dict(loaded.to)
        self._cut_lives, self._cut_to = self.lives, self.to

    def _read_event(self) -> None:
        ahead = [e for e in self.scene.events if e.offset >= self.to.get(e.topic, 0)]
        topic = self.rnd.choice(sorted({event.topic for event in ahead}))
        event = next(event for event in ahead if event.topic == topic)
        life = after(self.lives.get(event.subject, NOTHING), event)
        self.lives = {**self.lives, event.subject: life}
        self.to = {**self.to, topic: event.offset + 1}
        self._read += 1

    def _timer(self, subject: str) -> None:
        life = self.lives[subject]
        self.lives = {**self.lives, subject: Life(life.bits | MISSED, life.events)}

    def _forget(self, subject: str) -> None:
        self.lives = {s: life for s, life in self.lives.items() if s != subject}
