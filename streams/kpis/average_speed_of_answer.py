"""Average speed of answer: how long those who were answered had waited."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_speed_of_answer",
    title=text("Average speed of answer", "Temps d'attente moyen"),
    abbreviation=text("ASA", "DMA"),
    help=text(
        "How long a customer waits before somebody answers. Read the p90 too: a mean hides the "
        "one who waited ten minutes.",
        "Combien de temps un client attend avant qu'on réponde. Lisez aussi le p90 : une moyenne "
        "cache celui qui a attendu dix minutes.",
    ),
    unit="seconds",
    better="lower",
    definitions={
        "default": definition(
            Mean((m.WAIT,)),
            "Wait of the answered contacts ÷ their number.",
            "Attente des contacts décrochés ÷ leur nombre.",
        ),
        "source_b": definition(
            Mean((m.WAIT, m.WAIT_ABANDONED, m.WAIT_LEFT)),
            "As list B prints it: wait of every decided contact, answered or not ÷ all of them.",
            "Selon la liste B : attente de tous les contacts dont l'issue est connue, décrochés "
            "ou non ÷ leur nombre.",
        ),
    },
    runbook=text(
        "See how many wait for how few agents. Bring agents in from quieter queues, then "
        "announce the delay.",
        "Regardez combien attendent pour combien de conseillers. Faites venir ceux des files "
        "calmes, puis annoncez le délai.",
    ),
    tile=5,
    sources=("B21",),
    examples=(
        Example("Wait", worked.WAIT, "10:05:00", {"default": 10, "source_b": 15}),
        Example("Disorder", worked.DISORDER, "10:05:00", {"default": 12, "default:max": 12}),
        Example("Short abandon", worked.SHORT, "10:05:00", {"default": None, "source_b": 3}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": None, "default:p90": None}),
    ),
)
