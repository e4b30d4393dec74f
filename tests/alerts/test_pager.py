"""With a real Prometheus and Alertmanager: exported pieces become the core's own figures, and an
alert reaches the web hook, is silenced by doubt about the data, and resolves."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.adapters.exporter_pipeline import PartitionState, PipelineState
from streams.adapters.web.server import OPENMETRICS_TYPE
from streams.core.calendar import parse_window
from streams.core.conventions import BOUNDS_MS, EXPORTED_WINDOWS
from streams.core.figures import lines
from streams.core.kpi import PERCENTS, Mean
from streams.core.measures import NUMBERS
from streams.core.targets import Rules
from streams.kpis import CATALOGUE
from streams.settings import Settings
from streams.settings.rules import rules_of
from tests.alerts.stage import Stage, running
from tests.choosers import RandomChooser
from tests.feeding import Fed, fed
from tests.histories import SETTINGS, history
from tests.processes import wait_until
from tests.timelines import TEN_S, agent, contact

Key = frozenset[tuple[str, str]]
SECONDS = 60
SERVICE_LEVEL = "ContactCenterServiceLevelLow"


def rules(settings: dict[str, Any]) -> Rules:
    return rules_of(msgspec.convert(settings, Settings))


def crowded(seed: int) -> Fed:
    """Contacts and agents of all sorts, some nonsense among them, read ten minutes after."""
    events = history(RandomChooser(seed), contacts=300, agents=20)
    made = Fed(rules(SETTINGS[0]))
    made.take(events)
    newest = made.partition.newest_event_ms // 1000
    made.at(newest - random.Random(seed).randrange(600))
    return made


# ---- the figures


def expected(made: Fed, by: tuple[str, ...]) -> dict[Key, tuple[float, Any]]:
    """The core's figures as Prometheus should have them: labels -> (value, unit)."""
    windows = [parse_window(name) for name in EXPORTED_WINDOWS]
    found = {}
    for line in lines(made.board, CATALOGUE, windows, by):
        if line["value"] is None:
            continue
        names = ("kpi", "definition", "part", "stat", "window", "queue", "channel", "group")
        key = frozenset((name, line[name]) for name in names if line[name] is not None)
        found[key] = (line["value"], line["samples"])
    return found


def has_spread(key: dict[str, str]) -> bool:
    """Percentiles are formed where every measure of the mean has an exported spread."""
    formula = CATALOGUE[key["kpi"]].definitions[key["definition"]].formula
    assert isinstance(formula, Mean)
    return not formula.positive and all(each.name in BOUNDS_MS for each in formula.of)


def same_step(made: Fed, key: dict[str, str], got: float, value: float) -> bool:
    """A quantile of a spread lies between the same two bounds as the percentile (within 1 %)."""
    formula = CATALOGUE[key["kpi"]].definitions[key["definition"]].formula
    assert isinstance(formula, Mean)
    limits = made.exporter.counters.bounds[NUMBERS[formula.of[0].name]]
    bounds = [0.0, *(limit / 1000 for limit in limits)]
    low = max((bound for bound in bounds if bound < got), default=0.0)
    high = min((bound for bound in bounds if bound >= got), default=0.0)
    if got == bounds[-1]:  # what Prometheus says of anything longer
        high = float("inf")
    return low * 0.99 <= value <= high * 1.01


def compare(made: Fed, got: dict[Key, float], by: tuple[str, ...]) -> int:
    """Every figure that can be formed is the core's; says how many were compared."""
    compared = 0
    for labels, (value, _) in expected(made, by).items():
        key = dict(labels)
        if key.get("stat") in PERCENTS:
            if not has_spread(key):
                assert labels not in got
                continue
            assert same_step(made, key, got[labels], value), (key, got[labels], value)
        else:
            assert got.get(labels) == pytest.approx(value, rel=1e-9, abs=1e-9), key
        compared += 1
    return compared


