"""Boards that live through the simulation, each with the model's reading beside it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from streams.core.log_reader import ReaderState, Rebuild, starting_at, within
from streams.core.log_search import board_start

from .board import View, feed
from .broker import Broker
from .model import Rd, Rec, apply, fresh_at


class WrongError(AssertionError):
    """The protocol failed: the message says how."""


@dataclass(frozen=True)
class Watcher:
    """A view, and the model's reader at the same place."""

    view: View = field(default_factory=View)
    model: Rd = field(default_factory=Rd)


def carried() -> Watcher:
    """A board that was there when the log was empty."""
    return Watcher(View(state=ReaderState(live_from=0)), Rd())


def fresh(broker: Broker, rnd: random.Random) -> Watcher:
    """A board that starts now: at the log's beginning, at a base (R11), or at the first claim."""
    end = broker.end
    if broker.start == 0 and rnd.random() < 0.5:
        return Watcher(View(state=ReaderState(live_from=end)), Rd())
    at = _start(broker, rnd)
    if at == 0:
        return Watcher(View(state=ReaderState(live_from=end)), Rd())
    return Watcher(View(state=starting_at(at, live_from=end), since=at), fresh_at(at))


def _start(broker: Broker, rnd: random.Random) -> int:
    reading = board_start(broker.start, rnd.randint(broker.start, broker.end))
    records: object = None
    while True:
        try:
            wanted = reading.send(records)  # type: ignore[arg-type]  # None begins it
        except StopIteration as stop:
            return int(stop.value)
        records = broker.read(wanted, 1_000)


def advance(
    watcher: Watcher, broker: Broker, model_log: list[Rec] | None, rnd: random.Random, most: int
) -> Watcher:
    """Reads some records; rebuilds when it must.

    With the model's log: complains when the model would rebuild and the board does not, or the
    other way round. A board that rebuilt passes over the rest of a writer found wanting (`void`),
    which the model's would rebuild for again and again.
    """
    if not within(watcher.view.state, broker.start, broker.end):
        return fresh(broker, rnd)
    for _ in range(most):
        view = watcher.view
        offset = view.state.position
        if offset >= broker.end:
            break
        after, step = feed(view, offset, broker.log[offset])
        rd = watcher.model
        if model_log is not None:
            is_carried = offset >= view.state.live_from
            rd = apply(rd._replace(carried=is_carried), offset, model_log[offset])
            if rd.broken != isinstance(step, Rebuild) and not after.state.void:
                raise WrongError(f"@{offset} the board says {step}, the model's broken={rd.broken}")
        if isinstance(step, Rebuild):
            return fresh(broker, rnd)
        if view.state.claim < 0 <= after.state.claim and view.since:
            after = replace(after, since=offset)
        watcher = Watcher(after, rd._replace(broken=False))
    return watcher
