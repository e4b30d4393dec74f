"""What one event costs the worker's engine: decoded, taken, timers, cut into records.

`python -m tests.benchmarks.engine` simulates a busy centre and prints microseconds an event, in a
flush of 5 000 events (a backlog) and of 250 (live at 1 000 a second). Medians of several rounds,
as neighbours on the machine make noise; only ratios within one run say much. It is CPU time.
"""

import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import process_time

from streams.core.engine import Partition
from streams.core.events import Decoder, Event
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.targets import Rules
from streams.simulator import Parameters, simulate

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
FLUSHES = (5_000, 250)
CONTACTS = "contact-center.calls"


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds per event by what the worker does."""

    decode: float
    take: float
    advance: float
    cut: float
    life_bytes: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.decode + self.take + self.advance + self.cut


def messages(events: int, *, agents: bool, seed: int = 7) -> list[bytes]:
    """So many messages of a simulated morning, in order; contacts only, or agents as well."""
    hours = Parameters(start=START, duration_seconds=7200, seed=seed, scale=events / 3000)
    found = (one.value for one in simulate(hours) if agents or one.topic == CONTACTS)
    return [value for value, _ in zip(found, range(events), strict=False)]


def cost(values: Sequence[bytes], flush: int) -> Cost:
    """One pass of a new partition over all messages."""
    decode = Decoder().decode
    partition = Partition(Surroundings(Rules()))
    spent = [0.0, 0.0, 0.0, 0.0]
    lives = lives_bytes = 0
    for first in range(0, len(values), flush):
        began = process_time()
        decoded = [decode(value) for value in values[first : first + flush]]
        events = [event for event in decoded if isinstance(event, Event)]
        at_decoded = process_time()
        for event in events:
            partition.take(event, event.time_ms)
        taken = process_time()
        partition.advance(events[-1].time_ms)
        partition.settle()
        advanced = process_time()
        content = partition.cut()
        done = process_time()
        steps = (began, at_decoded, taken, advanced, done)
        spent = [sum_ + b - a for sum_, a, b in zip(spent, steps, steps[1:], strict=False)]
        lives += len(content.lives)
        lives_bytes += sum(len(raw) for raw in content.lives.values() if raw is not None)
    decode_us, take_us, advance_us, cut_us = (1e6 * seconds / len(values) for seconds in spent)
    return Cost(decode_us, take_us, advance_us, cut_us, lives_bytes / max(1, lives))


def measured(values: Sequence[bytes], flush: int, rounds: int) -> Cost:
    """The median round. The collector is off, as the worker sets it to run between batches."""
    gc.collect()
    gc.disable()
    try:
        found = [cost(values, flush) for _ in range(rounds)]
    finally:
        gc.enable()
    middle = median(one.total for one in found)
    return min(found, key=lambda one: abs(one.total - middle))


def main(events: int = 60_000, rounds: int = 5) -> None:
    """Prints the table."""
    for agents in (False, True):
        values = messages(events, agents=agents)
        who = "contacts and agents" if agents else "contacts"
        for flush in FLUSHES:
            found = measured(values, flush, rounds)
            print(
                f"{who:20} {len(values)} events, {flush:5} a flush: {found.total:5.1f} µs an event"
                f" (decode {found.decode:.1f}, take {found.take:.1f}, advance {found.advance:.1f},"
                f" cut {found.cut:.1f}), {found.life_bytes:.0f} bytes a life"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
