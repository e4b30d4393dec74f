"""Law 8. Change: restarts with other settings, then late events: nothing negative, sums hold.

The log is read by a worker with other targets, teams, groups, limits, and with figures of single
agents on or off. Every cell of the board must be the sum of the facts that the lives keep.
"""

from collections import Counter
from typing import Any

from streams.core.board import Board
from streams.core.delta import Content
from streams.core.engine import Partition
from streams.core.facts import MEASURE_BITS, MEASURE_MASK
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import ORDERED, Kind
from streams.core.packing import unpack
from streams.core.totals import CountTotals, DurationTotals, TimeTotals
from tests.histories import SETTINGS, Raw, arrivals
from tests.laws.kit import ALL_WINDOWS, decoded, over, rules_of, told
from tests.laws.test_bounds import assert_nothing_negative
from tests.timelines import contact

CHANGED: tuple[Raw, ...] = (
    *SETTINGS,
    {**SETTINGS[0], "privacy": {"agents": False}},
    {
        "site": {"time_zone": "Asia/Tokyo"},
        "defaults": {"answer_target_seconds": 60, "short_abandon_seconds": 1, "team": "night"},
        "queues": {"support": {"team": "care", "answer_target_seconds": 1}},
        "groups": {"care": {"queues": ["rush", "tokyo"]}, "new": {"queues": ["support"]}},
    },
)
Sums = Counter[tuple[Any, ...]]
"""(group, measure, second, x) -> n; for time in state x is left out and n is (edges, weighted)."""


def on_the_board(board: Board) -> Sums:
    """What every cell of the board holds; the panes of `total` never leave."""
    sums: Sums = Counter()
    for cell, series in board.panes.series.items():
        place = (board.groups.names[cell >> MEASURE_BITS], ORDERED[cell & MEASURE_MASK].name)
        for second, pane in series.panes.items():
            if isinstance(series, CountTotals):
                sums[(*place, second, 0)] += series.panes[second]
            elif isinstance(series, DurationTotals):
                for x, n in series.panes[second].items():
                    sums[(*place, second, x)] += n
            else:
                assert isinstance(series, TimeTotals), pane
                edges, weighted = series.panes[second]
                sums[(*place, second, "edges")] += edges
                sums[(*place, second, "weighted")] += weighted
    for cell, standing in board.standing.items():
        place = (board.groups.names[cell >> MEASURE_BITS], ORDERED[cell & MEASURE_MASK].name)
        for since_ms, n in standing.since.items():
            sums[(*place, *divmod(since_ms, 1000))] += n
    return Counter({place: n for place, n in sums.items() if n})


def kept(worker: Partition) -> Sums:
    """The sum of the facts that all lives keep."""
    around = worker.around
    lives = list(worker.lives.values())
    lives += [unpack(raw, key[0], key[1:], around) for key, raw in worker.idle.items()]
    sums: Sums = Counter()
    for life in lives:
        for (cell, second, x), n in life.facts.items():
            measure = ORDERED[cell & MEASURE_MASK]
            for group in around.places.place(cell):
                place = (group, measure.name)
                if measure.kind is Kind.TIME:
                    sums[(*place, second, "edges")] += n
                    sums[(*place, second, "weighted")] += n * (second * 1000 + x)
                else:
                    sums[(*place, second, x)] += n
    return Counter({place: n for place, n in sums.items() if n})


def standing(board: Board) -> Sums:
    """The levels alone."""
    levels = {measure.name for measure in ORDERED if measure.kind is Kind.LEVEL}
    sums = on_the_board(board)
    return Counter({place: n for place, n in sums.items() if place[1] in levels})


def check(number: int) -> None:
    """Four stretches of one disordered history, each read under other settings."""
    centre = told(number, contacts=5, agents=3)
    choose, read = centre.choose, arrivals(centre.choose, centre.raws)
    lives: dict[str, bytes] = {}
    board = Board(rules_of(CHANGED[0]), ALL_WINDOWS)
    now_ms, worker = 0, Partition(Surroundings(rules_of(CHANGED[0])))
    for stretch in range(4):
        rules = rules_of(choose.one_of(CHANGED))
        worker = Partition(Surroundings(rules))
        worker.load(lives, now_ms=now_ms)
        _assert_a_base_is_what_stands(worker, board)
        for raw in read[stretch * len(read) // 4 : (stretch + 1) * len(read) // 4]:
            event = decoded([raw], rules)[0]
            worker.take(event, record_ms=0)
            worker.advance(event.time_ms)
        content = worker.cut()
        board.merge(content)
        now_ms = worker.now_ms
        lives |= {key: life for key, life in content.lives.items() if life is not None}
        assert on_the_board(board) == kept(worker), "sums are not the facts kept"
        _assert_a_base_is_what_stands(worker, board)
    at = now_ms // 1000 + 1
    worker.advance(at * 1000)
    board.merge(worker.cut())
    board.advance(at * 1000, at)
    assert on_the_board(board) == kept(worker), "sums are not the facts kept"
    assert_nothing_negative(board)


def _assert_a_base_is_what_stands(worker: Partition, board: Board) -> None:
    """A board that starts at a base written now sees the levels that the deltas have told."""
    other = Board(board.rules, ALL_WINDOWS)
    for i in range(2):
        chunk: Content = worker.chunk(i, 2)
        other.merge_levels(chunk.measures, chunk.groups, chunk.levels)
    assert standing(other) == standing(board)


def test_change(seed: int) -> None:
    over(check, seed, 500)


def test_a_leg_keeps_the_settings_it_was_opened_with() -> None:
    """Queued under a target of 20 s; after a restart with 60 s the answer at 30 s is still late."""
    before = rules_of({"defaults": {"answer_target_seconds": 20}, "queues": {"support": {}}})
    after = rules_of({"defaults": {"answer_target_seconds": 60, "team": "night"}})
    raws = contact("c1", (0, "queued"), (30, "answered"))
    first = Partition(Surroundings(before))
    first.take(decoded(raws[:1], before)[0], record_ms=0)
    board = Board(before, ALL_WINDOWS)
    second = Partition(Surroundings(after))
    content = first.cut()
    board.merge(content)
    second.load({key: raw for key, raw in content.lives.items() if raw is not None})
    second.take(decoded(raws[1:], after)[0], record_ms=0)
    board.merge(second.cut())
    told = {place[1] for place in on_the_board(board)}
    assert "target_missed" in told
    assert "answered_within_target" not in told
    assert {place[0].team for place in on_the_board(board)} == {None}, "nor does it change teams"
