"""A small source of events and what it comes to: lives of a few bits, and the figures they fold to.

Two input topics share the partition. An event sets one bit of its subject: QUEUED or ANSWERED; a
timer that is decided sets a third, MISSED. Unlike bits, `events` counts every event read: reading
one twice or never shows at once. This module is also the truth: a recount over the raw events.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from streams.core.delta import Content, Positions, fine_shard

QUEUED, ANSWERED, MISSED = 1, 2, 4
CELLS = ("offered", "answered", "orphan", "missed", "events")
TOPICS = ("calls", "tickets")
Sums: TypeAlias = Counter[tuple[str | int, ...]]
"""(group, measure, second, x) -> n for cells; levels have the fine shard before the group"""


class Life(NamedTuple):
    """One subject: the bits that are set, and how many events set them."""

    bits: int
    events: int

    def packed(self) -> bytes:
        return bytes(self)


def unpacked(life: bytes) -> Life:
    return Life(*life)


NOTHING = Life(0, 0)


Fold: TypeAlias = Callable[[str, Life], Sums]
"""`cells` or `levels`"""


class Event(NamedTuple):
    """One event of the source."""

    topic: str
    offset: int
    subject: str
    bit: int


@dataclass(frozen=True)
class Scene:
    """Events in order of their offsets, and the subjects whose threshold passes."""

    events: tuple[Event, ...]
    timers: frozenset[str]

    @property
    def ends(self) -> Positions:
        return {event.topic: event.offset + 1 for event in self.events}

    def lives_below(self, to: Positions) -> dict[str, Life]:
        """The truth: what the events before these positions come to, timers apart."""
        lives: dict[str, Life] = {}
        for event in self.events:
            if event.offset < to.get(event.topic, 0):
                lives[event.subject] = after(lives.get(event.subject, NOTHING), event)
        return lives

    def more_to_come(self, subject: str, to: Positions) -> bool:
        return any(
            event.subject == subject and event.offset >= to.get(event.topic, 0)
            for event in self.events
        )


def after(life: Life, event: Event) -> Life:
    return Life(life.bits | event.bit, life.events + 1)


def is_settled(life: Life) -> bool:
    """Queued and answered: nothing but a repeated event could still come, and no timer counts."""
    return life.bits & (QUEUED | ANSWERED) == QUEUED | ANSWERED


def timer_due(scene: Scene, subject: str, life: Life) -> bool:
    return subject in scene.timers and life.bits == QUEUED


def cells(subject: str, life: Life) -> Sums:
    """What one life puts into windows."""
    queued, answered, missed = (bool(life.bits & bit) for bit in (QUEUED, ANSWERED, MISSED))
    values = (
        queued,
        queued and answered,
        answered and not queued,
        missed and queued and not answered,
        life.events,
    )
    named = zip(CELLS, values, strict=True)
    return Counter({(_group(subject), name, _second(subject), 0): int(n) for name, n in named})


def levels(subject: str, life: Life) -> Sums:
    """What stands open because of one life."""
    waiting = life.bits & (QUEUED | ANSWERED) == QUEUED
    key = (fine_shard(subject), _group(subject), "waiting", _second(subject), 0)
    return Counter({key: int(waiting)})


def total(lives: dict[str, Life], of: Fold) -> Sums:
    """The sum over all lives; zeros are left out."""
    sums: Sums = Counter()
    for subject, life in lives.items():
        sums.update(of(subject, life))
    return nonzero(sums)


def nonzero(sums: Sums) -> Sums:
    return Counter({key: n for key, n in sums.items() if n})


def difference(old: dict[str, Life], new: dict[str, Life], of: Fold) -> Sums:
    """Increments that lead from the old lives to the new; forgetting a life takes nothing back."""
    sums: Sums = Counter()
    for subject, life in new.items():
        was = old.get(subject, NOTHING)
        if life != was:
            sums.update(of(subject, life))
            sums.subtract(of(subject, was))
    return nonzero(sums)


def content(old: dict[str, Life], new: dict[str, Life], read: int) -> Content:
    """The record's content: changed lives, increments, and `read` events as a counter."""
    lives: dict[str, bytes | None] = {
        subject: life.packed() for subject, life in new.items() if life != old.get(subject)
    }
    lives |= dict.fromkeys(old.keys() - new.keys(), None)
    return _numbered(
        lives, difference(old, new, cells), difference(old, new, levels), {"events": read}
    )


def shard_content(lives: dict[str, Life], i: int, of: int) -> Content:
    """The content of a chunk: the lives of its shard, and their standing levels."""
    shard = {subject: life for subject, life in lives.items() if fine_shard(subject) % of == i}
    packed: dict[str, bytes | None] = {subject: life.packed() for subject, life in shard.items()}
    return _numbered(packed, Counter(), total(shard, levels), {})


def _numbered(
    lives: dict[str, bytes | None], cell_sums: Sums, level_sums: Sums, counters: dict[str, int]
) -> Content:
    """Names become numbers of the record's own dictionaries, in an order of its own."""
    measures = sorted({key[1] for key in cell_sums} | {key[2] for key in level_sums}, key=str)
    groups = sorted({key[0] for key in cell_sums} | {key[1] for key in level_sums}, key=str)
    flat_cells: list[int] = []
    for (group, measure, second, _), n in cell_sums.items():
        flat_cells += [groups.index(group), measures.index(measure), int(str(second)), 0, n]
    flat_levels: list[int] = []
    for (shard, group, measure, second, _), n in level_sums.items():
        flat_levels += [int(str(shard)), groups.index(group), measures.index(measure)]
        flat_levels += [int(str(second)), 0, n]
    return Content(
        lives=lives,
        measures=[str(measure) for measure in measures],
        groups=[(str(group),) for group in groups],
        cells=flat_cells,
        levels=flat_levels,
        counters=counters,
    )


def _group(subject: str) -> str:
    return "support" if subject < "c" else "sales"


def _second(subject: str) -> int:
    return ord(subject[0])


def random_scene(rnd: random.Random) -> Scene:
    """Up to nine events of up to four subjects: gaps, repeats, disorder, in one or two topics."""
    subjects = ["alpha", "bravo", "claim", "delta"][: rnd.randint(1, 4)]
    topic_of = {subject: rnd.choice(TOPICS) for subject in subjects}
    next_offset = dict.fromkeys(TOPICS, 0)
    events = []
    for _ in range(rnd.randint(1, 9)):
        subject = rnd.choice(subjects)
        topic = topic_of[subject]
        offset = next_offset[topic] + rnd.choice((0, 0, 0, 1, 2))
        next_offset[topic] = offset + 1
        events.append(Event(topic, offset, subject, rnd.choice((QUEUED, QUEUED, ANSWERED))))
    timers = frozenset(subject for subject in subjects if rnd.random() < 0.6)
    return Scene(tuple(events), timers)
