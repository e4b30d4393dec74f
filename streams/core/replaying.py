"""Playing events through worker and board at once, without Kafka: what `vigie replay` does.

Now is the instant printed: state at T = events before T, timers due before T have fired, nothing
settles and no event is in the future.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from streams.core.board import Board, By
from streams.core.calendar import Window
from streams.core.engine import Partition
from streams.core.events import Event
from streams.core.figures import lines
from streams.core.kpi import Kpi
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.targets import Rules


class Replay:
    """One worker with one partition, and one board, fed by hand."""

    def __init__(self, rules: Rules, windows: Sequence[Window]) -> None:
        self.around = Surroundings(rules)
        self.partition = Partition(self.around)
        self.board = Board(rules, windows)

    def take(self, event: Event) -> None:
        """One event; Kafka's record time plays no part."""
        self.partition.take(event, record_ms=0)

    def at(self, instant_s: int) -> Board:
        """The board at that instant (whole seconds since 1970)."""
        self.partition.advance(instant_s * 1000)
        if self.partition.changed:
            self.board.merge(self.partition.cut())
        self.board.advance(instant_s * 1000, instant_s)
        return self.board


def figures(
    events: Iterable[Event],
    rules: Rules,
    instants: Sequence[int],
    windows: Sequence[Window],
    catalogue: Mapping[str, Kpi],
    by: By = (),
) -> Iterator[dict[str, Any]]:
    """The lines of every instant (seconds, ascending) over events in any order.

    For a single instant events are taken as they arrive, since their order must not matter; for
    several they are put in order of time, as each instant sees only those before it.
    """
    replay = Replay(rules, windows)
    if len(instants) == 1:
        for event in events:
            if event.time_ms < instants[0] * 1000:
                replay.take(event)
        yield from lines(replay.at(instants[0]), catalogue, windows, by)
        return
    waiting = sorted(events, key=lambda event: event.time_ms)
    place = 0
    for at in instants:
        while place < len(waiting) and waiting[place].time_ms < at * 1000:
            replay.take(waiting[place])
            place += 1
        yield from lines(replay.at(at), catalogue, windows, by)
