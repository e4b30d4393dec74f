"""/metrics of a board: its exporter, and the small copy of what the board knows about the feed."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from streams import __version__
from streams.adapters.board.feed import Feed, Partition
from streams.adapters.exporter import Exporter
from streams.adapters.exporter_pipeline import PartitionState, PipelineState, Stopwatch
from streams.adapters.web.state import Status
from streams.core.board import Board
from streams.core.delta import Body
from streams.core.kpi import Kpi
from streams.core.targets import Rules

_THOUSAND: Final = 1000


class BoardMetrics:
    """Counts what was appended since the process began, and renders the page."""

    def __init__(self, rules: Rules, catalogue: Mapping[str, Kpi], fingerprint: str = "") -> None:
        self.exporter = Exporter(rules, catalogue)
        self.loop_lag = Stopwatch()
        self._counters: Counter[str] = Counter()
        self._fingerprint = fingerprint

    def reload(self, rules: Rules) -> None:
        """Other thresholds, titles, groups; counters go on."""
        self.exporter.reload(rules)

    def late(self, seconds: float) -> None:
        """The loop was held up for so long."""
        self.loop_lag.took(seconds)

    def on_body(self, body: Body, cells: list[int]) -> None:
        """A delta that was appended since the process had read the log."""
        self.exporter.counters.on_body(body, cells)
        self._counters.update(body.counters)

    def render(
        self, board: Board, feed: Feed, status: Status, wall_ms: int, *, openmetrics: bool
    ) -> bytes:
        """The exposition text of now."""
        counters = self._counters + Counter({"facts_too_old": board.panes.too_old})
        pipeline = PipelineState(
            partitions=tuple(
                _partition(number, part, wall_ms)
                for number, part in sorted(feed.partitions.items())
            ),
            counters=counters,
            loop_lag=self.loop_lag.timing(),
            version=__version__,
            fingerprint=self._fingerprint,
            catching_up=status.state == "starting",
        )
        return self.exporter.render(board, pipeline, openmetrics=openmetrics)


def _partition(number: int, part: Partition, wall_ms: int) -> PartitionState:
    heard = part.heard_ms
    return PartitionState(
        partition=number,
        newest_event_ms=part.newest_event_ms or None,
        lag_events=part.lag_events if heard else None,
        age_seconds=(wall_ms - (heard or part.began_ms)) / _THOUSAND,
        behind_seconds=part.behind_ms(wall_ms) / _THOUSAND if heard else None,
        base_age_seconds=(wall_ms - part.base_ms) / _THOUSAND if part.base_ms else None,
        claims=part.claims,
    )
