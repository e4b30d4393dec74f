"""From figures and rules to a wallboard page: which figure, against which target, worst first.

Pure: the board hands in its figures and the instant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from streams.adapters.web.state import (
    Cell,
    Column,
    Description,
    Message,
    Row,
    Site,
    Status,
    Texts,
    Tile,
    Verdict,
    WallboardState,
)
from streams.adapters.web.verdict import rank, verdict, worst
from streams.core.kpi import Kpi, Text, TimeShare
from streams.core.targets import QueueRules, Rules, Thresholds

TILES: Final = (
    "service_level",
    "contacts_waiting",
    "longest_wait_now",
    "abandonment_rate",
    "average_speed_of_answer",
    "agents_available",
    "occupancy",
)
COLUMNS: Final = TILES[:6]
DEFAULT_WINDOW: Final = "15m"
AGAINST_ANSWER_TARGET: Final = frozenset({"service_level"})
BREAKDOWNS: Final = {"agents_available": "agents"}
"""Tile -> the KPI whose parts stand below its figure."""
PER_QUEUE: Final = frozenset({"contacts_waiting", "longest_wait_now"})
"""Their limits are meant for one queue: on the page of everything the worst queue decides."""
NO_LIMIT_OVERALL: Final = frozenset({"contacts_waiting"})
"""A queue's limit says nothing beside the sum of all queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one group: what the board computes, in the units of a figure's line."""

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    samples: int | None = None
    stats: Mapping[str, float] = field(default_factory=dict)
    """`p50`, `p90`, `p95`, `max`; only where asked for (`spread`)."""
    parts: Mapping[str, float] = field(default_factory=dict)
    oldest_ms: int | None = None
    """The instant since when the oldest stands, of live figures."""


class Figures(Protocol):
    """Where figures come from."""

    def figure(
        self,
        kpi: str,
        definition: str,
        window: str | None,
        queue: str | None,
        *,
        spread: bool = False,
    ) -> Figure:
        """A figure of one queue, or of everything (None); `window` None reads now.

        Percentiles cost more than the rest and are asked for by `spread`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a page needs beside the figures."""

    number: int
    at_ms: int
    status: Status
    queues: Sequence[str]
    messages: tuple[Message, ...] = ()


class Trend(Protocol):
    """The last half hour of figures, as `streams.adapters.web.trends.Trends` keeps it."""

    def of(self, queue: str | None, kpi: str) -> tuple[float | None, ...]:
        """The curve of a figure, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """Makes pages. `kpis` holds the declarations of (at least) tiles and columns."""

    figures: Figures
    rules: Rules
    kpis: Mapping[str, Kpi]
    site: Site
    trends: Trend
    tiles: Sequence[str] = TILES
    columns: Sequence[str] = COLUMNS

    def rows(self, snapshot: Snapshot) -> tuple[Row, ...]:
        """The table of queues, worst first; the same on every page of a snapshot."""
        rows = [self._row(name, snapshot.at_ms) for name in snapshot.queues]
        return tuple(row for _, row in sorted(rows, key=lambda keyed: keyed[0]))

    def page(self, snapshot: Snapshot, queue: str | None, rows: tuple[Row, ...]) -> WallboardState:
        """The page of everything (None) or of one queue."""
        if queue is None:
            is_open = not rows or any(row.open for row in rows)
        else:
            is_open = self.rules.queue(queue).is_open(snapshot.at_ms)
        return WallboardState(
            number=snapshot.number,
            at_ms=snapshot.at_ms,
            site=self.site,
            status=snapshot.status,
            queue=queue,
            open=is_open,
            tiles=tuple(self._tile(kpi, queue, rows, is_open) for kpi in self.tiles),
            columns=tuple(
                Column(kpi, self._window(kpi, self.rules.defaults)) for kpi in self.columns
            ),
            queues=rows,
            messages=snapshot.messages,
            kpis=self.descriptions(),
        )

    # ---- tiles

    def _tile(self, kpi: str, queue: str | None, rows: tuple[Row, ...], is_open: bool) -> Tile:
        rules = self._rules(queue)
        window = self._window(kpi, rules)
        found = self.figures.figure(kpi, "default", window, queue, spread=True)
        limits = self._limits(kpi, queue)
        said = self._verdict(kpi, found, rules, is_open)
        if queue is None and kpi in PER_QUEUE and rows and kpi in self.columns:
            said = self._worst_queue(kpi, rows)
        return Tile(
            kpi=kpi,
            window=window,
            value=found.value,
            numerator=found.numerator,
            denominator=found.denominator,
            samples=found.samples,
            minimum_sample=rules.minimum_sample,
            verdict=said,
            warning=limits.warning,
            critical=limits.critical,
            answer_target_ms=self._answer_target_ms(kpi, queue, rows),
            since_ms=found.oldest_ms,
            stats=dict(found.stats),
            parts=self._parts(kpi, queue),
            trend=self.trends.of(queue, kpi),
        )

    def _rules(self, queue: str | None) -> QueueRules:
        return self.rules.defaults if queue is None else self.rules.queue(queue)

    def _limits(self, kpi: str, queue: str | None) -> Thresholds:
        if queue is None and kpi in NO_LIMIT_OVERALL:
            return Thresholds()
        return self._rules(queue).targets.get(kpi, Thresholds())

    def _worst_queue(self, kpi: str, rows: tuple[Row, ...]) -> Verdict:
        at = list(self.columns).index(kpi)
        return worst(row.cells[at].verdict for row in rows)

    def _answer_target_ms(self, kpi: str, queue: str | None, rows: Iterable[Row]) -> int | None:
        """The answer target behind a figure; None where queues on the page differ."""
        if kpi not in AGAINST_ANSWER_TARGET:
            return None
        names = [queue] if queue is not None else [row.name for row in rows]
        targets = {self.rules.queue(name).answer_target_ms for name in names}
        return targets.pop() if len(targets) == 1 else None

    def _parts(self, kpi: str, queue: str | None) -> dict[str, float]:
        of = BREAKDOWNS.get(kpi)
        if of is None:
            return {}
        return dict(self.figures.figure(of, "default", None, queue).parts)

    def _window(self, kpi: str, rules: QueueRules) -> str | None:
        """The window of a figure: its target's, else the one it is declared with."""
        declared = self.kpis[kpi]
        if declared.live:
            return None
        limits = rules.targets.get(kpi)
        if limits is not None and limits.window is not None:
            return limits.window
        default = declared.target.window if declared.target is not None else None
        return default or DEFAULT_WINDOW

    def _verdict(self, kpi: str, found: Figure, rules: QueueRules, is_open: bool) -> Verdict:
        return verdict(
            found.value,
            better=self.kpis[kpi].better,
            thresholds=rules.targets.get(kpi),
            samples=found.samples,
            minimum_sample=rules.minimum_sample,
            is_open=is_open,
        )

    # ---- the table

    def _row(self, name: str, at_ms: int) -> tuple[tuple[object, ...], Row]:
        """A queue's row, and the key that puts the worst first."""
        rules = self.rules.queue(name)
        is_open = rules.is_open(at_ms)
        cells = tuple(self._cell(kpi, rules, name, is_open) for kpi in self.columns)
        said = worst(cell.verdict for cell in cells)
        row = Row(name=name, title=rules.title, open=is_open, verdict=said, cells=cells)
        ranks = [rank(cell.verdict) for cell in cells]
        # The first figure, the service level, moves slowly: rows don't jump at every snapshot.
        key = (not is_open, -ranks.count(2), -ranks.count(1))
        return (*key, self._badness(cells, rules), name.casefold(), name), row

    def _badness(self, cells: Sequence[Cell], rules: QueueRules) -> float:
        """How far the first figure is on the good side of its limit; without one, last."""
        if not cells or cells[0].value is None:
            return float("inf")
        limit = rules.targets.get(self.columns[0], Thresholds()).warning or 0.0
        sign = -1 if self.kpis[self.columns[0]].better == "lower" else 1
        return sign * (cells[0].value - limit)

    def _cell(self, kpi: str, rules: QueueRules, queue: str, is_open: bool) -> Cell:
        window = self._window(kpi, rules)
        usual = self._window(kpi, self.rules.defaults)
        found = self.figures.figure(kpi, "default", window, queue)
        return Cell(
            value=found.value,
            numerator=found.numerator,
            denominator=found.denominator,
            samples=found.samples,
            verdict=self._verdict(kpi, found, rules, is_open),
            since_ms=found.oldest_ms,
            window=window if window != usual else None,
        )

    # ---- words

    def descriptions(self) -> dict[str, Description]:
        """What the page's KPIs are called and mean."""
        shown = dict.fromkeys((*self.tiles, *self.columns))
        return {kpi: described(self.kpis[kpi]) for kpi in shown}


def described(kpi: Kpi) -> Description:
    """A declaration's words, as a page takes them."""
    formula = kpi.definitions["default"].formula
    return Description(
        title=_texts(kpi.title),
        abbreviation=_texts(kpi.abbreviation),
        help=_texts(kpi.help),
        definition=_texts(kpi.definitions["default"].help),
        unit=kpi.unit,
        pieces="seconds" if isinstance(formula, TimeShare) else "counts",
        better=kpi.better,
    )


def _texts(text: Text) -> Texts:
    return {"en": text.en, "fr": text.fr}
