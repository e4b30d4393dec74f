"""From figures to a page: verdicts, the worst first, curves of the last half hour."""

import itertools
from dataclasses import replace

import pytest
from msgspec import structs

from streams.adapters.web.build import Figure
from streams.adapters.web.state import Tile, Verdict, WallboardState
from streams.adapters.web.trends import LENGTH, STEP_S, Trends
from streams.adapters.web.verdict import Better, verdict, worst
from streams.core.calendar import OpeningHours
from streams.core.targets import QueueRules, Thresholds
from tests.browser.fake_board import AT_MS, FakeBoard, count, mean, ratio, rules

SERVICE = Thresholds("15m", 0.8, 0.6)
WAIT = Thresholds(None, 120, None)
NOBODY = Thresholds(None, None, 1)
CLOSED = OpeningHours.parse({})


@pytest.mark.parametrize(
    ("value", "better", "thresholds", "samples", "said"),
    [
        (0.80, "higher", SERVICE, 100, "good"),
        (0.7999, "higher", SERVICE, 100, "warning"),
        (0.60, "higher", SERVICE, 100, "warning"),
        (0.5999, "higher", SERVICE, 100, "critical"),
        (119.999, "lower", WAIT, None, "good"),
        (120, "lower", WAIT, None, "warning"),
        (0, "higher", NOBODY, None, "critical"),
        (1, "higher", NOBODY, None, "good"),
        (0.1, "higher", SERVICE, 4, "few"),
        (0.1, "higher", SERVICE, 5, "critical"),
        (None, "higher", SERVICE, 0, "empty"),
        (0.1, "neutral", SERVICE, 100, "no_target"),
        (0.1, "higher", None, 100, "no_target"),
        (0.1, "higher", Thresholds("15m"), 100, "no_target"),
    ],
)
def test_a_figure_against_its_target(
    value: float | None,
    better: Better,
    thresholds: Thresholds | None,
    samples: int | None,
    said: Verdict,
) -> None:
    found = verdict(value, better=better, thresholds=thresholds, samples=samples, minimum_sample=5)
    assert found == said


def test_a_closed_queue_alarms_nobody() -> None:
    assert verdict(0, better="higher", thresholds=NOBODY, is_open=False) == "closed"


def test_the_worst_of_several() -> None:
    every: tuple[Verdict, ...] = ("good", "warning", "critical", "few", "closed", "empty")
    for some in itertools.permutations(every, 3):
        ranks = [name for name in ("critical", "warning", "good", "few", "closed") if name in some]
        assert worst(some) == ranks[0]
    assert worst(["empty", "no_target"]) == "no_target"
    assert worst([]) == "no_target"


def page(board: FakeBoard, queue: str | None = None) -> WallboardState:
    """The page, which must be there."""
    state = board.wallboard(queue)
    assert state is not None
    return state


def tile(board: FakeBoard, kpi: str, queue: str | None = None) -> Tile:
    """One tile of a page."""
    return next(found for found in page(board, queue).tiles if found.kpi == kpi)


def test_a_tile_has_its_pieces() -> None:
    board = FakeBoard(queues=["a"])
    board["service_level", None] = ratio(75, 144)
    board["average_speed_of_answer", None] = mean(900, 90, p90=41, max=95)
    level = tile(board, "service_level")
    assert (level.numerator, level.denominator, level.samples) == (75, 144, 144)
    assert (level.window, level.minimum_sample) == ("15m", 5)
    assert (level.warning, level.critical, level.answer_target_ms) == (0.8, 0.6, 20_000)
    speed = tile(board, "average_speed_of_answer")
    assert (speed.value, speed.stats) == (10, {"p90": 41, "max": 95})
    assert tile(board, "contacts_waiting").window is None


def test_no_figure_is_no_value_not_zero() -> None:
    board = FakeBoard(queues=["a"])
    board["service_level", None] = ratio(0, 0)
    assert (tile(board, "service_level").value, tile(board, "service_level").verdict) == (
        None,
        "empty",
    )


def test_an_answer_target_is_named_only_where_the_queues_agree() -> None:
    given = rules()
    slow = structs.replace(given.defaults, name="slow", answer_target_ms=30_000)
    board = FakeBoard(rules=replace(given, queues={"slow": slow}), queues=["a", "slow"])
    assert tile(board, "service_level").answer_target_ms is None
    assert tile(board, "service_level", "slow").answer_target_ms == 30_000
    assert tile(board, "service_level", "a").answer_target_ms == 20_000


def test_waiting_overall_is_judged_by_the_worst_queue_not_by_the_sum() -> None:
    board = FakeBoard(queues=["a", "b", "c"])
    for name in board.queues:
        board["contacts_waiting", name] = count(4)
    board["contacts_waiting", None] = count(12)
    overall = tile(board, "contacts_waiting")
    assert (overall.verdict, overall.warning) == ("good", None)
    board["contacts_waiting", "b"] = count(5)
    assert tile(board, "contacts_waiting").verdict == "warning"
    assert tile(board, "contacts_waiting", "b").warning == 5


