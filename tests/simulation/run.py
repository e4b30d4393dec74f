"""One seeded history from beginning to rest."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from streams.core import delta
from streams.core.log_claim import Phase
from streams.core.log_load import load

from .board import level_sums
from .memory import Source
from .toy import ToySource
from .watch import WrongError
from .worker import Worker
from .world import World

STEPS_WITH_FAULTS: Final = (50, 70, 140)
STEPS_TO_REST: Final = 1_500


@dataclass(frozen=True)
class Failure:
    """What went wrong, and the steps that led there."""

    seed: int
    what: str
    story: tuple[str, ...]

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.what}\n  " + "\n  ".join(self.story)


def run(
    seed: int,
    *,
    source_of: Callable[[random.Random], Source] = ToySource,
    against_model: bool = True,
) -> Failure | None:
    """The history of that seed; None when everything held."""
    world = World(seed, source_of, against_model=against_model)
    try:
        for _ in range(world.rnd.choice(STEPS_WITH_FAULTS)):
            world.step(faults=True)
        _come_to_rest(world)
        _check_everybody(world)
    except WrongError as wrong:
        return Failure(seed, str(wrong), tuple(world.story))
    return None


def _come_to_rest(world: World) -> None:
    """Faults stop. The owner's heartbeat must reveal to it that others wrote; its next base must
    reveal what a lost tail hid from it.
    """
    heard_at = -1  # the log's end when a heartbeat came after the last late copy
    for _ in range(STEPS_TO_REST):
        worker = world.workers[world.holder]
        if not world.broker.ghosts and _idle(world, worker):
            assert worker.owner is not None
            base_at = worker.owner.base_at
            if heard_at < world.broker.revealed_from:
                world.story.append(f"{worker.name} sends a heartbeat")
                worker.send_delta()
                heard_at = world.broker.end + 1
            elif base_at is None or base_at < world.broker.revealed_from:
                if not world.broker.tail_lost:
                    _check_rest(world)
                world.story.append(f"{worker.name} opens the last base")
                worker.open_base()
            elif _others_stopped(world, worker):
                return
        world.step(faults=False)
    raise WrongError("does not come to rest")


def _others_stopped(world: World, worker: Worker) -> bool:
    others = [w.owner for w in world.workers if w is not worker and w.owner is not None]
    return all(owner.phase is Phase.STOPPED for owner in others)


def _idle(world: World, worker: Worker) -> bool:
    """The present owner runs, has read everything, written everything and heard of it."""
    owner = worker.owner
    return (
        owner is not None
        and worker.generation == world.generation
        and world.may_open(worker)
        and not owner.must_write
        and worker.clean
        and worker.memory.finished
    )


def _check_rest(world: World) -> None:
    view = world.truth.now.view
    if problem := world.source.problem_at_rest(view):
        raise WrongError(problem)
    memory = delta.pack(world.workers[world.holder].memory.chunk(0, 1))
    standing = world.source.standing
    same_lives = delta.lives_of(memory).keys() == view.lives.keys()
    if not same_lives or standing(level_sums(memory)) != standing(view.levels):
        raise WrongError("at rest the owner's memory is not what the log says")


def _check_everybody(world: World) -> None:
    truth = world.truth
    _check_rest(world)
    for kind, boards in (("live board", world.boards), ("snapshot", world.snapshots)):
        for k, board in enumerate(boards):
            caught_up = board
            for _ in range(3):  # a board may rebuild, and then has the whole way to go
                caught_up = world.advance(caught_up, most=10_000)
            truth.check_board(caught_up.view, f"{kind} {k}")
    for offset, owner in truth.claims():
        _check_way_back(world, offset, owner)


def _check_way_back(world: World, offset: int, owner: bytes) -> None:
    """Whoever claims at that offset finds there what a fresh reading of the log knows."""
    reading = load(world.broker.start, offset, owner)
    records: object = None
    try:
        while True:
            wanted = reading.send(records)  # type: ignore[arg-type]  # None begins it
            records = world.broker.read(wanted, most=1_000)
    except StopIteration as stop:
        loaded = stop.value
    if loaded.reset:
        return
    whole = world.truth.readings[offset].view
    if (loaded.lives, loaded.to) != (whole.lives, whole.state.to):
        raise WrongError(f"a load at @{offset} gives {loaded}, in the log is {whole}")
