"""The recount itself, held against every worked example of contacts and agents in kpis.md."""

from fractions import Fraction

import pytest

from tests.timelines import Raw, agent, contact, pieces, value


def hundred_legs() -> list[Raw]:
    """70 answered in time, 20 late, 10 abandoned in time (T = 20 s)."""
    events: list[Raw] = []
    for n in range(100):
        if n < 90:
            wait = 10 if n < 70 else 30
            events += contact(f"c{n}", (n, "queued"), (n + wait, "answered"))
        else:
            events += contact(f"c{n}", (n, "queued"), (n + 12, "abandoned"))
    return events


@pytest.mark.parametrize(
    ("definition", "part", "whole"),
    [
        ("default", 70, 100),
        ("abandons_ignored", 70, 90),
        ("abandons_count_for", 80, 100),
        ("answered_only", 70, 90),
        ("queue_exit", 80, 100),
        ("source_b", 90, 100),
    ],
)
def test_service_level_of_a_hundred_legs_by_its_six_names(
    definition: str, part: int, whole: int
) -> None:
    figure = pieces(hundred_legs(), "service_level", definition)
    assert figure == (Fraction(part, whole), part, whole, whole)


def test_wait() -> None:
    """90 answered after 10 s, 10 abandoned after 60 s."""
    events: list[Raw] = []
    for n in range(100):
        left = (n + 10, "answered") if n < 90 else (n + 60, "abandoned")
        events += contact(f"c{n}", (n, "queued"), left)
    assert pieces(events, "average_speed_of_answer", stat="mean") == (10, 900, 90, 90)
    assert pieces(events, "average_speed_of_answer", "source_b", stat="mean") == (
        15,
        1500,
        100,
        100,
    )
    assert pieces(events, "average_time_to_abandon", stat="mean") == (60, 600, 10, 10)
    assert pieces(events, "average_speed_of_answer", "source_b", stat="p90") == (
        10,
        None,
        None,
        100,
    )
    assert value(events, "average_speed_of_answer", "source_b", stat="p95") == 60
    assert value(events, "longest_wait") == 10
    assert value(events, "longest_wait", "incl_abandoned") == 60


def test_handle() -> None:
    """Wait 30, talk 240, hold 20, wrap-up 60."""
    events = contact(
        "c1",
        (0, "queued"),
        (30, "answered"),
        (100, "held"),
        (120, "resumed"),
        (290, "ended"),
        (350, "wrapup_ended"),
    )
    assert value(events, "average_handle_time", stat="mean") == 320
    assert value(events, "average_handle_time", "source_b", stat="mean") == 350
    assert value(events, "average_talk_time", stat="mean") == 240
    assert value(events, "average_hold_time", stat="mean") == 20
    assert value(events, "average_after_contact_work", stat="mean") == 60
    # booked when the work ends, and before the wrap-up came at the end of the talk
    assert value(events, "average_handle_time", stat="mean", window=60, at=351) == 320
    assert value(events, "average_handle_time", stat="mean", window=50, at=300) == 260
    assert value(events, "average_handle_time", stat="mean", window=50, at=290) is None


def test_empty() -> None:
    """Nothing offered: no value; waiting 0, agents available n."""
    events = agent("a1", (0, "available")) + agent("a2", (5, "available"))
    for kpi in ("answer_rate", "service_level", "abandonment_rate"):
        assert pieces(events, kpi) == (None, 0, 0, 0)
    assert pieces(events, "average_speed_of_answer", stat="mean") == (None, 0, 0, 0)
    assert pieces(events, "average_speed_of_answer", stat="p90") == (None, None, None, 0)
    assert value(events, "contacts_waiting") == 0
    assert value(events, "longest_wait_now") == 0
    assert value(events, "agents_available") == 2
    assert value(events, "agents", part="available") == 2
    assert value(events, "longest_state_time", part="available", at=65) == 65


def test_transfer() -> None:
    """Answered in queue 1, moved to queue 2, abandoned there."""
    events = contact(
        "c1",
        (0, "queued", {"queue": "one"}),
        (10, "answered", {"agent": "ann"}),
        (40, "transferred", {"mode": "blind"}),
        (40, "queued", {"queue": "two"}),
        (100, "abandoned"),
    )
    assert value(events, "contacts_answered", queue="one") == 1
    assert value(events, "contacts_abandoned", queue="one") == 0
    assert value(events, "contacts_abandoned", queue="two") == 1
    assert value(events, "contacts_answered", queue="two") == 0
    assert value(events, "contacts_offered") == 2
    assert value(events, "average_talk_time", stat="mean", queue="one") == 30
    assert pieces(events, "transfer_rate", queue="one") == (1, 1, 1, 1)
    assert pieces(events, "transfer_rate", "in", queue="two") == (1, 1, 1, 1)
    assert pieces(events, "transfer_rate", "in", queue="one") == (0, 0, 1, 1)
    assert value(events, "contacts_answered", agent="ann") == 1
    assert value(events, "contacts_abandoned", agent=None) == 1


@pytest.mark.parametrize("left", [(30, "answered"), (40, "abandoned")])
def test_threshold(left: tuple[int, str]) -> None:
    """T 20, queued at 0; at 25 one miss (second 20); its later outcome adds no second one."""
    waiting = contact("c1", (0, "queued"))
    assert pieces(waiting, "service_level", at=20) == (None, 0, 0, 0)
    assert pieces(waiting, "service_level", at=21) == (0, 0, 1, 1)
    assert pieces(waiting, "service_level", at=25) == (0, 0, 1, 1)
    assert pieces(waiting, "service_level", at=25, window=5) == (0, 0, 1, 1)
    assert pieces(waiting, "service_level", at=26, window=5) == (None, 0, 0, 0)
    assert pieces(waiting, "service_level", "answered_only", at=25) == (None, 0, 0, 0)
    decided = waiting + contact("c1", left)
    assert pieces(decided, "service_level") == (0, 0, 1, 1)
    assert pieces(decided, "service_level", at=50, window=20) == (None, 0, 0, 0)
    kpi = "average_speed_of_answer" if left[1] == "answered" else "average_time_to_abandon"
    assert value(decided, kpi, stat="mean") == left[0]


def test_short_abandon() -> None:
    """At 3 s: offered 0, abandoned 0, short 1."""
    events = contact("c1", (0, "queued"), (3, "abandoned"))
    assert value(events, "contacts_offered") == 0
    assert value(events, "contacts_abandoned") == 0
    assert value(events, "contacts_abandoned", "incl_short") == 1
    assert value(events, "contacts_short_abandoned") == 1
    assert pieces(events, "service_level", "queue_exit") == (None, 0, 0, 0)
    assert pieces(events, "answer_rate", "source_b") == (0, 0, 1, 1)
    assert pieces(events, "abandonment_rate", "source_b") == (1, 1, 1, 1)
    assert pieces(events, "abandonment_rate", "incl_short") == (1, 1, 1, 1)


def test_disorder() -> None:
    """Ended read before answered, the same answered read twice: one answered contact."""
    queued, answered, ended = contact("c1", (0, "queued"), (12, "answered"), (100, "ended"))
    events = [ended, answered, queued, answered]
    assert value(events, "contacts_answered") == 1
    assert value(events, "average_speed_of_answer", stat="mean") == 12
    assert value(events, "average_talk_time", stat="mean") == 88
