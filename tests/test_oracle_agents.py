"""The recount against the settled readings of agents in kpis.md."""

from fractions import Fraction

from tests.timelines import agent, pieces, value


def test_occupancy_books_time_where_it_passes() -> None:
    events = agent("a1", (0, "available"), (100, "on_contact"), (400, "wrapup"), (450, "break"))
    assert pieces(events, "occupancy") == (Fraction(350, 450), 350, 450, 450)
    assert pieces(events, "occupancy", at=200, window=150) == (Fraction(100, 150), 100, 150, 150)
    assert pieces(events, "occupancy", at=2000, window=60) == (None, 0, 0, 0)


def test_idle_time_is_an_available_stretch_that_ended_with_a_contact() -> None:
    events = agent(
        "a1",
        (0, "available"),
        (10, "available"),
        (20, "ringing"),
        (25, "available"),
        (40, "ringing"),
        (45, "on_contact"),
        (90, "available"),
        (95, "break"),
        (99, "on_contact"),
        (120, "available"),
        (121, "available", {"queues": ["one"]}),
        (123.5, "on_contact"),
        (200, "available"),
    )
    assert pieces(events, "average_idle_time", stat="mean") == (
        Fraction(37, 4),
        Fraction(37, 2),
        2,
        2,
    )
    assert pieces(events, "average_idle_time", stat="mean", at=46, window=1)[3] == 1
    assert value(events, "longest_state_time", part="available", at=260) == 60


def test_an_agent_of_two_queues_counts_in_both_and_once_overall() -> None:
    settings = {"groups": {"both": {"queues": ["one", "two"]}}}
    events = agent("a1", (0, "available", {"queues": ["one", "two"], "team": "blue"})) + agent(
        "a2", (0, "on_contact", {"queues": ["two"]}), (50, "available", {"queues": ["one"]})
    )
    assert value(events, "agents_available") == 2
    assert value(events, "agents_available", queue="one") == 2
    assert value(events, "agents_available", queue="two") == 1
    assert value(events, "agents_available", settings=settings, group="both") == 2
    assert value(events, "agents_available", team="blue") == 1
    assert value(events, "agents_available", team=None) == 1
    assert pieces(events, "occupancy", queue="two", at=100) == (Fraction(1, 3), 50, 150, 150)
    assert pieces(events, "occupancy", queue="one", at=100) == (0, 0, 150, 150)
    assert value(events, "agents", part="on_contact", at=50) == 1
