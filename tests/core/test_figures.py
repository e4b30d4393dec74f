"""Lines of figures: their shape, values that there are not, and the order of events in replay."""

from typing import Any

import pytest

from streams.core.calendar import parse_window
from streams.core.events import Event
from streams.core.figures import instant, lines
from streams.core.replaying import Replay, figures
from streams.core.targets import Rules
from streams.kpis import CATALOGUE
from tests.laws.kit import decoded
from tests.timelines import TEN_S, contact

TOTAL = parse_window("total")
RULES = Rules()
CALLS = [
    *contact("c1", (0, "queued"), (10, "answered"), (100, "ended"), (130, "wrapup_ended")),
    *contact("c2", (5, "queued"), (65, "abandoned")),
    *contact("c3", (7, "queued", {"queue": "sales"}), (8, "abandoned")),
]
KEYS = (
    "at window queue channel priority team agent group kpi definition part stat value numerator "
    "denominator samples unit"
)
"""As the documentation prints them."""


def events() -> list[Event]:
    """The calls, fresh."""
    return decoded(CALLS, RULES)


def at_the_end(by: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """All lines after all calls."""
    return list(figures(events(), RULES, [TEN_S + 200], [TOTAL], CATALOGUE, by))


def figure(told: list[dict[str, Any]], kpi: str, definition: str = "default", **where: Any) -> Any:
    """The one line of that figure."""
    wanted = {"kpi": kpi, "definition": definition, "stat": None, "part": None, **where}
    found = [line for line in told if wanted.items() <= line.items()]
    assert len(found) == 1, found
    return found[0]


def test_a_line_has_these_keys_in_this_order() -> None:
    for line in at_the_end():
        assert " ".join(line) == KEYS


def test_a_ratio_has_its_pieces() -> None:
    line = figure(at_the_end(), "service_level")
    assert line == line | {
        "at": "2026-11-23T10:03:20+00:00",
        "window": "total",
        "queue": None,
        "value": 0.5,
        "numerator": 1,
        "denominator": 2,
        "samples": 2,
        "unit": "ratio",
    }


def test_a_mean_has_its_sum_and_percentiles_only_their_samples() -> None:
    told = at_the_end()
    mean = figure(told, "average_handle_time", stat="mean")
    assert (mean["value"], mean["numerator"], mean["denominator"]) == (120.0, 120.0, 1)
    high = figure(told, "average_handle_time", stat="p90")
    assert (high["value"], high["numerator"], high["samples"]) == (120.0, None, 1)


def test_a_level_has_no_window_and_nothing_else() -> None:
    line = figure(at_the_end(), "contacts_waiting")
    assert (line["window"], line["value"], line["samples"]) == (None, 0, None)


def test_over_zero_there_is_no_value() -> None:
    told = list(figures([], RULES, [TEN_S], [TOTAL], CATALOGUE))
    assert figure(told, "answer_rate")["value"] is None
    assert figure(told, "average_speed_of_answer", stat="p95")["value"] is None
    assert figure(told, "contacts_answered")["value"] == 0
    assert figure(told, "longest_wait_now")["value"] == 0


def test_zeros_are_left_out_of_means_that_say_so() -> None:
    told = at_the_end()
    assert figure(told, "average_hold_time", stat="mean")["value"] is None
    line = figure(told, "average_hold_time", "all_contacts", stat="mean")
    assert (line["value"], line["samples"]) == (0.0, 1)


def test_groups_come_by_name() -> None:
    told = at_the_end(("queue",))
    assert list(dict.fromkeys(line["queue"] for line in told)) == ["sales", "support"]
    assert figure(told, "contacts_short_abandoned", queue="sales")["value"] == 1
    assert figure(told, "contacts_short_abandoned", queue="support")["value"] == 0


@pytest.mark.parametrize("reverse", [False, True], ids=["as they came", "backwards"])
def test_several_instants_each_see_what_was_before_them(reverse: bool) -> None:
    told = events()[::-1] if reverse else events()
    at = [TEN_S + second for second in (5, 6, 11, 66, 300)]
    found = [
        line["value"]
        for line in figures(told, RULES, at, [TOTAL], {"x": CATALOGUE["contacts_waiting"]})
    ]
    assert found == [1, 2, 1, 0, 0]


def test_one_instant_takes_events_as_they_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of reading must not matter, so nothing hides it by sorting."""
    read: list[str] = []
    take = Replay.take

    def noted(replay: Replay, event: Event) -> None:
        read.append(event.id)
        take(replay, event)

    monkeypatch.setattr(Replay, "take", noted)
    told = events()[::-1]
    list(figures(told, RULES, [TEN_S + 100], [TOTAL], CATALOGUE))
    assert read == [event.id for event in told if event.time_ms < (TEN_S + 100) * 1000]


def test_instants_have_milliseconds_only_where_there_are_some() -> None:
    assert instant(1_795_608_000_000) == "2026-11-25T12:00:00+00:00"
    assert instant(1_795_608_000_050) == "2026-11-25T12:00:00.050+00:00"
    assert instant(-1) == "1969-12-31T23:59:59.999+00:00"


def test_lines_can_be_asked_again() -> None:
    """Asking changes nothing."""
    replay = Replay(RULES, [TOTAL])
    for event in events():
        replay.take(event)
    board = replay.at(TEN_S + 200)
    assert list(lines(board, CATALOGUE, [TOTAL])) == list(lines(board, CATALOGUE, [TOTAL]))
