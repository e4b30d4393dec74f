"""What every KPI keeps, found by discovery: a new file in streams/kpis is tested by being there."""

import re
from pathlib import Path

import pytest

import streams.kpis
from streams.core.kpi import (
    Count,
    Formula,
    Kpi,
    Level,
    Max,
    Mean,
    Oldest,
    Ratio,
    RatioToDurations,
    TimeShare,
)
from streams.core.measures import MEASURES, Kind, Measure
from streams.core.targets import Rules
from streams.kpis import CATALOGUE, HELPERS, examples
from streams.kpis.words import measures_of

KPIS = [pytest.param(kpi, id=kpi.id) for kpi in CATALOGUE.values()]
EVERY = pytest.mark.parametrize("kpi", KPIS)
FOLDER = Path(next(iter(streams.kpis.__path__)))

ROWS = {
    "contacts_queued": "",
    "contacts_offered": "",
    "contacts_answered": "",
    "contacts_abandoned": "",
    "contacts_short_abandoned": "",
    "contacts_flowed_out": "",
    "callbacks_requested": "",
    "answer_rate": "B22",
    "service_level": "B27",
    "abandonment_rate": "B36",
    "average_speed_of_answer": "B21",
    "average_time_to_abandon": "",
    "longest_wait": "B28",
    "average_handle_time": "B20",
    "average_talk_time": "",
    "average_hold_time": "",
    "average_after_contact_work": "B31",
    "transfer_rate": "",
    "self_service_transfer_rate": "B35",
    "ring_no_answers": "",
    "average_agent_response_delay": "B30",
    "contacts_waiting": "",
    "longest_wait_now": "B28",
    "contacts_in_progress": "",
    "callbacks_waiting": "",
    "agents": "",
    "agents_available": "",
    "longest_state_time": "",
    "occupancy": "",
    "average_idle_time": "B32",
}
"""The rows of the catalogue page under contacts and agents, with their letters (A1 … B51)."""

NAMES = {
    "contacts_abandoned": {"incl_short"},
    "answer_rate": {"source_b"},
    "service_level": {
        "abandons_ignored",
        "abandons_count_for",
        "answered_only",
        "queue_exit",
        "source_b",
    },
    "abandonment_rate": {"incl_short", "source_b"},
    "average_speed_of_answer": {"source_b"},
    "longest_wait": {"incl_abandoned"},
    "average_handle_time": {"source_b"},
    "average_hold_time": {"all_contacts"},
    "average_after_contact_work": {"nonzero"},
    "transfer_rate": {"in"},
    "self_service_transfer_rate": {"source_b"},
    "average_agent_response_delay": {"source_b"},
}
"""Definitions that these rows have beside the default; every other row has only that."""

WRONG = {("service_level", "source_b"), ("average_agent_response_delay", "source_b")}
TILES = (
    "service_level",
    "contacts_waiting",
    "longest_wait_now",
    "abandonment_rate",
    "average_speed_of_answer",
    "agents_available",
    "occupancy",
)
PART_OF = {
    "contacts_transferred": {"contacts_handled"},
    "self_service_transferred": {"contacts_answered"},
    "transferred_in": {
        "contacts_answered",
        "contacts_abandoned",
        "contacts_flowed_out",
        "callbacks_requested",
    },
    "answered_within_target": {"wait"},
}
"""A measure whose every count lies in one of these too, in the same second and group."""


def formulas(kpi: Kpi) -> list[Formula]:
    """The formulas of all definitions."""
    return [definition.formula for definition in kpi.definitions.values()]


def kinds(formula: Formula) -> set[Kind]:
    """The kinds of the measures of a formula."""
    return {measure.kind for measure in measures_of(formula)}


def test_every_row_is_there() -> None:
    """Each row in scope has its file, with the letters of the lists it comes from."""
    assert ROWS.keys() <= CATALOGUE.keys()
    for kpi_id, letters in ROWS.items():
        assert CATALOGUE[kpi_id].sources == tuple(letters.split()), kpi_id


def test_every_named_definition_is_there() -> None:
    """No definition is missing, none was invented, and the wrong ones are marked as such."""
    for kpi_id in ROWS:
        found = set(CATALOGUE[kpi_id].definitions)
        assert found == {"default"} | NAMES.get(kpi_id, set()), kpi_id
    marked = {
        (kpi.id, name)
        for kpi in CATALOGUE.values()
        for name, definition in kpi.definitions.items()
        if definition.wrong
    }
    assert marked == WRONG


def test_the_wallboard_has_its_seven_tiles() -> None:
    """The tiles are numbered without a gap and stand in the order of the wallboard."""
    tiles = {kpi.tile: kpi.id for kpi in CATALOGUE.values() if kpi.tile is not None}
    assert [tiles[place] for place in sorted(tiles)] == list(TILES)
    assert sorted(tiles) == list(range(1, 1 + len(TILES)))


