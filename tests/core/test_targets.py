"""What a queue promises, asked by name."""

import dataclasses

from streams.core import targets
from streams.core.calendar import OpeningHours
from streams.core.targets import QueueRules, Rules, Thresholds

CARE = QueueRules(name="care", answer_target_ms=30_000, team="two")


def test_a_queue_that_is_not_configured_has_the_defaults_under_its_own_name() -> None:
    rules = Rules(queues={"care": CARE}, defaults=QueueRules(minimum_sample=9))
    assert rules.queue("care") is CARE
    assert rules.queue("sales") == QueueRules(name="sales", minimum_sample=9)
    assert rules.queue("sales") is rules.queue("sales")


def test_the_rules_of_many_unknown_names_do_not_pile_up() -> None:
    rules = Rules(queues={"care": CARE})
    for n in range(2 * targets.KNOWN_QUEUES + 5):
        assert rules.queue(f"queue {n}").name == f"queue {n}"
        assert len(rules._known) <= targets.KNOWN_QUEUES
    assert rules.queue("care") is CARE


def test_changed_rules_do_not_answer_with_the_old_ones() -> None:
    old = Rules(defaults=QueueRules(answer_target_ms=20_000))
    assert old.queue("sales").answer_target_ms == 20_000
    new = dataclasses.replace(old, defaults=QueueRules(answer_target_ms=10_000))
    assert new.queue("sales").answer_target_ms == 10_000
    assert old.queue("sales").answer_target_ms == 20_000


def test_rules_are_equal_whatever_has_been_asked_of_them() -> None:
    one, other = Rules(queues={"care": CARE}), Rules(queues={"care": CARE})
    one.queue("sales")
    assert one == other
    assert one != Rules()


def test_aliases_lead_to_the_queue_s_own_name() -> None:
    rules = Rules(aliases={"old care": "care"})
    assert [rules.canonical(name) for name in ("old care", "care", "sales")] == [
        "care",
        "care",
        "sales",
    ]


def test_a_queue_may_be_in_several_groups_or_in_none() -> None:
    rules = Rules(groups={"front": ("care", "sales"), "all day": ("care",)})
    assert rules.groups_of("care") == ("front", "all day")
    assert rules.groups_of("sales") == ("front",)
    assert rules.groups_of("back office") == ()


def test_thresholds_are_asked_by_queue_and_kpi() -> None:
    level = Thresholds(window="15m", warning=0.8, critical=0.6)
    rules = Rules(
        queues={"care": QueueRules(name="care")},
        defaults=QueueRules(targets={"service_level": level}),
    )
    assert rules.targets("sales", "service_level") == level
    assert rules.targets("sales", "answer_rate") is None
    assert rules.targets("care", "service_level") is None


def test_a_queue_without_hours_is_always_open_and_one_with_them_in_its_own_zone() -> None:
    monday_8_in_paris = 1_795_417_200_000  # 2026-11-23T08:00:00+01:00
    hours = OpeningHours.parse({"mon": "08:00-09:00"})
    always = QueueRules()
    paris = QueueRules(opening_hours=hours, time_zone="Europe/Paris")
    london = QueueRules(opening_hours=hours, time_zone="Europe/London")
    opened = [rules.is_open(monday_8_in_paris) for rules in (always, paris, london)]
    assert opened == [True, True, False]
    day = (monday_8_in_paris, monday_8_in_paris + 86_400_000)
    assert [rules.open_ms_between(*day) for rules in (always, paris, london)] == [
        86_400_000,
        3_600_000,
        3_600_000,
    ]
    assert always.open_ms_between(10, 3) == 0
