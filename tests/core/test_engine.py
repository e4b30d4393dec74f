"""The worker's side of a partition: what is counted, cut, packed away, based and loaded."""

from collections.abc import Sequence
from typing import Any

import pytest

from streams.core import lives
from streams.core.board import Board
from streams.core.delta import Content
from streams.core.engine import Partition
from streams.core.facts import Group
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import AGENT_TIME, CONTACTS_WAITING
from streams.core.targets import Rules
from tests.histories import arrivals
from tests.laws.kit import ALL_WINDOWS, decoded, told
from tests.timelines import TEN_S, Raw, agent, contact, event

RULES = Rules()


def worker(raws: Sequence[Raw] = ()) -> Partition:
    """A worker that read these events as they happened."""
    partition = Partition(Surroundings(RULES))
    for one in decoded(raws, RULES):
        partition.take(one, record_ms=one.time_ms)
    return partition


def lives_of(*contents: Content) -> dict[str, bytes]:
    """The last word on each life."""
    lives: dict[str, bytes | None] = {}
    for content in contents:
        lives |= content.lives
    return {key: raw for key, raw in lives.items() if raw is not None}


# ---- records


def test_a_record_says_what_changed_and_then_nothing_is_owed() -> None:
    partition = worker(
        [*contact("c1", (0, "queued"), (3, "answered")), event(4, "source.heartbeat")]
    )
    assert partition.changed
    content = partition.cut(lag_events=7)
    assert set(content.lives) == {"cc1"}
    assert content.counters == {"events": 3}
    assert content.groups == [Group("support", "voice")]
    assert (content.newest_event_ms, content.lag_events) == ((TEN_S + 4) * 1000, 7)
    assert partition.cut() == Content(
        measures=content.measures,
        now_ms=content.now_ms,
        newest_event_ms=content.newest_event_ms,
        record_time_ms=content.record_time_ms,
    )


def test_a_level_that_came_and_went_between_two_records_is_not_told() -> None:
    content = worker(contact("c1", (0, "queued"), (3, "abandoned"))).cut()
    assert content.levels == []
    assert content.cells


def test_late_means_a_minute_behind_now() -> None:
    partition = worker()
    partition.advance((TEN_S + 100) * 1000)
    for second in (200, 39, 40):
        partition.take(decoded([event(second, "contact.held", "c1")], RULES)[0], record_ms=0)
    assert partition.cut().counters == {"events": 3, "events_late": 1}


def test_the_estimate_of_a_record_is_about_its_size() -> None:
    """A cut comes before a record is too large, and not at every event."""
    contacts = [
        raw
        for n in range(300)
        for raw in contact(f"c{n}", (n, "queued"), (n + 5, "answered"), (n + 90, "ended"))
    ]
    agents = [
        raw
        for n in range(40)
        for raw in agent(f"a{n}", *((9 * s, ("available", "break")[s % 2]) for s in range(200)))
    ]
    for raws in (contacts, agents):
        partition = worker(raws)
        fresh = partition.size
        partition.advance((TEN_S + 5000) * 1000)
        booked = partition.size
        content = partition.cut()
        written = sum(len(key) + len(raw) for key, raw in lives_of(content).items())
        written += 2 * (len(content.cells) + len(content.levels))
        for estimate in (fresh, booked):
            assert written / 4 < estimate < written * 4


# ---- timers


def test_advance_stops_when_the_record_is_full_and_goes_on_after_a_cut() -> None:
    """A thousand misses are due at once: no record grows beyond its room, none is lost."""
    partition = worker([raw for n in range(1000) for raw in contact(f"c{n}", (n / 100, "queued"))])
    partition.cut()
    missed, cuts = 0, 0
    while not partition.advance((TEN_S + 60) * 1000, room=50_000):
        assert partition.size < 60_000
        content = partition.cut()
        assert content.now_ms <= (TEN_S + 31) * 1000
        missed, cuts = missed + sum(content.cells[4::5]), cuts + 1
    missed += sum(partition.cut().cells[4::5])
    assert missed == 1000
    assert cuts > 3
    assert partition.now_ms == (TEN_S + 60) * 1000


def test_now_never_goes_back() -> None:
    partition = worker()
    partition.advance(5000)
    partition.advance(3000)
    assert partition.now_ms == 5000


# ---- idle lives