def test_queues_stand_worst_first_and_closed_ones_last() -> None:
    given = rules()
    shut = structs.replace(given.defaults, name="shut", opening_hours=CLOSED)
    names = ["calm", "shut", "few", "critical", "two critical", "warning", "worse warning"]
    board = FakeBoard(rules=replace(given, queues={"shut": shut}), queues=names)
    for name in names:
        board["service_level", name] = ratio(95, 100)
        board["agents_available", name] = count(2)
    board["service_level", "critical"] = ratio(55, 100)
    board["service_level", "two critical"] = ratio(58, 100)
    board["agents_available", "two critical"] = count(0)
    board["service_level", "warning"] = ratio(79, 100)
    board["service_level", "worse warning"] = ratio(70, 100)
    board["service_level", "few"] = ratio(0, 4)
    board["service_level", "shut"] = ratio(10, 100)
    rows = page(board).queues
    assert [row.name for row in rows] == [
        "two critical",
        "critical",
        "worse warning",
        "warning",
        "few",
        "calm",
        "shut",
    ]
    assert [row.verdict for row in rows][:2] == ["critical", "critical"]
    assert (rows[-1].open, rows[-1].verdict, rows[-1].cells[0].verdict) == (
        False,
        "closed",
        "closed",
    )
    assert rows[4].cells[0].verdict == "few"


def test_everything_is_open_while_one_queue_is() -> None:
    shut = structs.replace(rules().defaults, name="shut", opening_hours=CLOSED)
    board = FakeBoard(rules=rules({"shut": shut}), queues=["shut"])
    assert not page(board).open
    board.queues = ["shut", "open"]
    assert page(board).open


def test_a_cell_names_its_window_where_it_differs() -> None:
    given = rules()
    targets = {**given.defaults.targets, "service_level": Thresholds("1h", 0.9, None)}
    own = QueueRules(name="own", targets=targets)
    board = FakeBoard(rules=replace(given, queues={"own": own}), queues=["a", "own"])
    board["service_level", "a"] = board["service_level", "own"] = ratio(1, 1)
    windows = {row.name: row.cells[0].window for row in page(board).queues}
    assert windows == {"a": None, "own": "1h"}
    assert page(board).columns[0].window == "15m"
    assert tile(board, "service_level", "own").window == "1h"


def test_a_tile_ticks_from_the_oldest() -> None:
    board = FakeBoard(queues=["a"])
    board["longest_wait_now", None] = Figure(value=42, oldest_ms=AT_MS - 42_000)
    board["longest_wait_now", "a"] = Figure(value=42, oldest_ms=AT_MS - 42_000)
    assert tile(board, "longest_wait_now").since_ms == AT_MS - 42_000
    assert page(board).queues[0].cells[2].since_ms == AT_MS - 42_000


# ---- the last half hour


def noted(values: dict[int, int | None]) -> tuple[float | None, ...]:
    """The curve after noting a value at each of some steps."""
    board, trends = FakeBoard(queues=["a"]), Trends()
    for step, value in values.items():
        board.at_ms = AT_MS + step * STEP_S * 1000
        board["contacts_waiting", None] = Figure(value=value)
        assert trends.due(board.at_ms)
        trends.note(page(board))
        assert not trends.due(board.at_ms)
    return trends.of(None, "contacts_waiting")


def test_a_curve_has_a_value_every_half_minute() -> None:
    assert noted({0: 3, 1: 4, 2: 5}) == (3, 4, 5)


def test_a_step_that_nobody_noted_is_a_gap() -> None:
    assert noted({0: 3, 3: 4}) == (3, None, None, 4)
    assert noted({0: 3, 1: None, 2: 5}) == (3, None, 5)


def test_a_curve_is_half_an_hour_long() -> None:
    assert noted({step: step for step in range(100)}) == tuple(range(100 - LENGTH, 100))
    long_silence = noted({0: 3, 1000: 4})
    assert (len(long_silence), long_silence[-1]) == (LENGTH, 4)
    assert long_silence[:-1] == (None,) * (LENGTH - 1)


def test_a_queue_that_is_gone_leaves_no_curve() -> None:
    board, trends = FakeBoard(queues=["a"]), Trends()
    board["service_level", "a"] = ratio(1, 2)
    trends.note(page(board))
    assert trends.of("a", "service_level") == (0.5,)
    board.queues = []
    for step in range(1, LENGTH + 1):
        board.at_ms = AT_MS + step * STEP_S * 1000
        trends.note(page(board))
    assert trends.of("a", "service_level") == ()
