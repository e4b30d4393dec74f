"""How long a scrape of 20 000 series takes: text, cold plan, and a client library beside it."""

import random
import statistics
import time
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from streams.adapters.exporter import Exporter
from streams.adapters.exporter_pipeline import PipelineState
from streams.core.board import Board
from streams.core.calendar import parse_window
from streams.core.facts import MEASURE_BITS, Fact, Group
from streams.core.measures import MEASURES, NUMBERS, Kind
from streams.core.targets import QueueRules, Rules
from streams.kpis import CATALOGUE

SERIES = 20_000
NOW = 1_790_000_000
REPEATS = 15


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds, medians."""

    series: int
    queues: int
    render_ms: float
    openmetrics_ms: float
    first_ms: float
    """With the plan made anew, as when a name appears."""
    client_library_ms: float
    """The same number of samples through prometheus_client."""


def busy_board(queues: int, seed: int = 7) -> tuple[Rules, Board]:
    """A board whose every series has values: contacts and agents over the last two hours."""
    chance = random.Random(seed)
    rules = Rules(queues={f"queue {n:03}": QueueRules(name=f"queue {n:03}") for n in range(queues)})
    board = Board(rules, [parse_window(name) for name in rules.windows])
    for name in rules.queues:
        contacts = board.groups.number(Group(name, "voice", None, "team"))
        agents = board.groups.number(Group(queue=name, team="team"))
        for measure in MEASURES.values():
            cell = (agents if measure.whole else contacts) << MEASURE_BITS | NUMBERS[measure.name]
            board.add(_facts(cell, measure.kind, chance))
    board.advance(NOW * 1000, NOW)
    return rules, board


def _facts(cell: int, kind: Kind, chance: random.Random) -> list[Fact]:
    if kind is Kind.DURATION:
        return [
            (cell, NOW - chance.randrange(1, 7200), chance.randrange(600_000), 1) for _ in range(30)
        ]
    return [(cell, NOW - chance.randrange(1, 7200), chance.randrange(1000), 1) for _ in range(10)]


def measured(series: int = SERIES) -> Result:
    """Renders a board of about so many series again and again."""
    one = len(_render(*busy_board(1)).splitlines())
    ten = len(_render(*busy_board(11)).splitlines())
    queues = round((series - one) / ((ten - one) / 10)) + 1
    rules, board = busy_board(queues)
    exporter = Exporter(rules, CATALOGUE)
    first = _milliseconds(lambda: exporter.render(board, PipelineState(), openmetrics=False))
    text = exporter.render(board, PipelineState(), openmetrics=False)
    found = int(text.split()[-1])
    return Result(
        series=found,
        queues=queues,
        render_ms=_median(lambda: exporter.render(board, PipelineState(), openmetrics=False)),
        openmetrics_ms=_median(lambda: exporter.render(board, PipelineState(), openmetrics=True)),
        first_ms=first,
        client_library_ms=_median(lambda: _with_library(found), repeats=3),
    )


def _render(rules: Rules, board: Board) -> bytes:
    return Exporter(rules, CATALOGUE).render(board, PipelineState(), openmetrics=False)


def _with_library(samples: int) -> None:
    class Collector:
        def collect(self) -> list[GaugeMetricFamily]:
            family = GaugeMetricFamily("x", "x", labels=["queue", "window"])
            for n in range(samples):
                family.add_metric([f"queue {n}", "1h"], n)
            return [family]

    registry = CollectorRegistry()
    registry.register(Collector())
    generate_latest(registry)


def _milliseconds(work: object) -> float:
    assert callable(work)
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _median(work: object, repeats: int = REPEATS) -> float:
    return statistics.median(_milliseconds(work) for _ in range(repeats))


if __name__ == "__main__":
    print(measured())
