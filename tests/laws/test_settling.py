"""Settling, folding and forgetting: what a worker lets go of, and that no figure moves by it.

Time lines are seconds after ten o'clock (tests/timelines.py); Kafka's record time runs with them
unless a test says otherwise.
"""

from collections.abc import Iterable

import pytest

from streams.core.delta import Content
from streams.core.engine import FOLD_EVERY_MS, Partition
from streams.core.life import MAXIMUM_EVENTS
from streams.core.lifecycle.surroundings import Surroundings
from tests.laws.kit import Centre, assert_same, decoded, read_off, rules_of
from tests.timelines import TEN_S, Raw, agent, contact, event

HOUR = 3600
RULES = rules_of({"privacy": {"agents": True}})
CALL = contact("c1", (0, "queued"), (9, "answered"), (100, "ended"))


def worker(raws: Iterable[Raw], *, record_s: float | None = None) -> Partition:
    """A worker that read these events, each at its own time or all at `record_s`."""
    return further(Partition(Surroundings(RULES)), raws, record_s=record_s)


def further(
    partition: Partition, raws: Iterable[Raw], *, record_s: float | None = None
) -> Partition:
    """The same worker reads on."""
    for one in decoded(raws, RULES):
        at_ms = one.time_ms if record_s is None else ms(record_s)
        partition.take(one, at_ms)
    partition.settle()
    return partition


def ms(second: float) -> int:
    """Milliseconds since 1970 of a second after ten."""
    return round((TEN_S + second) * 1000)


def beat(second: float) -> list[Raw]:
    """Nothing happens, but a record is read at that time."""
    return [event(second, "source.heartbeat", "test://pbx")]


def counted(content: Content, measure: str) -> int:
    """What a measure of counts comes to in all cells of a record."""
    number, cells = content.measures.index(measure), content.cells
    return sum(cells[at + 4] for at in range(0, len(cells), 5) if cells[at + 1] == number)


# ---- contacts


def test_a_contact_settles_an_hour_after_its_end() -> None:
    partition = worker(CALL)
    further(partition, beat(100 + HOUR - 1))
    assert set(partition.lives) == {"cc1"}
    further(partition, beat(100 + HOUR))
    assert not partition.lives
    content = partition.cut()
    raw = content.lives["cc1"]
    assert raw is not None
    assert raw.startswith(b"!"), "a mark takes the place of the life"


def test_settling_goes_by_record_time_not_by_event_time() -> None:
    """Old data read now, and a backlog read late, settle nothing early."""
    partition = worker(CALL, record_s=500_000)
    further(partition, contact("c2", (90_000, "queued")), record_s=500_000 + HOUR - 1)
    assert "cc1" in partition.lives
    further(partition, beat(0), record_s=500_000 + HOUR)
    assert "cc1" not in partition.lives


def test_an_open_contact_never_settles_and_a_further_event_puts_it_off() -> None:
    partition = worker([*CALL[:2], *contact("c2", (0, "queued"), (9, "abandoned"))])
    further(partition, contact("c2", (HOUR, "wrapup_ended")))
    further(partition, beat(HOUR + 10))
    assert set(partition.lives) == {"cc1", "cc2"}
    further(partition, beat(2 * HOUR + 1))
    assert set(partition.lives) == {"cc1"}


@pytest.mark.parametrize("asleep", [False, True], ids=["awake", "packed"])
def test_events_after_settling_are_counted_and_change_nothing(asleep: bool) -> None:
    partition = worker(CALL)
    if asleep:
        partition = reloaded([partition.cut()])
    further(partition, beat(2 * HOUR))
    partition.cut()
    further(partition, [*CALL, *contact("c1", (50, "transferred"))], record_s=27 * HOUR)
    assert partition.counters["after_settling"] == 4
    assert not partition.lives
    assert not partition.cut().cells


def test_fingerprints_last_26_hours_and_survive_a_crash() -> None:
    partition = worker(CALL)
    further(partition, beat(2 * HOUR))
    partition = reloaded([partition.cut()])
    further(partition, CALL, record_s=28 * HOUR)
    assert partition.counters["after_settling"] == 3
    partition.cut()
    base = [partition.chunk(i, 4) for i in range(4)]
    partition = reloaded(base)
    further(partition, CALL, record_s=28 * HOUR)
    assert partition.counters["after_settling"] == 3
    further(partition, beat(0), record_s=30 * HOUR)
    further(partition, CALL)
    assert partition.counters["after_settling"] == 3, "forgotten: it begins a new life"


def reloaded(contents: list[Content]) -> Partition:
    """A worker that starts from these records."""
    lives = {key: raw for one in contents for key, raw in one.lives.items() if raw is not None}
    last = contents[-1]
    partition = Partition(Surroundings(RULES))
    partition.load(
        lives,
        now_ms=last.now_ms,
        record_ms=last.record_time_ms,
        newest_event_ms=last.newest_event_ms,
    )
    return partition


def test_what_is_not_inbound_and_never_ends_is_let_go_too() -> None:
    """Nothing is booked for an outbound leg, but it may not stay for ever either."""
    partition = worker(contact("c1", (0, "queued", {"direction": "outbound"})))
    partition.advance(ms(20_000))
    assert not partition.cut().cells
    further(partition, beat(20_000 + HOUR))
    assert not partition.lives


# ---- ghosts


def test_a_ghost_leaves_and_is_counted_at_its_own_second() -> None:
    centre = Centre(rules_of({"defaults": {"maximum_wait_seconds": 600}}))
    centre.take(decoded(contact("c1", (0.5, "queued")), centre.rules))
    assert waiting_at(centre, 600) == 1
    assert waiting_at(centre, 601) == 0
    content = centre.partitions[0]
    assert [life.state.over() for life in content.lives.values()] == [True]


