"""The recount against the settled readings of contacts in kpis.md, one short life each."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from tests.oracle import figure_of, recount
from tests.timelines import Raw, contact, pieces, value


def test_the_instant_itself_is_not_in_the_window_and_its_start_is() -> None:
    events = contact("c1", (0, "queued"), (10, "answered"))
    assert value(events, "contacts_answered", at=10) == 0
    assert value(events, "contacts_answered", at=11, window=1) == 1
    assert value(events, "contacts_answered", at=12, window=1) == 0
    assert value(events, "contacts_waiting", at=10) == 1
    assert value(events, "longest_wait_now", at=10) == 10


def test_limits_are_exact_to_the_millisecond() -> None:
    """Exactly the short limit is no short abandon; a wait of exactly T is in time."""
    at_limit = contact("c1", (0, "queued"), (5, "abandoned"))
    before = contact("c1", (0, "queued"), (4.999, "abandoned"))
    assert value(at_limit, "contacts_abandoned") == 1
    assert value(before, "contacts_short_abandoned") == 1
    in_time = contact("c1", (0.25, "queued"), (20.25, "answered"))
    late = contact("c1", (0.25, "queued"), (20.251, "answered"))
    assert pieces(in_time, "service_level") == (1, 1, 1, 1)
    assert pieces(late, "service_level") == (0, 0, 1, 1)


def test_flowed_out_late_keeps_its_miss_in_queue_exit_only() -> None:
    events = contact("c1", (0, "queued"), (25, "flowed_out"))
    assert pieces(events, "service_level", at=24) == (0, 0, 1, 1)
    assert pieces(events, "service_level") == (None, 0, 0, 0)
    assert pieces(events, "service_level", "abandons_ignored") == (None, 0, 0, 0)
    assert pieces(events, "service_level", "queue_exit") == (0, 0, 1, 1)
    assert pieces(events, "service_level", "queue_exit", at=26, window=6) == (0, 0, 1, 1)
    assert pieces(events, "service_level", "queue_exit", at=26, window=5) == (None, 0, 0, 0)


def test_a_callback_in_time_is_a_hit_of_queue_exit_and_a_flow_out_in_time_is_not() -> None:
    callback = contact("c1", (0, "queued"), (10, "callback_requested"))
    flowed = contact("c2", (0, "queued"), (10, "flowed_out"))
    assert pieces(callback + flowed, "service_level", "queue_exit") == (Fraction(1, 2), 1, 2, 2)
    assert pieces(callback + flowed, "service_level") == (None, 0, 0, 0)
    assert value(callback + flowed, "contacts_offered") == 2


def test_a_callback_waits_until_it_ended_or_its_limit() -> None:
    events = contact("c1", (0, "queued"), (10, "callback_requested"))
    day = {"defaults": {"callback_limit_seconds": 600}}
    assert value(events, "callbacks_waiting", at=610, settings=day) == 1
    assert value(events, "callbacks_waiting", at=611, settings=day) == 0
    ended = events + contact("c1", (300, "callback_ended", {"outcome": "reached"}))
    assert value(ended, "callbacks_waiting", at=300) == 1
    assert value(ended, "callbacks_waiting", at=301) == 0


def test_a_queued_over_an_undecided_leg_flows_it_out() -> None:
    events = contact("c1", (0, "queued", {"queue": "one"}), (8, "queued", {"queue": "two"}))
    assert value(events, "contacts_flowed_out", queue="one") == 1
    assert value(events, "contacts_waiting", queue="two") == 1
    assert value(events, "contacts_waiting") == 1


def test_the_same_queued_under_another_id_is_the_same_leg() -> None:
    events = contact("c1", (0, "queued"), (0, "queued"), (9, "answered"))
    assert value(events, "contacts_queued") == 1
    assert value(events, "contacts_flowed_out") == 0


@pytest.mark.parametrize("reverse", [False, True])
def test_a_leg_left_when_the_next_one_opens_is_left_first(reverse: bool) -> None:
    events = contact(
        "c1",
        (0, "queued", {"queue": "one"}),
        (9, "flowed_out", {"to": "two"}),
        (9, "queued", {"queue": "two"}),
        (20, "answered"),
        (60, "transferred"),
        (60, "queued", {"queue": "three"}),
    )
    events = events[::-1] if reverse else events
    assert value(events, "contacts_flowed_out", queue="one") == 1
    assert value(events, "contacts_answered", queue="two") == 1
    assert value(events, "average_talk_time", stat="mean", queue="two") == 40
    assert value(events, "contacts_waiting", queue="three") == 1


def test_a_conversation_ends_at_the_transfer_that_a_further_leg_follows() -> None:
    events = contact(
        "c1",
        (0, "queued", {"queue": "one"}),
        (10, "answered"),
        (30, "held"),
        (40, "transferred"),
        (45, "resumed"),
        (50, "queued", {"queue": "two"}),
        (80, "wrapup_ended"),
    )
    assert value(events, "average_talk_time", stat="mean") == 20
    assert value(events, "average_hold_time", stat="mean") == 10
    assert value(events, "average_after_contact_work", stat="mean") == 40
    assert value(events, "contacts_in_progress", at=50) == 1
    assert value(events, "contacts_in_progress", at=51) == 0
    assert handled(events, at=60) == 30


def handled(events: list[Raw], at: int) -> object:
    """The mean handle time known at that second, over the last 25 s."""
    return value(events, "average_handle_time", stat="mean", at=at, window=25)


def test_a_transfer_before_the_first_known_queued_still_makes_two_legs() -> None:
    events = contact("c1", (5, "answered", {"queue": "one"}), (30, "transferred"))
    events += contact("c1", (31, "queued", {"queue": "two"}), (40, "answered"))
    assert value(events, "contacts_answered", queue="one") == 1
    assert value(events, "contacts_answered", queue="two") == 1
    assert value(events, "average_speed_of_answer", stat="mean") == 9


def test_ended_while_waiting_is_an_abandonment() -> None:
    events = contact("c1", (0, "queued"), (15, "ended"))
    assert value(events, "contacts_abandoned") == 1
    assert value(events, "average_time_to_abandon", stat="mean") == 15


def test_abandoned_after_an_answer_only_ends_the_conversation() -> None:
    events = contact("c1", (0, "queued"), (10, "answered"), (70, "abandoned", {"where": "hold"}))
    assert value(events, "contacts_abandoned") == 0
    assert value(events, "average_handle_time", stat="mean") == 60
    assert value(events, "contacts_in_progress", at=70) == 1
    assert value(events, "contacts_in_progress", at=71) == 0


def test_a_hang_up_in_the_menu_is_no_abandonment() -> None:
    events = contact("c1", (0, "abandoned", {"where": "ivr"}))
    assert value(events, "contacts_abandoned", "incl_short") == 0
    assert value(events, "contacts_offered") == 0


def test_answered_before_queued_counts_without_a_wait() -> None:
    events = contact("c1", (5, "answered"), (7, "queued"), (65, "ended"))
    assert value(events, "contacts_answered", queue="support") == 1
    assert value(events, "contacts_queued") == 1
    assert pieces(events, "service_level") == (None, 0, 0, 0)
    assert pieces(events, "service_level", "answered_only") == (None, 0, 0, 0)
    assert pieces(events, "answer_rate") == (1, 1, 1, 1)
    assert pieces(events, "average_speed_of_answer", stat="mean") == (None, 0, 0, 0)
    assert value(events, "average_talk_time", stat="mean") == 60


def test_told_waits_serve_when_no_queued_is_known() -> None:
    events = contact("c1", (60, "answered", {"wait_seconds": 25.5, "queue": "back"}))
    assert value(events, "average_speed_of_answer", stat="mean", queue="back") == Fraction(51, 2)
    assert pieces(events, "service_level") == (0, 0, 1, 1)
    assert value(contact("c1", (60, "answered")), "contacts_answered", queue="unassigned") == 1
    known = contact("c1", (50, "queued"), (60, "answered", {"wait_seconds": 25}))
    assert value(known, "average_speed_of_answer", stat="mean") == 10


def test_a_ghost_leaves_the_waiting_and_keeps_its_miss() -> None:
    events = contact("c1", (0, "queued"))
    limit = {"defaults": {"maximum_wait_seconds": 100}}
    assert value(events, "contacts_waiting", at=100, settings=limit) == 1
    assert value(events, "contacts_waiting", at=101, settings=limit) == 0
    assert value(events, "longest_wait_now", at=101, settings=limit) == 0
    assert pieces(events, "service_level", at=200, settings=limit) == (0, 0, 1, 1)
    assert value(events, "contacts_offered", at=200, settings=limit) == 0


def test_a_transfer_without_a_further_leg_runs_on_to_the_end() -> None:
    events = contact(
        "c1",
        (0, "queued"),
        (10, "answered"),
        (50, "transferred", {"mode": "self_service"}),
        (110, "ended"),
    )
    assert value(events, "average_talk_time", stat="mean") == 100
    assert pieces(events, "transfer_rate") == (1, 1, 1, 1)
    assert pieces(events, "self_service_transfer_rate") == (1, 1, 1, 1)
    # booked at the answer
    assert value(events, "self_service_transfer_rate", at=60, window=45) is None
    assert value(events, "self_service_transfer_rate", at=60, window=50) == 1


def test_told_durations_win() -> None:
    events = contact(
        "c1",
        (0, "queued"),
        (10, "answered"),
        (110, "ended", {"talk_seconds": 70, "hold_seconds": 20}),
        (200, "wrapup_ended", {"wrapup_seconds": 30}),
    )
    assert value(events, "average_handle_time", stat="mean") == 120
    only_hold = contact("c1", (0, "queued"), (10, "answered"), (110, "ended", {"hold_seconds": 20}))
    assert value(only_hold, "average_talk_time", stat="mean") == 80
    too_much = contact("c1", (0, "queued"), (10, "answered"), (50, "ended", {"hold_seconds": 90}))
    assert pieces(too_much, "average_talk_time", stat="mean") == (None, 0, 0, 0)
    assert pieces(too_much, "transfer_rate") == (0, 0, 1, 1)


def test_hold_over_those_held_and_over_all() -> None:
    held = contact("c1", (0, "queued"), (1, "answered"), (10, "held"), (40, "ended"))
    plain = contact("c2", (0, "queued"), (1, "answered"), (41, "ended"))
    assert pieces(held + plain, "average_hold_time", stat="mean") == (30, 30, 1, 1)
    assert pieces(held + plain, "average_hold_time", "all_contacts", stat="mean") == (15, 30, 2, 2)
    assert pieces(held + plain, "average_after_contact_work", stat="mean") == (0, 0, 2, 2)
    assert pieces(held + plain, "average_after_contact_work", "nonzero", stat="mean")[3] == 0


def test_ringing_is_from_the_last_offer_to_the_agent_who_answered() -> None:
    events = contact(
        "c1",
        (0, "queued"),
        (1, "offered_to_agent", {"agent": "ann"}),
        (11, "ring_no_answer", {"agent": "ann"}),
        (12, "offered_to_agent", {"agent": "bob"}),
        (15, "offered_to_agent", {"agent": "ann"}),
        (16, "answered", {"agent": "bob"}),
    )
    assert value(events, "average_agent_response_delay", stat="mean") == 4
    assert value(events, "average_agent_response_delay", "source_b", stat="mean") == 16
    assert value(events, "ring_no_answers", queue="support") == 1
    assert value(events, "ring_no_answers", agent="ann") == 1
    assert value(events, "ring_no_answers", agent="bob") == 0


def test_outbound_internal_and_deleted_contacts_are_nowhere() -> None:
    events = (
        contact("c1", (0, "queued", {"direction": "outbound"}), (1, "answered"))
        + contact("c2", (0, "queued", {"direction": "internal"}))
        + contact("c3", (0, "queued"), (1, "answered"), (9, "deleted"))
    )
    assert value(events, "contacts_queued") == 0
    assert value(events, "contacts_answered") == 0
    assert value(events, "contacts_waiting") == 0
    assert value(events, "contacts_answered", at=9) == 1


def test_groups_of_queues_channels_and_teams() -> None:
    settings = {
        "queues": {"Care": {"team": "blue", "aliases": ["care-old"]}},
        "groups": {"all": {"queues": ["Care", "Sales"]}, "half": {"queues": ["Care"]}},
    }
    events = (
        contact("c1", (0, "queued", {"queue": "care-old"}), (8, "answered"))
        + contact("c2", (0, "queued", {"queue": "Sales", "channel": "chat", "team": "red"}))
        + contact("c3", (0, "queued", {"queue": " Other "}))
    )
    assert value(events, "contacts_answered", settings=settings, queue="Care") == 1
    assert value(events, "contacts_queued", settings=settings, group="all") == 2
    assert value(events, "contacts_queued", settings=settings, group="half") == 1
    assert value(events, "contacts_queued", settings=settings, team="blue") == 1
    assert value(events, "contacts_queued", settings=settings, team="red") == 1
    assert value(events, "contacts_queued", settings=settings, channel="voice") == 2
    assert value(events, "contacts_queued", settings=settings, queue="Sales", channel="chat") == 1
    assert value(events, "contacts_queued", settings=settings, queue="Other") == 1


def test_today_begins_at_the_queues_midnight_and_the_days_of_clock_change_are_right() -> None:
    settings = {
        "site": {"time_zone": "UTC"},
        "queues": {"tokyo": {"time_zone": "Asia/Tokyo"}, "paris": {"time_zone": "Europe/Paris"}},
    }

    def legs(queue: str, moment: str) -> list[Raw]:
        raw = contact(f"{queue}{moment}", (0, "queued", {"queue": queue}))[0]
        return [{**raw, "time": moment}]

    events = (
        legs("tokyo", "2026-10-24T14:59:59.999Z")  # the evening before in Tokyo
        + legs("tokyo", "2026-10-24T15:00:00Z")
        + legs("paris", "2026-10-24T21:59:59Z")
        + legs("paris", "2026-10-24T22:00:00Z")  # 0:00 on a day of 25 hours
    )
    at = int(datetime(2026, 10, 25, 22, 59, tzinfo=UTC).timestamp())
    by_queue = recount(events, settings, at, "today", ("queue",))
    assert figure_of(by_queue, "contacts_queued", grouping=(("queue", "paris"),)).value == 1
    assert figure_of(by_queue, "contacts_queued", grouping=(("queue", "tokyo"),)).value == 0
    early = recount(events, settings, at - 8 * 3600 - 1, "today", ("queue",))
    assert figure_of(early, "contacts_queued", grouping=(("queue", "tokyo"),)).value == 1
    together = recount(events, settings, at, "today")
    assert figure_of(together, "contacts_queued").value == 0  # the site's midnight is later
