"""A board and an exporter fed by hand with events, as worker, log and board would do it live."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from streams.adapters.exporter import Exporter
from streams.adapters.exporter_pipeline import PartitionState, PipelineState
from streams.core.board import Board
from streams.core.calendar import parse_window
from streams.core.engine import Partition
from streams.core.events import Decoder, Event
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.targets import Rules
from streams.kpis import CATALOGUE

PIPELINE = PipelineState(
    partitions=(
        PartitionState(
            partition=0,
            newest_event_ms=1_764_065_000_500,
            lag_events=3,
            age_seconds=0.25,
            behind_seconds=0.0,
            base_age_seconds=12.5,
            claims=2,
        ),
    ),
    counters={"events": 40, "duplicates": 2, "dead_letters:not_json": 1},
    version="0.1.0",
    fingerprint="00ff00ff00ff00ff",
)


@dataclass
class Fed:
    """One worker with one partition, one board, one exporter."""

    rules: Rules
    partition: Partition = field(init=False)
    board: Board = field(init=False)
    exporter: Exporter = field(init=False)

    def __post_init__(self) -> None:
        self.partition = Partition(Surroundings(self.rules))
        windows = [parse_window(name) for name in self.rules.windows]
        self.board = Board(self.rules, windows)
        self.exporter = Exporter(self.rules, CATALOGUE)

    def take(self, events: Iterable[dict[str, Any]]) -> None:
        """Events in the order of reading."""
        decode = Decoder().decode
        for raw in events:
            event = decode(msgspec.json.encode(raw))
            assert isinstance(event, Event), event
            self.partition.take(event, record_ms=0)

    def at(self, second: int) -> None:
        """Time comes to this second (since 1970); what changed goes to board and counters."""
        self.partition.advance(second * 1000)
        if self.partition.changed:
            content = self.partition.cut()
            self.board.merge(content)
            self.exporter.counters.on_body(content, content.cells)
        self.board.advance(second * 1000, second)

    def text(self, *, openmetrics: bool = False, pipeline: PipelineState = PIPELINE) -> str:
        """What a scrape gets."""
        return self.exporter.render(self.board, pipeline, openmetrics=openmetrics).decode()


def fed(rules: Rules, events: Sequence[dict[str, Any]], second: int) -> Fed:
    """All of these events at once, read at that second."""
    made = Fed(rules)
    made.take(events)
    made.at(second)
    return made