def test_each_file_is_a_kpi_or_a_known_helper() -> None:
    """One KPI per file and the file has its name."""
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files - HELPERS == set(CATALOGUE)
    assert files >= HELPERS


def test_the_order_does_not_hang_on_the_machine() -> None:
    """Contacts come before agents; within a family what stands now comes first."""
    order = [(kpi.family == "agents", not kpi.live) for kpi in CATALOGUE.values()]
    assert order == sorted(order)


@EVERY
def test_identity(kpi: Kpi) -> None:
    """The id is the name everywhere, so it is a plain word and the key of the catalogue."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kpi.id)
    assert CATALOGUE[kpi.id] is kpi
    assert kpi.unit in {"ratio", "seconds", "contacts", "agents", "offers"}
    assert next(iter(kpi.definitions)) == "default"
    assert all(re.fullmatch(r"[AB]\d+", row) for row in kpi.sources)


@EVERY
def test_formulas_fit_their_measures(kpi: Kpi) -> None:
    """Counts are counted, durations averaged, levels read, and nothing is mixed."""
    for formula in formulas(kpi):
        assert all(MEASURES[measure.name] is measure for measure in measures_of(formula))
        match formula:
            case Count() | Ratio():
                assert kinds(formula) == {Kind.COUNT}
            case RatioToDurations(over=over, under=under):
                assert {measure.kind for measure in over} == {Kind.COUNT}
                assert {measure.kind for measure in under} == {Kind.DURATION}
            case Mean() | Max():
                assert kinds(formula) == {Kind.DURATION}
            case TimeShare():
                assert kinds(formula) == {Kind.TIME}
            case Level() | Oldest():
                assert kinds(formula) == {Kind.LEVEL}
        assert len({measure.whole for measure in measures_of(formula)}) == 1
    assert len({type(formula) in (Level, Oldest) for formula in formulas(kpi)}) == 1


@EVERY
def test_units_fit_formulas(kpi: Kpi) -> None:
    """A ratio is a ratio, a duration is in seconds, a count is in what it counts."""
    for formula in formulas(kpi):
        match formula:
            case Ratio() | RatioToDurations() | TimeShare():
                assert kpi.unit == "ratio"
            case Mean() | Max() | Oldest():
                assert kpi.unit == "seconds"
            case Count() | Level():
                assert {measure.unit for measure in measures_of(formula)} == {kpi.unit}


@EVERY
def test_nothing_is_added_twice(kpi: Kpi) -> None:
    """No measure stands twice on one side of a formula."""
    for formula in formulas(kpi):
        for side in sides(formula):
            assert len(set(side)) == len(side)


def sides(formula: Formula) -> list[tuple[Measure, ...]]:
    """What is added up on each side of the division."""
    match formula:
        case Ratio(over=over, under=under) | RatioToDurations(over=over, under=under):
            return [over, under]
        case TimeShare(over=over, under=under):
            return [over, under]
        case _:
            return [measures_of(formula)]


@EVERY
def test_a_bounded_ratio_is_a_part_of_its_whole(kpi: Kpi) -> None:
    """Whatever is above the line is below it too, itself or the measure it is a part of."""
    for formula in formulas(kpi):
        if kpi.bounded and isinstance(formula, Ratio | RatioToDurations | TimeShare):
            under = {measure.name for measure in formula.under}
            for measure in formula.over:
                whole = PART_OF.get(measure.name)
                assert measure.name in under or (whole is not None and whole <= under), formula


@EVERY
def test_targets_are_sane(kpi: Kpi) -> None:
    """A threshold needs a bad side; critical is worse than warning; live figures have no window."""
    if kpi.target is None:
        return
    assert kpi.better != "neutral"
    limits = [x for x in (kpi.target.warning, kpi.target.critical) if x is not None]
    assert limits
    assert limits == sorted(set(limits), reverse=kpi.better == "higher")
    if kpi.unit == "ratio":
        assert all(0 < limit < 1 for limit in limits)
    if kpi.live:
        assert kpi.target.window is None
    else:
        assert kpi.target.window in Rules().windows


@EVERY
def test_examples_cover_every_definition(kpi: Kpi) -> None:
    """Each definition has a worked figure, and one of them is no blank."""
    told: dict[str, list[float | None]] = {}
    for example in kpi.examples:
        assert example.expect
        for expected, value in example.expect.items():
            name = expected.split(":")[0]
            wanted = examples.reading(expected, kpi.definitions[name].formula)
            told.setdefault(wanted.definition, []).append(value)
            formula = kpi.definitions[name].formula
            if isinstance(formula, Level | Oldest):
                assert wanted.part in formula.of, expected
            else:
                assert wanted.part is None, expected
    assert told.keys() == kpi.definitions.keys()
    assert all(any(value is not None for value in values) for values in told.values())
