"""Average idle time: how long an agent waits between two contacts."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_idle_time",
    title=text("Average idle time", "Attente entre deux contacts"),
    abbreviation=text("Idle", "Attente cons."),
    help=text(
        "The time to breathe between two contacts.",
        "Le temps de souffler entre deux contacts.",
    ),
    unit="seconds",
    better="neutral",
    definitions={
        "default": definition(
            Mean((m.IDLE,)),
            "Available stretches that ended with a contact ÷ their number; one that still runs "
            "or ended with a break is left out.",
            "Périodes de disponibilité conclues par un contact ÷ leur nombre ; celle qui court "
            "encore ou finit par une pause est exclue.",
        ),
    },
    runbook=text(
        "Short for a long time: the team is stretched, plan relief. Long: use it for training "
        "or written work.",
        "Court longtemps : l'équipe est à flux tendu, prévoyez du renfort. Long : profitez-en "
        "pour former ou traiter l'écrit.",
    ),
    sources=("B32",),
    examples=(
        Example("Agents", worked.AGENTS, "10:00:00", {"default": 1200, "default:max": 1200}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": None}),
    ),
)