@pytest.mark.parametrize("draw", [0, 1])
def test_pieces_in_prometheus_become_the_figures_of_the_core(
    seed: int, draw: int, tmp_path: Path
) -> None:
    made = crowded(seed + draw)
    with running(lambda openmetrics: made.text(openmetrics=openmetrics), tmp_path) as stage:
        wanted = len(expected(made, ("queue",)))
        wait_until(
            lambda: len(stage.query("count by (instance) (contact_center_queue_info)")) == 2,
            SECONDS,
            "both boards are scraped",
        )
        scraped = datetime.now(UTC)
        wait_until(
            lambda: stage.evaluated() > scraped, SECONDS, "every rule has been evaluated since"
        )
        got = stage.query("contact_center:kpi:value")
        assert stage.scraped_as == {OPENMETRICS_TYPE}
    assert compare(made, got, ("queue",)) > wanted / 2 > 50
    known = {key for by in (("queue",), ("queue", "channel")) for key in expected(made, by)}
    extra = [dict(k) for k in got if "queue" in dict(k) and k not in known and not empty(k)]
    assert not extra, "Prometheus has a figure where the core has none"
    agents = {k: v for k, v in got.items() if CATALOGUE[dict(k)["kpi"]].family == "agents"}
    groups = {k: v for k, v in expected(made, ("group",)).items() if k in agents}
    everything = {k: v for k, v in expected(made, ()).items() if k in agents}
    assert groups and everything
    for labels, (value, _) in (groups | everything).items():
        assert agents[labels] == pytest.approx(value, rel=1e-9, abs=1e-9), dict(labels)


def empty(labels: Key) -> bool:
    """Figures that stand at zero without anybody: configured queues that nobody has called yet."""
    return (
        dict(labels)["kpi"]
        in {kpi.id for kpi in CATALOGUE.values() if kpi.unit in ("contacts", "agents", "offers")}
        or "longest" in dict(labels)["kpi"]
    )


# ---- the pager


def caught_up() -> PartitionState:
    return PartitionState(partition=0, age_seconds=0.2, behind_seconds=0.0)


class Hall:
    """A contact centre of one queue, whose text and pipeline the test changes."""

    def __init__(self) -> None:
        staff = agent("ann", (0, "available", {"queues": ["support"]}))
        early = [
            event
            for n in range(10)
            for event in contact(f"early-{n}", (0, "queued"), (5, "answered"), (9, "ended"))
        ]
        self.made = fed(rules({"queues": {"support": {}}}), [*staff, *early], TEN_S + 10)
        self.partition = caught_up()

    def text(self, openmetrics: bool) -> str:
        pipeline = PipelineState(partitions=(self.partition,), version="0.1.0")
        return self.made.text(openmetrics=openmetrics, pipeline=pipeline)

    def waves(self, name: str, start: int, n: int, wait: int) -> None:
        """n contacts queue up at once and are answered after so many seconds."""
        self.made.take(
            event
            for number in range(n)
            for event in contact(f"{name}-{number}", (start, "queued"), (start + wait, "answered"))
        )
        self.made.at(TEN_S + start + wait + 1)


def test_an_alert_reaches_the_web_hook_is_silenced_by_doubt_and_resolves(tmp_path: Path) -> None:
    hall = Hall()
    with running(hall.text, tmp_path) as stage:
        level = 'contact_center:kpi:value{kpi="service_level",definition="default"}'
        wait_until(
            lambda: 1.0 in stage.query(level).values(), SECONDS, "the service level is recorded"
        )
        # Only then does it send: an alert of before would come a minute later.
        wait_until(stage.knows_its_pager, SECONDS, "Prometheus has found Alertmanager")
        assert "/pager" not in stage.received and "/team" not in stage.received

        hall.waves("late", 20, n=20, wait=40)
        heard(stage, SERVICE_LEVEL, "firing")
        told = stage.received["/pager"][0]
        assert told["labels"] == {
            "alertname": SERVICE_LEVEL, "kind": "kpi", "kpi": "service_level",
            "queue": "support", "severity": "critical", "window": "15m",
        }  # fmt: skip
        assert told["annotations"]["summary"].endswith("support: 33.33% over 15m")
        wait_until(lambda: states(stage, "warning") == {"suppressed"}, SECONDS, "one is enough")

        hall.partition = PartitionState(partition=0, age_seconds=99.0, behind_seconds=0.0)
        heard(stage, "VigieWorkerSilent", "firing")
        wait_until(
            lambda: states(stage, "critical") == {"suppressed"},
            SECONDS,
            "a silent worker silences alerts on figures",
        )
        hall.partition = caught_up()
        heard(stage, "VigieWorkerSilent", "resolved")

        hall.waves("quick", 100, n=200, wait=5)
        heard(stage, SERVICE_LEVEL, "resolved")
        assert SERVICE_LEVEL not in str(stage.received.get("/team"))


def heard(stage: Stage, alert: str, status: str) -> None:
    """Waits until the pager was last told that of the alert."""
    wait_until(
        lambda: stage.statuses("/pager", alert)[-1:] == [status],
        SECONDS,
        f"the pager hears that {alert} is {status}",
    )


def states(stage: Stage, severity: str) -> set[str]:
    """What Alertmanager does with the service-level alerts of that severity."""
    return {
        alert["status"]["state"]
        for alert in stage.alerts()
        if alert["labels"]["alertname"] == SERVICE_LEVEL and alert["labels"]["severity"] == severity
    }
