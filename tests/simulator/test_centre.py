"""The simulated centre behaves like a real one: its figures, its agents, its day."""

from collections import Counter, defaultdict
from typing import Any

import pytest

from streams.simulator import DEFAULT_CENTRE, Centre, Queue, Team
from tests.simulator.recount import events_of, occupancy, state_times, tallies
from tests.simulator.runs import TUESDAY_9, busy_hour, parameters, told, working_day

HOUR_MS = 3_600_000
NEXT_STATES = {
    "offline": {"available"},
    "available": {"ringing", "on_contact", "break", "other", "offline"},
    "ringing": {"on_contact", "available", "other", "break", "offline"},
    "on_contact": {"wrapup", "available", "break", "other", "offline"},
    "wrapup": {"available", "break", "other", "offline"},
    "break": {"available", "offline", "other", "break"},
    "other": {"available", "offline", "break", "other"},
}
START_MS = 1_795_507_200_000  # 2026-11-24 09:00 in Paris


def test_events_are_in_order_of_time() -> None:
    for events in (working_day(), busy_hour()):
        times = [event["ms"] for event in events]
        assert times == sorted(times)
        assert times[0] >= START_MS - HOUR_MS


def test_the_deliverys_time_is_the_events_time() -> None:
    deliveries = told()
    assert [d.at_ms for d in deliveries] == [event["ms"] for event in events_of(deliveries)]
    assert START_MS <= deliveries[0].at_ms <= deliveries[-1].at_ms < START_MS + HOUR_MS


# ---- figures


def test_the_figures_of_a_day_are_those_of_a_real_centre() -> None:
    everything = tallies(working_day())[""]
    assert 4_500 < everything.queued < 6_500
    assert 0.75 <= everything.service_level <= 0.90
    assert 0.03 <= everything.abandonment <= 0.08
    spent = state_times(working_day(), START_MS, START_MS + 9 * HOUR_MS)
    assert 0.75 <= occupancy(spent) <= 0.88


