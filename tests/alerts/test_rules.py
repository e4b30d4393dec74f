"""Shipped rules and settings are clean for the tools of Prometheus 2.42, Alertmanager 0.25."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.kpis import CATALOGUE
from tests.alerts.places import ALERTS, RULES, TESTS, promtool
from tests.tools import need

SEVERITIES = {"critical", "warning", "info", "none"}


def alerts() -> list[dict[str, Any]]:
    """Every alert of every shipped rule file."""
    return [
        rule
        for path in RULES
        for group in yaml.safe_load(path.read_text())["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]


def test_promtool_accepts_the_rules() -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", *RULES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(RULES) > len(CATALOGUE)


def test_promtool_accepts_the_settings() -> None:
    done = promtool("check", "config", ALERTS / "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_do_what_their_tests_say() -> None:
    done = promtool("test", "rules", *TESTS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(TESTS)


def amtool(*arguments: str) -> str:
    done = subprocess.run(
        [need("amtool"), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_amtool_accepts_the_settings() -> None:
    assert "SUCCESS" in amtool("check-config", str(ALERTS / "alertmanager.yml"))


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["kind=kpi", "severity=critical", "queue=q"], "pager"),
        (["kind=kpi", "severity=warning", "queue=q"], "team"),
        (["kind=data", "severity=critical"], "pager"),
        (["kind=watchdog", "severity=none"], "watchdog"),
    ],
)
def test_who_hears_of_it(labels: list[str], receiver: str) -> None:
    settings = str(ALERTS / "alertmanager.yml")
    assert amtool("config", "routes", "test", f"--config.file={settings}", *labels) == receiver


@pytest.mark.parametrize(
    ("language", "subject", "opening"),
    [
        ("en", "[1 firing] vente: S", "CRITICAL S\nD\nSince 2026-11-23"),
        ("fr", "[1 en cours] vente : SF", "CRITIQUE SF\nDF\nDepuis le 23/11/2026"),
    ],
)
def test_texts_are_there_in_both_languages(
    language: str, subject: str, opening: str, tmp_path: Path
) -> None:
    alert = {
        "status": "firing",
        "labels": {"alertname": "X", "severity": "critical", "queue": "vente"},
        "annotations": {
            "summary": "S", "summary_fr": "SF", "description": "D", "description_fr": "DF",
            "runbook_url": "http://r", "dashboard_url": "http://d",
        },
        "startsAt": "2026-11-23T10:00:00Z",
    }  # fmt: skip
    told = {"status": "firing", "alerts": [alert], "groupLabels": {"queue": "vente"}}
    (tmp_path / "told.json").write_text(json.dumps(told))
    for part, wanted in (("subject", subject), ("text", opening)):
        said = amtool(
            "template", "render", f"--template.glob={ALERTS / 'templates' / '*.tmpl'}",
            f"--template.data={tmp_path / 'told.json'}",
            f'--template.text={{{{ template "vigie.{language}.{part}" . }}}}',
        )  # fmt: skip
        assert said.startswith(wanted)


def test_every_alert_says_what_why_and_where_in_both_languages() -> None:
    found = alerts()
    assert len(found) > 20
    for alert in found:
        said = alert["annotations"]
        wanted = {"summary", "summary_fr", "description", "description_fr"}
        assert set(said) == wanted | {"runbook_url", "dashboard_url"}, alert["alert"]
        assert said["summary"] != said["summary_fr"], alert["alert"]
        assert said["description"] != said["description_fr"], alert["alert"]
        assert "$value" not in str(alert["labels"]), "a value as a label makes every change new"
        if alert["labels"]["kind"] == "kpi":
            # It comes from the threshold that is passed.
            assert "severity" not in alert["labels"]
        else:
            assert alert["labels"]["severity"] in SEVERITIES


def test_no_alert_has_two_names_and_each_has_a_test() -> None:
    names = [alert["alert"] for alert in alerts()]
    assert len(names) == len(set(names))
    tested = "".join(path.read_text() for path in TESTS)
    assert [name for name in names if name not in tested] == []
