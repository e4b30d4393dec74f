"""Law 7. Bounds: ratios between 0 and 1, nothing negative, as many lines as were declared."""

from streams.core.board import Board
from streams.core.kpi import Kpi, Level, Mean, Oldest
from streams.core.totals import CountTotals, DurationTotals, TimeTotals
from streams.kpis import CATALOGUE
from tests.histories import GROUPINGS, arrivals
from tests.laws.kit import ALL_WINDOWS, Centre, over, read_off, told


def lines_of(kpi: Kpi) -> int:
    """Lines for one group: per window, or once for what has none."""
    count = 0
    for definition in kpi.definitions.values():
        match definition.formula:
            case Mean():
                count += 6
            case Level(of=parts) | Oldest(of=parts):
                count += len(parts)
            case _:
                count += 1
    return count


def assert_nothing_negative(board: Board) -> None:
    """No total, level or time of any cell, shown or not, is below zero."""
    panes = board.panes
    for cell, series in panes.series.items():
        for window in range(len(panes.windows)):
            start, edge = panes.starts[window], panes.edge
            if isinstance(series, CountTotals):
                assert series.totals[window] >= 0, cell
            elif isinstance(series, DurationTotals):
                assert series.totals[window].n >= 0, cell
                assert all(n > 0 for n in series.totals[window].counts.values()), cell
            else:
                assert isinstance(series, TimeTotals)
                assert series.spent_ms(window, start, edge) >= 0, cell
    for cell, standing in board.standing.items():
        assert standing.count == sum(standing.since.values()), cell
        assert all(n > 0 for n in standing.since.values()), cell


def check(number: int) -> None:
    """At three instants of one history, read in disorder."""
    centre = told(number, contacts=6, agents=3)
    read = arrivals(centre.choose, centre.raws)
    by = centre.choose.one_of(GROUPINGS)
    windows = [centre.choose.one_of(ALL_WINDOWS)]
    for _ in range(3):
        at = centre.instant()
        board = Centre(centre.rules).take(centre.before(at, read)).at(at)
        assert_nothing_negative(board)
        found = read_off(board, windows, by)
        groups = {place[-1] for place in found} if by else {()}
        assert len(found) == len(groups) * sum(lines_of(kpi) for kpi in CATALOGUE.values())
        for (_, kpi, definition, _, stat, key), (value, *pieces) in found.items():
            where = f"{kpi} {definition} {stat} {key}: {value} {pieces}"
            assert all(piece is None or piece >= 0 for piece in (value, *pieces)), where
            if CATALOGUE[kpi].bounded and CATALOGUE[kpi].unit == "ratio":
                assert value is None or value <= 1, where


def test_bounds(seed: int) -> None:
    over(check, seed, 500)