def test_a_ghost_that_is_answered_after_all_was_none() -> None:
    settings = {"defaults": {"maximum_wait_seconds": 600}}
    rules = rules_of(settings)
    raws = contact("c1", (0, "queued"), (700, "answered"))
    live = Centre(rules).take(decoded(raws[:1], rules))
    assert waiting_at(live, 650) == 0
    live.take(decoded(raws[1:], rules))
    at_once = Centre(rules).take(decoded(raws, rules))
    assert_same(read_off(live.at(TEN_S + 900)), read_off(at_once.at(TEN_S + 900)), "no ghost")


def waiting_at(centre: Centre, second: int) -> int:
    """How many wait at that second after ten."""
    found = read_off(centre.at(TEN_S + second))
    value = found[None, "contacts_waiting", "default", None, None, ()][0]
    assert isinstance(value, int)
    return value


# ---- agents


def shifts(name: str, days: Iterable[int]) -> list[Raw]:
    """Eight hours of work on each of these days, then off."""
    steps = []
    for day in days:
        for half_hour in range(16):
            at = day * 86_400 + half_hour * 1800
            steps += [(at, "available"), (at + 900, "on_contact")]
        steps.append((day * 86_400 + 8 * HOUR, "offline"))
    return agent(name, *steps)


def test_an_agent_who_comes_back_after_a_day_off_is_seen() -> None:
    """Whoever is folded is not settled: what comes next counts."""
    partition = worker(shifts("ann", [0]))
    for hour in range(9, 48):
        further(partition, beat(hour * HOUR))
    assert partition.counters["folded"] == 33
    further(partition, shifts("ann", [2]))
    assert partition.counters["after_settling"] == 0
    assert len(partition.lives["aann"].events) == 33


def test_an_agent_is_folded_after_26_hours_though_never_logged_off() -> None:
    day_and_night = agent(
        "bot", *((60 * n, ("available", "on_contact")[n % 2]) for n in range(4000))
    )
    partition = worker(day_and_night)
    assert len(partition.lives["abot"].events) <= MAXIMUM_EVENTS
    quiet = worker(agent("ann", (0, "available"), (10, "break")))
    for hour in range(0, 30, 2):
        further(quiet, beat(hour * HOUR))
    assert not quiet.lives["aann"].events
    assert not quiet.lives["aann"].state.over()
    assert quiet.counters["folded"] == 2


def test_folding_moves_no_figure() -> None:
    """With and without folding the board shows the same, also after the next events."""
    raws = [*shifts("ann", [0, 1]), *shifts("bob", [0]), *agent("cat", (0, "available"))]
    later = [*agent("ann", (40 * HOUR, "available")), *agent("cat", (41 * HOUR, "on_contact"))]
    folded, kept = Centre(RULES), Centre(RULES)
    for centre, settles in ((folded, True), (kept, False)):
        for one in decoded([*raws, *later], RULES):
            centre.take([one], record_ms=one.time_ms)
            if settles:
                centre.partitions[0].settle()
    assert folded.partitions[0].counters["folded"] > 60
    for by in ((), ("agent",)):
        assert_same(
            read_off(folded.at(TEN_S + 42 * HOUR), by=by),
            read_off(kept.at(TEN_S + 42 * HOUR), by=by),
            "folded",
        )


def test_a_folded_agent_survives_a_crash() -> None:
    partition = worker(agent("ann", (0, "available"), (10, "on_contact")))
    for hour in range(0, 30, 2):
        further(partition, beat(hour * HOUR))
    contents = [partition.cut()]
    again = reloaded(contents)
    further(again, agent("ann", (30 * HOUR, "wrapup")))
    content = again.cut()
    assert sum(content.levels[5::6]) == 0, "it left one state and entered another"
    assert again.counters["after_settling"] == 0


def test_an_agent_who_left_is_forgotten_in_the_end() -> None:
    partition = worker(shifts("ann", [0]))
    for step in range(100):
        further(partition, beat(8 * HOUR + step * FOLD_EVERY_MS / 1000))
    assert not partition.lives
    content = partition.cut()
    assert content.lives["aann"] is None


# ---- far too many events


def test_a_life_keeps_a_thousand_events() -> None:
    """One subject for everything, as a wrongly set up source sends it: counted, never a crash."""
    steps = []
    for call in range(600):
        at = call * 100.0
        steps += [
            (at, "queued"),
            (at + 9, "answered"),
            (at + 60, "ended"),
            (at + 70, "wrapup_ended"),
        ]
    partition = worker(contact("unknown", *steps))
    life = partition.lives["cunknown"]
    assert len(life.events) <= MAXIMUM_EVENTS
    assert partition.counters["folded"] == 2400 - len(life.events)
    content = partition.cut()
    for measure in ("contacts_queued", "contacts_answered", "contacts_handled"):
        assert counted(content, measure) == 600
    again = reloaded([content])
    further(again, contact("unknown", (60_000, "queued"), (60_001, "answered")))
    further(again, contact("unknown", (59_990, "wrapup_ended"), (5, "queued")))
    assert again.counters["after_settling"] == 1
    content = again.cut()
    assert counted(content, "contacts_queued") == 1
    assert counted(content, "contacts_handled") == 0, "the late wrap-up moved one"
    further(again, contact("unknown", (60_002, "deleted")))
    assert counted(again.cut(), "contacts_queued") < 0, "what is not folded is taken back"
