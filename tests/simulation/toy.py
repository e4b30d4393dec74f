"""The scene as a source: a worker's memory of small lives, and the recount of the raw events."""

from __future__ import annotations

import random
from functools import partial

from streams.core.delta import Content, Positions
from streams.core.log_load import Loaded

from .board import View
from .memory import Memory, Steps
from .scene import (
    MISSED,
    NOTHING,
    Life,
    Scene,
    Sums,
    after,
    cells,
    content,
    is_settled,
    levels,
    random_scene,
    shard_content,
    timer_due,
    total,
    unpacked,
)


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


class ToySource:
    """A random scene."""

    def __init__(self, rnd: random.Random) -> None:
        self.scene = random_scene(rnd)

    def new_memory(self, rnd: random.Random) -> Memory:
        return ToyMemory(self.scene, rnd)

    def problem(self, view: View) -> str | None:
        """Every prefix of the log is the source below its position, no more and no less."""
        to = view.state.to or {}
        lives = self._with_forgotten(view)
        bare = {s: Life(life.bits & 3, life.events) for s, life in lives.items()}
        below = sum(event.offset < to.get(event.topic, 0) for event in self.scene.events)
        if bare != self.scene.lives_below(to):
            return f"lives {lives} are not the source below {to}"
        if view.cells != total(lives, cells):
            return f"cells {view.cells} are not those of the lives {lives}"
        if view.levels != total(lives, levels):
            return f"levels {view.levels} are not those of the lives {lives}"
        if view.read != below:
            return f"{view.read} events are counted as read, {below} were"
        return None

    def standing(self, levels: Sums) -> Sums:
        return levels

    def problem_at_rest(self, view: View) -> str | None:
        if view.state.to != self.scene.ends:
            return f"at rest the log stops at {view.state.to} of {self.scene.ends}"
        lives = {subject: unpacked(life) for subject, life in view.lives.items()}
        undecided = [s for s, life in lives.items() if timer_due(self.scene, s, life)]
        return f"at rest timers are undecided: {undecided}" if undecided else None

    def _with_forgotten(self, view: View) -> dict[str, Life]:
        """The lives in the log, and those that were settled and forgotten."""
        to = view.state.to or {}
        known = {subject: unpacked(life) for subject, life in view.lives.items()}
        forgotten = {
            subject: life
            for subject, life in self.scene.lives_below(to).items()
            if subject not in known
            and is_settled(life)
            and not self.scene.more_to_come(subject, to)
        }
        return forgotten | known