def test_there_are_good_stretches_and_bad_ones() -> None:
    half_hours: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for event in working_day():
        half_hours[event["ms"] // 1_800_000].append(event)
    levels = [tallies(events)[""].service_level for events in half_hours.values()]
    assert min(levels) < 0.7
    assert max(levels) > 0.92


def test_queues_differ() -> None:
    found = tallies(working_day())
    levels = {name: tally.service_level for name, tally in found.items() if name}
    assert set(levels) == {queue.name for queue in DEFAULT_CENTRE.queues}
    assert max(levels.values()) - min(levels.values()) > 0.06
    waits = {name: sum(tally.waited_ms) / tally.answered for name, tally in found.items()}
    assert max(waits.values()) > 1.4 * min(waits.values())


def test_some_hang_up_at_once() -> None:
    everything = tallies(working_day())[""]
    assert 0.005 < everything.short / everything.queued < 0.03


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_seed_gives_sane_figures(seed: int) -> None:
    events = events_of(told(seed=seed, duration_seconds=4 * 3600))
    everything = tallies(events)[""]
    assert 0.7 <= everything.service_level <= 0.97
    assert 0.008 <= everything.abandonment <= 0.10
    spent = state_times(events, START_MS + HOUR_MS, START_MS + 4 * HOUR_MS)
    assert 0.70 <= occupancy(spent) <= 0.92


def test_scale_multiplies_contacts_and_agents() -> None:
    def size(scale: float) -> tuple[int, int]:
        events = events_of(told(scale=scale, start=TUESDAY_9.replace(hour=15)))
        agents = {e["subject"] for e in events if e["type"] == "agent.state_changed"}
        return tallies(events)[""].queued, len(agents)

    contacts, agents = size(1)
    more_contacts, more_agents = size(5)
    assert more_contacts / contacts == pytest.approx(5, rel=0.2)
    assert more_agents / agents == pytest.approx(5, rel=0.1)


# ---- the day


def test_nobody_calls_at_night_or_on_sunday() -> None:
    for moment in ("2026-11-24T02:00:00+01:00", "2026-11-22T10:00:00+01:00"):
        start = TUESDAY_9.fromisoformat(moment)
        types = Counter(event["type"] for event in events_of(told(start=start)))
        assert set(types) == {"source.heartbeat"}


def test_always_open_is_busy_at_night() -> None:
    start = TUESDAY_9.replace(hour=2)
    events = events_of(told(start=start, always_open=True, duration_seconds=3 * 3600))
    hours = Counter(
        (event["ms"] - events[0]["ms"]) // HOUR_MS
        for event in events
        if event["type"] == "contact.queued"
    )
    assert min(hours.values()) > 500


def test_who_waits_at_closing_time_is_sent_away() -> None:
    start = TUESDAY_9.replace(hour=18, minute=30)
    events = events_of(told(start=start, scale=8.0, agents_gone=((1500, 1800),)))
    closed = [e for e in events if e["data"].get("reason") == "closed"]
    closing_ms = START_MS + 10 * HOUR_MS
    assert closed and {event["ms"] for event in closed} == {closing_ms}
    assert not [e for e in events if e["type"] == "contact.queued" and e["ms"] > closing_ms]
    assert all(tally.queued for tally in tallies(events).values())


def test_agents_log_off_and_come_back() -> None:
    events = events_of(told(agents_gone=((1200, 1800),), scale=2.0))
    gone_ms, back_ms = START_MS + 1_200_000, START_MS + 1_800_000
    states: dict[str, str] = {}
    at: dict[str, Counter[str]] = {}
    for event in events:
        for label, moment in (
            ("before", gone_ms),
            ("during", back_ms),
            ("after", back_ms + 60_000),
        ):
            if event["ms"] >= moment and label not in at:
                at[label] = Counter(states.values())
        if event["type"] == "agent.state_changed":
            states[event["subject"]] = event["data"]["state"]
    assert at["before"]["offline"] == 0
    assert at["during"]["available"] == 0
    assert at["during"]["offline"] > 0.9 * len(states)
    assert at["after"]["offline"] < 0.2 * len(states)
    during = [e for e in events if gone_ms <= e["ms"] < back_ms]
    assert tallies(during)[""].service_level < 0.3


# ---- agents


def test_no_agent_is_in_two_contacts_at_once() -> None:
    for events in (working_day(), busy_hour()):
        busy: dict[str, str] = {}
        held_by: dict[str, str] = {}
        most = 0
        for event in events:
            subject, type_, agent = event["subject"], event["type"], event["data"].get("agent")
            if type_ in ("contact.offered_to_agent", "contact.answered"):
                assert busy.get(agent, subject) == subject, event
                busy[agent], held_by[subject] = subject, agent
            elif type_ in ("contact.ended", "contact.transferred", "contact.abandoned",
                           "contact.ring_no_answer"):  # fmt: skip
                busy.pop(held_by.pop(subject, ""), None)
            most = max(most, len(busy))
        assert most > 40


def test_states_follow_the_contacts() -> None:
    state: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for event in working_day():
        subject, data = event["subject"], event["data"]
        if event["type"] == "agent.state_changed":
            before, after = state.get(subject, "offline"), data["state"]
            assert after in NEXT_STATES[before], event
            state[subject] = after
        elif event["type"] == "contact.offered_to_agent":
            assert state[data["agent"]] == "ringing", event
            seen["offered"] += 1
        elif event["type"] == "contact.answered":  # on_contact is told in the same breath
            assert state[data["agent"]] in ("ringing", "on_contact"), event
            seen["answered"] += 1
        elif event["type"] == "contact.wrapup_ended":
            assert state[data["agent"]] == "wrapup", event
            seen["wrapped up"] += 1
    assert len(seen) == 3 and min(seen.values()) > 1000


def test_available_agents_say_which_queues_they_serve() -> None:
    skills = {team.name: list(team.skills) for team in DEFAULT_CENTRE.teams}
    free = [e["data"] for e in working_day() if e["data"].get("state") == "available"]
    assert free
    assert all(data["queues"] == skills[data["team"]] for data in free)


def test_durations_told_are_those_between_the_events() -> None:
    queued: dict[str, int] = {}
    checked = 0
    for event in busy_hour():
        if event["type"] == "contact.queued":
            queued[event["subject"]] = event["ms"]
        elif event["type"] == "contact.answered":
            wait_ms = event["ms"] - queued[event["subject"]]
            assert round(event["data"]["wait_seconds"] * 1000) == wait_ms
            checked += 1
    assert checked > 1000


# ---- another centre


def test_a_centre_of_ones_own() -> None:
    centre = Centre(
        queues=(Queue(name="Accueil", contacts_per_hour=60),),
        teams=(Team(name="A", agents=10, skills=("Accueil",)),),
    )
    found = tallies(events_of(told(centre=centre)))
    assert set(found) == {"", "Accueil"} and 20 < found[""].queued < 90


def test_a_centre_with_a_queue_that_nobody_serves_is_refused() -> None:
    queues = (Queue(name="A", contacts_per_hour=1), Queue(name="B", contacts_per_hour=1))
    with pytest.raises(ValueError, match="no team serves B"):
        Centre(queues=queues, teams=(Team(name="t", agents=1, skills=("A",)),))
    with pytest.raises(ValueError, match="no such queue: C"):
        Centre(queues=queues, teams=(Team(name="t", agents=1, skills=("A", "B", "C")),))


def test_the_default_centre_is_the_default() -> None:
    assert parameters().centre is DEFAULT_CENTRE