def test_idle_lives_are_packed_and_wake_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lives, "IDLE_CUTS", 2)
    partition = worker(contact("c1", (0, "queued")))
    for _ in range(4):
        partition.cut()
    assert not partition.lives
    assert set(partition.idle) == {"cc1"}
    partition.advance((TEN_S + 21) * 1000)
    assert set(partition.lives) == {"cc1"}, "its timer was due"
    assert sum(partition.cut().cells[4::5]) == 1, "one miss"


def test_a_life_that_a_repeat_woke_up_goes_to_sleep_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lives, "IDLE_CUTS", 2)
    raws = contact("c1", (0, "queued"))
    partition = worker(raws)
    for _ in range(4):
        partition.cut()
    partition.take(decoded(raws, RULES)[0], record_ms=0)
    assert partition.lives
    assert partition.cut().counters == {"events": 1, "duplicates": 1}
    for _ in range(3):
        partition.cut()
    assert not partition.lives


def test_in_a_backlog_most_lives_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lives, "AWAKE", 50)
    partition = worker([raw for n in range(200) for raw in contact(f"c{n}", (n, "queued"))])
    partition.cut()
    assert len(partition.lives) == 50
    assert len(partition.idle) == 150


# ---- bases


def test_chunks_together_are_everything_that_stands(seed: int) -> None:
    centre = told(seed, contacts=8, agents=4)
    partition = Partition(Surroundings(centre.rules))
    for raw in arrivals(centre.choose, centre.raws):
        partition.take(decoded([raw], centre.rules)[0], record_ms=0)
    partition.advance(centre.instant() * 1000)
    partition.cut()
    for of in (1, 4, 256):
        chunks = [partition.chunk(i, of) for i in range(of)]
        keys = [key for chunk in chunks for key in chunk.lives]
        assert sorted(keys) == sorted({*partition.lives, *partition.idle})
        assert not any(chunk.cells for chunk in chunks)
    assert partition.stored_bytes > sum(len(raw) for raw in lives_of(*chunks).values())


def test_time_in_state_goes_on_over_a_base() -> None:
    """A board that starts at a base knows who is in which state, and counts on from there."""
    partition = worker(agent("ann", (0, "available"), (600, "on_contact"), (700, "wrapup")))
    partition.cut()
    board = Board(RULES, ALL_WINDOWS)
    base = partition.chunk(0, 1)
    board.merge_levels(base.measures, base.groups, base.levels)
    for one in decoded(agent("ann", (1100, "on_contact"), (1150, "offline")), RULES):
        partition.take(one, record_ms=0)
    board.merge(partition.cut())
    at = TEN_S + 1300
    board.advance(at * 1000, at)
    (window,) = (window for window in ALL_WINDOWS if window.name == "5m")
    view = board.view((), (), window)
    spent = {state: view.time_ms([measure]) / 1000 for state, measure in AGENT_TIME.items()}
    assert spent == {"available": 0, "on_contact": 50, "wrapup": 100}


def test_nothing_may_be_unflushed_when_a_chunk_is_cut() -> None:
    with pytest.raises(AssertionError, match="R7"):
        worker(contact("c1", (0, "queued"))).chunk(0, 1)


# ---- loading


def test_lives_may_be_loaded_in_parts_and_stay_packed() -> None:
    raws = [raw for n in range(20) for raw in contact(f"c{n}", (n, "queued"))]
    lives = lives_of(worker(raws).cut())
    again = Partition(Surroundings(RULES))
    half = list(lives.items())[:10]
    again.load(dict(half), now_ms=5)
    again.load(dict(list(lives.items())[10:]), now_ms=(TEN_S + 20) * 1000)
    assert not again.lives
    assert not again.changed
    again.advance((TEN_S + 30) * 1000)
    assert len(again.lives) == 10, "those queued up to second 9 are due"


@pytest.mark.parametrize("letter", ["t", "m", "?"])
def test_lives_of_a_newer_release_are_left_alone(letter: str) -> None:
    again = Partition(Surroundings(RULES))
    again.load({f"{letter}9": b"\xff\xff"})
    assert not again.idle
    assert again.cut().lives == {}


def test_waiting_is_known_right_after_a_load() -> None:
    lives = lives_of(worker(contact("c1", (0, "queued"))).cut())
    again = Partition(Surroundings(RULES))
    again.load(lives, now_ms=TEN_S * 1000)
    base: Any = again.chunk(0, 1)
    board = Board(RULES, ALL_WINDOWS)
    board.merge_levels(base.measures, base.groups, base.levels)
    assert board.live((), ()).standing(CONTACTS_WAITING) == 1
