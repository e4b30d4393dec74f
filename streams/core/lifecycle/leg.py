"""One leg of a contact: one wait for an agent, and what is known of it."""

from enum import IntEnum
from typing import Any, Final

from msgspec import Struct

from streams.core.facts import MEASURE_BITS, MEASURE_MASK, Fact, Group
from streams.core.lifecycle.surroundings import Surroundings

NEVER: Final = 1 << 62


class Phase(IntEnum):
    """Where a leg is."""

    WAITING = 0
    TALKING = 1
    OVER = 2


class Outcome(IntEnum):
    """How a leg left the queue."""

    ANSWERED = 0
    ABANDONED = 1
    FLOWED_OUT = 2
    CALLBACK = 3


WAITING: Final = Phase.WAITING
TALKING: Final = Phase.TALKING
OVER: Final = Phase.OVER


class Leg(Struct):
    """One wait for an agent and what came of it. Times and lengths in ms.

    `cell` is that of its queue, `answered_cell` the same with the agent who answered, where single
    agents have figures. A leg that is not `known` had an outcome, but no `queued`; a `muted` one is
    not inbound and books nothing. `no_answers` are only noted while it is not known.
    """

    queue: str
    channel: str
    team: str | None
    cell: int
    answered_cell: int
    captured: tuple[Any, ...]
    known: bool = True
    muted: bool = False
    by_transfer: bool = False
    phase: Phase = WAITING
    outcome: Outcome | None = None
    queued_ms: int = 0
    left_ms: int = 0
    missed: bool = False
    ghost: bool = False
    self_service: bool = False
    moved_on: bool = False
    callback_open: bool = False
    agent: str | None = None
    offers: list[tuple[int, str | None]] = []
    no_answers: list[tuple[int, str | None]] = []
    wait_ms: int | None = None
    transferred_ms: int | None = None
    held_since_ms: int | None = None
    holds: list[tuple[int, int]] = []
    ended_ms: int | None = None
    talk_given: int | None = None
    hold_given: int | None = None
    wrapup_ms: int | None = None
    wrapup_given: int | None = None
    decision: list[Fact] = []
    work: list[Fact] = []

    @property
    def open(self) -> bool:
        """Whether somebody still waits, talks or is to be called back."""
        if self.phase is WAITING:
            return not self.ghost
        return self.phase is TALKING or self.callback_open


_CELLS: Final = ("cell", "answered_cell")
_FACTS: Final = ("decision", "work")
_PLAIN: Final = tuple(
    name for name in Leg.__struct_fields__ if name not in (*_CELLS, *_FACTS, "phase", "outcome")
)


def packed(leg: Leg, around: Surroundings) -> list[Any]:
    """The leg in plain values: names instead of cells."""
    cells = (leg.cell, leg.answered_cell)
    facts = [
        [(cells.index(cell & ~MEASURE_MASK), cell & MEASURE_MASK, *rest) for cell, *rest in found]
        for found in (leg.decision, leg.work)
    ]
    names = [around.places.names[cell >> MEASURE_BITS] for cell in cells]
    plain = [getattr(leg, name) for name in _PLAIN]
    return [names, leg.phase, leg.outcome, facts, *plain]


def unpacked(values: list[Any], around: Surroundings) -> Leg:
    """The leg in these values (see `packed`)."""
    names, phase, outcome, facts, *plain = values
    cells = [around.places.cell(tuple(Group(*group) for group in place)) for place in names]
    decision, work = (
        [(cells[which] | measure, second, x, n) for which, measure, second, x, n in found]
        for found in facts
    )
    known = dict(zip(_PLAIN, plain, strict=True))
    known["captured"] = tuple(known["captured"])
    for name in ("offers", "no_answers", "holds"):
        known[name] = [tuple(one) for one in known[name]]
    return Leg(
        **known,
        cell=cells[0],
        answered_cell=cells[1],
        phase=Phase(phase),
        outcome=None if outcome is None else Outcome(outcome),
        decision=decision,
        work=work,
    )
