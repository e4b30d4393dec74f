"""From settings to the rules of figures; which settings facts keep; what a change needs."""

import tomllib

import pytest

from streams.core.calendar import OpeningHours
from streams.core.kpi import Kpi
from streams.core.targets import QueueRules, Rules, Thresholds
from streams.kpis import CATALOGUE
from streams.settings import Changes, Settings, changes, from_table

SITE = """
[site]
time_zone = "Europe/Paris"
language = "fr"
windows = ["5m", "60m", "today"]
maximum_names = 9
clock = "events"
[privacy]
agents = true
[defaults]
short_abandon_seconds = 0.25
minimum_sample = 0
opening_hours = { mon = "08:00-09:00" }
[defaults.targets.service_level]
warning = 0.9
[defaults.targets.average_handle_time]
critical = 600
[defaults.targets.longest_wait_now]
warning = "off"
[queues."Care"]
title = "Soin"
team = "two"
aliases = ["old care"]
answer_target_seconds = 30
time_zone = "Europe/London"
opening_hours = {}
[queues."Care".targets.service_level]
window = "1h"
critical = "off"
[queues."Care".targets.abandonment_rate]
warning = "off"
critical = "off"
[groups.all]
queues = ["old care", "Care", "Sales"]
"""


def settings_of(toml: str) -> Settings:
    return from_table(tomllib.loads(toml))


def test_without_settings_the_rules_are_the_shipped_ones() -> None:
    rules = Settings().rules()
    shipped = QueueRules(targets=rules.defaults.targets)
    assert rules == Rules(defaults=shipped)
    assert set(shipped.targets) == {kpi.id for kpi in CATALOGUE.values() if kpi.target}
    assert shipped.targets["service_level"] == Thresholds("15m", 0.8, 0.6)
    assert shipped.targets["contacts_waiting"] == Thresholds(None, 5.0, None)


def test_the_site() -> None:
    rules = settings_of(SITE).rules()
    assert (rules.site_time_zone, rules.language, rules.clock) == ("Europe/Paris", "fr", "events")
    assert (rules.windows, rules.maximum_names) == (("5m", "60m", "today"), 9)
    assert rules.agents
    assert rules.aliases == {"old care": "Care"}
    assert rules.groups == {"all": ("Care", "Sales")}


def test_a_queue_has_its_own_keys_then_the_defaults_then_what_is_shipped() -> None:
    rules = settings_of(SITE).rules()
    care, sales = rules.queue("Care"), rules.queue("Sales")
    hours = OpeningHours.parse({"mon": "08:00-09:00"})
    assert (care.name, care.title, care.team) == ("Care", "Soin", "two")
    assert (sales.name, sales.title, sales.team) == ("Sales", None, None)
    assert (care.answer_target_ms, sales.answer_target_ms) == (30_000, 20_000)
    assert (care.short_abandon_ms, sales.short_abandon_ms) == (250, 250)
    assert (care.minimum_sample, sales.minimum_sample) == (0, 0)
    assert (care.time_zone, sales.time_zone) == ("Europe/London", "Europe/Paris")
    assert (care.opening_hours, sales.opening_hours) == (OpeningHours(()), hours)
    assert (care.maximum_wait_ms, care.callback_limit_ms) == (14_400_000, 86_400_000)


def test_thresholds_are_merged_key_by_key() -> None:
    rules = settings_of(SITE).rules()
    assert rules.targets("Sales", "service_level") == Thresholds("5m", 0.9, 0.6)
    assert rules.targets("Care", "service_level") == Thresholds("60m", 0.9, None)
    assert rules.targets("Sales", "abandonment_rate") == Thresholds("5m", 0.05, 0.10)
    assert rules.targets("Care", "abandonment_rate") is None
    assert rules.targets("Sales", "longest_wait_now") is None
    assert rules.targets("Sales", "average_handle_time") == Thresholds("5m", None, 600.0)
    assert rules.targets("Care", "contacts_waiting") == Thresholds(None, 5.0, None)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        (["5m", "15m", "today"], "15m"),
        (["900s"], "900s"),
        (["5m", "20m", "1h"], "20m"),
        (["today"], "today"),
        (["1m", "today"], "1m"),
    ],
)
def test_a_shipped_threshold_takes_the_site_s_closest_window(
    windows: list[str], expected: str
) -> None:
    rules = from_table({"site": {"windows": windows}}).rules()
    threshold = rules.targets("any", "service_level")
    assert threshold is not None
    assert threshold.window == expected


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.id)
def test_any_kpi_may_have_a_target(kpi: Kpi) -> None:
    """Also one that a later file of the catalogue brings."""
    rules = from_table({"defaults": {"targets": {kpi.id: {"warning": 1, "critical": 1}}}}).rules()
    window = None if kpi.live else "15m"
    assert rules.targets("any", kpi.id) == Thresholds(window, 1.0, 1.0)


