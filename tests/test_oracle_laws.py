"""Laws that the recount must keep on nasty histories, whatever they hold."""

from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.choosers import RandomChooser
from tests.histories import (
    GROUPINGS,
    SETTINGS,
    WINDOWS,
    Raw,
    arrivals,
    histories,
    history,
    instants,
)
from tests.oracle import CONTACT_DIMENSIONS, Key, Recount, recount
from tests.oracle_events import Figure

RATIOS = (
    "answer_rate",
    "service_level",
    "abandonment_rate",
    "transfer_rate",
    "self_service_transfer_rate",
    "occupancy",
)


def some_instants(events: list[Raw], most: int = 6) -> list[int]:
    """A few of the instants, spread over all."""
    every = instants(events)
    return every[:: max(1, len(every) // most)]


@given(histories(), st.integers(0, 2**16), st.sampled_from(SETTINGS))
@settings(max_examples=60, deadline=None)
def test_order_and_repeats_change_nothing(events: list[Raw], seed: int, how: Raw) -> None:
    at = some_instants(events)[-2:][0]
    read = arrivals(RandomChooser(seed), events)
    for by in GROUPINGS:
        assert recount(read, how, at, "1h", by) == recount(events, how, at, "1h", by)


@given(histories(), st.sampled_from(SETTINGS))
@settings(max_examples=60, deadline=None)
def test_ratios_stay_between_nothing_and_all(events: list[Raw], how: Raw) -> None:
    for at in some_instants(events):
        for window in WINDOWS:
            for key, figure in Recount(events, how, at).figures(window, ("queue",)).items():
                if figure.value is not None:
                    assert figure.value >= 0, key
                if key[0] in RATIOS and figure.value is not None:
                    assert figure.value <= 1, key


@given(histories(agents=0), st.sampled_from(SETTINGS))
@settings(max_examples=60, deadline=None)
def test_the_queues_add_up_to_everything(events: list[Raw], how: Raw) -> None:
    """Counts, numerators and denominators of contacts; `today` differs by zone."""
    for at in some_instants(events):
        recounted = Recount(events, how, at)
        for by in (("queue",), ("channel",), ("team", "agent")):
            sums: defaultdict[Key, Fraction] = defaultdict(Fraction)
            for each, figure in recounted.figures("15m", by).items():
                sums[each[0], each[1], each[2], each[3], ()] += piece(figure)
            for key, figure in recounted.figures("15m").items():
                if key[0].startswith(("longest", "agents", "occupancy", "average_idle")):
                    continue
                assert sums[key] == piece(figure), (key, by)


def piece(figure: Figure) -> Fraction:
    """What can be added: the numerator, of a count the count, of a percentile its samples."""
    if figure.numerator is not None:
        return figure.numerator
    return figure.value if figure.samples is None and figure.value is not None else Fraction(0)


@given(histories(contacts=6, agents=0), st.sampled_from(SETTINGS))
@settings(max_examples=60, deadline=None)
def test_handle_time_is_the_sum_of_its_pieces(events: list[Raw], how: Raw) -> None:
    at = instants(events)[-1]
    for leg in Recount(events, how, at).legs:
        if leg.talk_ended_ms is None or leg.handle_ms is None:
            continue
        assert leg.talk_ms is not None
        assert leg.after_contact_work_ms is not None
        assert leg.handle_ms == leg.talk_ms + leg.hold_ms + leg.after_contact_work_ms


@given(histories(), st.sampled_from(SETTINGS))
@settings(max_examples=40, deadline=None)
def test_time_alone_empties_the_windows(events: list[Raw], how: Raw) -> None:
    """Contacts: long after everything nothing is counted and nobody waits."""
    at = instants(events)[-1]
    figures = Recount([e for e in events if "contact" in e["type"]], how, at).figures("1h")
    for (kpi, definition, part, stat, _), figure in figures.items():
        if kpi == "contacts_in_progress":
            continue  # an answered contact that never ended goes on
        assert not figure.value, (kpi, definition, part, stat)


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_is_a_history(seed: int) -> None:
    assert history(RandomChooser(seed)) == history(RandomChooser(seed))


def test_the_histories_reach_every_figure() -> None:
    """Over a few hundred seeds each figure has had a value other than nothing."""
    reached: set[tuple[str, str, str | None, str | None]] = set()
    everything: set[tuple[str, str, str | None, str | None]] = set()
    for seed in range(150):
        events = history(RandomChooser(seed), contacts=6)
        for at in some_instants(events, 4):
            for (kpi, definition, part, stat, _), figure in recount(
                events, SETTINGS[0], at, "total", ()
            ).items():
                everything.add((kpi, definition, part, stat))
                if figure.value:
                    reached.add((kpi, definition, part, stat))
    assert everything - reached == set()
    assert set(CONTACT_DIMENSIONS) >= {name for by in GROUPINGS for name in by}


def test_the_recount_shares_no_code_with_the_product() -> None:
    judges = sorted(Path(__file__).parent.glob("oracle*.py"))
    assert len(judges) >= 6
    for path in judges:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if "import" in line and "streams" in line] == [], path
