"""A board whose figures a test sets by hand: the web side sees no difference to a real one."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from streams.adapters.web.build import Builder, Figure, Snapshot
from streams.adapters.web.source import LINE_FIELDS, BadQueryError, Query, Readiness
from streams.adapters.web.state import Message, Site, Status, WallboardState
from streams.adapters.web.trends import Trends
from streams.core.targets import QueueRules, Rules, Thresholds
from streams.kpis import CATALOGUE

AT_MS = 1_795_342_500_000  # 2026-11-22T10:15:00Z
SITE = Site("Maison Azur", "Europe/Paris", "en")
LIVE = Status("live", age_ms=200, partitions=4)
READY = Readiness(True)


def ratio(numerator: int, denominator: int) -> Figure:
    """A share of contacts; no value over zero."""
    return Figure(
        value=numerator / denominator if denominator else None,
        numerator=numerator,
        denominator=denominator,
        samples=denominator,
    )


def mean(total_seconds: float, n: int, **stats: float) -> Figure:
    """A mean of durations with its percentiles."""
    return Figure(
        value=total_seconds / n if n else None,
        numerator=total_seconds,
        denominator=n,
        samples=n,
        stats=stats,
    )


def count(value: int, **parts: float) -> Figure:
    """A number of things standing now."""
    return Figure(value=value, parts=parts)


def rules(queues: Mapping[str, QueueRules] | None = None) -> Rules:
    """Rules with the targets that the declarations bring along."""
    targets = {
        kpi.id: Thresholds(
            window=kpi.target.window, warning=kpi.target.warning, critical=kpi.target.critical
        )
        for kpi in CATALOGUE.values()
        if kpi.target is not None
    }
    return Rules(
        site_time_zone="Europe/Paris", defaults=QueueRules(targets=targets), queues=queues or {}
    )


@dataclass
class FakeBoard:
    """Figures by (KPI, queue); what nobody has set has no value."""

    rules: Rules = field(default_factory=rules)
    site: Site = SITE
    queues: list[str] = field(default_factory=list)
    figures: dict[tuple[str, str | None], Figure] = field(default_factory=dict)
    status: Status = LIVE
    messages: tuple[Message, ...] = ()
    at_ms: int = AT_MS
    number: int = 1
    ready: Readiness = READY
    trends: Trends = field(default_factory=Trends)
    failing: bool = False

    def __post_init__(self) -> None:
        """The loop of whoever serves it is not known yet."""
        self._newer: asyncio.Event | None = None

    # ---- what a test does

    def show(self) -> None:
        """Makes the next snapshot."""
        self.number += 1
        if self._newer is not None:
            self._newer.set()
            self._newer = None

    def __setitem__(self, key: tuple[str, str | None], figure: Figure) -> None:
        self.figures[key] = figure

    # ---- what the builder asks

    def figure(
        self,
        kpi: str,
        definition: str,
        window: str | None,
        queue: str | None,
        *,
        spread: bool = False,
    ) -> Figure:
        """What the test has set."""
        assert definition == "default"
        assert window is not None or CATALOGUE[kpi].live
        return self.figures.get((kpi, queue), Figure())

    # ---- what the server asks

    def wallboard(self, queue: str | None) -> WallboardState | None:
        """A page of the figures as they are set now."""
        if self.failing:
            message = "the test says so"
            raise RuntimeError(message)
        if queue is not None and queue not in self.queues:
            return None
        builder = Builder(
            figures=self, rules=self.rules, kpis=CATALOGUE, site=self.site, trends=self.trends
        )
        snapshot = Snapshot(
            number=self.number,
            at_ms=self.at_ms,
            status=self.status,
            queues=self.queues,
            messages=self.messages,
        )
        return builder.page(snapshot, queue, builder.rows(snapshot))

    def lines(self, query: Query) -> Iterable[Mapping[str, object]]:
        """One line per window, KPI and queue of the question."""
        for kpi in query.kpis:
            if kpi not in CATALOGUE:
                message = f"unknown KPI {kpi!r}"
                raise BadQueryError(message)
        empty = dict.fromkeys(LINE_FIELDS)
        queues = self.queues if "queue" in query.by else [None]
        return (
            {**empty, "kpi": kpi, "queue": queue, "window": window, "value": 0.5}
            for window in query.windows or ("15m",)
            for kpi in query.kpis or ("service_level",)
            for queue in queues
        )

    def metrics(self, *, openmetrics: bool) -> bytes:
        """A family that tells which text was asked for."""
        return b"# openmetrics\n# EOF\n" if openmetrics else b"# plain\n"

    def readiness(self) -> Readiness:
        """What the test has set."""
        return self.ready

    async def next_snapshot(self, after: int) -> int:
        """Waits for `show()`."""
        while self.number <= after:
            if self._newer is None:
                self._newer = asyncio.Event()
            await self._newer.wait()
        return self.number
