"""The whole scene: workers, group, broker, boards; one seeded schedule of steps and faults.

`run(seed)` draws a schedule, then lets the faults stop and everything come to rest. After every
record that lands, a reading of the whole log must equal the model's and the truth; at rest, so
must every board, every snapshot and every way back into the partition.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from streams.core.log_claim import Phase

from . import checks
from .broker import Broker
from .memory import Source, Steps
from .watch import Watcher, advance, carried, fresh
from .worker import Worker


class Budget(NamedTuple):
    """How many faults of each kind one schedule may draw."""

    kill: int = 0
    rebalance: int = 0
    timeout: int = 0
    repeat: int = 0  # a copy of a record stays on its way and lands later
    lost_tail: int = 0
    retention: int = 0
    base: int = 0
    foreign: int = 0  # somebody else writes bytes of his own
    unknown: int = 0  # an ack without an offset


PROFILES: Final = (
    Budget(2, 3, 2, 2, 0, 0, 2, 0, 1),
    Budget(2, 3, 2, 2, 0, 0, 2, 1, 0),
    Budget(2, 2, 1, 1, 1, 0, 2),
    Budget(1, 2, 1, 2, 2, 0, 2),
    Budget(1, 2, 1, 1, 0, 1, 2),
    Budget(0, 1, 0, 2, 0, 0, 1),
    Budget(0, 0, 0, 0, 2, 0, 1),
    Budget(0, 2, 0, 2, 2, 0, 2),
    Budget(2, 1, 1, 0, 0, 2, 3),
)


class World:
    """One partition and everybody who has to do with it."""

    def __init__(
        self, seed: int, source_of: Callable[[random.Random], Source], *, against_model: bool
    ) -> None:
        self.rnd = rnd = random.Random(seed)
        self.budget = dict(PROFILES[seed % len(PROFILES)]._asdict())
        self.source = source = source_of(rnd)
        self.broker = Broker()
        names = ["one", "two", "three"][: rnd.choice((2, 2, 3))]
        fresh_memory = partial(source.new_memory, rnd)
        self.workers = [Worker(name, self.broker, fresh_memory, rnd) for name in names]
        self.generation, self.holder = 1, 0
        self.workers[0].assign(1)
        self.boards: list[Watcher] = [carried(), carried()]
        self.diligence = rnd.choice((0.1, 0.5, 1.0))  # of the boards: how often they read
        self.snapshots: list[Watcher] = []
        self.truth = checks.Truth(source, self.broker, against_model=against_model)
        self.story: list[str] = []

    # -- one step --------------------------------------------------------------------------------

    def step(self, *, faults: bool) -> None:
        plain = self._plain()
        hard = self._faults() if faults else []
        chosen = plain
        if hard and (not plain or self.rnd.random() < 0.35):
            chosen = plain + hard
        if not chosen:
            return
        label, act = self.rnd.choice(chosen)
        self.story.append(label)
        before = self.broker.end
        act()
        if self.broker.end != before:
            self.truth.log_changed()
        for worker in self.workers:
            if worker.loaded is not None:
                self._loaded(worker)

    def _plain(self) -> Steps:
        out: Steps = []
        for worker in self.workers:
            out += [(f"{worker.name} {label}", act) for label, act in self._of(worker)]
        holder = self.workers[self.holder].owner
        if holder is None or holder.phase is Phase.STOPPED:
            out += self._moves()
        for k, board in enumerate(self.boards if self.rnd.random() < self.diligence else ()):
            if board.view.state.position < self.broker.end:
                out.append((f"board {k} reads", self._board(k)))
        if self.broker.ghosts:
            out.append(("a late copy lands", self._late))
        return out

    def _of(self, worker: Worker) -> Steps:
        owner = worker.owner
        if owner is None:
            return []
        out = worker.steps()
        stale = worker.generation != self.generation
        if owner.phase in {Phase.OWN, Phase.DOUBT} and not stale:
            out.append(("claims", worker.claim))
        if stale and owner.phase is not Phase.STOPPED:
            out.append(("learns that it lost the partition", worker.lose))
        if any(sent.offset is None for sent in worker.flying):
            out.append(("'s record lands", partial(self._land, worker)))
        if worker.flying and worker.flying[0].offset is not None and not worker.returning:
            out.append(("takes an ack", partial(self._ack, worker)))
        return out

    def _faults(self) -> Steps:
        out: Steps = []
        spend = self._spend
        for worker in self.workers:
            if worker.owner is None:
                continue
            name = worker.name
            out += spend("kill", f"SIGKILL {name}", worker.kill)
            if worker.flying:
                out += spend("timeout", f"{name} times out", partial(worker.fail, "timed out"))
                if worker.flying[0].offset is not None and not worker.returning:
                    act = partial(self._ack, worker, unknown=True)
                    out += spend("unknown", f"{name} is acked nowhere", act)
            if self.may_open(worker):
                out += spend("base", f"{name} opens a base", worker.open_base)
        if self.budget["rebalance"]:
            out += [(label, self._costing("rebalance", act)) for label, act in self._moves()]
        records = self.rnd.choice((1, 1, 2, 3, 4))
        out += spend("lost_tail", f"the tail is lost: {records}", partial(self._lose_tail, records))
        out += spend("retention", "retention", self._retention)
        foreign = partial(self._foreign, self.rnd.randbytes(5))
        out += spend("foreign", "somebody else writes", foreign)
        out.append(("a board's snapshot", self._snapshot))
        if self.snapshots:
            out.append(("a board restarts", self._restart))
        return out

    @staticmethod
    def may_open(worker: Worker) -> bool:
        owner = worker.owner
        return (
            owner is not None
            and owner.phase is Phase.RUNNING
            and not owner.unacked
            and not worker.returning
            and not worker.reading
            and owner.next_chunk is None
        )

    def _spend(self, kind: str, label: str, act: Callable[[], None]) -> Steps:
        return [(label, self._costing(kind, act))] if self.budget[kind] else []

    def _costing(self, kind: str, act: Callable[[], None]) -> Callable[[], None]:
        def costing() -> None:
            self.budget[kind] -= 1
            act()

        return costing

    # -- what steps do -----------------------------------------------------------------------------

    def _moves(self) -> Steps:
        return [
            (f"the group gives it to {worker.name}", partial(self._move, k))
            for k, worker in enumerate(self.workers)
        ]

    def _move(self, k: int) -> None:
        self.generation += 1
        self.holder = k
        self.workers[k].assign(self.generation)

    def _land(self, worker: Worker) -> None:
        raw = worker.land()
        if self.budget["repeat"] and self.rnd.random() < 0.15:
            self.budget["repeat"] -= 1
            self.broker.ghosts.append(raw)
            self.story.append("  (a copy stays on its way)")

    def _ack(self, worker: Worker, *, unknown: bool = False) -> None:
        commit = worker.take_ack(unknown=unknown)
        if commit is not None and worker.generation != self.generation:
            worker.lose()

    def _late(self) -> None:
        self.broker.late_copy(self.rnd)

    def _retention(self) -> None:
        self.broker.retention(
            self.rnd.choice((self.broker.end, self.rnd.randint(0, self.broker.end)))
        )

    def _lose_tail(self, records: int) -> None:
        if self.rnd.random() < 0.5:  # a board has just read what is lost
            self.boards = [self.advance(board, most=100) for board in self.boards]
        self.broker.lose_tail(records)

    def _foreign(self, raw: bytes) -> None:
        self.broker.ghosts.append(raw)

    def _board(self, k: int) -> Callable[[], None]:
        def read() -> None:
            most = self.rnd.randint(1, 6)
            self.boards[k] = self.advance(self.boards[k], most)

        return read

    def advance(self, board: Watcher, most: int) -> Watcher:
        model_log = self.truth.model_log if self.truth.against_model else None
        return advance(board, self.broker, model_log, self.rnd, most)

    def _snapshot(self) -> None:
        self.snapshots.append(self.rnd.choice(self.boards))

    def _restart(self) -> None:
        fresh_one = self.rnd.random() < 0.2
        chosen = fresh(self.broker, self.rnd) if fresh_one else self.rnd.choice(self.snapshots)
        self.boards[self.rnd.randrange(len(self.boards))] = chosen

    def _loaded(self, worker: Worker) -> None:
        loaded, worker.loaded = worker.loaded, None
        assert loaded is not None
        if worker.load_began == self.broker.disturbed:
            self.truth.check_loaded(loaded, worker)
