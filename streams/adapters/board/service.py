"""Snapshots of the board every half second, and answers for pages, scrapes and programs.

A board holds no truth: kill it, start two, put one per site.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from streams.adapters.board.clock import reading
from streams.adapters.board.feed import Feed
from streams.adapters.board.looks import Looks
from streams.adapters.board.status import status_of
from streams.adapters.board.tail import LogTail
from streams.adapters.web import past
from streams.adapters.web.build import TILES, Builder, Snapshot
from streams.adapters.web.source import BadQueryError, Query, Readiness
from streams.adapters.web.state import Message, Site, Status, WallboardState
from streams.adapters.web.trends import Trends
from streams.core.board import Board
from streams.core.calendar import Unreadable, Window, parse_window
from streams.core.figures import lines
from streams.core.kpi import Kpi
from streams.core.targets import Rules

READY: Final = ("live", "catching_up")
SNAPSHOT_SECONDS: Final = 0.5
BACKLOG_EVENTS: Final = 500
"""More events behind than that, and the curves are drawn anew once they are read."""
FIRST_DRAWING_SECONDS: Final = 5.0
DRAWING_SECONDS: Final = 300.0
LONGEST_ANSWER_SECONDS: Final = 5.0
"""So long a large answer may keep new records waiting."""


class Metrics(Protocol):
    """Who writes /metrics."""

    def on_body(self, body: Any, cells: list[int]) -> None:
        """A delta that was appended since the process had read the log."""

    def render(
        self, board: Board, feed: Feed, status: Status, wall_ms: int, *, openmetrics: bool
    ) -> bytes:
        """The exposition text."""

    def reload(self, rules: Rules) -> None:
        """Other thresholds, titles, groups."""

    def late(self, seconds: float) -> None:
        """A snapshot came so much later than it was due."""


class BoardService:
    """One board: `run` follows the log, the rest answers from the newest snapshot."""

    def __init__(
        self,
        *,
        rules: Rules,
        kpis: Mapping[str, Kpi],
        site: Site,
        metrics: Metrics,
        tiles: Sequence[str] | None = None,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.rules, self.kpis, self.wall_ms = rules, kpis, wall_ms
        self.number = 0
        self.tail: LogTail | None = None
        self._windows = tuple(parse_window(name) for name in self._wanted())
        self._metrics = metrics
        self.board = Board(rules, self._windows)
        self.feed = Feed(self.board, metrics)
        self._trends = Trends()
        self._looks = Looks(self)
        self._site = site
        self._builder = self._built(tiles)
        self._pages: dict[str | None, WallboardState] = {}
        self._snapshot: Snapshot | None = None
        self._rows: tuple[Any, ...] = ()
        self._status = Status("starting")
        self._published = asyncio.Condition()
        self._draw_at, self._drawn = 0.0, 0
        self._drawing: asyncio.Task[None] | None = None
        self._answering = 0
        self._answering_since = 0.0

    def _wanted(self) -> tuple[str, ...]:
        """The windows of the site, and those that a threshold or a tile needs."""
        targets = [self.rules.defaults, *self.rules.queues.values()]
        asked = {t.window for queue in targets for t in queue.targets.values() if t.window}
        return tuple(dict.fromkeys([*self.rules.windows, "15m", "1h", "today", *sorted(asked)]))

    def _built(self, tiles: Sequence[str] | None) -> Builder:
        return Builder(
            figures=self._looks, rules=self.rules, kpis=self.kpis, site=self._site,
            trends=self._trends, tiles=tuple(tiles or TILES),
        )  # fmt: skip

    def reload(self, rules: Rules, tiles: Sequence[str] | None) -> None:
        """Takes other thresholds, titles, groups and tiles; windows stay (they need a restart)."""
        self.rules = rules
        self._metrics.reload(rules)
        self._builder = self._built(tiles)
        self.board.reload(rules)

    # ---- following the log

    async def run(self, tail: LogTail) -> None:
        """Follows the log and publishes, until cancelled."""
        self.tail = tail
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(tail.run(), name="vigie-board-log")
            tasks.create_task(self._publish_for_ever(), name="vigie-board-snapshots")

    def restart(self) -> None:
        """A new reading begins: nothing is known."""
        self.board = Board(self.rules, self._windows)
        self.feed = Feed(self.board, self._metrics)

    def begin(self, partition: int, start: int, end: int) -> None:
        """The reading of a partition begins."""
        self.feed.begin(partition, start=start, end=end, wall_ms=self.wall_ms())

    def take(self, partition: int, offset: int, raw: bytes | None, record_ms: int) -> None:
        """A record of the log, of that time; history was not heard just now."""
        wall = self.wall_ms()
        is_new = offset >= self.feed.partitions[partition].live_from
        self.feed.read(partition, offset, raw, wall if is_new else min(wall, record_ms))

    async def may_merge(self) -> None:
        """Waits while a large answer is being written from the present sums."""
        while self._answering:
            if time.monotonic() - self._answering_since > LONGEST_ANSWER_SECONDS:
                self._answering = 0  # its reader went away in the middle
                return
            await asyncio.sleep(0.005)

    # ---- snapshots

    async def _publish_for_ever(self) -> None:
        due = time.monotonic()
        while True:
            await self.may_merge()
            self.publish()
            async with self._published:
                self._published.notify_all()
            due = max(due + SNAPSHOT_SECONDS, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            self._metrics.late(max(0.0, time.monotonic() - due))

    def publish(self) -> None:
        """The next snapshot: time passes, the pages are built anew."""
        wall = self.wall_ms()
        caught_up = all(part.caught_up for part in self.feed.partitions.values())
        if caught_up:  # while history is read, windows would only be moved in vain
            now, edge = reading(self.rules.clock, wall, self.feed.partitions.values())
            self.board.advance(now, edge)
        self.number += 1
        self._status = status_of(self.feed, self.tail, wall)
        self._snapshot = Snapshot(
            number=self.number,
            at_ms=self.board.now_ms if self.rules.clock == "events" else wall,
            status=self._status,
            queues=self._looks.queues(),
            messages=self._messages(),
        )
        self._rows = self._builder.rows(self._snapshot)
        self._pages = {None: self._builder.page(self._snapshot, None, self._rows)}
        if self._trends.due(self._snapshot.at_ms):
            self._trends.note(self._pages[None])
        self._draw_past()

    def _draw_past(self) -> None:
        """The small curves show the half hour as it is known now: after a start, after backlogs.

        They are drawn anew now and then, since late events change the past.
        """
        status, now = self._status, time.monotonic()
        behind = (status.lag_events or 0) > BACKLOG_EVENTS
        if status.state != "live" or behind:
            self._draw_at, self._drawn = now + FIRST_DRAWING_SECONDS, 0
        if now < self._draw_at or self._snapshot is None:
            return
        self._drawn += 1
        seconds = FIRST_DRAWING_SECONDS if self._drawn == 1 else DRAWING_SECONDS
        self._draw_at = now + seconds
        if self._drawing is None or self._drawing.done():
            self._drawing = asyncio.create_task(self._fill(self._snapshot))

    async def _fill(self, snapshot: Snapshot) -> None:
        tiles = [tile for tile in self._pages[None].tiles if tile.window is not None]
        windows = [(self.kpis[tile.kpi], parse_window(tile.window or "")) for tile in tiles]
        await past.fill(
            self._trends,
            self.board,
            [(kpi, window.seconds) for kpi, window in windows if window.seconds],
            queues=[None, *snapshot.queues],
            at_ms=snapshot.at_ms,
        )

    def _messages(self) -> tuple[Message, ...]:
        return ()

    # ---- what the web side asks (BoardSource)

    def wallboard(self, queue: str | None) -> WallboardState | None:
        """The page of everything, or of one queue."""
        if self._snapshot is None:
            self.publish()
        assert self._snapshot is not None, "it was published just now"
        if queue is not None and queue not in self._snapshot.queues:
            return None
        page = self._pages.get(queue)
        if page is None:
            page = self._builder.page(self._snapshot, queue, self._rows)
            self._pages[queue] = page
        return page

    def lines(self, query: Query) -> Iterator[Mapping[str, object]]:
        """The lines of figures that somebody asks for."""
        if query.at_s:
            raise BadQueryError("a board answers for now; `vigie replay --at` for other instants")
        if "agent" in query.by and not self.rules.agents:
            raise BadQueryError("figures of single agents are switched off (privacy.agents)")
        windows = [self._window(name) for name in query.windows or self.rules.windows]
        unknown = [name for name in query.kpis if name not in self.kpis]
        if unknown:
            raise BadQueryError(f"no KPI {unknown[0]!r}; `vigie kpis` lists them")
        chosen = {n: kpi for n, kpi in self.kpis.items() if not query.kpis or n in query.kpis}
        return self._slowly(lines(self.board, chosen, windows, query.by))

    def _slowly(self, found: Iterator[dict[str, Any]]) -> Iterator[Mapping[str, object]]:
        """While the answer is read in slices, no record changes the sums."""
        self._answering, self._answering_since = self._answering + 1, time.monotonic()
        try:
            yield from found
        finally:
            self._answering = max(0, self._answering - 1)

    def _window(self, name: str) -> Window:
        try:
            window = parse_window(name)
        except Unreadable as error:
            raise BadQueryError(str(error)) from None
        if window not in self._windows:
            known = ", ".join(w.name for w in self._windows)
            raise BadQueryError(f"the board keeps {known}, not {name}: add it to site.windows")
        return window

    def metrics(self, *, openmetrics: bool) -> bytes:
        """The exposition text of now."""
        return self._metrics.render(
            self.board, self.feed, self._status, self.wall_ms(), openmetrics=openmetrics
        )

    def readiness(self) -> Readiness:
        """Ready when the history is read, a snapshot shows it, and the workers speak."""
        status = status_of(self.feed, self.tail, self.wall_ms())
        if status.state in READY:
            shown = self._status.state in READY
            return Readiness(shown, "" if shown else "starting")
        reason = self.tail.reason if self.tail is not None else ""
        return Readiness(False, reason or status.state.replace("_", " "))

    async def next_snapshot(self, after: int) -> int:
        """The number of the newest snapshot, as soon as it is greater than `after`."""
        async with self._published:
            await self._published.wait_for(lambda: self.number > after)
        return self.number
