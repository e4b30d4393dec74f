"""The board: whose facts belong to a group, what is asked in which zone, what it does not know."""

from streams.core.board import Board
from streams.core.calendar import parse_window
from streams.core.delta import Content
from streams.core.facts import MEASURE_BITS, Group
from streams.core.measures import AGENT_TIME, AGENTS, CONTACTS_ANSWERED, CONTACTS_WAITING, NUMBERS
from streams.core.targets import QueueRules, Rules

RULES = Rules(
    site_time_zone="Europe/Paris",
    defaults=QueueRules(time_zone="Europe/Paris"),
    queues={
        "tokyo": QueueRules(name="tokyo", time_zone="Asia/Tokyo"),
        "osaka": QueueRules(name="osaka", time_zone="Asia/Tokyo"),
    },
    groups={"japan": ("tokyo", "osaka"), "world": ("tokyo", "paris")},
)
TODAY, TOTAL = parse_window("today"), parse_window("total")
ANSWERED = NUMBERS[CONTACTS_ANSWERED.name]
NOON = 1_795_608_000
"""25 November 2026, 12:00 in Paris, 20:00 in Tokyo."""


def board(*facts: tuple[Group, int, int, int, int]) -> Board:
    """A board at noon with these facts: (group, measure, second, x, n)."""
    found = Board(RULES, [TODAY, TOTAL])
    found.add((found.groups.number(g) << MEASURE_BITS | m, s, x, n) for g, m, s, x, n in facts)
    found.advance(NOON * 1000, NOON)
    return found


def answered(queue: str, hours_ago: float, **more: str) -> tuple[Group, int, int, int, int]:
    """One contact answered so long before noon."""
    return Group(queue, "voice", **more), ANSWERED, NOON - round(3600 * hours_ago), 0, 1


def count(found: Board, by: tuple[str, ...], *key: str) -> int:
    """Contacts answered in a group, in all."""
    return found.view(by, key, TOTAL).count([CONTACTS_ANSWERED])


def test_groups_add_up_by_any_dimension() -> None:
    found = board(
        answered("tokyo", 1), answered("tokyo", 1, team="a"), answered("paris", 1, team="a")
    )
    assert count(found, ()) == 3
    assert [count(found, ("queue",), queue) for queue in ("tokyo", "paris", "none")] == [2, 1, 0]
    assert count(found, ("team",), "a") == 2
    assert count(found, ("queue", "team"), "tokyo", "a") == 1
    assert [count(found, ("group",), group) for group in ("japan", "world")] == [2, 3]


def test_today_is_that_of_the_queue_of_a_mixed_group_that_of_the_site() -> None:
    """Fifteen hours ago was yesterday in Paris (21:00), and today in Tokyo (5:00)."""
    found = board(answered("tokyo", 15), answered("osaka", 15), answered("paris", 15))

    def today(by: tuple[str, ...], *key: str) -> int:
        return found.view(by, key, TODAY).count([CONTACTS_ANSWERED])

    assert [today(("queue",), queue) for queue in ("tokyo", "paris")] == [1, 0]
    assert [today(("group",), group) for group in ("japan", "world")] == [2, 0]
    assert today(()) == 0


def test_an_agent_of_two_queues_counts_in_both_and_once_overall() -> None:
    level = AGENTS["available"]
    groups = [Group(team="a"), Group("tokyo", team="a"), Group("paris", team="a")]
    groups += [Group(group="world"), Group(group="japan")]
    found = board(*((group, NUMBERS[level.name], NOON - 90, 250, 1) for group in groups))
    assert found.live((), ()).standing(level) == 1
    assert found.live(("queue",), ("tokyo",)).standing(level) == 1
    assert found.live(("queue",), ("paris",)).standing(level) == 1
    assert found.live(("team",), ("a",)).standing(level) == 1
    assert found.live(("group",), ("world",)).standing(level) == 1
    assert found.live((), ()).oldest_ms(level) == NOON * 1000 - 89_750


def test_time_in_state_counts_up_to_now() -> None:
    time = AGENT_TIME["on_contact"]
    found = board((Group(team="a"), NUMBERS[time.name], NOON - 100, 500, 1))
    assert found.view((), (), TOTAL).time_ms([time]) == 99_500


def test_the_oldest_that_stands_is_known_after_older_ones_left() -> None:
    number = NUMBERS[CONTACTS_WAITING.name]
    group = Group("paris", "voice")
    waiting = [(group, number, NOON - age, 0, 1) for age in (300, 200, 100)]
    found = board(*waiting, (group, number, NOON - 300, 0, -1), (group, number, NOON - 100, 0, -1))
    view = found.live((), ())
    assert view.standing(CONTACTS_WAITING) == 1
    assert view.oldest_ms(CONTACTS_WAITING) == (NOON - 200) * 1000
    assert board().live((), ()).oldest_ms(CONTACTS_WAITING) is None


def test_measures_of_a_newer_release_are_skipped_and_counted() -> None:
    found = Board(RULES, [TOTAL])
    found.merge(
        Content(
            measures=["invented", CONTACTS_ANSWERED.name],
            groups=[("paris", "voice", None, None, None, None)],
            cells=[0, 0, NOON - 5, 0, 1, 0, 1, NOON - 5, 0, 1],
        )
    )
    found.advance(NOON * 1000, NOON)
    assert found.unknown_measures == 1
    assert count(found, ()) == 1
