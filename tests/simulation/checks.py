"""What must hold: after every record for a reading of the whole log, at rest for everybody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from streams.core.log_load import Loaded
from streams.core.log_reader import Claimed, Valid

from .board import View, feed
from .broker import Broker
from .memory import Source
from .model import Rd, Rec, apply, load
from .scene import nonzero
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

    def __init__(self, source: Source, broker: Broker, *, against_model: bool) -> None:
        self.source, self.broker = source, broker
        self.against_model = against_model
        self.subjects: set[str] = set()
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
        if isinstance(step, Valid) and (problem := self.source.problem(view)):
            raise WrongError(f"after @{offset}: {problem}")

    def _compare(self, view: View, model: Rd, offset: int) -> None:
        state = view.state
        last = None if state.last is None else identity(state.last)
        ours = (state.claim, state.owner, state.n, last, state.to, state.chunks)
        theirs = (model.ep, model.own, model.n, model.last, model.to, model.chunks)
        if ours != theirs:
            raise WrongError(f"after @{offset} we read {ours}, the model {theirs}")
        if view.lives != model.lives or view.cells != nonzero(Counter(model.tot)):
            raise WrongError(f"after @{offset} lives or cells differ from the model's")

    def _check_hint(self, step: Valid) -> None:
        """R8; after a lost tail the owner finds out with its next ack only."""
        hint = step.record.base_at
        if hint is not None and not self.broker.tail_lost and hint not in self.now.complete:
            raise WrongError(f"base_at names @{hint}, which is no complete base")

    # -- ways back -------------------------------------------------------------------------------

    def check_loaded(self, loaded: Loaded, worker: Worker) -> None:
        """What a new owner loads is what a fresh reading knows at its claim, and the model's."""
        claim_at = worker.claim_at
        if self.against_model:
            self._compare_load(loaded, claim_at)
        if loaded.reset:
            return
        whole = self.readings[claim_at].view
        if (loaded.lives, loaded.to) != (whole.lives, whole.state.to):
            raise WrongError(f"{worker.name} loads {loaded} at @{claim_at}, in the log is {whole}")

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

    def check_board(self, view: View, what: str) -> None:
        """A board that has read to the end shows what a fresh one does since it began."""
        whole = self.now.view
        expected = whole.cells.copy()
        expected.subtract(self.readings[view.since].view.cells)
        if nonzero(view.cells) != nonzero(expected):
            raise WrongError(f"{what} shows {view.cells} since @{view.since}, not {expected}")
        if view.since and not any(base >= view.since for base in self.now.complete):
            return  # begun at a claim that opens no base: what stood open before is not known
        ours, theirs = self.source.standing(view.levels), self.source.standing(whole.levels)
        if ours != theirs or view.lives.keys() != whole.lives.keys():
            raise WrongError(f"{what} has levels {ours}, a fresh board {theirs}")
