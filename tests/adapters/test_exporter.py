"""/metrics: what is on the page, in both formats, and what may never be."""

import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from streams.core.conventions import EXPORTED_WINDOWS, counted
from streams.core.measures import AGENT_STATES
from streams.core.targets import Rules
from streams.settings import Settings
from streams.settings.rules import rules_of
from tests.feeding import Fed, fed
from tests.timelines import TEN_S, agent, contact
from tests.tools import need

GOLDEN = Path(__file__).parents[1] / "golden" / "metrics"
Labels = tuple[tuple[str, str], ...]

SETTINGS: dict[str, Any] = {
    "site": {"time_zone": "Europe/Paris"},
    "queues": {
        "support": {"answer_target_seconds": 25, "team": "care", "title": "Support, levels 1 & 2"},
        'back\\slash "quoted"\nline': {"opening_hours": {"sun": "10:00-11:00"}},
    },
    "groups": {"care": {"queues": ["support"]}},
}
STORY = [
    *contact("a", (0, "queued"), (10, "answered"), (70, "ended"), (80, "wrapup_ended")),
    *contact(
        "b", (0, "queued", {"channel": "chat"}), (40, "answered"), (45, "held"), (50, "resumed"),
        (100, "ended"),
    ),
    *contact("c", (60, "queued")),
    *contact("d", (60, "queued"), (90, "abandoned")),
    *contact("e", (61, "queued"), (86, "answered")),
    *agent("ann", (0, "available", {"queues": ["support"], "team": "blue"}), (20, "on_contact")),
    *agent("bob", (30, "available", {"queues": ["support", "vip"]})),
]  # fmt: skip


def rules(settings: dict[str, Any]) -> Rules:
    return rules_of(msgspec.convert(settings, Settings))


@pytest.fixture(scope="module")
def told() -> Fed:
    """The story, read two minutes after ten."""
    return fed(rules(SETTINGS), STORY, TEN_S + 120)


def samples(text: str) -> dict[tuple[str, Labels], float]:
    """(name, labels sorted) -> value, as another reader understands the older format."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in plain(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float | None:
    """The value of one series; None when there is none."""
    return samples(text).get((name, tuple(sorted(labels.items()))))


# ---- the page as a whole


@pytest.mark.parametrize(("name", "as_openmetrics"), [("plain", False), ("openmetrics", True)])
def test_the_page_is_as_it_was(told: Fed, name: str, as_openmetrics: bool) -> None:
    """Metric names are API: a change here is a change for everybody's dashboards."""
    golden = (GOLDEN / f"{name}.txt").read_text()
    assert told.text(openmetrics=as_openmetrics) == golden


def test_promtool_has_nothing_to_say(told: Fed) -> None:
    done = subprocess.run(
        [need("promtool"), "check", "metrics"],
        input=told.text(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_both_formats_say_the_same(told: Fed) -> None:
    text = told.text(openmetrics=True)
    assert text.endswith("# EOF\n")
    found = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in openmetrics(text)  # type: ignore[no-untyped-call]  # the library is untyped
        for sample in family.samples
    }
    assert found == samples(told.text())


def test_no_series_is_there_twice_and_their_number_is_told(told: Fed) -> None:
    lines = [line.rpartition(" ")[0] for line in told.text().splitlines() if line[0] != "#"]
    assert len(lines) == len(set(lines))
    assert value(told.text(), "vigie_exported_series") == len(lines)


def test_no_sample_has_a_time_stamp(told: Fed) -> None:
    found = [sample for family in plain(told.text()) for sample in family.samples]
    assert found and all(sample.timestamp is None for sample in found)


@pytest.mark.parametrize("agents", [False, True])
def test_nobody_is_named(agents: bool) -> None:
    made = fed(rules(SETTINGS | {"privacy": {"agents": agents}}), STORY, TEN_S + 120)
    text = made.text()
    assert "ann" not in text.replace("channel", "") and "bob" not in text
    assert value(text, "contact_center_group_agents", state="available") == 1
    support = {"queue": "support", "team": "blue", "state": "on_contact"}
    assert value(text, "contact_center_agents", **support) == 1


# ---- what is known before anything happens


def test_known_series_start_at_zero() -> None:
    text = fed(rules({"queues": {"support": {}}}), [], TEN_S).text()
    for name in counted():
        assert value(text, f"contact_center_{name}_total", queue="support") == 0
        for window in EXPORTED_WINDOWS:
            place = {"queue": "support", "window": window}
            assert value(text, f"contact_center_window_{name}", **place) == 0
    for state in AGENT_STATES:
        assert value(text, "contact_center_agents", queue="support", state=state) == 0
    assert value(text, "contact_center_wait_seconds_count", queue="support") == 0
    assert value(text, "contact_center_longest_wait_now_seconds", queue="support") == 0
    assert value(text, "vigie_dead_letters_total", reason="bad_time") == 0
    longest = {"queue": "support", "window": "1h"}
    assert value(text, "contact_center_window_wait_maximum_seconds", **longest) is None


def test_a_channel_is_a_label_only_where_there_are_two(told: Fed) -> None:
    one = fed(rules({}), contact("a", (0, "queued"), (10, "answered")), TEN_S + 60).text()
    assert value(one, "contact_center_contacts_answered_total", queue="support") == 1
    text = told.text()
    assert value(text, "contact_center_contacts_answered_total", queue="support") is None
    for channel, answered in (("chat", 1), ("voice", 2)):
        place = {"queue": "support", "channel": channel}
        assert value(text, "contact_center_contacts_answered_total", **place) == answered


def test_windows_of_thresholds_are_exported_too() -> None:
    settings = {"defaults": {"targets": {"service_level": {"window": "30m"}}}, "queues": {"q": {}}}
    text = fed(rules(settings), [], TEN_S).text()
    assert value(text, "contact_center_window_contacts_queued", queue="q", window="30m") == 0
    assert value(text, "contact_center_window_contacts_queued", queue="q", window="5m") is None


# ---- limits and context


def test_thresholds_targets_and_samples_are_series(told: Fed) -> None:
    text = told.text()
    place = {"kpi": "service_level", "queue": "support", "window": "15m", "comparison": "<"}
    assert value(text, "contact_center_kpi_threshold", **place, severity="warning") == 0.8
    assert value(text, "contact_center_kpi_threshold", **place, severity="critical") == 0.6
    live = {"kpi": "contacts_waiting", "queue": "support", "comparison": ">="}
    assert value(text, "contact_center_kpi_threshold", **live, severity="warning") == 5
    assert value(text, "contact_center_kpi_minimum_sample", queue="support") == 5
    assert value(text, "contact_center_answer_target_seconds", queue="support") == 25


def test_a_queue_is_open_in_its_hours(told: Fed) -> None:
    odd = 'back\\slash "quoted"\nline'
    text = told.text()
    assert value(text, "contact_center_queue_open", queue="support") == 1
    assert value(text, "contact_center_queue_open", queue=odd) == 0  # a Monday, not a Sunday


def test_other_thresholds_are_there_at_the_next_scrape(told: Fed) -> None:
    changed = {"queues": {"support": {"targets": {"service_level": {"warning": 0.9}}}}}
    made = fed(rules(SETTINGS), STORY, TEN_S + 120)
    before = made.text()
    made.exporter.reload(rules(changed))
    place = {"kpi": "service_level", "queue": "support", "window": "15m", "comparison": "<"}
    for text, limit in ((before, 0.8), (made.text(), 0.9)):
        assert value(text, "contact_center_kpi_threshold", **place, severity="warning") == limit