# ---- the fingerprint

KEPT = [
    'site.time_zone = "UTC"',
    "privacy.agents = false",
    "defaults.answer_target_seconds = 21",
    "defaults.short_abandon_seconds = 1",
    "defaults.maximum_wait_seconds = 9999",
    "defaults.callback_limit_seconds = 9999",
    "defaults.team = 'x'",
    "queues.Care.answer_target_seconds = 31",
    "queues.Care.opening_hours = { tue = '08:00-09:00' }",
    "queues.Care.time_zone = 'Asia/Tokyo'",
    "queues.Care.aliases = []",
    "queues.Sales.team = 'x'",
    "queues.Sales.opening_hours = {}",
]
NOT_KEPT = [
    "site.language = 'en'",
    "site.windows = ['5m', '60m']",
    "web.listen = '127.0.0.1:1'",
    "web.tiles = ['occupancy']",
    "kafka.bootstrap = 'b:1'",
    "groups.all.queues = ['Sales']",
    "queues.Care.title = 'Care'",
    "queues.Care.targets.service_level.warning = 0.7",
    "defaults.targets.service_level.warning = 0.7",
]


def changed(line: str) -> Settings:
    """SITE with one key set otherwise."""
    key, _, value = line.partition(" = ")
    base = tomllib.loads(SITE)
    *path, last = key.split(".")
    place = base
    for part in path:
        place = place.setdefault(part, {})
    place[last] = tomllib.loads(f"v = {value}")["v"]
    return from_table(base)


@pytest.mark.parametrize("line", KEPT)
def test_what_facts_keep_changes_the_fingerprint_and_needs_a_restart(line: str) -> None:
    old, new = settings_of(SITE), changed(line)
    assert new.fingerprint() != old.fingerprint()
    assert changes(old, new) == Changes(restart=(line.partition(" = ")[0],))


@pytest.mark.parametrize("line", NOT_KEPT)
def test_what_no_fact_keeps_leaves_the_fingerprint(line: str) -> None:
    old, new = settings_of(SITE), changed(line)
    assert new.fingerprint() == old.fingerprint()
    key = line.partition(" = ")[0]
    restart = key in ("site.language", "site.windows", "web.listen", "kafka.bootstrap")
    assert changes(old, new) == (Changes(restart=(key,)) if restart else Changes(reload=(key,)))


def test_the_fingerprint_is_the_same_on_every_machine_and_in_any_order_of_queues() -> None:
    assert Settings().fingerprint() == "b6a46ab2c791e4d5"
    one = from_table({"queues": {"a": {"team": "x"}, "b": {"team": "y"}}})
    other = from_table({"queues": {"b": {"team": "y"}, "a": {"team": "x"}}})
    assert one.fingerprint() == other.fingerprint()
    said_twice = from_table({"defaults": {"answer_target_seconds": 20.0}})
    assert said_twice.fingerprint() == Settings().fingerprint()


def test_nothing_changed() -> None:
    assert changes(settings_of(SITE), settings_of(SITE)) == Changes()
    shipped = {"answer_target_seconds": 20, "short_abandon_seconds": 5, "minimum_sample": 5}
    assert changes(Settings(), from_table({"defaults": shipped})) == Changes()
    assert changes(Settings(), from_table({"queues": {"a": shipped}})) != Changes()


def test_changes_are_named_as_the_file_writes_them() -> None:
    new = from_table(
        {
            "queues": {"Après-vente": {"team": "x", "targets": {"occupancy": {"warning": 0.9}}}},
            "defaults": {"sla": {"email": {"resolution_seconds": 5}}},
        }
    )
    assert changes(Settings(), new) == Changes(
        reload=('queues."Après-vente".targets.occupancy.warning',),
        restart=("defaults.sla.email.resolution_seconds", 'queues."Après-vente".team'),
    )
