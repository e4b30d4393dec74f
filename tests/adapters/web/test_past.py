"""The curve of the past says what the board said then, as far as it is known now."""

import random

import pytest

from streams.adapters.web.past import _held, curve, fill
from streams.adapters.web.trends import LENGTH, STEP_S, Trends
from streams.core.board import Board
from streams.core.calendar import parse_window
from streams.core.facts import MEASURE_BITS, Group
from streams.core.figures import evaluate
from streams.core.kpi import Kpi
from streams.core.measures import MEASURES as EVERY
from streams.core.measures import NUMBERS, Kind
from streams.core.targets import Rules
from streams.kpis import CATALOGUE

START_S = 1_795_341_600  # 2026-11-22T10:00:00Z, a whole half minute
WINDOW = "15m"
HOUR = 3600
Fact = tuple[int, int, int, int]
WINDOWED = [kpi for kpi in CATALOGUE.values() if not kpi.live]


def history(board: Board, seed: int) -> list[Fact]:
    """An hour of facts of two queues, agents going in and out of their states."""
    dice = random.Random(seed)
    queues = [board.groups.number(Group(queue=name, channel="voice")) for name in ("a", "b")]
    whole = board.groups.number(Group())
    facts: list[Fact] = []
    for _ in range(3000):
        measure = dice.choice([m for m in EVERY.values() if m.kind is not Kind.LEVEL])
        place = whole if measure.whole and dice.random() < 0.5 else dice.choice(queues)
        cell = place << MEASURE_BITS | NUMBERS[measure.name]
        second = START_S + dice.randrange(HOUR)
        if measure.kind is Kind.TIME:
            until = min(second + dice.randrange(1, 900), START_S + HOUR - 1)
            facts += [(cell, second, dice.randrange(1000), 1), (cell, until, 7, -1)]
        elif measure.kind is Kind.DURATION:
            facts.append((cell, second, dice.choice([0, dice.randrange(90_000)]), 1))
        else:
            facts.append((cell, second, 0, 1))
    return facts


def as_then(facts: list[Fact], board: Board, kpi: Kpi, queue: str | None) -> list[float | None]:
    """The figure read at each half minute, from a board that is moved on to it."""
    found: list[float | None] = []
    board.add(facts)
    formula = kpi.definitions["default"].formula
    by, key = ((), ()) if queue is None else (("queue",), (queue,))
    for step in range(LENGTH):
        edge = START_S + HOUR - (LENGTH - 1 - step) * STEP_S
        board.advance(edge * 1000, edge)
        found.append(evaluate(formula, board.view(by, key, parse_window(WINDOW)))[0].value)
    return found


def fresh() -> Board:
    """An empty board with the usual windows."""
    return Board(Rules(), [parse_window(name) for name in ("5m", WINDOW, "1h")])


@pytest.mark.parametrize("queue", [None, "a"])
@pytest.mark.parametrize("kpi", WINDOWED, ids=lambda kpi: kpi.id)
def test_the_past_is_what_was_read_then(kpi: Kpi, queue: str | None, seed: int) -> None:
    then = fresh()
    facts = history(then, seed)
    expected = as_then(facts, then, kpi, queue)
    now = fresh()
    history(now, seed)  # numbers the groups alike
    now.add(facts)
    edge = START_S + HOUR
    now.advance(edge * 1000, edge)
    found = list(curve(now, kpi, queue=queue, seconds=900, at_ms=edge * 1000))
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert any(value is not None for value in found)


@pytest.mark.parametrize("length", [1, 50, 300, 1000])
def test_panes_of_a_stretch_are_found_in_both_ways(length: int) -> None:
    """A short stretch of many panes looks each second up, a long one goes through the panes."""
    panes = {second: second for second in range(0, 900, 3)}
    for start in (-10, 0, 1, 600, 899):
        wanted = [second for second in panes if start <= second < start + length]
        assert sorted(_held(panes, start, start + length)) == wanted


def test_what_no_pane_holds_any_more_is_a_gap() -> None:
    board = Board(Rules(), [parse_window("15m")])
    board.add(history(board, 1))
    edge = START_S + HOUR
    board.advance(edge * 1000, edge)
    found = list(
        curve(board, CATALOGUE["contacts_answered"], queue=None, seconds=900, at_ms=edge * 1000)
    )
    assert found[:-1] == [None] * (LENGTH - 1)
    assert found[-1] is not None


async def test_curves_are_filled_and_go_on() -> None:
    board, trends = fresh(), Trends()
    board.add(history(board, 1))
    edge = START_S + HOUR
    board.advance(edge * 1000, edge)
    kpis = [(CATALOGUE["average_speed_of_answer"], 900), (CATALOGUE["contacts_waiting"], 0)]
    await fill(trends, board, kpis, queues=[None, "a", "c"], at_ms=edge * 1000)
    assert len(trends.of(None, "average_speed_of_answer")) == LENGTH
    assert trends.of("a", "average_speed_of_answer") != trends.of(None, "average_speed_of_answer")
    assert trends.of(None, "contacts_waiting") == ()
    assert trends.of("c", "average_speed_of_answer") == ()
    assert not trends.due(edge * 1000)
    assert trends.due((edge + STEP_S) * 1000)
