"""The text of /metrics, written at each scrape from the board's sums: nothing to get out of step.

A queue that is gone leaves no series, and no sample has a time stamp. Names and labels are in
`streams.core.conventions` and docs; metric names are API. Never an agent's or a customer's id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.adapters.exporter_catalogue import families
from streams.adapters.exporter_counters import Counters
from streams.adapters.exporter_families import Reading, Write
from streams.adapters.exporter_pipeline import PipelineState, pipeline_text
from streams.adapters.exporter_plan import PRESENCE, spots
from streams.adapters.exporter_text import Type, header
from streams.core.board import Board
from streams.core.kpi import Kpi
from streams.core.targets import Rules


@dataclass(frozen=True, slots=True)
class _Plan:
    """What holds until a name comes or goes: headers (older format, OpenMetrics) and writers."""

    board: Board
    known: tuple[object, ...]
    parts: tuple[tuple[str, str, Write], ...]


class Exporter:
    """Writes /metrics. `counters` wants every delta read live: `counters.on_body(body, cells)`."""

    def __init__(self, rules: Rules, catalogue: Mapping[str, Kpi]) -> None:
        self.rules = rules
        self.catalogue = catalogue
        self.counters = Counters(rules)
        self._plan: _Plan | None = None

    def reload(self, rules: Rules) -> None:
        """Takes other thresholds, titles and groups; counters go on."""
        self.rules = rules
        self._plan = None

    def render(self, board: Board, pipeline: PipelineState, *, openmetrics: bool) -> bytes:
        """The whole text, UTF-8. Content types: `streams.adapters.web.server`."""
        reading = Reading(board, self.counters, self.rules)
        out: list[str] = []
        for plain, open_header, write in self._planned(board).parts:
            out.append(open_header if openmetrics else plain)
            write(reading, out)
        out += pipeline_text(pipeline, openmetrics=openmetrics)
        text = "".join(out)
        own = text.count("\n") - 2 * text.count("# TYPE ") + 1
        text += header(
            "vigie_exported_series",
            Type.GAUGE,
            "How many series this page has, this one included.",
            openmetrics=openmetrics,
        )
        text += f"vigie_exported_series {own}\n"
        return (text + "# EOF\n" if openmetrics else text).encode()

    def _planned(self, board: Board) -> _Plan:
        plan = self._plan
        known = (len(board.groups.names), board.present(PRESENCE))
        if plan is None or plan.board is not board or plan.known != known:
            found = spots(board, self.rules)
            parts = tuple(
                (
                    header(each.name, each.kind, each.help, openmetrics=False),
                    header(each.name, each.kind, each.help, openmetrics=True),
                    each.write,
                )
                for each in families(found, self.rules, self.catalogue, self.counters.bounds)
            )
            plan = self._plan = _Plan(board, known, parts)
        return plan
