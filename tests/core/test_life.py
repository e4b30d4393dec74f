"""A life: repeats, disorder, ties of one instant, and what it keeps in the sums."""

from streams.core.event_types import QUEUED, TRANSFERRED
from streams.core.facts import Key
from streams.core.life import FAMILIES, FEW, Life
from streams.core.lifecycle.leg import NEVER
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.measures import NUMBERS, ORDERED
from streams.core.owed import Owed
from streams.core.targets import Rules
from tests.laws.kit import decoded
from tests.timelines import TEN_S, Raw, contact, event

AROUND = Surroundings(Rules())
CALL = contact(
    "c1",
    (0, "queued"),
    (5, "offered_to_agent"),
    (9, "answered"),
    (60, "ended"),
    (90, "wrapup_ended"),
)


def life() -> Life:
    """A contact of which nothing is known yet."""
    return Life(FAMILIES["contact"], "c1", AROUND)


def lived(raws: list[Raw], *, book_each: bool, now_s: int = 0) -> tuple[Life, Owed]:
    """A contact that read these events, booked after each of them or once."""
    one, owed = life(), Owed()
    for told in decoded(raws, AROUND.rules):
        one.take(told)
        if book_each:
            one.book(now_s * 1000, owed)
    one.book(now_s * 1000, owed)
    return one, owed


def owing(owed: Owed) -> dict[Key, int]:
    """What is owed to the log in all."""
    levels = {(cell, second, x): n for (_, cell, second, x), n in owed.levels.items() if n}
    return levels | {key: n for key, n in owed.cells.items() if n}


def names(one: Life) -> set[str]:
    """Measures that the life has in the sums."""
    return {ORDERED[cell & 255].name for cell, _, _ in one.facts}


def test_what_is_owed_is_what_is_kept() -> None:
    for raws in (CALL, CALL[::-1], [*CALL[2:], *CALL[:2]]):
        for book_each in (False, True):
            one, owed = lived(raws, book_each=book_each, now_s=TEN_S + 1000)
            assert owing(owed) == one.facts
            assert one.facts == lived(CALL, book_each=True)[0].facts


def test_what_nobody_was_told_is_not_taken_back() -> None:
    """Handle time of the end gives way to that of the wrap-up without a trace, before a record."""
    at_once, each = lived(CALL, book_each=False)[1], lived(CALL, book_each=True)[1]
    assert 0 not in at_once.cells.values()
    assert 0 not in at_once.levels.values() or len(at_once.levels) < len(each.levels)
    assert len(at_once.cells) < len(each.cells)


def test_late_events_of_one_fetch_cost_one_replay() -> None:
    one, owed = life(), Owed()
    replays = 0
    for told in decoded(CALL[::-1], AROUND.rules):
        one.take(told)
        replays += one.stale
    assert replays == 4, "waits for its booking"
    one.book(0, owed)
    assert not one.stale
    assert [each.time_ms - TEN_S * 1000 for each in one.events] == [0, 5000, 9000, 60_000, 90_000]


def test_a_repeat_is_known_in_short_and_long_lives() -> None:
    raws = contact("c1", *((second, "queued") for second in range(3 * FEW)))
    one = life()
    for told, again in zip(decoded(raws, AROUND.rules), decoded(raws, AROUND.rules), strict=True):
        assert not one.knows(told)
        one.take(told)
        assert one.knows(again)
        assert not one.contradicts(again)


def test_a_repeat_with_other_content_is_a_contradiction() -> None:
    one = lived(CALL, book_each=True)[0]
    for change in ({"time": CALL[3]["time"]}, {"data": {"agent": "bob"}}):
        again = decoded([CALL[2] | change], AROUND.rules)[0]
        assert one.knows(again)
        assert one.contradicts(again)
    elsewhere = decoded([CALL[2] | {"source": "test://crm"}], AROUND.rules)[0]
    assert not one.knows(elsewhere)


def test_a_transfer_and_the_next_queue_at_one_instant_need_no_replay() -> None:
    raws = contact(
        "c1",
        *((0, "queued"), (9, "answered"), (60, "transferred")),
        (60, "queued", {"queue": "sales"}),
    )
    one = life()
    for told in decoded(raws, AROUND.rules):
        one.take(told)
        assert not one.stale
    assert [told.rank for told in one.events[2:]] == [QUEUED, TRANSFERRED], "their order in a life"
    stepped = lived(raws, book_each=False)[0].facts
    assert stepped == lived(raws[::-1], book_each=False)[0].facts
    assert {cell & 255 for cell, _, _ in stepped} >= {NUMBERS["contacts_transferred"]}


def test_its_timers() -> None:
    """Due at the target, then at the longest wait; a decision leaves nothing due."""
    one, _ = lived(CALL[:1], book_each=True)
    assert one.due_ms == (TEN_S + 20) * 1000
    one, _ = lived(CALL[:1], book_each=True, now_s=TEN_S + 20)
    assert "target_missed" not in names(one), "at the very instant it is still in time"
    one, _ = lived(CALL[:1], book_each=True, now_s=TEN_S + 21)
    assert "target_missed" in names(one)
    assert one.due_ms == (TEN_S + 14_400) * 1000
    one, _ = lived(CALL[:3], book_each=True, now_s=TEN_S + 21)
    assert one.due_ms == NEVER


def test_a_deleted_contact_has_nothing_in_the_sums() -> None:
    raws = [*CALL, event(100, "contact.deleted")]
    for order in (raws, raws[::-1]):
        for book_each in (False, True):
            one, owed = lived(order, book_each=book_each, now_s=TEN_S + 9999)
            assert one.facts == owing(owed) == {}
            assert one.state.over()
    one, owed = lived([*raws, *contact("c1", (200, "queued"))], book_each=True)
    assert one.facts == owing(owed) == {}
