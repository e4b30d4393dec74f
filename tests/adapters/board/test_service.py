"""The board's service: snapshots, answers while records wait, readiness, changed settings."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from streams.adapters.board.metrics import BoardMetrics
from streams.adapters.board.service import BoardService
from streams.adapters.web.source import BadQueryError, Query
from streams.adapters.web.state import Site
from streams.core.targets import Rules
from streams.kpis import CATALOGUE
from streams.settings import Settings, from_table
from tests.adapters.board.test_feed import Log, names

WALL_MS = 1_764_061_200_500


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.ms = WALL_MS

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(clock: Clock) -> BoardService:
    rules = Settings().rules()
    made = BoardService(
        rules=rules, kpis=CATALOGUE, site=Site("Vigie"),
        metrics=BoardMetrics(rules, CATALOGUE), wall_ms=clock,
    )  # fmt: skip
    made.tail = cast(Any, SimpleNamespace(unreachable_since_ms=None, reason=""))
    return made


def fed(service: BoardService, log: Log, *, start: int = 0, record_ms: int = WALL_MS) -> None:
    service.restart()
    service.begin(0, start, len(log.records))
    for offset in range(start, len(log.records)):
        service.take(0, offset, log.records[offset], record_ms)


def log_of(waiting: int) -> Log:
    log = Log()
    log.claim()
    log.delta(names(waiting), waiting)
    return log


async def test_a_page_shows_what_the_log_says(service: BoardService) -> None:
    fed(service, log_of(5))
    service.publish()
    page = service.wallboard(None)
    assert page is not None
    assert page.status.state == "live"
    tile = next(tile for tile in page.tiles if tile.kpi == "contacts_waiting")
    assert tile.value == 5
    assert service.wallboard("Support") is not None
    assert service.wallboard("nobody's") is None


async def test_ready_is_only_what_a_snapshot_shows(service: BoardService) -> None:
    fed(service, log_of(5))
    assert service.readiness().reason == "starting"
    service.publish()
    assert service.readiness().ready


async def test_history_was_not_heard_just_now(service: BoardService, clock: Clock) -> None:
    log = log_of(1)
    fed(service, log, record_ms=WALL_MS - 60_000)
    service.publish()
    assert not service.readiness().ready, "its worker died a minute ago"
    log.delta({}, 1)
    service.take(0, len(log.records) - 1, log.records[-1], WALL_MS - 60_000)
    service.publish()
    assert service.readiness().ready, "a new record is a word of now, whatever its clock says"
    clock.ms += 5_001
    assert service.readiness().reason == "worker silent"


async def test_records_wait_while_an_answer_is_written(service: BoardService) -> None:
    fed(service, log_of(5))
    service.publish()
    lines = iter(service.lines(Query(windows=("1h",))))
    next(lines)
    waiting = asyncio.create_task(service.may_merge())
    await asyncio.sleep(0.03)
    assert not waiting.done()
    list(lines)
    await asyncio.wait_for(waiting, 1)


async def test_a_reader_that_goes_away_does_not_stop_the_board(
    service: BoardService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.adapters.board.service.LONGEST_ANSWER_SECONDS", 0.05)
    fed(service, log_of(5))
    lines = iter(service.lines(Query(windows=("1h",))))
    next(lines)
    await asyncio.wait_for(service.may_merge(), 2)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (Query(windows=("2h",)), "add it to site.windows"),
        (Query(windows=("never",)), "never"),
        (Query(kpis=("nonsense",)), "vigie kpis"),
        (Query(by=("agent",)), "privacy.agents"),
        (Query(at_s=(1,)), "vigie replay"),
    ],
)
async def test_what_has_no_answer_says_so(service: BoardService, query: Query, says: str) -> None:
    with pytest.raises(BadQueryError, match=says):
        service.lines(query)


async def test_another_threshold_is_taken_up_without_another_reading(service: BoardService) -> None:
    fed(service, log_of(7))
    service.publish()
    assert verdict(service) == "warning"
    board = service.board
    service.reload(rules_with("contacts_waiting", warning=8), ("contacts_waiting",))
    service.publish()
    assert verdict(service) == "good"
    assert service.board is board
    page = service.wallboard(None)
    assert page is not None
    assert [tile.kpi for tile in page.tiles] == ["contacts_waiting"]


def rules_with(kpi: str, **limits: object) -> Rules:
    """As vigie.toml would say it."""
    return from_table({"defaults": {"targets": {kpi: limits}}}).rules()


def verdict(service: BoardService) -> str:
    page = service.wallboard("Support")
    assert page is not None
    return str(next(tile for tile in page.tiles if tile.kpi == "contacts_waiting").verdict)
