"""Alerts about the data itself: a quiet night is none of them, a feed that stopped is.

Those of kind `data` silence the alerts on KPIs (alertmanager.yml): a figure nobody can trust wakes
nobody.
"""

from dataclasses import dataclass
from typing import Any, Final

from streams.core import conventions as names
from streams.core.kpi import Text
from streams.generate.alert_texts import addresses
from streams.kpis.texts import text

FAMILIES: Final = (
    "contact_center_contacts_waiting",
    "contact_center_agents",
    "contact_center_window_contacts_queued",
    "vigie_partition_age_seconds",
)
"""One of each kind: if it is not there, nothing of its kind is."""

SILENT_SECONDS: Final = 15
BEHIND_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAlert:
    """One alert; `kind` data silences the alerts on KPIs while it fires."""

    name: str
    expr: str
    wait: str | None
    severity: str
    kind: str
    summary: Text
    description: Text


def _absent(family: str) -> str:
    return f'label_replace(absent({family}), "family", "{family}", "", "")'


ALERTS: Final = (
    DataAlert(
        name="VigieTargetDown",
        expr=f'up{{job="{names.JOB}"}} == 0 or absent(up{{job="{names.JOB}"}})',
        wait="30s",
        severity="critical",
        kind="vigie",
        summary=text("A board is down", "Un tableau est arrêté"),
        description=text(
            "The board {{ $labels.instance }} does not answer Prometheus. See whether it runs, "
            "then `vigie doctor`.",
            "Le tableau {{ $labels.instance }} ne répond pas à Prometheus. Vérifiez qu'il tourne, "
            "puis `vigie doctor`.",
        ),
    ),
    DataAlert(
        name="ContactCenterFamilyAbsent",
        expr="\nor\n".join(map(_absent, FAMILIES)),
        wait="1m",
        severity="critical",
        kind="data",
        summary=text("Data are missing", "Des données manquent"),
        description=text(
            "No board exports {{ $labels.family }}: figures and their alerts are blind.",
            "Aucun tableau n'exporte {{ $labels.family }} : les chiffres et leurs alertes sont "
            "aveugles.",
        ),
    ),
    DataAlert(
        name="ContactCenterQueueAbsent",
        expr=(
            f"(\n  group by (queue) (\n"
            f'    last_over_time({names.QUEUE_INFO}{{configured="true"}}[1h])\n  )\n'
            f"  unless on (queue)\n  group by (queue) ({names.QUEUE_INFO})\n)\n"
            f"and on () group({names.QUEUE_INFO})"
        ),
        wait="1m",
        severity="warning",
        kind="vigie",
        summary=text("Queue {{ $labels.queue }} is gone", "La file {{ $labels.queue }} a disparu"),
        description=text(
            "A configured queue is in no board's figures any more, though it was within the last "
            "hour. Compare vigie.toml on all boards.",
            "Une file configurée a disparu des chiffres alors qu'elle y était il y a moins d'une "
            "heure. Comparez vigie.toml sur tous les tableaux.",
        ),
    ),
    DataAlert(
        name="VigieWorkerSilent",
        expr=f"min by (partition) (vigie_partition_age_seconds) > {SILENT_SECONDS}",
        wait="15s",
        severity="critical",
        kind="data",
        summary=text("A worker is silent", "Un ouvrier se tait"),
        description=text(
            "The worker of partition {{ $labels.partition }} writes at least once a second, and "
            "has not for {{ $value | humanizeDuration }}. See whether the workers run and reach "
            "Kafka.",
            "L'ouvrier de la partition {{ $labels.partition }} écrit au moins une fois par "
            "seconde ; rien depuis {{ $value | humanizeDuration }}. Vérifiez que les ouvriers "
            "tournent et joignent Kafka.",
        ),
    ),
    DataAlert(
        name="VigieWorkerBehind",
        expr=f"min by (partition) (vigie_partition_behind_seconds) > {BEHIND_SECONDS}",
        wait="1m",
        severity="warning",
        kind="data",
        summary=text("A worker is behind", "Un ouvrier est en retard"),
        description=text(
            "Partition {{ $labels.partition }} is {{ $value | humanizeDuration }} behind: figures "
            "are that old. Add workers, or wait for the backlog to be read.",
            "La partition {{ $labels.partition }} a {{ $value | humanizeDuration }} de retard, les "
            "chiffres aussi. Ajoutez des ouvriers ou attendez que le retard soit lu.",
        ),
    ),
    DataAlert(
        name="VigieWatchdog",
        expr="vector(1)",
        wait=None,
        severity="none",
        kind="watchdog",
        summary=text("Alerts arrive", "Les alertes arrivent"),
        description=text(
            "Always fires: whoever stops receiving it knows that alerts no longer arrive.",
            "Sonne toujours : qui ne la reçoit plus sait que les alertes n'arrivent plus.",
        ),
    ),
)


def rule_file() -> dict[str, Any]:
    """The content of alerts/rules/data.yml."""
    return {"groups": [{"name": "vigie_data", "rules": [_rule(each) for each in ALERTS]}]}


def _rule(each: DataAlert) -> dict[str, Any]:
    return {
        "alert": each.name,
        "expr": each.expr,
        **({"for": each.wait} if each.wait else {}),
        "labels": {"severity": each.severity, "kind": each.kind},
        "annotations": {
            "summary": each.summary.en,
            "summary_fr": each.summary.fr,
            "description": each.description.en,
            "description_fr": each.description.fr,
            **addresses("data.md", queue=False),
        },
    }
