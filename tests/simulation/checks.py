"""What must hold: after every record for a reading of the whole log, at rest for everybody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from streams.core.log_load import Loaded
from streams.core.log_reader import Claimed, Valid

from .board import View, feed
from .broker import Broker
from .model import Rd, Rec, apply, load
from .scene import (
    Life,
    Scene,
    cells,
    is_settled,
    levels,
    nonzero,
    timer_due,
    total,
    unpacked,
)
from .translate import identity, translated
from .watch import WrongError
from .worker import Worker


@dataclass(frozen=True)
class Whole:
    """A fresh reading of the whole log, up to one offset."""

    view: View
    model: Rd
    complete: frozenset[int] = frozenset()  # claims that open a complete base


class Truth:
    """A reading of everything that was ever in the log, retention apart, beside the source."""

    def __init__(self, scene: Scene, broker: Broker, *, against_model: bool) -> None:
        self.scene, self.broker = scene, broker
        self.against_model = against_model
        self.subjects = frozenset(event.subject for event in scene.events)
        self.model_log: list[Rec] = []
        self.readings = [Whole(View(), Rd())]  # [k]: after the records before offset k

    @property
    def now(self) -> Whole:
        return self.readings[-1]

    def log_changed(self) -> None:
        """Something landed, or a tail was lost."""
        del self.readings[self.broker.end + 1 :]
        del self.model_log[self.broker.end :]
        while len(self.model_log) < self.broker.end:
            self._one_more()

    def replaced(self, common: int) -> None:
        """The tail from that offset on is gone."""
        del self.readings[common + 1 :]
        del self.model_log[common:]

    def _one_more(self) -> None:
        offset = len(self.model_log)
        raw = self.broker.log[offset]
        self.model_log.append(translated(raw, self.subjects))
        view, step = feed(self.now.view, offset, raw)
        model = apply(self.now.model, offset, self.model_log[offset])
        complete = self.now.complete
        if isinstance(step, Valid) and step.completes_base:
            complete |= {view.state.claim}
        self.readings.append(Whole(view, model, complete))
        if isinstance(step, Valid):
            self._check_hint(step)
        if not isinstance(step, Claimed) and self.against_model:
            self._compare(view, model, offset)
        self._check_prefix(view)

    def _compare(self, view: View, model: Rd, offset: int) -> None:
        state = view.state
        last = None if state.last is None else identity(state.last)
        ours = (state.claim, state.owner, state.n, last, state.to, state.chunks)
        theirs = (model.ep, model.own, model.n, model.last, model.to, model.chunks)
        if ours != theirs:
            raise WrongError(f"after @{offset} we read {ours}, the model {theirs}")
        lives = {subject: life.packed() for subject, life in view.lives.items()}
        if lives != model.lives or view.cells != nonzero(Counter(model.tot)):
            raise WrongError(f"after @{offset} lives or cells differ from the model's")

    def _check_hint(self, step: Valid) -> None:
        """R8; after a lost tail the owner finds out with its next ack only."""
        hint = step.record.base_at
        if hint is not None and not self.broker.tail_lost and hint not in self.now.complete:
            raise WrongError(f"base_at names @{hint}, which is no complete base")

    def _check_prefix(self, view: View) -> None:
        """Every prefix of the log is the source below its position, no more and no less."""
        lives = self._with_forgotten(view)
        to = view.state.to or {}
        bare = {s: Life(life.bits & 3, life.events) for s, life in lives.items()}
        if bare != self.scene.lives_below(to):
            raise WrongError(f"lives {lives} are not the source below {to}")
        if view.cells != total(lives, cells):
            raise WrongError(f"cells {view.cells} are not those of the lives {lives}")
        if view.levels != total(lives, levels):
            raise WrongError(f"levels {view.levels} are not those of the lives {lives}")
        below = sum(event.offset < to.get(event.topic, 0) for event in self.scene.events)
        if view.read != below:
            raise WrongError(f"{view.read} events are counted as read, {below} were")

    def _with_forgotten(self, view: View) -> dict[str, Life]:
        """The lives in the log, and those that were settled and forgotten."""
        to = view.state.to or {}
        forgotten = {
            subject: life
            for subject, life in self.scene.lives_below(to).items()
            if subject not in view.lives
            and is_settled(life)
            and not self.scene.more_to_come(subject, to)
        }
        return forgotten | view.lives

    # -- ways back -------------------------------------------------------------------------------

    def check_loaded(self, loaded: Loaded, worker: Worker) -> None:
        """What a new owner loads is what a fresh reading knows at its claim, and the model's."""
        claim_at = worker.claim_at
        if self.against_model:
            self._compare_load(loaded, claim_at)
        if loaded.reset:
            return
        whole = self.readings[claim_at].view
        lives = {subject: unpacked(life) for subject, life in loaded.lives.items()}
        if (lives, loaded.to) != (whole.lives, whole.state.to):
            raise WrongError(f"{worker.name} loads {lives} at @{claim_at}, in the log is {whole}")

    def _compare_load(self, loaded: Loaded, claim_at: int) -> None:
        model, _ = load(self.model_log, self.broker.start, claim_at)
        if loaded.reset or model is None:
            if loaded.reset != (model is None):
                raise WrongError(
                    f"at @{claim_at} a load starts anew: {loaded.reset}, not the model"
                )
            return
        ours = (loaded.lives, loaded.to, loaded.last and identity(loaded.last))
        if ours != (model.lives, model.to or {}, model.last):
            raise WrongError(f"{ours} are loaded at @{claim_at}, the model loads {model}")

    def claims(self) -> list[tuple[int, bytes]]:
        """(offset, owner) of every claim that the log still holds."""
        found = []
        for offset in range(self.broker.start, self.broker.end):
            if self.model_log[offset].kind == "C":
                found.append((offset, self.model_log[offset].own))
        return found

    # -- at rest -----------------------------------------------------------------------------------

    def check_rest(self, worker: Worker) -> None:
        """All events read, all timers decided, and the owner's memory is the log."""
        view = self.now.view
        if view.state.to != self.scene.ends:
            raise WrongError(f"at rest the log stops at {view.state.to} of {self.scene.ends}")
        if view.lives != worker.lives:
            raise WrongError(f"at rest memory is {worker.lives}, in the log is {view.lives}")
        undecided = [s for s, life in view.lives.items() if timer_due(self.scene, s, life)]
        if undecided:
            raise WrongError(f"at rest timers are undecided: {undecided}")

    def check_board(self, view: View, what: str) -> None:
        """A board that has read to the end shows what a fresh one does since it began."""
        whole = self.now.view
        expected = whole.cells.copy()
        expected.subtract(self.readings[view.since].view.cells)
        if nonzero(view.cells) != nonzero(expected):
            raise WrongError(f"{what} shows {view.cells} since @{view.since}, not {expected}")
        if view.since and not any(base >= view.since for base in self.now.complete):
            return  # begun at a claim that opens no base: what stood open before is not known
        if view.levels != whole.levels or view.lives != whole.lives:
            raise WrongError(f"{what} has levels {view.levels}, a fresh board {whole.levels}")
